/* eslint-disable @n8n/community-nodes/no-restricted-globals -- the fake clock lets the event loop turn between two moments */
import type { Clock } from '../../nodes/Memberspot/transport/clock';

interface Sleeper {
	at: number;
	wake(): void;
}

/**
 * A clock that moves only when everybody waits for it.
 *
 * `run` drives a promise to its end: whenever the event loop has nothing left to do, the clock jumps
 * to the next sleeper. So a pause of minutes takes no time, and its length can be read off `now`.
 */
export class FakeClock implements Clock {
	/** Every pause that was asked for, in milliseconds. */
	readonly pauses: number[] = [];
	private readonly sleepers: Sleeper[] = [];
	private time: number;
	private readonly started: number;

	constructor(start = Date.UTC(2026, 0, 1), private readonly draw = () => 0.5) {
		this.time = start;
		this.started = start;
	}

	now(): number {
		return this.time;
	}

	/** Milliseconds since the clock was made. */
	get elapsed(): number {
		return this.time - this.started;
	}

	random(): number {
		return this.draw();
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return;
		this.pauses.push(ms);
		await new Promise<void>((resolve) => {
			const onAbort = () => {
				this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
				resolve();
			};
			const sleeper: Sleeper = {
				at: this.time + Math.max(0, ms),
				wake: () => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				},
			};
			signal?.addEventListener('abort', onAbort, { once: true });
			this.sleepers.push(sleeper);
		});
	}

	/** Moves the clock by hand and wakes whoever is due. */
	async advance(ms: number): Promise<void> {
		const until = this.time + ms;
		for (let next = this.earliest(); next !== undefined && next.at <= until; next = this.earliest()) {
			this.wake(next);
			await turns(5);
		}
		this.time = until;
		await turns(5);
	}

	/**
	 * Runs until the promise settles, jumping over every pause.
	 *
	 * @param busy says that something outside the clock is under way, for example a request
	 */
	async run<T>(promise: Promise<T>, busy: () => boolean = () => false): Promise<T> {
		let settled = false;
		const watched = promise.finally(() => {
			settled = true;
		});
		watched.catch(() => undefined);
		while (!settled) {
			await turns(5);
			if (settled || busy()) continue;
			const next = this.earliest();
			if (next !== undefined) this.wake(next);
		}

		return await watched;
	}

	private earliest(): Sleeper | undefined {
		return this.sleepers.reduce<Sleeper | undefined>((first, other) => (first === undefined || other.at < first.at ? other : first), undefined);
	}

	private wake(sleeper: Sleeper): void {
		this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
		this.time = Math.max(this.time, sleeper.at);
		sleeper.wake();
	}
}

/** Lets the event loop turn, so that promises and sockets can go on. */
export async function turns(count: number): Promise<void> {
	for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
