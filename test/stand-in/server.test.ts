import axios from 'axios';
import { FakeClock } from '../support/clock';
import { OFFERS, USERS } from './fixtures';
import { defaultVariants, startStandIn, type StandIn, type StandInOptions } from './index';

const started: StandIn[] = [];

async function open(options: StandInOptions = {}) {
	const standIn = await startStandIn(options);
	started.push(standIn);
	const api = axios.create({
		baseURL: standIn.url,
		headers: { 'X-API-KEY': standIn.apiKey },
		validateStatus: () => true,
		proxy: false,
	});

	return { standIn, api };
}

afterEach(async () => {
	for (const standIn of started.splice(0)) await standIn.close();
});

describe('the door', () => {
	it('listens on the loopback interface only', async () => {
		const { standIn } = await open();

		expect(standIn.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	});

	it('refuses a missing and a wrong key, and answers the key check', async () => {
		const { standIn, api } = await open();
		const answers = [
			await axios.get(`${standIn.url}/v1/offers`, { validateStatus: () => true }),
			await api.get('/v1/offers', { headers: { 'X-API-KEY': 'wrong-key-0000' } }),
		];

		expect(answers.map(({ status, data }) => [status, data])).toEqual([
			[401, { statusCode: 401, message: 'Unauthorized' }],
			[401, { statusCode: 401, message: 'Unauthorized' }],
		]);
		expect((await api.get('/api-auth')).status).toBe(200);
	});

	it.each([
		['GET', '/v1/nothing', 'Cannot GET /v1/nothing'],
		['PUT', '/v1/offers', 'Cannot PUT /v1/offers'],
		['GET', '/v1/users/find-by-mail/', 'Cannot GET /v1/users/find-by-mail/'],
		['GET', '/v1/users/login-token/', 'Cannot GET /v1/users/login-token/'],
	])('answers %s %s as the framework does for an unknown route', async (method, url, message) => {
		const { api } = await open();
		const { status, data } = await api.request({ method, url });

		expect([status, data]).toEqual([404, { statusCode: 404, message, error: 'Not Found' }]);
	});

	it('takes an address that can not be decoded as a bad request', async () => {
		const { api } = await open();
		const { status, data } = await api.get('/v1/users/find-by-mail/%E0%A4%A');

		expect([status, data.statusCode]).toEqual([400, 400]);
	});

	it('lets the list of progress win over the progress in a course called "list"', async () => {
		const { standIn, api } = await open();
		await api.get(`/v1/users/course-progress/list/${USERS.anna.email}`);

		expect(standIn.log.entries[0].operationId).toBe('listCourseProgress');
	});

	it.each([
		[
			'an unknown field',
			{ email: 'a@example.com', grantOffer: OFFERS.excel.id, offerId: 'x' },
			'property offerId should not exist',
		],
		['a missing field', { email: 'a@example.com' }, 'grantOffer should not be empty'],
		[
			'a wrong type',
			{ email: 'a@example.com', grantOffer: OFFERS.excel.id, orderId: 7 },
			'orderId must be a string',
		],
		['no address', { email: 'nobody', grantOffer: OFFERS.excel.id }, 'email must be an email'],
		['no body', undefined, 'email should not be empty'],
	])('refuses a body with %s', async (_what, body, message) => {
		const { standIn, api } = await open();
		const before = standIn.school.snapshot();
		const { status, data } = await api.post('/v1/users/grant-user-offer-by-mail', body);

		expect([status, data.statusCode, data.error]).toEqual([400, 400, 'Bad Request']);
		expect(data.message).toContain(message);
		expect(standIn.school.snapshot()).toEqual(before);
	});

	it.each(['{"email":', '"text"', '[1'])('refuses the body %s', async (body) => {
		const { api } = await open();
		const { status } = await api.post('/v1/users/set-offer-state', body, {
			headers: { 'content-type': 'application/json' },
			transformRequest: [],
		});

		expect(status).toBe(400);
	});

	it.each([
		{ pageLength: 'many' },
		{ pageLength: 0 },
		{ active: 'maybe' },
		{ unknown: 1 },
		{ lastLoadedId: 'no cursor of ours' },
	])('refuses the query %j', async (params) => {
		const { api } = await open();

		expect((await api.get('/v1/users/list', { params })).status).toBe(400);
	});
});

describe('the log', () => {
	it('holds what came, in order, and never the key', async () => {
		const { standIn, api } = await open();
		await api.get(`/v1/users/find-by-mail/${encodeURIComponent(USERS.max.email)}`);
		await api.get('/v1/users/list', { params: { offerId: OFFERS.excel.id, active: true } });
		await api.post('/v1/users/set-offer-state', {
			email: USERS.anna.email,
			offerId: OFFERS.excel.id,
			active: false,
		});
		await api.get('/v1/offers', { headers: { 'X-API-KEY': 'a-wrong-key' } });
		await axios.get(`${standIn.url}/v1/offers`, { validateStatus: () => true });
		await api.get(`/v1/users/login-token/${USERS.anna.uid}`);

		expect(
			standIn.log.entries.map(({ n, operationId, method, path, query, body, status }) => ({
				n,
				operationId,
				method,
				path,
				query,
				body,
				status,
			})),
		).toEqual([
			{
				n: 1,
				operationId: 'findUserByMail',
				method: 'GET',
				path: `/v1/users/find-by-mail/${USERS.max.email}`,
				query: {},
				body: undefined,
				status: 200,
			},
			{
				n: 2,
				operationId: 'listUsers',
				method: 'GET',
				path: '/v1/users/list',
				query: { offerId: OFFERS.excel.id, active: 'true' },
				body: undefined,
				status: 200,
			},
			{
				n: 3,
				operationId: 'setOfferState',
				method: 'POST',
				path: '/v1/users/set-offer-state',
				query: {},
				body: { email: USERS.anna.email, offerId: OFFERS.excel.id, active: false },
				status: 201,
			},
			{
				n: 4,
				operationId: 'listOffers',
				method: 'GET',
				path: '/v1/offers',
				query: {},
				body: undefined,
				status: 401,
			},
			{
				n: 5,
				operationId: 'listOffers',
				method: 'GET',
				path: '/v1/offers',
				query: {},
				body: undefined,
				status: 401,
			},
			{
				n: 6,
				operationId: 'createLoginToken',
				method: 'GET',
				path: `/v1/users/login-token/${USERS.anna.uid}`,
				query: {},
				body: undefined,
				status: 200,
			},
		]);
		expect(standIn.log.entries.map(({ headers }) => headers['x-api-key'])).toEqual([
			'present',
			'present',
			'present',
			'wrong',
			'missing',
			'present',
		]);
		expect(JSON.stringify(standIn.log.entries)).not.toContain(standIn.apiKey);
		expect(JSON.stringify(standIn.log.entries)).not.toContain('a-wrong-key');
		expect(standIn.log.writes().map(({ n }) => n)).toEqual([3, 6]);
		expect(standIn.log.count()).toBe(6);
		expect(standIn.log.count('listOffers')).toBe(2);
		expect(standIn.log.of('listUsers').map(({ n }) => n)).toEqual([2]);
	});

	it('reports a key that stands where it does not belong, and keeps it out', async () => {
		const { standIn, api } = await open();
		await api.get('/v1/users/list', { params: { offerId: standIn.apiKey } });
		await api.post(
			'/v1/users/set-order-state',
			{ email: USERS.anna.email, orderId: standIn.apiKey, active: true },
			{ headers: { 'x-copy': standIn.apiKey } },
		);

		expect(standIn.violations).toEqual([
			'GET listUsers: the key stands in the address',
			'POST setOrderState: the key stands in the body',
		]);
		expect(JSON.stringify([standIn.log.entries, standIn.violations])).not.toContain(standIn.apiKey);
		standIn.violations.length = 0;
	});

	it('times requests by the clock given and counts those under way together', async () => {
		const clock = new FakeClock();
		const { standIn, api } = await open({ clock, delayMs: 500 });
		const three = Promise.all([1, 2, 3].map(async () => await api.get('/v1/offers')));
		await clock.run(three, () => standIn.log.count() < 3);
		await clock.run(api.get('/v1/offers'), () => standIn.log.count() < 4);

		expect(standIn.log.maxInFlight).toBe(3);
		expect(standIn.log.entries.map(({ inFlight }) => inFlight).sort()).toEqual([1, 1, 2, 3]);
		expect(standIn.log.entries.map(({ start, end = 0 }) => end - start)).toEqual([
			500, 500, 500, 500,
		]);
	});
});

describe('limits', () => {
	it('let so many requests of a second through, for all or one operation', async () => {
		const clock = new FakeClock();
		const { standIn, api } = await open({ clock });
		standIn.limit({ perSecond: 3 });
		standIn.limit({ perSecond: 2, operationId: 'listOffers', windowMs: 2_000, retryAfter: 9 });
		const statuses = async (url: string, count: number) => {
			const found: number[] = [];
			for (let i = 0; i < count; i++) found.push((await api.get(url)).status);

			return found;
		};

		expect(await statuses('/v1/custom-user-properties/list', 4)).toEqual([200, 200, 200, 429]);
		await clock.advance(999);
		expect(await statuses('/v1/offers', 1)).toEqual([429]);
		await clock.advance(1);
		// 2 a second are 4 in two seconds; the limit for all is met first.
		expect(await statuses('/v1/offers', 4)).toEqual([200, 200, 200, 429]);
		await clock.advance(1_000);
		expect(await statuses('/v1/offers', 2)).toEqual([200, 429]);

		const refused = await api.get('/v1/offers');
		expect(refused.headers['retry-after']).toBe('9');
		expect(refused.data).toEqual({
			statusCode: 429,
			message: 'ThrottlerException: Too Many Requests',
		});
	});

	it('allow the progress in a course four times a second, as documented', async () => {
		const clock = new FakeClock();
		const { api } = await open({ clock });
		const statuses: number[] = [];
		for (let i = 0; i < 6; i++) {
			if (i === 5) await clock.advance(1_000);
			statuses.push(
				(await api.get(`/v1/users/course-progress/crsExcelBasics000001/${USERS.anna.email}`))
					.status,
			);
		}

		expect(statuses).toEqual([200, 200, 200, 200, 429, 200]);
	});
});

describe('the contract', () => {
	it('is broken by an answer with an unknown field, and that fails the test', async () => {
		const { standIn, api } = await open();
		standIn.school.offers.push({ id: '', name: 'Without an id', courseIds: [] });
		await api.get('/v1/offers');

		expect(standIn.violations).toHaveLength(1);
		expect(standIn.violations[0]).toMatch(
			/^listOffers answered 200: .*id must NOT have fewer than 1 characters/,
		);
		expect(() => standIn.assertClean()).toThrow(/The contract was broken 1 times/);
		await expect(standIn.close()).rejects.toThrow(/listOffers/);
		standIn.violations.length = 0;
	});

	it('is not asked where it is switched off, and not about faults', async () => {
		const { standIn, api } = await open({ validate: false });
		standIn.school.offers.push({ id: '', name: '', courseIds: [] });
		await api.get('/v1/offers');
		const strict = await open();
		strict.standIn.fault({ kind: 'wrongShape' });
		await strict.api.get('/v1/offers');

		expect([...standIn.violations, ...strict.standIn.violations]).toEqual([]);
	});

	it('counts a mistake within the stand-in or a listener as broken', async () => {
		const { standIn, api } = await open();
		standIn.onRequest(() => {
			throw new Error('planted');
		});

		expect((await api.get('/v1/offers')).status).toBe(500);
		expect(standIn.violations).toEqual([expect.stringContaining('planted')]);
		standIn.violations.length = 0;
	});
});

describe('a test', () => {
	it('can do something when a request comes, and the request sees it', async () => {
		const { standIn, api } = await open();
		const end = standIn.onRequest(async ({ n }) => {
			if (n === 2) standIn.school.addUser({ email: 'late@example.com' });
		});
		const found: number[] = [];
		for (let i = 0; i < 2; i++)
			found.push((await api.get('/v1/users/find-by-mail/late@example.com')).status);
		end();

		expect(found).toEqual([404, 200]);
	});

	it('can put everything back', async () => {
		const { standIn, api } = await open({ users: 40, variants: { wrongKeyStatus: '403' } });
		const before = standIn.school.snapshot();
		standIn.setVariants({ writeStatus: '204', wrongKeyStatus: '401' });
		standIn.fault({ kind: 'status', status: 500, times: Infinity });
		standIn.limit({ perSecond: 1 });
		standIn.school.removeUser(USERS.anna.email);
		standIn.school.offers.length = 0;
		await api.get('/v1/offers');
		standIn.reset();

		expect(standIn.school.snapshot()).toEqual(before);
		expect(standIn.log.count()).toBe(0);
		expect(standIn.variants).toEqual({ ...defaultVariants(), wrongKeyStatus: '403' });
		for (let i = 0; i < 3; i++) expect((await api.get('/v1/offers')).status).toBe(200);
	});
});
