import { endpoints, failureOf, InputError, isNotFound, passOn, readPages, RequestFailed, type Answer, type Call, type Client, type Endpoint, type PagePlace, type ReadPage } from '../transport';
import { emailKey } from '../values/email';
import { isJsonObject } from '../values/json';
import { parseOffer, parseProperty, parseUser, userKey } from './parse';
import { Roster } from './roster';
import type { Offer, OfferChoice, PropertyDefinition, User, UserLookup, UserQuery } from './types';

/** Rows asked for in a page. The API's maximum is not known; a server that gives fewer is fine. */
export const DEFAULT_PAGE_LENGTH = 100;

/** The reading side of one school during one run. What does not change within a run is read once. */
export interface School {
	readonly client: Client;
	/** All offers. */
	offers(): Promise<Offer[]>;
	/** The definitions of all custom properties. */
	properties(): Promise<PropertyDefinition[]>;
	/**
	 * The id of a chosen offer. An id is taken as it is, without a request.
	 *
	 * @throws InputError when a name fits no offer, or several
	 */
	offerId(choice: OfferChoice): Promise<string>;
	/** Looks a member up by e-mail; reads the list where the plan refuses the look-up. */
	userByEmail(email: string): Promise<UserLookup>;
	/** Looks a member up by e-mail with the one endpoint for it; undefined where the plan refuses it. */
	lookUp(email: string, onAttempt?: Call['onAttempt']): Promise<UserLookup | undefined>;
	/** Looks a member up by uid. There is no endpoint for it, so the list is read until found. */
	userByUid(uid: string): Promise<UserLookup>;
	/** The users of an offer, read as far as needed and kept for the run. */
	roster(offerId: string, maxPages: number): Roster;
	/** Has that list read once more, since a grant whose answer was lost may have changed it. */
	doubtRoster(offerId: string, maxPages: number): void;
	/** The user list, page by page, from its beginning or from a place that an earlier page gave as `next`. */
	users(query: UserQuery, options?: { pageLength?: number; maxPages?: number; from?: PagePlace }): AsyncGenerator<ReadPage<User>, void, undefined>;
}

/** Opens a school for one run. */
export function openSchool(client: Client): School {
	const offers = once(async () => await wholeList(client, endpoints.listOffers, parseOffer));
	const properties = once(async () => await wholeList(client, endpoints.listCustomUserProperties, parseProperty));
	const rosters = new Map<string, Roster>();
	let lookUpRefused = false;
	let firstLookUp: Promise<unknown> | undefined;
	const lookUpUnlessRefused = async (email: string, onAttempt: Call['onAttempt']): Promise<UserLookup | undefined> => {
		try {
			return await lookUp(client, email, onAttempt);
		} catch (error) {
			// 403 may mean that the plan has no look-up by e-mail (one client), or that the key is
			// wrong. Any other request tells which: it fails too when it is the key.
			if (failureOf(error)?.kind !== 'forbidden') throw passOn(error);
			lookUpRefused = true;

			return undefined;
		}
	};

	const school: School = {
		client,
		offers,
		properties,
		async offerId(choice) {
			return choice.by === 'id' ? choice.value : findOffer(await offers(), choice.value).id;
		},
		async lookUp(email, onAttempt) {
			// Who comes while the first is under way waits for it: where the plan refuses the look-up, one
			// refusal is enough, not one for each of a thousand addresses.
			if (firstLookUp !== undefined) await firstLookUp.catch(() => undefined);
			if (lookUpRefused) return undefined;
			const looking = lookUpUnlessRefused(email, onAttempt);
			firstLookUp ??= looking;

			return await looking;
		},
		async userByEmail(email) {
			const found = await school.lookUp(email);
			const key = emailKey(email);

			return found ?? (await searchList(school, (user) => emailKey(user.email) === key));
		},
		async userByUid(uid) {
			return await searchList(school, (user) => user.uid === uid);
		},
		roster(offerId, maxPages) {
			let roster = rosters.get(offerId);
			if (roster === undefined) {
				roster = new Roster(school.users({ offerId }, { maxPages }));
				rosters.set(offerId, roster);
			} else if (roster.isBroken) {
				// A failed read is forgotten, so that the next item tries again.
				roster.restart(school.users({ offerId }, { maxPages }));
			}

			return roster;
		},
		doubtRoster(offerId, maxPages) {
			rosters.get(offerId)?.doubt(school.users({ offerId }, { maxPages }));
		},
		users(query, options = {}) {
			return readPages(
				client,
				endpoints.listUsers,
				{
					query: { offerId: query.offerId, courseId: query.courseId, active: query.active === undefined ? undefined : String(query.active) },
					bulk: true,
				},
				{ parse: parseUser, key: userKey, pageLength: options.pageLength ?? DEFAULT_PAGE_LENGTH, maxPages: options.maxPages, from: options.from },
			);
		},
	};

	return school;
}

/**
 * Runs a read once and shares it. A failed read is forgotten, so that the next item tries again
 * instead of failing for a fault that has passed.
 */
function once<T>(read: () => Promise<T>): () => Promise<T> {
	let running: Promise<T> | undefined;

	return async () => {
		running ??= read();
		const mine = running;
		try {
			return await mine;
		} catch (error) {
			if (running === mine) running = undefined;
			throw passOn(error);
		}
	};
}

async function lookUp(client: Client, email: string, onAttempt?: Call['onAttempt']): Promise<UserLookup> {
	let answer: Answer;
	try {
		answer = await client.call(endpoints.findUserByMail, { path: { email }, onAttempt });
	} catch (error) {
		if (isNotFound(error)) return { found: false, by: 'address', pagesRead: 0 };
		throw passOn(error);
	}
	// How the API answers for an unknown address is not known: nothing, null and {} mean that too.
	const value = answer.body.kind === 'json' ? answer.body.value : null;
	if (value === null || (isJsonObject(value) && Object.keys(value).length === 0)) return { found: false, by: 'address', pagesRead: 0 };

	const user = parseUser(value);
	if (user === undefined || (user.email !== '' && emailKey(user.email) !== emailKey(email))) {
		throw unexpected(endpoints.findUserByMail, client, answer, 'There was no member with this address in the answer.');
	}

	return { found: true, user: user.email === '' ? { ...user, email } : user, by: 'address', pagesRead: 0 };
}

async function searchList(school: School, fits: (user: User) => boolean): Promise<UserLookup> {
	let pagesRead = 0;
	for await (const page of school.users({})) {
		pagesRead = page.number;
		const user = page.rows.find(fits);
		if (user !== undefined) return { found: true, user, by: 'list', pagesRead };
	}

	return { found: false, by: 'list', pagesRead };
}

/**
 * Finds an offer by its name: exactly, or else without regard to case.
 *
 * @throws InputError that lists the candidates with their ids when the name fits several offers
 */
export function findOffer(offers: Offer[], name: string): Offer {
	const tidy = (text: string) => text.normalize('NFC').trim();
	const wanted = tidy(name);
	const exact = offers.filter((offer) => tidy(offer.name) === wanted);
	const fitting = exact.length > 0 ? exact : offers.filter((offer) => tidy(offer.name).toLowerCase() === wanted.toLowerCase());

	if (fitting.length === 1) return fitting[0];
	if (fitting.length > 1) {
		throw new InputError(
			`The offer name "${wanted}" fits ${fitting.length} offers`,
			`Choose the offer by its ID: ${fitting.map((offer) => `${offer.id} (${offer.name})`).join(', ')}`,
		);
	}
	const known = offers.slice(0, 10).map((offer) => offer.name);
	throw new InputError(
		`There is no offer called "${wanted}"`,
		known.length === 0 ? 'Your school has no offers yet' : `Offers of your school: ${known.join(', ')}${offers.length > known.length ? ' and more' : ''}`,
	);
}

/** A list of which no paging is known. Where the answer names a next page all the same, it is read too. */
async function wholeList<Row>(client: Client, endpoint: Endpoint, parse: (value: unknown) => Row | undefined): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const page of readPages(client, endpoint, {}, { parse })) rows.push(...page.rows);

	return rows;
}

/** A failure for an answer that came through but does not hold what it should. */
export function unexpected(endpoint: Endpoint, client: Client, answer: Answer, note: string): RequestFailed {
	return new RequestFailed({
		kind: 'unexpectedAnswer',
		method: endpoint.method,
		path: endpoint.path,
		host: client.credential.host,
		status: answer.status,
		attempts: answer.attempts,
		maybeDone: endpoint.method !== 'GET',
		note,
	});
}
