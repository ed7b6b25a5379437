import axios, { type AxiosResponse } from 'axios';
import { FakeClock, turns } from '../support/clock';
import { OFFERS, USERS } from './fixtures';
import { FAULT_KINDS, startStandIn, type FaultKind, type FaultSpec, type StandIn } from './index';
import { readFaultSpec } from './faults';

let standIn: StandIn;
const clock = new FakeClock();

beforeAll(async () => {
	standIn = await startStandIn({ users: 60, clock, variants: { pageSizeCap: 'none' } });
});
beforeEach(() => standIn.reset());
afterAll(async () => await standIn.close());

function api() {
	return axios.create({
		baseURL: standIn.url,
		headers: { 'X-API-KEY': standIn.apiKey },
		validateStatus: () => true,
		maxRedirects: 0,
		proxy: false,
	});
}

const DEACTIVATE = { email: USERS.anna.email, offerId: OFFERS.excel.id, active: false };

/** Sends a write and says what came of it. */
async function write(): Promise<{ answer?: AxiosResponse<unknown>; code?: string; done: boolean }> {
	try {
		const answer = await api().post<unknown>('/v1/users/set-offer-state', DEACTIVATE, {
			responseType: 'text',
			transformResponse: (body: unknown) => body,
		});

		return { answer, done: wasDone() };
	} catch (error) {
		return { code: axios.isAxiosError(error) ? error.code : String(error), done: wasDone() };
	}
}

function wasDone(): boolean {
	return standIn.school.holds(USERS.anna.email, OFFERS.excel.id, false);
}

describe('each fault', () => {
	const REPLACED: Array<
		[FaultSpec, { status?: number; body?: RegExp; code?: RegExp; done: boolean }]
	> = [
		[
			{ kind: 'status', status: 500 },
			{ status: 500, body: /"statusCode":500/, done: false },
		],
		[
			{ kind: 'status', status: 503, afterWork: true },
			{ status: 503, body: /"statusCode":503/, done: true },
		],
		[
			{ kind: 'status', status: 418, body: { mine: true } },
			{ status: 418, body: /^\{"mine":true\}$/, done: false },
		],
		[
			{ kind: 'status', status: 502, body: 'Bad gateway' },
			{ status: 502, body: /^Bad gateway$/, done: false },
		],
		[
			{ kind: 'status', status: 204 },
			{ status: 204, body: /^$/, done: false },
		],
		[{ kind: 'html200' }, { status: 200, body: /^<!DOCTYPE html>/, done: false }],
		[{ kind: 'html502' }, { status: 502, body: /^<!DOCTYPE html>[^]{39000,}$/, done: false }],
		[{ kind: 'brokenJson' }, { status: 200, body: /^\{.*,$/, done: true }],
		[{ kind: 'cutJson' }, { code: /ECONNRESET|ERR_BAD_RESPONSE/, done: true }],
		[{ kind: 'emptyBody' }, { status: 200, body: /^$/, done: true }],
		[{ kind: 'resetBefore' }, { code: /ECONNRESET/, done: false }],
		[
			{ kind: 'resetBefore', afterWork: true },
			{ code: /ECONNRESET/, done: false },
		],
		[{ kind: 'resetAfter' }, { code: /ECONNRESET/, done: true }],
		[
			{ kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere' },
			{ status: 307, body: /^$/, done: false },
		],
		[{ kind: 'wrongShape' }, { status: 200, body: /^\{"error":"x"\}$/, done: true }],
		[
			{ kind: 'wrongShape', body: ['x'], afterWork: false },
			{ status: 200, body: /^\["x"\]$/, done: false },
		],
	];

	it.each(REPLACED)('%j', async (spec, expected) => {
		standIn.fault(spec);
		const { answer, code = '', done } = await write();

		expect(answer?.status).toBe(expected.status);
		if (expected.body !== undefined) expect(answer?.data).toMatch(expected.body);
		if (expected.code !== undefined) expect(code).toMatch(expected.code);
		expect(done).toBe(expected.done);
		expect(standIn.log.entries[0]).toMatchObject({
			fault: spec.kind,
			status: expected.status ?? (spec.kind === 'cutJson' ? 200 : null),
		});

		// Once, then never again.
		expect((await write()).answer?.status).toBe(201);
	});

	it('is tried here', () => {
		const tried = new Set<FaultKind>([
			...REPLACED.map(([{ kind }]) => kind),
			'latency',
			'hang',
			'repeatedCursor',
			'cyclingCursor',
			'duplicateRows',
		]);

		expect([...tried].sort()).toEqual([...FAULT_KINDS].sort());
	});

	it('names where a redirect leads', async () => {
		standIn.fault({ kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere', status: 302 });
		const { status, headers } = await api().get('/v1/offers');

		expect([status, headers.location]).toEqual([302, 'http://127.0.0.1:9/elsewhere']);
	});

	it.each([
		[2, '2'],
		[{ dateIn: 3 }, 'Thu, 01 Jan 2026 00:00:03 GMT'],
		['soon', 'soon'],
		[undefined, undefined],
	])('says Retry-After %j', async (retryAfter, header) => {
		const ownClock = new FakeClock();
		const own = await startStandIn({ clock: ownClock });
		own.fault({ kind: 'status', status: 429, retryAfter });
		const answer = await axios.get(`${own.url}/v1/offers`, { validateStatus: () => true });
		await own.close();

		expect([answer.status, answer.headers['retry-after']]).toEqual([429, header]);
	});

	it.each([false, true])('makes an answer late (after the work: %s)', async (afterWork) => {
		standIn.fault({ kind: 'latency', ms: 4_000, afterWork });
		const before = clock.now();
		const late = write();
		while (standIn.log.entries[0]?.fault === undefined) await turns(1);
		const doneAtHalf = wasDone();
		const { answer } = await clock.run(late);

		expect(doneAtHalf).toBe(afterWork);
		expect(answer?.status).toBe(201);
		expect(clock.now() - before).toBe(4_000);
	});

	it('keeps the client waiting until it is let go', async () => {
		const fault = standIn.fault({ kind: 'hang' });
		const waiting = write();
		while (standIn.log.count() === 0 || fault.hits === 0) await turns(1);

		const [entry] = standIn.log.entries;
		expect([entry.fault, entry.status, entry.end]).toEqual(['hang', null, undefined]);
		fault.remove();
		expect(await waiting).toMatchObject({ code: 'ECONNRESET', done: false });
	});

	it('lets a stand-in close while a client waits', async () => {
		const own = await startStandIn();
		own.fault({ kind: 'hang' });
		const waiting = axios
			.get(`${own.url}/v1/offers`)
			.catch((error: unknown) => (axios.isAxiosError(error) ? error.code : error));
		while (own.log.entries[0]?.fault === undefined) await turns(1);
		await own.close();

		expect(await waiting).toBe('ECONNRESET');
	});
});

describe('a fault happens', () => {
	it('only to its operation, after so many, so many times, and with latency beside it', async () => {
		const fault = standIn.fault({
			kind: 'status',
			status: 500,
			operationId: 'listOffers',
			after: 1,
			times: 2,
		});
		standIn.fault({ kind: 'status', status: 503, match: ({ query }) => query.pageLength === '7' });
		const statuses: number[] = [];
		for (const url of [
			'/v1/offers',
			'/v1/users/list',
			'/v1/offers',
			'/v1/users/list?pageLength=7',
			'/v1/offers',
			'/v1/offers',
		]) {
			statuses.push((await api().get(url)).status);
		}

		expect(statuses).toEqual([200, 200, 500, 503, 500, 200]);
		expect(fault.hits).toBe(2);

		standIn.fault({ kind: 'latency', ms: 10 });
		standIn.fault({ kind: 'status', status: 500 });
		await clock.run(api().get('/v1/offers'), () => standIn.log.entries.at(-1)?.fault === undefined);
		expect(standIn.log.entries.at(-1)).toMatchObject({ fault: 'latency+status', status: 500 });
	});

	it('to unknown paths, too, and no more when all are cleared', async () => {
		standIn.fault({ kind: 'status', status: 503, times: Infinity });
		expect((await api().get('/nowhere')).status).toBe(503);
		standIn.clearFaults();
		expect((await api().get('/nowhere')).status).toBe(404);
	});
});

describe('faults of paging', () => {
	/** Reads at most 8 pages by the cursor, or by the last uid for a bare list. */
	async function pages(params: object = {}): Promise<{ cursors: string[]; rows: string[][] }> {
		const cursors: string[] = [];
		const rows: string[][] = [];
		let lastLoadedId: string | undefined;
		for (let page = 0; page < 8; page++) {
			const { data } = await api().get<
				{ data: Array<{ uid: string }>; nextPage?: string } | Array<{ uid: string }>
			>('/v1/users/list', { params: { pageLength: 10, lastLoadedId, ...params } });
			const uids = (Array.isArray(data) ? data : data.data).map(({ uid }) => uid);
			rows.push(uids);
			lastLoadedId = Array.isArray(data) ? uids.at(-1) : data.nextPage;
			if (lastLoadedId === undefined) break;
			cursors.push(lastLoadedId);
		}

		return { cursors, rows };
	}

	it('are none at first: 60 users are 6 pages without a doublet', async () => {
		const { rows } = await pages();

		expect(rows.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10]);
		expect(new Set(rows.flat()).size).toBe(60);
	});

	it.each(['data', 'array'] as const)('repeat the cursor (%s)', async (usersEnvelope) => {
		standIn.setVariants({ usersEnvelope });
		standIn.fault({ kind: 'repeatedCursor' });
		const { cursors, rows } = await pages();

		expect(cursors).toHaveLength(8);
		expect(new Set(cursors).size).toBe(1);
		expect(new Set(rows.map((page) => page.join())).size).toBe(1);
	});

	it.each([
		['data', undefined, 2],
		['data', 3, 3],
		['array', undefined, 2],
	] as const)(
		'send the cursors round in a circle (%s, %s pages)',
		async (usersEnvelope, round, expected) => {
			standIn.setVariants({ usersEnvelope });
			standIn.fault({ kind: 'cyclingCursor', pages: round });
			const { cursors, rows } = await pages();

			expect(cursors).toHaveLength(8);
			expect(new Set(cursors).size).toBe(expected);
			expect(cursors[0]).toBe(cursors[expected]);
			expect(new Set(rows.flat()).size).toBe(10 * expected);
		},
	);

	it('bring the last row of a page again, and lose none', async () => {
		standIn.fault({ kind: 'duplicateRows' });
		const { rows } = await pages();

		expect(rows.map(({ length }) => length)).toEqual([10, 11, 11, 11, 11, 11]);
		expect(rows.slice(1).every((page, index) => page[0] === rows[index].at(-1))).toBe(true);
		expect(new Set(rows.flat()).size).toBe(60);
	});

	it('keep lists with other filters apart', async () => {
		standIn.fault({ kind: 'duplicateRows' });
		await pages();
		const { rows } = await pages({ offerId: OFFERS.excel.id });

		expect(rows[0]).toHaveLength(10);
	});
});

describe('a fault from another process', () => {
	it.each([
		[{ kind: 'nothing' }, /there is no fault "nothing"; there are: latency/],
		[{ kind: 'latency' }, /"ms" is missing/],
		[{ kind: 'status', status: '500' }, /"status" is missing or of a wrong type/],
		[{ kind: 'html200', status: 500 }, /the fault html200 has no "status"/],
		[{ kind: 'status', status: 429, retryAfter: {} }, /"retryAfter"/],
		['hang', /a fault is an object/],
	])('is refused when it is wrong: %j', (value, message) => {
		expect(() => readFaultSpec(value)).toThrow(message);
	});

	it('is taken as it is when it is right', () => {
		const spec = {
			kind: 'status',
			status: 429,
			retryAfter: { dateIn: 2 },
			operationId: 'listOffers',
			times: 3,
			after: 1,
			afterWork: true,
		};

		expect(readFaultSpec(spec)).toMatchObject(spec);
	});
});
