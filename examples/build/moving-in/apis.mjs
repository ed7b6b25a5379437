/**
 * How the people of a platform are read by its public API, as rows like those of an export. Addresses
 * and fields come from the platforms' public API descriptions; none was tried with a real account.
 */
import { code } from '../workflow.mjs';

/**
 * @typedef {object} Api
 * @property {(workflow: import('../workflow.mjs').Workflow, rows: string) => void} add adds the nodes
 *   that end in the node called `rows`
 */

/** Pages are read one after the other, and not without end. */
const MOST_PAGES = 500;
const HEADER = { httpHeaderAuth: { id: null, name: '' } };

function start(workflow, title, note) {
	workflow.note('By API', { columns: [0, 3], top: 440, height: 220, color: 7 }, note);

	return workflow.add(`Read ${title} by Its API`, [0, 1], {
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	});
}

function request(parameters, credential) {
	return {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'GET',
			authentication: 'genericCredentialType',
			genericAuthType: Object.keys(credential)[0],
			...parameters,
		},
		credentials: credential,
	};
}

const headerCredential = (name) => ({ httpHeaderAuth: { ...HEADER.httpHeaderAuth, name } });

/**
 * Pages with a number, until the answer says that it was the last. When n8n asks whether that
 * was all, the page just read is counted already.
 */
const numberedPages = (lastPage) => ({
	pagination: {
		pagination: {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
			paginationCompleteWhen: 'other',
			completeExpression: `={{ $pageCount >= (${lastPage} ?? 1) }}`,
			limitPagesFetched: true,
			maxRequests: MOST_PAGES,
			requestInterval: 600,
		},
	},
});

/** Turns pages of enrollments of Thinkific into rows. */
export function rowsOfThinkific(pages) {
	return pages.flatMap(({ items = [] }) =>
		items.map((enrollment) => ({
			Email: enrollment.user_email,
			Name: enrollment.user_name,
			'Course Name': enrollment.course_name,
			Expired: enrollment.expired === true ? 'true' : '',
		})),
	);
}

export const thinkificApi = {
	add(workflow, rows) {
		const trigger = start(
			workflow,
			'Thinkific',
			`## Or read Thinkific by its API

Run **Read Thinkific by Its API** by hand, in place of the form. It needs a credential of the type *Header Auth* named **Thinkific API**: name \`X-Auth-API-Key\`, value your API key. Write your subdomain into **Enrollments of Thinkific**, into the header \`X-Auth-Subdomain\`.

Expired enrollments are reported and not brought along.`,
		);
		const enrollments = workflow.add(
			'Enrollments of Thinkific',
			[1, 1],
			request(
				{
					url: 'https://api.thinkific.com/api/public/v1/enrollments',
					sendHeaders: true,
					headerParameters: {
						parameters: [{ name: 'X-Auth-Subdomain', value: 'your-subdomain' }],
					},
					sendQuery: true,
					queryParameters: { parameters: [{ name: 'limit', value: '250' }] },
					options: numberedPages('$response.body.meta?.pagination?.total_pages'),
				},
				headerCredential('Thinkific API'),
			),
		);
		const read = workflow.add(
			'Rows of Thinkific',
			[2, 1],
			code(
				[rowsOfThinkific],
				'return rowsOfThinkific($input.all().map(({ json }) => json)).map((json) => ({ json }));',
			),
		);
		workflow.chain(trigger, enrollments, read, rows);
	},
};

/** Turns users of Teachable, each with the courses, into rows. */
export function rowsOfTeachable(users) {
	return users.flatMap(({ email, name, courses = [] }) =>
		courses.map((course) => ({
			Email: email,
			Name: name,
			'Course Name': course.course_name,
			Disabled: course.is_active_enrollment === false ? 'true' : '',
		})),
	);
}

export const teachableApi = {
	add(workflow, rows) {
		const trigger = start(
			workflow,
			'Teachable',
			`## Or read Teachable by its API

Run **Read Teachable by Its API** by hand, in place of the form. It needs a credential of the type *Header Auth* named **Teachable API**: name \`apiKey\`, value your API key.

Teachable allows 100 requests a minute, as its documentation says, and the courses of each user are a request of their own: 1,000 users take about 12 minutes. With more than 10,000 users take exports: its pages end there.`,
		);
		const users = workflow.add(
			'Users of Teachable',
			[1, 1],
			request(
				{
					url: 'https://developers.teachable.com/v1/users',
					sendQuery: true,
					queryParameters: { parameters: [{ name: 'per', value: '100' }] },
					options: numberedPages('$response.body.meta?.number_of_pages'),
				},
				headerCredential('Teachable API'),
			),
		);
		const each = workflow.add(
			'One User Each',
			[2, 1],
			code(
				[],
				'return $input.all().flatMap(({ json }) => (json.users ?? []).map(({ id }) => ({ json: { id } })));',
			),
		);
		const courses = workflow.add(
			'Courses of the User',
			[3, 1],
			request(
				{
					url: '=https://developers.teachable.com/v1/users/{{ $json.id }}',
					options: { batching: { batch: { batchSize: 1, batchInterval: 700 } } },
				},
				headerCredential('Teachable API'),
			),
		);
		const read = workflow.add(
			'Rows of Teachable',
			[4, 1],
			code(
				[rowsOfTeachable],
				'return rowsOfTeachable($input.all().map(({ json }) => json)).map((json) => ({ json }));',
			),
		);
		workflow.chain(trigger, users, each, courses, read, rows);
	},
};

/** Turns pages of customers of Kajabi, each with the title of the offer it was asked for, into rows. */
export function rowsOfKajabi(pages) {
	return pages.flatMap(({ title, data = [] }) =>
		data.map(({ attributes = {} }) => ({
			Email: attributes.email,
			Name: attributes.name,
			Offers: title,
		})),
	);
}

export const kajabiApi = {
	add(workflow, rows) {
		const trigger = start(
			workflow,
			'Kajabi',
			`## Or read Kajabi by its API

Run **Read Kajabi by Its API** by hand, in place of the form. It needs a credential of the type *OAuth2 API* named **Kajabi API**: grant type *Client Credentials*, access token URL \`https://api.kajabi.com/v1/oauth/token\`, client ID and secret of your key, authentication *Body*. Which plans have the API, Kajabi says.

In this case \`course\` in the table is the title of the Kajabi **offer**.`,
		);
		const pages = (url, query) =>
			request(
				{
					url,
					sendQuery: true,
					queryParameters: {
						parameters: [...query, { name: 'page[size]', value: '100' }],
					},
					options: {
						pagination: {
							pagination: {
								paginationMode: 'updateAParameterInEachRequest',
								parameters: {
									parameters: [
										{ type: 'qs', name: 'page[number]', value: '={{ $pageCount + 1 }}' },
									],
								},
								paginationCompleteWhen: 'other',
								completeExpression: '={{ !$response.body.links?.next }}',
								limitPagesFetched: true,
								maxRequests: MOST_PAGES,
								requestInterval: 600,
							},
						},
						// Answers of JSON:API have a content type of their own.
						response: { response: { responseFormat: 'json' } },
					},
				},
				{ oAuth2Api: { id: null, name: 'Kajabi API' } },
			);
		const offers = workflow.add(
			'Offers of Kajabi',
			[1, 1],
			pages('https://api.kajabi.com/v1/offers', []),
		);
		const each = workflow.add(
			'One Offer Each',
			[2, 1],
			code(
				[],
				'return $input.all().flatMap(({ json }) => (json.data ?? []).map(({ id, attributes }) => ({ json: { id, title: attributes?.title ?? id } })));',
			),
		);
		const customers = workflow.add(
			'Customers of the Offer',
			[3, 1],
			pages('https://api.kajabi.com/v1/customers', [
				{ name: 'filter[has_offer_id]', value: '={{ $json.id }}' },
			]),
		);
		const read = workflow.add(
			'Rows of Kajabi',
			[4, 1],
			code(
				[rowsOfKajabi],
				`
// A page does not name its offer: it is the one that was asked for.
const pages = $input.all().map(({ json }, place) => ({ ...json, title: $('${each}').itemMatching(place).json.title }));

return rowsOfKajabi(pages).map((json) => ({ json }));`,
			),
		);
		workflow.chain(trigger, offers, each, customers, read, rows);
	},
};
