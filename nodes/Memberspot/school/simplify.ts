import type { IDataObject } from 'n8n-workflow';
import { isJsonObject } from '../values/json';
import { apiMoment } from '../values/scalar';
import type { PropertyDefinition, User } from './types';

/**
 * A member in few fields and plain names.
 *
 * Memberspot calls the last name `name` (two clients), a lesson "post", and keeps custom properties
 * under keys of which it is not known whether they are ids or names: an id that has a definition is
 * replaced by its name, anything else stays as it is.
 */
export function simplifyUser(user: User, definitions: PropertyDefinition[]): IDataObject {
	const { raw } = user;
	const created = apiMoment(raw.created);
	const simple: IDataObject = {
		uid: user.uid ?? null,
		email: user.email,
		firstName: raw.firstname ?? null,
		lastName: raw.name ?? null,
		active: raw.active ?? null,
		created: created === undefined ? (raw.created ?? null) : new Date(created).toISOString(),
		properties: nameProperties(raw.customUserProperties, definitions),
	};
	if (Array.isArray(raw.progress)) simple.progress = raw.progress.filter(isJsonObject).map(withPercent);

	return simple;
}

/** Whether the rows hold property keys that a definition could give a name to. */
export function hasProperties(users: User[]): boolean {
	return users.some(({ raw }) => isJsonObject(raw.customUserProperties) && Object.keys(raw.customUserProperties).length > 0);
}

function nameProperties(values: unknown, definitions: PropertyDefinition[]): IDataObject {
	if (!isJsonObject(values)) return {};
	// In a map, since a property may be called "constructor" or "__proto__".
	const named = new Map<string, IDataObject[string]>();
	for (const [key, value] of Object.entries(values)) {
		const name = definitions.find((definition) => definition.id === key)?.name ?? key;
		// Two properties may have the same name; then the ids keep them apart.
		named.set(named.has(name) ? key : name, value);
	}

	return Object.fromEntries(named);
}

/**
 * Adds the share of lessons done to a row of course progress: `completedPosts` of `activePosts`
 * (one client). Null where the numbers are missing or there is no lesson yet.
 */
export function withPercent(row: IDataObject): IDataObject {
	return { ...row, percent: percentOf(row) };
}

/** Share of lessons done, from 0 to 100 with one decimal place; null where it can't be told. */
export function percentOf(row: IDataObject): number | null {
	const { completedPosts, activePosts } = row;
	if (typeof completedPosts !== 'number' || typeof activePosts !== 'number' || activePosts <= 0) return null;

	return Math.min(100, Math.max(0, Math.round((completedPosts / activePosts) * 1_000) / 10));
}
