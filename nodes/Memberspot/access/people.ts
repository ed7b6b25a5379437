import { InputError } from '../transport';
import { emailKey } from '../values/email';
import type { Directory, Member } from './directory';
import type { Found, Seeker } from './locate';
import type { Facts, Person } from './plan';
import type { Listing } from './standing';
import { mergeWishes, uidsByEmail, type Wish } from './wish';

/** An input item: what it wishes, or why it can't be used. The address is known in both cases. */
export type Asked = { item: number; email: string; uid?: string; mustKnow: boolean } & ({ wish: Wish } | { problem: unknown });

/** Somebody the input speaks of. */
export interface Subject {
	person: Person;
	member?: Member;
	/** Addresses in the input that are not the one Memberspot has for this user. */
	otherEmails: readonly string[];
}

/** Who the input speaks of, and what is known of them. */
export interface People {
	/** In the order of their first items. */
	subjects: readonly Subject[];
	/** Items that can't be used, with the reason. */
	problems: ReadonlyMap<number, unknown>;
	/** All members the input speaks of, also those of items that can't be used. */
	mentioned: ReadonlySet<Member>;
}

/** Finds users in Memberspot: `locate`, or `locateByAddress`. */
export type Locator = <S extends Seeker>(seekers: readonly S[]) => Promise<Map<S, Found>>;

/**
 * Finds out who the input items are about, and joins those for the same user.
 *
 * What makes one item unusable makes all items of its user unusable: acting on the others alone could
 * take away what the unusable one asks for.
 */
export async function findPeople(directory: Directory, asked: readonly Asked[], offerIds: readonly string[], find: Locator): Promise<People> {
	const uids = uidsByEmail(asked);
	const byKey = new Map<string, Asked[]>();
	for (const each of asked) append(byKey, emailKey(each.email), each);

	const seekers: Array<Seeker & { key: string }> = [];
	for (const [key, items] of byKey) {
		const uid = uids.get(key);
		if (uid !== undefined && !('problem' in uid)) seekers.push({ key, email: items[0].email, uid: uid.uid, mustKnow: items.some(({ mustKnow }) => mustKnow) });
	}
	const located = await find(seekers);

	const groups = new Map<Member | string, { found: Found; items: Asked[] }>();
	const problems = new Map<number, unknown>();
	for (const seeker of seekers) {
		const found = located.get(seeker) ?? { state: 'unknown' };
		const items = byKey.get(seeker.key) ?? [];
		if (found.state === 'problem') for (const { item } of items) problems.set(item, found.problem);
		else {
			const name = found.state === 'member' ? found.member : seeker.key;
			const group = groups.get(name);
			if (group === undefined) groups.set(name, { found, items: [...items] });
			else group.items.push(...items);
		}
	}
	for (const [key, uid] of uids) if ('problem' in uid) for (const { item } of byKey.get(key) ?? []) problems.set(item, uid.problem);

	const subjects: Subject[] = [];
	for (const { found, items } of groups.values()) {
		items.sort((one, other) => one.item - other.item);
		const subject = subjectOf(directory, found, items, offerIds);
		if ('person' in subject) subjects.push(subject);
		else for (const [item, problem] of subject.problems) problems.set(item, problem);
	}
	subjects.sort((one, other) => firstItem(one) - firstItem(other));

	return { subjects, problems, mentioned: mentionedIn(directory, asked) };
}

function firstItem({ person }: Subject): number {
	return person.wanted?.items[0] ?? 0;
}

function subjectOf(directory: Directory, found: Found, items: readonly Asked[], offerIds: readonly string[]): Subject | { problems: Map<number, unknown> } {
	const wishes: Wish[] = [];
	const problems = new Map<number, unknown>();
	for (const each of items) {
		if ('wish' in each) wishes.push(each.wish);
		else problems.set(each.item, each.problem);
	}
	if (problems.size > 0) {
		const others = new InputError(
			`Another item about ${items[0].email} can not be used, so nothing was done for this user`,
			`Correct item ${[...problems.keys()].join(', ')} of the input. Done by this item alone, the user could lose what the other one asks for`,
		);
		for (const { item } of items) if (!problems.has(item)) problems.set(item, others);

		return { problems };
	}
	try {
		const wanted = mergeWishes(wishes);
		const member = found.state === 'member' ? found.member : undefined;
		if (member?.email === '') throw new InputError(`Memberspot gives no e-mail for the user ${member.uid ?? wanted.email}`, 'Look at this user in Memberspot');
		const facts = factsOf(directory, member, found.state === 'nobody' ? 'no' : 'unknown', wanted.email, offerIds);
		const otherEmails = [...new Set(items.map(({ email }) => email))].filter((email) => member !== undefined && emailKey(email) !== emailKey(member.email));

		return { person: { facts, wanted }, member, otherEmails };
	} catch (problem) {
		return { problems: new Map(items.map(({ item }) => [item, problem])) };
	}
}

function factsOf(directory: Directory, member: Member | undefined, otherwise: 'no' | 'unknown', email: string, offerIds: readonly string[]): Facts {
	const listings = new Map<string, Listing>(offerIds.map((offerId) => [offerId, directory.listing(member, offerId)]));
	if (member === undefined) return { exists: otherwise, email, listings };

	return { exists: 'yes', uid: member.uid, email: member.email, listings, properties: member.properties };
}

/** All members that an item of the input names, by address or by UID. */
function mentionedIn(directory: Directory, asked: readonly Asked[]): Set<Member> {
	const mentioned = new Set<Member>();
	for (const { email, uid } of asked) {
		for (const member of directory.byEmail(email)) mentioned.add(member);
		const member = uid === undefined ? undefined : directory.byUid(uid);
		if (member !== undefined) mentioned.add(member);
	}

	return mentioned;
}

/**
 * Members in the lists of the offers whom the input does not speak of.
 *
 * @param belongs whether a member is in the scope that was set
 */
export function findOthers(directory: Directory, mentioned: ReadonlySet<Member>, offerIds: readonly string[], belongs: (member: Member) => boolean): Subject[] {
	const seen = new Set(mentioned);
	const others: Subject[] = [];
	for (const offerId of offerIds) {
		for (const member of directory.inOffer(offerId)) {
			if (seen.has(member)) continue;
			seen.add(member);
			if (belongs(member)) others.push({ person: { facts: factsOf(directory, member, 'unknown', member.email, offerIds) }, member, otherEmails: [] });
		}
	}

	return others;
}

/** Whether a member has a value in a custom property, given by id or name. */
export function hasProperty({ properties }: Member, property: { id: string; name: string }, value: string): boolean {
	const stored = properties?.[property.id] ?? properties?.[property.name];

	return stored !== undefined && stored !== null && typeof stored !== 'object' && String(stored).trim() === value;
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
	const list = map.get(key);
	if (list === undefined) map.set(key, [value]);
	else list.push(value);
}
