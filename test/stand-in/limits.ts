import type { Clock } from './clock';

/** A limit on requests. */
export interface LimitSpec {
	/** Requests in a second. */
	perSecond: number;
	/** Only for this operation; otherwise for all together. */
	operationId?: string;
	/** Length of the sliding window in milliseconds; 1000 where left out. */
	windowMs?: number;
	/** Retry-After of the answer, in seconds; where left out, until the next request fits in. */
	retryAfter?: number;
}

/** Counts requests in sliding windows. A request that is refused does not count. */
export class Limits {
	private readonly rules = new Map<string, { spec: LimitSpec; taken: number[] }>();

	constructor(private readonly clock: Clock) {}

	/** Adds a limit, or replaces the one for the same operation (or for all). */
	set(spec: LimitSpec): void {
		this.rules.set(spec.operationId ?? '', { spec, taken: [] });
	}

	clear(): void {
		this.rules.clear();
	}

	get specs(): LimitSpec[] {
		return [...this.rules.values()].map(({ spec }) => spec);
	}

	/** Takes a request on, or says after how many seconds to come back. */
	take(operationId: string | null): number | undefined {
		const now = this.clock.now();
		const rules = [
			this.rules.get(''),
			operationId === null ? undefined : this.rules.get(operationId),
		].filter((rule) => rule !== undefined);
		for (const { spec, taken } of rules) {
			const windowMs = spec.windowMs ?? 1_000;
			while (taken.length > 0 && taken[0] <= now - windowMs) taken.shift();
			const most = Math.max(1, Math.floor((spec.perSecond * windowMs) / 1_000));
			if (taken.length >= most)
				return spec.retryAfter ?? Math.ceil((taken[0] + windowMs - now) / 1_000);
		}
		for (const { taken } of rules) taken.push(now);

		return undefined;
	}
}
