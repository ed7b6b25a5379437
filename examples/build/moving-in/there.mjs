/**
 * How people get and lose a course on the other platform. Addresses and fields come from the
 * platforms' public API descriptions and help pages; none was tried with a real account.
 */
import { when } from '../workflow.mjs';

/** What was to be done for the item, however many nodes ago that was. */
const ASKED = "$('What Has to Be Done There').item.json";
/** Whatever fails is kept with its reason, and the others go on. */
const KEEP = { onError: 'continueErrorOutput' };

function call(method, url, { credential, headers = {}, query = {}, body }) {
	const list = (values) => ({
		parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
	});

	return {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method,
			url,
			...(credential !== undefined && {
				authentication: 'genericCredentialType',
				genericAuthType: 'httpHeaderAuth',
			}),
			...(Object.keys(headers).length > 0 && {
				sendHeaders: true,
				headerParameters: list(headers),
			}),
			...(Object.keys(query).length > 0 && { sendQuery: true, queryParameters: list(query) }),
			...(body !== undefined && {
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ ${body} }}`,
			}),
			options: {},
		},
		...(credential !== undefined && {
			credentials: { httpHeaderAuth: { id: null, name: credential } },
		}),
	};
}

/**
 * @callback There
 * @param {import('../workflow.mjs').Workflow} workflow
 * @param {string} task its first output is for people who get a course, its second for those who lose one
 * @param {string} failed takes what went wrong
 */

/** @type {There} */
export function thinkificThere(workflow, task, failed) {
	const own = { credential: 'Thinkific API', headers: { 'X-Auth-Subdomain': 'your-subdomain' } };
	const base = 'https://api.thinkific.com/api/public/v1';
	const byEmail = { 'query[email]': '={{ $json.email }}' };
	const enroll = `JSON.stringify({ course_id: Number(${ASKED}.target), user_id: USER, activated_at: $now.toISO() })`;

	findOrMake(workflow, task, failed, {
		find: call('GET', `${base}/users`, { ...own, query: byEmail }),
		found: '$json.items',
		make: call('POST', `${base}/users`, {
			...own,
			body: `JSON.stringify({ email: ${ASKED}.email, first_name: ${ASKED}.firstName || ${ASKED}.email, last_name: ${ASKED}.lastName || '-' })`,
		}),
		give: (user) =>
			call('POST', `${base}/enrollments`, { ...own, body: enroll.replace('USER', user) }),
	});

	const find = workflow.add(
		'Find the Enrolment',
		[4, 4],
		call('GET', `${base}/enrollments`, {
			...own,
			query: { ...byEmail, 'query[course_id]': '={{ $json.target }}' },
		}),
		KEEP,
	);
	const has = workflow.add('Is Enrolled?', [5, 4], when('={{ ($json.items ?? []).length > 0 }}'));
	const end = workflow.add(
		'End the Enrolment',
		[6, 4],
		call('PUT', `=${base}/enrollments/{{ $json.items[0].id }}`, {
			...own,
			body: 'JSON.stringify({ expiry_date: $now.toISO() })',
		}),
		KEEP,
	);
	workflow.connect(task, find, 1);
	workflow.chain(find, has, end);
	for (const node of [find, end]) workflow.connect(node, failed, 1);
}

/** @type {There} */
export function teachableThere(workflow, task, failed) {
	const own = { credential: 'Teachable API' };
	const base = 'https://developers.teachable.com/v1';
	const query = { email: '={{ $json.email }}' };
	const pair = (user) => `JSON.stringify({ user_id: ${user}, course_id: Number(${ASKED}.target) })`;

	findOrMake(workflow, task, failed, {
		find: call('GET', `${base}/users`, { ...own, query }),
		found: '$json.users',
		make: call('POST', `${base}/users`, {
			...own,
			body: `JSON.stringify({ email: ${ASKED}.email, name: (${ASKED}.firstName + ' ' + ${ASKED}.lastName).trim() || ${ASKED}.email })`,
		}),
		give: (user) => call('POST', `${base}/enroll`, { ...own, body: pair(user) }),
	});

	const find = workflow.add(
		'Find Who Loses It',
		[4, 4],
		call('GET', `${base}/users`, { ...own, query }),
		KEEP,
	);
	const is = workflow.add(
		'Is in Teachable?',
		[5, 4],
		when('={{ ($json.users ?? []).length > 0 }}'),
	);
	const end = workflow.add(
		'End the Enrolment',
		[6, 4],
		call('POST', `${base}/unenroll`, { ...own, body: pair('$json.users[0].id') }),
		KEEP,
	);
	workflow.connect(task, find, 1);
	workflow.chain(find, is, end);
	for (const node of [find, end]) workflow.connect(node, failed, 1);
}

/** @type {There} */
export function kajabiThere(workflow, task, failed) {
	const person =
		"JSON.stringify({ name: ($json.firstName + ' ' + $json.lastName).trim() || $json.email, email: $json.email, external_user_id: $json.email })";
	const url = '={{ $json.target }}';
	const give = workflow.add(
		'Activate the Offer There',
		[4, 3],
		call('POST', url, { body: person }),
		KEEP,
	);
	const take = workflow.add(
		'Deactivate the Offer There',
		[4, 4],
		call('POST', url, { body: person }),
		KEEP,
	);
	workflow.connect(task, give, 0);
	workflow.connect(task, take, 1);
	for (const node of [give, take]) workflow.connect(node, failed, 1);
}

function findOrMake(workflow, task, failed, { find, found, make, give }) {
	const look = workflow.add('Find the Person', [4, 3], find, KEEP);
	const is = workflow.add('Is There?', [5, 3], when(`={{ (${found} ?? []).length > 0 }}`));
	const enroll = workflow.add('Enrol', [6, 3], give(`${found}[0].id`), KEEP);
	const create = workflow.add('Make the Person', [6, 2], make, KEEP);
	const enrollNew = workflow.add('Enrol the New Person', [7, 2], give('$json.id'), KEEP);
	workflow.connect(task, look, 0);
	workflow.chain(look, is, enroll);
	workflow.connect(is, create, 1);
	workflow.chain(create, enrollNew);
	for (const node of [look, enroll, create, enrollNew]) workflow.connect(node, failed, 1);
}
