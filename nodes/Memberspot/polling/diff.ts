import {
	isFiltered,
	listCount,
	listOf,
	USERS,
	watches,
	watchKey,
	type Change,
	type EventKind,
	type Watch,
} from './events';
import { REACHED, STANDING, type People, type Person, type Standing, type State } from './state';

/** What a whole sweep has seen. */
export interface Seen {
	/** Standings in all lists; of what was reached, only what this sweep shows, with 0 for "nothing done". */
	people: People;
	courses: string[];
	counts: number[];
	/** Users whose changes have to wait for the next sweep. */
	left: ReadonlySet<string>;
}

/** What a comparison found. */
export interface Comparison {
	changes: Change[];
	people: People;
}

/** What is taken over without an event, since it was not watched before. */
interface Silence {
	events: ReadonlySet<EventKind>;
	lists: readonly boolean[];
	properties: readonly boolean[];
}

/** A list of at least this many users counts as sick when less than half of it is left. */
const WORTH_GUARDING = 10;

/** What a sweep says about the state that it is to be compared with. */
export type Judgement =
	| { kind: 'healthy' }
	/** Less than half is left of some list. */
	| { kind: 'halfEmpty'; now: number; before: number }
	/** Hardly anybody of the last time is left in the lists, which hold others now. */
	| { kind: 'exchanged'; before: number }
	/** Hardly any user of the state is there: the key of another school. */
	| { kind: 'otherSchool' };

/**
 * Looks at a sweep before it is compared.
 *
 * @param state adapted to the watch
 * @param school names the key that the sweep was read with
 * @param seenBefore whether the last sweep was half empty or exchanged, too
 */
export function judge(state: State, seen: Seen, school: string, seenBefore: boolean): Judgement {
	const before = [...state.people.values()].filter(isListed).length;
	let now = 0;
	let common = 0;
	for (const [key, person] of seen.people) {
		if (!isListed(person)) continue;
		now++;
		const old = state.people.get(key);
		if (old !== undefined && isListed(old)) common++;
	}
	const keyChanged = state.school !== school;
	const smaller = Math.min(before, now);
	// With the same key only lists that are long enough to tell: one user who goes while another one
	// comes is no other school.
	if (smaller > 0 && (keyChanged || smaller >= WORTH_GUARDING) && common * 10 < smaller) {
		if (keyChanged || readsEverybody(state.watch)) return { kind: 'otherSchool' };
		// A course that changes its whole cohort at once does that to the list of an offer.
		if (!seenBefore) return { kind: 'exchanged', before };
	}
	const half = seen.counts
		.map((count, list) => ({ now: count, before: state.counts[list] ?? 0 }))
		.find((list) => list.before >= WORTH_GUARDING && list.now * 2 < list.before);
	if (half !== undefined && !seenBefore) return { kind: 'halfEmpty', ...half };
	// Nobody at all under another key: twice seen it is a new, empty school.
	if (keyChanged && before > 0 && now === 0) return { kind: 'otherSchool' };

	return { kind: 'healthy' };
}

function readsEverybody(watch: Watch): boolean {
	return watch.readsUsers && !isFiltered(watch);
}

/** Whether a user is in any list. */
export function isListed({ standings }: Person): boolean {
	return standings.some((standing) => standing !== STANDING.absent);
}

/**
 * Brings a state into the form that another watch needs: lists and properties in its order, and
 * without what was read with other filters. What it can't know is silent in the next comparison.
 */
export function adapt(state: State, watch: Watch): State {
	const old = state.watch;
	if (watchKey(old) === watchKey(watch)) return state;

	const usersStay = sameUsers(old, watch);
	const coursesStay = usersStay && old.course === watch.course;
	const bits =
		(coursesStay && watches(old, 'courseCompleted') && watches(watch, 'courseCompleted')
			? REACHED.all
			: 0) |
		(coursesStay && old.percent !== undefined && old.percent === watch.percent
			? REACHED.percent
			: 0);
	const offers = watch.offers.map((id) => old.offers.indexOf(id));
	const properties = watch.properties.map((id) => (usersStay ? old.properties.indexOf(id) : -1));
	const lists = [
		usersStay ? USERS : -1,
		...offers.map((offer) => (offer < 0 ? -1 : listOf(offer))),
	];

	const people: People = new Map();
	for (const [key, person] of state.people) {
		const adapted: Person = {
			known: usersStay && person.known,
			standings: lists.map((list) => person.standings[list] ?? STANDING.absent),
			missing: lists.flatMap((list, now) =>
				list >= 0 && person.missing.includes(list) ? [now] : [],
			),
			reached: keepBits(person.reached, bits),
			values: properties.map((property) => person.values[property]),
		};
		if (adapted.known || isListed(adapted)) people.set(key, adapted);
	}

	return { ...state, watch, people, counts: lists.map((list) => state.counts[list] ?? 0) };
}

function sameUsers(old: Watch, watch: Watch): boolean {
	return (
		old.readsUsers &&
		watch.readsUsers &&
		old.offerId === watch.offerId &&
		old.courseId === watch.courseId
	);
}

function keepBits(reached: readonly number[], bits: number): number[] {
	return reached.flatMap((entry) => ((entry & bits) === 0 ? [] : [(entry & ~3) | (entry & bits)]));
}

/** Lists of the watch whose users are taken over silently, by number. */
export function silentLists(state: State | undefined, watch: Watch): readonly boolean[] {
	return state === undefined
		? new Array<boolean>(listCount(watch)).fill(true)
		: silenceOf(state.watch, watch).lists;
}

/** What a comparison of this old state under the new watch must keep quiet about. */
function silenceOf(old: Watch, watch: Watch): Silence {
	const usersAreNew = !sameUsers(old, watch);
	const events = new Set(watch.events.filter((kind) => !watches(old, kind)));
	if (old.course !== watch.course) {
		events.add('courseCompleted');
		events.add('courseProgressReached');
	}
	if (old.percent !== watch.percent) events.add('courseProgressReached');

	return {
		events,
		lists: [usersAreNew, ...watch.offers.map((id) => !old.offers.includes(id))],
		properties: watch.properties.map((id) => !old.properties.includes(id)),
	};
}

/**
 * Compares what was seen with the last state: what happened, and the people of the next state.
 *
 * Every difference gives one event. An event whose reading depends on what `active` means is marked
 * as not certain. Pure: the same two states give the same changes.
 *
 * @param state the last state, or undefined for a baseline, which has no events
 */
export function compare(state: State | undefined, seen: Seen, watch: Watch): Comparison {
	if (state === undefined) return { changes: [], people: baseline(seen) };

	const silence = silenceOf(state.watch, watch);
	const old = adapt(state, watch);
	const changes: Change[] = [];
	const people: People = new Map();

	for (const [key, person] of seen.people) {
		const before = old.people.get(key);
		if (seen.left.has(key)) {
			if (before !== undefined) people.set(key, before);
			continue;
		}
		people.set(key, new OnePerson(key, before, person, watch, silence, changes).next());
	}
	for (const [key, before] of old.people) {
		if (people.has(key) || seen.left.has(key)) continue;
		const next = new OnePerson(key, before, undefined, watch, silence, changes).next();
		if (isListed(next) || (next.known && isFiltered(watch))) people.set(key, next);
	}

	return { changes: changes.filter(({ kind }) => watches(watch, kind)), people };
}

function baseline(seen: Seen): People {
	const people: People = new Map();
	for (const [key, person] of seen.people) {
		if (seen.left.has(key)) continue;
		people.set(key, { ...person, reached: person.reached.filter((entry) => (entry & 3) !== 0) });
	}

	return people;
}

/** The comparison for one user. */
class OnePerson {
	private readonly missing: number[] = [];

	constructor(
		private readonly key: string,
		private readonly before: Person | undefined,
		private readonly now: Person | undefined,
		private readonly watch: Watch,
		private readonly silence: Silence,
		private readonly changes: Change[],
	) {}

	next(): Person {
		const { before, now, watch } = this;
		const standings = Array.from({ length: listCount(watch) }, (_, list) =>
			list === USERS ? this.inUsers() : this.inOffer(list - 1),
		);
		const seenInUsers = now !== undefined && now.standings[USERS] !== STANDING.absent;

		return {
			known: before?.known === true || seenInUsers,
			standings,
			missing: this.missing,
			reached: seenInUsers ? this.courses(now) : (before?.reached ?? []),
			values: seenInUsers ? this.properties(now) : (before?.values ?? []),
		};
	}

	/** The user list: new users, and `active` that turns. */
	private inUsers(): Standing {
		const { was, is } = this.standing(USERS);
		if (this.silence.lists[USERS]) return is;

		// With a filter, the user list is a part of the school, and `active` in it may speak of the access
		// that the filter names. Then it can't be told whether the user turned active or the access.
		const certain = !isFiltered(this.watch);
		if (is !== STANDING.absent && this.before?.known !== true) {
			this.note('newUser', true, 'listed');
		} else if (was === STANDING.active && is === STANDING.inactive) {
			this.note('userBecameInactive', certain, 'inactive');
		} else if (was === STANDING.inactive && is === STANDING.active) {
			this.note('userBecameActive', certain, 'active');
		} else if (!certain && was !== is && was === STANDING.active && is === STANDING.absent) {
			this.note('userBecameInactive', false, 'notListed');
		} else if (!certain && was !== is && was === STANDING.absent && is === STANDING.active) {
			this.note('userBecameActive', false, 'listed');
		}

		return is;
	}

	/**
	 * The list of an offer. Under all readings a user who was not listed and now is, as active, has got
	 * the offer, and one who was listed as active and no longer is has lost it. `active` that turns
	 * speaks of the access or of the user's account, which is not known.
	 */
	private inOffer(offer: number): Standing {
		const { was, is } = this.standing(listOf(offer));
		if (this.silence.lists[listOf(offer)] || was === is) return is;

		if (was === STANDING.absent) {
			this.note('userGotOffer', is === STANDING.active, 'listed', { offer });
		} else if (is === STANDING.absent) {
			this.note('userLostOffer', was === STANDING.active, 'notListed', { offer });
		} else if (was === STANDING.inactive && is === STANDING.active) {
			this.note('userGotOffer', false, 'active', { offer });
		} else if (was === STANDING.active && is === STANDING.inactive) {
			this.note('userLostOffer', false, 'inactive', { offer });
		}

		return is;
	}

	/** The standing before and now; who is missing for the first time counts as there. */
	private standing(list: number): { was: Standing; is: Standing } {
		const was = this.before?.standings[list] ?? STANDING.absent;
		const is = this.now?.standings[list] ?? STANDING.absent;
		const isMissing = was !== STANDING.absent && is === STANDING.absent;
		if (!isMissing || this.before?.missing.includes(list)) return { was, is };
		this.missing.push(list);

		return { was, is: was };
	}

	/**
	 * What was reached, and stays so: new lessons make a course incomplete for everybody who had
	 * completed it, and nobody wants a second certificate for that. It is forgotten when the user has
	 * no lesson of the course done any more.
	 */
	private courses(now: Person): number[] {
		const reached = new Map((this.before?.reached ?? []).map((entry) => [entry >> 2, entry & 3]));
		// Folded first: the same course may stand twice in a row.
		const shown = new Map<number, number>();
		for (const entry of now.reached) {
			shown.set(entry >> 2, (shown.get(entry >> 2) ?? 0) | (entry & 3));
		}
		for (const [course, bits] of shown) {
			const old = reached.get(course) ?? 0;
			reached.set(course, bits === 0 ? 0 : old | bits);
			if (this.silence.lists[USERS]) continue;
			const fresh = bits & ~old;
			if (fresh & REACHED.percent) this.note('courseProgressReached', true, 'reached', { course });
			if (fresh & REACHED.all) this.note('courseCompleted', true, 'reached', { course });
		}

		return [...reached]
			.filter(([, bits]) => bits !== 0)
			.sort(([one], [other]) => one - other)
			.map(([course, bits]) => course * 4 + bits);
	}

	/** The hashes of the watched properties. A user seen for the first time had none. */
	private properties(now: Person): ReadonlyArray<number | undefined> {
		if (this.silence.lists[USERS]) return now.values;
		for (const property of this.watch.properties.keys()) {
			const value = now.values[property];
			if (this.silence.properties[property] || value === this.before?.values[property]) continue;
			this.note('customPropertyChanged', true, 'changed', { property, value });
		}

		return now.values;
	}

	private note(
		kind: EventKind,
		certain: boolean,
		how: Change['how'],
		more: Partial<Change> = {},
	): void {
		if (this.silence.events.has(kind)) return;
		this.changes.push({ kind, key: this.key, certain, how, ...more });
	}
}

/**
 * Whether a user's row can be needed, because something about it differs from the last state. Asked
 * while a list is being read, when it is not known yet what the other lists show.
 *
 * @param lists numbers of the lists that the row comes from
 */
export function mayHaveChanged(
	before: Person | undefined,
	now: Person,
	lists: readonly number[],
): boolean {
	if (lists.some((list) => (before?.standings[list] ?? STANDING.absent) !== now.standings[list]))
		return true;
	if (!lists.includes(USERS)) return false;
	if (before?.known !== true) return true;
	const old = new Map(before.reached.map((entry) => [entry >> 2, entry & 3]));
	if (now.reached.some((entry) => (entry & 3 & ~(old.get(entry >> 2) ?? 0)) !== 0)) return true;

	return now.values.some((value, property) => value !== before.values[property]);
}

/** Users who are missing in a list for the second time: their rows have to be looked for elsewhere. */
export function goneFrom(state: State, seen: People, list: number): string[] {
	const gone: string[] = [];
	for (const [key, person] of state.people) {
		const isThere = (seen.get(key)?.standings[list] ?? STANDING.absent) !== STANDING.absent;
		if (!isThere && person.standings[list] !== STANDING.absent && person.missing.includes(list))
			gone.push(key);
	}

	return gone;
}
