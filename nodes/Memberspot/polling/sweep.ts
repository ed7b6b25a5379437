import type { IDataObject } from 'n8n-workflow';
import { parseUser, type School, type User } from '../school';
import { endpoints, RequestFailed, type Clock, type PagePlace } from '../transport';
import { isJsonObject, parseJson } from '../values/json';
import { goneFrom, mayHaveChanged, silentLists, type Seen } from './diff';
import { isFiltered, listCount, listOf, USERS, watches, type Watch } from './events';
import {
	keyOf,
	REACHED,
	STANDING,
	valueHash,
	type People,
	type Person,
	type Standing,
	type State,
	type Unfinished,
} from './state';

/** Most characters of rows that an unfinished sweep takes along. */
const ROWS_TAKEN_ALONG = 250_000;

/** How a sweep is made. */
export interface SweepOptions {
	school: School;
	watch: Watch;
	/** The last state, adapted to the watch; undefined for a baseline. */
	state: State | undefined;
	/** The last state as it was saved, for what is silent in it. */
	saved: State | undefined;
	/** Names the key that is read with. */
	mark: string;
	clock: Clock;
	/** When to stop, in milliseconds since 1970. */
	deadline: number;
	pageLength: number;
	/** Names of the watched properties, by id: the keys in a user's row are ids or names. */
	propertyNames: ReadonlyMap<string, string>;
	/** An earlier part of this sweep. */
	earlier?: Unfinished;
	/** Told what a list took that was read from its beginning to its end. */
	onList?(query: ListQuery, cost: { pages: number; users: number }): void;
}

/** Filters of a list of users. */
export interface ListQuery {
	offerId?: string;
	courseId?: string;
}

/** A sweep that came to its end. */
export interface WholeSweep extends Seen {
	stamp: number;
	/** Rows of users with changes, by key; without users who are nowhere any more. */
	rows: ReadonlyMap<string, User>;
	/** Whether everybody in the school was read, so that a user without a row is gone from it. */
	sawEverybody: boolean;
}

export type SweepResult =
	| { done: true; sweep: WholeSweep }
	| { done: false; unfinished: Unfinished };

/** One list to read. */
interface Step {
	query: ListQuery;
	/** The lists of the watch that it fills. */
	lists: number[];
	/** Keys that are looked for; the step ends when all are found. */
	wanted?: ReadonlySet<string>;
}

/**
 * Reads the lists of a watch, page by page, and notes what a state needs of each user.
 *
 * Offers come first: who is missing there for the second time is then looked for in the user list,
 * since an event about somebody needs that user's data. A filtered user list can't serve for that, so
 * the whole list follows where somebody is looked for.
 *
 * A sweep can stop between two pages when its time is up, and be gone on with later.
 *
 * @throws RequestFailed when a page can't be read
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
	return await new Sweep(options).run();
}

class Sweep {
	private readonly people: People;
	private readonly courses: string[];
	private readonly courseNumbers: Map<string, number>;
	private readonly counts: number[];
	private readonly rows = new Map<string, User>();
	private readonly left: Set<string>;
	private readonly stamp: number;
	private readonly steps: Step[];
	private readonly silent: readonly boolean[];
	private place: { step: number; from?: PagePlace };
	private readonly stops: number[];
	private wanted: Set<string> | undefined;

	constructor(private readonly options: SweepOptions) {
		const { watch, state, saved, clock, earlier } = options;
		this.people = earlier?.people ?? new Map<string, Person>();
		this.courses = [...(earlier?.courses ?? state?.courses ?? [])];
		this.courseNumbers = new Map(this.courses.map((id, number) => [id, number]));
		this.counts = earlier?.counts ?? new Array<number>(listCount(watch)).fill(0);
		this.left = new Set(earlier?.left);
		this.stamp = earlier?.stamp ?? clock.now();
		this.steps = stepsOf(watch);
		this.silent = silentLists(saved, watch);
		this.place = { step: earlier?.step ?? 0, from: earlier?.from };
		this.stops = earlier?.stops ?? [];
		for (const [key, row] of earlier?.rows ?? []) {
			const user = parseUser(parseJson(row));
			if (user !== undefined) this.rows.set(key, user);
		}
	}

	async run(): Promise<SweepResult> {
		for (;;) {
			const step = this.steps[this.place.step] ?? this.lookingFor();
			if (step === undefined) return { done: true, sweep: this.whole() };
			const ended = await this.read(step);
			if (!ended) return { done: false, unfinished: this.unfinished() };
			this.place = { step: this.place.step + 1 };
		}
	}

	/** @returns false when the time was up before the end of the list */
	private async read(step: Step): Promise<boolean> {
		const { school, pageLength, clock, deadline, onList } = this.options;
		const wanted = step.wanted ?? this.wantedIn(step);
		const fromBeginning = this.place.from === undefined;
		let users = 0;
		let slowest = 0;
		let began = clock.now();
		for await (const page of school.users(step.query, { pageLength, from: this.place.from })) {
			for (const user of page.rows) this.take(user, step, wanted);
			users += page.rows.length;
			if (page.last && fromBeginning) onList?.(step.query, { pages: page.number, users });
			if (step.wanted !== undefined && this.foundAll(step.wanted)) return true;
			if (page.next === undefined) return true;
			slowest = Math.max(slowest, clock.now() - began);
			began = clock.now();
			this.place.from = page.next;
			// Never after the first page alone: a list that does not page shows that on the second.
			if (page.number > 1 && began + slowest > deadline) return false;
		}

		return true;
	}

	private take(user: User, { lists }: Step, wanted: ReadonlySet<string>): void {
		const { watch, state } = this.options;
		const key = keyOf(user.uid ?? user.email);
		const before = state?.people.get(key);
		if (lists.length > 0) {
			const person = this.people.get(key) ?? nobody(watch);
			const standings = [...person.standings];
			for (const list of lists) {
				if (standings[list] === STANDING.absent) this.counts[list]++;
				standings[list] = standingOf(user.raw.active);
			}
			const next: Person = { ...person, standings };
			if (lists.includes(USERS)) {
				next.known = true;
				next.reached = this.reachedBy(user.raw, before);
				next.values = this.valuesOf(user.raw);
			}
			this.people.set(key, next);
			const loud = lists.filter((list) => !this.silent[list]);
			if (loud.length > 0 && mayHaveChanged(before, next, loud)) this.keep(key, user, lists);
		}
		if (wanted.has(key)) this.keep(key, user, lists);
	}

	/** The row in the user list tells more than the one in an offer's list. */
	private keep(key: string, user: User, lists: number[]): void {
		if (lists.includes(USERS) || !this.rows.has(key)) this.rows.set(key, user);
	}

	/**
	 * What the row shows of courses, as `course number * 4 + bits`. With 0 bits it says that nothing is
	 * done any more, which matters only where something was.
	 */
	private reachedBy(row: IDataObject, before: Person | undefined): number[] {
		const { watch } = this.options;
		const wantsAll = watches(watch, 'courseCompleted');
		const { percent } = watch;
		if ((!wantsAll && percent === undefined) || !Array.isArray(row.progress)) return [];

		const reached: number[] = [];
		for (const entry of row.progress) {
			if (!isJsonObject(entry)) continue;
			const { courseId, activePosts, completedPosts } = entry;
			if (typeof courseId !== 'string' || typeof completedPosts !== 'number') continue;
			if (watch.course !== undefined && watch.course !== courseId) continue;
			if (completedPosts <= 0) {
				const course = this.courseNumbers.get(courseId);
				if (course !== undefined && before?.reached.some((old) => old >> 2 === course))
					reached.push(course * 4);
				continue;
			}
			if (typeof activePosts !== 'number' || activePosts <= 0) continue;
			const bits =
				(percent !== undefined && completedPosts * 100 >= percent * activePosts
					? REACHED.percent
					: 0) | (wantsAll && completedPosts >= activePosts ? REACHED.all : 0);
			if (bits !== 0) reached.push(this.courseNumber(courseId) * 4 + bits);
		}

		return reached;
	}

	private courseNumber(courseId: string): number {
		const known = this.courseNumbers.get(courseId);
		if (known !== undefined) return known;
		this.courseNumbers.set(courseId, this.courses.length);

		return this.courses.push(courseId) - 1;
	}

	private valuesOf(row: IDataObject): Array<number | undefined> {
		const { watch, propertyNames } = this.options;
		const values = isJsonObject(row.customUserProperties) ? row.customUserProperties : {};

		return watch.properties.map((id) => valueHash(propertyValue(values, id, propertyNames)));
	}

	/** Users whose rows the user list is to give although nothing changed in it. */
	private wantedIn(step: Step): ReadonlySet<string> {
		return step.lists.includes(USERS) && !isFiltered(this.options.watch)
			? this.missingTwice()
			: NOBODY;
	}

	/** The step that looks for users who are in no list of the watch any more, where there are any. */
	private lookingFor(): Step | undefined {
		const isLast = this.place.step === this.steps.length;
		if (!isLast || this.sawEverybody()) return undefined;
		const wanted = new Set([...this.missingTwice()].filter((key) => !this.rows.has(key)));

		return wanted.size === 0 ? undefined : { query: {}, lists: [], wanted };
	}

	private missingTwice(): Set<string> {
		const { watch, state } = this.options;
		if (this.wanted !== undefined) return this.wanted;
		this.wanted = new Set<string>();
		if (state === undefined) return this.wanted;
		const lists = watches(watch, 'userLostOffer')
			? watch.offers.map((_, offer) => listOf(offer))
			: [];
		if (isFiltered(watch) && watches(watch, 'userBecameInactive')) lists.push(USERS);
		for (const list of lists) {
			if (this.silent[list]) continue;
			for (const key of goneFrom(state, this.people, list)) this.wanted.add(key);
		}

		return this.wanted;
	}

	private foundAll(wanted: ReadonlySet<string>): boolean {
		return [...wanted].every((key) => this.rows.has(key));
	}

	private sawEverybody(): boolean {
		return this.steps.some(
			({ query }) => query.offerId === undefined && query.courseId === undefined,
		);
	}

	private whole(): WholeSweep {
		const { people, courses, counts, left, rows, stamp } = this;

		return {
			people,
			courses,
			counts,
			left,
			rows,
			stamp,
			sawEverybody: this.sawEverybody() || this.place.step > this.steps.length,
		};
	}

	private unfinished(): Unfinished {
		const { watch, mark } = this.options;
		const { people, courses, counts, stamp, place, stops, left } = this;
		const stop = valueHash(place) ?? 0;
		if (stops.includes(stop)) throw this.endless();
		const rows: Array<[string, string]> = [];
		let taken = 0;
		for (const [key, user] of this.rows) {
			const row = JSON.stringify(user.raw);
			taken += row.length;
			if (taken > ROWS_TAKEN_ALONG) left.add(key);
			else rows.push([key, row]);
		}

		return {
			watch,
			school: mark,
			stamp,
			counts,
			courses,
			people,
			...place,
			stops: [...stops, stop],
			rows,
			left: [...left],
		};
	}

	/** Each poll reads a part of a list that goes round in a circle; that shows at a stop seen before. */
	private endless(): RequestFailed {
		return new RequestFailed({
			kind: 'pagingRepeats',
			method: endpoints.listUsers.method,
			path: endpoints.listUsers.path,
			host: this.options.school.client.credential.host,
			attempts: 1,
			maybeDone: false,
			note: 'The list was read in several polls and led back to a page where an earlier poll had stopped.',
		});
	}
}

const NOBODY: ReadonlySet<string> = new Set<string>();

function nobody(watch: Watch): Person {
	return {
		known: false,
		standings: new Array<Standing>(listCount(watch)).fill(STANDING.absent),
		missing: [],
		reached: [],
		values: [],
	};
}

/** The lists to read. Where the filter of the user list is just a watched offer, one reading serves both. */
function stepsOf(watch: Watch): Step[] {
	const steps: Step[] = watch.offers.map((offerId, offer) => ({
		query: { offerId },
		lists: [listOf(offer)],
	}));
	if (!watch.readsUsers) return steps;

	const { offerId, courseId } = watch;
	const same =
		courseId === undefined ? steps.find(({ query }) => query.offerId === offerId) : undefined;
	if (same !== undefined) same.lists.push(USERS);
	else steps.push({ query: { offerId, courseId }, lists: [USERS] });

	return steps;
}

/** How many lists a watch reads, for an estimate of its cost. */
export function queriesOf(watch: Watch): ListQuery[] {
	return stepsOf(watch).map(({ query }) => query);
}

function standingOf(active: unknown): Standing {
	if (typeof active !== 'boolean') return STANDING.unclear;

	return active ? STANDING.active : STANDING.inactive;
}

/** A property's value in a user's row, whose keys are ids or names: which is not known. */
export function propertyValue(
	values: IDataObject,
	id: string,
	names: ReadonlyMap<string, string>,
): IDataObject[string] {
	const name = names.get(id);

	return values[id] ?? (name === undefined ? undefined : values[name]);
}
