import type { INodeParameters } from 'n8n-workflow';
import { createEngine, ENGINE_LINES, type Engine, type WebhookServer } from '../support/engine';
import { INVENTED_EVENTS, startStandIn, type StandIn } from '../stand-in';

let standIn: StandIn;
beforeAll(async () => {
	standIn = await startStandIn({ users: 5 });
	standIn.webhooks.settings = { retries: 1, retryDelayMs: 1, copies: 1, timeoutMs: 10_000 };
});
afterAll(async () => await standIn.close());

describe.each(ENGINE_LINES)('the webhook trigger in n8n %s', (line) => {
	let engine: Engine;
	const servers: WebhookServer[] = [];
	beforeAll(async () => {
		engine = await createEngine({ line });
	});
	afterEach(async () => {
		standIn.webhooks.automations.length = 0;
		standIn.webhooks.deliveries.length = 0;
		for (const server of servers.splice(0)) await server.close();
	});

	/** Publishes a trigger; n8n gives a node an id for its address when it is added in the editor. */
	async function serve(
		parameters: INodeParameters = {},
		webhookId: string | undefined = 'd6f0a1b2',
	) {
		const spec = {
			type: 'memberspotTrigger',
			id: `node-${servers.length}-${JSON.stringify(parameters)}`,
			parameters,
			...(webhookId === '' ? {} : { webhookId }),
		};
		const server = await engine.serveWebhook(spec);
		servers.push(server);

		return server;
	}

	async function post(url: string, body: unknown, headers: { [name: string]: string } = {}) {
		const answer = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});

		return { status: answer.status, text: await answer.text() };
	}

	const items = ({ runs }: WebhookServer) => runs.map(([[item]]) => item.json);

	test('B94: Memberspot accepts the address, and the test starts nothing', async () => {
		const server = await serve();
		await standIn.webhooks.registerWebhookApp(server.url);
		expect(server.runs).toEqual([]);
		expect(server.errors).toEqual([]);
	});

	test('B102, B103: every event of an automation starts the workflow once, answered with 200', async () => {
		const server = await serve();
		const app = await standIn.webhooks.registerWebhookApp(server.url);
		standIn.webhooks.addAutomation({ on: 'memberAdded', app: app.id });
		standIn.school.addUser({ email: `new-${line}@example.com` });
		await standIn.webhooks.settled();
		expect(items(server)).toMatchObject([
			{ event: INVENTED_EVENTS.memberAdded, email: `new-${line}@example.com` },
		]);
		expect(standIn.webhooks.deliveries.map(({ status, attempt }) => [status, attempt])).toEqual([
			[200, 1],
		]);
		// The state of a polling trigger in the same workflow must not be written over.
		expect(server.staticData()).toEqual({});
	});

	test('B98: doubled deliveries start it twice, or once where that is asked for', async () => {
		for (const [ignoreRepeats, runs] of [
			[false, 2],
			[true, 1],
		] as const) {
			const server = await serve({ options: { ignoreRepeats } });
			const app = await standIn.webhooks.registerWebhookApp(server.url);
			standIn.webhooks.send(app.id, { event: 'x', n: 1 }, 2);
			await standIn.webhooks.settled();
			expect(server.runs).toHaveLength(runs);
			await post(server.url, { event: 'x', n: 2 });
			expect(server.runs).toHaveLength(runs + 1);
		}
	});

	test('B99: with a secret, Memberspot is let in by the address that has it, and nobody else', async () => {
		const server = await serve({ secretIn: 'query', fieldName: 'secret', secret: 'n0-0ne-kn0ws' });
		await expect(standIn.webhooks.registerWebhookApp(server.url)).rejects.toThrow('401');
		await expect(standIn.webhooks.registerWebhookApp(`${server.url}?secret=wrong`)).rejects.toThrow(
			'401',
		);
		await standIn.webhooks.registerWebhookApp(`${server.url}?secret=n0-0ne-kn0ws`);
		const refused = await post(`${server.url}?secret=wrong`, { event: 'x' });
		expect(refused).toEqual({ status: 401, text: '{"message":"Not authorized"}' });
		expect(server.runs).toEqual([]);
		expect(await post(`${server.url}?secret=n0-0ne-kn0ws`, { event: 'x' })).toMatchObject({
			status: 200,
		});
		expect(server.runs).toHaveLength(1);
	});

	test('a secret in a header, also where it comes from an expression that gives nothing', async () => {
		const server = await serve({ secretIn: 'header', fieldName: 'X-Hook', secret: 'abc' });
		expect(await post(server.url, {}, { 'x-hook': 'abc' })).toMatchObject({ status: 200 });
		expect(await post(server.url, {}, { 'x-hook': 'ab' })).toMatchObject({ status: 401 });
		const empty = await serve({
			secretIn: 'header',
			fieldName: 'X-Hook',
			secret: '={{ "" }}',
		});
		expect(await post(empty.url, {}, { 'x-hook': '' })).toMatchObject({ status: 401 });
		expect(empty.runs).toEqual([]);
		// n8n 2.8 can't evaluate this one at all, 2.41 gives nothing: neither lets anybody in.
		const broken = await serve({
			secretIn: 'header',
			fieldName: 'X-Hook',
			secret: '={{ $json.missing }}',
		});
		expect([401, 500]).toContain((await post(broken.url, {}, { 'x-hook': '' })).status);
		expect(broken.runs).toEqual([]);
	});

	test('without an id in the address and without a secret, every call is refused', async () => {
		const server = await serve({}, '');
		expect(await post(server.url, { event: 'auth_test' })).toMatchObject({ status: 403 });
		expect(server.runs).toEqual([]);
	});

	test('filtered events are answered with 200 and start nothing', async () => {
		const server = await serve({ onlyEvents: 'member_*' });
		expect(await post(server.url, { event: 'other' })).toMatchObject({ status: 200 });
		expect(await post(server.url, { event: 'member_added' })).toMatchObject({ status: 200 });
		expect(items(server)).toEqual([{ event: 'member_added' }]);
	});

	test('lists, forms and texts pass', async () => {
		const server = await serve();
		await post(server.url, [{ a: 1 }]);
		await post(server.url, 'event=form&email=a%2Bb%40example.com', {
			'content-type': 'application/x-www-form-urlencoded',
		});
		await post(server.url, 'hello', { 'content-type': 'text/plain' });
		expect(items(server)).toEqual([
			{ event: null, body: [{ a: 1 }] },
			{ event: 'form', email: 'a+b@example.com' },
			{ event: null, body: 'hello' },
		]);
	});

	test.each([
		['text/plain'],
		['application/octet-stream'],
		['text/json; charset=utf-8'],
		['application/vnd.memberspot+json'],
		[''],
	])('JSON that is called %j is no less a delivery, and no less the test', async (contentType) => {
		const server = await serve({ onlyEvents: 'member_*' });
		const headers = { 'content-type': contentType };
		expect(await post(server.url, { event: 'auth_test' }, headers)).toMatchObject({ status: 200 });
		expect(await post(server.url, { event: 'other' }, headers)).toMatchObject({ status: 200 });
		await post(server.url, { event: 'member_added', email: 'ä@example.com' }, headers);
		expect(items(server)).toEqual([{ event: 'member_added', email: 'ä@example.com' }]);
	});

	test('a place for the secret that an expression got wrong opens to nobody', async () => {
		for (const secretIn of ['={{ "Header" }}', '={{ null }}', '={{ "" }}']) {
			const server = await serve({ secretIn, fieldName: 'secret', secret: 'abc' });
			expect(await post(server.url, { event: 'x' })).toMatchObject({ status: 401 });
			expect(await post(`${server.url}?secret=abc`, { event: 'x' })).toMatchObject({ status: 401 });
			expect(server.runs).toEqual([]);
		}
	});

	test('what n8n answers before the node: broken JSON, and other methods', async () => {
		const server = await serve();
		expect(await post(server.url, '{"event":')).toMatchObject({ status: 422 });
		expect((await fetch(server.url)).status).toBe(404);
		expect(server.runs).toEqual([]);
	});
});
