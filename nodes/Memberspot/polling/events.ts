/** What the polling trigger can notice. The values stand in saved workflows and in emitted items. */
export const EVENT_KINDS = [
	'courseCompleted',
	'courseProgressReached',
	'customPropertyChanged',
	'newUser',
	'userBecameActive',
	'userBecameInactive',
	'userGotOffer',
	'userLostOffer',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Events about the users of chosen offers, read from the list of each offer. */
export const OFFER_EVENTS: readonly EventKind[] = ['userGotOffer', 'userLostOffer'];

/** Events about courses. */
export const COURSE_EVENTS: readonly EventKind[] = ['courseCompleted', 'courseProgressReached'];

/**
 * What is watched: everything that decides which lists are read and what a saved state holds. A
 * state made for another watch is adapted, and what is new in the watch is taken over silently.
 */
export interface Watch {
	/** In the order of `EVENT_KINDS`. */
	events: EventKind[];
	/** Whether the user list is read; the offer events alone don't need it. */
	readsUsers: boolean;
	/** Filters of the user list. */
	offerId?: string;
	courseId?: string;
	/** Ids of the offers whose users are watched. */
	offers: string[];
	/** Share of lessons that counts as reached, from 1 to 100; only with that event. */
	percent?: number;
	/** The one course that counts; any where left out. */
	course?: string;
	/** Ids of the custom properties that are watched. */
	properties: string[];
}

/** The number of the user list among the lists of a watch. The offers' lists follow. */
export const USERS = 0;

/** The number of an offer's list among the lists of a watch. */
export function listOf(offer: number): number {
	return offer + 1;
}

/** How many lists a watch has, whether or not the first is read. */
export function listCount(watch: Watch): number {
	return watch.offers.length + 1;
}

/** Whether the user list is a part of the school only, so that leaving it is not leaving the school. */
export function isFiltered(watch: Watch): boolean {
	return watch.offerId !== undefined || watch.courseId !== undefined;
}

/** A text that is equal for watches that are. */
export function watchKey(watch: Watch): string {
	const { events, readsUsers, offerId, courseId, offers, percent, course, properties } = watch;

	return JSON.stringify([
		events,
		readsUsers,
		offerId ?? 0,
		courseId ?? 0,
		offers,
		percent ?? 0,
		course ?? 0,
		properties,
	]);
}

/** Whether an event is watched. */
export function watches(watch: Watch, kind: EventKind): boolean {
	return watch.events.includes(kind);
}

/** Something that happened, before it has its user's data. */
export interface Change {
	kind: EventKind;
	/** The user's key in the state. */
	key: string;
	/**
	 * Whether it holds whatever `active` means to Memberspot. False: it holds under some of the
	 * readings only.
	 */
	certain: boolean;
	/** How it showed. `notListed`: the user is in the list no more. */
	how: 'listed' | 'notListed' | 'active' | 'inactive' | 'reached' | 'changed';
	/** Number of the offer in the watch. */
	offer?: number;
	/** Number of the course in the state. */
	course?: number;
	/** Number of the property in the watch. */
	property?: number;
	/** Hash of the property's new value; undefined for none. */
	value?: number;
}
