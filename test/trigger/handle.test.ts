/* eslint-disable @n8n/community-nodes/no-restricted-imports -- plays the response of a web server */
import { EventEmitter } from 'node:events';
import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { MemberspotTrigger } from '../../nodes/Memberspot/MemberspotTrigger.node';
import { RecentDeliveries } from '../../nodes/Memberspot/webhook/duplicates';
import { assertSetup, handleWebhook } from '../../nodes/Memberspot/webhook/handle';

/** A response that notes what it is given. */
class Response extends EventEmitter {
	statusCode = 200;
	body: unknown;

	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	json(body: unknown): this {
		this.body = body;
		return this;
	}
}

interface Call {
	parameters?: IDataObject;
	body?: unknown;
	rawBody?: Buffer;
	response?: Response;
	/** Null for a node without one. */
	webhookId?: string | null;
	/** The address under which n8n listens. */
	url?: string;
	/** Reading a parameter fails, as an expression can. */
	broken?: unknown;
}

/** What n8n hands to the trigger, with the notes it wrote. */
function contextOf({
	parameters = {},
	body = {},
	rawBody,
	response = new Response(),
	webhookId = 'w1',
	url,
	broken,
}: Call) {
	const notes: string[] = [];
	const note = (level: string) => (text: string) => notes.push(`${level}: ${text}`);
	const context = {
		getNodeParameter(name: string, fallback: unknown) {
			if (broken !== undefined) throw broken;
			return name in parameters ? parameters[name] : fallback;
		},
		getBodyData: () => body,
		getHeaderData: () => ({}),
		getQueryData: () => ({}),
		getNode: () => ({
			id: 'n1',
			name: 'Trigger',
			type: 'x',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
			...(webhookId === null ? {} : { webhookId }),
		}),
		getWorkflow: () => ({ id: 'wf' }),
		getMode: () => 'webhook',
		getRequestObject: () => ({ rawBody }),
		getResponseObject: () => response,
		getNodeWebhookUrl: () => url,
		logger: { debug: note('debug'), warn: note('warn'), error: note('error') },
	};

	return { context: context as unknown as IWebhookFunctions & IHookFunctions, response, notes };
}

const repeats = { options: { ignoreRepeats: true } };

test('a setting that can not be read refuses the call without starting anything', async () => {
	for (const broken of [new Error('bad expression'), 'text']) {
		const { context, response, notes } = contextOf({ broken });
		expect(await handleWebhook(context)).toEqual({ noWebhookResponse: true });
		expect(response.statusCode).toBe(500);
		expect(JSON.stringify(response.body)).not.toContain('expression');
		expect(notes[0]).toMatch(/^error: .*can not be read/);
	}
});

test('an event that is filtered out goes to the debug log by its name', async () => {
	const { context, notes } = contextOf({ parameters: { onlyEvents: 'a' }, body: { event: 'b' } });
	expect(await handleWebhook(context)).toEqual({ webhookResponse: { message: 'OK' } });
	expect(notes).toEqual([expect.stringMatching(/^debug: .*"b" is not in Only These Events/)]);
	const unnamed = contextOf({ parameters: { onlyEvents: 'a' }, body: [] });
	await handleWebhook(unnamed.context);
	expect(unnamed.notes[0]).toContain('null is not in');
});

test('an equal body within the window is ignored, later it is taken', async () => {
	const recent = new RecentDeliveries();
	let now = 0;
	const call = async (rawBody: string) =>
		(
			await handleWebhook(
				contextOf({ parameters: repeats, rawBody: Buffer.from(rawBody) }).context,
				recent,
				() => now,
			)
		).workflowData !== undefined;
	expect(await call('{"a":1}')).toBe(true);
	expect(await call('{"a":1}')).toBe(false);
	expect(await call('{"a":2}')).toBe(true);
	now = 10 * 60_000;
	expect(await call('{"a":1}')).toBe(true);
});

test('an equal body at another trigger of the workflow, or at its test address, is no repeat', async () => {
	const recent = new RecentDeliveries();
	const call = async (changes: object) => {
		const { context } = contextOf({ parameters: repeats, body: { a: 1 } });

		return (
			(await handleWebhook(Object.assign(context, changes), recent, () => 0)).workflowData !==
			undefined
		);
	};
	expect(await call({})).toBe(true);
	expect(await call({ getNode: () => ({ id: 'n2', webhookId: 'w2' }) })).toBe(true);
	expect(await call({ getMode: () => 'manual' })).toBe(true);
	expect(await call({ getWorkflow: () => ({ id: 'copy' }) })).toBe(true);
	expect(await call({})).toBe(false);
});

test('where n8n keeps no bytes, the parsed body is compared', async () => {
	const recent = new RecentDeliveries();
	const call = async (body: unknown) =>
		(await handleWebhook(contextOf({ parameters: repeats, body }).context, recent, () => 0))
			.workflowData !== undefined;
	expect([await call({ a: 1 }), await call({ a: 1 }), await call(undefined)]).toEqual([
		true,
		false,
		true,
	]);
});

test('a delivery whose run could not be started is taken when it comes again', async () => {
	const recent = new RecentDeliveries();
	const call = async (answered: number) => {
		const { context, response } = contextOf({ parameters: repeats, body: { a: 1 } });
		const started = (await handleWebhook(context, recent, () => 0)).workflowData !== undefined;
		response.statusCode = answered;
		response.emit('finish');
		return started;
	};
	expect([await call(500), await call(200), await call(200)]).toEqual([true, true, false]);
});

test('also where the sender had hung up before n8n said so', async () => {
	const recent = new RecentDeliveries();
	const call = async () => {
		const { context, response } = contextOf({ parameters: repeats, body: { a: 1 } });
		const started = (await handleWebhook(context, recent, () => 0)).workflowData !== undefined;
		// Node tells of the closed connection, and never that the answer came to its end.
		response.emit('close');
		return { response, started };
	};
	const first = await call();
	expect((await call()).started).toBe(false);
	first.response.statusCode = 500;
	expect((await call()).started).toBe(true);
});

test('an empty id in the address is none', async () => {
	const { context, response } = contextOf({ webhookId: '', body: { event: 'x' } });
	expect(await handleWebhook(context)).toEqual({ noWebhookResponse: true });
	expect(response.statusCode).toBe(403);
});

describe('before publishing', () => {
	test('an open webhook is refused, with what to do', () => {
		const { context } = contextOf({ webhookId: null });
		expect(() => assertSetup(context)).toThrow('The address of this webhook can be guessed');
	});

	test.each<[string | undefined, number]>([
		['https://n8n.example.com/webhook/1', 0],
		['http://localhost:5678/webhook/1', 1],
		[undefined, 0],
	])('the address %s: %s warnings, without its secret part', (url, warnings) => {
		const { context, notes } = contextOf({ url });
		assertSetup(context);
		expect(notes).toHaveLength(warnings);
		expect(notes.join()).not.toContain('webhook/1');
	});

	test('B97: n8n asks at every activation, and nothing is registered or removed in Memberspot', async () => {
		const { checkExists, create, delete: remove } = new MemberspotTrigger().webhookMethods.default;
		const { context } = contextOf({});
		expect([
			await checkExists.call(context),
			await create.call(context),
			await remove.call(context),
		]).toEqual([false, true, true]);
		await expect(create.call(contextOf({ webhookId: null }).context)).rejects.toThrow(
			'can be guessed',
		);
	});
});
