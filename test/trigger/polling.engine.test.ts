/* eslint-disable @n8n/community-nodes/no-restricted-imports -- shows all of an error, to look for secrets */
import { inspect } from 'node:util';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { systemClock } from '../../nodes/Memberspot/transport';
import {
	createEngine,
	ENGINE_LINES,
	testCredential,
	type Engine,
	type PollSpec,
} from '../support/engine';
import { toRunError } from '../support/engine/context';
import { fixtures, startStandIn, type StandIn } from '../stand-in';

const EXCEL = fixtures.OFFERS.excel.id;

let standIn: StandIn;
beforeAll(async () => {
	standIn = await startStandIn({ users: 40 });
});
afterAll(async () => await standIn.close());

const json = (items: INodeExecutionData[][] | null) => (items?.[0] ?? []).map((item) => item.json);
let nodes = 0;

describe.each(ENGINE_LINES)('the polling trigger in n8n %s', (line) => {
	let engine: Engine;
	beforeAll(async () => {
		engine = await createEngine({ line });
	});

	/** A trigger of its own, so that what the process remembers of others does not count. */
	function trigger(parameters: INodeParameters): PollSpec {
		return {
			type: 'memberspotPollingTrigger',
			id: `node-${line}-${++nodes}`,
			parameters: { minimumMinutes: 1, ...parameters },
			credentials: { memberspotApi: testCredential(standIn) },
		};
	}

	test('takes note at first, then emits what is new; a renamed node goes on', async () => {
		const spec = trigger({ triggerOn: ['newUser'] });
		const first = await engine.poll(spec);
		expect(first).toMatchObject({ items: null, changed: true });
		const email = `poll-${line}@example.com`;
		standIn.school.addUser({ email });
		// Too early: nothing is read.
		const requests = standIn.log.entries.length;
		expect((await engine.poll({ ...spec, staticData: first.staticData })).items).toBeNull();
		expect(standIn.log.entries.length).toBe(requests);
		const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10 * 60_000);
		const second = await engine.poll({ ...spec, name: 'Neuer Name', staticData: first.staticData });
		clock.mockRestore();
		expect(json(second.items)).toMatchObject([
			{ event: 'newUser', certain: true, user: { email } },
		]);
		expect(second.changed).toBe(true);
	});

	test('shows samples by hand and leaves the state alone', async () => {
		const run = await engine.poll({
			...trigger({ triggerOn: ['newUser', 'userGotOffer'], offers: [EXCEL] }),
			mode: 'manual',
			activation: 'manual',
		});
		expect(json(run.items).map(({ event }) => event)).toEqual(['newUser', 'userGotOffer']);
		expect(run.changed).toBe(false);
	});

	test.each([
		['a poll', {}],
		['a test in the editor', { mode: 'manual', activation: 'manual' }],
	] as const)(
		'%s with a wrong key says so in plain words, without the key',
		async (_what, more) => {
			const wrong = 'not-this-7c1d90e4b2';
			const spec = trigger({ triggerOn: ['newUser', 'userGotOffer'], offers: [EXCEL] });
			const credentials = { memberspotApi: testCredential({ url: standIn.url, apiKey: wrong }) };
			for (const [wrongKeyStatus, message] of [
				['401', 'Memberspot did not accept the API key'],
				['403', 'Memberspot refused this request'],
			] as const) {
				standIn.setVariants({ wrongKeyStatus });
				const error: unknown = await engine
					.poll({ ...spec, ...more, id: `${spec.id} ${wrongKeyStatus}`, credentials })
					.then(
						() => undefined,
						(reason: unknown) => reason,
					);
				// n8n's own kind of error, whose status the editor shows.
				expect([toRunError(error).message, toRunError(error).httpCode]).toEqual([
					message,
					wrongKeyStatus,
				]);
				expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(wrong);
			}
			standIn.setVariants({ wrongKeyStatus: '401' });
		},
	);

	test('the panel counts the requests of a poll', async () => {
		const credentials = { memberspotApi: testCredential(standIn) };
		const { results } = await engine.listSearch('countRequests', {
			type: 'memberspotPollingTrigger',
			parameters: {
				triggerOn: ['newUser', 'userGotOffer'],
				offers: [EXCEL],
				options: { pageSize: 10 },
			},
			credentials,
		});
		const names = results.map(({ name }) => name);
		const users = Math.ceil(standIn.school.userCount / 10);
		const holders = Math.ceil(standIn.school.holders(EXCEL).length / 10);
		expect(names[0]).toBe(`${users + holders} requests for each poll`);
		expect(names[1]).toBe(`${(users + holders) * 96} requests a day at one poll every 15 minutes`);
		expect(names).toContain(`User list: ${standIn.school.userCount} users, ${users} requests`);
		expect(names).toContain(`Users of Excel Basics: ${standIn.school.holders(EXCEL).length} users, ${holders} requests`);
		// The editor cuts off what does not fit into one line.
		expect(names.filter((name) => name.length > 52)).toEqual([]);
	});

	test('lists offers to choose from', async () => {
		const offers = await engine.loadOptions('getOffers', {
			type: 'memberspotPollingTrigger',
			credentials: { memberspotApi: testCredential(standIn) },
		});
		expect(offers).toContainEqual({ name: 'Excel Basics', value: EXCEL });
	});
});

test('with durable cursors of n8n 2.41, the state goes with the cursor, and the budget is kept to', async () => {
	const engine = await createEngine({ line: '2.41' });
	const spec: PollSpec = {
		type: 'memberspotPollingTrigger',
		id: 'durable',
		parameters: { triggerOn: ['newUser'], minimumMinutes: 1 },
		credentials: { memberspotApi: testCredential(standIn) },
		pollBudgetMs: 36_000,
	};
	const cursor: IDataObject = {};
	await engine.poll({ ...spec, nodeStaticData: cursor });
	expect(cursor).toMatchObject({
		sequence: 0,
		stamp: expect.any(Number),
		state: expect.any(String),
	});
	standIn.school.addUser({ email: 'durable@example.com' });
	const later = systemClock.now() + 10 * 60_000;
	const clock = jest.spyOn(systemClock, 'now').mockReturnValue(later);
	const saved: IDataObject = JSON.parse(JSON.stringify(cursor));
	const run = await engine.poll({ ...spec, nodeStaticData: saved });
	clock.mockRestore();
	expect(json(run.items)).toMatchObject([
		{ event: 'newUser', user: { email: 'durable@example.com' } },
	]);
	expect(saved.sequence).toBe(1);
});
