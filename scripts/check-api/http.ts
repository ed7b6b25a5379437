/* eslint-disable @n8n/community-nodes/require-node-api-error -- a tool of the repository, there is no n8n here */
import type { Clock } from '../../nodes/Memberspot/transport/clock';
import { CannotRun, partOf } from './problem';

/** What the check asks. */
export interface Question {
	/** Operation of the contract, for the record and its pace; none for a path that is no operation. */
	operationId?: string;
	method?: 'GET' | 'POST' | 'DELETE';
	/** From the root of the API, parts already percent-encoded. */
	path: string;
	query?: { readonly [name: string]: string };
	body?: object;
	/** The configured key where left out. */
	key?: 'none' | 'wrong';
	/** Sends without keeping the pace, to meet a limit on purpose; a 429 is an answer then. */
	hurry?: boolean;
}

/** An answer as it came, in memory only. */
export interface Answer {
	readonly status: number;
	readonly headers: { readonly [name: string]: string };
	readonly kind: 'json' | 'text' | 'html' | 'none';
	/** The parsed value of JSON; the text otherwise; undefined without a body. */
	readonly value: unknown;
}

/** What the network layer needs to know. */
export interface HttpOptions {
	/** Without /v1 and without a slash at the end. */
	baseUrl: string;
	apiKey: string;
	/** A key that is none. */
	wrongKey: string;
	clock: Pick<Clock, 'now' | 'sleep'>;
	timeoutMs: number;
}

/** The only door to the network. */
export interface Http {
	/** @throws CannotRun when no usable answer comes */
	ask(question: Question): Promise<Answer>;
	/** Requests sent so far. */
	readonly requests: number;
	/** Answers with 429 that came although the pace was kept. */
	readonly tooMany: number;
}

/** Pause between two requests. So no operation is asked more than 4 times a second. */
const PACE_MS = 250;
const MOST_WAITS = 3;
const LONGEST_WAIT_MS = 60_000;
const SHORTEST_WAIT_MS = 2_000;
const LARGEST_BODY = 32 * 1024 * 1024;

/**
 * One request after the other, at most four a second. Redirects are not followed, so that the key
 * stays with the configured host. A 429 says that nothing was done, so it is waited for and asked
 * again; nothing else is ever sent twice.
 */
export function createHttp({ baseUrl, apiKey, wrongKey, clock, timeoutMs }: HttpOptions): Http {
	let next = 0;
	const counters = { requests: 0, tooMany: 0 };

	return {
		get requests() {
			return counters.requests;
		},
		get tooMany() {
			return counters.tooMany;
		},
		async ask(question) {
			for (let waits = 0; ; waits++) {
				if (!question.hurry) await keepPace();
				counters.requests++;
				const answer = await send(question);
				if (answer.status !== 429 || question.hurry) return answer;
				counters.tooMany++;
				if (waits === MOST_WAITS)
					throw new CannotRun(
						`Memberspot answered 429 (too many requests) ${waits + 1} times in a row. Try again later, while nothing else uses the key.`,
					);
				await clock.sleep(waitOf(answer, clock.now(), waits));
			}
		},
	};

	async function keepPace(): Promise<void> {
		const wait = next - clock.now();
		if (wait > 0) await clock.sleep(wait);
		next = clock.now() + PACE_MS;
	}

	async function send({ method = 'GET', path, query, body, key }: Question): Promise<Answer> {
		const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
		try {
			const response = await fetch(`${baseUrl}${path}${search}`, {
				method,
				redirect: 'manual',
				signal: AbortSignal.timeout(timeoutMs),
				headers: {
					accept: 'application/json',
					...(key === 'none' ? {} : { 'x-api-key': key === 'wrong' ? wrongKey : apiKey }),
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const text = await readText(response);
			const headers = Object.fromEntries(response.headers);
			if (response.status >= 300 && response.status < 400)
				throw new CannotRun(
					`${baseUrl} answered with a redirect (${response.status}). It was not followed, so that the key does not reach another host. Set --base-url to the address it leads to.`,
				);

			return { status: response.status, headers, ...bodyOf(text, headers['content-type'] ?? '') };
		} catch (error) {
			if (error instanceof CannotRun) throw error;

			throw new CannotRun(`${baseUrl} can't be reached: ${causeOf(error, timeoutMs)}.`);
		}
	}
}

/** Not every answer says how long it is, so it is counted. */
async function readText(response: Response): Promise<string> {
	if (response.body === null) return '';
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of response.body) {
		length += chunk.byteLength;
		if (length > LARGEST_BODY) throw new CannotRun('An answer was larger than 32 MB.');
		chunks.push(chunk);
	}

	return new TextDecoder().decode(Buffer.concat(chunks));
}

function bodyOf(text: string, type: string): Pick<Answer, 'kind' | 'value'> {
	if (text === '') return { kind: 'none', value: undefined };
	if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return { kind: 'html', value: text };
	try {
		const value: unknown = JSON.parse(text);
		// "ok" is text, `"ok"` is JSON; a bare number as text/html would be neither's fault.
		if (typeof value === 'object' || type.includes('json') || text.trim().startsWith('"'))
			return { kind: 'json', value };
	} catch {
		// Not JSON: a text.
	}

	return { kind: 'text', value: text };
}

function waitOf({ headers }: Answer, now: number, waits: number): number {
	const said = headers['retry-after'];
	const ms =
		said === undefined
			? Number.NaN
			: /^\d+$/.test(said)
				? Number(said) * 1_000
				: Date.parse(said) - now;
	const wanted = Number.isFinite(ms) ? ms : SHORTEST_WAIT_MS * 2 ** waits;

	return Math.min(Math.max(wanted, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

/** Words for a network fault. The fault's own text is not used: it may name addresses. */
function causeOf(error: unknown, timeoutMs: number): string {
	if (partOf(error, 'name') === 'TimeoutError')
		return `no answer within ${timeoutMs / 1_000} seconds`;
	const code = partOf(partOf(error, 'cause'), 'code') ?? '';
	switch (code) {
		case 'ECONNREFUSED':
			return 'the connection was refused';
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return 'its name is not known here';
		case 'ECONNRESET':
		case 'UND_ERR_SOCKET':
			return 'the connection broke';
		default:
			return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)
				? `the connection failed (${code})`
				: 'the connection failed';
	}
}
