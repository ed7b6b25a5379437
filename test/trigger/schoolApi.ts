import type { School, Variants } from '../stand-in';
import type { HttpAnswer } from '../../nodes/Memberspot/transport/client';
import type { Api } from './n8n';

/** What can go wrong in the API of a test. */
export interface SchoolApi {
	api: Api;
	/** Requests so far, as path and query. */
	requests: string[];
	/** What `active` means. */
	active: Variants['active'];
	/** Most rows in a page. */
	pageCap: number;
	/** Answers a request in place of the school; undefined lets the school answer. */
	intercept?: (
		path: string,
		query: { [name: string]: string },
		number: number,
	) => Partial<HttpAnswer> | undefined;
	/** Called before each page of users, to change the school while it is being read. */
	beforePage?: (number: number) => void;
}

/**
 * The reading side of Memberspot for a school of the stand-in, without a server: for thousands of
 * polls. Over real sockets the stand-in itself is used.
 */
export function schoolApi(school: School): SchoolApi {
	const settings: SchoolApi = {
		requests: [],
		active: 'grant',
		pageCap: 100,
		api(path, query) {
			settings.requests.push(`${path}?${new URLSearchParams(query).toString()}`);
			const special = settings.intercept?.(path, query, settings.requests.length);
			if (special !== undefined) return special;
			if (path === '/offers')
				return json(
					school.offers.map(({ id, name, courseIds }) => ({ id, name, hasCourseIds: courseIds })),
				);
			if (path === '/custom-user-properties/list')
				return json(
					school.properties.map(({ id, name, type }) => ({ id, name, type, schoolId: 's1' })),
				);
			if (path !== '/users/list') return { status: 404, text: '{"message":"Cannot GET"}' };
			settings.beforePage?.(settings.requests.length);
			const filter = { offerId: query.offerId, courseId: query.courseId };
			const after = query.lastLoadedId === undefined ? 0 : Number(query.lastLoadedId);
			const length = Math.min(settings.pageCap, Number(query.pageLength ?? 10));
			const { users, place, more } = school.page(filter, settings.active, after, length);

			return json({
				data: users.map((user) => ({
					uid: user.uid,
					email: user.email,
					firstname: user.firstname,
					name: user.name,
					created: user.created,
					active: school.isActive(user, filter, settings.active),
					customUserProperties: user.properties,
					progress: school.progressOf(user),
				})),
				nextPage: more ? String(place) : null,
			});
		},
	};

	return settings;
}

function json(value: unknown): Partial<HttpAnswer> {
	return { text: JSON.stringify(value) };
}
