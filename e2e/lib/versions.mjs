/** Tries the node in an n8n line, and writes the table of the READMEs from what came out. */
import { readFile, writeFile } from 'node:fs/promises';
import { CREDENTIAL_TYPE, credentialData, NODE_TYPE } from '../../demo/lib/environment.mjs';
import { waitFor } from '../../demo/lib/processes.mjs';
import { markdownTable } from '../../demo/lib/table.mjs';
import { createVerdicts } from '../../demo/lib/verdicts.mjs';
import { runSavedOperations, saveOperations } from '../../demo/operations.mjs';

const WEBHOOK_ID = '1c1f2b0e-0a3e-5f0c-8f7d-64a4a1a5b0d2';
const REPOSITORY = new URL('../../', import.meta.url);
const RESULTS = new URL('e2e/versions/results.json', REPOSITORY);
const BEGIN = '<!-- versions:begin -->';
const END = '<!-- versions:end -->';

/**
 * @typedef {object} Result
 * @property {string} line
 * @property {string} n8n version
 * @property {string} node version of Node.js
 * @property {boolean} loaded all three nodes are there
 * @property {boolean} credential the test accepts the right key and refuses a wrong one
 * @property {{ right: number, all: number }} operations
 * @property {boolean} webhook
 * @property {boolean} polling
 * @property {boolean} tool n8n offers the node as a tool by itself
 */

/**
 * Tries one line: the nodes load, the credential is tested, every operation runs as a workflow, both
 * triggers are published.
 *
 * @param {import('./scenarios.mjs').ScenarioContext} context
 * @param {import('./releases.mjs').NamedRelease} release
 * @returns {Promise<Result>}
 */
export async function tryRelease({ stage, verdicts, open }, release) {
	const environment = await open({ release, extra: release.settings });
	const { api, standIn, n8n, installation, node } = environment;
	const result = { line: release.line, n8n: installation.version, node: node.version };
	const name = `n8n ${installation.version}`;

	const types = (await api.nodeTypes()).map((type) => type.name);
	const ours = ['', 'Trigger', 'PollingTrigger'].map((ending) => `${NODE_TYPE}${ending}`);
	result.loaded = ours.every((type) => types.includes(type));
	verdicts.add(`${name} on Node.js ${node.version}: the package`, ours.map(shortName).join(', '), {
		'all three nodes are loaded': result.loaded,
	});

	result.credential = await tryCredential(environment, verdicts, name);
	const counted = createVerdicts();
	await stage(`Run every operation in ${name}`, async () => {
		const saved = await saveOperations(environment);
		await runSavedOperations(environment, saved, counted);
	});
	const rightRows = counted.rows.filter((row) => row[''] === 'right');
	result.operations = { right: rightRows.length, all: counted.rows.length };
	counted.printMistakes();
	verdicts.add(
		`${name}: every operation as a workflow`,
		`${rightRows.length} of ${counted.rows.length} right`,
		{ 'each result is right': counted.allRight() },
	);

	result.webhook = await tryWebhook(environment, verdicts, name);
	result.polling = await tryPolling(environment, verdicts, name);
	result.tool = types.includes(`${NODE_TYPE}Tool`);
	const violations = await standIn.violations();
	verdicts.add(`${name}: all requests and answers`, `${violations.length} breaches`, {
		[`the API's contract was kept (${violations[0] ?? ''})`]: violations.length === 0,
	});
	await n8n.stop();

	return result;
}

function shortName(type) {
	return type.slice(type.indexOf('.') + 1);
}

async function tryCredential({ api, standIn }, verdicts, name) {
	const credential = await api.createCredential(
		'Memberspot account',
		CREDENTIAL_TYPE,
		credentialData(standIn),
	);
	const test = async (changes) =>
		await api.testCredential(credential, CREDENTIAL_TYPE, credentialData(standIn, changes));
	const good = await test({});
	const bad = await test({ apiKey: 'not-the-key' });
	verdicts.add(
		`${name}: credential test, right key and wrong key`,
		`${good.message} / ${bad.message}`,
		{
			'the right key is accepted': good.status === 'OK',
			'the wrong key is refused': bad.status === 'Error',
		},
	);

	return good.status === 'OK' && bad.status === 'Error';
}

function triggerWorkflow(name, trigger) {
	return {
		name,
		nodes: [{ id: 'trigger', name: 'Trigger', typeVersion: 1, position: [0, 0], ...trigger }],
		connections: {},
		settings: { executionOrder: 'v1' },
	};
}

/** Published, its address accepts Memberspot's test, and an event starts one run. */
async function tryWebhook({ api, standIn }, verdicts, name) {
	const workflow = await api.createWorkflow(
		triggerWorkflow('Webhook trigger', {
			type: `${NODE_TYPE}Trigger`,
			webhookId: WEBHOOK_ID,
			parameters: { onlyEvents: '', secretIn: 'none', simplify: true, options: {} },
		}),
	);
	await api.publish(workflow);
	const url = api.webhookUrl(`${WEBHOOK_ID}/memberspot`);
	const app = await waitFor(
		'the address of the trigger to accept the test',
		async () => await standIn.control('/webhooks/apps', 'POST', { url }).catch(() => undefined),
		{ timeoutMs: 30_000 },
	);
	const known = await api.executionIds(workflow);
	await standIn.control('/webhooks/automations', 'POST', { on: 'memberAdded', app: app.id });
	await standIn.control('/users', 'POST', { email: 'hook@example.com' });
	const execution = await api.nextExecution(workflow, known);
	const [item] = execution.items('Trigger');
	const isRight = execution.status === 'success' && item?.json.email === 'hook@example.com';
	verdicts.add(`${name}: webhook trigger`, `${execution.status}, ${item?.json.email}`, {
		'the test starts nothing': known.length === 0,
		'an event starts a run with its data': isRight,
	});

	return known.length === 0 && isRight;
}

/** Published: the first look reads the list and starts nothing. */
async function tryPolling({ api, standIn }, verdicts, name) {
	const credential = await api.createCredential(
		'Memberspot account, for polling',
		CREDENTIAL_TYPE,
		credentialData(standIn, { allowedActions: 'readOnly' }),
	);
	await standIn.clearLog();
	const workflow = await api.createWorkflow(
		triggerWorkflow('Polling trigger', {
			type: `${NODE_TYPE}PollingTrigger`,
			parameters: {
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				triggerOn: ['newUser'],
				minimumMinutes: 1,
				simplify: true,
				filters: {},
				options: {},
			},
			credentials: { [CREDENTIAL_TYPE]: credential },
		}),
	);
	await api.publish(workflow);
	await waitFor(
		'the first poll',
		async () => (await standIn.requests()).some(({ operationId }) => operationId === 'listUsers'),
		{ timeoutMs: 90_000, everyMs: 250 },
	);
	const runs = await api.executionIds(workflow);
	verdicts.add(`${name}: polling trigger`, `${runs.length} runs after the first look`, {
		'the first look starts nothing': runs.length === 0,
	});

	return runs.length === 0;
}

/** Columns of the table, in the words of each README. */
const READMES = {
	'README.md': {
		columns: [
			'n8n',
			'Node.js',
			'Nodes load',
			'Credential test',
			'Operations',
			'Webhook trigger',
			'Polling trigger',
		],
		yes: 'yes',
		no: 'no',
		of: 'of',
	},
	'README.de.md': {
		columns: [
			'n8n',
			'Node.js',
			'Nodes geladen',
			'Prüfung der Zugangsdaten',
			'Operationen',
			'Webhook-Trigger',
			'Polling-Trigger',
		],
		yes: 'ja',
		no: 'nein',
		of: 'von',
	},
};

/**
 * Keeps the results, and writes them into both READMEs between the marks.
 *
 * @param {Result[]} results of all lines, the oldest first
 */
export async function writeVersions(results) {
	await writeFile(RESULTS, `${JSON.stringify(results, null, '\t')}\n`);
	for (const [name, words] of Object.entries(READMES)) {
		const file = new URL(name, REPOSITORY);
		const text = await readFile(file, 'utf8');
		const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
		if (before < 0 || after < before) throw new Error(`${name} has no ${BEGIN} and ${END}.`);
		await writeFile(
			file,
			`${text.slice(0, before + BEGIN.length)}\n\n${versionTable(results, words)}\n\n${text.slice(after)}`,
		);
	}
}

function versionTable(results, { columns, yes, no, of }) {
	const say = (holds) => (holds ? yes : no);
	const rows = results.map((result) => [
		result.n8n,
		result.node,
		say(result.loaded),
		say(result.credential),
		`${result.operations.right} ${of} ${result.operations.all}`,
		say(result.webhook),
		say(result.polling),
	]);

	return markdownTable(
		rows.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index]]))),
		columns,
	);
}
