import type { School, User } from '../school';
import type { Call, ReadPage } from '../transport';
import { emailKey } from '../values/email';
import { isJsonObject } from '../values/json';
import type { Listing, Witness } from './standing';

/** A member, put together from all rows that were read. */
export interface Member {
	uid?: string;
	/** As Memberspot writes it; empty where it gives none. */
	email: string;
	/** `active` of the member's own record, or of the list without an offer. */
	own?: boolean;
	/** Values of the custom properties, by id or name. */
	properties?: { readonly [key: string]: unknown };
}

/** One list, read as far as needed. */
class Pages {
	readonly flags = new Map<Member, boolean | undefined>();
	complete = false;
	count = 0;
	/** When its last page was read; milliseconds since 1970. */
	readAt: number | undefined;

	constructor(readonly pages: AsyncGenerator<ReadPage<User>, void, undefined>) {}
}

/** What reading has cost so far. */
export interface Cost {
	pages: number;
	lookUps: number;
}

/**
 * Everything this run has read about members and the lists they stand in. Each list is read once,
 * and only as far as somebody needs it.
 */
export class Directory {
	readonly cost: Cost = { pages: 0, lookUps: 0 };
	private readonly uids = new Map<string, Member>();
	private readonly emails = new Map<string, Member[]>();
	private readonly offers = new Map<string, Pages>();
	private readonly unknownEmails = new Set<string>();
	private all: Pages | undefined;

	/** @param maxPages most pages to read of one list */
	constructor(
		private readonly school: School,
		private readonly maxPages: number,
	) {}

	/** Members by e-mail. Two spellings may be two members in Memberspot. */
	byEmail(email: string): readonly Member[] {
		return this.emails.get(emailKey(email)) ?? [];
	}

	byUid(uid: string): Member | undefined {
		return this.uids.get(uid);
	}

	/** Whether the look-up, or the whole list of users, showed that there is no such e-mail. */
	isUnknown(email: string): boolean {
		return this.unknownEmails.has(emailKey(email)) || (this.all?.complete === true && this.byEmail(email).length === 0);
	}

	/** Whether the whole list of users was read. */
	get knowsEveryone(): boolean {
		return this.all?.complete === true;
	}

	/** The members of the list without an offer, as far as it was read. */
	everyone(): Iterable<Member> {
		return this.all?.flags.keys() ?? [];
	}

	/** The members in an offer's list, as far as it was read. */
	inOffer(offerId: string): Iterable<Member> {
		return this.offers.get(offerId)?.flags.keys() ?? [];
	}

	/** When the list of an offer was read; milliseconds since 1970. */
	readAt(offerId: string): number | undefined {
		return this.offers.get(offerId)?.readAt;
	}

	/** Whether the list of an offer was read to its end. */
	isComplete(offerId: string): boolean {
		return this.offers.get(offerId)?.complete === true;
	}

	/** How a member stands in the list of an offer. A member nobody has seen stands in no list that was read to its end. */
	listing(member: Member | undefined, offerId: string): Listing {
		const list = this.offers.get(offerId);
		if (list === undefined) return 'notSettled';
		if (member === undefined || !list.flags.has(member)) return list.complete ? 'notListed' : 'notSettled';
		const flag = list.flags.get(member);

		return flag === undefined ? 'listed' : flag ? 'listedActive' : 'listedInactive';
	}

	/** What was read, for proof of what `active` means. */
	*witnesses(): Iterable<Witness & { email: string }> {
		const flags = new Map<Member, boolean[]>();
		for (const list of this.offers.values()) {
			for (const [member, flag] of list.flags) {
				if (flag === undefined) continue;
				const before = flags.get(member);
				if (before === undefined) flags.set(member, [flag]);
				else before.push(flag);
			}
		}
		for (const [member, seen] of flags) yield { email: member.email, flags: seen, own: member.own };
	}

	/** Members that a list shows as inactive and whose own record has not been read. At most `count`. */
	listedInactive(count: number): Member[] {
		const found = new Set<Member>();
		for (const list of this.offers.values()) {
			for (const [member, flag] of list.flags) {
				if (flag === false && member.own === undefined) found.add(member);
				if (found.size >= count) return [...found];
			}
		}

		return [...found];
	}

	/**
	 * Reads an offer's list, on from where it was left.
	 *
	 * @param enough asked after each page; the list is read to its end without it
	 * @throws RequestFailed when a page can't be read: a part must not be taken for the whole
	 */
	async readOffer(offerId: string, enough: () => boolean = () => false): Promise<void> {
		let list = this.offers.get(offerId);
		if (list === undefined) {
			list = new Pages(this.school.users({ offerId }, { maxPages: this.maxPages }));
			this.offers.set(offerId, list);
		}
		await this.read(list, enough, false);
	}

	/** Reads the list of all users, on from where it was left. */
	async readEveryone(enough: () => boolean = () => false): Promise<void> {
		this.all ??= new Pages(this.school.users({}, { maxPages: this.maxPages }));
		await this.read(this.all, enough, true);
	}

	/**
	 * Looks a member up by e-mail.
	 *
	 * @returns false where the plan refuses the look-up
	 */
	async lookUp(email: string, onAttempt?: Call['onAttempt']): Promise<boolean> {
		const found = await this.school.lookUp(email, onAttempt);
		if (found === undefined) return false;
		this.cost.lookUps++;
		if (found.found) this.see(found.user, true);
		else this.unknownEmails.add(emailKey(email));

		return true;
	}

	private async read(list: Pages, enough: () => boolean, own: boolean): Promise<void> {
		while (!list.complete && !enough()) {
			const page = await list.pages.next();
			if (page.done) return;
			this.cost.pages++;
			list.count++;
			list.readAt = this.school.client.clock.now();
			for (const user of page.value.rows) {
				const member = this.see(user, own);
				if (!list.flags.has(member)) list.flags.set(member, flagOf(user));
			}
			list.complete = page.value.last;
		}
	}

	/** Finds the member of a row, or makes one, and adds what the row says. */
	private see(user: User, own: boolean): Member {
		const member = this.memberOf(user);
		if (own) member.own ??= flagOf(user);
		const properties = user.raw.customUserProperties;
		if (isJsonObject(properties)) member.properties ??= properties;

		return member;
	}

	private memberOf({ uid, email }: User): Member {
		const known = uid === undefined ? undefined : this.uids.get(uid);
		if (known !== undefined) {
			// A list may give the UID alone, and a later row the address too.
			if (known.email === '' && email !== '') {
				known.email = email;
				this.emails.set(emailKey(email), [...this.byEmail(email), known]);
			}
			return known;
		}
		const spellings = email === '' ? [] : this.byEmail(email);
		const same = spellings.find((member) => uid === undefined || member.uid === undefined);
		const member = same ?? { uid, email };
		member.uid ??= uid;
		if (uid !== undefined) this.uids.set(uid, member);
		if (same === undefined && email !== '') this.emails.set(emailKey(email), [...spellings, member]);

		return member;
	}
}

function flagOf({ raw }: User): boolean | undefined {
	return typeof raw.active === 'boolean' ? raw.active : undefined;
}
