import { checkMovingIn, line } from '../lib/moving-in.mjs';

/** An export and the API of Thinkific become access, after an approval, and never a take-away. */
export default {
	example: 'move-in-thinkific',
	async check(context) {
		await context.api.ensureCredential('Thinkific API', 'httpHeaderAuth', {
			name: 'X-Auth-API-Key',
			value: 'thinkific-key',
		});
		await checkMovingIn(
			'thinkific',
			{
				csv: (people) =>
					[
						line(['First Name', 'Last Name', 'Email', 'Company', 'Enrollments - list', 'Expired']),
						...people.map(({ firstName, lastName, email, note, courses, ended }) =>
							line([
								firstName,
								lastName,
								email,
								note,
								courses.join(', '),
								ended ? 'true' : 'false',
							]),
						),
					].join('\n'),
				byApi: {
					trigger: 'Read Thinkific by Its API',
					changes(workflow) {
						const node = workflow.nodes.find(({ name }) => name === 'Enrollments of Thinkific');
						node.parameters.url = `${context.services.url}/enrollments`;
						node.parameters.options.pagination.pagination.requestInterval = 0;
					},
					serve(services) {
						services.on('GET', '/enrollments', ({ query, headers }) => {
							if (headers['x-auth-api-key'] !== 'thinkific-key') return { status: 401 };
							const page = Number(query.page);

							return {
								items: [
									{
										user_email: `api${page}@example.com`,
										user_name: `Api Number${page}`,
										course_name: 'Excel, the first steps',
										expired: false,
									},
								],
								meta: { pagination: { current_page: page, total_pages: 3 } },
							};
						});
					},
					people: ['api1@example.com', 'api2@example.com', 'api3@example.com'],
				},
			},
			context,
		);
	},
};
