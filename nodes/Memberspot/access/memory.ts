import { createHash } from 'node:crypto';
import type { Act } from './plan';

const FORMAT = '1';
const DAY = 86_400_000;
/** Acts kept. More would make the workflow heavy to load; the newest are worth most. */
const MOST = 20_000;

/**
 * What earlier runs of this node did and the lists have not shown since.
 *
 * Some acts leave no trace: an access whose term has ended in Memberspot may stay off when it is
 * switched on, and a paused access may be listed like any other. Without memory they would be done
 * again with every run. It holds hashes and days only, no address.
 *
 * n8n keeps it with the workflow, but drops it after a manual run.
 */
export class ActMemory {
	/** Hash of the act and the day on which it was done. */
	private readonly days = new Map<string, number>();

	/**
	 * @param text as `toText` made it; anything else is an empty memory
	 * @param scope what sets this school apart from others, for example a hash of the API key
	 */
	constructor(
		text: unknown,
		private readonly scope: string,
	) {
		const [format, ...entries] = typeof text === 'string' ? text.split(' ') : [];
		if (format !== FORMAT) return;
		for (const entry of entries) {
			const day = Number.parseInt(entry.slice(13), 36);
			if (/^[gt][\w-]{12}$/.test(entry.slice(0, 13)) && Number.isFinite(day)) this.days.set(entry.slice(0, 13), day);
		}
	}

	get size(): number {
		return this.days.size;
	}

	has(act: Act): boolean {
		return this.days.size > 0 && this.days.has(this.keyOf(act));
	}

	/** The day on which an act was done, as a date; undefined when it is not remembered. */
	dayOf(act: Act): string | undefined {
		const day = this.days.get(this.keyOf(act));

		return day === undefined ? undefined : new Date(day * DAY).toISOString().slice(0, 10);
	}

	/** @param now milliseconds since 1970 */
	add(act: Act, now: number): void {
		this.days.delete(this.keyOf(act));
		this.days.set(this.keyOf(act), Math.floor(now / DAY));
	}

	forget(act: Act): void {
		if (this.days.size > 0) this.days.delete(this.keyOf(act));
	}

	toText(): string {
		const entries = [...this.days].slice(-MOST).map(([key, day]) => `${key}${day.toString(36)}`);

		return [FORMAT, ...entries].join(' ');
	}

	private keyOf({ kind, user, offerId }: Act): string {
		const hash = createHash('sha256').update(JSON.stringify([this.scope, user, offerId])).digest('base64url');

		return `${kind === 'give' ? 'g' : 't'}${hash.slice(0, 12)}`;
	}
}
