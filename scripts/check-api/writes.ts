import type { Clock } from '../../nodes/Memberspot/transport/clock';
import { propertyKind } from '../../nodes/Memberspot/values/property';
import { LISTS, type WriteAnswer, type WriteEvidence } from './evidence';
import type { Answer } from './http';
import {
	emptinessOf,
	isOk,
	isRow,
	readList,
	saysNoEndpoint,
	type Observer,
	type Row,
} from './observer';
import { CannotRun } from './problem';

/** What the writes are told. */
export interface WriteOptions {
	/** Address of the throw-away user, in lower case. */
	user: string;
	/** The address as it was typed, where that is another one. */
	userAsTyped?: string;
	/** Offer that is granted, paused and removed. */
	offerId: string;
	/** A second offer, which stays active while the first is paused. */
	otherOfferId?: string;
	/** The user holds the offer and has progress made for this test, which may be lost. */
	loseProgress: boolean;
	/** Deletes the user in the end. */
	deleteUser: boolean;
	/** An address that nobody has. */
	nobody: string;
	/** Stands in order ids and values, so that they can be told from real ones. */
	mark: string;
	clock: Pick<Clock, 'now' | 'sleep'>;
	/** Whether a person wants the run to end. */
	stopped(): boolean;
}

/** What became of the writes. */
export interface WriteOutcome {
	/** What is left in Memberspot, in words. */
	leftBehind: string[];
	/** Why the writes ended early. */
	interrupted?: string;
}

const PAGE = '100';
const MOST_PAGES = 20;
/** A change that does not show at once is looked for once more after this time. */
const SECOND_LOOK_MS = 2_000;
const DELETION_LOOKS = 20;
const BETWEEN_LOOKS_MS = 1_000;

/** Most writes that are sent. */
export function mostWrites({ deleteUser }: Pick<WriteOptions, 'deleteUser'>): number {
	// All tries, and then a clean-up in which everything has to be tried in every way.
	return 28 + 13 + (deleteUser ? 3 : 0);
}

/**
 * Makes sure that nobody's real data is at stake: the address is unknown, or its user has no progress,
 * no property values and no offer. It only reads.
 *
 * @returns whether the user is there already
 * @throws CannotRun when the user may be a real member, or when that can't be told
 */
export async function checkThrowAway(observer: Observer, options: WriteOptions): Promise<boolean> {
	const { offerId, otherOfferId, loseProgress } = options;
	const named = [offerId, otherOfferId].filter((id) => id !== undefined);
	const answer = await observer.ask({ path: '/v1/offers' });
	const offers = readList(observer.facts, 'offers', answer.value)?.rows ?? [];
	for (const id of named)
		if (!offers.some((offer) => offer.id === id))
			throw new CannotRun('The school has no offer with the id given with --offer.');

	// The lists of the named offers are read again and again, so they have to be short.
	const held: string[] = [];
	for (const id of named)
		if ((await holder(observer, options.user, id)) !== undefined) held.push(id);
	let user = await findUser(observer, options.user);
	if (user === undefined && options.userAsTyped !== undefined)
		user = await findUser(observer, options.userAsTyped);
	if (user === undefined) {
		if (loseProgress)
			throw new CannotRun(
				'--lose-progress needs a user who is there, holds the offer and has progress in it.',
			);

		return false;
	}
	const refuse = (why: string) => {
		throw new CannotRun(
			`The user given with --user ${why}, so this may be a real member. Nothing was written. Use an address that Memberspot does not know yet.`,
		);
	};
	if (!holdsNothing(user.customUserProperties)) refuse('has values of custom properties');
	for (const { id } of offers) {
		if (typeof id !== 'string' || named.includes(id)) continue;
		if ((await holder(observer, options.user, id)) !== undefined) refuse('holds another offer');
	}
	const courses = new Set(
		offers
			.filter(({ id }) => id === offerId)
			.flatMap(({ hasCourseIds }) => (Array.isArray(hasCourseIds) ? hasCourseIds : [])),
	);
	const progress = Array.isArray(user.progress) ? user.progress.filter(isRow) : [];
	if (!loseProgress) {
		if (held.length > 0) refuse('holds an offer');
		if (!holdsNothing(user.progress)) refuse('has course progress');
	} else {
		if (!held.includes(offerId)) refuse('does not hold the offer given with --offer');
		if (progress.some(({ courseId }) => !courses.has(courseId)))
			refuse('has progress in another course');
		if (completed(user, courses) === 0)
			throw new CannotRun(
				'--lose-progress needs progress: sign in as the user, complete a lesson of the offer, and run this again.',
			);
	}

	return true;
}

/** Whether a field of a user is empty. In a form that is not known it may hold anything. */
function holdsNothing(value: unknown): boolean {
	if (value === undefined || value === null) return true;

	return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * Tries every write on the throw-away user and takes each back where the API can. Call
 * `checkThrowAway` before.
 *
 * It does not throw: where an answer is lost, no further question is asked, and only the cleaning up
 * is tried.
 */
export async function observeWrites(
	observer: Observer,
	options: WriteOptions,
): Promise<WriteOutcome> {
	/** Whether anything was sent that writes. */
	let wrote = false;
	/** Until the cleaning up, nothing more is asked once a person wants the run to end. */
	let asking: Observer = {
		...observer,
		async ask(question) {
			if (options.stopped()) throw new CannotRun('It was stopped by hand.');
			wrote ||= (question.method ?? 'GET') !== 'GET';

			return await observer.ask(question);
		},
	};
	const ask: Observer['ask'] = async (question) => await asking.ask(question);
	const { user: email, offerId, otherOfferId, mark, clock } = options;
	const seen: WriteEvidence = {};
	observer.evidence.writes = seen;
	const leftBehind: string[] = [];
	const orders = [`${mark}-0`, `${mark}-1`, `${mark}-2`];
	/** What a grant needs beside address and offer. */
	let needed: { firstname?: string; name?: string; orderId?: string } = {};
	/** Clears the property values that were written; gives the number that stay. */
	let clearProperties: () => Promise<number> = async () => await Promise.resolve(0);
	let interrupted: string | undefined;

	try {
		if (await firstGrant()) {
			await pausing();
			await removing();
			await unknownThings();
			await ordersAndNames();
			await properties();
			await loginToken();
		}
	} catch (error) {
		interrupted = wordsOf(error);
	}
	asking = observer;
	try {
		await cleanUp();
		if (options.deleteUser && interrupted === undefined) await deletion();
	} catch (error) {
		interrupted ??= wordsOf(error);
		leftBehind.push(
			'Cleaning up did not come to its end: look at the throw-away user in Memberspot.',
		);
	}
	// With the user, everything that was left is gone.
	if (typeof seen.goneAfterMs === 'number') leftBehind.length = 0;
	else if (wrote && seen.grantNeeds !== 'refused')
		leftBehind.push(
			`The throw-away user ${seen.grantNeeds === undefined ? 'may be' : 'is still'} there. Delete it in Memberspot, or run again with --delete-user.`,
		);

	return { leftBehind, ...(interrupted === undefined ? {} : { interrupted }) };

	async function firstGrant(): Promise<boolean> {
		const names = { firstname: 'Check', name: 'Zero' };
		const forms = [
			['emailAndOffer', {}],
			['withNames', names],
			['withNamesAndOrder', { ...names, orderId: orders[0] }],
		] as const;
		for (const [reading, fields] of forms) {
			const answer = await grant(offerId, fields);
			if (isOk(answer.status)) {
				seen.grantNeeds = reading;
				seen.grant = said(answer);
				needed = fields;
				if (otherOfferId !== undefined) await grant(otherOfferId, fields);

				return true;
			}
			// A gateway that gave up says nothing about what the API has done.
			if (answer.status >= 500)
				throw new CannotRun(
					`The first grant was answered with ${answer.status}, so it may have been done or not.`,
				);
			// Only a body that lacks something is worth another try.
			if (answer.status !== 400) break;
		}
		seen.grantNeeds = 'refused';

		return false;
	}

	async function pausing(): Promise<void> {
		const answer = await offerState(offerId, false);
		if (!isOk(answer.status)) return;
		seen.offerState = said(answer);
		const row = await expectRow(offerId, (found) => found?.active === false);
		const account = await findUser(asking, email);
		const other =
			otherOfferId === undefined ? undefined : await holder(asking, email, otherOfferId);
		seen.paused = {
			listed: row !== undefined,
			...(typeof row?.active === 'boolean' ? { active: row.active } : {}),
			...(typeof account?.active === 'boolean' ? { account: account.active } : {}),
			...(typeof other?.active === 'boolean' ? { other: other.active } : {}),
		};
		await offerState(offerId, true);
		await expectRow(offerId, (found) => found?.active === true);
	}

	async function removing(): Promise<void> {
		const courses = await coursesOfOffer();
		const before = completed(await findUser(asking, email), courses);
		const answer = await offerState(offerId);
		const row = await expectRow(offerId, (found) => found === undefined);
		seen.removal = { status: answer.status, gone: row === undefined };
		if (row !== undefined) return;
		if (options.loseProgress && before > 0) {
			await grant(offerId, needed);
			await expectRow(offerId, (found) => found !== undefined);
			seen.progress = { before, after: completed(await findUser(asking, email), courses) };
			await offerState(offerId);
			await expectRow(offerId, (found) => found === undefined);
		}
		const unheld = await offerState(offerId, true);
		const granted = await expectRow(offerId, (found) => found === undefined);
		seen.unheld = { status: unheld.status, listed: granted !== undefined };
		if (granted !== undefined) await offerState(offerId);
	}

	async function unknownThings(): Promise<void> {
		const offer = await offerState(`${mark}unknown`, false);
		observer.noteError('write for an unknown offer', offer);
		seen.unknownOffer = offer.status;
		const user = await write('setOfferState', '/v1/users/set-offer-state', {
			email: options.nobody,
			offerId,
			active: false,
		});
		observer.noteError('write for an unknown user', user);
		seen.unknownUser = user.status;
		seen.unknownOrder = (await orderState(`${mark}-none`, false)).status;
	}

	/** Two orders for one offer, with different names. */
	async function ordersAndNames(): Promise<void> {
		// With an access of another origin left, it can't be told which order it hangs on.
		const alone = seen.removal?.gone === true;
		const first = await grant(offerId, { firstname: 'Check', name: 'One', orderId: orders[1] });
		const second = await grant(offerId, { firstname: 'Check', name: 'Two', orderId: orders[2] });
		if (!isOk(first.status) || !isOk(second.status)) return;
		const user = await findUser(asking, email);
		if (typeof user?.name === 'string' || user?.name === null)
			seen.names = user.name === 'Two' ? 'overwritten' : 'kept';
		if (!alone) return;
		const paused = await orderState(orders[2], false);
		if (isOk(paused.status)) seen.orderState = said(paused);
		const row = await expectRow(offerId, (found) => found?.active === true);
		await orderState(orders[2], true);
		await orderState(orders[1]);
		const withoutFirst = await expectRow(offerId, (found) => found !== undefined);
		await orderState(orders[2]);
		const withoutBoth = await expectRow(offerId, (found) => found === undefined);
		seen.orders = {
			...(typeof row?.active === 'boolean' ? { pausedSecondStillActive: row.active } : {}),
			listedWithoutFirst: withoutFirst !== undefined,
			listedWithoutBoth: withoutBoth !== undefined,
		};
	}

	async function properties(): Promise<void> {
		const answer = await ask({ path: '/v1/custom-user-properties/list' });
		const definitions = readList(observer.facts, 'properties', answer.value)?.rows ?? [];
		const isText = ({ type }: Row) => /^(text|string)$/i.test(String(type));
		const [one, two] = definitions.filter(isText);
		const numeric = definitions.find(
			({ type }) => propertyKind(String(type), undefined) === 'number',
		);
		if (one === undefined) return;

		const touched = new Set([one]);
		// Until it is known under which name an item has its id, both have to be tried.
		let keys = ['id', 'propertyId'];
		clearProperties = async () => await clearAll(keys, touched);
		const byId = await setProperty('id', one.id, `${mark}-a`);
		const idStored = isOk(byId.status) && (await shows(one, (value) => value === `${mark}-a`));
		const byOther = await setProperty('propertyId', one.id, `${mark}-b`);
		const otherStored =
			isOk(byOther.status) && (await shows(one, (value) => value === `${mark}-b`));
		seen.propertyKey = {
			id: idStored,
			propertyId: otherStored,
			idStatus: byId.status,
			propertyIdStatus: byOther.status,
		};
		if (!idStored && !otherStored) return;
		seen.properties = said(idStored ? byId : byOther);
		const key = idStored ? 'id' : 'propertyId';
		keys = [key];

		if (two !== undefined) {
			touched.add(two);
			const other = await setProperty(key, two.id, `${mark}-c`);
			if (isOk(other.status) && (await shows(two, (value) => value === `${mark}-c`)))
				seen.otherStays = await shows(one, (value) => value !== undefined);
		}
		if (numeric !== undefined) {
			touched.add(numeric);
			const number = await setProperty(key, numeric.id, 7);
			const stored = await valueOf(numeric);
			seen.valueTypes = {
				status: number.status,
				stored: stored === undefined ? 'nothing' : typeof stored,
			};
		}
		seen.unknownProperty = (await setProperty(key, `${mark}unknown`, 'x')).status;

		await setProperty(key, one.id, `${mark}-d`);
		await shows(one, (value) => value === `${mark}-d`);
		await setProperty(key, one.id, '');
		const byText = await shows(one, (value) => value === undefined);
		if (!byText) await setProperty(key, one.id, null);
		const byNull = !byText && (await shows(one, (value) => value === undefined));
		seen.cleared = { byText, byNull };
	}

	async function loginToken(): Promise<void> {
		const uid = (await findUser(asking, email))?.uid;
		if (typeof uid !== 'string') return;
		const path = (of: string) => `/v1/users/login-token/${encodeURIComponent(of)}`;
		const answer = await ask({ operationId: 'createLoginToken', path: path(uid) });
		if (!isOk(answer.status)) return;
		seen.token = tokenForm(answer.value);
		const swapped = uid === uid.toLowerCase() ? uid.toUpperCase() : uid.toLowerCase();
		if (swapped !== uid) seen.otherCaseToken = (await ask({ path: path(swapped) })).status;
	}

	async function cleanUp(): Promise<void> {
		if (!wrote || (seen.grantNeeds === 'refused' && interrupted === undefined)) return;
		for (const id of [offerId, otherOfferId]) {
			if (id === undefined) continue;
			// Paused access may not be listed, and after an interruption nobody knows what was paused.
			const isSurelyGone =
				interrupted === undefined &&
				seen.paused?.listed !== false &&
				(await holder(asking, email, id)) === undefined;
			if (isSurelyGone) continue;
			const removed = await offerState(id);
			if (isOk(removed.status)) continue;
			for (const order of orders) await orderState(order);
			if ((await holder(asking, email, id)) === undefined) continue;
			const paused = await offerState(id, false);
			leftBehind.push(
				`The throw-away user still has an offer${isOk(paused.status) ? ', paused' : ''}: it could not be removed.`,
			);
		}
		const stay = await clearProperties();
		if (stay > 0)
			leftBehind.push(
				`The throw-away user still has values in ${stay} custom properties: they could not be cleared.`,
			);
	}

	async function deletion(): Promise<void> {
		const path = '/v1/users/delete-users';
		const twin = await write('deleteUsersPost', path, { emails: [options.nobody] });
		seen.twin = { status: twin.status, noEndpoint: saysNoEndpoint(twin) };
		const body = { emails: [email] };
		const direct = await ask({ operationId: 'deleteUsers', method: 'DELETE', path, body });
		seen.deletion = { ...said(direct), bodyArrived: direct.status !== 400 };
		if (!isOk(direct.status)) {
			observer.noteError(direct.status === 400 ? 'refused body' : 'deletion', direct);
			if (direct.status !== 400 || !isOk(twin.status)) return;
			await write('deleteUsersPost', path, body);
		}
		const asked = clock.now();
		for (let look = 0; look < DELETION_LOOKS; look++) {
			if ((await findUser(asking, email)) === undefined) {
				seen.goneAfterMs = look === 0 ? 0 : clock.now() - asked;

				return;
			}
			await clock.sleep(BETWEEN_LOOKS_MS);
		}
		seen.goneAfterMs = 'not seen';
	}

	async function grant(id: string, fields: object): Promise<Answer> {
		return await write('grantUserOfferByMail', '/v1/users/grant-user-offer-by-mail', {
			email,
			grantOffer: id,
			...fields,
		});
	}

	async function offerState(id: string, active?: boolean): Promise<Answer> {
		return await write('setOfferState', '/v1/users/set-offer-state', {
			email,
			offerId: id,
			...(active === undefined ? {} : { active }),
		});
	}

	async function orderState(orderId: string, active?: boolean): Promise<Answer> {
		return await write('setOrderState', '/v1/users/set-order-state', {
			email,
			orderId,
			...(active === undefined ? {} : { active }),
		});
	}

	async function setProperty(key: string, id: unknown, value: unknown): Promise<Answer> {
		return await write('setCustomUserProperties', '/v1/users/set-custom-user-properties', {
			email,
			properties: [{ [key]: id, value }],
		});
	}

	async function write(operationId: string, path: string, body: object): Promise<Answer> {
		const answer = await ask({ operationId, method: 'POST', path, body });
		if (answer.status === 400) observer.noteError('refused body', answer);

		return answer;
	}

	async function coursesOfOffer(): Promise<ReadonlySet<unknown>> {
		const answer = await ask({ path: '/v1/offers' });
		const offer = readList(observer.facts, 'offers', answer.value)?.rows.find(
			({ id }) => id === offerId,
		);

		return new Set(Array.isArray(offer?.hasCourseIds) ? offer.hasCourseIds : []);
	}

	/** The user's row in an offer's list; looked for twice when it is not as expected. */
	async function expectRow(
		id: string,
		expected: (row: Row | undefined) => boolean,
	): Promise<Row | undefined> {
		return await twice(async () => await holder(asking, email, id), expected);
	}

	async function valueOf({ id, name }: Row): Promise<unknown> {
		const values = (await findUser(asking, email))?.customUserProperties;
		if (!isRow(values)) return undefined;

		return values[String(id)] ?? values[String(name)];
	}

	async function shows(definition: Row, expected: (value: unknown) => boolean): Promise<boolean> {
		return expected(await twice(async () => await valueOf(definition), expected));
	}

	async function twice<T>(read: () => Promise<T>, expected: (value: T) => boolean): Promise<T> {
		const first = await read();
		if (expected(first)) return first;
		await clock.sleep(SECOND_LOOK_MS);

		return await read();
	}

	async function clearAll(keys: readonly string[], touched: ReadonlySet<Row>): Promise<number> {
		const empty = seen.cleared?.byNull === true ? null : '';
		let stay = 0;
		for (const definition of touched) {
			let value = await valueOf(definition);
			for (const key of keys) {
				if (value === undefined) break;
				await setProperty(key, definition.id, empty);
				value = await valueOf(definition);
			}
			if (value !== undefined) stay++;
		}

		return stay;
	}
}

/**
 * The user with an address; undefined when there is none.
 *
 * @throws CannotRun for an answer that leaves open whether there is: it must not pass for nobody
 */
async function findUser(observer: Observer, email: string): Promise<Row | undefined> {
	const answer = await observer.ask({
		operationId: 'findUserByMail',
		path: `/v1/users/find-by-mail/${encodeURIComponent(email)}`,
	});
	if (answer.status === 403) return await pagedSearch(observer, email, {});
	if (answer.status === 404 && !saysNoEndpoint(answer)) return undefined;
	if (!isOk(answer.status))
		throw new CannotRun(`The look-up of the throw-away user was answered with ${answer.status}.`);

	if (['emptyBody', 'null', 'emptyObject'].includes(emptinessOf(answer))) return undefined;
	if (isRow(answer.value) && sameAddress(answer.value.email, email)) return answer.value;
	throw new CannotRun(
		"The look-up of the throw-away user was answered in a form that is not known, so it can't be told whether the user is there.",
	);
}

function sameAddress(one: unknown, other: string): boolean {
	return typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
}

/** The user's row in the list of an offer. */
async function holder(
	observer: Observer,
	email: string,
	offerId: string,
): Promise<Row | undefined> {
	return await pagedSearch(observer, email, { offerId });
}

/**
 * Looks through a user list to its end.
 *
 * @throws CannotRun when the list is too long for that
 */
async function pagedSearch(
	observer: Observer,
	email: string,
	filter: { readonly [name: string]: string },
): Promise<Row | undefined> {
	let cursor: string | undefined;
	for (let page = 0; page < MOST_PAGES; page++) {
		const answer = await observer.ask({
			operationId: LISTS.users,
			path: '/v1/users/list',
			query: {
				pageLength: PAGE,
				...filter,
				...(cursor === undefined ? {} : { lastLoadedId: cursor }),
			},
		});
		const list = readList(observer.facts, 'users', answer.value);
		if (!isOk(answer.status) || list === undefined)
			throw new CannotRun(`The user list was answered with ${answer.status}.`);
		const found = list.rows.find((row) => sameAddress(row.email, email));
		if (found !== undefined) return found;
		if (list.rows.some((row) => typeof row.email !== 'string'))
			throw new CannotRun(
				"A user list has rows without an address, so it can't be told whether the throw-away user is in it.",
			);
		const next = list.envelope === 'array' ? list.rows.at(-1)?.uid : list.cursor;
		if (list.rows.length === 0 || typeof next !== 'string' || next === '' || next === cursor)
			return undefined;
		cursor = next;
	}

	throw new CannotRun(
		`A user list is longer than ${MOST_PAGES} pages, so it can't be told whether the throw-away user is in it. Name an offer that few people hold, and use an address that Memberspot does not know yet.`,
	);
}

function completed(user: Row | undefined, courses: ReadonlySet<unknown>): number {
	const progress = Array.isArray(user?.progress) ? user.progress.filter(isRow) : [];

	return progress
		.filter(({ courseId }) => courses.has(courseId))
		.reduce(
			(sum, { completedPosts }) => sum + (typeof completedPosts === 'number' ? completedPosts : 0),
			0,
		);
}

function said(answer: Answer): WriteAnswer {
	return { status: answer.status, says: emptinessOf(answer) };
}

function tokenForm(value: unknown): string {
	if (typeof value === 'string') return 'bareString';
	if (!isRow(value)) return 'other';
	if ('token' in value) return 'loginUrl' in value ? 'both' : 'tokenOnly';

	return 'loginToken' in value ? 'loginToken' : 'other';
}

function wordsOf(error: unknown): string {
	if (error instanceof CannotRun) return error.message;

	return `The check itself has a fault (${error instanceof Error ? error.name : 'unknown'}).`;
}
