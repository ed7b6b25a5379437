import { propertyKind } from '../../nodes/Memberspot/values/property';
import { LISTS, type ListName, type ReadEvidence } from './evidence';
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
import { fieldName, fieldsOf, isMoment, shapeOf } from './shape';

/** What the reads are told. */
export interface ReadOptions {
	/** An exam to read, since the API has no list of exams. */
	examId?: string;
	/** A member whose term of an offer has ended. */
	ended?: { email: string; offerId: string };
	/** Most further pages to read of a list. */
	pages: number;
	/** Whether to exceed the limit on course progress on purpose. */
	limits: boolean;
	/** An address that nobody has. */
	nobody: string;
}

/** Rows in the page that is looked at; above every cap that the contract names. */
export const SAMPLE_ROWS = 250;
const OFFERS_LOOKED_AT = 3;
const BURST = 8;

/** Most requests that the reads make. */
export function mostReads({ examId, ended, pages, limits }: ReadOptions): number {
	return (
		18 +
		pages +
		OFFERS_LOOKED_AT * (1 + pages) +
		(examId === undefined ? 0 : 2) +
		(ended === undefined ? 0 : 1 + 1 + pages) +
		(limits ? BURST : 0)
	);
}

/**
 * Reads everything that can be read without changing anything, and fills the evidence. Gives the
 * Swagger file where the API shows it.
 *
 * @throws CannotRun when the API can't be used at all
 */
export async function observeReads(
	observer: Observer,
	options: ReadOptions,
): Promise<{ swagger?: unknown }> {
	const { reads } = observer.evidence;
	const { ask, facts } = observer;

	let swaggerFile: unknown;
	const offers = await firstLook();
	await keysAndErrors();
	const sample = await userList();
	await lookUps();
	const definitions = await properties();
	await progress();
	if (options.examId !== undefined) await exam(options.examId);
	await offerLists();
	if (options.ended !== undefined) await endedTerm(options.ended);
	if (options.limits) await burst();
	aboutProperties();

	return reads.swaggerFile?.isSwagger === true ? { swagger: swaggerFile } : {};

	async function firstLook(): Promise<Row[]> {
		const answer = await ask({ operationId: LISTS.offers, path: '/v1/offers' });
		refuseUnusable(answer);
		const list = note('offers', answer);
		const all = list.find(({ name }) => String(name).trim().toLowerCase() === 'alle kurse');
		const courses = new Set(list.flatMap(({ hasCourseIds }) => hasCourseIds ?? []));
		reads.allCourses = {
			offers: all === undefined ? 0 : 1,
			courses: Array.isArray(all?.hasCourseIds) ? all.hasCourseIds.length : 0,
			coursesOfAll: courses.size,
		};

		return list;
	}

	async function keysAndErrors(): Promise<void> {
		const wrong = await ask({ path: '/v1/offers', key: 'wrong' });
		observer.noteError('wrong key', wrong);
		const missing = await ask({ path: '/v1/offers', key: 'none' });
		observer.noteError('no key', missing);
		reads.wrongKey = { wrong: wrong.status, missing: missing.status };
		const check = await ask({ operationId: 'checkKey', path: '/api-auth' });
		const checkWrong = await ask({ path: '/api-auth', key: 'wrong' });
		reads.keyCheck = { right: check.status, wrong: checkWrong.status };
		observer.noteError('unknown endpoint', await ask({ path: '/v1/check-api-asks-for-nothing' }));
		const invalid = await ask({
			path: '/v1/users/list',
			query: { pageLength: '1', active: 'perhaps' },
		});
		if (!isOk(invalid.status)) observer.noteError('invalid query', invalid);
		const swagger = await ask({ path: '/api-json', key: 'none' });
		swaggerFile = swagger.value;
		reads.swaggerFile = {
			status: swagger.status,
			isSwagger: isRow(swagger.value) && ('openapi' in swagger.value || 'swagger' in swagger.value),
		};
	}

	async function userList(): Promise<Row[]> {
		const query = { pageLength: String(SAMPLE_ROWS) };
		const first = await page(query);
		if (first === undefined) return [];
		const one = await page({ pageLength: '1' });
		const again = await page({ pageLength: '10' });
		const more = first.rows.length > 1;
		if (one !== undefined && one.rows.length === 1 && more) {
			reads.cursorName = one.cursorKey ?? 'none';
			if (hasCursor(one.cursor)) reads.cursorIsLastUid = one.cursor === one.rows[0].uid;
		}
		if (again !== undefined && more) {
			const uids = again.rows.map(({ uid }) => uid);
			reads.order = {
				same: first.rows.slice(0, uids.length).every(({ uid }, at) => uid === uids[at]),
				by: orderOf(first.rows),
			};
		}
		const further = await readOn(query, first);
		reads.page = {
			asked: SAMPLE_ROWS,
			rows: first.rows.length,
			more: further.some(({ length }) => length > 0),
		};
		const rows = first.rows;
		const uids = rows.map(({ uid }) => uid).filter((uid) => typeof uid === 'string');
		reads.uids = {
			count: uids.filter((uid) => /[a-z]/i.test(uid)).length,
			withCapitals: uids.filter((uid) => /[A-Z]/.test(uid)).length,
		};
		if (rows.length > 0) reads.created = createdForm(rows[0].created);

		return rows;
	}

	async function lookUps(): Promise<void> {
		const email = sample.find((row) => typeof row.email === 'string')?.email;
		if (typeof email === 'string') {
			const known = await ask({ operationId: 'findUserByMail', path: lookUpPath(email) });
			reads.knownLookUp = known.status;
			if (!isOk(known.status)) observer.noteError('look-up of a user', known);
		}
		const unknown = await ask({ path: lookUpPath(options.nobody) });
		reads.unknownLookUp = {
			status: unknown.status,
			says: emptinessOf(unknown),
			noEndpoint: saysNoEndpoint(unknown),
		};
		if (!isOk(unknown.status)) observer.noteError('look-up of an unknown address', unknown);
	}

	async function properties(): Promise<Row[]> {
		return note(
			'properties',
			await ask({ operationId: LISTS.properties, path: '/v1/custom-user-properties/list' }),
		);
	}

	async function progress(): Promise<void> {
		const user = withMostProgress(sample);
		if (user === undefined) return;
		const path = `/v1/users/course-progress/list/${encodeURIComponent(user.email)}`;
		const all = note('progress', await ask({ operationId: LISTS.progress, path }));
		const paged = await ask({ operationId: LISTS.progress, path, query: { pageLength: '1' } });
		if (all.length > 1) reads.progressPaging = paging('progress', all, paged);
		const courseId = all.find((row) => typeof row.courseId === 'string')?.courseId;
		if (typeof courseId !== 'string') return;
		const one = await ask({ operationId: 'getCourseProgress', path: progressPath(user, courseId) });
		if (!isOk(one.status) || !isRow(one.value)) return;
		const { value } = one;
		reads.courseProgress = {
			atTop: 'uid' in value || 'email' in value,
			inUser: isRow(value.user),
		};
	}

	async function exam(examId: string): Promise<void> {
		const path = `/v1/exams/${encodeURIComponent(examId)}/results`;
		const answer = await ask({ operationId: LISTS.results, path });
		if (!isOk(answer.status)) return observer.noteError('results of an exam', answer);
		const all = note('results', answer);
		const paged = await ask({ operationId: LISTS.results, path, query: { pageLength: '1' } });
		if (all.length > 1) reads.resultsPaging = paging('results', all, paged);
		if (all.length > 0) reads.resultFields = fieldsOf(shapeOf(...all));
	}

	/** The same users in the lists of some offers: does `active` say the same there? */
	async function offerLists(): Promise<void> {
		const active = new Map<unknown, Set<unknown>>();
		const look = (rows: Row[]) => {
			for (const { uid, active: is } of rows)
				active.set(uid, (active.get(uid) ?? new Set()).add(is));
		};
		look(sample);
		let compared = 0;
		for (const { id } of offers.slice(0, OFFERS_LOOKED_AT)) {
			if (typeof id !== 'string') continue;
			const query = { pageLength: '100', offerId: id };
			const first = await page(query);
			if (first === undefined) continue;
			compared += first.rows.filter(({ uid }) => active.has(uid)).length;
			look(first.rows);
			await readOn(query, first);
		}
		const differed = [...active.values()].filter((is) => is.has(true) && is.has(false)).length;
		if (compared > 0) reads.active = { compared, differed };
	}

	async function endedTerm({ email, offerId }: { email: string; offerId: string }): Promise<void> {
		const query = { pageLength: '100', offerId };
		const first = await page(query);
		if (first === undefined) return;
		const rows = [first.rows, ...(await readOn(query, first))].flat();
		const isUser = (row: Row) => String(row.email).toLowerCase() === email.toLowerCase();
		const row = rows.find(isUser);
		const account = await ask({ path: lookUpPath(email) });
		const stands = isRow(account.value) ? account.value.active : sample.find(isUser)?.active;
		// A list that was not read to its end says nothing about who is missing.
		if (row === undefined && first.ended !== true) return;
		reads.ended = {
			listed: row !== undefined,
			...(typeof row?.active === 'boolean' ? { inList: row.active } : {}),
			...(typeof stands === 'boolean' ? { account: stands } : {}),
		};
	}

	async function burst(): Promise<void> {
		const user = withMostProgress(sample);
		const courseId = user?.courseId;
		if (user === undefined || courseId === undefined) return;
		const answers = await Promise.all(
			Array.from(
				{ length: BURST },
				async () => await ask({ path: progressPath(user, courseId), hurry: true }),
			),
		);
		const refused = answers.filter(({ status }) => status === 429);
		const said = refused[0]?.headers['retry-after'];
		reads.burst = {
			sent: BURST,
			refused: refused.length,
			retryAfter:
				said === undefined
					? 'missing'
					: /^\d+$/.test(said)
						? 'seconds'
						: Number.isFinite(Date.parse(said))
							? 'date'
							: 'other',
		};
	}

	function aboutProperties(): void {
		if (definitions.length === 0) return;
		const ids = new Set(definitions.map(({ id }) => id));
		const names = new Set(definitions.map(({ name }) => name));
		const keys = new Set(
			sample.flatMap(({ customUserProperties }) =>
				isRow(customUserProperties) ? Object.keys(customUserProperties) : [],
			),
		);
		const list = [...keys];
		reads.propertyKeys = {
			ids: list.filter((key) => ids.has(key)).length,
			names: list.filter((key) => !ids.has(key) && names.has(key)).length,
			neither: list.filter((key) => !ids.has(key) && !names.has(key)).length,
		};
		const types = [...new Set(definitions.map(({ type }) => String(type)))].sort();
		const shown = types.map((type) => fieldName(type) ?? 'a type that is no plain word');
		reads.propertyTypes = {
			words: shown,
			unknown: shown.filter((_type, at) => !isKnownType(types[at])),
			choosing: types.filter((type) => CHOOSING.test(type)).length,
		};
		reads.choiceKeys = [
			...new Set(
				definitions.flatMap((row) =>
					Object.keys(row)
						.filter((key) => Array.isArray(row[key]))
						.map((key) => fieldName(key) ?? 'a key that is no name'),
				),
			),
		];
	}

	/** Takes a list's envelope down and gives its rows; none where it is no list. */
	function note(name: ListName, answer: Answer): Row[] {
		if (!isOk(answer.status)) {
			observer.noteError(`list of ${name}`, answer);

			return [];
		}
		const list = readList(facts, name, answer.value);
		reads.lists[name] ??= { envelope: list?.envelope ?? 'no list', rows: list?.rows.length ?? 0 };

		return list?.rows ?? [];
	}

	async function page(query: { readonly [name: string]: string }) {
		const answer = await ask({ operationId: LISTS.users, path: '/v1/users/list', query });
		note('users', answer);
		const list = readList(facts, 'users', answer.value);

		return list === undefined || !isOk(answer.status) ? undefined : { ...list, ended: false };
	}

	/** Follows the cursors of a list, and takes down how it ends. Gives the rows of each further page. */
	async function readOn(
		query: { readonly [name: string]: string },
		first: NonNullable<Awaited<ReturnType<typeof page>>>,
	): Promise<Row[][]> {
		const further: Row[][] = [];
		let last = first;
		for (let count = 0; ; count++) {
			const bare = last.envelope === 'array';
			if (!bare && !hasCursor(last.cursor)) {
				first.ended = true;
				// An empty list has no last row, so it says nothing about the page after it.
				if (last.rows.length > 0)
					reads.ends.push(
						last.cursorKey === undefined ? 'absent' : last.cursor === null ? 'null' : 'empty',
					);
				break;
			}
			if (bare && last.rows.length === 0) {
				first.ended = true;
				break;
			}
			if (count === options.pages) break;
			const cursor = bare ? String(last.rows.at(-1)?.uid ?? '') : String(last.cursor);
			const next = await page({ ...query, lastLoadedId: cursor });
			if (next === undefined) break;
			further.push(next.rows);
			if (!bare && next.rows.length === 0) {
				first.ended = true;
				reads.ends.push('emptyPage');
				break;
			}
			if (!bare && next.cursor === last.cursor) {
				reads.ends.push('repeated');
				break;
			}
			last = next;
		}

		return further;
	}

	function paging(name: ListName, all: Row[], answer: Answer): ReadEvidence['progressPaging'] {
		const list = readList(facts, name, answer.value);

		return {
			all: all.length,
			asked1: list?.rows.length ?? 0,
			cursor: hasCursor(list?.cursor),
			status: answer.status,
		};
	}
}

function refuseUnusable({ status, kind }: Answer): void {
	if (status === 401 || status === 403)
		throw new CannotRun(
			`Memberspot refused the key (${status}). Either the key is wrong, or the plan of this school has no access to the API: then every call is refused. Check the key, then ask Memberspot about the plan.`,
		);
	if (kind === 'html')
		throw new CannotRun(
			`A web page came (status ${status}) where JSON was expected. Is --base-url the address of the API?`,
		);
	if (status === 404)
		throw new CannotRun(
			'GET /v1/offers is not there (404). Is --base-url the address of the API, without /v1?',
		);
	if (!isOk(status)) throw new CannotRun(`GET /v1/offers answered ${status}. Try again later.`);
}

function lookUpPath(email: string): string {
	return `/v1/users/find-by-mail/${encodeURIComponent(email)}`;
}

function progressPath({ email }: { email: string }, courseId: string): string {
	return `/v1/users/course-progress/${encodeURIComponent(courseId)}/${encodeURIComponent(email)}`;
}

/** The user of a page with the most courses, since lists of two rows and more show paging. */
function withMostProgress(rows: Row[]): { email: string; courseId?: string } | undefined {
	const users = rows.flatMap(({ email, progress }) =>
		typeof email === 'string' ? [{ email, progress: Array.isArray(progress) ? progress : [] }] : [],
	);
	users.sort((one, other) => other.progress.length - one.progress.length);
	const [user] = users;
	if (user === undefined) return undefined;
	const [first]: unknown[] = user.progress;
	const courseId = isRow(first) && typeof first.courseId === 'string' ? first.courseId : undefined;

	return { email: user.email, ...(courseId === undefined ? {} : { courseId }) };
}

function hasCursor(cursor: unknown): boolean {
	return cursor !== undefined && cursor !== null && cursor !== '';
}

function createdForm(created: unknown): string {
	if (typeof created === 'string') return isMoment(created) ? 'iso' : 'another text';
	if (isRow(created) && ('_seconds' in created || 'seconds' in created)) return 'timestamp';

	return created === undefined ? 'missing' : Array.isArray(created) ? 'list' : typeof created;
}

/** What a list is sorted by, as far as its rows show. */
function orderOf(rows: Row[]): string {
	const sorted = (name: string, down: boolean) => {
		const values = rows.map((row) => row[name]);
		if (!values.every((value) => typeof value === 'string')) return false;

		return values.every(
			(value, at) => at === 0 || (down ? value <= values[at - 1] : value >= values[at - 1]),
		);
	};
	for (const name of ['created', 'uid', 'email']) {
		if (sorted(name, false)) return name;
		if (sorted(name, true)) return `${name}, the last first`;
	}

	return 'nothing that can be seen';
}

const CHOOSING = /select|dropdown|choice|enum|radio/i;

function isKnownType(type: string): boolean {
	return (
		propertyKind(type, undefined) !== 'text' || /^(text|string)$/i.test(type) || CHOOSING.test(type)
	);
}
