/**
 * Runs each operation of the node as a workflow of its own, in the real n8n against the stand-in,
 * and prints a Markdown table of what came out.
 */
import { CREDENTIAL_TYPE, credentialData, NODE_TYPE } from './lib/environment.mjs';
import { markdownTable, shorten } from './lib/table.mjs';
import { createVerdicts } from './lib/verdicts.mjs';

const NODE_NAME = 'Memberspot';
const TRIGGER = 'Start';
const SHOWN = 150;
/** What n8n adds to the list by itself, for every node whose credential can sign requests. */
const NOT_OURS = '__CUSTOM_API_CALL__';

/**
 * @typedef {object} SavedOperation one operation as a workflow in n8n
 * @property {string} title
 * @property {object} workflow as n8n has saved it
 * @property {(items: object[], standIn: import('./lib/stand-in.mjs').StandIn) => boolean | Promise<boolean>} holds
 */

/**
 * Runs all operations and prints the table.
 *
 * @param {import('./lib/environment.mjs').Environment} environment
 * @returns {Promise<boolean>} whether every result is right
 */
export async function runOperations(environment) {
	const verdicts = createVerdicts();
	const saved = await saveOperations(environment);
	const rows = await runSavedOperations(environment, saved, verdicts);
	await compareWithNode(environment, saved, verdicts);
	const violations = await environment.standIn.violations();
	verdicts.add('All requests and answers', `${violations.length} breaches of the contract`, {
		[`the API's contract was kept (${violations[0] ?? ''})`]: violations.length === 0,
	});

	console.log(
		`\n${markdownTable(rows, ['Operation', 'Status', 'Requests', 'Items', 'First item'])}\n`,
	);
	verdicts.printMistakes();

	return verdicts.allRight();
}

/**
 * Saves a workflow for each operation in n8n.
 *
 * @param {Pick<import('./lib/environment.mjs').Environment, 'api' | 'standIn'>} environment
 * @returns {Promise<SavedOperation[]>} in the order in which they can be run
 */
export async function saveOperations({ api, standIn }) {
	const credential = await api.createCredential(
		'Memberspot account, full access',
		CREDENTIAL_TYPE,
		credentialData(standIn, { allowedActions: 'fullAccess', allowLoginLinks: true }),
	);
	const saved = [];
	for (const { resource, operation, parameters, holds } of operationCases(
		await readSamples(standIn),
	)) {
		const title = `${resource}: ${operation}`;
		const workflow = await api.createWorkflow(
			operationWorkflow(title, { resource, operation, ...parameters }, credential),
		);
		saved.push({ title, workflow, holds });
	}

	return saved;
}

/**
 * Runs saved operations, one after the other. The school must be as it was when they were saved.
 *
 * @param {Pick<import('./lib/environment.mjs').Environment, 'api' | 'standIn'>} environment
 * @param {SavedOperation[]} saved
 * @param {ReturnType<typeof createVerdicts>} verdicts takes a row for each
 * @returns {Promise<object[]>} rows for a table
 */
export async function runSavedOperations({ api, standIn }, saved, verdicts) {
	const rows = [];
	for (const { title, workflow, holds } of saved) {
		await standIn.clearLog();
		const execution = await api.runWorkflow(workflow, TRIGGER);
		const items = execution.items(NODE_NAME).map(({ json }) => json);
		const requests = await standIn.requests();
		verdicts.add(title, execution.status, {
			[`the execution succeeds (${execution.error?.message ?? ''} ${execution.error?.description ?? ''})`]:
				execution.status === 'success',
			'the node sends a request': requests.length > 0,
			'what came out is right':
				execution.status === 'success' && items.length > 0 && (await holds(items, standIn)),
		});
		rows.push({
			Operation: title,
			Status: execution.status,
			Requests: summarise(requests),
			Items: items.length,
			'First item': `\`${shorten(JSON.stringify(items[0] ?? execution.error?.message ?? null), SHOWN)}\``,
		});
	}

	return rows;
}

/**
 * What the operations are tried on. The names are those of the stand-in's fixtures
 * (test/stand-in/fixtures.ts), which every school of it holds.
 */
async function readSamples(standIn) {
	const named = async (kind, name) =>
		(await standIn.control(`/${kind}`)).find((entry) => entry.name === name);

	return {
		offer: await named('offers', 'Excel Basics'),
		otherOffer: await named('offers', 'Office Bundle'),
		course: (await named('courses', 'Excel Basics')).id,
		chapterId: (await named('chapters', 'Bonus: Makros')).id,
		examId: (await named('exams', 'Excel Basics')).id,
		property: await named('properties', 'Firma'),
		/** Holds the offer, has progress in its course and a result of its exam. */
		holder: await standIn.user('anna@example.com'),
		/** Holds the other offer. */
		leaver: await standIn.user('frida@example.com'),
		/** Holds nothing. */
		newcomer: await standIn.user('carla@example.com'),
	};
}

/** Each operation once. Those that take something away come last, so that the others find it. */
function operationCases({
	offer,
	otherOffer,
	course,
	chapterId,
	examId,
	property,
	holder,
	leaver,
	newcomer,
}) {
	const byEmail = (email) => ({ __rl: true, mode: 'email', value: email });
	const byId = (id) => ({ __rl: true, mode: 'id', value: id });
	const chosen = (field, offers) => ({
		[field]: 'chosen',
		chosenOffers: { values: offers.map(({ id }) => ({ offer: byId(id) })) },
	});
	const buyer = 'paul.buyer@example.com';
	const grantsOf = async (standIn, email, offerId) =>
		(await standIn.grantsOf(email)).filter((grant) => grant.offerId === offerId);

	return [
		{
			resource: 'offer',
			operation: 'getAll',
			parameters: { returnAll: true },
			holds: (items) => items.some(({ id, name }) => id === offer.id && name === offer.name),
		},
		{
			resource: 'course',
			operation: 'getAll',
			parameters: { returnAll: true },
			holds: (items) => items.some(({ courseId }) => courseId === course),
		},
		{
			resource: 'customProperty',
			operation: 'getAll',
			parameters: { returnAll: true },
			holds: (items) => items.some(({ id }) => id === property.id),
		},
		{
			resource: 'user',
			operation: 'getAll',
			parameters: { returnAll: true, filters: { offer: byId(offer.id) } },
			holds: async (items, standIn) => items.length === (await standIn.holders(offer.id)).length,
		},
		{
			resource: 'user',
			operation: 'get',
			parameters: { user: byEmail(holder.email) },
			holds: ([user]) => user.uid === holder.uid,
		},
		{
			resource: 'user',
			operation: 'getAccess',
			parameters: { usersFrom: 'one', user: byEmail(holder.email), offersToRead: 'all' },
			holds: ([row]) => row.uid === holder.uid && row.active.includes(offer.id),
		},
		{
			resource: 'user',
			operation: 'auditAccess',
			parameters: {
				email: holder.email,
				offersFrom: 'list',
				offerList: offer.name,
				...chosen('offersToRead', [offer]),
			},
			holds: (items) =>
				items.at(-1).status === 'totals' &&
				items.some(({ email, status }) => email === holder.email && status === 'ok'),
		},
		{
			resource: 'courseProgress',
			operation: 'getAll',
			parameters: { user: byEmail(holder.email), returnAll: true },
			holds: (items) =>
				items.some(
					({ courseId, completedPosts }) =>
						courseId === course && completedPosts === holder.progress[course],
				),
		},
		{
			resource: 'courseProgress',
			operation: 'get',
			parameters: { user: byEmail(holder.email), course: byId(course) },
			holds: ([progress]) =>
				progress.completedPosts === holder.progress[course] && typeof progress.percent === 'number',
		},
		{
			resource: 'exam',
			operation: 'getResults',
			parameters: { examId, returnAll: true },
			holds: (items) => items.some(({ uid }) => uid === holder.uid),
		},
		{
			resource: 'offer',
			operation: 'grant',
			parameters: {
				email: buyer,
				offer: byId(offer.id),
				firstName: 'Paul',
				lastName: 'Buyer',
				orderId: '0008150',
			},
			holds: async ([row], standIn) =>
				row.success &&
				(await grantsOf(standIn, buyer, offer.id)).some(
					({ orderId, active }) => orderId === '0008150' && active,
				),
		},
		{
			resource: 'offer',
			operation: 'setState',
			parameters: { user: byEmail(buyer), offer: byId(offer.id), active: false },
			holds: async (_items, standIn) =>
				(await grantsOf(standIn, buyer, offer.id)).every(({ active }) => !active),
		},
		{
			resource: 'order',
			operation: 'setState',
			parameters: { user: byEmail(buyer), orderId: '0008150', active: true },
			holds: async (_items, standIn) =>
				(await grantsOf(standIn, buyer, offer.id)).every(({ active }) => active),
		},
		{
			resource: 'user',
			operation: 'syncAccess',
			parameters: {
				email: newcomer.email,
				offersFrom: 'list',
				offerList: `${offer.name}, ${otherOffer.name}`,
				...chosen('controls', [offer, otherOffer]),
			},
			holds: async (_items, standIn) =>
				(await standIn.grantsOf(newcomer.email)).filter(({ active }) => active).length === 2,
		},
		{
			resource: 'customProperty',
			operation: 'set',
			parameters: {
				user: byEmail(buyer),
				properties: {
					mappingMode: 'defineBelow',
					value: { [property.id]: 'Muster GmbH' },
					matchingColumns: [],
					schema: [],
					attemptToConvertTypes: false,
					convertFieldsToString: true,
				},
			},
			holds: async ([row], standIn) =>
				row.success && (await standIn.user(buyer)).properties[property.id] === 'Muster GmbH',
		},
		{
			resource: 'chapter',
			operation: 'enableAccess',
			parameters: { user: byEmail(holder.email), chapter: byId(chapterId), course: byId(course) },
			holds: ([row]) => row.success && row.chapterId === chapterId,
		},
		{
			resource: 'loginToken',
			operation: 'create',
			parameters: { user: byEmail(holder.email) },
			holds: ([row]) => row.uid === holder.uid && typeof row.token === 'string' && row.token !== '',
		},
		{
			resource: 'order',
			operation: 'remove',
			parameters: { user: byEmail(buyer), orderId: '0008150' },
			holds: async (_items, standIn) => (await grantsOf(standIn, buyer, offer.id)).length === 0,
		},
		{
			resource: 'offer',
			operation: 'remove',
			parameters: { user: byEmail(leaver.email), offer: byId(otherOffer.id) },
			holds: async (_items, standIn) =>
				(await grantsOf(standIn, leaver.email, otherOffer.id)).length === 0,
		},
		{
			resource: 'user',
			operation: 'delete',
			parameters: { emails: `${buyer}, nobody@example.com` },
			holds: async (items, standIn) =>
				items.length === 2 && (await standIn.user(buyer)) === undefined,
		},
	];
}

/** Requests in a row to the same place as one, with their number. */
function summarise(requests) {
	const groups = [];
	for (const { method, path } of requests) {
		const text = `${method} ${path}`;
		const last = groups.at(-1);
		if (last?.text === text) last.count++;
		else groups.push({ text, count: 1 });
	}

	return groups.map(({ text, count }) => (count === 1 ? text : `${text} (${count})`)).join(', ');
}

/** An operation that the node has and this list lacks would go untested. */
async function compareWithNode({ api }, saved, verdicts) {
	const { properties } = (await api.nodeTypes()).find(({ name }) => name === NODE_TYPE);
	const known = new Set(saved.map(({ title }) => title));
	const missing = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options, displayOptions }) =>
			displayOptions.show.resource.flatMap((resource) =>
				options.map(({ value }) => [resource, value]),
			),
		)
		.filter(
			([resource, operation]) => operation !== NOT_OURS && !known.has(`${resource}: ${operation}`),
		)
		.map((pair) => pair.join(': '));
	verdicts.add('All operations of the node', `${known.size} were run`, {
		[`none is missing (${missing.join(', ')})`]: missing.length === 0,
	});
}

function operationWorkflow(title, parameters, credential) {
	return {
		name: `Operation ${title}`,
		nodes: [
			{
				id: 'start',
				name: TRIGGER,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'memberspot',
				name: NODE_NAME,
				type: NODE_TYPE,
				typeVersion: 1,
				position: [260, 0],
				parameters,
				credentials: { [CREDENTIAL_TYPE]: credential },
			},
		],
		connections: { [TRIGGER]: { main: [[{ node: NODE_NAME, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}
