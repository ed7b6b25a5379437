/**
 * The operations of the node as tools of an AI model: which arguments a model fills, what it calls,
 * and what has to come of it. One list for every way in which a model reaches them.
 */
import { CREDENTIAL_TYPE, credentialData, NODE_TYPE } from '../../demo/lib/environment.mjs';

/** n8n's own variant of the node, for agents. */
export const TOOL_TYPE = `${NODE_TYPE}Tool`;
/** What the node reads for a model that names no limit. */
export const USUAL_ROWS = 20;
/** What a list says when it has no row: an empty answer makes a model guess. */
export const NOTHING_FOUND = { found: false, message: 'Nothing was found for this request' };

/** A key that the school does not know, and that must never reach a model. */
export const WRONG_KEY = 'wrong-key-5f1c7a9e3b2d4860';

/** Makes the credentials that the tools run with, one for each thing that a model may be allowed. */
export async function toolCredentials(api, standIn) {
	const memberspot = async (name, changes) =>
		await api.createCredential(name, CREDENTIAL_TYPE, credentialData(standIn, changes));

	return {
		reads: await memberspot('Memberspot read only', { allowedActions: 'readOnly' }),
		writes: await memberspot('Memberspot account'),
		full: await memberspot('Memberspot full access', {
			allowedActions: 'fullAccess',
			allowLoginLinks: true,
		}),
		wrong: await memberspot('Memberspot wrong key', { apiKey: WRONG_KEY }),
	};
}

/**
 * @typedef {object} Argument what a model fills in
 * @property {'string' | 'number' | 'boolean'} type
 * @property {string} description
 * @property {string} [fallback] makes it optional
 */

/**
 * @typedef {object} ToolCase
 * @property {string} operation resource and operation as they stand in workflows, with a dot
 * @property {{ [name: string]: Argument }} arguments
 * @property {object} parameters the node's
 * @property {Array<{ says: string, arguments: object, right: (rows: object[], standIn: import('../../demo/lib/stand-in.mjs').StandIn) => boolean | Promise<boolean> }>} calls
 */

const email = { type: 'string', description: 'E-mail address of the user' };

/** An expression by which n8n asks the model for a value. */
function ask(name, { type, description, fallback }) {
	const more = fallback === undefined ? '' : `, '${fallback}'`;

	return `={{ $fromAI('${name}', \`${description}\`, '${type}'${more}) }}`;
}

/** @returns {ToolCase} */
function tool(operation, given, parameters, calls) {
	const asked = Object.fromEntries(
		Object.entries(given).map(([name, its]) => [name, ask(name, its)]),
	);

	return { operation, arguments: given, parameters: parameters(asked), calls };
}

const locator = (mode) => (value) => ({ __rl: true, mode, value });
const byEmail = locator('email');
const byId = locator('id');
const chosen = (field, offers) => ({
	[field]: 'chosen',
	chosenOffers: { values: offers.map(({ id }) => ({ offer: byId(id) })) },
});
const one = (rows) => rows.length === 1;
const nothing = (rows) => JSON.stringify(rows) === JSON.stringify([NOTHING_FOUND]);
const grantsOf = async (standIn, address, { id }) =>
	(await standIn.grantsOf(address)).filter(({ offerId }) => offerId === id);

/**
 * What the tools are tried on. The names are those of the stand-in's fixtures
 * (test/stand-in/fixtures.ts), which every school of it holds.
 */
export async function readSchool(standIn) {
	const named = async (kind, name) =>
		(await standIn.control(`/${kind}`)).find((entry) => entry.name === name);

	return {
		offers: await standIn.offers(),
		offer: await named('offers', 'Excel Basics'),
		bundle: await named('offers', 'Office Bundle'),
		safety: await named('offers', 'Arbeitsschutz 2026'),
		course: await named('courses', 'Excel Basics'),
		chapter: await named('chapters', 'Bonus: Makros'),
		exam: await named('exams', 'Excel Basics'),
		/** Nobody has taken it. */
		newExam: await named('exams', 'Yoga'),
		property: await named('properties', 'Firma'),
		properties: await standIn.control('/properties'),
		/** Holds the offer under the order 0004711, has progress and a result. */
		anna: await standIn.user('anna@example.com'),
		/** The access to the offer is paused. */
		ben: await standIn.user('ben@example.com'),
		/** Holds nothing. */
		carla: await standIn.user('carla@example.com'),
		/** Holds two offers under the order 0006000. */
		frida: await standIn.user('frida@example.com'),
	};
}

/**
 * The tools that only read.
 *
 * @param {Awaited<ReturnType<typeof readSchool>>} school
 * @returns {ToolCase[]}
 */
export function readingTools({
	offers,
	offer,
	safety,
	course,
	exam,
	newExam,
	properties,
	anna,
	carla,
	frida,
}) {
	const nobody = 'nobody@example.com';

	return [
		tool('user.get', { email }, (ai) => ({ user: byEmail(ai.email) }), [
			{
				says: 'a user',
				arguments: { email: anna.email },
				right: (rows) => one(rows) && rows[0].found === true && rows[0].uid === anna.uid,
			},
			{
				says: 'nobody',
				arguments: { email: nobody },
				right: (rows) => one(rows) && rows[0].found === false && rows[0].email === nobody,
			},
		]),
		tool(
			'user.getAll',
			{
				search: {
					type: 'string',
					description: 'Text that has to be in the name or the e-mail address',
				},
				limit: {
					type: 'number',
					description: 'Most users to return',
					fallback: '25',
				},
			},
			(ai) => ({ filters: { search: ai.search }, limit: ai.limit }),
			[
				{
					says: 'many users, as many as the user of the node has set',
					arguments: { search: '@' },
					right: (rows) => rows.length === 25 && rows[0].email === anna.email,
				},
				{
					says: 'many users, as many as the model asks for',
					arguments: { search: '@', limit: 35 },
					right: (rows) => rows.length === 35,
				},
				{ says: 'nobody', arguments: { search: 'nobody is called this' }, right: nothing },
			],
		),
		tool(
			'user.getAccess',
			{ email },
			(ai) => ({ usersFrom: 'one', user: byEmail(ai.email), offersToRead: 'all' }),
			[
				{
					says: 'the offers of a user',
					arguments: { email: anna.email },
					right: (rows) => one(rows) && rows[0].found === true && rows[0].active.includes(offer.id),
				},
				{
					says: 'nobody',
					arguments: { email: nobody },
					right: (rows) => one(rows) && rows[0].found === false && rows[0].active.length === 0,
				},
			],
		),
		tool(
			'user.auditAccess',
			{
				email,
				offers: {
					type: 'string',
					description: 'Names of the offers paid for, with commas between',
				},
			},
			(ai) => ({
				email: ai.email,
				offersFrom: 'list',
				offerList: ai.offers,
				...chosen('offersToRead', [safety]),
				options: { usersWithoutAccess: false },
			}),
			[
				{
					says: 'somebody who has paid and has no access',
					arguments: { email: carla.email, offers: safety.name },
					right: (rows) =>
						rows.some((row) => row.email === carla.email && row.status === 'missing') &&
						rows.filter(({ inInput }) => inInput === false).length === USUAL_ROWS &&
						rows.at(-1).status === 'totals' &&
						rows.at(-1).totals.notShown > 0,
				},
			],
		),
		tool(
			'courseProgress.get',
			{ email, course: { type: 'string', description: 'ID of the course' } },
			(ai) => ({ user: byEmail(ai.email), course: byId(ai.course) }),
			[
				{
					says: 'the progress in a course',
					arguments: { email: anna.email, course: course.id },
					right: (rows) =>
						one(rows) &&
						rows[0].completedPosts === anna.progress[course.id] &&
						rows[0].percent === 50,
				},
			],
		),
		tool('courseProgress.getAll', { email }, (ai) => ({ user: byEmail(ai.email) }), [
			{
				says: 'the progress in each course',
				arguments: { email: frida.email },
				right: (rows) =>
					Object.entries(frida.progress).every(([courseId, done]) =>
						rows.some((row) => row.courseId === courseId && row.completedPosts === done),
					),
			},
			{ says: 'no progress', arguments: { email: carla.email }, right: nothing },
		]),
		tool('customProperty.getAll', {}, () => ({}), [
			{
				says: 'the properties of the school',
				arguments: {},
				right: (rows) =>
					rows.length === properties.length &&
					properties.every(({ id, name }) =>
						rows.some((row) => row.id === id && row.name === name),
					),
			},
		]),
		tool(
			'exam.getResults',
			{ exam: { type: 'string', description: 'ID of the exam' } },
			(ai) => ({ examId: ai.exam }),
			[
				{
					says: 'the results of an exam, and not all of them',
					arguments: { exam: exam.id },
					right: (rows) =>
						rows.length === USUAL_ROWS &&
						rows.every((row) => row.examId === exam.id && typeof row.points === 'number'),
				},
				{ says: 'no result', arguments: { exam: newExam.id }, right: nothing },
			],
		),
		tool('offer.getAll', {}, () => ({}), [
			{
				says: 'the offers of the school',
				arguments: {},
				right: (rows) =>
					rows.length === Math.min(offers.length, USUAL_ROWS) &&
					rows.some(({ id, name }) => id === offer.id && name === offer.name),
			},
		]),
		tool('course.getAll', {}, () => ({}), [
			{
				says: 'the courses of the offers',
				arguments: {},
				right: (rows) => rows.some(({ courseId }) => courseId === course.id),
			},
		]),
	];
}

/**
 * The tools that give something or note something, and take nothing away.
 *
 * @param {Awaited<ReturnType<typeof readSchool>>} school
 * @returns {ToolCase[]}
 */
export function givingTools({ offer, course, chapter, property, anna, ben }) {
	const newcomer = 'new.member@example.com';

	return [
		tool(
			'offer.grant',
			{
				email,
				offer: { type: 'string', description: 'Exact name of the offer' },
				orderId: { type: 'string', description: 'Order ID of the shop', fallback: '' },
			},
			(ai) => ({ email: ai.email, offer: locator('name')(ai.offer), orderId: ai.orderId }),
			[
				{
					says: 'an offer for somebody new',
					arguments: { email: newcomer, offer: offer.name, orderId: '0008150' },
					right: async ([row], standIn) =>
						row.success === true &&
						(await grantsOf(standIn, newcomer, offer)).some(
							({ active, orderId }) => active && orderId === '0008150',
						),
				},
			],
		),
		tool(
			'offer.setState',
			{ email },
			(ai) => ({ user: byEmail(ai.email), offer: byId(offer.id), active: true }),
			[
				{
					says: 'access again',
					arguments: { email: ben.email },
					right: async ([row], standIn) =>
						row.success === true &&
						row.active === true &&
						(await grantsOf(standIn, ben.email, offer)).every(({ active }) => active),
				},
			],
		),
		tool(
			'order.setState',
			{ email, orderId: { type: 'string', description: 'Order ID of the shop' } },
			(ai) => ({ user: byEmail(ai.email), orderId: ai.orderId, active: true }),
			[
				{
					says: 'access of an order again',
					arguments: { email: ben.email, orderId: '0004712' },
					right: async ([row], standIn) =>
						row.success === true &&
						(await grantsOf(standIn, ben.email, offer)).every(({ active }) => active),
				},
			],
		),
		tool(
			'customProperty.set',
			{ email, company: { type: 'string', description: 'Name of the company of the user' } },
			(ai) => ({
				user: byEmail(ai.email),
				properties: {
					mappingMode: 'defineBelow',
					value: { [property.id]: ai.company },
					matchingColumns: [],
					schema: [],
					attemptToConvertTypes: false,
					convertFieldsToString: true,
				},
			}),
			[
				{
					says: 'a property',
					arguments: { email: anna.email, company: 'Muster AG' },
					right: async ([row], standIn) =>
						row.success === true &&
						(await standIn.user(anna.email)).properties[property.id] === 'Muster AG',
				},
			],
		),
		tool(
			'chapter.enableAccess',
			{ email },
			(ai) => ({ user: byEmail(ai.email), chapter: byId(chapter.id), course: byId(course.id) }),
			[
				{
					says: 'a chapter',
					arguments: { email: anna.email },
					right: ([row]) => row.success === true && row.chapterId === chapter.id,
				},
			],
		),
	];
}

/**
 * The tools that belong behind the approval of a person. Each has one call.
 *
 * @param {Awaited<ReturnType<typeof readSchool>>} school
 * @returns {ToolCase[]}
 */
export function gatedTools({ offer, bundle, safety, anna, carla, frida }) {
	const orderId = { type: 'string', description: 'Order ID of the shop' };

	return [
		tool(
			'user.delete',
			{ emails: { type: 'string', description: 'E-mail addresses of the users to delete' } },
			(ai) => ({ emails: ai.emails }),
			[
				{
					says: 'a deletion',
					arguments: { emails: carla.email },
					right: async (_rows, standIn) => (await standIn.user(carla.email)) === undefined,
				},
			],
		),
		tool('offer.remove', { email }, (ai) => ({ user: byEmail(ai.email), offer: byId(offer.id) }), [
			{
				says: 'the end of an offer',
				arguments: { email: anna.email },
				right: async (_rows, standIn) => (await grantsOf(standIn, anna.email, offer)).length === 0,
			},
		]),
		tool(
			'order.remove',
			{ email, orderId },
			(ai) => ({ user: byEmail(ai.email), orderId: ai.orderId }),
			[
				{
					says: 'the end of an order',
					arguments: { email: frida.email, orderId: '0006000' },
					right: async (_rows, standIn) => (await standIn.grantsOf(frida.email)).length === 0,
				},
			],
		),
		tool(
			'offer.setState',
			{
				email,
				active: { type: 'boolean', description: 'Whether the user can use the offer' },
			},
			(ai) => ({ user: byEmail(ai.email), offer: byId(offer.id), active: ai.active }),
			[
				{
					says: 'a pause',
					arguments: { email: anna.email, active: false },
					right: async (_rows, standIn) =>
						(await grantsOf(standIn, anna.email, offer)).every(({ active }) => !active),
				},
			],
		),
		tool(
			'order.setState',
			{ email, orderId },
			(ai) => ({ user: byEmail(ai.email), orderId: ai.orderId, active: false }),
			[
				{
					says: 'a pause of an order',
					arguments: { email: anna.email, orderId: '0004711' },
					right: async (_rows, standIn) =>
						(await grantsOf(standIn, anna.email, offer)).every(({ active }) => !active),
				},
			],
		),
		tool(
			'user.syncAccess',
			{
				email,
				offers: { type: 'string', description: 'Names of all offers the user should have' },
			},
			(ai) => ({
				email: ai.email,
				offersFrom: 'list',
				offerList: ai.offers,
				...chosen('controls', [bundle, safety]),
			}),
			[
				{
					says: 'another set of offers',
					arguments: { email: carla.email, offers: safety.name },
					right: async (_rows, standIn) =>
						(await grantsOf(standIn, carla.email, safety)).some(({ active }) => active),
				},
			],
		),
		tool('loginToken.create', { email }, (ai) => ({ user: byEmail(ai.email) }), [
			{
				says: 'a login link, hidden',
				arguments: { email: anna.email },
				right: async ([row], standIn) =>
					row.created === true && (await standIn.control('/login-tokens')).length === 1,
			},
		]),
	];
}

/**
 * What n8n knows of the node's operations.
 *
 * @param {import('../../demo/lib/api.mjs').N8nApi} api
 * @returns {Promise<Map<string, { action: string }>>} by resource and operation, with a dot
 */
export async function readOperations(api) {
	const type = (await api.nodeTypes()).find(({ name }) => name === TOOL_TYPE);
	const fields = type?.properties.filter(({ name }) => name === 'operation') ?? [];

	return new Map(
		fields.flatMap(({ options, displayOptions }) =>
			options
				// n8n adds it to every node whose credential can sign requests.
				.filter(({ value }) => value !== '__CUSTOM_API_CALL__')
				.map(({ value, action }) => [`${displayOptions.show.resource[0]}.${value}`, { action }]),
		),
	);
}

/** The name that n8n's editor gives a tool node, and that it makes the tool's name of. */
export function nodeName(operations, { operation }) {
	return `${operations.get(operation).action} in Memberspot`;
}

/** The name under which the model knows a node. */
export function toolName(name) {
	return name.replace(/[^a-zA-Z0-9_-]+/g, '_');
}

/** A tool node as n8n's editor makes it: automatic name, automatic description. */
export function toolNode(operations, each, credential, parameters = {}) {
	const [resource, operation] = each.operation.split('.');

	return node(
		nodeName(operations, each),
		TOOL_TYPE,
		{ descriptionType: 'auto', resource, operation, ...each.parameters, ...parameters },
		{ credentials: { [CREDENTIAL_TYPE]: credential } },
	);
}

let placed = 0;

/** A node of a workflow. */
export function node(name, type, parameters = {}, more = {}) {
	placed++;

	return {
		id: `node-${placed}`,
		name,
		type,
		typeVersion: 1,
		position: [(placed % 10) * 220, Math.floor(placed / 10) * 200],
		parameters,
		...more,
	};
}

/**
 * A workflow.
 *
 * @param {string} name
 * @param {object[]} nodes
 * @param {Array<[from: string, to: string, kind?: string]>} links `kind` is "main" unless given
 */
export function workflow(name, nodes, links) {
	const connections = {};
	for (const [from, to, kind = 'main'] of links) {
		connections[from] ??= {};
		connections[from][kind] ??= [[]];
		connections[from][kind][0].push({ node: to, type: kind, index: 0 });
	}

	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}

const PLAIN_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const ASCII = /^[\x20-\x7e]+$/;

/**
 * What has to hold of a tool as a model gets it, whichever way it gets it.
 *
 * @param {ToolCase} each
 * @param {string} action of the operation
 * @param {{ name: string, description: string, parameters: object } | undefined} offered
 * @returns {{ [claim: string]: boolean }}
 */
export function toolClaims(each, action, offered) {
	const { type, properties = {}, required = [] } = offered?.parameters ?? {};
	const names = Object.keys(each.arguments);
	const mustHave = names.filter((name) => each.arguments[name].fallback === undefined);

	return {
		'the model gets it': offered !== undefined,
		'its name is plain and at most 64 characters long': PLAIN_NAME.test(offered?.name ?? ''),
		'its description says what it does, and in what':
			offered?.description === `${action} in Memberspot`,
		'its description is plain ASCII': ASCII.test(offered?.description ?? ''),
		'its arguments are exactly those that are asked for':
			type === 'object' && same(Object.keys(properties), names),
		'each argument has its type and description': names.every(
			(name) =>
				properties[name]?.type === each.arguments[name].type &&
				properties[name]?.description === each.arguments[name].description,
		),
		'those that it must give are marked': same(required, mustHave),
	};
}

function same(one, other) {
	return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}
