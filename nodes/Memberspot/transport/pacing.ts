import type { Clock } from './clock';

/**
 * A second as the pace counts it. Starts are spread over a little more than 1,000 ms because
 * requests do not all take the same time to arrive: with windows of exactly one second some of them
 * share a window at the server and are refused.
 */
const WINDOW_MS = 1_050;
/** What the window has for the way of a request to the server. */
const MARGIN_MS = WINDOW_MS - 1_000;
/** Longest way that is reckoned with beyond the margin: an answer that takes longer was slow to make. */
const LONGEST_WAY_MS = 200;
/** After a refusal the pace is doubled again for every quiet stretch of this length. */
const RECOVERY_MS = 5_000;
/** From this pace on an automatic limit is dropped. */
const FAST_ENOUGH_PER_SECOND = 64;

/** How many starts are remembered: more than any limit per second that a user can set. */
const STARTS_KEPT = 256;
/** The highest "Requests per Second" a user can set. */
export const FASTEST_PER_SECOND = 100;

/** Who goes first when several requests wait: a single write before reads, and bulk reads last. */
export const PRIORITY = { write: 0, read: 1, bulkRead: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** What a caller asks of the pace. */
export interface Turn {
	priority: Priority;
	/** The caller's own limit per second, if it has one. */
	perSecond?: number;
	/** Longest pause the caller accepts when the group has been told to wait, in milliseconds. */
	longestPauseMs: number;
	signal?: AbortSignal;
}

/**
 * `go`: send now, and call `answered` when the answer is there or the request has failed.
 * `cancelled`: the execution was stopped. `tooLong`: the group pauses for longer than the caller accepts.
 */
export type TurnResult = { go: true; answered(): void } | { go: false; reason: 'cancelled' } | { go: false; reason: 'tooLong'; pauseMs: number };

interface Waiter extends Turn {
	resolve(result: TurnResult): void;
}

/** A request that was let go. */
interface Start {
	at: number;
	/** From when it fills a place in the window. */
	countedFrom: number;
}

/**
 * The pace of one group of endpoints under one API key: who may start a request, and when.
 *
 * It knows a fixed limit (from the contract), the caller's limit, and one learned from refusals:
 * after a 429 everybody in the group waits as long as the server asked, then goes on at half the
 * pace, which doubles again with every quiet stretch.
 */
export class Pace {
	private readonly queue: Waiter[] = [];
	private readonly starts: Start[] = [];
	private readonly heard = new WeakSet<AbortSignal>();
	private pausedUntil = 0;
	private learned: { perSecond: number; since: number } | undefined;
	private pumping = false;
	private wake = new AbortController();

	constructor(
		private readonly clock: Clock,
		private readonly fixedPerSecond?: number,
	) {}

	/** Waits for a turn. Never rejects. */
	async turn(turn: Turn): Promise<TurnResult> {
		if (turn.signal?.aborted) return { go: false, reason: 'cancelled' };

		this.listenTo(turn.signal);

		return await new Promise<TurnResult>((resolve) => {
			const waiter: Waiter = { ...turn, resolve };
			const place = this.queue.findIndex((other) => other.priority > waiter.priority);
			this.queue.splice(place < 0 ? this.queue.length : place, 0, waiter);
			this.wake.abort();
			void this.pump();
		});
	}

	/**
	 * Lets the waiters of a signal go when it is aborted. One listener for each signal, however many
	 * wait: Node warns of a leak from the eleventh on.
	 */
	private listenTo(signal: AbortSignal | undefined): void {
		if (signal === undefined || this.heard.has(signal)) return;
		this.heard.add(signal);
		signal.addEventListener(
			'abort',
			() => {
				for (const waiter of this.queue.filter((other) => other.signal === signal)) this.leave(waiter, { go: false, reason: 'cancelled' });
			},
			{ once: true },
		);
	}

	/** Tells the pace that the server refused a request because there were too many. */
	refused(waitMs: number): void {
		const now = this.clock.now();
		// Refusals of requests that were under way together count as one: they say the same thing.
		if (this.pausedUntil <= now) {
			const seen = Math.max(1, this.startsSince(now - WINDOW_MS));
			const current = this.limitAt(now) ?? seen;
			this.learned = { perSecond: Math.max(1, Math.floor(Math.min(current, seen) / 2)), since: now };
		}
		this.pausedUntil = Math.max(this.pausedUntil, now + waitMs);
		if (this.learned) this.learned.since = this.pausedUntil;
		this.wake.abort();
	}

	private async pump(): Promise<void> {
		if (this.pumping) return;
		this.pumping = true;
		for (let head = this.queue[0]; head !== undefined; head = this.queue[0]) {
			const now = this.clock.now();
			const pauseMs = this.pausedUntil - now;
			if (pauseMs > head.longestPauseMs) {
				this.leave(head, { go: false, reason: 'tooLong', pauseMs });
				continue;
			}
			const waitMs = Math.max(pauseMs, this.waitForWindow(head, now));
			if (waitMs > 0) {
				if (this.wake.signal.aborted) this.wake = new AbortController();
				await this.clock.sleep(waitMs, this.wake.signal);
				continue;
			}
			const start = this.remember(now);
			this.leave(head, { go: true, answered: () => this.answered(start) });
		}
		this.pumping = false;
	}

	private leave(waiter: Waiter, result: TurnResult): void {
		this.queue.splice(this.queue.indexOf(waiter), 1);
		waiter.resolve(result);
	}

	private waitForWindow(waiter: Waiter, now: number): number {
		const limits = [this.limitAt(now), waiter.perSecond].filter((limit) => limit !== undefined);
		if (limits.length === 0) return 0;

		const limit = Math.min(...limits);
		// Below one a second the window grows instead of the count.
		const count = Math.max(1, Math.floor(limit));
		const windowMs = limit < 1 ? WINDOW_MS / limit : WINDOW_MS;
		// A start may count from later than the one after it, so more of them are looked at than can decide.
		const counted = this.starts.slice(-2 * count).map(({ countedFrom }) => countedFrom);
		const deciding = counted.sort((a, b) => b - a).at(count - 1);

		return deciding === undefined ? 0 : deciding + windowMs - now;
	}

	/** Notes a start, and forgets those that no limit can need any more. */
	private remember(now: number): Start {
		const start = { at: now, countedFrom: now };
		this.starts.push(start);
		if (this.starts.length > 2 * STARTS_KEPT) this.starts.splice(0, STARTS_KEPT);

		return start;
	}

	/**
	 * Counts a request from when the server can have seen it. That matters for the first ones of a
	 * process, which take much longer to get there than those that follow: counted from their start,
	 * both would share a second at the server.
	 */
	private answered(start: Start): void {
		const beyondMarginMs = this.clock.now() - start.at - MARGIN_MS;
		start.countedFrom = start.at + Math.min(LONGEST_WAY_MS, Math.max(0, beyondMarginMs));
	}

	private startsSince(time: number): number {
		let count = 0;
		for (let i = this.starts.length - 1; i >= 0 && this.starts[i].at > time; i--) count++;

		return count;
	}

	private limitAt(now: number): number | undefined {
		if (this.learned === undefined) return this.fixedPerSecond;

		const doublings = Math.floor(Math.max(0, now - this.learned.since) / RECOVERY_MS);
		const recovered = this.learned.perSecond * 2 ** Math.min(doublings, 16);
		const ceiling = this.fixedPerSecond ?? FAST_ENOUGH_PER_SECOND;
		if (recovered < ceiling) return recovered;

		this.learned = undefined;

		return this.fixedPerSecond;
	}
}

/**
 * The paces of this process, by API key (as a hash) and group, so that executions running side by
 * side share one budget.
 *
 * It is an optimisation only: several workers have one each, and a hot reload may make a second
 * one. Correctness rests on the answer 429, which is honoured everywhere.
 */
export class PaceBook {
	private readonly paces = new Map<string, Pace>();

	constructor(private readonly clock: Clock) {}

	/** The pace of a group under a key. `keyHash` never is the key itself. */
	get(keyHash: string, group: string, perSecond?: number): Pace {
		const name = `${keyHash}/${group}`;
		let pace = this.paces.get(name);
		if (pace === undefined) {
			pace = new Pace(this.clock, perSecond);
			this.paces.set(name, pace);
		}

		return pace;
	}
}
