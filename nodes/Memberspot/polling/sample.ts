import type { IDataObject } from 'n8n-workflow';
import type { School, User } from '../school';
import { apiMoment } from '../values/scalar';
import { isJsonObject } from '../values/json';
import { compose } from './compose';
import type { Change, EventKind, Watch } from './events';
import { keyOf, REACHED, valueHash } from './state';
import { propertyValue } from './sweep';

/** Pages of the user list that a test in the editor reads. */
const SAMPLE_PAGES = 3;

/** What a test shows is made of. */
export interface SampleSettings {
	watch: Watch;
	pageLength: number;
	simplify: boolean;
}

/** A real user for whom the event is true, or any user where there is none. */
interface Found {
	user: User;
	real: boolean;
}

/**
 * One item for each watched event, for building a workflow in the editor.
 *
 * Users are real: where somebody is found for whom the event is true (who has completed a course, say),
 * the item is what the event would have looked like. Where there is nobody, the item is made of some
 * real user and says so in `sample`. Reads only the beginning of the lists.
 */
export async function sampleEvents(
	school: School,
	settings: SampleSettings,
	now: number,
): Promise<IDataObject[]> {
	const { watch } = settings;
	const users =
		watch.readsUsers || watch.offers.length === 0
			? await beginning(
					school,
					settings,
					{ offerId: watch.offerId, courseId: watch.courseId },
					SAMPLE_PAGES,
				)
			: [];
	const holders: User[][] = [];
	for (const offerId of watch.offers)
		holders.push(await beginning(school, settings, { offerId }, 1));
	const anybody = users[0] ?? holders.flat()[0] ?? (await beginning(school, settings, {}, 1))[0];
	if (anybody === undefined) return [];

	const names = new Map(
		(watch.properties.length > 0 ? await school.properties() : []).map(({ id, name }) => [
			id,
			name,
		]),
	);
	const items: IDataObject[] = [];
	for (const kind of watch.events) {
		const { found, change, courses } = sampleOf(kind, { watch, users, holders, anybody, names });
		const [item] = await compose([{ ...change, key: keyOf(found.user.uid ?? found.user.email) }], {
			watch,
			school,
			courses,
			rows: new Map([[keyOf(found.user.uid ?? found.user.email), found.user]]),
			sawEverybody: false,
			sequence: 0,
			now,
			simplify: settings.simplify,
		});
		items.push(
			found.real
				? item
				: {
						...item,
						sample:
							'Nothing like this was found at the beginning of the list. This item is made of a real user to whom it did not happen.',
					},
		);
	}

	return items;
}

async function beginning(
	school: School,
	{ pageLength }: SampleSettings,
	query: { offerId?: string; courseId?: string },
	maxPages: number,
): Promise<User[]> {
	const users: User[] = [];
	for await (const page of school.users(query, { pageLength, maxPages })) users.push(...page.rows);

	return users;
}

interface Material {
	watch: Watch;
	users: User[];
	/** By the number of the offer. */
	holders: User[][];
	anybody: User;
	names: ReadonlyMap<string, string>;
}

type SampleChange = Omit<Change, 'key'>;

function sampleOf(
	kind: EventKind,
	material: Material,
): { found: Found; change: SampleChange; courses: string[] } {
	const { watch, users, holders, anybody, names } = material;
	const orAnybody = (user: User | undefined): Found =>
		user === undefined ? { user: anybody, real: false } : { user, real: true };
	const plain = (user: User | undefined, how: Change['how'], more: Partial<SampleChange> = {}) => ({
		found: orAnybody(user),
		change: { kind, certain: true, how, ...more },
		courses: [],
	});
	switch (kind) {
		case 'newUser':
			return plain(youngest(users), 'listed');
		case 'userBecameActive':
			return plain(
				users.find(({ raw }) => raw.active === true),
				'active',
			);
		case 'userBecameInactive':
			return plain(
				users.find(({ raw }) => raw.active === false),
				'inactive',
			);
		case 'userGotOffer': {
			const offer = Math.max(
				0,
				holders.findIndex((list) => list.length > 0),
			);
			return plain(
				holders[offer]?.find(({ raw }) => raw.active === true),
				'listed',
				{ offer },
			);
		}
		case 'userLostOffer': {
			const offer = Math.max(
				0,
				holders.findIndex((list) => list.some(({ raw }) => raw.active === false)),
			);
			const user = holders[offer]?.find(({ raw }) => raw.active === false);
			return plain(user, 'inactive', { offer, certain: false });
		}
		case 'customPropertyChanged': {
			for (const [property, id] of watch.properties.entries()) {
				const user = users.find(
					({ raw }) =>
						valueHash(
							propertyValue(
								isJsonObject(raw.customUserProperties) ? raw.customUserProperties : {},
								id,
								names,
							),
						) !== undefined,
				);
				if (user !== undefined) return plain(user, 'changed', { property });
			}
			return plain(undefined, 'changed', { property: 0 });
		}
		case 'courseCompleted':
			return inCourse(kind, REACHED.all, material, orAnybody);
		case 'courseProgressReached':
			return inCourse(kind, REACHED.percent, material, orAnybody);
	}
}

function inCourse(
	kind: EventKind,
	bit: number,
	{ watch, users }: Material,
	orAnybody: (user: User | undefined) => Found,
) {
	const share = bit === REACHED.all ? 100 : (watch.percent ?? 100);
	let some: { user: User; courseId: string } | undefined;
	for (const user of users) {
		for (const row of Array.isArray(user.raw.progress)
			? user.raw.progress.filter(isJsonObject)
			: []) {
			const { courseId, completedPosts, activePosts } = row;
			if (typeof courseId !== 'string' || (watch.course !== undefined && watch.course !== courseId))
				continue;
			some ??= { user, courseId };
			if (typeof completedPosts !== 'number' || typeof activePosts !== 'number' || activePosts <= 0)
				continue;
			if (completedPosts > 0 && completedPosts * 100 >= share * activePosts) {
				return {
					found: { user, real: true },
					change: { kind, certain: true, how: 'reached' as const, course: 0 },
					courses: [courseId],
				};
			}
		}
	}
	const courseId = some?.courseId ?? watch.course ?? 'course-id';

	return {
		found: some === undefined ? orAnybody(undefined) : { user: some.user, real: false },
		change: { kind, certain: true, how: 'reached' as const, course: 0 },
		courses: [courseId],
	};
}

function youngest(users: User[]): User | undefined {
	const created = (user: User) => apiMoment(user.raw.created) ?? 0;

	return users.reduce<User | undefined>(
		(best, user) => (best === undefined || created(user) > created(best) ? user : best),
		undefined,
	);
}
