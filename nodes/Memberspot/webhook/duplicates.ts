/** Most deliveries remembered in one process, whatever the number of triggers. */
const REMEMBERED = 10_000;

/**
 * Deliveries seen lately in this process, by a key that names trigger and body.
 *
 * Memory is bounded: the oldest go first. Other processes (n8n's webhook processors, a second main)
 * remember for themselves, so a double that reaches another process is not noticed.
 */
export class RecentDeliveries {
	private readonly seen = new Map<string, number>();

	constructor(private readonly most = REMEMBERED) {}

	/** Number of deliveries remembered. */
	get size(): number {
		return this.seen.size;
	}

	/**
	 * Notes a delivery.
	 *
	 * @param now milliseconds since 1970
	 * @returns whether the same one was noted within the last `windowMs` milliseconds
	 */
	isRepeat(key: string, now: number, windowMs: number): boolean {
		const before = this.seen.get(key);
		if (before !== undefined && now - before < windowMs) return true;

		this.seen.delete(key);
		this.seen.set(key, now);
		for (const oldest of this.seen.keys()) {
			if (this.seen.size <= this.most) break;
			this.seen.delete(oldest);
		}

		return false;
	}

	/** Forgets a delivery that came to nothing, so that its repeat is taken. */
	forget(key: string): void {
		this.seen.delete(key);
	}
}
