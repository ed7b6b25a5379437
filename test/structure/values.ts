import { MemberspotApi } from '../../credentials/MemberspotApi.credentials';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { readSchema } from '../support/schema';
import { choicesOf, fieldsOf, nodes } from './node';

/**
 * Everything that stands in saved workflows and credentials, one line each, sorted:
 * `memberspot offer.setState active: boolean`, `memberspot user.get ifNotFound = error`,
 * `memberspot user.get -> uid` for a field of the output.
 */
export function currentValues(): string[] {
	const lines = new Set<string>();
	for (const { description } of nodes()) {
		for (const { path, field, resource, operation } of fieldsOf(description)) {
			if (field.type === 'notice') continue;
			const place = `${description.name} ${resource === undefined ? '' : `${[resource, operation].filter((part) => part !== undefined).join('.')} `}${path}`;
			lines.add(`${place}: ${field.type}`);
			for (const { value } of choicesOf(field)) lines.add(`${place} = ${String(value)}`);
			for (const { name } of field.modes ?? []) lines.add(`${place} mode ${name}`);
		}
	}
	for (const resource of resources) {
		for (const operation of resource.operations) {
			for (const name of Object.keys(readSchema(resource.value, operation.value).properties)) lines.add(`memberspot ${resource.value}.${operation.value} -> ${name}`);
		}
	}
	const credential = new MemberspotApi();
	for (const field of credential.properties) {
		lines.add(`${credential.name} ${field.name}: ${field.type}`);
		for (const { value } of choicesOf(field)) lines.add(`${credential.name} ${field.name} = ${String(value)}`);
	}

	return [...lines].sort();
}
