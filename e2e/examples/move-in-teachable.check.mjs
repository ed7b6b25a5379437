import { checkMovingIn, line } from '../lib/moving-in.mjs';

const PEOPLE = [1, 2, 3].map((id) => ({
	id,
	name: `Teach Number${id}`,
	email: `teach${id}@example.com`,
}));

/** An export and the API of Teachable become access, after an approval, and never a take-away. */
export default {
	example: 'move-in-teachable',
	async check(context) {
		await context.api.ensureCredential('Teachable API', 'httpHeaderAuth', {
			name: 'apiKey',
			value: 'teachable-key',
		});
		await checkMovingIn(
			'teachable',
			{
				// One row for each course of a person.
				csv: (people) =>
					[
						line(['Full Name', 'Email', 'Notes', 'Course Name', 'Disabled'], ','),
						...people.flatMap(({ firstName, lastName, email, note, courses, ended }) =>
							courses.map((course) =>
								line([`${firstName} ${lastName}`, email, note, course, ended ? 'true' : ''], ','),
							),
						),
					].join('\n'),
				byApi: {
					trigger: 'Read Teachable by Its API',
					changes({ nodes }) {
						const node = (wanted) => nodes.find(({ name }) => name === wanted).parameters;
						node('Users of Teachable').url = `${context.services.url}/v1/users`;
						node('Users of Teachable').options.pagination.pagination.requestInterval = 0;
						node('Courses of the User').url = `=${context.services.url}/v1/users/{{ $json.id }}`;
						node('Courses of the User').options.batching.batch.batchInterval = 0;
					},
					serve(services) {
						const refused = ({ headers }) => headers.apikey !== 'teachable-key' && { status: 401 };
						services.on('GET', '/v1/users', (request) => {
							const page = Number(request.query.page);

							return (
								refused(request) || {
									users: PEOPLE.slice(page - 1, page),
									meta: { page, total: 3, number_of_pages: 3, per_page: 1 },
								}
							);
						});
						services.on('GET', '/v1/users/:id', (request) => {
							const person = PEOPLE.find(({ id }) => String(id) === request.params.id);

							return (
								refused(request) || {
									...person,
									courses: [
										{
											course_id: 1,
											course_name: 'Excel, the first steps',
											is_active_enrollment: true,
										},
										{
											course_id: 2,
											course_name: 'Office Masterclass',
											is_active_enrollment: false,
										},
									],
								}
							);
						});
					},
					people: PEOPLE.map(({ email }) => email),
				},
			},
			context,
		);
	},
};
