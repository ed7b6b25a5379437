import { IndexList } from './index-list';
import type { ActiveMeaning, Grant, PropertyValue, User, UserFilter } from './types';

/** A user as the school keeps one. */
export class Member implements User {
	enabled = true;
	grants: Grant[] = [];
	properties: { [propertyId: string]: PropertyValue } = NOTHING;
	progress: { [courseId: string]: number } = NOTHING;
	chapters: readonly string[] = [];
	/** The lists that hold this user now. */
	lists: Array<IndexList<Member>> = [];
	/** Deleted, although reads may show the user for a while. */
	deleted = false;

	constructor(
		readonly place: number,
		readonly uid: string,
		readonly email: string,
		public firstname: string,
		public name: string,
		readonly created: string,
	) {}
}

/** Shared by users without any value, for memory's sake; it is never written to. */
const NOTHING: { [key: string]: never } = Object.freeze({});

/** The lists of a scope: all users, the holders of an offer, those who have a course. */
interface Scope {
	all: IndexList<Member>;
	on: IndexList<Member>;
	off: IndexList<Member>;
	enabled: IndexList<Member>;
	disabled: IndexList<Member>;
}

/** What the directory must know of the school. */
export interface DirectoryRules {
	courseIdsOf(offerId: string): string[] | undefined;
	/** Whether a grant gives access now. */
	counts(grant: Readonly<Grant>): boolean;
	/** Whether a grant puts its user into the list of the offer at all. */
	isListed(grant: Readonly<Grant>): boolean;
}

/**
 * All users by what a list can be filtered for, each list kept in the order of all users. So a page is
 * read in the time that the page takes, however large the school is and whatever the filter.
 */
export class Directory {
	private scopes = new Map<string, Scope>();
	/** What `scopesOf` has found, as long as the offer's courses are the same. */
	private readonly offerScopes = new Map<
		string,
		{ courseIds: string[] | undefined; scopes: Scope[] }
	>();

	constructor(private readonly rules: DirectoryRules) {}

	clear(): void {
		this.scopes = new Map();
		this.offerScopes.clear();
	}

	/**
	 * The users of a selection that stand behind a place, in their order. It takes as long as what is
	 * read; only with an offer and a course together, users without the course are passed over.
	 */
	*select(
		filter: UserFilter,
		meaning: ActiveMeaning,
		after: number,
	): Generator<Member, void, undefined> {
		const scope = this.scopes.get(scopeKey(filter));
		if (scope === undefined) return;
		const listed =
			meaning === 'inactiveNotListed' &&
			(filter.offerId !== undefined || filter.courseId !== undefined);
		if (listed && filter.active === false) return;

		const list = listed ? scope.on : listFor(scope, meaning, filter.active);
		// With both filters the offer decides, and those without the course are passed over.
		const alsoIn =
			filter.offerId === undefined || filter.courseId === undefined
				? undefined
				: this.scopes.get(scopeKey({ courseId: filter.courseId }));
		const both = filter.offerId !== undefined && filter.courseId !== undefined;
		for (const member of list.after(after)) {
			if (both && !alsoIn?.all.has(member)) continue;
			yield member;
		}
	}

	/** Takes a user out of all lists. */
	remove(member: Member): void {
		for (const list of member.lists) list.remove(member);
		member.lists = [];
	}

	/** Puts a user into the lists where he or she belongs now, and takes the user out of the others. */
	place(member: Member): void {
		const scopes: Scope[] = [this.scope('')];
		const on = [false];
		for (const grant of member.grants) {
			if (!this.rules.isListed(grant)) continue;
			const counts = this.rules.counts(grant);
			on[0] ||= counts;
			for (const scope of this.scopesOf(grant.offerId)) {
				const index = scopes.indexOf(scope);
				if (index === -1) {
					scopes.push(scope);
					on.push(counts);
				} else {
					on[index] ||= counts;
				}
			}
		}
		const lists: Array<IndexList<Member>> = [];
		for (const [index, scope] of scopes.entries()) {
			lists.push(
				scope.all,
				on[index] ? scope.on : scope.off,
				member.enabled ? scope.enabled : scope.disabled,
			);
		}

		for (const list of member.lists) if (!lists.includes(list)) list.remove(member);
		for (const list of lists) if (!member.lists.includes(list)) list.add(member);
		member.lists = lists;
	}

	/** Makes all lists anew, after a change of what belongs where. */
	placeAll(): void {
		const members = [...(this.scopes.get('')?.all.after(0) ?? [])];
		this.scopes = new Map();
		this.offerScopes.clear();
		for (const member of members) {
			member.lists = [];
			this.place(member);
		}
	}

	/** The scopes that a grant of an offer puts a user into: of the offer, and of each of its courses. */
	private scopesOf(offerId: string): Scope[] {
		const courseIds = this.rules.courseIdsOf(offerId);
		let known = this.offerScopes.get(offerId);
		if (known === undefined || known.courseIds !== courseIds) {
			const keys = [
				scopeKey({ offerId }),
				...(courseIds ?? []).map((courseId) => scopeKey({ courseId })),
			];
			known = { courseIds, scopes: keys.map((key) => this.scope(key)) };
			this.offerScopes.set(offerId, known);
		}

		return known.scopes;
	}

	private scope(key: string): Scope {
		let scope = this.scopes.get(key);
		if (scope === undefined) {
			scope = {
				all: new IndexList(),
				on: new IndexList(),
				off: new IndexList(),
				enabled: new IndexList(),
				disabled: new IndexList(),
			};
			this.scopes.set(key, scope);
		}

		return scope;
	}
}

function scopeKey({ offerId, courseId }: UserFilter): string {
	if (offerId !== undefined) return `offer ${offerId}`;

	return courseId === undefined ? '' : `course ${courseId}`;
}

function listFor(scope: Scope, meaning: ActiveMeaning, active?: boolean): IndexList<Member> {
	if (active === undefined) return scope.all;
	if (meaning === 'user') return active ? scope.enabled : scope.disabled;

	return active ? scope.on : scope.off;
}
