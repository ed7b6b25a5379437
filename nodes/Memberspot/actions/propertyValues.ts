import type { INodeProperties } from 'n8n-workflow';
import type { PropertyDefinition } from '../school';
import { propertyItemKeys } from '../transport/contract/endpoints';
import { endpoints, failureOf, InputError, passOn, type Answer } from '../transport';
import { isJsonObject } from '../values/json';
import { propertyKind, readPropertyValue, type PropertyKind } from '../values/property';
import { isRecord } from '../values/text';
import type { Run, Scope } from './operation';
import { unwrap, type Params } from './params';

type PropertyKey = (typeof propertyItemKeys)[number];

/** Values as given in a property mapper, by id or name of the property. */
export interface GivenValues {
	values: { [idOrName: string]: unknown };
	/** Whether names that are no property are passed over: so for "map automatically", where they are other data. */
	loose: boolean;
}

/** One value to send. */
export interface PropertyChange {
	id: string;
	name: string;
	kind: PropertyKind;
	value: string | number | boolean;
}

/** The mapper over the custom properties of the school. */
export const propertyMapper: INodeProperties = {
	displayName: 'Properties',
	name: 'properties',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	description: 'Values to write. Empty values are not sent; to empty a property, use Properties to Clear.',
	typeOptions: {
		resourceMapper: {
			resourceMapperMethod: 'getPropertyFields',
			mode: 'add',
			valuesLabel: 'Custom Properties',
			fieldWords: { singular: 'property', plural: 'properties' },
			addAllFields: false,
			multiKeyMatch: false,
			supportAutoMap: true,
		},
	},
};

/** Reads the mapper of one item. */
export function readPropertyValues(params: Params, name = 'properties'): GivenValues {
	const raw = params.raw(name, {});
	const mapper = isRecord(raw) ? raw : {};
	if (mapper.mappingMode === 'autoMapInputData') return { values: params.item(), loose: true };

	return { values: isJsonObject(mapper.value) ? mapper.value : {}, loose: false };
}

/**
 * Checks values against the definitions of the school, and puts them into the form that is sent.
 * Empty values are left out.
 *
 * @throws InputError for a name that is no property, and for a value that does not fit its type
 */
export function readChanges(definitions: PropertyDefinition[], { values, loose }: GivenValues, typed: boolean): PropertyChange[] {
	const changes: PropertyChange[] = [];
	for (const [key, raw] of Object.entries(values)) {
		if (loose && !isKnown(definitions, key)) continue;
		const { id, name, type, choices } = findProperty(definitions, key);
		const kind = propertyKind(type, choices);
		const value = unwrap(readPropertyValue(raw, kind, choices), `The value for the property "${name}"${type === '' ? '' : ` (${type})`}`);
		if (value !== undefined) changes.push({ id, name, kind, value: typed ? value.typed : value.text });
	}

	return changes;
}

/** @throws InputError when there is no such property, or its name fits several */
export function findProperty(definitions: PropertyDefinition[], key: string): PropertyDefinition {
	const byId = definitions.find(({ id }) => id === key);
	if (byId !== undefined) return byId;
	const byName = definitions.filter(({ name }) => name === key);
	if (byName.length === 1) return byName[0];
	if (byName.length > 1) {
		throw new InputError(`The property name "${key}" fits ${byName.length} properties`, `Use the ID: ${byName.map(({ id }) => id).join(', ')}`);
	}
	throw new InputError(
		`Your school has no custom property "${key}"`,
		definitions.length === 0 ? 'Create it in Memberspot first' : `Properties of your school: ${definitions.map(({ id, name }) => `${name} (${id})`).join(', ')}`,
	);
}

function isKnown(definitions: PropertyDefinition[], key: string): boolean {
	return definitions.some(({ id, name }) => id === key || name === key);
}

/**
 * Writes properties of one member.
 *
 * Two public clients name the key of an item differently, `id` and `propertyId`, and one of them
 * must be wrong. `id` is tried first; a refusal that names the key is answered once with the other,
 * and what was accepted is kept for the run. Both are never sent together, since the API may drop
 * the wrong one without a word.
 */
export async function sendProperties(run: Pick<Run, 'memory'>, call: Scope['call'], email: string, changes: ReadonlyArray<Pick<PropertyChange, 'id' | 'value'>>): Promise<Answer> {
	const sendAs = async (key: PropertyKey) =>
		await call(endpoints.setCustomUserProperties, {
			body: { email, properties: changes.map(({ id, value }) => (key === 'id' ? { id, value } : { propertyId: id, value })) },
		});
	const known = propertyItemKeys.find((key) => key === run.memory.get('propertyKey'));
	if (known !== undefined) return await sendAs(known);
	try {
		const answer = await sendAs('id');
		run.memory.set('propertyKey', 'id');

		return answer;
	} catch (refused) {
		const failure = failureOf(refused);
		if (failure?.kind !== 'invalid' || !namesTheKey(failure.apiMessage)) throw passOn(refused);
		const answer = await sendAs('propertyId').catch((error: unknown) => {
			// Refused both ways: the first refusal is about what the user gave, the second about our try.
			throw passOn(failureOf(error)?.kind === 'invalid' ? refused : error);
		});
		run.memory.set('propertyKey', 'propertyId');

		return answer;
	}
}

function namesTheKey(message = ''): boolean {
	return /propert(y|ies)/i.test(message) && /\bid\b|propertyId/i.test(message);
}
