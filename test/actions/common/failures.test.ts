/* eslint-disable @n8n/community-nodes/no-restricted-imports -- a second server shows whether the key goes elsewhere */
import { createServer } from 'node:http';
import { OPERATIONS, parametersFor, THREE_USERS, type OperationCase } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { everythingOf, linksOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import type { LogEntry } from '../../stand-in';
import { USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const each = OPERATIONS.map((operation) => [operation.name, operation] as const);
const perUser = each.filter(([, { perUser: yes }]) => yes);
const writing = each.filter(([, { writes }]) => writes);
const reading = each.filter(([, { writes }]) => !writes);

/** Whether a request is about Ben, the second of three users. */
const isBens = ({ path, body }: LogEntry) => `${path} ${JSON.stringify(body)}`.includes(USERS.ben.email) || path.includes(USERS.ben.uid);
const isMaxs = ({ path, body }: LogEntry) => `${path} ${JSON.stringify(body)}`.includes(USERS.max.email) || path.includes(USERS.max.uid);
const UNKNOWN = 'It is not known whether Memberspot carried this out.';

/** Runs an operation for three users, one request at a time, in batches of one. */
const forThree = async (operation: OperationCase, more = {}) =>
	await setting.run(operation.name, { ...parametersFor(operation, THREE_USERS), options: { maxParallelRequests: 1, batchSize: 1 } }, { items: THREE_USERS.map((email) => ({ email })), ...more });
const forAnna = async (operation: OperationCase, options = {}, more = {}) => await setting.run(operation.name, { ...operation.parameters(USERS.anna.email), options }, more);
const sent = (operation: OperationCase) => setting.standIn.log.count(operation.endpoint);
const split = (operation: OperationCase): [string, string] => {
	const [resource, name] = operation.name.split('.');

	return [resource, name];
};

describe.each(perUser)('%s, with one of three items failing', (_name, operation) => {
	test('B27, B33: with Continue the others come out, and each row is linked to its item', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 400, body: { statusCode: 400, message: 'not this one' }, match: isBens, times: 9 });
		const result = await forThree(operation, { continueOnFail: true });
		const rows = rowsOf(result);
		const links = linksOf(result);
		expect(new Set(links)).toEqual(new Set([0, 1, 2]));
		expect(links).toEqual([...links].sort());
		for (const [index, row] of rows.entries()) {
			if (links[index] !== 1) {
				expect(row.error).toBeUndefined();
				continue;
			}
			// Exactly these keys, or n8n does not take it for an error item.
			expect(Object.keys(row)).toEqual(['error', 'message']);
			expect(row).toMatchObject({
				error: 'Memberspot did not accept the values',
				message: { reason: 'invalid', status: 400, reply: 'not this one', attempts: 1, ...(operation.writes ? { outcome: 'notDone' } : {}) },
			});
		}
		expectToFitSchema(...split(operation), result.items);
	});

	test('with Stop the error names the item and how far the run came, and nothing new is started', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 400, match: isBens, times: 9 });
		const { message, description, httpCode } = stopOf(await forThree(operation));
		expect(message).toBe('Memberspot did not accept the values [item 1]');
		expect(description).toContain('Items of this run: 1 done, 1 failed, 0 with unknown result, 1 not started.');
		expect(httpCode).toBe('400');
		expect(setting.standIn.log.writes().filter(isMaxs)).toEqual([]);
	});

	test('B40: a user whom Memberspot does not know is told in its own words', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 404, body: { statusCode: 404, message: 'User not found', error: 'Not Found' }, match: isBens, times: 9 });
		const result = await forThree(operation, { continueOnFail: true });
		const failed = rowsOf(result).filter((_row, index) => linksOf(result)[index] === 1);
		// A look-up that says 404 is an answer, for those operations that begin with one.
		if (operation.name === 'user.get') expect(failed).toMatchObject([{ message: { reason: 'notFound', found: false } }]);
		else expect(failed).toMatchObject([{ error: 'Memberspot does not know this record', message: { reply: 'User not found', status: 404 } }]);
	});
});

describe.each(each)('%s, repeats', (_name, operation) => {
	test('B19, B21: 429 with Retry-After is waited for as told, and then goes well', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 429, retryAfter: 30 });
		const before = setting.clock.now();
		expect(rowsOf(await forAnna(operation)).length).toBeGreaterThan(0);
		expect(setting.clock.now() - before).toBeGreaterThanOrEqual(30_000);
		expect(setting.clock.now() - before).toBeLessThan(33_000);
		expect(setting.standIn.log.of(operation.endpoint)[0].status).toBe(429);
	});

	test('503 with Retry-After is repeated too, also where nothing else would be', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 503, retryAfter: { dateIn: 10 } });
		const before = setting.clock.now();
		expect(rowsOf(await forAnna(operation)).length).toBeGreaterThan(0);
		expect(setting.clock.now() - before).toBeGreaterThanOrEqual(9_000);
	});

	test.each(['resetAfter', 'html502', 'hang', 'cutJson'] as const)('B24, B25, B28, B38: a lost answer (%s)', async (kind) => {
		setting.standIn.fault({ kind, operationId: operation.endpoint });
		const result = await forAnna(operation, {}, { longestWaitMs: 150 });
		if (operation.retry === 'repeatable') {
			expect(rowsOf(result).length).toBeGreaterThan(0);
			// At least twice: a list that says nothing about its end is asked once more.
			expect(sent(operation)).toBeGreaterThanOrEqual(2);
		} else if (operation.retry === 'never') {
			expect(stopOf(result).description).toContain(UNKNOWN);
			expect(stopOf(result).description.length).toBeLessThan(700);
			expect(sent(operation)).toBe(1);
		} else if (result.error === undefined) {
			// Read back: gone, or still there and sent again. Never more than that.
			expect(sent(operation)).toBeLessThanOrEqual(2);
			expect(setting.standIn.log.entries.some(({ method }) => method === 'GET')).toBe(true);
		} else {
			expect(stopOf(result).description).toContain(UNKNOWN);
			expect(sent(operation)).toBe(1);
		}
	});

	test('B28: a server that never answers is given up, with the time limit named', async () => {
		setting.standIn.fault({ kind: 'hang', operationId: operation.endpoint, times: 99 });
		const { message, description } = stopOf(await forAnna(operation, { giveUpAfter: 5 }, { longestWaitMs: 30 }));
		expect(message).toMatch(/^Memberspot did not answer in time \[item 0\]$/);
		expect(description).toContain('Raise Timeout in the options');
		expect(description).toMatch(/Request: (GET|POST|DELETE) \/v1\//);
		if (operation.writes) expect(description).toContain(UNKNOWN);
	});

	test('500 is not repeated, and for a write it is unknown whether it was done', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 500, times: 99 });
		const { message, description } = stopOf(await forAnna(operation));
		expect(message).toBe('Memberspot could not answer because of a fault on its side [item 0]');
		expect(description.includes(UNKNOWN)).toBe(operation.writes);
		if (operation.retry !== 'readBack') expect(sent(operation)).toBe(1);
	});

	test('a wait that is longer than allowed fails at once', async () => {
		setting.standIn.fault({ kind: 'status', operationId: operation.endpoint, status: 429, retryAfter: 3_600, times: 99 });
		const { message, description } = stopOf(await forAnna(operation));
		expect(message).toBe('Memberspot asked to slow down, for longer than this node may wait [item 0]');
		expect(description).toContain('The server asked to wait 3600 seconds.');
		expect(description).not.toContain(UNKNOWN);
		expect(sent(operation)).toBe(1);
	});

	test('B22, B29: without a fault nothing is sent twice, and nothing waits', async () => {
		const pauses = setting.clock.pauses.length;
		expect(rowsOf(await forAnna(operation)).length).toBeGreaterThan(0);
		expect(setting.clock.pauses).toHaveLength(pauses);
		expect(setting.standIn.log.writes().filter(({ operationId }) => operationId === operation.endpoint)).toHaveLength(operation.writes ? 1 : 0);
	});
});

describe('answers to a write', () => {
	const plain = writing.filter(([name]) => name !== 'loginToken.create');

	describe.each(plain)('%s', (_name, operation) => {
		test.each<[string, Parameters<typeof setting.standIn.fault>[0]]>([
			['204', { kind: 'status', status: 204, afterWork: true }],
			['an empty body', { kind: 'emptyBody' }],
			['null', { kind: 'status', status: 200, body: 'null', afterWork: true }],
			['ok', { kind: 'status', status: 201, body: 'ok', afterWork: true }],
		])('B35, B42: %s is a success, and claims nothing', async (_what, fault) => {
			setting.standIn.fault({ ...fault, operationId: operation.endpoint });
			const result = await forAnna(operation);
			expect(rowsOf(result)).toHaveLength(1);
			expect(['accepted', 'unchanged']).toContain(rowsOf(result)[0].outcome);
			expectToFitSchema(...split(operation), result.items);
			expect(sent(operation)).toBe(1);
		});

		test.each(['html200', 'brokenJson', 'wrongShape'] as const)('%s is an error, and whether it was done is not known', async (kind) => {
			// Nothing that could be looked up afterwards, so that no answer but the lost one counts.
			setting.standIn.fault({ kind, operationId: operation.endpoint, times: 99 });
			setting.standIn.fault({ kind: 'status', status: 500, operationId: 'listUsers', times: 99 });
			setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
			const { message, description } = stopOf(await forAnna(operation, {}, {}));
			expect(message).toMatch(/web page instead of data|can not be read|unknown form|fault on its side/);
			if (!message.includes('fault on its side')) expect(description).toContain(UNKNOWN);
		});
	});
});

describe('answers to a read', () => {
	describe.each(reading)('%s', (name, operation) => {
		test.each<[string, Parameters<typeof setting.standIn.fault>[0], RegExp]>([
			['an empty body', { kind: 'emptyBody' }, /unknown form/],
			['204', { kind: 'status', status: 204 }, /unknown form/],
			['null', { kind: 'status', status: 200, body: 'null' }, /unknown form/],
			['ok', { kind: 'status', status: 200, body: 'ok' }, /unknown form/],
			['a web page', { kind: 'html200' }, /web page instead of data/],
			['broken JSON', { kind: 'brokenJson' }, /can not be read/],
			['an error with 200', { kind: 'wrongShape' }, /unknown form/],
			['an error with 200 and a status', { kind: 'wrongShape', body: { statusCode: 500, message: 'x' } }, /unknown form/],
		])('B46: %s is an error, never an empty result', async (what, fault, message) => {
			setting.standIn.fault({ ...fault, operationId: operation.endpoint });
			const result = await forAnna(operation);
			// For a look-up, nothing may mean that there is nobody.
			if (name === 'user.get' && ['an empty body', '204', 'null'].includes(what)) expect(stopOf(result).message).toContain('Memberspot has no user');
			else expect(stopOf(result).message).toMatch(message);
		});
	});
});

describe.each(each)('%s, secrets', (_name, operation) => {
	test('B86: the key is nowhere in errors, output and hints', async () => {
		const key = setting.standIn.apiKey;
		const echo = { statusCode: 400, message: [`wrong key ${key}`, 'x'], error: key };
		const faults = [
			{ kind: 'status' as const, status: 401, body: echo },
			{ kind: 'status' as const, status: 403, body: echo },
			{ kind: 'status' as const, status: 400, body: echo },
			{ kind: 'status' as const, status: 500, body: `key ${key}` },
			{ kind: 'resetBefore' as const, times: 99 },
			{ kind: 'html200' as const },
			{ kind: 'brokenJson' as const },
			{ kind: 'cutJson' as const, times: 99 },
		];
		for (const fault of faults) {
			for (const continueOnFail of [false, true]) {
				setting.standIn.clearFaults();
				setting.standIn.fault({ ...fault, operationId: operation.endpoint });
				expect(everythingOf(await forAnna(operation, { giveUpAfter: 1 }, { continueOnFail }))).not.toContain(key);
				await setting.clock.advance(60_000);
			}
		}
		setting.standIn.clearFaults();
		expect(everythingOf(await forAnna(operation, { auditRecord: true }))).not.toContain(key);
		expect(JSON.stringify(setting.standIn.log.entries)).not.toContain(key);
	});
});

describe('redirects', () => {
	let elsewhere: { url: string; requests: number; close(): Promise<void> };
	beforeAll(async () => {
		const server = createServer((_request, response) => {
			elsewhere.requests++;
			response.end('[]');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		elsewhere = {
			url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
			requests: 0,
			close: async () => await new Promise((resolve) => server.close(() => resolve())),
		};
	});
	afterAll(async () => await elsewhere.close());

	describe.each(each)('%s', (_name, operation) => {
		test.each([301, 302, 303, 307, 308])('%i: the key goes nowhere else', async (status) => {
			setting.standIn.fault({ kind: 'redirect', to: `${elsewhere.url}/v1/offers`, status, operationId: operation.endpoint, times: 99 });
			const { message, description } = stopOf(await forAnna(operation));
			expect(message).toBe('The server sent the request on to another address [item 0]');
			expect(description).toContain('This node does not follow, since the API key would go to that address.');
			expect(elsewhere.requests).toBe(0);
			expect(sent(operation)).toBe(1);
		});
	});
});
