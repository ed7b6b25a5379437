import type { RetryClass } from './contract/endpoints';
import type { Failure } from './failure';

/** Longest pause we choose ourselves. A longer one is taken only when the server asks for it. */
const LONGEST_OWN_WAIT_MS = 30_000;
const FIRST_WAIT_MS = 500;
/** A pause that the server asks for is kept to the letter from this length on. */
const SHORTEST_BELIEVED_WAIT_MS = 1_000;
/** A longer one is a mistake: everything under the same key would have to wait for it. */
const LONGEST_BELIEVED_WAIT_MS = 86_400_000;

/** What to do after a failed attempt. */
export type RetryDecision = { retry: true; waitMs: number } | { retry: false };

/** Everything the decision depends on. */
export interface RetryQuestion {
	failure: Failure;
	retryClass: RetryClass;
	/** How many attempts have been made, from 1. */
	attempt: number;
	/** Milliseconds since the first attempt began. */
	elapsedMs: number;
	/** "Give Up After" in milliseconds. */
	budgetMs: number;
	/** From 0 (included) to 1 (excluded). */
	random: number;
}

/**
 * Decides whether a failed request is sent again, and after which pause.
 *
 * The class comes from the contract (`x-retry`). A request that surely never left, and one that was
 * refused with 429 or with 503 and a Retry-After, was not carried out: those are repeated for every
 * class. Anything whose answer may have been lost is repeated for `repeatable` only, since a second
 * grant could restart a term, and a second removal could hit an access that was bought again.
 *
 * A pause that would go beyond the budget ends the tries.
 */
export function decideRetry(question: RetryQuestion): RetryDecision {
	const { failure, retryClass, attempt, elapsedMs, budgetMs, random } = question;

	if (!mayRepeat(failure, retryClass)) return { retry: false };

	// A wait of nothing (or until a moment that is over by our clock) would send thousands of requests
	// to a server that is busy already.
	const asked = failure.retryAfterMs ?? 0;
	const waitMs = asked < SHORTEST_BELIEVED_WAIT_MS ? Math.max(asked, ownWaitMs(attempt, random)) : asked;

	return elapsedMs + waitMs > budgetMs ? { retry: false } : { retry: true, waitMs };
}

function mayRepeat(failure: Failure, retryClass: RetryClass): boolean {
	switch (failure.kind) {
		case 'unreachable':
		case 'rateLimited':
			return true;
		case 'serverError':
			if (failure.status === 503 && failure.retryAfterMs !== undefined) return true;
			return retryClass === 'repeatable' && [502, 503, 504].includes(failure.status ?? 0);
		case 'timeout':
		case 'connectionLost':
			return retryClass === 'repeatable';
		default:
			return false;
	}
}

/**
 * Capped exponential back-off with jitter: half of the pause is fixed, half is drawn, so that many
 * waiting requests do not come back at the same moment.
 */
export function ownWaitMs(attempt: number, random: number): number {
	const full = Math.min(LONGEST_OWN_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16));

	return Math.round(full / 2 + (full / 2) * random);
}

/**
 * Reads a Retry-After header (RFC 9110: seconds, or an HTTP date).
 *
 * @returns milliseconds from `now`, or undefined when the header is missing, can't be read, or asks
 * for more than a day
 */
export function readRetryAfter(header: unknown, now: number): number | undefined {
	const waitMs = retryAfterMs(header, now);

	return waitMs !== undefined && waitMs <= LONGEST_BELIEVED_WAIT_MS ? waitMs : undefined;
}

function retryAfterMs(header: unknown, now: number): number | undefined {
	const text = Array.isArray(header) ? String(header[0]) : header;
	if (typeof text === 'number') return text >= 0 ? text * 1000 : undefined;
	if (typeof text !== 'string') return undefined;

	const trimmed = text.trim();
	if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
	// Only the date forms of HTTP: Date.parse alone would read "5x" or "-3" as some year.
	if (!/^[A-Za-z]{3,9},? /.test(trimmed)) return undefined;

	const date = Date.parse(trimmed);

	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
