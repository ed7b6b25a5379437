/** Most deliveries remembered in one process, whatever the number of triggers. */
const REMEMBERED = 10_000;

/**
 * Deliveries seen lately in this process, by a key that names trigger and body.
 *
 * Memory is bounded: the oldest go first. Other processes (n8n's webhook processors, a second main)
 * remember for themselves, so a double that reaches another process is not noticed.
 */
export class RecentDeliveries {
	private readonly seen = new Map<string, Seen>();

	constructor(private readonly most = REMEMBERED) {}

	/** Number of deliveries remembered. */
	get size(): number {
		return this.seen.size;
	}

	/**
	 * Notes a delivery.
	 *
	 * @param now milliseconds since 1970
	 * @param cameToNothing tells, when the same one comes again, that this one has come to nothing, so
	 *   that its repeat is taken
	 * @returns whether the same one was noted within `windowMs` milliseconds
	 */
	isRepeat(key: string, now: number, windowMs: number, cameToNothing?: () => boolean): boolean {
		const before = this.seen.get(key);
		// A clock that was set back must not make every equal body a repeat until it has caught up.
		const isRecent = before !== undefined && Math.abs(now - before.at) < windowMs;
		if (isRecent && before.cameToNothing?.() !== true) return true;

		this.seen.delete(key);
		this.seen.set(key, { at: now, cameToNothing });
		for (const oldest of this.seen.keys()) {
			if (this.seen.size <= this.most) break;
			this.seen.delete(oldest);
		}

		return false;
	}

	/** Forgets how to ask whether a delivery came to nothing: it did not. */
	settle(key: string): void {
		const seen = this.seen.get(key);
		if (seen !== undefined) seen.cameToNothing = undefined;
	}
}

interface Seen {
	/** Milliseconds since 1970. */
	at: number;
	cameToNothing?: () => boolean;
}
