import type { ILoadOptionsFunctions, INodePropertyOptions, ResourceMapperFields } from 'n8n-workflow';
import { openSchool, type PropertyDefinition } from '../school';
import { connect, toNodeError } from '../transport';
import { propertyKind, type PropertyKind } from '../values/property';

async function definitions(context: ILoadOptionsFunctions): Promise<PropertyDefinition[]> {
	try {
		const school = openSchool(await connect(context, { settings: { timeoutMs: 15_000, giveUpAfterMs: 20_000 } }));

		return [...(await school.properties())].sort((a, b) => a.name.localeCompare(b.name));
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

/** The custom properties of the school, for the list of properties to clear. */
export async function getProperties(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return (await definitions(this)).map(({ id, name, type }) => ({ name: label(name, type), value: id }));
}

const FORMS: { [kind in PropertyKind]: string } = {
	text: '',
	number: ', a number like 1234.56',
	date: ', a date like 2026-12-31',
	boolean: ', true or false',
	choice: '',
};

/**
 * The custom properties as fields of the mapper.
 *
 * Every field is text to n8n, and this node converts: n8n itself would turn an empty number field
 * into 0, "007" into 7 and a date into one with another time zone.
 */
export async function getPropertyFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const fields = (await definitions(this)).map(({ id, name, type, choices }) => ({
		id,
		displayName: `${label(name, type)}${choices === undefined ? FORMS[propertyKind(type, choices)] : `, one of: ${choices.join(', ')}`}`,
		required: false,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: 'string' as const,
	}));

	return { fields };
}

function label(name: string, type: string): string {
	return type === '' ? name : `${name} (${type})`;
}
