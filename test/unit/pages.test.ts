import fc from 'fast-check';
import { endpoints } from '../../nodes/Memberspot/transport/contract/endpoints';
import { failureOf } from '../../nodes/Memberspot/transport/failure';
import { readPages, type PagePlace } from '../../nodes/Memberspot/transport/pages';
import { parseUser, userKey } from '../../nodes/Memberspot/school/parse';
import type { HttpRequest } from '../../nodes/Memberspot/transport/client';
import { readLooseList } from '../../nodes/Memberspot/actions/looseList';
import { json, scriptedClient, type Step } from '../support/client';

type Envelope = 'data' | 'users' | 'items' | 'bare';

interface Server {
	total: number;
	/** Rows the server gives at most, whatever is asked. */
	cap: number;
	envelope: Envelope;
	cursorName: 'nextPage' | 'next_page';
	end: 'absent' | 'null' | 'empty' | 'emptyPage';
	/** How many rows of the page before are given again. */
	overlap: number;
}

/** A well-behaved server of a given variant. */
function serve(server: Server) {
	return (request: HttpRequest): Step => {
		const asked = Number(request.query.pageLength ?? 10);
		const size = Math.min(asked, server.cap);
		const last = request.query.lastLoadedId;
		const from = last === undefined ? 0 : Number(last.replace(/^[cu]/, '')) + 1;
		const rows = Array.from({ length: Math.max(0, Math.min(size, server.total - from)) }, (_, i) => ({ uid: `u${from + i}`, email: `user${from + i}@example.com` }));
		const doubled = from >= server.overlap && from > 0 ? Array.from({ length: server.overlap }, (_, i) => ({ uid: `u${from - 1 - i}`, email: 'x@example.com' })) : [];
		if (server.envelope === 'bare') return json(rows);

		const more = from + rows.length < server.total || (server.end === 'emptyPage' && rows.length > 0);
		const cursor = more ? { [server.cursorName]: `c${from + rows.length - 1}` } : server.end === 'null' ? { [server.cursorName]: null } : server.end === 'empty' ? { [server.cursorName]: '' } : {};

		return json({ [server.envelope]: [...doubled, ...rows], ...cursor });
	};
}

async function readAll(script: Parameters<typeof scriptedClient>[0], pageLength: number | undefined = 10, maxPages?: number) {
	const scripted = scriptedClient(script);
	const uids: string[] = [];
	const read = (async () => {
		for await (const page of readPages(scripted.client, endpoints.listUsers, { query: { active: 'true' } }, { parse: parseUser, key: userKey, pageLength, maxPages })) {
			for (const user of page.rows) uids.push(userKey(user));
		}
	})();
	const error: unknown = await scripted.clock.run(read.then(() => undefined, (reason: unknown) => reason));

	return { uids, sent: scripted.sent, failure: failureOf(error), error };
}

test.each<[unknown]>([[{ cursor: 'c1' }], [['c1']], [true]])('a next page that is no cursor (%j) is an unexpected answer, not the end of the list', async (nextPage) => {
	const { failure, uids } = await readAll([json({ data: [{ uid: 'u1', email: 'a@example.com' }], nextPage })]);
	expect(failure).toMatchObject({ kind: 'unexpectedAnswer' });
	expect(uids).toEqual([]);
});

test.each<[unknown]>([[null], [''], [false]])('%j for the next page is the end', async (nextPage) => {
	expect(await readAll([json({ data: [{ uid: 'u1', email: 'a@example.com' }], nextPage })])).toMatchObject({ uids: ['u1'], failure: undefined });
});

test('every user once, in order, whatever the envelope, the cursor, the end and the size of the pages', async () => {
	const server = fc.record<Server>({
		total: fc.integer({ min: 0, max: 97 }),
		cap: fc.integer({ min: 1, max: 40 }),
		envelope: fc.constantFrom<Envelope>('data', 'users', 'items', 'bare'),
		cursorName: fc.constantFrom('nextPage' as const, 'next_page' as const),
		end: fc.constantFrom('absent' as const, 'null' as const, 'empty' as const, 'emptyPage' as const),
		overlap: fc.integer({ min: 0, max: 3 }),
	});
	await fc.assert(
		fc.asyncProperty(server, fc.integer({ min: 1, max: 60 }), async (variant, pageLength) => {
			const { uids, sent, error } = await readAll(serve(variant), pageLength);
			expect(error).toBeUndefined();
			expect(uids).toEqual(Array.from({ length: variant.total }, (_, i) => `u${i}`));
			// Each page is asked for once, and the filter is on every request.
			const cursors = sent.map(({ query }) => query.lastLoadedId);
			expect(new Set(cursors).size).toBe(cursors.length);
			expect(sent.every(({ query }) => query.active === 'true')).toBe(true);
			expect('lastLoadedId' in sent[0].query).toBe(false);
		}),
		{ numRuns: 300 },
	);
});

test('497 users with a server that caps at 25: the cursor decides, not the number of rows', async () => {
	const { uids, sent } = await readAll(serve({ total: 497, cap: 25, envelope: 'data', cursorName: 'nextPage', end: 'null', overlap: 0 }), 100);
	expect(uids).toHaveLength(497);
	expect(sent).toHaveLength(20);
});

const rows = (...numbers: number[]) => numbers.map((n) => ({ uid: `u${n}`, email: `user${n}@example.com` }));

test.each<[string, Step[]]>([
	['the same cursor again', [json({ data: rows(1, 2), nextPage: 'c1' })]],
	['a circle of cursors', ['c1', 'c2', 'c3', 'c1'].map((nextPage, i) => json({ data: rows(i), nextPage }))],
	['a full bare list that never moves', [json(rows(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))]],
])('%s is an error, never an endless loop or a part passed off as the whole', async (_name, script) => {
	const { failure, sent } = await readAll(script);
	expect(failure?.kind).toBe('pagingRepeats');
	expect(sent.length).toBeLessThanOrEqual(4);
});

test('a short bare list that does not page is complete', async () => {
	const { uids, sent, error } = await readAll([json(rows(1, 2, 3))]);
	expect(error).toBeUndefined();
	expect(uids).toEqual(['u1', 'u2', 'u3']);
	expect(sent).toHaveLength(2);
});

test('a failing page names its number, and is not the end of the list', async () => {
	const { failure } = await readAll([json({ data: rows(1), nextPage: 'c1' }), { status: 500 }]);
	expect(failure).toMatchObject({ kind: 'serverError', status: 500 });
	expect(failure?.note).toMatch(/page 2/);
});

test('two notes stand side by side', async () => {
	const { failure } = await readAll([json({ data: rows(1), nextPage: 'c1' }), { status: 500, text: '<html>' }]);
	expect(failure?.note).toMatch(/web page.*page 2/);
});

test.each<[string, unknown]>([
	['an object without a list', { total: 3 }],
	['an error in the place of a list', { message: 'x', other: 1 }],
	['rows that are no users', { data: [{ id: 1 }] }],
	['null', null],
	['a text', 'hello'],
])('%s is an unexpected answer, not an empty list', async (_name, value) => {
	const { failure } = await readAll([json(value)]);
	expect(failure?.kind).toBe('unexpectedAnswer');
});

test('an empty body is an unexpected answer too', async () => {
	expect((await readAll([{ status: 200, text: '' }])).failure?.kind).toBe('unexpectedAnswer');
});

test('no page is asked for beyond the number allowed', async () => {
	const { uids, sent } = await readAll(serve({ total: 100, cap: 10, envelope: 'data', cursorName: 'nextPage', end: 'null', overlap: 0 }), 10, 3);
	expect(sent).toHaveLength(3);
	expect(uids).toHaveLength(30);
});

test('a number as cursor is taken', async () => {
	const { uids } = await readAll([json({ data: rows(1), nextPage: 7 }), json({ data: rows(2), nextPage: null })]);
	expect(uids).toEqual(['u1', 'u2']);
});

describe('a list whose paging is not documented', () => {
	const progress = (...ids: number[]) => ids.map((n) => ({ courseId: `c${n}` }));

	async function read(script: Step[]) {
		const scripted = scriptedClient(script);
		const rows = await scripted.clock.run(readLooseList(scripted.client, endpoints.listCourseProgress, { email: 'a@example.com' }, Infinity, 'courseId').catch((error: unknown) => failureOf(error)?.kind));

		return { rows, queries: scripted.sent.map(({ query }) => query) };
	}

	test('asks for nothing at first, and follows a cursor that the answer names', async () => {
		expect(await read([json({ progress: progress(1), nextPage: 'x' }), json({ progress: progress(2), nextPage: null })])).toEqual({
			rows: progress(1, 2),
			queries: [{}, { lastLoadedId: 'x' }],
		});
	});

	test('a bare list is tried once more with its last row, so that it is not cut', async () => {
		expect(await read([json(progress(1, 2)), json(progress(3)), json([])])).toEqual({ rows: progress(1, 2, 3), queries: [{}, { lastLoadedId: 'c2' }, { lastLoadedId: 'c3' }] });
	});

	test('a bare list that comes again, or whose second request is refused, is complete', async () => {
		expect((await read([json(progress(1, 2))])).rows).toEqual(progress(1, 2));
		expect((await read([json(progress(1, 2)), json({ message: ['property lastLoadedId should not exist'] }, 400)])).rows).toEqual(progress(1, 2));
	});

	test('any other failure of the second request is one', async () => {
		expect((await read([json(progress(1)), { status: 500 }])).rows).toBe('serverError');
	});

	test('a single object is the one row, an empty one is none, and plain values are kept', async () => {
		expect((await read([json({ courseId: 'c1', activePosts: 1 })])).rows).toEqual([{ courseId: 'c1', activePosts: 1 }]);
		expect((await read([json({})])).rows).toEqual([]);
		expect((await read([json(['a', 'a'])])).rows).toEqual([{ value: 'a' }]);
		expect((await read([json(null)])).rows).toBe('unexpectedAnswer');
	});
});

describe('going on with a list', () => {
	async function readFrom(server: Server, maxPages: number | undefined, from?: PagePlace) {
		const scripted = scriptedClient(serve(server));
		const uids: string[] = [];
		let next: PagePlace | undefined;
		let last = false;
		const read = (async () => {
			for await (const page of readPages(scripted.client, endpoints.listUsers, {}, { parse: parseUser, key: userKey, pageLength: 10, maxPages, from })) {
				uids.push(...page.rows.map(userKey));
				({ next, last } = page);
			}
		})();
		await scripted.clock.run(read);

		return { uids, next, last, sent: scripted.sent };
	}

	test('from any page on: the rest of the rows, and no request twice', async () => {
		const server = fc.record<Server>({
			total: fc.integer({ min: 0, max: 60 }),
			cap: fc.integer({ min: 1, max: 20 }),
			envelope: fc.constantFrom<Envelope>('data', 'bare'),
			cursorName: fc.constantFrom('nextPage' as const, 'next_page' as const),
			end: fc.constantFrom('absent' as const, 'null' as const, 'empty' as const, 'emptyPage' as const),
			overlap: fc.constant(0),
		});
		await fc.assert(
			fc.asyncProperty(server, fc.integer({ min: 2, max: 6 }), async (variant, pages) => {
				const whole = await readFrom(variant, undefined);
				const begun = await readFrom(variant, pages);
				expect(begun.next === undefined).toBe(begun.last);
				if (begun.next === undefined) return;
				const rest = await readFrom(variant, undefined, begun.next);
				expect([...begun.uids, ...rest.uids]).toEqual(whole.uids);
				expect(rest.sent[0].query.lastLoadedId).toBe(begun.next.cursor);
				expect(begun.sent.length + rest.sent.length).toBe(whole.sent.length);
			}),
			{ numRuns: 150 },
		);
	});

	test('a list that points back to where it was read on from ends in an error', async () => {
		const scripted = scriptedClient([json({ data: rows(1), nextPage: 'c1' })]);
		const read = (async () => {
			for await (const page of readPages(scripted.client, endpoints.listUsers, {}, { parse: parseUser, key: userKey, from: { cursor: 'c1', guessed: false } })) void page;
		})();
		await expect(scripted.clock.run(read)).rejects.toMatchObject({ failure: { kind: 'pagingRepeats' } });
	});
});
