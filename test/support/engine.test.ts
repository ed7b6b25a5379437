/* eslint-disable @n8n/community-nodes/no-restricted-imports -- a server of its own shows what really went out */
import { createServer, type Server } from 'node:http';
import { NodeApiError } from 'n8n-workflow';
import { createEngine, ENGINE_LINES, testCredential, type Engine } from './engine';
import { Dummy, DummyApi, DummyPollTrigger, DummyTrigger } from './engine/dummy';
import { loadEngine } from './engine/modules';

/** What the server saw. */
let requests: Array<{ url: string; key: string | undefined }> = [];
let answer: unknown;
let server: Server;
let url: string;

beforeAll(async () => {
	server = createServer((request, response) => {
		const key = request.headers['x-api-key'];
		requests.push({ url: request.url ?? '', key: String(key) });
		const status = request.url?.includes('missing') ? 404 : 200;
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? { url: request.url, key }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});

afterAll(async () => await new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
	requests = [];
	answer = undefined;
});

describe.each(ENGINE_LINES)('the engine of n8n %s', (line) => {
	let engine: Engine;
	const credentials = () => ({ dummyApi: { apiKey: ' KEY1 ', baseUrl: url } });
	const start = { name: 'Start', type: 'test.start' };
	const links = { name: 'Links', type: 'test.link' };

	beforeAll(async () => {
		engine = await createEngine({ line, extra: { nodes: [Dummy, DummyPollTrigger, DummyTrigger], credentials: [DummyApi] } });
	});

	it('is the line it says, and shares its n8n-workflow with the sources where they run in it', () => {
		expect(engine.version).toMatch(new RegExp(`^${line.replace('.', '\\.')}\\.`));
		expect(loadEngine(line).workflow.NodeApiError === NodeApiError).toBe(line === '2.41');
	});

	it('evaluates parameters per item, authenticates, and links rows to their items', async () => {
		const run = await engine.run({
			nodes: [start, { name: 'Dummy', type: 'dummy', parameters: { email: '={{ $json.email }}' } }, links],
			items: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
			credentials: credentials(),
		});

		expect(run.error).toBeUndefined();
		expect(run.status).toBe('success');
		expect(requests).toEqual([
			{ url: '/items?email=a%40example.com', key: 'KEY1' },
			{ url: '/items?email=b%40example.com', key: 'KEY1' },
		]);
		const [rows] = run.nodes.Dummy.outputs;
		expect(rows[0]).toEqual({
			json: { url: '/items?email=b%40example.com', key: 'KEY1', mode: 'from the default', tool: 'not a tool' },
			pairedItem: { item: 1 },
		});
		expect(run.nodes.Links.outputs[0].map(({ json }) => json)).toEqual([{ json: { email: 'b@example.com' } }, { json: { email: 'a@example.com' } }]);
		expect(run.nodes.Dummy.hints.map(({ message }) => message)).toEqual(['2 rows']);
	});

	it('says where a link is broken', async () => {
		const run = await engine.run({
			nodes: [start, { name: 'Dummy', type: 'dummy', parameters: { email: 'x' } }, { ...links, parameters: { value: "={{ $('Nowhere').item.json }}" } }],
			credentials: credentials(),
		});

		expect(run.nodes.Links.outputs[0][0].json).toEqual({ broken: expect.stringContaining('Referenced node') });
	});

	it('stops with the error of the node', async () => {
		const run = await engine.run({
			nodes: [start, { name: 'Dummy', type: 'dummy', parameters: { email: 'missing' } }, links],
			credentials: credentials(),
		});

		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({ name: 'NodeApiError', httpCode: '404' });
		expect(run.nodes.Links).toBeUndefined();
	});

	it('sends failed items to the error output, with the input merged in', async () => {
		const run = await engine.run({
			nodes: [start, { name: 'Dummy', type: 'dummy', parameters: { email: '={{ $json.email }}' }, onError: 'continueErrorOutput' }, links],
			items: [{ email: 'missing' }, { email: 'b@example.com' }],
			credentials: credentials(),
		});

		expect(run.status).toBe('success');
		const [done, failed] = run.nodes.Dummy.outputs;
		expect(done.map(({ json }) => json.url)).toEqual(['/items?email=b%40example.com']);
		expect(failed.map(({ json }) => json)).toEqual([{ email: 'missing', error: expect.any(String) }]);
	});

	it('cancels as the stop button does, and waits until the node has ended', async () => {
		const stop = new AbortController();
		Dummy.onWait = () => stop.abort();
		Dummy.ended = 0;
		const run = await engine.run({
			nodes: [start, { name: 'Dummy', type: 'dummy', parameters: { email: '={{ $json.email }}' } }, links],
			items: [{ email: 'a' }, { email: 'wait' }],
			credentials: credentials(),
			signal: stop.signal,
		});

		expect(run.status).toBe('canceled');
		expect(Dummy.ended).toBe(1);
		expect(run.nodes.Links).toBeUndefined();
	});

	it('refuses a credential to a node that may not use it, from 2.41 on', async () => {
		const other = class extends Dummy {
			override description = { ...new Dummy().description, name: 'other', credentials: [{ name: 'otherApi' }] };
		};
		const strict = await createEngine({ line, extra: { nodes: [Dummy, other], credentials: [DummyApi] } });
		const run = await strict.run({ nodes: [start, { name: 'Other', type: 'other' }], credentials: credentials() });

		expect(run.error?.message).toMatch(line === '2.8' ? 'does not have any credentials' : 'restricted to specific nodes');
		expect(requests).toEqual([]);
	});

	it('answers questions of the editor', async () => {
		const spec = { type: 'dummy', credentials: credentials() };

		expect(await engine.loadOptions('getOptions', { ...spec, parameters: { size: 9 } })).toEqual([{ name: 'Size 9', value: '' }]);
		expect(await engine.loadOptions('getOptions', spec)).toEqual([{ name: 'Size 7', value: '' }]);
		expect(await engine.listSearch('search', { ...spec, filter: 'abc', paginationToken: '2' })).toEqual({
			results: [{ name: '/list?filter=abc&page=2', value: 'x' }],
			paginationToken: 'next',
		});
		expect((await engine.resourceMapping('getFields', spec)).fields[0].id).toBe('KEY1');
		await expect(engine.loadOptions('nothing', spec)).rejects.toThrow('The node has no nothing');
	});

	it('polls with static data that n8n has saved', async () => {
		const spec = { type: 'dummyPollTrigger', credentials: credentials(), pollBudgetMs: 36_000 };
		const first = await engine.poll(spec);

		expect(first.items?.[0][0].json).toMatchObject({ url: '/poll', activation: 'activate', budget: line === '2.8' ? null : 36_000 });
		expect(first.changed).toBe(true);
		expect(first.staticData).toEqual({ global: { polls: 1 }, 'node:Trigger': { polls: 1 } });

		const second = await engine.poll({ ...spec, name: 'Renamed', staticData: first.staticData });
		expect(second.staticData).toMatchObject({ global: { polls: 2 }, 'node:Renamed': { polls: 1 } });
		expect((await engine.poll({ ...spec, staticData: second.staticData })).items).toBeNull();
		expect((await engine.poll({ ...spec, staticData: second.staticData, mode: 'manual' })).items).not.toBeNull();
	});

	it('makes a tool of the node, with the arguments that the parameters ask for', async () => {
		const tool = await engine.tool(
			{
				type: 'dummy',
				name: 'My Dummy!',
				parameters: { email: "={{ $fromAI('Email', 'Whom to ask for', 'string') }}" },
				credentials: credentials().dummyApi,
				credentialType: 'dummyApi',
			},
			[{ Email: 'a@example.com' }, { Email: 'missing' }, {}],
		);

		expect(tool.name).toBe('My_Dummy_');
		expect(tool.description).toBe('Send an e-mail address in Dummy');
		expect(tool.schema).toMatchObject({
			type: 'object',
			properties: { Email: { type: 'string', description: 'Whom to ask for' } },
			required: ['Email'],
		});
		const [good, failed, incomplete] = tool.answers;
		expect(good).toEqual({ text: expect.any(String) });
		expect('text' in good && JSON.parse(good.text)).toEqual([
			{ url: '/items?email=a%40example.com', key: 'KEY1', mode: 'from the default', tool: 'shown' },
		]);
		expect(failed).toEqual({ error: expect.objectContaining({ message: expect.stringContaining('could not be found') }) });
		expect(incomplete).toHaveProperty('error');
		expect(requests).toHaveLength(2);
	});

	it('runs an operation of the package and says which input each row belongs to', async () => {
		answer = [{ id: 'o1', name: 'Excel', hasCourseIds: [] }];
		const found = await engine.memberspot({ resource: 'offer', operation: 'getAll', returnAll: true }, [{ n: 1 }, { n: 2 }], {
			credentials: testCredential({ url, apiKey: 'KEY2' }),
		});

		expect(requests[0]).toEqual({ url: '/v1/offers', key: 'KEY2' });
		expect(found.status).toBe('success');
		expect(found.items.map(({ json }) => json.name)).toEqual(['Excel', 'Excel']);
		expect(found.links).toEqual([{ json: { n: 1 } }, { json: { n: 2 } }]);
		expect(found.errorItems).toEqual([]);
	});

	it('serves a webhook as n8n does', async () => {
		const webhook = await engine.serveWebhook({ type: 'dummyTrigger' });
		const call = async (body: unknown, options: { method?: string; type?: string; query?: string } = {}) => {
			const answer = await fetch(`${webhook.url}${options.query ?? ''}`, {
				method: options.method ?? 'POST',
				headers: { 'content-type': options.type ?? 'application/json', 'x-secret': 's' },
				body: options.method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
			});

			return { status: answer.status, text: await answer.text() };
		};

		expect(await call({ event: 'new' }, { query: '?a=1' })).toEqual({ status: 200, text: '{"message":"Workflow was started"}' });
		expect(await call({ event: 'quiet' })).toEqual({ status: 200, text: '{"message":"Webhook call received"}' });
		expect(await call({ event: 'text' })).toEqual({ status: 200, text: 'hello' });
		expect(await call({ event: 'own' })).toEqual({ status: 418, text: '{"own":true}' });
		expect((await call('{"event"')).status).toBe(422);
		expect((await call({}, { method: 'GET' })).status).toBe(404);
		expect((await call('event=form', { type: 'application/x-www-form-urlencoded' })).status).toBe(200);
		await webhook.close();

		expect(webhook.runs.map(([[{ json }]]) => json)).toEqual([
			{ body: { event: 'new' }, headers: { secret: 's' }, query: { a: '1' } },
			{ body: { event: 'form' }, headers: { secret: 's' }, query: {} },
		]);
		expect(webhook.staticData()).toEqual({ global: { calls: 5 } });
		expect(webhook.errors).toEqual([]);
	});
});
