import { checkSideBySide } from '../lib/side-by-side.mjs';

/** Enrolments of Thinkific and offers of Memberspot follow each other. */
export default {
	example: 'side-by-side-thinkific',
	async check(context) {
		await context.api.ensureCredential('Thinkific API', 'httpHeaderAuth', {
			name: 'X-Auth-API-Key',
			value: 'thinkific-key',
		});
		await checkSideBySide(
			'thinkific',
			{
				title: 'Thinkific',
				pair: () => ({ target: '4711' }),
				event: (what, { email, course }) =>
					what === 'gained'
						? {
								resource: 'enrollment',
								action: 'created',
								payload: {
									course: { id: 4711, name: course },
									user: { email, first_name: 'Side', last_name: 'Side' },
								},
							}
						: undefined,
				changes({ nodes }, url) {
					for (const { parameters } of nodes)
						if (parameters.url?.includes('thinkific'))
							parameters.url = parameters.url.replace('https://api.thinkific.com', url);
				},
				serve: serveThinkific,
			},
			context,
		);
	},
};

function serveThinkific(services) {
	const base = '/api/public/v1';
	const users = [];
	const enrollments = [];
	const keyed = (handler) => (request) =>
		request.headers['x-auth-api-key'] === 'thinkific-key' &&
		request.headers['x-auth-subdomain'] !== undefined
			? handler(request)
			: { status: 401, body: { error: 'no key' } };
	const ended = ({ expiry_date: date }) => date !== undefined && Date.parse(date) <= Date.now();

	services.on(
		'GET',
		`${base}/users`,
		keyed(({ query }) => ({
			items: users.filter(({ email }) => email === query['query[email]']),
		})),
	);
	services.on(
		'POST',
		`${base}/users`,
		keyed(({ body }) => {
			const user = { id: users.length + 1, ...body };
			users.push(user);

			return user;
		}),
	);
	services.on(
		'POST',
		`${base}/enrollments`,
		keyed(({ body }) => {
			const enrollment = { id: enrollments.length + 1, ...body };
			enrollments.push(enrollment);

			return enrollment;
		}),
	);
	services.on(
		'GET',
		`${base}/enrollments`,
		keyed(({ query }) => ({
			items: enrollments.filter(
				({ user_id: user, course_id: course }) =>
					users.find(({ id }) => id === user)?.email === query['query[email]'] &&
					String(course) === query['query[course_id]'],
			),
		})),
	);
	services.on(
		'PUT',
		`${base}/enrollments/:id`,
		keyed(({ params, body }) => {
			Object.assign(
				enrollments.find(({ id }) => String(id) === params.id),
				body,
			);

			return { status: 204 };
		}),
	);

	return {
		has: (email) =>
			enrollments.some(
				(enrollment) =>
					enrollment.course_id === 4711 &&
					!ended(enrollment) &&
					users.find(({ id }) => id === enrollment.user_id)?.email === email,
			),
	};
}
