import { InputError } from '../transport';
import { emailKey } from '../values/email';

/** What one input item asks for one offer. */
export interface Term {
	/** False asks for the access to be paused. */
	active: boolean;
	/** From this moment on the offer is no longer wanted; milliseconds since 1970. */
	until?: number;
	/** Stored with a new grant. */
	orderId?: string;
}

/** A value for a custom property, ready to be sent. */
export interface PropertyWish {
	id: string;
	name: string;
	/** Tells how two values are compared. */
	kind: string;
	value: string | number | boolean;
}

/** What one input item says about a user. */
export interface Wish {
	item: number;
	email: string;
	uid?: string;
	firstName?: string;
	lastName?: string;
	/** By offer id. */
	offers: ReadonlyMap<string, Term>;
	properties: readonly PropertyWish[];
}

/** What all items for one user say together. */
export interface Wanted extends Omit<Wish, 'item'> {
	/** In input order, each once. */
	items: readonly number[];
}

/**
 * Joins what several items say about one user: the offers of all of them are wanted.
 *
 * @param wishes at least one, in input order
 * @throws InputError when they contradict each other
 */
export function mergeWishes(wishes: readonly Wish[]): Wanted {
	const [first] = wishes;
	const offers = new Map<string, Term>();
	const properties = new Map<string, PropertyWish>();
	for (const wish of wishes) {
		for (const [offerId, term] of wish.offers) {
			const before = offers.get(offerId);
			offers.set(offerId, before === undefined ? term : joined(first.email, `the offer ${offerId}`, before, term));
		}
		for (const property of wish.properties) {
			const before = properties.get(property.id);
			if (before !== undefined && before.value !== property.value) throw contradiction(first.email, `the property "${property.name}"`);
			properties.set(property.id, property);
		}
	}

	return {
		items: [...new Set(wishes.map(({ item }) => item))],
		email: first.email,
		uid: theOne(first.email, 'the UID', wishes.map(({ uid }) => uid)),
		firstName: theOne(first.email, 'the first name', wishes.map(({ firstName }) => firstName)),
		lastName: theOne(first.email, 'the last name', wishes.map(({ lastName }) => lastName)),
		offers,
		properties: [...properties.values()],
	};
}

/**
 * The UID for each address. An item that gives only the address is about the same user as one that
 * gives address and UID: otherwise it would make a second account for a user whose address changed.
 *
 * @returns the UID, undefined where none is given, or the contradiction
 */
export function uidsByEmail(wishes: ReadonlyArray<Pick<Wish, 'email' | 'uid'>>): Map<string, { uid?: string } | { problem: InputError }> {
	const byEmail = new Map<string, { uid?: string } | { problem: InputError }>();
	for (const { email, uid } of wishes) {
		const key = emailKey(email);
		const before = byEmail.get(key);
		if (before === undefined) byEmail.set(key, { uid });
		else if (!('problem' in before) && uid !== undefined) {
			byEmail.set(key, before.uid === undefined || before.uid === uid ? { uid } : { problem: contradiction(email, 'the UID') });
		}
	}

	return byEmail;
}

function joined(email: string, what: string, one: Term, other: Term): Term {
	if (one.active !== other.active) throw contradiction(email, `whether ${what} is to be active`);
	if (one.until !== other.until) throw contradiction(email, `how long ${what} is wanted`);

	return { ...one, orderId: theOne(email, `the order ID for ${what}`, [one.orderId, other.orderId]) };
}

function theOne(email: string, what: string, values: ReadonlyArray<string | undefined>): string | undefined {
	const given = new Set(values.filter((value) => value !== undefined));
	if (given.size > 1) throw contradiction(email, what);

	return [...given][0];
}

function contradiction(email: string, what: string): InputError {
	return new InputError(`The input contradicts itself about ${what} of ${email}`, 'Several items are about this user. Give the same value in all of them, or one item only');
}
