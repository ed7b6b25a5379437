/**
 * The other public n8n package for Memberspot beside this one: the same workflows against the same
 * school, one for each operation both have, and what each does when something is wrong. What came
 * out is written into docs/comparison.md.
 *
 * Claims are made about this package only. What the other one does is told as it was seen.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CREDENTIAL_TYPE, credentialData, NODE_TYPE } from '../../demo/lib/environment.mjs';
import { run } from '../../demo/lib/processes.mjs';
import { comparisonPage } from '../lib/comparison.mjs';
import { peerCases } from '../lib/peer-cases.mjs';

const PEER = 'n8n-nodes-memberspot';
const PEER_TYPE = `${PEER}.memberspot`;
const LOCK_FOLDER = fileURLToPath(new URL('../peer/', import.meta.url));
const PAGE = new URL('../../docs/comparison.md', import.meta.url);
const MINUTE = 60_000;

export default {
	title: 'The same workflows with this package and with the other public one',
	order: 70,
	minutes: 3,
	ci: true,
	tools: [],

	async run({ stage, verdicts, open }) {
		const own = await open();
		const { standIn } = own;
		const peer = await stage(`Get ${PEER} from npm`, async () => await packPeer(own.runFolder));
		const other = await open({ withNode: false, others: [peer.tarball] });

		const sides = [
			{
				name: 'own',
				api: own.api,
				type: NODE_TYPE,
				credential: (changes) =>
					credentialData(standIn, {
						allowedActions: 'fullAccess',
						allowLoginLinks: true,
						...changes,
					}),
			},
			{
				name: 'peer',
				api: other.api,
				type: PEER_TYPE,
				credential: (changes) => ({ apiKey: standIn.apiKey, baseUrl: standIn.url, ...changes }),
			},
		];
		for (const side of sides) {
			side.right = await side.api.createCredential('right', CREDENTIAL_TYPE, side.credential({}));
			side.wrong = await side.api.createCredential(
				'wrong',
				CREDENTIAL_TYPE,
				side.credential({ apiKey: 'not-the-key' }),
			);
		}

		const results = [];
		await stage('Run the workflows of both', async () => {
			await standIn.control('/reset', 'POST');
			for (const entry of await peerCases(standIn)) {
				const [ownResult, peerResult] = [
					await runCase(sides[0], entry, standIn),
					await runCase(sides[1], entry, standIn),
				];
				results.push({ ...entry, own: ownResult, peer: peerResult });
				verdicts.add(
					`${entry.title}: ${entry.about}`,
					`this: ${brief(ownResult)}; the other: ${brief(peerResult)}`,
					entry.claims(ownResult),
				);
			}
		});
		await other.n8n.stop();
		const both = await tryBoth({ open, verdicts, peer });
		await writeFile(PAGE, comparisonPage(results, { name: PEER, version: peer.version, both }));
	},
};

/** Both packages in one n8n: their credentials have the same type name, and n8n keeps one of them. */
async function tryBoth({ open, verdicts, peer }) {
	const { api, standIn } = await open({ others: [peer.tarball] });
	const types = (await api.get('/types/credentials.json')).filter(
		({ name }) => name === CREDENTIAL_TYPE,
	);
	const credential = await api.createCredential('both', CREDENTIAL_TYPE, credentialData(standIn));
	const tried = {};
	for (const [name, type] of Object.entries({ own: NODE_TYPE, peer: PEER_TYPE })) {
		const parameters = { resource: 'offer', operation: 'getAll' };
		const side = { name, type, right: credential };
		const entry = {
			title: 'Both',
			about: name,
			items: [{ id: 'first' }],
			own: parameters,
			peer: parameters,
		};
		tried[name] = await api
			.createWorkflow(workflowOf(side, entry))
			.then(async (workflow) => (await api.runWorkflow(workflow, 'Start')).status)
			.catch((error) => error.message);
	}
	verdicts.add(
		'Both packages in one n8n',
		`${types.length} credential types ${CREDENTIAL_TYPE}; this: ${tried.own}; the other: ${tried.peer}`,
		{ "this package's node still works": tried.own === 'success' },
	);

	return tried;
}

/** Installs the package as its lockfile pins it, and packs it again for n8n. */
async function packPeer(runFolder) {
	const folder = path.join(runFolder, 'peer');
	await mkdir(folder, { recursive: true });
	for (const file of ['package.json', 'package-lock.json'])
		await cp(path.join(LOCK_FOLDER, file), path.join(folder, file));
	await run('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], {
		cwd: folder,
		timeoutMs: 5 * MINUTE,
		what: `Getting ${PEER}`,
	});
	const output = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder, `./node_modules/${PEER}`],
		{ cwd: folder, timeoutMs: MINUTE, what: `Packing ${PEER}` },
	);
	const [{ filename, version }] = JSON.parse(output.slice(output.search(/^\[/m)));

	return { tarball: path.join(folder, filename), version };
}

/** Runs one case on a school as it was at the start. */
async function runCase(side, entry, standIn) {
	await standIn.control('/reset', 'POST');
	await entry.prepare?.(standIn);
	const workflow = await side.api.createWorkflow(workflowOf(side, entry));
	await standIn.clearLog();
	const execution = await side.api.runWorkflow(workflow, 'Start');
	const requests = await standIn.requests();
	const rows = execution.items('Memberspot');
	const linked = execution.items('After');

	return {
		status: execution.status,
		rows: rows.map(({ json }) => json),
		requests: requests.map(({ method, path: to }) => `${method} ${to}`),
		refused: requests.filter(({ status }) => status === 400 || status === 404).length,
		writes: requests.filter(({ method }) => method !== 'GET').length,
		// A later node asks for the input item that each row came from.
		linkedTo: linked.map(({ json }) => json.from),
		error:
			execution.error === undefined
				? undefined
				: { message: execution.error.message, description: execution.error.description },
		state: await entry.state?.(standIn),
	};
}

function workflowOf(side, { title, about, items, own, peer, onError, key = 'right' }) {
	const node = (place, name, type, typeVersion, parameters) => ({
		...{ id: name.toLowerCase(), name, type, typeVersion, parameters },
		position: [place * 240, 0],
	});
	const nodes = [
		node(0, 'Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		node(1, 'Input', 'n8n-nodes-base.set', 3.4, {
			mode: 'raw',
			jsonOutput: JSON.stringify({ items }),
			options: {},
		}),
		node(2, 'Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'items', options: {} }),
		{
			...node(3, 'Memberspot', side.type, 1, side.name === 'own' ? own : peer),
			credentials: { [CREDENTIAL_TYPE]: side[key] },
			...(onError !== undefined && { onError }),
		},
		node(4, 'After', 'n8n-nodes-base.set', 3.4, {
			mode: 'manual',
			includeOtherFields: false,
			assignments: {
				assignments: [
					{ id: 'from', name: 'from', type: 'string', value: "={{ $('Each').item.json.id }}" },
				],
			},
			options: {},
		}),
	];

	return {
		name: `${title}: ${about}`,
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(0, -1)
				.map(({ name }, index) => [
					name,
					{ main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	};
}

function brief({ status, rows, requests }) {
	return `${status}, ${rows.length} items, ${requests.length} requests`;
}
