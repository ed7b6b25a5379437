import {
	badCursor,
	json,
	list,
	nothing,
	pageLength,
	pageOf,
	readCursor,
	Refusal,
	text,
	writeCursor,
	type Answer,
	type Query,
} from './answers';
import { SCHOOL_ID } from './fixtures';
import type { School } from './school';
import type { PropertyValue, User, UserFilter } from './types';
import type { Variants } from './variants';

/** A request that has passed the door: key and form are right. */
export interface Call {
	school: School;
	variants: Variants;
	/** Decoded parts of the path. */
	path: { readonly [name: string]: string };
	query: Query;
	body: unknown;
	method: string;
}

/** What an operation of the API does. It answers, or throws a Refusal. */
export type Operation = (call: Call) => Answer;

/**
 * Every operation of the contract by its id.
 *
 * Where public material leaves open what happens, the switches decide; answers that no switch covers
 * are invented, and the contract says so.
 */
export const operations: { readonly [operationId: string]: Operation | undefined } = {
	listUsers({ school, variants, query }) {
		const filter: UserFilter = {
			offerId: one(query.offerId),
			courseId: one(query.courseId),
			active: query.active === undefined ? undefined : query.active === 'true',
		};
		const page = school.page(
			filter,
			variants.active,
			placeOfCursor(school, one(query.lastLoadedId)),
			pageLength(query, variants),
		);
		const last = page.users.at(-1);
		const goesOn = last !== undefined && (page.more || variants.endOfList === 'emptyPage');
		const cursor = goesOn
			? variants.cursorForm === 'lastUid'
				? shownUid(last, variants)
				: writeCursor(page.place)
			: undefined;

		return list(
			page.users.map((user) => userRow(school, variants, user, filter)),
			variants.usersEnvelope,
			'users',
			variants,
			cursor,
		);
	},

	findUserByMail({ school, variants, path }) {
		if (variants.lookUpPlan === 'forbidden') throw forbidden();
		const user = school.user(path.email);
		if (user !== undefined) return json(userRow(school, variants, user, {}));
		switch (variants.unknownUserLookUp) {
			case 'status404':
				throw new Refusal(404, 'User not found');
			case 'emptyBody':
				return nothing();
			case 'null':
				return json(null);
			case 'emptyObject':
				return json({});
		}
	},

	grantUserOfferByMail({ school, variants, body, method }) {
		const email = field(body, 'email');
		const offerId = field(body, 'grantOffer');
		const needed = {
			emailAndOffer: [],
			withNames: ['firstname', 'name'],
			withNamesAndOrder: ['firstname', 'name', 'orderId'],
		};
		const missing = needed[variants.grantRequiredFields].filter(
			(name) => optional(body, name) === undefined,
		);
		if (missing.length > 0)
			throw new Refusal(
				400,
				missing.map((name) => `${name} should not be empty`),
			);
		if (!school.offers.some(({ id }) => id === offerId)) throw unknown('Offer', variants);

		const { user } = school.grant(
			{
				email,
				offerId,
				firstname: optional(body, 'firstname'),
				name: optional(body, 'name'),
				orderId: optional(body, 'orderId'),
			},
			{
				oneAccess: variants.grantAgain === 'oneAccess',
				restartTerm: variants.grantRestartsTerm === 'restartsTerm',
				overwriteNames: variants.grantChangesNames === 'overwritesNames',
				welcomeMail: variants.welcomeMail === 'newUsers',
				mailsAgain: variants.grantMailsAgain === 'eachGrant',
			},
		);

		return written(variants, method, userRow(school, variants, user, { offerId }));
	},

	setOfferState({ school, variants, body, method }) {
		const email = field(body, 'email');
		const offerId = field(body, 'offerId');
		const active = flag(body, 'active');
		if (active === undefined && variants.offerStateActiveRequired === 'required') {
			throw new Refusal(400, ['active must be a boolean value', 'active should not be empty']);
		}
		if (!school.isLive(email)) throw unknown('User', variants);
		if (!school.offers.some(({ id }) => id === offerId)) throw unknown('Offer', variants);
		if (school.setOfferState(email, offerId, active) === 0) {
			if (variants.unheldOffer === 'status404') throw new Refusal(404, 'Offer not found for user');
			if (variants.unheldOffer === 'granted' && active === true)
				school.grant({ email, offerId }, { welcomeMail: false });
		}

		return written(variants, method, {
			email,
			offerId,
			...(active === undefined ? {} : { active }),
		});
	},

	setOrderState({ school, variants, body, method }) {
		const email = field(body, 'email');
		const orderId = field(body, 'orderId');
		const active = flag(body, 'active');
		if (!school.isLive(email)) throw unknown('User', variants);
		if (
			school.setOrderState(email, orderId, active) === 0 &&
			variants.unknownOrder === 'status404'
		) {
			throw new Refusal(404, 'Order not found for user');
		}

		return written(variants, method, {
			email,
			orderId,
			...(active === undefined ? {} : { active }),
		});
	},

	setCustomUserProperties({ school, variants, body, method }) {
		const email = field(body, 'email');
		const items = readItems(body, variants);
		if (!school.isLive(email)) throw unknown('User', variants);
		const known = items.filter(({ id }) =>
			school.properties.some((property) => property.id === id),
		);
		if (known.length < items.length && variants.unknownProperty !== 'ignored') {
			throw new Refusal(
				variants.unknownProperty === 'status404' ? 404 : 400,
				'Custom property not found',
			);
		}
		if (variants.partialPropertyUpdate === 'replaces') {
			for (const id of Object.keys(school.user(email)?.properties ?? {}))
				school.setProperty(email, id, undefined);
		}
		for (const { id, value } of known) {
			const clears =
				variants.clearProperty === 'emptyText'
					? value === ''
					: variants.clearProperty === 'null' && value === null;
			school.setProperty(email, id, clears ? undefined : value);
		}

		return written(variants, method, { email, properties: readRecords(body, 'properties') });
	},

	deleteUsers: remove,
	deleteUsersPost: remove,

	listCourseProgress({ school, variants, path, query }) {
		const rows = school.progressOf(userByMail(school, path.email));
		if (variants.progressListPaging === 'none' || variants.progressEnvelope === 'array') {
			return list(
				rows,
				variants.progressEnvelope,
				'progress',
				variants,
				variants.progressListPaging === 'none' ? false : undefined,
			);
		}
		const page = pageOf(rows, query, variants, ({ courseId }) => courseId);

		return list(page.rows, variants.progressEnvelope, 'progress', variants, page.cursor);
	},

	getCourseProgress({ school, variants, path }) {
		const user = userByMail(school, path.email);
		if (school.course(path.courseId) === undefined) throw new Refusal(404, 'Course not found');
		const { firstname, name, email } = user;
		const who = { uid: shownUid(user, variants), email, firstname, name };
		const progress = school.progressIn(user, path.courseId);

		return json(
			variants.courseProgressShape === 'nested'
				? { ...progress, user: who }
				: { ...progress, ...who },
		);
	},

	createLoginToken({ school, variants, path }) {
		const user = school.userByUid(path.uid, variants.uidCase === 'lower');
		if (user === undefined || !school.isLive(user.email)) throw new Refusal(404, 'User not found');
		const { token } = school.createLoginToken(user.uid);
		switch (variants.loginTokenAnswer) {
			case 'both':
				return json({ token, loginUrl: `${school.loginUrl}?token=${token}` });
			case 'tokenOnly':
				return json({ token });
			case 'bareString':
				return text(token);
			case 'loginToken':
				return json({ loginToken: token });
		}
	},

	listOffers({ school, variants }) {
		const rows = school.offers.map(({ id, name, courseIds }) => ({
			id,
			name,
			hasCourseIds: courseIds,
		}));

		return list(rows, variants.offersEnvelope, 'offers', variants, false);
	},

	enableChapterAccess({ school, variants, body, method }) {
		const email = field(body, 'email');
		const courseId = field(body, 'courseId');
		const chapterId = field(body, 'chapterId');
		if (!school.isLive(email)) throw unknown('User', variants);
		if (school.course(courseId) === undefined) throw unknown('Course', variants);
		if (school.chapter(chapterId)?.courseId !== courseId) throw unknown('Chapter', variants);
		school.enableChapter(email, chapterId);

		return written(variants, method, { email, courseId, chapterId });
	},

	listExamResults({ school, variants, path, query }) {
		const exam = school.exam(path.examId);
		if (exam === undefined) throw new Refusal(404, 'Exam not found');
		const rows = school.resultsOf(exam.id).flatMap(({ uid, points, passed, created }) => {
			const user = school.userByUid(uid);
			if (user === undefined) return [];
			const { email, firstname, name } = user;

			return [
				{
					uid: shownUid(user, variants),
					email,
					firstname,
					name,
					points,
					maxPoints: exam.maxPoints,
					passed,
					created,
				},
			];
		});
		if (variants.examResultsPaging === 'none' || variants.examResultsEnvelope === 'array') {
			return list(
				rows,
				variants.examResultsEnvelope,
				'results',
				variants,
				variants.examResultsPaging === 'none' ? false : undefined,
			);
		}
		const page = pageOf(rows, query, variants, ({ uid }) => uid);

		return list(page.rows, variants.examResultsEnvelope, 'results', variants, page.cursor);
	},

	listCustomUserProperties({ school, variants }) {
		const rows = school.properties.map(({ id, name, type, choices }) => ({
			id,
			name,
			type,
			schoolId: SCHOOL_ID,
			...(choices === undefined || variants.propertyChoices === 'none'
				? {}
				: { [variants.propertyChoices]: choices }),
		}));

		return list(rows, variants.propertiesEnvelope, 'properties', variants, false);
	},

	checkKey: () => json({ success: true }),
};

/** What a plan or key that may not do something is told. */
export function forbidden(): Refusal {
	return new Refusal(403, 'Forbidden resource');
}

function remove({ school, variants, body, method }: Call): Answer {
	const emails = isRecord(body) && Array.isArray(body.emails) ? body.emails : [];
	if (emails.length === 0)
		throw new Refusal(400, ['emails should not be empty', 'emails must be an array']);
	if (method === 'POST' && variants.postDeletionPath === 'otherPath')
		throw new Refusal(404, 'Cannot POST /v1/users/delete-users');
	for (const email of emails) if (typeof email === 'string') school.removeUser(email);

	const status = statusOf(variants, method);
	if (status === 204 || variants.deleteAnswer === 'emptyBody') return nothing(status);

	return variants.deleteAnswer === 'okText' ? text('ok', status) : json('ok', status);
}

function statusOf({ writeStatus }: Variants, method: string): number {
	return writeStatus === '201' && method === 'DELETE' ? 200 : Number(writeStatus);
}

function written(variants: Variants, method: string, answer: object): Answer {
	const status = statusOf(variants, method);
	if (status === 204) return nothing(status);
	switch (variants.writeAnswer) {
		case 'object':
			return json(answer, status);
		case 'emptyBody':
			return nothing(status);
		case 'emptyObject':
			return json({}, status);
		case 'null':
			return json(null, status);
		case 'okText':
			return text('ok', status);
	}
}

/** A user as the API writes one. The filter matters: it may decide what `active` speaks of. */
function userRow(school: School, variants: Variants, user: User, filter: UserFilter): object {
	return {
		uid: shownUid(user, variants),
		email: user.email,
		firstname: user.firstname,
		name: user.name,
		active: school.isActive(user, filter, variants.active),
		created: variants.userCreatedForm === 'iso' ? user.created : timestamp(user.created),
		customUserProperties:
			variants.propertyUserKeys === 'id'
				? user.properties
				: Object.fromEntries(
						Object.entries(user.properties).map(([id, value]) => [
							school.property(id)?.name ?? id,
							value,
						]),
					),
		progress: school.progressOf(user),
	};
}

/** A moment as the vendor's likely database writes it. */
function timestamp(iso: string): object {
	const time = Date.parse(iso);

	return { _seconds: Math.floor(time / 1_000), _nanoseconds: (time % 1_000) * 1_000_000 };
}

function shownUid({ uid }: User, { uidCase }: Variants): string {
	return uidCase === 'lower' ? uid.toLowerCase() : uid;
}

/** A list may be read on from a cursor of ours, or from the uid of the last row. */
function placeOfCursor(school: School, cursor: string | undefined): number {
	if (cursor === undefined) return 0;
	const place = school.placeOf(cursor) ?? readCursor(cursor) ?? school.placeOf(cursor, true);
	if (place === undefined) throw badCursor();

	return place;
}

function userByMail(school: School, email: string): User {
	const user = school.user(email);
	if (user === undefined) throw new Refusal(404, 'User not found');

	return user;
}

function unknown(what: string, { unknownUserWrite }: Variants): Refusal {
	return new Refusal(unknownUserWrite === 'status404' ? 404 : 400, `${what} not found`);
}

function readItems(body: unknown, variants: Variants): Array<{ id: string; value: PropertyValue }> {
	const problems: string[] = [];
	const items = readRecords(body, 'properties').map((item, index) => {
		const key = ['id', 'propertyId'].find((name) => typeof item[name] === 'string') ?? 'id';
		if (variants.propertyItemKey !== 'both' && key !== variants.propertyItemKey) {
			problems.push(
				`properties.${index}.property ${key} should not exist`,
				`properties.${index}.${variants.propertyItemKey} must be a string`,
			);
		}
		const { value } = item;
		if (variants.propertyValueTypes === 'textOnly' && value !== null && typeof value !== 'string') {
			problems.push(`properties.${index}.value must be a string`);
		}
		if (value === null && variants.clearProperty !== 'null')
			problems.push(`properties.${index}.value should not be null`);

		return { id: String(item[key]), value: isValue(value) ? value : null };
	});
	if (problems.length > 0) throw new Refusal(400, problems);

	return items;
}

function isValue(value: unknown): value is PropertyValue {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function readRecords(body: unknown, name: string): Array<{ [key: string]: unknown }> {
	const records = isRecord(body) ? body[name] : undefined;

	return Array.isArray(records) ? records.filter(isRecord) : [];
}

/** A text that must be there. The contract has been checked before; this holds without it, too. */
function field(body: unknown, name: string): string {
	const value = optional(body, name);
	if (value === undefined) throw new Refusal(400, [`${name} should not be empty`]);

	return value;
}

function optional(body: unknown, name: string): string | undefined {
	const value = isRecord(body) ? body[name] : undefined;

	return typeof value === 'string' && value !== '' ? value : undefined;
}

function flag(body: unknown, name: string): boolean | undefined {
	const value = isRecord(body) ? body[name] : undefined;

	return typeof value === 'boolean' ? value : undefined;
}

function one(value: Query[string] | undefined): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
