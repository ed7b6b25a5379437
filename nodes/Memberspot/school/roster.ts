import { emailKey } from '../values/email';
import type { ReadPage } from '../transport';
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

	/** @param pages the pages of the list, at most as many as may be read */
	constructor(private readonly pages: AsyncGenerator<ReadPage<User>, void, undefined>) {}

	/** Looks for a member. `listed: undefined` when the pages that may be read did not suffice. */
	async find(email: string): Promise<Listing> {
		const key = emailKey(email);
		// One reader at a time: whoever comes second looks at what the first has read.
		const turn = this.reading.then(async () => await this.readUntil(key));
		this.reading = turn.catch(() => undefined);
		await turn;
		if (this.seen.has(key)) return { listed: true, active: this.seen.get(key) };

		return this.complete ? { listed: false } : { listed: undefined };
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
			const page = await this.pages.next();
			if (page.done) return;
			for (const { email, raw } of page.value.rows) {
				if (!this.seen.has(emailKey(email))) this.seen.set(emailKey(email), typeof raw.active === 'boolean' ? raw.active : undefined);
			}
			this.complete = page.value.last;
		}
	}
}
