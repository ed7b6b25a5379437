import type { IDataObject } from 'n8n-workflow';
import { isJsonObject } from '../values/json';
import type { Offer, PropertyDefinition, User } from './types';

/** Reads a member out of an answer; undefined when it is none. */
export function parseUser(value: unknown): User | undefined {
	if (!isJsonObject(value)) return undefined;
	const uid = idText(value.uid);
	const email = typeof value.email === 'string' ? value.email : '';

	return uid === undefined && email === '' ? undefined : { uid, email, raw: value };
}

/** What makes a member the same member on another page. */
export function userKey(user: User): string {
	return user.uid ?? user.email;
}

/** Reads an offer out of an answer; undefined when it is none. An offer without a name is shown by its id. */
export function parseOffer(value: unknown): Offer | undefined {
	if (!isJsonObject(value)) return undefined;
	const id = idText(value.id);
	if (id === undefined) return undefined;

	return {
		id,
		name: typeof value.name === 'string' && value.name.trim() !== '' ? value.name : id,
		courseIds: texts(value.hasCourseIds),
		raw: value,
	};
}

/** Reads the definition of a custom property; undefined when it is none. */
export function parseProperty(value: unknown): PropertyDefinition | undefined {
	if (!isJsonObject(value)) return undefined;
	const id = idText(value.id);
	if (id === undefined) return undefined;

	return {
		id,
		name: typeof value.name === 'string' && value.name.trim() !== '' ? value.name : id,
		type: typeof value.type === 'string' ? value.type : '',
		choices: choicesOf(value),
		raw: value,
	};
}

/**
 * The allowed values of a property. No public source says how, or whether, the API lists them, so
 * the common forms are looked for: a list of texts, or of objects with a value, name or label.
 */
function choicesOf(definition: IDataObject): string[] | undefined {
	const list = [definition.options, definition.choices, definition.values].find((entry) => Array.isArray(entry));
	if (!Array.isArray(list)) return undefined;
	const choices: string[] = [];
	for (const entry of list) {
		const text = isJsonObject(entry) ? (entry.value ?? entry.name ?? entry.label ?? entry.id) : entry;
		if (typeof text !== 'string' && typeof text !== 'number') return undefined;
		choices.push(String(text));
	}

	return choices.length === 0 ? undefined : choices;
}

function idText(value: unknown): string | undefined {
	if (typeof value === 'string' && value !== '') return value;

	return typeof value === 'number' ? String(value) : undefined;
}

function texts(value: unknown): string[] {
	return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
