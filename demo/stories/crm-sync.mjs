/**
 * Access is brought in step with a list of a CRM: a dry run, the real run, and a second one.
 *
 * The workflow is examples/sync-crm.json with an HTTP Request to the CRM in the place of its sample
 * list. What has to change is worked out here from the school's state, not taken from the node.
 */
import { NODE_TYPE } from '../lib/environment.mjs';
import { importExample, nodeOf, writes } from './shared.mjs';

const START = 'n8n-nodes-base.manualTrigger';
const LIST = 'n8n-nodes-base.code';

/** The offers that the example controls. */
const CONTROLLED = ['Excel Basics', 'Office Bundle'];
const EXCEL = ['Excel Basics'];
const BUNDLE = ['Office Bundle'];

/** The CRM's list: all offers that each of them should have. */
const CONTACTS = [
	// Has Excel Basics, gets the bundle.
	{ email: 'anna@example.com', firstName: 'Anna', lastName: 'Schmidt', offers: CONTROLLED },
	// Has Excel Basics, paused: is switched on.
	{ email: 'ben@example.com', firstName: 'Ben', lastName: 'Weber', offers: EXCEL },
	// Has nothing, and should have nothing.
	{ email: 'carla@example.com', firstName: 'Carla', lastName: 'Rossi', offers: [] },
	// Has Excel Basics through two orders, and should have nothing.
	{ email: 'dora@example.com', firstName: 'Dora', lastName: 'Zweimal', offers: [] },
	// Has the bundle, and should have it. Has another offer, which is not controlled.
	{ email: 'frida@example.com', firstName: 'Frida', lastName: 'Østergård', offers: BUNDLE },
	// Changes from one offer to the other.
	{ email: 'jürgen@example.com', firstName: 'Jürgen', lastName: 'Großmann', offers: BUNDLE },
	// Is not in Memberspot yet.
	{ email: 'nora.new@example.com', firstName: 'Nora', lastName: 'Neu', offers: EXCEL },
];

/** @param {import('./shared.mjs').Story} story */
export async function crmSync(story) {
	const { api, crm, verdicts } = story;
	crm.setContacts(CONTACTS);
	const imported = await importExample(story, 'sync-crm', (example) => {
		const list = nodeOf(example, LIST);
		Object.assign(list, {
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: { url: `${crm.url}/contacts`, options: {} },
		});
	});
	const chapter = { ...story, trigger: nodeOf(imported, START).name };
	const before = await schoolOf(story);

	const dry = await run(chapter, imported, { dryRun: true });
	const { summary, totals } = dry.rows.at(-1);
	verdicts.add(
		'CRM sync: dry run',
		`${before.differences.length} differences, ${dry.written.length} writes; it says: ${summary}`,
		{
			'the run succeeded': dry.execution.status === 'success',
			'nothing was written': dry.written.length === 0,
			'the school is as before': (await schoolOf(story)).text === before.text,
			'there is a row for each contact, and the summary':
				dry.rows.length === CONTACTS.length + 1 && typeof summary === 'string',
			'the rows name exactly the differences': sameTexts(
				dry.rows.slice(0, -1).flatMap(stepsOf),
				before.differences,
			),
			'its totals are those of the differences': hasTotals(totals, before.differences),
		},
	);

	const workflow = await api.saveWorkflow(switchToRealRun(imported));
	const real = await run(chapter, workflow, { dryRun: false });
	const after = await schoolOf(story);
	verdicts.add(
		'CRM sync: real run',
		`${real.written.length} writes; differences left: ${after.differences.length}; ${before.others.size} others as before`,
		{
			'the run succeeded': real.execution.status === 'success',
			'as many writes as there were differences':
				before.differences.length > 0 && real.written.length === before.differences.length,
			'everybody has exactly what the CRM says': after.differences.length === 0,
			'users who are not in the list are untouched': sameOthers(before, after),
			'offers that are not controlled are untouched': after.uncontrolled === before.uncontrolled,
			'no row is unsure': real.rows.every(({ unknown }) => unknown?.length === 0),
		},
	);

	const again = await run(chapter, workflow, { dryRun: false });
	verdicts.add('CRM sync: once more', `${again.written.length} writes`, {
		'the run succeeded': again.execution.status === 'success',
		'nothing was written': again.written.length === 0,
		'the school is as after the first run': (await schoolOf(story)).text === after.text,
	});
}

/** Runs the workflow by hand. Gives the rows of the node that is switched on, and what was sent. */
async function run({ api, standIn, trigger }, workflow, { dryRun }) {
	await standIn.clearLog();
	const execution = await api.runWorkflow(workflow, trigger);
	const { name } = workflow.nodes.find((node) => isSync(node) && isDry(node) === dryRun);

	return {
		execution,
		rows: execution.items(name).map(({ json }) => json),
		written: writes(await standIn.requests()),
	};
}

/** What the user of the example does when the plan is right. */
function switchToRealRun(workflow) {
	return {
		...workflow,
		nodes: workflow.nodes.map((node) => (isSync(node) ? { ...node, disabled: isDry(node) } : node)),
	};
}

function isSync({ type, parameters }) {
	return type === NODE_TYPE && parameters.operation === 'syncAccess';
}

function isDry({ parameters }) {
	return parameters.options?.dryRun === true;
}

/** The school's state, as far as it matters here. */
async function schoolOf({ standIn }) {
	const [users, offers] = await Promise.all([standIn.control('/users'), standIn.offers()]);
	const controlled = new Map(
		CONTROLLED.map((name) => [name, offers.find((offer) => offer.name === name).id]),
	);
	const emails = new Set(CONTACTS.map(({ email }) => email));
	const contacts = users.filter(({ email }) => emails.has(email));
	const ids = new Set(controlled.values());

	return {
		text: JSON.stringify(users),
		differences: CONTACTS.flatMap((contact) => differencesOf(contact, users, controlled)),
		others: new Map(
			users
				.filter(({ email }) => !emails.has(email))
				.map((user) => [user.email, JSON.stringify(user)]),
		),
		uncontrolled: JSON.stringify(
			contacts
				.map(({ email, grants }) => [email, grants.filter(({ offerId }) => !ids.has(offerId))])
				.filter(([, grants]) => grants.length > 0),
		),
	};
}

/** What has to be done for a contact, as `address: step offer`. */
function differencesOf({ email, offers }, users, controlled) {
	const grants = users.find((user) => user.email === email)?.grants ?? [];

	return [...controlled].flatMap(([name, id]) => {
		const held = grants.filter(({ offerId }) => offerId === id);
		const isOn = held.some(({ active }) => active);
		const wanted = offers.includes(name);
		if (wanted === isOn) return [];
		const step = wanted ? (held.length > 0 ? 'activate' : 'grant') : 'deactivate';

		return [`${email}: ${step} ${name}`];
	});
}

/** The same, as a row of the node says it. */
function stepsOf({ email, steps }) {
	return steps.map((step) => `${email}: ${step.do} ${step.offer}`);
}

function hasTotals(totals, differences) {
	const users = (steps) =>
		new Set(
			differences
				.filter((text) => steps.some((step) => text.includes(`: ${step} `)))
				.map((text) => text.split(': ')[0]),
		).size;

	return totals?.get === users(['grant', 'activate']) && totals?.lose === users(['deactivate']);
}

function sameOthers(before, after) {
	return (
		before.others.size === after.others.size &&
		[...before.others].every(([email, text]) => after.others.get(email) === text)
	);
}

function sameTexts(one, other) {
	return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}
