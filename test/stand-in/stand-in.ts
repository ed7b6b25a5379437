/* eslint-disable @n8n/community-nodes/require-node-api-error, @n8n/community-nodes/no-restricted-imports -- no n8n here: the stand-in is a server of its own */
import { setMaxListeners } from 'node:events';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refusal, Refusal, type Answer } from './answers';
import { systemClock, type Clock } from './clock';
import { loadContract, type Contract } from './contract';
import { controlRoutes } from './control';
import { FaultBook, type FaultHandle, type FaultSpec } from './faults';
import { generate } from './generator';
import { Limits, type LimitSpec } from './limits';
import { RequestLog, type LogEntry } from './log';
import { forbidden, operations, type Operation } from './operations';
import { School } from './school';
import { playFault, sendAnswer } from './send';
import { assignVariant, defaultVariants, VARIANT_NAMES, type Variants } from './variants';
import { WebhookSender } from './webhooks';

/** How a stand-in is started. */
export interface StandInOptions {
	/** Users of the school, with the fixtures that are always there. 25 where left out. */
	users?: number;
	/** Another seed makes another school of the same size. */
	seed?: number;
	apiKey?: string;
	/** 0 or left out: any free port. */
	port?: number;
	variants?: Partial<Variants>;
	/** The machine's clock where left out. */
	clock?: Clock;
	/** Added to every answer, in milliseconds of the clock. */
	delayMs?: number;
	/** False switches the check against the contract off, for benchmarks. */
	validate?: boolean;
}

/** Called when a request has come and before anything is done. The request waits for it. */
export type RequestListener = (entry: LogEntry) => void | Promise<void>;

/** A running stand-in for Memberspot's API, on the loopback interface only. */
export interface StandIn {
	/** Like http://127.0.0.1:1234, without /v1. */
	readonly url: string;
	readonly apiKey: string;
	/** The state. Reading and changing it from a test is fine, also while requests are under way. */
	readonly school: School;
	/** The switches. They may be set one by one; each request looks at them anew. */
	readonly variants: Variants;
	/** Every request to the API. */
	readonly log: RequestLog;
	/** Plays Memberspot's webhook apps and automations. */
	readonly webhooks: WebhookSender;
	/** Unfaulted answers that broke the contract, and requests that carried the key where it does not belong. */
	readonly violations: string[];
	/** Sets some switches. Throws for a value that a switch does not have. */
	setVariants(variants: Partial<Variants>): void;
	/** Orders a fault. */
	fault(spec: FaultSpec): FaultHandle;
	/** Ends all faults. */
	clearFaults(): void;
	/** Limits requests, all together or of one operation. Beyond it: 429. */
	limit(spec: LimitSpec): void;
	/** Calls back on every request. Returns what ends it. */
	onRequest(listener: RequestListener): () => void;
	/** Back to the generated school and the switches of the start, without log, faults, limits, listeners and webhooks. Violations stay. */
	reset(): void;
	/** Throws when there are violations. */
	assertClean(): void;
	/** Stops the server, ending requests under way. Throws when there are violations. */
	close(): Promise<void>;
}

const BODY_LIMIT = 64 * 1024 * 1024;
/** A shorter key might stand in a request by chance. */
const SHORTEST_SOUGHT_KEY = 8;

/** Starts a stand-in. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
	const contract = await loadContract();
	const server = new Server(contract, options);
	await server.listen(options.port ?? 0);

	return server;
}

/** The stand-in itself, with what only the control routes see. */
export class Server implements StandIn {
	url = '';
	readonly apiKey: string;
	readonly school: School;
	readonly variants: Variants;
	readonly log = new RequestLog();
	readonly violations: string[] = [];
	private readonly clock: Clock;
	private readonly app: FastifyInstance;
	readonly faults = new FaultBook();
	readonly limits: Limits;
	readonly webhooks: WebhookSender;
	private readonly ownLimits: Limits;
	private readonly listeners = new Set<RequestListener>();
	private readonly closing = new AbortController();
	private readonly closed: Promise<void>;
	private inFlight = 0;
	private requests = 0;

	constructor(
		private readonly contract: Contract,
		private readonly options: StandInOptions,
	) {
		this.apiKey = options.apiKey ?? 'stand-in-key-4f9a27c1';
		this.clock = options.clock ?? systemClock;
		this.school = new School(this.clock);
		this.webhooks = new WebhookSender(this.school, this.clock);
		this.variants = defaultVariants();
		this.limits = new Limits(this.clock);
		this.ownLimits = new Limits(this.clock);
		// Every answer that is held back listens for the end. However many they are, that is no leak.
		setMaxListeners(0, this.closing.signal);
		this.closed = new Promise((resolve) =>
			this.closing.signal.addEventListener('abort', () => resolve()),
		);
		this.app = this.makeApp();
		this.reset();
	}

	async listen(port: number): Promise<void> {
		await this.app.listen({ host: '127.0.0.1', port });
		this.url = this.app.listeningOrigin;
	}

	setVariants(variants: Partial<Variants>): void {
		for (const name of VARIANT_NAMES)
			if (variants[name] !== undefined) assignVariant(this.variants, name, variants[name]);
		this.configure();
	}

	fault(spec: FaultSpec): FaultHandle {
		return this.faults.add(spec);
	}

	clearFaults(): void {
		this.faults.clear();
	}

	limit(spec: LimitSpec): void {
		this.limits.set(spec);
	}

	onRequest(listener: RequestListener): () => void {
		this.listeners.add(listener);

		return () => this.listeners.delete(listener);
	}

	reset(): void {
		this.faults.clear();
		this.limits.clear();
		this.ownLimits.clear();
		this.ownLimits.set({ operationId: 'getCourseProgress', perSecond: 4 });
		this.listeners.clear();
		this.webhooks.reset();
		this.log.clear();
		this.requests = 0;
		this.setVariants({ ...defaultVariants(), ...this.options.variants });
		generate(this.school, { users: this.options.users ?? 25, seed: this.options.seed ?? 1 });
	}

	assertClean(): void {
		if (this.violations.length > 0)
			throw new Error(
				`The contract was broken ${this.violations.length} times:\n${this.violations.join('\n')}`,
			);
	}

	async close(): Promise<void> {
		this.closing.abort();
		this.faults.clear();
		this.webhooks.reset();
		await this.app.close();
		this.assertClean();
	}

	private configure(): void {
		this.school.configure({
			activeAfterTerm: this.variants.activeAfterTerm,
			lateDeletion: this.variants.deletionDelay === 'late',
			removalDeletesProgress: this.variants.removalDeletesProgress === 'deletesProgress',
		});
	}

	private makeApp(): FastifyInstance {
		const app = fastify({
			forceCloseConnections: true,
			bodyLimit: BODY_LIMIT,
			exposeHeadRoutes: false,
			routerOptions: { maxParamLength: 2_000 },
			frameworkErrors: (_error, _request, reply) =>
				sendAnswer(reply, refusal(new Refusal(400, 'Bad Request'), 'nest')),
		});
		// Bodies are read as text, so that a broken one is answered as the API's framework would.
		app.removeAllContentTypeParsers();
		app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
			done(null, body),
		);
		for (const { id, method, path } of this.contract.operations) {
			const operation = operations[id];
			if (operation === undefined)
				throw new Error(`the contract has an operation that the stand-in does not play: ${id}`);
			app.route({
				method: method === 'DELETE' ? 'DELETE' : method === 'POST' ? 'POST' : 'GET',
				url: path.replace(/\{(\w+)\}/g, ':$1'),
				handler: async (request, reply) => await this.serve(request, reply, id, operation),
			});
		}
		// A mistake of the stand-in, or of a listener. The test that met it must not pass.
		app.setErrorHandler((error, request, reply) => {
			this.violations.push(
				`${request.method} ${request.routeOptions.url ?? ''} failed within the stand-in: ${String(error)}`,
			);
			sendAnswer(reply, refusal(new Refusal(500, 'Internal server error'), 'nest'));
		});
		app.setNotFoundHandler(async (request, reply) => await this.serve(request, reply, null));

		app.register(async (scope) => await controlRoutes(scope, this), { prefix: '/__control' });

		return app;
	}

	private async serve(
		request: FastifyRequest,
		reply: FastifyReply,
		operationId: string | null,
		operation?: Operation,
	): Promise<FastifyReply> {
		const entry = this.note(request, reply, operationId);
		for (const listener of this.listeners) await listener(entry);
		if (this.options.delayMs) await this.wait(this.options.delayMs);

		const seconds = this.limits.take(operationId) ?? this.ownLimit(operationId);
		if (seconds !== undefined) return this.answer(entry, reply, this.tooMany(seconds));

		const { delays, fault } = this.faults.take(entry);
		const kinds = [...delays, ...(fault === undefined ? [] : [fault])].map(({ spec }) => spec.kind);
		if (kinds.length > 0) entry.fault = kinds.join('+');

		for (const { spec, afterWork } of delays)
			if (spec.kind === 'latency' && !afterWork) await this.wait(spec.ms);
		const work = () =>
			this.work(entry, request, fault?.isPaging ? fault.rewrite(entry) : entry.query, operation);
		const answer = fault === undefined || fault.isPaging || fault.afterWork ? work() : undefined;
		for (const { spec, afterWork } of delays)
			if (spec.kind === 'latency' && afterWork) await this.wait(spec.ms);

		if (answer !== undefined && (fault === undefined || fault.isPaging)) {
			return this.answer(
				entry,
				reply,
				fault === undefined ? answer : fault.repeatRow(entry, answer),
			);
		}
		if (fault !== undefined) {
			entry.status = fault.status;
			if (fault.spec.kind !== 'hang') this.finish(entry);
			await playFault(reply, fault, answer, this.clock, this.closed);
		}

		return reply;
	}

	/** Does what the request asks for. */
	private work(
		entry: LogEntry,
		request: FastifyRequest,
		query: LogEntry['query'],
		operation?: Operation,
	): Answer {
		try {
			if (operation === undefined || entry.operationId === null) throw unknownRoute(request);
			const params = paramsOf(request);
			if (Object.values(params).includes('')) throw unknownRoute(request);
			this.checkKey(entry);
			const stripped =
				entry.operationId === 'deleteUsers' && this.variants.deleteBodyStripped === 'stripped';
			const body = stripped ? undefined : entry.body;
			if (typeof body === 'string') throw new Refusal(400, 'Unexpected token in JSON');
			this.checkRequest(entry.operationId, request, query, body);

			this.configure();
			return operation({
				school: this.school,
				variants: this.variants,
				path: params,
				query,
				body,
				method: request.method,
			});
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;

			return refusal(error, this.variants.errorMessageForm);
		}
	}

	private checkKey(entry: LogEntry): void {
		if (entry.headers['x-api-key'] !== 'present') {
			throw this.variants.wrongKeyStatus === '401' ? new Refusal(401, 'Unauthorized') : forbidden();
		}
		if (this.variants.apiPlan === 'missing') throw forbidden();
	}

	private checkRequest(
		operationId: string,
		request: FastifyRequest,
		query: LogEntry['query'],
		body: unknown,
	): void {
		if (this.options.validate === false) return;
		const problems = this.contract.problemsOfRequest(operationId, {
			method: request.method,
			path: pathOf(request),
			query: { ...query },
			// The framework makes an empty object of a missing body.
			body: request.method === 'GET' ? undefined : (body ?? {}),
		});
		if (problems.length > 0) throw new Refusal(400, problems);
	}

	private answer(entry: LogEntry, reply: FastifyReply, answer: Answer): FastifyReply {
		const { operationId } = entry;
		const { status, body } = answer;
		if (operationId !== null && this.options.validate !== false) {
			const checked = {
				status,
				contentType: { json: 'application/json', text: 'text/html', none: undefined }[body.kind],
				value: body.kind === 'json' ? body.value : body.kind === 'text' ? body.text : null,
			};
			const problems = this.contract.problemsOfAnswer(operationId, checked);
			if (problems.length > 0) {
				this.violations.push(`${operationId} answered ${status}: ${problems.join('; ')}`);
			}
		}
		entry.status = status;
		this.finish(entry);
		sendAnswer(reply, answer);

		return reply;
	}

	private ownLimit(operationId: string | null): number | undefined {
		return this.variants.courseProgressLimit === 'none'
			? undefined
			: this.ownLimits.take(operationId);
	}

	private tooMany(seconds: number): Answer {
		const answer = refusal(
			new Refusal(429, 'ThrottlerException: Too Many Requests'),
			this.variants.errorMessageForm,
		);
		if (this.variants.retryAfter === 'missing') return answer;
		const value =
			this.variants.retryAfter === 'seconds'
				? String(seconds)
				: new Date(this.clock.now() + seconds * 1_000).toUTCString();

		return { ...answer, headers: { 'retry-after': value } };
	}

	private async wait(ms: number): Promise<void> {
		await this.clock.sleep(ms, this.closing.signal);
	}

	/** Takes the request down, without the key. */
	private note(request: FastifyRequest, reply: FastifyReply, operationId: string | null): LogEntry {
		const raw = typeof request.body === 'string' ? request.body : '';
		if (this.apiKey.length >= SHORTEST_SOUGHT_KEY) {
			for (const [where, value] of [
				['address', request.raw.url ?? ''],
				['body', raw],
			] as const) {
				if (value.includes(this.apiKey))
					this.violations.push(
						`${request.method} ${operationId ?? '(unknown path)'}: the key stands in the ${where}`,
					);
			}
		}
		const entry: LogEntry = {
			n: ++this.requests,
			operationId,
			method: request.method,
			path: this.withoutKey(decoded(pathOf(request))),
			query: queryOf(request, (value) => this.withoutKey(value)),
			headers: this.headersOf(request),
			body: parseBody(this.withoutKey(raw)),
			start: this.clock.now(),
			status: null,
			inFlight: ++this.inFlight,
		};
		this.log.add(entry);
		reply.raw.once('close', () => this.finish(entry));

		return entry;
	}

	/**
	 * Notes that a request is over. That is before the answer is on its way: once it is, the client may
	 * look into the log, or send the next request.
	 */
	private finish(entry: LogEntry): void {
		if (entry.end !== undefined) return;
		entry.end = this.clock.now();
		this.inFlight--;
	}

	private headersOf(request: FastifyRequest): LogEntry['headers'] {
		const headers: { [name: string]: string } = { 'x-api-key': 'missing' };
		for (const [name, value] of Object.entries(request.headers)) {
			const whole = Array.isArray(value) ? value.join(', ') : (value ?? '');
			if (name === 'x-api-key') headers[name] = whole === this.apiKey ? 'present' : 'wrong';
			else headers[name] = this.withoutKey(whole);
		}

		return headers;
	}

	private withoutKey(value: string): string {
		return value.split(this.apiKey).join('[the key]');
	}
}

function unknownRoute(request: FastifyRequest): Refusal {
	return new Refusal(404, `Cannot ${request.method} ${decoded(pathOf(request))}`);
}

function pathOf(request: FastifyRequest): string {
	return (request.raw.url ?? '').split('?')[0];
}

function decoded(path: string): string {
	return path
		.split('/')
		.map((part) => decodePart(part))
		.join('/');
}

function decodePart(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

function paramsOf(request: FastifyRequest): { [name: string]: string } {
	return textsOf(request.params, (value) => value);
}

function queryOf(request: FastifyRequest, clean: (value: string) => string): LogEntry['query'] {
	const query: { [name: string]: string | string[] } = {};
	if (typeof request.query !== 'object' || request.query === null) return query;
	for (const [name, value] of Object.entries(request.query)) {
		query[name] = Array.isArray(value)
			? value.map((one) => clean(String(one)))
			: clean(String(value));
	}

	return query;
}

function textsOf(value: unknown, clean: (value: string) => string): { [name: string]: string } {
	if (typeof value !== 'object' || value === null) return {};

	return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(String(one))]));
}

function parseBody(raw: string): unknown {
	if (raw === '') return undefined;
	try {
		return JSON.parse(raw);
	} catch {
		return raw;
	}
}
