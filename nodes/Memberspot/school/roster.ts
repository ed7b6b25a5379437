import { emailKey } from '../values/email';
import { passOn, type ReadPage } from '../transport';
import type { User } from './types';

/**
 * How a member stands in the list of users of an offer.
 *
 * What this proves is limited, since it is not documented whether `active` speaks of the user or of
 * the access, nor whether users with paused access are listed at all.
 */
export type Listing = { listed: true; active: boolean | undefined } | { listed: false } | { listed: undefined };

/**
 * The users of one offer, read page by page and only as far as needed, and kept for the run: many
 * items can ask without reading the list many times.
 */
export class Roster {
	private readonly seen = new Map<string, boolean | undefined>();
	private complete = false;
	private reading: Promise<void> = Promise.resolve();
	private broken: { reason: unknown } | undefined;

	/** @param pages the pages of the list, at most as many as may be read */
	constructor(private pages: AsyncGenerator<ReadPage<User>, void, undefined>) {}

	/** Whether a page could not be read, so that nothing more can be learned from these pages. */
	get isBroken(): boolean {
		return this.broken !== undefined;
	}

	/** Goes on with the list from its beginning, after a page could not be read. What was seen is kept. */
	restart(pages: AsyncGenerator<ReadPage<User>, void, undefined>): void {
		this.pages = pages;
		this.broken = undefined;
	}

	/**
	 * Looks for a member. `listed: undefined` when the pages that may be read did not suffice.
	 *
	 * @throws RequestFailed when a page can't be read. Whoever asks after that gets the same failure,
	 * until `restart`: a list that broke off must not look like one that is longer than allowed.
	 */
	async find(email: string): Promise<Listing> {
		const key = emailKey(email);
		// One reader at a time: whoever comes second looks at what the first has read.
		const turn = this.reading.then(async () => await this.readUntil(key));
		this.reading = turn.catch(() => undefined);
		await turn;
		if (this.seen.has(key)) return { listed: true, active: this.seen.get(key) };

		return this.complete ? { listed: false } : { listed: undefined };
	}

	/**
	 * Makes the list be read once more for whoever has not been seen in it: after a grant whose answer
	 * was lost it may be out of date.
	 */
	doubt(pages: AsyncGenerator<ReadPage<User>, void, undefined>): void {
		this.restart(pages);
		this.complete = false;
	}

	/** Whether the member has been seen already, so that asking costs nothing. */
	knows(email: string): boolean {
		return this.seen.has(emailKey(email));
	}

	/** Notes what this run itself has done, so that the next item for the same member sees it. */
	note(email: string, active: boolean): void {
		this.seen.set(emailKey(email), active);
	}

	private async readUntil(key: string): Promise<void> {
		while (!this.seen.has(key) && !this.complete) {
			if (this.broken !== undefined) throw passOn(this.broken.reason);
			const { pages } = this;
			const page = await this.nextPage();
			// Begun anew in the meantime: what the old list says of its end does not count.
			if (pages !== this.pages) continue;
			if (page.done) return;
			for (const { email, raw } of page.value.rows) {
				if (!this.seen.has(emailKey(email))) this.seen.set(emailKey(email), typeof raw.active === 'boolean' ? raw.active : undefined);
			}
			this.complete = page.value.last;
		}
	}

	private async nextPage() {
		try {
			return await this.pages.next();
		} catch (reason) {
			this.broken = { reason };
			throw passOn(reason);
		}
	}
}
