import type { Endpoint } from '../../nodes/Memberspot/transport/contract/endpoints';
import { endpoints } from '../../nodes/Memberspot/transport/contract/endpoints';
import { failureOf, InputError, type Failure } from '../../nodes/Memberspot/transport/failure';
import { createClient, DEFAULT_SETTINGS, type Call } from '../../nodes/Memberspot/transport/client';
import { readCredential } from '../../nodes/Memberspot/transport/credential';
import { PaceBook } from '../../nodes/Memberspot/transport/pacing';
import { FakeClock, turns } from '../support/clock';
import { json, scriptedClient, type ScriptedClient, type Step } from '../support/client';

const READ = endpoints.listOffers;
const GRANT = endpoints.grantUserOfferByMail;
const STATE = endpoints.setOfferState;
const GRANTED = { email: 'a@example.com', grantOffer: 'o' };

async function fails(scripted: ScriptedClient, endpoint: Endpoint, call?: Call): Promise<Failure> {
	const error: unknown = await scripted.clock.run(scripted.client.call(endpoint, call).then(() => undefined, (reason: unknown) => reason));
	const failure = failureOf(error);
	if (failure === undefined) throw new Error(`the call did not fail as a request: ${String(error)}`);

	return failure;
}

test('sends method, address, query and body, and leaves out what is empty', async () => {
	const { client, clock, sent } = scriptedClient([json({ uid: 'u1' })]);
	await clock.run(client.call(endpoints.listUsers, { query: { offerId: 'o 1', courseId: undefined, lastLoadedId: '' } }));
	await clock.run(client.call(GRANT, { body: { email: 'max+kurs@example.com', grantOffer: 'o1' } }));
	expect(sent).toMatchObject([
		{ method: 'GET', url: 'https://api.example.com/v1/users/list', query: { offerId: 'o 1' }, timeoutMs: 30_000 },
		{ method: 'POST', url: 'https://api.example.com/v1/users/grant-user-offer-by-mail', body: { email: 'max+kurs@example.com', grantOffer: 'o1' } },
	]);
	expect(Object.keys(sent[0].query)).toEqual(['offerId']);
});

test.each([
	['max+kurs@example.com', 'max%2Bkurs%40example.com'],
	['a/b?c#d@example.com', 'a%2Fb%3Fc%23d%40example.com'],
	['jürgen@example.com', 'j%C3%BCrgen%40example.com'],
	['../../offers', '..%2F..%2Foffers'],
])('%s is one segment of the path', async (email, segment) => {
	const { client, clock, sent } = scriptedClient([json({ uid: 'u1' })]);
	await clock.run(client.call(endpoints.findUserByMail, { path: { email } }));
	expect(sent[0].url).toBe(`https://api.example.com/v1/users/find-by-mail/${segment}`);
});

test.each([[''], ['  '], ['.'], ['..']])('%j never reaches a path', async (email) => {
	const { client, clock, sent } = scriptedClient([json({})]);
	await expect(clock.run(client.call(endpoints.findUserByMail, { path: { email } }))).rejects.toBeInstanceOf(InputError);
	await expect(clock.run(client.call(endpoints.findUserByMail))).rejects.toBeInstanceOf(InputError);
	expect(sent).toHaveLength(0);
});

describe('repeats', () => {
	test('waits as long as the server asks, then succeeds', async () => {
		const { client, clock, sent } = scriptedClient([{ status: 429, headers: { 'retry-after': '30' } }, json([])]);
		await clock.run(client.call(READ));
		expect(sent).toHaveLength(2);
		expect(clock.elapsed).toBeGreaterThanOrEqual(30_000);
		expect(clock.elapsed).toBeLessThan(31_000);
	});

	test.each<[string, Endpoint, Call, Step, number]>([
		['a read after 502', READ, {}, { status: 502 }, 2],
		['a switch on after 502', STATE, { body: { email: 'a@example.com', offerId: 'o', active: true } }, { status: 502 }, 2],
		['a switch off after a reset', STATE, { body: { email: 'a@example.com', offerId: 'o', active: false } }, { fault: 'ECONNRESET' }, 2],
		['a removal after 502', STATE, { body: { email: 'a@example.com', offerId: 'o' } }, { status: 502 }, 1],
		['a removal after a reset', STATE, { body: { email: 'a@example.com', offerId: 'o' } }, { fault: 'ECONNRESET' }, 1],
		['a grant after 502', GRANT, { body: GRANTED }, { status: 502 }, 1],
		['a grant after a time-out', GRANT, { body: GRANTED }, { fault: 'ECONNABORTED' }, 1],
		['a grant that never left', GRANT, { body: GRANTED }, { fault: 'ECONNREFUSED' }, 2],
		['a grant after 429', GRANT, { body: GRANTED }, { status: 429 }, 2],
		['a grant after 503 with Retry-After', GRANT, { body: GRANTED }, { status: 503, headers: { 'retry-after': '1' } }, 2],
		['a grant after a bare 503', GRANT, { body: GRANTED }, { status: 503 }, 1],
		['a deletion after a reset', endpoints.deleteUsers, { body: { emails: ['a@example.com'] } }, { fault: 'ECONNRESET' }, 1],
		['a read after 500', READ, {}, { status: 500 }, 1],
		['a grant for which no connection was made', GRANT, { body: GRANTED }, { fault: 'EHOSTUNREACH', with: { syscall: 'connect' } }, 2],
		['a grant for which no connection was made, to any of several addresses', GRANT, { body: GRANTED }, { fault: 'ENETUNREACH', with: { errors: [] } }, 2],
		['a grant whose connection broke off as unreachable', GRANT, { body: GRANTED }, { fault: 'EHOSTUNREACH', with: { syscall: 'read' } }, 1],
		['a grant whose connection broke off as unreachable, wrapped by n8n', GRANT, { body: GRANTED }, { fault: 'ENETUNREACH' }, 1],
		['a grant after a fault of the encryption', GRANT, { body: GRANTED }, { fault: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }, 1],
		['a grant whose client certificate was asked for too late', GRANT, { body: GRANTED }, { fault: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 1],
		['a grant to a server with a wrong certificate', GRANT, { body: GRANTED }, { fault: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 2],
	])('%s', async (_name, endpoint, call, first, requests) => {
		const scripted = scriptedClient([first, json({ ok: true })]);
		const outcome = await scripted.clock.run(scripted.client.call(endpoint, call).then(() => 'done', () => 'failed'));
		expect(scripted.sent).toHaveLength(requests);
		expect(outcome).toBe(requests === 2 ? 'done' : 'failed');
	});

	test('give up within the budget, and say how often it was tried', async () => {
		const scripted = scriptedClient([{ fault: 'ECONNRESET' }], { giveUpAfterMs: 10_000 });
		const failure = await fails(scripted, READ);
		expect(scripted.clock.elapsed).toBeLessThanOrEqual(10_000);
		expect(failure).toMatchObject({ kind: 'connectionLost', code: 'ECONNRESET', attempts: scripted.sent.length });
		expect(scripted.sent.length).toBeGreaterThan(3);
	});

	test.each([429, 503])('a server that says %i and Retry-After: 0 is not run down', async (status) => {
		const scripted = scriptedClient([{ status, headers: { 'retry-after': '0' } }]);
		await fails(scripted, READ);
		expect(scripted.sent.length).toBeGreaterThan(3);
		expect(scripted.sent.length).toBeLessThan(20);
	});

	test.each([
		['digits without end', '9'.repeat(400)],
		['thousands of years', '99999999999'],
		['the last of all dates', 'Fri, 31 Dec 9999 23:59:59 GMT'],
	])('a Retry-After that is a mistake (%s) does not shut the key out for good', async (_what, header) => {
		const scripted = scriptedClient([{ status: 429, headers: { 'retry-after': header } }, json([])]);
		await scripted.clock.run(scripted.client.call(READ));
		expect(scripted.sent).toHaveLength(2);
	});

	test('a wait longer than the budget is not waited for', async () => {
		const scripted = scriptedClient([{ status: 429, headers: { 'retry-after': '3600' } }]);
		expect(await fails(scripted, READ)).toMatchObject({ kind: 'rateLimited', retryAfterMs: 3_600_000, attempts: 1, maybeDone: false });
		expect(scripted.clock.elapsed).toBeLessThan(1_000);

		// And the next one does not even ask while the group is told to wait.
		expect(await fails(scripted, READ)).toMatchObject({ kind: 'rateLimited', attempts: 0 });
		expect(scripted.sent).toHaveLength(1);
	});
});

describe('what an answer is taken for', () => {
	test.each<[Step, Partial<Failure>]>([
		[json({ statusCode: 401, message: 'Unauthorized' }, 401), { kind: 'unauthorized', status: 401, apiMessage: 'Unauthorized', maybeDone: false }],
		[json({ statusCode: 403, message: 'Forbidden resource', error: 'Forbidden' }, 403), { kind: 'forbidden', apiMessage: 'Forbidden resource' }],
		[json({ message: ['email must be an email', 'x'] }, 400), { kind: 'invalid', apiMessage: 'email must be an email; x' }],
		[json({ message: 'x' }, 422), { kind: 'invalid' }],
		[json({ message: 'User not found' }, 404), { kind: 'notFound', maybeDone: false }],
		[json({ message: 'Cannot GET /v1/offers' }, 404), { kind: 'unknownRoute' }],
		[{ status: 404, text: '<html>not here</html>' }, { kind: 'unknownRoute' }],
		[{ status: 200, text: '<!doctype html><p>hi' }, { kind: 'html', maybeDone: true }],
		[{ status: 200, text: '[{"id":"o1"' }, { kind: 'brokenJson', maybeDone: true }],
		[json({ error: 'x' }), { kind: 'unexpectedAnswer' }],
		[json({ statusCode: 500, message: 'x' }), { kind: 'unexpectedAnswer', apiMessage: 'x' }],
		[{ status: 200, text: 'ok' }, { kind: 'unexpectedAnswer' }],
		[{ status: 302, text: '' }, { kind: 'redirect', maybeDone: false }],
		[{ status: 409, text: 'nope' }, { kind: 'otherStatus', status: 409, apiMessage: 'nope' }],
		[json({ error: { message: 'deep' } }, 500), { kind: 'serverError', apiMessage: 'deep', maybeDone: true }],
		[json({ message: { message: 'nested' } }, 500), { apiMessage: 'nested' }],
		[json('plain', 500), { apiMessage: 'plain' }],
		[json({ error: 'only this' }, 500), { apiMessage: 'only this' }],
		[json([1], 500), { apiMessage: undefined }],
		[{ status: 500, text: `<html>${'x'.repeat(40_000)}</html>` }, { kind: 'serverError', apiMessage: undefined, note: 'A gateway or proxy answered with a web page instead of the API.' }],
		[{ fault: 'CERT_HAS_EXPIRED' }, { kind: 'unreachable' }],
	])('%j', async (step, expected) => {
		expect(await fails(scriptedClient([step], { giveUpAfterMs: 1 }), READ)).toMatchObject(expected);
	});

	test('a long message is cut', async () => {
		const { apiMessage } = await fails(scriptedClient([json({ message: 'x'.repeat(5_000) }, 400)]), READ);
		expect(apiMessage?.length).toBe(301);
	});

	test.each<[Step]>([[{ status: 204, text: '' }], [{ status: 201, text: 'ok' }], [{ status: 200, text: 'null' }], [{ status: 201, text: '\ufeff{}' }]])('%j is a good answer to a write', async (step) => {
		const { client, clock } = scriptedClient([step]);
		await expect(clock.run(client.call(GRANT, { body: GRANTED }))).resolves.toMatchObject({ attempts: 1 });
	});
});

test('the key is nowhere in what a failure carries', async () => {
	for (const step of [{ fault: 'ECONNRESET' }, json({ message: 'wrong key SECRET123' }, 401), { fault: 'odd' }] satisfies Step[]) {
		expect(JSON.stringify(await fails(scriptedClient([step]), GRANT, { body: GRANTED }))).not.toContain('SECRET123');
	}
});

test('a fault whose code sits deep inside is read, and an unknown one may have been carried out', async () => {
	expect(await fails(scriptedClient([{ fault: 'odd' }]), GRANT, { body: GRANTED })).toMatchObject({ kind: 'connectionLost', code: 'UNKNOWN', maybeDone: true });
});

test('no more requests are under way than allowed', async () => {
	const { client, clock, sent, mostInFlight } = scriptedClient([json([])], { maxParallel: 3 });
	await clock.run(Promise.all(Array.from({ length: 20 }, async () => await client.call(READ))));
	expect(sent).toHaveLength(20);
	expect(mostInFlight()).toBe(3);
});

describe('cancelling', () => {
	test('ends a long wait at once, and nothing more is sent', async () => {
		const controller = new AbortController();
		const { client, clock, sent } = scriptedClient([{ fault: 'ECONNRESET' }], {}, controller.signal);
		const call = client.call(READ).then(() => 'done', (error: unknown) => failureOf(error)?.kind);
		for (let i = 0; i < 3; i++) await clock.advance(200);
		controller.abort();
		expect(await call).toBe('cancelled');
		const count = sent.length;
		await clock.advance(60_000);
		expect(sent).toHaveLength(count);
	});

	test('who waits for room is let go', async () => {
		const controller = new AbortController();
		const { client, clock, sent } = scriptedClient([json([])], { maxParallel: 1 }, controller.signal);
		const calls = Promise.all([1, 2, 3].map(async () => await client.call(READ).then(() => 'done', (error: unknown) => failureOf(error)?.kind)));
		await turns(5);
		expect(sent).toHaveLength(1);
		controller.abort();
		expect(await clock.run(calls)).toEqual(['done', 'cancelled', 'cancelled']);
		expect(sent).toHaveLength(1);
	});

	test('a write that was under way at the stop may have been carried out', async () => {
		const controller = new AbortController();
		const scripted = scriptedClient(() => {
			controller.abort();

			return { fault: 'ERR_CANCELED' };
		}, {}, controller.signal);
		expect(await fails(scripted, GRANT, { body: GRANTED })).toMatchObject({ kind: 'cancelled', maybeDone: true, attempts: 1 });
	});

	test('a call made after the stop sends nothing', async () => {
		const controller = new AbortController();
		const { client, clock, sent } = scriptedClient([json([])], {}, controller.signal);
		controller.abort();
		expect(await clock.run(client.call(READ).catch((error: unknown) => failureOf(error)?.kind))).toBe('cancelled');
		expect(sent).toHaveLength(0);
	});
});

test('the pace is told when an answer is there, so that slow first requests do not share a second with the next ones', async () => {
	const clock = new FakeClock();
	const sentAt: number[] = [];
	const client = createClient({
		async send() {
			sentAt.push(clock.elapsed);
			await clock.sleep(180);

			return { status: 200, headers: {}, text: '{}' };
		},
		credential: readCredential({ apiKey: 'SECRET123', baseUrl: 'https://api.example.com' }),
		settings: DEFAULT_SETTINGS,
		clock,
		paces: new PaceBook(clock),
	});
	const path = { courseId: 'c', email: 'a@example.com' };
	await clock.run(Promise.all(Array.from({ length: 8 }, async () => await client.call(endpoints.getCourseProgress, { path }))));
	expect(sentAt).toEqual([0, 0, 0, 0, 1_180, 1_180, 1_180, 1_180]);
});

test('every attempt is told, with its result', async () => {
	const told: unknown[] = [];
	const { client, clock } = scriptedClient([{ status: 502 }, { fault: 'ECONNRESET' }, json([])]);
	await clock.run(client.call(READ, { onAttempt: ({ attempt, result }) => told.push([attempt, result]) }));
	expect(told).toEqual([[1, 502], [2, 'connectionLost'], [3, 200]]);
});
