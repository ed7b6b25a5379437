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
						for (const [name, path] of [
							['Offers of Kajabi', '/v1/offers'],
							['Customers of the Offer', '/v1/customers'],
						]) {
							const { parameters } = nodes.find((node) => node.name === name);
							parameters.url = services.url + path;
							parameters.options.pagination.pagination.requestInterval = 0;
						}
					},
					serve: (server) => serveKajabi(server),
					people: ['kajabi1@example.com', 'kajabi2@example.com', 'kajabi3@example.com'],
				},
			},
			context,
		);
	},
};

/** Two pages of offers, and for one of them three pages of customers, for whoever has a token. */
function serveKajabi(services) {
	services.on('POST', '/v1/oauth/token', ({ body }) =>
		body.client_secret === 'kajabi-secret'
			? { access_token: 'kajabi-token', token_type: 'Bearer', expires_in: 7200 }
			: { status: 401 },
	);
	/** @param {object[][]} pages of one list */
	const list = (pages, { headers, query }) => {
		if (headers.authorization !== 'Bearer kajabi-token') return { status: 401 };
		const page = Number(query['page[number]'] ?? 1);

		return {
			status: 200,
			headers: { 'content-type': 'application/vnd.api+json' },
			body: JSON.stringify({
				data: pages[page - 1],
				// Kajabi names another host in its links.
				links: { next: page < pages.length ? 'https://app.example.com/api/v1/next' : null },
			}),
		};
	};
	const offer = (id, title) => ({ id, type: 'offers', attributes: { title } });
	const customer = (page) => ({
		id: String(page),
		type: 'customers',
		attributes: { name: `Kaja Number${page}`, email: `kajabi${page}@example.com` },
		relationships: { offers: { links: { self: 'https://app.example.com/offers' } } },
	});
	services.on('GET', '/v1/offers', (call) =>
		list([[offer('5', 'Nobody Has It')], [offer('7', 'Excel, the first steps')]], call),
	);
	services.on('GET', '/v1/customers', (call) =>
		list(
			call.query['filter[has_offer_id]'] === '7'
				? [[customer(1)], [customer(2)], [customer(3)]]
				: [[]],
			call,
		),
	);
}
