import fc from 'fast-check';
import type { Failure } from '../../nodes/Memberspot/transport/failure';
import { decideRetry, ownWaitMs, readRetryAfter } from '../../nodes/Memberspot/transport/retry';

const NOW = Date.UTC(2026, 0, 1, 12);

function failure(part: Partial<Failure>): Failure {
	return { kind: 'serverError', method: 'POST', path: '/v1/x', host: 'api.example.com', attempts: 1, maybeDone: true, ...part };
}

function decide(part: Partial<Failure>, retryClass: Parameters<typeof decideRetry>[0]['retryClass'], more: Partial<Parameters<typeof decideRetry>[0]> = {}) {
	return decideRetry({ failure: failure(part), retryClass, attempt: 1, elapsedMs: 0, budgetMs: 120_000, random: 0.5, ...more });
}

describe('readRetryAfter', () => {
	test.each<[unknown, number | undefined]>([
		['2', 2_000],
		[' 30 ', 30_000],
		['0', 0],
		['1.5', 1_500],
		[3, 3_000],
		[-3, undefined],
		[['4', '9'], 4_000],
		['Thu, 01 Jan 2026 12:00:10 GMT', 10_000],
		['Thu, 01 Jan 2026 11:00:00 GMT', 0],
		['abc', undefined],
		['-3', undefined],
		['5x', undefined],
		['', undefined],
		['Thu, not a date', undefined],
		[undefined, undefined],
		[null, undefined],
	])('%p is %p ms', (header, ms) => {
		expect(readRetryAfter(header, NOW)).toBe(ms);
	});

	test('no header at all makes it throw or give a negative wait', () => {
		fc.assert(
			fc.property(fc.anything(), (header) => {
				const ms = readRetryAfter(header, NOW);
				expect(ms === undefined || ms >= 0).toBe(true);
			}),
		);
	});
});

describe('decideRetry', () => {
	const lost: Array<Partial<Failure>> = [{ kind: 'timeout' }, { kind: 'connectionLost' }, { kind: 'serverError', status: 502 }, { kind: 'serverError', status: 503 }, { kind: 'serverError', status: 504 }];

	test.each(lost)('an answer that may be lost (%p) is repeated for repeatable calls only', (part) => {
		expect(decide(part, 'repeatable').retry).toBe(true);
		expect(decide(part, 'readBack').retry).toBe(false);
		expect(decide(part, 'never').retry).toBe(false);
	});

	const refused: Array<Partial<Failure>> = [{ kind: 'rateLimited', status: 429 }, { kind: 'unreachable' }, { kind: 'serverError', status: 503, retryAfterMs: 1_000 }];

	test.each(refused)('what surely was not carried out (%p) is repeated for every class', (part) => {
		for (const retryClass of ['repeatable', 'readBack', 'never'] as const) expect(decide(part, retryClass).retry).toBe(true);
	});

	test('a Retry-After makes a refusal of 503 alone: a 502 with it may have been carried out', () => {
		for (const status of [500, 502, 504]) for (const retryClass of ['readBack', 'never'] as const) expect(decide({ status, retryAfterMs: 1_000 }, retryClass).retry).toBe(false);
	});

	const final: Array<Partial<Failure>> = [
		{ kind: 'unauthorized' }, { kind: 'forbidden' }, { kind: 'notFound' }, { kind: 'invalid' }, { kind: 'redirect' }, { kind: 'html' },
		{ kind: 'brokenJson' }, { kind: 'unexpectedAnswer' }, { kind: 'cancelled' }, { kind: 'otherStatus', status: 409 }, { kind: 'serverError', status: 500 },
	];

	test.each(final)('%p is never repeated', (part) => {
		expect(decide(part, 'repeatable').retry).toBe(false);
	});

	test('the wait the server asks for outranks our own', () => {
		expect(decide({ kind: 'rateLimited', retryAfterMs: 30_000 }, 'never')).toEqual({ retry: true, waitMs: 30_000 });
	});

	test('a wait beyond the budget ends the tries', () => {
		expect(decide({ kind: 'rateLimited', retryAfterMs: 121_000 }, 'repeatable').retry).toBe(false);
		expect(decide({ kind: 'timeout' }, 'repeatable', { elapsedMs: 119_900 }).retry).toBe(false);
	});
});

test('our own waits grow, stay within the cap, and are never less than half of it', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
			const full = Math.min(30_000, 500 * 2 ** Math.min(attempt - 1, 16));
			const wait = ownWaitMs(attempt, random);
			expect(wait).toBeGreaterThanOrEqual(Math.floor(full / 2));
			expect(wait).toBeLessThanOrEqual(full);
		}),
	);
	expect([1, 2, 3, 4].map((attempt) => ownWaitMs(attempt, 0))).toEqual([250, 500, 1_000, 2_000]);
});
