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
		if (value === undefined) continue;
		const change = { id, name, kind, value: typed ? value.typed : value.text };
		// The same property can be given by its id and by its name.
		const before = changes.find((other) => other.id === id);
		if (before === undefined) changes.push(change);
		else if (before.value !== change.value) throw new InputError(`The property "${name}" is given twice, with different values`, 'Give it once, by its name or by its ID');
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

type Item = Pick<PropertyChange, 'id' | 'value'>;
type Writer = Pick<Run, 'memory' | 'school' | 'dryRun' | 'hint'>;

/** Key in the run's memory: what a write is known to do to properties that it does not name. */
const OTHERS = 'otherProperties';

/**
 * Writes properties of one member, and sees to it that the member's other properties stay.
 *
 * That a write leaves alone what it does not name is expected, and not promised (contract). So until
 * it is known, the member is read before and after: where the other values are gone, they are sent
 * again, and from then on they go along with each write of the run. Where the plan refuses the look-up
 * by e-mail, nothing can be read and only the named properties are sent.
 *
 * @throws InputError where a value is lost, or would be, that can not be sent along
 */
export async function sendProperties(run: Writer, call: Scope['call'], email: string, changes: readonly Item[]): Promise<Answer> {
	const rule = run.memory.get(OTHERS);
	if (run.dryRun || rule === 'stay') return await sendItems(run, call, email, changes);

	const named = new Set(changes.map(({ id }) => id));
	const before = await storedValues(run, email);
	if (before === 'notRead') {
		run.hint('Memberspot refuses the look-up by e-mail, so it could not be seen whether properties that were not named kept their values. That they do is expected, and not documented.');

		return await sendItems(run, call, email, changes);
	}
	const others = (before ?? []).filter(({ id }) => id === undefined || !named.has(id));
	if (others.length === 0) return await sendItems(run, call, email, changes);
	const unsendable = others.filter((stored) => !isSendable(stored));
	if (rule === 'go') {
		if (unsendable.length > 0) throw loss(email, unsendable, 'Nothing was written.', 'notDone');

		return await sendAlong(run, call, email, changes, others);
	}
	let answer: Answer | undefined;
	let failed: unknown;
	try {
		answer = await sendItems(run, call, email, changes);
	} catch (error) {
		if (failureOf(error)?.maybeDone !== true) throw passOn(error);
		failed = error;
	}
	const after = await storedValues(run, email).catch((): 'notRead' => 'notRead');
	const stay = after !== 'notRead' && after?.some(({ key }) => others.some((other) => other.key === key)) === true;
	if (stay && answer !== undefined) run.memory.set(OTHERS, 'stay');
	// Nobody there any more, or a write that may not have been carried out: nothing has to be given back.
	if (stay || after === undefined || (after === 'notRead' && answer === undefined)) {
		if (answer === undefined) throw passOn(failed);

		return answer;
	}
	if (after !== 'notRead') {
		run.memory.set(OTHERS, 'go');
		run.hint('Memberspot drops custom properties that a write does not name. Their values were sent again, and go along with every further write.');
	}
	// A read that fails proves nothing. The values are still at hand, and do no harm when they are sent.
	const repaired = await sendAlong(run, call, email, changes, others).catch((error: unknown) => {
		if (after === 'notRead') throw passOn(error);
		throw loss(email, others, 'The rest was written.', 'unknown');
	});
	if (after !== 'notRead' && unsendable.length > 0) throw loss(email, unsendable, 'The rest was written.', 'unknown');

	return repaired;
}

/** A value as it is stored with a member. */
interface Stored {
	/** As the API names it: by id or by name. */
	key: string;
	/** Undefined where no definition fits the key. */
	id?: string;
	value: unknown;
}

/** The values of a member that are not empty; undefined where nobody has the address, `notRead` where the plan refuses the look-up. */
async function storedValues(run: Writer, email: string): Promise<Stored[] | 'notRead' | undefined> {
	const found = await run.school.lookUp(email);
	if (found === undefined) return 'notRead';
	if (!found.found) return undefined;
	const values = found.user.raw.customUserProperties;
	if (!isJsonObject(values)) return [];
	const definitions = await run.school.properties();

	return Object.entries(values)
		.filter(([, value]) => value !== undefined && value !== null && value !== '')
		.map(([key, value]) => {
			const byName = definitions.filter(({ name }) => name === key);

			return { key, id: definitions.find(({ id }) => id === key)?.id ?? (byName.length === 1 ? byName[0].id : undefined), value };
		});
}

function isSendable(stored: Stored): stored is Stored & Item {
	return stored.id !== undefined && ['string', 'number', 'boolean'].includes(typeof stored.value);
}

/** Sends changes with the other values, as they were stored; as text where the API takes text only. */
async function sendAlong(run: Writer, call: Scope['call'], email: string, changes: readonly Item[], others: readonly Stored[]): Promise<Answer> {
	const along = others.filter(isSendable);
	const send = async (values: readonly Item[]) => await sendItems(run, call, email, [...changes, ...values.map(({ id, value }) => ({ id, value }))]);
	try {
		return await send(along);
	} catch (refused) {
		if (failureOf(refused)?.kind !== 'invalid' || along.every(({ value }) => typeof value === 'string')) throw passOn(refused);

		return await send(along.map(({ id, value }) => ({ id, value: String(value) })));
	}
}

/** The failure for values that can't be sent along. They stand in it, since they may stand nowhere else. */
function loss(email: string, stored: readonly Stored[], happened: string, outcome: 'notDone' | 'unknown'): InputError {
	const names = stored.map(({ key }) => `"${key}"`).join(', ');
	const values = JSON.stringify(Object.fromEntries(stored.map(({ key, value }) => [key, value])));

	return new InputError(
		`Memberspot drops custom properties that a write does not name, and ${names} of ${email} could not be sent along`,
		`${happened} Compare the user in Memberspot with the values before: ${values}`,
		{ outcome },
	);
}

/**
 * Sends items of properties.
 *
 * Two public clients name the key of an item differently, `id` and `propertyId`, and one of them
 * must be wrong. `id` is tried first; a refusal that names the key is answered once with the other,
 * and what was accepted is kept for the run. Both are never sent together, since the API may drop
 * the wrong one without a word.
 */
async function sendItems(run: Pick<Run, 'memory'>, call: Scope['call'], email: string, changes: readonly Item[]): Promise<Answer> {
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
