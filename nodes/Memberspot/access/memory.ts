import { createHash } from 'node:crypto';
import type { Act } from './plan';
import type { Reading } from './standing';

const FORMAT = '1';
const DAY = 86_400_000;
/** Acts kept. More would make the workflow heavy to load; the newest are worth most. */
const MOST = 20_000;

/** What lists were seen to mean, and can be relied on. */
type Seen = Extract<Reading, 'perOffer' | 'onlyActive'>;

const SEEN: { [word: string]: Seen | undefined } = { rInactive: 'perOffer', rGone: 'onlyActive' };

/**
 * What earlier runs of this node learned: what the lists mean, and which acts the lists have not
 * shown since.
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
	/** What the lists of this school mean, where a run has seen it. */
	reading: Seen | undefined;

	/**
	 * @param text as `toText` made it; anything else is an empty memory
	 * @param scope what sets this school apart from others, for example a hash of the API key
	 */
	constructor(
		text: unknown,
		private readonly scope: string,
	) {
		const [format, school, seen, ...entries] = typeof text === 'string' ? text.split(' ') : [];
		if (format !== FORMAT || school !== this.schoolCode()) return;
		this.reading = SEEN[seen];
		for (const entry of entries) {
			const day = Number.parseInt(entry.slice(13), 36);
			if (/^[gt][\w-]{12}$/.test(entry.slice(0, 13)) && Number.isFinite(day)) this.days.set(entry.slice(0, 13), day);
		}
	}

	/** Number of acts that are remembered. */
	get size(): number {
		return this.days.size;
	}

	has(act: Act): boolean {
		return this.days.size > 0 && this.days.has(this.keyOf(act));
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

		const seen = Object.keys(SEEN).find((word) => SEEN[word] === this.reading) ?? 'r';

		return [FORMAT, this.schoolCode(), seen, ...entries].join(' ');
	}

	/** Another school, or another key, begins with an empty memory. */
	private schoolCode(): string {
		return createHash('sha256').update(this.scope).digest('base64url').slice(0, 12);
	}

	private keyOf({ kind, user, offerId }: Act): string {
		const hash = createHash('sha256').update(JSON.stringify([this.scope, user, offerId])).digest('base64url');

		return `${kind === 'give' ? 'g' : 't'}${hash.slice(0, 12)}`;
	}
}
