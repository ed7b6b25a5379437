import { by, caseOf, OPERATIONS, parametersFor } from '../../support/operations';
import { resources } from '../../../nodes/Memberspot/actions/registry';
import { linksOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

const setting = useStandIn({ users: 60 });

/** Operations whose tests stand in a folder of their own. */
const ELSEWHERE = ['user.auditAccess', 'user.getAccess', 'user.syncAccess'];

test('every operation of the node is among the cases, or has a suite of its own', () => {
	const all = resources.flatMap(({ value, operations }) => operations.map((operation) => `${value}.${operation.value}`));
	expect(all.filter((name) => !ELSEWHERE.includes(name)).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
});

test('B81: an operation that this version does not know is an error, and nothing is sent', async () => {
	for (const name of ['user.find', 'nothing.get', 'user.', '.']) expect(stopOf(await setting.run(name)).message).toMatch(/^This version of the node does not know the operation/);
	expect(rowsOf(await setting.run('user.find', {}, { items: [{}, {}], continueOnFail: true }))).toMatchObject([{ error: expect.stringContaining('"find" of "user"') }, { error: expect.any(String) }]);
	expect(stopOf(await setting.run('user.get', { operation: 5 })).message).toContain('the operation ""');
	expect(setting.count()).toBe(0);
});

test('no items in, no items out, and nothing is sent', async () => {
	expect(await setting.run('user.getAll', { returnAll: true }, { items: [] })).toEqual({ items: [], hints: [] });
	expect(setting.count()).toBe(0);
});

test.each(OPERATIONS.map(({ name }) => name))('%s: every item is read before the first write, so a mistake in the last stops all', async (name) => {
	const operation = caseOf(name);
	if (!operation.perUser) return;
	const { message, description } = stopOf(await setting.run(name, parametersFor(operation, [USERS.anna.email, USERS.max.email, '']), { items: [{}, {}, {}] }));
	expect(message).toMatch(/\[item 2\]$/);
	expect(description.includes('Nothing was sent to Memberspot.')).toBe(operation.writes);
	expect(setting.count()).toBe(0);
});

test('what all items need is read before the first write', async () => {
	const offers = ['Excel Basics', 'Nope'];
	stopOf(await setting.run('offer.setState', { user: by('email', USERS.anna.email), offer: (item: number) => by('name', offers[item]), active: false }, { items: [{}, {}] }));
	expect(setting.standIn.log.writes()).toEqual([]);
});

/** Holds requests back until so many have come, or nobody else will. */
function gate(size: number, expected: number): void {
	const waiting: Array<() => void> = [];
	let come = 0;
	setting.standIn.onRequest(async () => {
		come++;
		const held = new Promise<void>((resolve) => waiting.push(resolve));
		if (waiting.length === size || come === expected) for (const go of waiting.splice(0).reverse()) go();
		await held;
	});
}

test('rows come out in the order of the items, whatever order the answers come in', async () => {
	const emails = setting.addUsers(30);
	gate(5, emails.length);
	const result = await setting.run('offer.setState', { user: (item: number) => by('email', emails[item]), offer: by('id', OFFERS.excel.id), active: true }, { items: emails.map(() => ({})) });
	expect(rowsOf(result).map(({ email }) => email)).toEqual(emails);
	expect(linksOf(result)).toEqual(emails.map((_email, item) => item));
});

test.each([
	[undefined, 5],
	[1, 1],
	[12, 12],
])('Maximum Parallel Requests %p lets %i run at once', async (maxParallelRequests, most) => {
	const emails = setting.addUsers(60);
	gate(most, emails.length);
	await setting.run('offer.setState', { user: (item: number) => by('email', emails[item]), offer: by('id', OFFERS.excel.id), active: true, options: maxParallelRequests === undefined ? {} : { maxParallelRequests } }, { items: emails.map(() => ({})) });
	expect(setting.standIn.log.maxInFlight).toBe(most);
	expect(setting.count()).toBe(60);
});

test('Requests per Second holds, and options are read from the first item', async () => {
	const emails = [...setting.standIn.school.users()].map(({ email }) => email).slice(0, 20);
	await setting.run('offer.setState', { user: (item: number) => by('email', emails[item]), offer: by('id', OFFERS.excel.id), active: true, options: (item: number) => ({ requestsPerSecond: item === 0 ? 2 : 100 }) }, { items: emails.map(() => ({})) });
	const starts = setting.standIn.log.entries.map(({ start }) => start);
	for (const start of starts) expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(2);
});

test('B19: a group that is told to slow down slows down together, loses nothing, and finds its pace again', async () => {
	setting.standIn.limit({ perSecond: 10, retryAfter: 1 });
	const emails = setting.addUsers(120);
	const result = await setting.run('offer.setState', { user: (item: number) => by('email', emails[item]), offer: by('id', OFFERS.excel.id), active: true }, { items: emails.map(() => ({})) });
	expect(rowsOf(result)).toHaveLength(120);
	const refused = setting.standIn.log.entries.filter(({ status }) => status === 429);
	expect(refused.length).toBeGreaterThan(0);
	expect(refused.length).toBeLessThan(30);
	// Nobody was switched on twice.
	expect(setting.standIn.log.entries.filter(({ status }) => status !== 429)).toHaveLength(120);
});

describe('cancelling', () => {
	/** Stops the execution as soon as request n has come. */
	function stopAt(n: number): AbortSignal {
		const stop = new AbortController();
		setting.standIn.onRequest((entry) => {
			if (entry.n === n) stop.abort();
		});

		return stop.signal;
	}
	const emails = [USERS.anna.email, USERS.ben.email, USERS.max.email];
	const items = emails.map((email) => ({ email }));

	test.each(OPERATIONS.filter(({ perUser }) => perUser).map(({ name }) => name))('%s sends nothing after the stop, also with Continue', async (name) => {
		const parameters = { ...parametersFor(caseOf(name), emails), options: { maxParallelRequests: 1, batchSize: 1 } };
		for (const continueOnFail of [false, true]) {
			setting.standIn.log.clear();
			await setting.reset();
			expect(stopOf(await setting.run(name, parameters, { items, signal: stopAt(1), continueOnFail })).message).toBe('The execution was canceled');
			expect(setting.count()).toBe(1);
			await setting.clock.advance(300_000);
			expect(setting.count()).toBe(1);
		}
	});

	test('ends a long wait at once', async () => {
		const stop = new AbortController();
		setting.standIn.fault({ kind: 'status', status: 429, retryAfter: 100, times: 99 });
		setting.standIn.onRequest(() => void Promise.resolve().then(async () => {
			await setting.clock.sleep(10);
			stop.abort();
		}));
		const before = setting.clock.now();
		expect(stopOf(await setting.run('user.getAll', {}, { signal: stop.signal })).message).toBe('The execution was canceled');
		expect(setting.clock.now() - before).toBeLessThan(1_000);
		expect(setting.count()).toBe(1);
	});

	test('before the run begins, sends nothing', async () => {
		expect(stopOf(await setting.run('user.getAll', {}, { signal: AbortSignal.abort() })).message).toBe('The execution was canceled');
		expect(setting.count()).toBe(0);
	});
});

test('the same hint is shown once, however many items give cause for it', async () => {
	const { hints } = await setting.run('user.get', { user: by('uid', USERS.anna.uid) }, { items: [{}, {}, {}] });
	expect(hints).toHaveLength(1);
});
