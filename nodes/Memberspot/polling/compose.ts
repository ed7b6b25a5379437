import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import {
	hasProperties,
	percentOf,
	simplifyUser,
	type Offer,
	type PropertyDefinition,
	type School,
	type User,
} from '../school';
import { isJsonObject } from '../values/json';
import { isFiltered, type Change, type EventKind, type Watch } from './events';
import { showKey } from './state';
import { propertyValue } from './sweep';

/** What an item about a change is made of. */
export interface ComposeOptions {
	watch: Watch;
	school: School;
	/** Ids of the state's courses. */
	courses: readonly string[];
	/** Rows of users, by key. */
	rows: ReadonlyMap<string, User>;
	/** Whether a user without a row is known to be gone from the school. */
	sawEverybody: boolean;
	/** How often the state had emitted before. */
	sequence: number;
	/** When it was noticed, in milliseconds since 1970. */
	now: number;
	simplify: boolean;
}

/**
 * Puts changes into items: what happened, an id, and the user as Memberspot shows the user now.
 *
 * Asks the school for names where a change has an id only: of offers, and of properties in a
 * simplified user.
 *
 * @throws RequestFailed when they can't be read
 */
export async function compose(
	changes: readonly Change[],
	options: ComposeOptions,
): Promise<IDataObject[]> {
	if (changes.length === 0) return [];
	const { school, rows, simplify } = options;
	const about = changes.flatMap(({ key }) => rows.get(key) ?? []);
	const needsProperties =
		changes.some(({ kind }) => kind === 'customPropertyChanged') ||
		(simplify && hasProperties(about));
	const definitions = needsProperties ? await school.properties() : [];
	const offers = changes.some(({ offer, course }) => offer !== undefined || course !== undefined)
		? await school.offers()
		: [];

	return changes.map((change) => compose1(change, options, definitions, offers));
}

function compose1(
	change: Change,
	options: ComposeOptions,
	definitions: PropertyDefinition[],
	offers: Offer[],
): IDataObject {
	const { watch, rows, now, simplify, sawEverybody } = options;
	const user = rows.get(change.key);

	return {
		event: change.kind,
		id: eventId(change, options),
		noticedAt: new Date(now).toISOString(),
		certain: change.certain,
		...(change.certain ? {} : { uncertainBecause: doubt(change, watch) }),
		...details(change, options, definitions, offers),
		user: user === undefined ? null : simplify ? simplifyUser(user, definitions) : user.raw,
		...(user === undefined
			? { userHash: showKey(change.key), ...(sawEverybody ? { userIsGone: true } : {}) }
			: {}),
	};
}

function details(
	change: Change,
	{ watch, courses, rows }: ComposeOptions,
	definitions: PropertyDefinition[],
	offers: Offer[],
): IDataObject {
	const user = rows.get(change.key);
	switch (change.kind) {
		case 'userGotOffer':
		case 'userLostOffer': {
			const id = watch.offers[change.offer ?? -1];
			return {
				offer: { id, name: offers.find((offer) => offer.id === id)?.name ?? null },
				how: change.how,
			};
		}
		case 'userBecameActive':
		case 'userBecameInactive':
			return { how: change.how };
		case 'courseCompleted':
		case 'courseProgressReached': {
			const courseId = courses[change.course ?? -1];
			return {
				course: {
					...progressIn(user, courseId),
					inOffers: offers
						.filter(({ courseIds }) => courseIds.includes(courseId))
						.map(({ name }) => name),
				},
				...(change.kind === 'courseProgressReached' ? { percentReached: watch.percent } : {}),
			};
		}
		case 'customPropertyChanged': {
			const id = watch.properties[change.property ?? -1];
			const name = definitions.find((definition) => definition.id === id)?.name ?? id;
			const values = isJsonObject(user?.raw.customUserProperties)
				? user.raw.customUserProperties
				: {};
			return {
				property: { id, name, value: propertyValue(values, id, new Map([[id, name]])) ?? null },
			};
		}
		case 'newUser':
			return {};
	}
}

function progressIn(user: User | undefined, courseId: string): IDataObject {
	const rows = Array.isArray(user?.raw.progress) ? user.raw.progress.filter(isJsonObject) : [];
	const row = rows.find((entry) => entry.courseId === courseId) ?? { courseId };

	return {
		courseId,
		completedPosts: row.completedPosts ?? null,
		activePosts: row.activePosts ?? null,
		percent: percentOf(row),
	};
}

/**
 * The id of an event. It is the same when n8n lost the state and the same difference is found again,
 * and another one when the same thing happens again later. A user is new only once (with given filters),
 * whatever the state.
 */
function eventId(change: Change, { watch, courses, sequence }: ComposeOptions): string {
	const { kind, key, offer, course, property, value } = change;
	const what = [
		watch.offers[offer ?? -1],
		courses[course ?? -1],
		watch.properties[property ?? -1],
		value,
		watch.percent,
	];
	const parts =
		kind === 'newUser'
			? [kind, showKey(key), watch.offerId, watch.courseId]
			: [kind, showKey(key), sequence, ...what];

	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

const DOUBTS: { [kind in EventKind]?: { [how in Change['how']]?: string } } = {
	userGotOffer: {
		listed: 'The user is in the list of the offer now, but not as active.',
		active:
			'The user was in the list of the offer and is active now. It is not known whether the access was switched on or the user account.',
	},
	userLostOffer: {
		notListed:
			'The user is in the list of the offer no more, but was not active in it before, so the access may have been lost earlier.',
		inactive:
			'The user is still in the list of the offer, but not active. It is not known whether the access was switched off or the user account.',
	},
	userBecameActive: {
		listed:
			'The user is back in the filtered list. It is not known whether that means active again.',
		active:
			'In a filtered list it is not known whether "active" speaks of the user or of the access.',
	},
	userBecameInactive: {
		notListed: 'The user is in the filtered list no more: switched off, taken out, or deleted.',
		inactive:
			'In a filtered list it is not known whether "active" speaks of the user or of the access.',
	},
};

function doubt({ kind, how }: Change, watch: Watch): string {
	return (
		DOUBTS[kind]?.[how] ??
		(isFiltered(watch) ? 'The list is filtered.' : 'Memberspot does not say what "active" means.')
	);
}
