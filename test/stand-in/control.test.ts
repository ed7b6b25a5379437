/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a test, not a part of the package */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import axios, { type AxiosInstance } from 'axios';
import { COURSES, OFFERS, PROPERTIES, USERS } from './fixtures';
import { FAULT_KINDS, startStandIn, type StandIn } from './index';
import { variantTable } from './variants';

let standIn: StandIn;
let control: AxiosInstance;
let api: AxiosInstance;

beforeAll(async () => {
	standIn = await startStandIn();
	control = axios.create({
		baseURL: `${standIn.url}/__control`,
		validateStatus: () => true,
		proxy: false,
	});
	api = axios.create({
		baseURL: standIn.url,
		headers: { 'X-API-KEY': standIn.apiKey },
		validateStatus: () => true,
		proxy: false,
	});
});
beforeEach(() => standIn.reset());
afterAll(async () => await standIn.close());

const anna = `/users/${USERS.anna.email}`;

describe('the control routes', () => {
	it('need no key, are not in the log, and are shut to other names than those of the loopback', async () => {
		const open = await control.get('/');
		const foreign = await control.get('/', { headers: { host: 'attacker.example' } });

		expect(open.data).toMatchObject({
			url: standIn.url,
			users: 25,
			offers: 8,
			requests: 0,
			violations: 0,
			welcomeMails: 0,
		});
		expect([foreign.status, foreign.data]).toEqual([
			403,
			{ error: 'only for the loopback interface' },
		]);
		expect(standIn.log.count()).toBe(0);
		expect(JSON.stringify(open.data)).not.toContain(standIn.apiKey);
	});

	it('show and clear the log', async () => {
		await api.get('/v1/offers');
		await api.get('/v1/users/list');

		expect((await control.get('/log')).data).toHaveLength(2);
		expect((await control.get('/log?operationId=listOffers')).data).toEqual([
			expect.objectContaining({ n: 1, status: 200 }),
		]);
		await control.delete('/log');
		expect((await control.get('/log')).data).toEqual([]);
	});

	it('set switches and refuse wrong ones', async () => {
		expect((await control.patch('/variants', { wrongKeyStatus: '403' })).data).toMatchObject({
			wrongKeyStatus: '403',
		});
		expect(
			(await axios.get(`${standIn.url}/v1/offers`, { validateStatus: () => true })).status,
		).toBe(403);

		const wrong = await control.patch('/variants', { wrongKeyStatus: '404' });
		expect([wrong.status, wrong.data.error]).toEqual([
			400,
			expect.stringContaining('allowed: 401, 403'),
		]);
	});

	it('order, list and end faults and limits', async () => {
		const { data } = await control.post('/faults', { kind: 'status', status: 503, times: 5 });
		expect((await api.get('/v1/offers')).status).toBe(503);
		expect((await control.get('/faults')).data).toEqual([
			expect.objectContaining({ id: data.id, hits: 1, kind: 'status' }),
		]);
		await control.delete(`/faults/${data.id}`);
		expect((await api.get('/v1/offers')).status).toBe(200);
		expect((await control.post('/faults', { kind: 'nothing' })).status).toBe(400);

		// One request a minute, so that a slow machine can't make the window pass.
		await control.post('/limits', { perSecond: 1 / 60, windowMs: 60_000 });
		expect([(await api.get('/v1/offers')).status, (await api.get('/v1/offers')).status]).toEqual([
			200, 429,
		]);
		await control.delete('/limits');
		expect((await api.get('/v1/offers')).status).toBe(200);
		expect((await control.post('/limits', { perSecond: '1' })).status).toBe(400);
		expect((await control.post('/limits', { perSecond: 1, other: 1 })).status).toBe(400);
	});

	it('change the school as an admin would', async () => {
		await control.post('/users', { email: 'new@example.com', firstname: 'New' });
		await control.post('/users/new@example.com/grants', {
			offerId: OFFERS.excel.id,
			orderId: '7',
			end: '2099-01-01T00:00:00.000Z',
		});
		await control.put(`/users/new@example.com/offers/${OFFERS.excel.id}`, { active: false });
		await control.put(`/users/new@example.com/progress/${COURSES.excel.id}`, { completedPosts: 4 });
		await control.put(`/users/new@example.com/properties/${PROPERTIES.newsletter.id}`, {
			value: true,
		});
		await control.put('/users/new@example.com/enabled', { enabled: false });

		expect((await control.get('/users/new@example.com')).data).toMatchObject({
			firstname: 'New',
			enabled: false,
			grants: [
				{ offerId: OFFERS.excel.id, orderId: '7', active: false, end: Date.UTC(2099, 0, 1) },
			],
			progress: { [COURSES.excel.id]: 4 },
			properties: { [PROPERTIES.newsletter.id]: true },
		});
		expect(standIn.school.welcomeMails).toBe(0);

		await control.delete(`${anna}/offers/${OFFERS.excel.id}`);
		expect((await control.get(`${anna}/grants`)).data).toEqual([]);
		await control.delete(anna);
		expect((await control.get(anna)).data).toEqual({ error: 'there is no such user' });
		expect((await control.post('/users', { email: USERS.ben.email })).status).toBe(400);
	});

	it('list users, and holders of an offer as they are', async () => {
		const { data } = await control.get(`/users?offerId=${OFFERS.excel.id}&active=false`);
		const emails = data.map(({ email }: { email: string }) => email);

		expect(emails).toContain(USERS.ben.email);
		expect(emails).not.toContain(USERS.anna.email);
		expect((await control.get('/users?limit=3')).data).toHaveLength(3);
		expect((await control.get('/offers')).data).toHaveLength(8);
	});

	it('play webhooks', async () => {
		const bodies: string[] = [];
		const hook = createServer((request, response) => {
			request.on('data', (chunk) => bodies.push(String(chunk)));
			request.on('end', () => response.end());
		});
		await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
		const address = hook.address();
		const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;

		const { id } = (await control.post('/webhooks/apps', { url })).data;
		await control.post('/webhooks/automations', { on: 'memberAdded', app: id });
		await control.patch('/webhooks/settings', { copies: 2 });
		await control.post('/users', { email: 'new@example.com' });
		await control.post('/webhooks/send', { app: id, body: ['free'], copies: 1 });
		const deliveries = (await control.post('/webhooks/settled')).data;
		hook.closeAllConnections();
		hook.close();

		expect(bodies[0]).toBe('{"event":"auth_test"}');
		expect(bodies.filter((body) => body.includes('new@example.com'))).toHaveLength(2);
		expect(bodies).toContain('["free"]');
		expect(deliveries).toHaveLength(3);
		expect((await control.post('/webhooks/apps', { url: 'http://127.0.0.1:9/' })).status).toBe(400);
	});

	it('put everything back', async () => {
		await control.delete(anna);
		await control.post('/reset');

		expect(standIn.school.user(USERS.anna.email)).toBeDefined();
	});
});

describe('the README', () => {
	const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');

	it('has the table of switches as it is', () => {
		expect(readme).toContain(variantTable());
	});

	it('names every fault and every control route', async () => {
		const { routes } = (await control.get<{ routes: string[] }>('/')).data;
		const named = new Set([...readme.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name));

		expect(FAULT_KINDS.filter((kind) => !named.has(kind))).toEqual([]);
		expect(routes.filter((route) => !named.has(route))).toEqual([]);
	});
});
