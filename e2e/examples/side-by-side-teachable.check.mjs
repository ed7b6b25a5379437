import { checkSideBySide } from '../lib/side-by-side.mjs';

/** Enrolments of Teachable and offers of Memberspot follow each other. */
export default {
	example: 'side-by-side-teachable',
	async check(context) {
		await context.api.ensureCredential('Teachable API', 'httpHeaderAuth', {
			name: 'apiKey',
			value: 'teachable-key',
		});
		await checkSideBySide(
			'teachable',
			{
				title: 'Teachable',
				pair: () => ({ target: '815' }),
				event: (what, { email, course }) => ({
					type: what === 'gained' ? 'Enrollment.created' : 'Enrollment.disabled',
					object: { user: { email, name: 'Side by Side' }, course: { id: 815, name: course } },
				}),
				changes({ nodes }, url) {
					for (const { parameters } of nodes)
						if (parameters.url?.includes('teachable'))
							parameters.url = parameters.url.replace('https://developers.teachable.com', url);
				},
				serve: serveTeachable,
			},
			context,
		);
	},
};

function serveTeachable(services) {
	// One person is there already.
	const users = [{ id: 1, email: 'carla@example.com', name: 'Carla Rossi' }];
	const enrolled = new Set();
	const keyed = (handler) => (request) =>
		request.headers.apikey === 'teachable-key'
			? handler(request)
			: { status: 401, body: { message: 'no key' } };

	services.on(
		'GET',
		'/v1/users',
		keyed(({ query }) => ({
			users: users.filter(({ email }) => email === query.email),
		})),
	);
	services.on(
		'POST',
		'/v1/users',
		keyed(({ body }) => {
			const user = { id: users.length + 1, ...body };
			users.push(user);

			return user;
		}),
	);
	services.on(
		'POST',
		'/v1/enroll',
		keyed(({ body }) => {
			enrolled.add(`${body.user_id} ${body.course_id}`);

			return { status: 204 };
		}),
	);
	services.on(
		'POST',
		'/v1/unenroll',
		keyed(({ body }) => {
			enrolled.delete(`${body.user_id} ${body.course_id}`);

			return { status: 204 };
		}),
	);

	return {
		has: (email) => enrolled.has(`${users.find((user) => user.email === email)?.id} 815`),
	};
}
