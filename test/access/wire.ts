import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { BulkOperation, Entry, Operation, Row, Run } from '../../nodes/Memberspot/actions/operation';
import { Params } from '../../nodes/Memberspot/actions/params';
import { openSchool } from '../../nodes/Memberspot/school';
import { createClient, DEFAULT_SETTINGS, type HttpAnswer, type HttpRequest } from '../../nodes/Memberspot/transport/client';
import { endpoints, type OperationId } from '../../nodes/Memberspot/transport/contract/endpoints';
import { readCredential } from '../../nodes/Memberspot/transport/credential';
import { PaceBook } from '../../nodes/Memberspot/transport/pacing';
import { Refusal, refusal } from '../stand-in/answers';
import { operations } from '../stand-in/operations';
import type { School } from '../stand-in/school';
import { defaultVariants, type Variants } from '../stand-in/variants';
import { FakeClock } from '../support/clock';

/** A request that reached the school. */
export interface Sent {
	id: OperationId;
	/** From 0. */
	number: number;
	method: string;
	path: string;
	query: { [name: string]: string };
	body?: { [name: string]: unknown };
}

/**
 * What happens to a request: nothing, an answer instead of the work, the loss of the answer after
 * the work, or the end of the process before or after it.
 */
export type Fate = undefined | { status: number; retryAfter?: string } | 'lostBefore' | 'lostAfter' | 'htmlAfter' | 'killBefore' | 'killAfter';

/** A run of an operation against the state of a school, without a socket. */
export interface WireSpec {
	school: School;
	variants?: Partial<Variants>;
	clock?: FakeClock;
	/** Parameters for each item. */
	items: IDataObject[];
	/** What n8n keeps with the workflow. Changed by the run, unless it is killed. */
	kept?: { text?: string };
	stopOnError?: boolean;
	fate?(sent: Sent): Fate;
	/** How long the answer to a request takes, in milliseconds of the clock. At once where left out. */
	delayMs?(sent: Sent): number;
}

/** What came of a run. */
export interface WireResult {
	rows: IDataObject[];
	/** Rows with the index of their item, as reported. */
	links: Array<{ item: number; json: IDataObject }>;
	errors: Array<{ item: number; error: unknown }>;
	hints: string[];
	sent: Sent[];
	/** Requests that change something, those that failed included. */
	writes: Sent[];
	/** What ended the whole run. */
	stopped?: unknown;
	killed: boolean;
}

const ROUTES = Object.values(endpoints).map(({ id, method, path }) => {
	const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

	return { id, method, names, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`) };
});

/**
 * Runs an operation through the real client, with the stand-in's own operations behind it. Fast
 * enough for thousands of schools; what only sockets and n8n do is tested elsewhere.
 */
export async function overWire(operation: Operation, spec: WireSpec): Promise<WireResult> {
	const clock = spec.clock ?? new FakeClock(spec.school.clock.now());
	const variants = { ...defaultVariants(), ...spec.variants };
	const controller = new AbortController();
	const result: WireResult = { rows: [], links: [], errors: [], hints: [], sent: [], writes: [], killed: false };
	const send = async (request: HttpRequest): Promise<HttpAnswer> => {
		const { sent, params } = match(request, result.sent.length);
		result.sent.push(sent);
		if (sent.method !== 'GET') result.writes.push(sent);
		const fate = spec.fate?.(sent);
		const delayMs = spec.delayMs?.(sent);
		if (delayMs !== undefined) await clock.sleep(delayMs, controller.signal);
		if (result.killed || fate === 'killBefore') return kill();
		if (typeof fate === 'object') return { status: fate.status, headers: fate.retryAfter === undefined ? {} : { 'retry-after': fate.retryAfter }, text: JSON.stringify({ statusCode: fate.status, message: 'fault' }) };
		if (fate === 'lostBefore') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
		const answer = work(spec.school, variants, sent, params);
		if (fate === 'killAfter') return kill();
		if (fate === 'lostAfter') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
		if (fate === 'htmlAfter') return { status: 200, headers: {}, text: '<html>proxy</html>' };

		return answer;
	};
	const kill = (): never => {
		result.killed = true;
		controller.abort();
		throw new Error('killed');
	};
	const client = createClient({
		send,
		credential: readCredential({ apiKey: 'wire-key', baseUrl: 'https://api.example.com', allowedActions: 'fullAccess' }),
		settings: { ...DEFAULT_SETTINGS, maxParallel: 3 },
		clock,
		paces: new PaceBook(clock),
		signal: controller.signal,
	});
	const context = contextOf(spec.items);
	const options = new Params(context, 0).options();
	const kept = { text: spec.kept?.text };
	const run: Run = {
		client,
		school: openSchool(client),
		options,
		isTool: false,
		dryRun: options.boolean('dryRun', 'Dry Run', false),
		stopOnError: spec.stopOnError === true,
		itemCount: spec.items.length,
		memory: new Map(),
		kept: { read: () => kept.text, write: (text) => (kept.text = text) },
		hint: (message) => result.hints.push(message),
	};
	await clock.run(
		operation.bind({
			items: async () => await Promise.reject(new Error('not a bulk operation')),
			bulk: async (bulk) => await runBulk(bulk, run, context, spec.items.length, result),
		}),
	);
	if (!result.killed && spec.kept !== undefined) spec.kept.text = kept.text;

	return result;
}

async function runBulk<Input>(bulk: BulkOperation<Input>, run: Run, context: IExecuteFunctions, count: number, result: WireResult): Promise<Row[]> {
	const entries: Array<Entry<Input>> = [];
	for (let item = 0; item < count; item++) {
		try {
			entries.push({ item, input: bulk.read(new Params(context, item)) });
		} catch (error) {
			result.errors.push({ item, error });
		}
	}
	try {
		await bulk.run(run, entries, (row) => {
			if ('error' in row) result.errors.push(row);
			else {
				result.rows.push(row.json);
				result.links.push(row);
			}
		});
	} catch (error) {
		result.stopped = error;
	}

	return [];
}

function match(request: HttpRequest, number: number): { sent: Sent; params: { [name: string]: string } } {
	const path = new URL(request.url).pathname;
	for (const { id, method, names, pattern } of ROUTES) {
		const found = method === request.method ? pattern.exec(path) : null;
		if (found === null) continue;
		const params = Object.fromEntries(names.map((name, place) => [name, decodeURIComponent(found[place + 1])]));

		return { sent: { id, number, method, path: decodeURIComponent(path), query: request.query, body: withoutUndefined(request.body) }, params };
	}
	throw new Error(`no route for ${request.method} ${path}`);
}

function withoutUndefined(body: HttpRequest['body']): Sent['body'] {
	return body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as Sent['body']);
}

function work(school: School, variants: Variants, { id, method, query, body }: Sent, path: { [name: string]: string }): HttpAnswer {
	const operation = operations[id];
	if (operation === undefined) throw new Error(`the stand-in has no ${id}`);
	let answer;
	try {
		answer = operation({ school, variants, path, query, body, method });
	} catch (error) {
		if (!(error instanceof Refusal)) return { status: 599, headers: {}, text: String(error) };
		answer = refusal(error, variants.errorMessageForm);
	}
	const { status, body: content } = answer;

	return { status, headers: {}, text: content.kind === 'json' ? JSON.stringify(content.value) : content.kind === 'text' ? content.text : '' };
}

/** Only what reading parameters takes. */
function contextOf(items: readonly IDataObject[]): IExecuteFunctions {
	const context = {
		getNodeParameter: (name: string, item: number, fallback?: unknown) => items[item]?.[name] ?? fallback,
		getInputData: () => items.map((json) => ({ json })),
		getNode: () => ({}),
	};

	return context as unknown as IExecuteFunctions;
}

