import { isRecord } from '../values/text';
import { isErrorInDisguise, readApiMessage, readBody, type Body } from './answer';
import type { Clock } from './clock';
import type { Endpoint, OperationId, RequestBody, RetryClass } from './contract/endpoints';
import type { Credential } from './credential';
import { DryRunStop, RequestFailed, type Failure } from './failure';
import { PRIORITY, type PaceBook, type Priority } from './pacing';
import { fillPath, type PathValues } from './path';
import { decideRetry, readRetryAfter } from './retry';
import { Slots } from './slots';

/** A request as it is handed to n8n's request helper. The key is added there, never here. */
export interface HttpRequest {
	method: Endpoint['method'];
	url: string;
	query: { [name: string]: string };
	body?: { [name: string]: unknown };
	timeoutMs: number;
	signal?: AbortSignal;
}

/** An answer as it came: the body is text, whatever its type. */
export interface HttpAnswer {
	status: number;
	headers: { [name: string]: unknown };
	text: string;
}

/** Sends one request. Rejects only when there is no answer at all. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** How a run sends its requests, from the node's options. */
export interface ClientSettings {
	/** For one attempt, in milliseconds. */
	timeoutMs: number;
	/** Most requests of this run under way at once. */
	maxParallel: number;
	/** The user's own limit; undefined lets the pace find its own. */
	requestsPerSecond?: number;
	/** Longest time for one request with all its pauses and repeats, in milliseconds. */
	giveUpAfterMs: number;
}

/** The values used where the user sets none. */
export const DEFAULT_SETTINGS: ClientSettings = { timeoutMs: 30_000, maxParallel: 5, giveUpAfterMs: 120_000 };

/** The body that the contract allows for an endpoint. */
type BodyOf<Id extends OperationId> = Id extends OperationId ? RequestBody<Id> : never;

/** One call of an endpoint. */
export interface Call<Id extends OperationId = OperationId> {
	path?: PathValues;
	query?: { [name: string]: string | undefined };
	/** Typed by the contract, so that a wrong or missing field does not compile. */
	body?: BodyOf<Id>;
	/** Bulk reads step back behind everything else that waits for a turn. */
	bulk?: boolean;
	/** Told about every attempt, for reports. */
	onAttempt?(attempt: AttemptRecord): void;
}

/** What is noted about an attempt: enough for a report, and nothing that is secret. */
export interface AttemptRecord {
	operationId: Endpoint['id'];
	method: string;
	path: string;
	attempt: number;
	/** HTTP status, or the kind of failure where there was no answer. */
	result: number | string;
}

/** A usable answer. */
export interface Answer {
	status: number;
	body: Exclude<Body, { kind: 'html' } | { kind: 'brokenJson' }>;
	attempts: number;
}

/** Everything a client is made of. */
export interface ClientParts {
	send: Send;
	credential: Credential;
	settings: ClientSettings;
	clock: Clock;
	paces: PaceBook;
	/** The execution's cancel signal. */
	signal?: AbortSignal;
	/** Lets no write out, whatever the operation does. */
	dryRun?: boolean;
}

/** The only door to the API: paced, with time limits, repeated only where that is safe. */
export interface Client {
	readonly credential: Credential;
	readonly clock: Clock;
	readonly settings: ClientSettings;
	readonly signal?: AbortSignal;
	/**
	 * Calls an endpoint.
	 *
	 * @throws RequestFailed with the facts, when there is no usable answer
	 * @throws DryRunStop instead of sending a write, while Dry Run is on
	 */
	call<E extends Endpoint>(endpoint: E, call?: Call<E['id']>): Promise<Answer>;
}

/** Faults after which the request surely did not reach the server. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL']);
/** The same, but only while the connection is made: a connection that is in use can break off with them. */
const NOT_CONNECTED = new Set(['EHOSTUNREACH', 'ENETUNREACH']);
/**
 * Node's check of the server's certificate, which comes before the request. Codes that begin with
 * ERR_SSL are of the encryption itself: those come in the middle of an answer too, and in TLS 1.3 the
 * server's refusal of a connection can come after the request.
 */
const CERTIFICATE = /^(?!ERR_SSL).*(?:CERT|SELF_SIGNED|UNABLE_TO_VERIFY)/;
const TIMEOUT = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Makes a client for one run of a node. */
export function createClient(parts: ClientParts): Client {
	const { credential, settings, clock, signal } = parts;
	const slots = new Slots(settings.maxParallel, signal);

	return {
		credential,
		clock,
		settings,
		signal,
		async call(endpoint, call = {}) {
			const path = fillPath(endpoint.path, call.path ?? {});
			if (parts.dryRun && isWrite(endpoint)) throw new DryRunStop({ method: endpoint.method, path, body: call.body });
			const retryClass = retryClassOf(endpoint, call);
			const priority = priorityOf(endpoint, call);
			const pace = parts.paces.get(credential.keyHash, endpoint.pace.group, endpoint.pace.perSecond);
			const began = clock.now();
			const facts = { method: endpoint.method, path, host: credential.host };

			for (let attempt = 1; ; attempt++) {
				const outcome = await slots.use(async () => {
					const turn = await pace.turn({
						priority,
						perSecond: settings.requestsPerSecond,
						longestPauseMs: Math.max(0, settings.giveUpAfterMs - (attempt === 1 ? 0 : clock.now() - began)),
						signal,
					});
					if (!turn.go) {
						return turn.reason === 'cancelled'
							? cancelled(facts, attempt - 1)
							: fail({ ...facts, kind: 'rateLimited', retryAfterMs: turn.pauseMs, attempts: attempt - 1, maybeDone: false });
					}
					const sent = await sendOnce(parts, endpoint, call, facts, attempt);
					turn.answered();

					return sent;
				});
				if (outcome === undefined) throw new RequestFailed(cancelled(facts, attempt - 1).failure);
				if (outcome.ok) {
					call.onAttempt?.(record(endpoint, facts.path, attempt, outcome.answer.status));
					return outcome.answer;
				}
				const { failure } = outcome;
				if (failure.attempts === attempt) call.onAttempt?.(record(endpoint, facts.path, attempt, failure.status ?? failure.kind));

				const decision = decideRetry({
					failure,
					retryClass,
					attempt,
					elapsedMs: clock.now() - began,
					budgetMs: settings.giveUpAfterMs,
					random: clock.random(),
				});
				if (!decision.retry) {
					if (failure.kind === 'rateLimited' && failure.attempts === attempt) pace.refused(failure.retryAfterMs ?? 0);
					throw new RequestFailed(failure);
				}
				if (failure.kind === 'rateLimited') pace.refused(decision.waitMs);
				else await clock.sleep(decision.waitMs, signal);
				if (signal?.aborted) throw new RequestFailed({ ...failure, kind: 'cancelled' });
			}
		},
	};
}

type Outcome = { ok: true; answer: Answer } | { ok: false; failure: Failure };
type Facts = Pick<Failure, 'method' | 'path' | 'host'>;

async function sendOnce(parts: ClientParts, endpoint: Endpoint, call: Call, facts: Facts, attempt: number): Promise<Outcome> {
	if (parts.signal?.aborted) return cancelled(facts, attempt - 1);
	const request: HttpRequest = {
		method: endpoint.method,
		url: `${parts.credential.baseUrl}${facts.path}`,
		query: withoutEmpty(call.query ?? {}),
		body: call.body,
		timeoutMs: parts.settings.timeoutMs,
		signal: parts.signal,
	};
	let answer: HttpAnswer;
	try {
		answer = await parts.send(request);
	} catch (error) {
		if (parts.signal?.aborted) return cancelled(facts, attempt, true);
		const fault = networkFault(error);
		return fail({ ...facts, kind: networkKind(fault), code: fault.code, attempts: attempt, maybeDone: !neverLeft(fault) });
	}

	return judge(answer, endpoint, parts, facts, attempt);
}

function judge(answer: HttpAnswer, endpoint: Endpoint, parts: ClientParts, facts: Facts, attempt: number): Outcome {
	const { status } = answer;
	const body = readBody(answer.text);
	const said = readApiMessage(body);
	const known = { ...facts, status, attempts: attempt, apiMessage: said === undefined ? undefined : parts.credential.redact(said) };

	if (status >= 200 && status < 300) {
		if (body.kind === 'html' || body.kind === 'brokenJson') return fail({ ...known, kind: body.kind, maybeDone: true, apiMessage: undefined });
		if (body.kind === 'json' && isErrorInDisguise(body.value)) return fail({ ...known, kind: 'unexpectedAnswer', maybeDone: true });
		// A plain text instead of data is an answer for a write (`ok`) or a token, never for a read.
		if (body.kind === 'text' && endpoint.method === 'GET' && endpoint.id !== 'createLoginToken') {
			return fail({ ...known, kind: 'unexpectedAnswer', maybeDone: true });
		}

		return { ok: true, answer: { status, body, attempts: attempt } };
	}
	if (status >= 300 && status < 400) return fail({ ...known, kind: 'redirect', maybeDone: false });

	// Not "this user is unknown" but "this address is unknown": a wrong Base URL must never be read as
	// a member who is not there.
	if (status === 404 && (body.kind === 'html' || /^Cannot (GET|POST|DELETE) /.test(said ?? ''))) {
		return fail({ ...known, kind: 'unknownRoute', maybeDone: false });
	}

	const retryAfterMs = status === 429 || status >= 500 ? readRetryAfter(answer.headers['retry-after'], parts.clock.now()) : undefined;

	return fail({
		...known,
		kind: STATUS_KINDS[status] ?? (status >= 500 ? 'serverError' : 'otherStatus'),
		retryAfterMs,
		note: body.kind === 'html' ? 'A gateway or proxy answered with a web page instead of the API.' : undefined,
		// A 4xx is a refusal. After a 5xx the work may have been done before the fault, except where
		// the server says that it takes no work now.
		maybeDone: status >= 500 && !(status === 503 && retryAfterMs !== undefined),
	});
}

const STATUS_KINDS: { [status: number]: Failure['kind'] } = {
	400: 'invalid',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'notFound',
	422: 'invalid',
	429: 'rateLimited',
};

/** A login token is asked for with GET, but whoever has it is signed in: it counts as a write. */
function isWrite(endpoint: Endpoint): boolean {
	return endpoint.method !== 'GET' || endpoint.id === 'createLoginToken';
}

function retryClassOf(endpoint: Endpoint, call: Call): RetryClass {
	const { retry } = endpoint;

	const withoutActive = 'withoutActive' in retry ? retry.withoutActive : undefined;

	const hasActive = call.body !== undefined && 'active' in call.body && call.body.active !== undefined;

	return hasActive ? retry.default : (withoutActive ?? retry.default);
}

function priorityOf(endpoint: Endpoint, call: Call): Priority {
	if (call.bulk) return PRIORITY.bulkRead;

	return endpoint.method === 'GET' ? PRIORITY.read : PRIORITY.write;
}

function fail(failure: Failure): { ok: false; failure: Failure } {
	return { ok: false, failure };
}

function cancelled(facts: Facts, attempts: number, maybeDone = false): { ok: false; failure: Failure } {
	return fail({ ...facts, kind: 'cancelled', attempts, maybeDone });
}

function record(endpoint: Endpoint, path: string, attempt: number, result: number | string): AttemptRecord {
	return { operationId: endpoint.id, method: endpoint.method, path, attempt, result };
}

/** A network fault: its code, and whether it came while the connection was made. */
interface NetworkFault {
	code: string;
	connecting: boolean;
}

function networkKind(fault: NetworkFault): Failure['kind'] {
	if (TIMEOUT.has(fault.code)) return 'timeout';

	return neverLeft(fault) ? 'unreachable' : 'connectionLost';
}

function neverLeft({ code, connecting }: NetworkFault): boolean {
	return NEVER_LEFT.has(code) || CERTIFICATE.test(code) || (connecting && NOT_CONNECTED.has(code));
}

/**
 * What a network fault was. n8n wraps the fault (more than once, by version), and the wrapper may
 * carry the request with the key in it, so only the code is taken along, and which call to the system
 * it was.
 */
function networkFault(error: unknown): NetworkFault {
	let code: string | undefined;
	let connecting = false;
	let current = error;
	for (let depth = 0; isRecord(current) && depth < 6; depth++) {
		for (const candidate of [current.code, current.httpCode]) {
			if (typeof candidate === 'string' && /^[A-Z][A-Z0-9_]+$/.test(candidate)) code ??= candidate;
		}
		// Several errors at once are of several addresses that Node tried to connect to.
		if (current.syscall === 'connect' || Array.isArray(current.errors)) connecting = true;
		current = current.cause;
	}

	return { code: code ?? 'UNKNOWN', connecting };
}

function withoutEmpty(query: { [name: string]: string | undefined }): { [name: string]: string } {
	const kept: { [name: string]: string } = {};
	for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') kept[name] = value;

	return kept;
}
