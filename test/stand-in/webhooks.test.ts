/* eslint-disable @n8n/community-nodes/no-restricted-imports -- a test, not a part of the package */
import { createServer, type IncomingMessage } from 'node:http';
import axios from 'axios';
import { FakeClock, turns } from '../support/clock';
import { COURSES, OFFERS, USERS } from './fixtures';
import { INVENTED_EVENTS, startStandIn, type StandIn } from './index';

interface Receiver {
	url: string;
	/** Bodies in the order in which they came. */
	bodies: unknown[];
	/** Statuses to answer with, one after another; the last one is repeated. null ends the connection. */
	statuses: Array<number | null>;
	close(): Promise<void>;
}

async function receiver(...statuses: Array<number | null>): Promise<Receiver> {
	const bodies: unknown[] = [];
	const state = { statuses };
	const server = createServer((request, response) => {
		void read(request).then((text) => {
			bodies.push(JSON.parse(text));
			const status = state.statuses.length > 1 ? state.statuses.shift() : state.statuses[0];
			if (status === null || status === undefined) response.destroy();
			else response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');

	return {
		url: `http://127.0.0.1:${address.port}/hook?secret=x`,
		bodies,
		get statuses() {
			return state.statuses;
		},
		set statuses(next) {
			state.statuses = next;
		},
		async close() {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

async function read(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);

	return text;
}

let standIn: StandIn;
let hook: Receiver;
const clock = new FakeClock();

beforeAll(async () => {
	standIn = await startStandIn({ clock });
});
beforeEach(async () => {
	standIn.reset();
	hook = await receiver(200);
});
afterEach(async () => await hook.close());
afterAll(async () => await standIn.close());

async function withApp(): Promise<number> {
	const { id } = await standIn.webhooks.registerWebhookApp(hook.url);
	hook.bodies.length = 0;

	return id;
}

describe('a webhook app', () => {
	it.each([200, 201])('takes an address that answers the test with %i', async (status) => {
		hook.statuses = [status];
		const app = await standIn.webhooks.registerWebhookApp(hook.url);

		expect(hook.bodies).toEqual([{ event: 'auth_test' }]);
		expect(app.url).toBe(hook.url);
	});

	it.each([202, 204, 307, 401, 500, null])(
		'refuses one that answers with %j, without following a redirect',
		async (status) => {
			hook.statuses = [status];

			await expect(standIn.webhooks.registerWebhookApp(hook.url)).rejects.toThrow(
				/did not accept the test/,
			);
			expect(hook.bodies).toHaveLength(1);
			expect(standIn.webhooks.apps).toEqual([]);
		},
	);

	it('gets nothing without an automation, and there is no automation without an app', async () => {
		await withApp();
		standIn.school.addUser({ email: 'new@example.com' });
		await standIn.webhooks.settled();

		expect(hook.bodies).toEqual([]);
		expect(() => standIn.webhooks.addAutomation({ on: 'memberAdded', app: 99 })).toThrow(
			'there is no webhook app 99',
		);
	});
});

describe('an automation', () => {
	it('sends what happens, also when the API caused it', async () => {
		const app = await withApp();
		for (const on of ['memberAdded', 'offerGranted', 'courseCompleted'] as const)
			standIn.webhooks.addAutomation({ on, app });
		await axios.post(
			`${standIn.url}/v1/users/grant-user-offer-by-mail`,
			{ email: 'new@example.com', grantOffer: OFFERS.excel.id, firstname: 'New', orderId: '7' },
			{ headers: { 'X-API-KEY': standIn.apiKey } },
		);
		standIn.school.setProgress('new@example.com', COURSES.excel.id, COURSES.excel.activePosts);
		await standIn.webhooks.settled();
		const uid = standIn.school.user('new@example.com')?.uid;
		const who = { uid, email: 'new@example.com', firstname: 'New', name: '' };

		expect(hook.bodies).toHaveLength(3);
		expect(hook.bodies).toEqual(
			expect.arrayContaining([
				{ event: INVENTED_EVENTS.memberAdded, ...who },
				{
					event: INVENTED_EVENTS.offerGranted,
					...who,
					offerId: OFFERS.excel.id,
					offerName: OFFERS.excel.name,
					orderId: '7',
				},
				{ event: INVENTED_EVENTS.courseCompleted, ...who, courseId: COURSES.excel.id },
			]),
		);
	});

	it('can be for one offer or course, and send any body', async () => {
		const app = await withApp();
		standIn.webhooks.addAutomation({
			on: 'offerGranted',
			app,
			offerId: OFFERS.yoga.id,
			event: 'yoga',
		});
		standIn.webhooks.addAutomation({
			on: 'courseCompleted',
			app,
			courseId: COURSES.safety.id,
			body: ({ user }) => [user.email],
		});
		standIn.school.grant({ email: USERS.carla.email, offerId: OFFERS.excel.id });
		standIn.school.grant({ email: USERS.carla.email, offerId: OFFERS.yoga.id });
		standIn.school.setProgress(USERS.carla.email, COURSES.excel.id, 20);
		standIn.school.setProgress(USERS.carla.email, COURSES.safety.id, 8);
		await standIn.webhooks.settled();

		expect(hook.bodies).toHaveLength(2);
		expect(hook.bodies).toEqual(
			expect.arrayContaining([expect.objectContaining({ event: 'yoga' }), [USERS.carla.email]]),
		);
	});
});

describe('a delivery', () => {
	it('is tried again until it is accepted, after a pause each time', async () => {
		const app = await withApp();
		hook.statuses = [500, null, 204, 201];
		const before = clock.elapsed;
		standIn.webhooks.send(app, { event: 'x' });
		await clock.run(
			standIn.webhooks.settled(),
			() => standIn.webhooks.deliveries.length < hook.bodies.length,
		);

		expect(
			standIn.webhooks.deliveries.map(({ attempt, status, accepted }) => [
				attempt,
				status,
				accepted,
			]),
		).toEqual([
			[1, 500, false],
			[2, null, false],
			[3, 204, false],
			[4, 201, true],
		]);
		expect(clock.elapsed - before).toBe(3_000);
	});

	it('is given up after the last try', async () => {
		const app = await withApp();
		hook.statuses = [500];
		standIn.webhooks.settings.retries = 1;
		standIn.webhooks.send(app, { event: 'x' });
		await clock.run(
			standIn.webhooks.settled(),
			() => standIn.webhooks.deliveries.length < hook.bodies.length,
		);

		expect(standIn.webhooks.deliveries.map(({ accepted }) => accepted)).toEqual([false, false]);
	});

	it('can be doubled, for all or for one', async () => {
		const app = await withApp();
		standIn.webhooks.send(app, ['any form'], 3);
		await standIn.webhooks.settled();
		standIn.webhooks.settings.copies = 2;
		standIn.webhooks.send(app, 'text');
		await standIn.webhooks.settled();

		expect(hook.bodies).toEqual([['any form'], ['any form'], ['any form'], 'text', 'text']);
		expect(
			standIn.webhooks.deliveries
				.map(({ copy }) => copy)
				.slice(3)
				.sort(),
		).toEqual([1, 2]);
	});

	it('is stopped by a reset', async () => {
		const app = await withApp();
		hook.statuses = [500];
		standIn.webhooks.send(app, { event: 'x' });
		while (standIn.webhooks.deliveries.length === 0) await turns(1);
		standIn.reset();
		await standIn.webhooks.settled();

		expect(hook.bodies).toHaveLength(1);
		expect(standIn.webhooks.deliveries).toEqual([]);
	});
});
