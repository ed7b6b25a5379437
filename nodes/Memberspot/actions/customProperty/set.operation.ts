import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, userLocator } from '../../descriptions';
import type { PropertyDefinition } from '../../school';
import { endpoints, failureOf, InputError, passOn, type Answer } from '../../transport';
import { isJsonObject } from '../../values/json';
import { propertyKind, readPropertyValue } from '../../values/property';
import { isRecord } from '../../values/text';
import { preparedItemOperation, type Run, type Scope } from '../operation';
import { unwrap, type Params, type UserChoice } from '../params';
import { ACCEPTED, stated, targetOf, userLane, type Target } from '../write';

interface Input {
	user: UserChoice;
	/** Values as given, by id or name of the property. */
	values: { [idOrName: string]: unknown };
	/** Whether names that are no property are passed over: so for "map automatically", where they are other data. */
	loose: boolean;
	/** Ids or names of properties to clear. */
	clear: string[];
	typed: boolean;
}

/** One value to send. */
interface Change {
	id: string;
	name: string;
	value: string | number | boolean;
}

interface Ready {
	target: Target;
	changes: Change[];
	cleared: Change[];
}

/** What clearing a property takes is not known; an empty text is the best guess of the contract. */
const CLEARED = '';

/** Writes custom properties of a member. Properties that are not named keep their values (inferred). */
export const setCustomProperties = preparedItemOperation<Input, Ready>({
	value: 'set',
	name: 'Set',
	action: 'Set custom properties of user',
	description: 'Write values into the custom properties of a user. Properties you do not name are left alone.',
	fields: [
		userLocator(),
		{
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
					fieldWords: { singular: 'property', plural: 'properties' },
					addAllFields: false,
					multiKeyMatch: false,
					supportAutoMap: true,
				},
			},
		},
		{
			displayName: 'Properties to Clear Names or IDs',
			name: 'propertiesToClear',
			type: 'multiOptions',
			default: [],
			description:
				'Properties to empty. Which value empties one is not documented, so an empty text is sent. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			typeOptions: { loadOptionsMethod: 'getProperties' },
		},
	],
	options: [
		keepEmailCase,
		{
			displayName: 'Send Values As',
			name: 'valueFormat',
			type: 'options',
			default: 'text',
			description: 'How values are written into the request. Known clients of the API send text for every type.',
			options: [
				{ name: 'Own Type', value: 'typed', description: 'Numbers and true or false as such' },
				{ name: 'Text', value: 'text', description: 'Every value as text' },
			],
		},
	],
	endpoints: ['setCustomUserProperties', 'listCustomUserProperties', 'listUsers'],
	access: () => 'write',
	writes: true,
	read: (params) => ({
		user: params.user('user'),
		...readValues(params),
		clear: readClear(params.raw('propertiesToClear', [])),
		typed: params.options().choice('valueFormat', 'Send Values As', ['text', 'typed'] as const, 'text') === 'typed',
	}),
	async prepare({ school }, input) {
		const definitions = await school.properties();
		const cleared = input.clear.map((key) => ({ ...find(definitions, key), value: CLEARED }));
		const changes: Change[] = [];
		for (const [key, raw] of Object.entries(input.values)) {
			if (input.loose && !isKnown(definitions, key)) continue;
			const definition = find(definitions, key);
			const reading = readPropertyValue(raw, propertyKind(definition.type, definition.choices), definition.choices);
			const value = unwrap(reading, `The value for the property "${definition.name}"${definition.type === '' ? '' : ` (${definition.type})`}`);
			if (value === undefined) continue;
			if (cleared.some(({ id }) => id === definition.id)) {
				throw new InputError(`The property "${definition.name}" has a value and is to be cleared`, 'Take it out of Properties or out of Properties to Clear');
			}
			changes.push({ id: definition.id, name: definition.name, value: input.typed ? value.typed : value.text });
		}

		return { target: await targetOf(school, input.user), changes, cleared };
	},
	lane: ({ user }) => userLane(user),
	async run(run, { target, changes, cleared }, scope) {
		const row: IDataObject = {
			success: true,
			...target,
			properties: Object.fromEntries(changes.map(({ name, value }) => [name, value])),
			cleared: cleared.map(({ name }) => name),
		};
		const all = [...changes, ...cleared];
		if (all.length === 0) return { ...row, outcome: 'unchanged', note: 'There was no value to write, so nothing was sent.' };

		const answer = await send(run, scope, target.email, all);
		const outcome = stated(answer, target.email, (data) => showsAll(data, changes) && cleared.length === 0);

		return { ...row, outcome, ...(outcome === 'accepted' ? { note: ACCEPTED.property } : {}) };
	},
});

/**
 * Two public clients name the key of an item differently, `id` and `propertyId`, and one of them
 * must be wrong. `id` is tried first; a refusal that names the key is answered once with the other,
 * and what was accepted is kept for the run. Both are never sent together, since the API may drop
 * the wrong one without a word.
 */
async function send(run: Run, scope: Scope, email: string, changes: Change[]): Promise<Answer> {
	const sendAs = async (key: string) =>
		await scope.call(endpoints.setCustomUserProperties, { body: { email, properties: changes.map(({ id, value }) => ({ [key]: id, value })) } });
	const known = run.memory.get('propertyKey');
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

function readValues(params: Params): Pick<Input, 'values' | 'loose'> {
	const raw = params.raw('properties', {});
	const mapper = isRecord(raw) ? raw : {};
	if (mapper.mappingMode === 'autoMapInputData') return { values: params.item(), loose: true };

	return { values: isJsonObject(mapper.value) ? mapper.value : {}, loose: false };
}

function readClear(raw: unknown): string[] {
	const list = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split(',') : [];

	return list.map((entry) => String(entry).trim()).filter((entry) => entry !== '');
}

function isKnown(definitions: PropertyDefinition[], key: string): boolean {
	return definitions.some(({ id, name }) => id === key || name === key);
}

/** @throws InputError when there is no such property, or its name fits several */
function find(definitions: PropertyDefinition[], key: string): PropertyDefinition {
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

/** Whether an answer shows the member with all values that were written. */
function showsAll(data: IDataObject, changes: Change[]): boolean {
	const stored = data.customUserProperties;

	return isJsonObject(stored) && changes.every(({ id, name, value }) => String(stored[id] ?? stored[name]) === String(value));
}
