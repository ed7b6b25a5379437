import type { EventKind } from '../../nodes/Memberspot/polling/events';
import type { School, Variants } from '../stand-in';

/**
 * What the polling trigger promises, written down a second time: with names instead of numbers, whole
 * values instead of hashes, and no regard to size. The simulation holds the real one against it.
 */

export interface Config {
	events: EventKind[];
	offers: string[];
	properties: string[];
	percent: number;
	/** The one course that counts, or any. */
	course?: string;
	/** Filter of the user list. */
	offerFilter?: string;
}

type Shown = 'active' | 'inactive';

/** What the lists show at one moment. */
export interface Truth {
	users: Map<
		string,
		{
			shown: Shown;
			progress: Map<string, { done: number; total: number }>;
			values: Map<string, string>;
		}
	>;
	offers: Map<string, Map<string, Shown>>;
}

interface Standing {
	shown: Shown | undefined;
	/** Missing at the last look. */
	missed: boolean;
}

interface Known {
	/** Whether the user list has ever shown this user. */
	everListed: boolean;
	inUsers: Standing;
	inOffers: Map<string, Standing>;
	reached: Set<string>;
	completed: Set<string>;
	values: Map<string, string>;
}

/** What the model remembers between two looks. */
export interface View {
	config: Config;
	stamp: number;
	people: Map<string, Known>;
}

/** `kind|uid|what|certain` */
export type Happening = string;

/** Reads the lists of a school as the trigger reads them. */
export function truthOf(school: School, meaning: Variants['active'], config: Config): Truth {
	const list = (filter: { offerId?: string }) => school.page(filter, meaning, 0, 1_000_000).users;
	const shown = (user: Parameters<School['isActive']>[0], filter: { offerId?: string }): Shown =>
		school.isActive(user, filter, meaning) ? 'active' : 'inactive';
	const filter = { offerId: config.offerFilter };
	const users: Truth['users'] = new Map();
	if (readsUsers(config)) {
		for (const user of list(filter)) {
			users.set(user.uid, {
				shown: shown(user, filter),
				progress: new Map(
					school
						.progressOf(user)
						.map(({ courseId, completedPosts, activePosts }) => [
							courseId,
							{ done: completedPosts, total: activePosts },
						]),
				),
				values: new Map(
					Object.entries(user.properties).flatMap(([id, value]) =>
						value === null || value === '' ? [] : [[id, JSON.stringify(value)]],
					),
				),
			});
		}
	}
	const offers: Truth['offers'] = new Map(
		watchedOffers(config).map((offerId) => [
			offerId,
			new Map(list({ offerId }).map((user) => [user.uid, shown(user, { offerId })])),
		]),
	);

	return { users, offers };
}

const OFFER_KINDS: EventKind[] = ['userGotOffer', 'userLostOffer'];

function readsUsers({ events }: Config): boolean {
	return events.some((kind) => !OFFER_KINDS.includes(kind));
}

function watchedOffers({ events, offers }: Config): string[] {
	return events.some((kind) => OFFER_KINDS.includes(kind)) ? offers : [];
}

function watchedProperties({ events, properties }: Config): string[] {
	return events.includes('customPropertyChanged') ? properties : [];
}

/** Whether settings differ in anything that a poll depends on. */
export function sameConfig(one: Config, other: Config): boolean {
	const facts = (config: Config) =>
		JSON.stringify([
			[...config.events].sort(),
			watchedOffers(config),
			watchedProperties(config),
			config.events.includes('courseProgressReached') && config.percent,
			usesCourses(config) && config.course,
			readsUsers(config) && config.offerFilter,
		]);

	return facts(one) === facts(other);
}

function usesCourses({ events }: Config): boolean {
	return events.includes('courseCompleted') || events.includes('courseProgressReached');
}

/** One look: what has happened since the view, and the next view. */
export function look(
	view: View | undefined,
	truth: Truth,
	config: Config,
	now: number,
): { happened: Happening[]; view: View } {
	const happened: Happening[] = [];
	const old = view?.config;
	const isNewKind = (kind: EventKind) => old === undefined || !old.events.includes(kind);
	const usersAreNew =
		old === undefined ||
		readsUsers(old) !== readsUsers(config) ||
		old.offerFilter !== config.offerFilter;
	const coursesAreNew = usersAreNew || old.course !== config.course;
	const filtered = config.offerFilter !== undefined;
	const say = (kind: EventKind, uid: string, what: string, certain: boolean) => {
		if (!config.events.includes(kind) || isNewKind(kind)) return;
		happened.push([kind, uid, what, certain].join('|'));
	};

	const everybody = new Set([
		...(view?.people.keys() ?? []),
		...truth.users.keys(),
		...[...truth.offers.values()].flatMap((users) => [...users.keys()]),
	]);
	const people = new Map<string, Known>();
	for (const uid of everybody) {
		const was = view?.people.get(uid);
		const row = truth.users.get(uid);

		// The user list.
		const before: Standing = usersAreNew ? NOWHERE : (was?.inUsers ?? NOWHERE);
		const inUsers = settle(before, row?.shown);
		const knew = !usersAreNew && was?.everListed === true;
		if (!usersAreNew) {
			if (row !== undefined && !knew) say('newUser', uid, '', true);
			else if (before.shown === 'active' && inUsers.shown === 'inactive')
				say('userBecameInactive', uid, '', !filtered);
			else if (before.shown === 'inactive' && inUsers.shown === 'active')
				say('userBecameActive', uid, '', !filtered);
			else if (filtered && before.shown === 'active' && inUsers.shown === undefined)
				say('userBecameInactive', uid, '', false);
			else if (filtered && before.shown === undefined && inUsers.shown === 'active')
				say('userBecameActive', uid, '', false);
		}

		// Courses: said once, until nothing is done any more.
		const reached = new Set(
			coursesAreNew || isNewKind('courseProgressReached') || old?.percent !== config.percent
				? []
				: was?.reached,
		);
		const completed = new Set(coursesAreNew || isNewKind('courseCompleted') ? [] : was?.completed);
		const quiet = coursesAreNew;
		for (const [course, { done, total }] of row?.progress ?? []) {
			if (config.course !== undefined && config.course !== course) continue;
			if (done === 0) {
				reached.delete(course);
				completed.delete(course);
				continue;
			}
			if (total === 0) continue;
			if (
				config.events.includes('courseProgressReached') &&
				done / total >= config.percent / 100 &&
				!reached.has(course)
			) {
				reached.add(course);
				if (!quiet && old?.percent === config.percent)
					say('courseProgressReached', uid, course, true);
			}
			if (config.events.includes('courseCompleted') && done >= total && !completed.has(course)) {
				completed.add(course);
				if (!quiet) say('courseCompleted', uid, course, true);
			}
		}

		// Properties.
		const values = new Map<string, string>();
		for (const id of watchedProperties(config)) {
			const kept = usersAreNew ? undefined : was?.values.get(id);
			const value = row === undefined ? kept : row.values.get(id);
			if (value !== undefined) values.set(id, value);
			const isNew = usersAreNew || old === undefined || !watchedProperties(old).includes(id);
			if (!isNew && value !== kept) say('customPropertyChanged', uid, id, true);
		}

		// Offers.
		const inOffers = new Map<string, Standing>();
		for (const offerId of watchedOffers(config)) {
			const isNew = old === undefined || !watchedOffers(old).includes(offerId);
			const had: Standing = isNew ? NOWHERE : (was?.inOffers.get(offerId) ?? NOWHERE);
			const has = settle(had, truth.offers.get(offerId)?.get(uid));
			inOffers.set(offerId, has);
			if (isNew || had.shown === has.shown) continue;
			if (had.shown === undefined) say('userGotOffer', uid, offerId, has.shown === 'active');
			else if (has.shown === undefined) say('userLostOffer', uid, offerId, had.shown === 'active');
			else say(has.shown === 'active' ? 'userGotOffer' : 'userLostOffer', uid, offerId, false);
		}

		const everListed = knew || row !== undefined;
		const listed =
			inUsers.shown !== undefined ||
			[...inOffers.values()].some(({ shown }) => shown !== undefined);
		if (listed || (everListed && filtered))
			people.set(uid, { everListed, inUsers, inOffers, reached, completed, values });
	}

	return { happened: view === undefined ? [] : happened, view: { config, stamp: now, people } };
}

const NOWHERE: Standing = { shown: undefined, missed: false };

/** Who is missing for the first time counts as there. */
function settle(before: Standing, shown: Shown | undefined): Standing {
	if (shown !== undefined || before.shown === undefined || before.missed)
		return { shown, missed: false };

	return { shown: before.shown, missed: true };
}
