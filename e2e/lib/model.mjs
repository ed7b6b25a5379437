/**
 * A language model whose answers a script chooses: a server that speaks OpenAI's two interfaces,
 * chat completions and responses, in one piece and streamed.
 *
 * It shows what a model gets to read and what its calls lead to. Whether a real model would choose
 * the same call is nothing it can show.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import Fastify from 'fastify';
import { onCleanup } from '../../demo/lib/processes.mjs';

/**
 * @typedef {object} OfferedTool a tool as the model gets it
 * @property {string} name
 * @property {string} description
 * @property {object} parameters JSON Schema of its arguments
 */

/**
 * @typedef {object} ToolResult
 * @property {string} tool name of the tool that was called
 * @property {object} arguments it was called with, as n8n tells them back to the model
 * @property {string} text the answer, as the model reads it
 * @property {unknown} value the same, where it is JSON
 */

/**
 * @typedef {object} Turn what the model has before it when it is asked
 * @property {string} interface 'completions' or 'responses'
 * @property {boolean} streamed
 * @property {OfferedTool[]} tools
 * @property {string} system what the instructions say
 * @property {string} asked the last message of a user
 * @property {ToolResult[]} results answers of tools since that message, oldest first
 * @property {object} body the whole request
 */

/** @typedef {{ tool: string, arguments?: object }} ToolCall */

/** @typedef {(turn: Turn) => string | ToolCall | ToolCall[]} Script a text ends the run, calls go on */

/** Starts the server on a free port. Without a script it answers every question with "Done." */
export async function startModel() {
	const apiKey = `sk-scripted-${randomBytes(12).toString('hex')}`;
	/** @type {Script} */
	let script = () => 'Done.';
	/** @type {Turn[]} */
	let turns = [];
	let count = 0;
	const app = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: 20_000_000 });

	app.addHook('onRequest', async (request, reply) => {
		if (request.headers.authorization !== `Bearer ${apiKey}`)
			return reply.status(401).send(problem('Incorrect API key provided', 'invalid_api_key'));
	});
	// A status other than 4xx would make the client of n8n ask again.
	app.setErrorHandler((error, _request, reply) => reply.status(400).send(problem(error.message)));
	app.setNotFoundHandler((request, reply) =>
		reply.status(404).send(problem(`There is no ${request.method} ${request.url} here`)),
	);
	app.get('/v1/models', async () => ({
		object: 'list',
		data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'script' }],
	}));
	for (const dialect of [completions, responses])
		app.post(dialect.path, async ({ body }, reply) => {
			const turn = dialect.read(body);
			turns.push(turn);
			const said = answerOf(await script(turn), turn, ++count);
			if (!turn.streamed) return dialect.whole(said, body);

			return reply
				.type('text/event-stream')
				.send(Readable.from(dialect.events(said, body).map(asEvent)));
		});
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	onCleanup(async () => await app.close());

	return {
		url,
		/** Data of n8n's credential type "openAiApi". */
		credential: { apiKey, url: `${url}/v1`, header: false },
		/** The name to set in n8n's model node. */
		model: MODEL,
		/** @param {Script} next asked for each answer from now on */
		play(next) {
			script = next;
		},
		/** What the model was asked so far, oldest first. The key that came along is not kept. */
		turns: () => [...turns],
		clear() {
			turns = [];
			script = () => 'Done.';
		},
	};
}

/**
 * A script that makes one call after the other, whatever comes back, and then says a text.
 *
 * @param {Array<ToolCall | ToolCall[]>} calls a list within the list is one answer with several calls
 * @param {string} [text]
 * @returns {Script}
 */
export function callInTurn(calls, text = 'Done.') {
	return ({ results }) => {
		let answered = 0;
		for (const call of calls) {
			if (answered >= results.length) return call;
			answered += [call].flat().length;
		}

		return text;
	};
}

const MODEL = 'scripted-model';
const USAGE = { asked: 10, said: 5 };

function problem(message, code = null) {
	return { error: { message, type: 'invalid_request_error', param: null, code } };
}

/** The script's answer, checked: a call of a tool that was not offered is a mistake of the script. */
function answerOf(chosen, { tools }, id) {
	if (typeof chosen === 'string') return { id, text: chosen, calls: [] };
	const calls = [chosen].flat().map(({ tool, arguments: given = {} }, place) => {
		if (!tools.some(({ name }) => name === tool))
			throw new Error(
				`The script calls "${tool}"; offered are: ${tools.map(({ name }) => name).join(', ')}`,
			);

		return { id: `call_${id}_${place}`, name: tool, arguments: JSON.stringify(given) };
	});

	return { id, text: '', calls };
}

function asEvent(event) {
	if (typeof event === 'string') return `data: ${event}\n\n`;

	return `${event.type === undefined ? '' : `event: ${event.type}\n`}data: ${JSON.stringify(event)}\n\n`;
}

/** A content is a text, or a list of parts with texts. */
function textOf(content) {
	if (typeof content === 'string') return content;

	return (content ?? []).map(({ text }) => text ?? '').join('');
}

function valueOf(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Puts the calls and answers after the last user's message together. */
function resultsOf(entries) {
	const calls = new Map();
	const results = [];
	for (const entry of entries) {
		if (entry.kind === 'call') calls.set(entry.id, entry);
		if (entry.kind !== 'answer') continue;
		const call = calls.get(entry.id);
		results.push({
			tool: call?.name ?? '',
			arguments: valueOf(call?.arguments ?? '{}') ?? {},
			text: entry.text,
			value: valueOf(entry.text),
		});
	}

	return results;
}

function turnOf(dialect, body, tools, entries) {
	const lastAsked = entries.findLastIndex(({ kind }) => kind === 'user');
	const texts = (kind) => entries.filter((entry) => entry.kind === kind).map(({ text }) => text);

	return {
		interface: dialect,
		streamed: body.stream === true,
		tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
		system: texts('system').join('\n'),
		asked: texts('user').at(-1) ?? '',
		results: resultsOf(entries.slice(lastAsked + 1)),
		body,
	};
}

/** POST /v1/chat/completions */
const completions = {
	path: '/v1/chat/completions',

	read(body) {
		const entries = body.messages.flatMap((message) => {
			const text = textOf(message.content);
			if (message.role === 'tool') return [{ kind: 'answer', id: message.tool_call_id, text }];
			if (message.role === 'assistant')
				return (message.tool_calls ?? []).map((call) => ({
					kind: 'call',
					id: call.id,
					...call.function,
				}));

			return [{ kind: message.role === 'user' ? 'user' : 'system', text }];
		});
		const tools = (body.tools ?? []).map((tool) => tool.function);

		return turnOf('completions', body, tools, entries);
	},

	whole({ id, text, calls }, { model }) {
		const message = {
			role: 'assistant',
			content: calls.length > 0 ? null : text,
			...(calls.length > 0 && { tool_calls: calls.map(completionCall) }),
		};

		return {
			id: `chatcmpl-${id}`,
			object: 'chat.completion',
			created: 0,
			model,
			choices: [
				{
					index: 0,
					message,
					finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
					logprobs: null,
				},
			],
			usage: completionUsage(),
		};
	},

	events({ id, text, calls }, { model }) {
		const chunk = (choices, more = {}) => ({
			id: `chatcmpl-${id}`,
			object: 'chat.completion.chunk',
			created: 0,
			model,
			choices,
			...more,
		});
		const delta = (part, finish_reason = null) => chunk([{ index: 0, delta: part, finish_reason }]);

		return [
			delta({ role: 'assistant', content: calls.length > 0 ? null : '' }),
			...words(text).map((content) => delta({ content })),
			// A call comes in pieces: its name first, then its arguments.
			...calls.flatMap((call, index) => [
				delta({
					tool_calls: [
						{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
					],
				}),
				delta({ tool_calls: [{ index, function: { arguments: call.arguments } }] }),
			]),
			delta({}, calls.length > 0 ? 'tool_calls' : 'stop'),
			chunk([], { usage: completionUsage() }),
			'[DONE]',
		];
	},
};

function completionCall({ id, name, arguments: given }) {
	return { id, type: 'function', function: { name, arguments: given } };
}

function completionUsage() {
	return {
		prompt_tokens: USAGE.asked,
		completion_tokens: USAGE.said,
		total_tokens: USAGE.asked + USAGE.said,
	};
}

/** POST /v1/responses */
const responses = {
	path: '/v1/responses',

	read(body) {
		const input =
			typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input;
		const entries = input.flatMap((item) => {
			if (item.type === 'function_call') return [{ ...item, kind: 'call', id: item.call_id }];
			if (item.type === 'function_call_output')
				return [{ kind: 'answer', id: item.call_id, text: textOf(item.output) }];
			if (item.role === 'assistant' || item.role === undefined) return [];

			return [{ kind: item.role === 'user' ? 'user' : 'system', text: textOf(item.content) }];
		});
		if (body.instructions) entries.unshift({ kind: 'system', text: body.instructions });

		return turnOf(
			'responses',
			body,
			(body.tools ?? []).filter(({ type }) => type === 'function'),
			entries,
		);
	},

	whole: (said, body) => response(said, body, responseItems(said)),

	events(said, body) {
		const items = responseItems(said);
		const parts = [
			{
				type: 'response.created',
				response: { ...response(said, body, []), status: 'in_progress', usage: null },
			},
			...items.flatMap((item, place) => itemEvents(item, place)),
			{ type: 'response.completed', response: response(said, body, items) },
		];

		return parts.map((part, place) => ({ ...part, sequence_number: place }));
	},
};

function responseItems({ id, text, calls }) {
	if (calls.length > 0)
		return calls.map((call) => ({
			type: 'function_call',
			id: `fc_${call.id}`,
			call_id: call.id,
			name: call.name,
			arguments: call.arguments,
			status: 'completed',
		}));

	return [
		{
			type: 'message',
			id: `msg_${id}`,
			role: 'assistant',
			status: 'completed',
			content: [{ type: 'output_text', text, annotations: [] }],
		},
	];
}

function response({ id, text }, { model, tools = [] }, output) {
	return {
		id: `resp_${id}`,
		object: 'response',
		created_at: 0,
		model,
		status: 'completed',
		output,
		output_text: text,
		usage: {
			input_tokens: USAGE.asked,
			output_tokens: USAGE.said,
			total_tokens: USAGE.asked + USAGE.said,
			input_tokens_details: { cached_tokens: 0 },
			output_tokens_details: { reasoning_tokens: 0 },
		},
		error: null,
		incomplete_details: null,
		instructions: null,
		metadata: {},
		parallel_tool_calls: true,
		tool_choice: 'auto',
		tools,
		temperature: 1,
		top_p: 1,
	};
}

function itemEvents(item, place) {
	const at = { item_id: item.id, output_index: place };
	const done = { type: 'response.output_item.done', output_index: place, item };
	const added = (begun) => ({
		type: 'response.output_item.added',
		output_index: place,
		item: { ...begun, status: 'in_progress' },
	});
	if (item.type === 'function_call')
		return [
			added({ ...item, arguments: '' }),
			{ type: 'response.function_call_arguments.delta', ...at, delta: item.arguments },
			{ type: 'response.function_call_arguments.done', ...at, arguments: item.arguments },
			done,
		];
	const [part] = item.content;
	const inPart = { ...at, content_index: 0 };

	return [
		added({ ...item, content: [] }),
		{ type: 'response.content_part.added', ...inPart, part: { ...part, text: '' } },
		...words(part.text).map((delta) => ({ type: 'response.output_text.delta', ...inPart, delta })),
		{ type: 'response.output_text.done', ...inPart, text: part.text },
		{ type: 'response.content_part.done', ...inPart, part },
		done,
	];
}

/** A text in pieces, as it streams. */
function words(text) {
	return text.match(/\S+\s*/g) ?? [];
}
