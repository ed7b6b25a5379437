import { checkMovingIn, line } from '../lib/moving-in.mjs';

/** An export and the API of Kajabi become access, after an approval, and never a take-away. */
export default {
	example: 'move-in-kajabi',
	async check(context) {
		const { api, services } = context;
		await api.ensureCredential('Kajabi API', 'oAuth2Api', {
			grantType: 'clientCredentials',
			accessTokenUrl: `${services.url}/v1/oauth/token`,
			clientId: 'kajabi-client',
			clientSecret: 'kajabi-secret',
			authentication: 'body',
			scope: '',
		});
		await checkMovingIn(
			'kajabi',
			{
				csv: (people) =>
					[
						line(['Name', 'Email', 'Products', 'Tags', 'Notes', 'Deactivated'], ','),
						...people.map(({ firstName, lastName, email, note, courses, ended }) =>
							line(
								[
									`${firstName} ${lastName}`,
									email,
									courses.join(', '),
									'member',
									note,
									ended ? 'yes' : '',
								],
								',',
							),
						),
					].join('\n'),
				byApi: {
					trigger: 'Read Kajabi by Its API',
					changes({ nodes }) {
						const { parameters } = nodes.find(({ name }) => name === 'Customers of Kajabi');
						parameters.url = `${services.url}/v1/customers`;
						parameters.options.pagination.pagination.requestInterval = 0;
					},
					serve: (server) => serveKajabi(server),
					people: ['kajabi1@example.com', 'kajabi2@example.com', 'kajabi3@example.com'],
				},
			},
			context,
		);
	},
};

/** Three pages of customers with their offers, for whoever has a token. */
function serveKajabi(services) {
	services.on('POST', '/v1/oauth/token', ({ body }) =>
		body.client_secret === 'kajabi-secret'
			? { access_token: 'kajabi-token', token_type: 'Bearer', expires_in: 7200 }
			: { status: 401 },
	);
	services.on('GET', '/v1/customers', ({ headers, query }) => {
		if (headers.authorization !== 'Bearer kajabi-token') return { status: 401 };
		const page = Number(query['page[number]'] ?? 1);
		const next = new URLSearchParams({ include: 'offers', 'page[number]': String(page + 1) });

		return {
			status: 200,
			headers: { 'content-type': 'application/vnd.api+json' },
			body: JSON.stringify({
				data: [
					{
						id: String(page),
						type: 'customers',
						attributes: { name: `Kaja Number${page}`, email: `kajabi${page}@example.com` },
						relationships: { offers: { data: [{ id: '7', type: 'offers' }] } },
					},
				],
				included: [{ id: '7', type: 'offers', attributes: { title: 'Excel, the first steps' } }],
				links: page < 3 ? { next: `${services.url}/v1/customers?${next}` } : {},
			}),
		};
	});
}
