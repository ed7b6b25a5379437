/**
 * Everything the demo and the end-to-end tests run on, brought up in one go: the built and packed
 * node, the stand-in for Memberspot, and a real n8n with the node in it.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { N8nApi } from './api.mjs';
import { cacheFolder, takeFolder } from './cache.mjs';
import { installN8n, isInstalled } from './install.mjs';
import { checkMachine, prepareNode } from './machine.mjs';
import { installPackage, startN8n } from './n8n.mjs';
import { onCleanup, PlainError, run } from './processes.mjs';
import { startStandIn } from './stand-in.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;

/** Names as n8n knows them; they stand in users' saved workflows. */
export const NODE_TYPE = 'n8n-nodes-memberspot-sync.memberspot';
export const CREDENTIAL_TYPE = 'memberspotApi';
/** The workflow files ask for the credential by this name. */
export const CREDENTIAL_NAME = 'Memberspot account';

/**
 * @typedef {object} Environment
 * @property {import('./stand-in.mjs').StandIn} standIn
 * @property {import('./n8n.mjs').RunningN8n} n8n
 * @property {N8nApi} api signed in as the owner
 * @property {{ email: string, password: string, firstName: string, lastName: string }} owner
 * @property {import('./install.mjs').Installation} installation
 * @property {import('./machine.mjs').NodeRuntime} node
 * @property {string} tarball the packed node
 * @property {string} version of the packed node
 * @property {string} runFolder temporary, removed at the end unless keep() is called
 * @property {() => void} keep leaves the folder with n8n's log and database for a look
 */

/**
 * Checks the machine, builds and installs what is missing, and starts everything.
 *
 * @param {{ stage: import('./progress.mjs').Stage, users?: number, extra?: Record<string, string>, tarball?: string }} options
 *   `users`: size of the sample school; `extra`: further settings for n8n; `tarball`: the node where
 *   it is packed already
 * @returns {Promise<Environment>}
 */
export async function openEnvironment({ stage, users, extra, tarball: packed }) {
	const cache = cacheFolder();
	await stage(
		'Check this machine',
		async () => await checkMachine(cache, { installed: await isInstalled(cache) }),
	);

	const runFolder = await takeFolder(path.join(cache, 'runs'), 'run');
	let kept = false;
	onCleanup(async () => {
		if (!kept) await rm(runFolder, { recursive: true, force: true, maxRetries: 5 });
	});

	const tarball =
		packed ?? (await stage('Build and pack the node', async () => await buildAndPack(runFolder)));
	const standIn = await stage(
		'Start the stand-in for Memberspot',
		async () => await startStandIn({ users }),
	);
	const node = await prepareNode(cache, stage);
	const installation = await installN8n({ cache, node, stage });

	const userFolder = path.join(runFolder, 'n8n');
	const { version } = await installPackage(tarball, userFolder);
	const n8n = await stage(
		`Start n8n ${installation.version}`,
		async () => await startN8n({ installation, node, userFolder, extra }),
	);
	onCleanup(async () => await n8n.stop());

	const owner = newOwner();
	const api = new N8nApi(n8n.url, installation);
	await stage('Set up its owner and look for the node', async () => {
		await api.setUpOwner(owner);
		const types = await api.nodeTypes();
		if (!types.some(({ name }) => name === NODE_TYPE)) {
			throw new PlainError(`n8n has not loaded the node ${NODE_TYPE}. See its log: ${n8n.logFile}`);
		}
	});

	return {
		standIn,
		n8n,
		api,
		owner,
		installation,
		node,
		tarball,
		version,
		runFolder,
		keep() {
			kept = true;
		},
	};
}

/** The data of a credential for the stand-in, as n8n saves it. */
export function credentialData(standIn, changes = {}) {
	return {
		apiKey: standIn.apiKey,
		baseUrl: standIn.url,
		allowedActions: 'readAndWrite',
		allowLoginLinks: false,
		...changes,
	};
}

/**
 * Reads a workflow file of demo/workflows.
 *
 * @param {string} name without .json
 */
export async function readWorkflow(name) {
	return JSON.parse(
		await readFile(fileURLToPath(new URL(`../workflows/${name}.json`, import.meta.url)), 'utf8'),
	);
}

/**
 * Builds the node as it stands in this repository and packs it the way npm would publish it.
 *
 * @param {string} folder takes the packed file
 * @returns {Promise<string>} the file
 */
export async function buildAndPack(folder) {
	await run('npm', ['run', 'build'], {
		cwd: REPOSITORY,
		timeoutMs: 10 * MINUTE,
		what: 'Building the node',
	});
	const output = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
		{ cwd: REPOSITORY, timeoutMs: 5 * MINUTE, what: 'Packing the node' },
	);
	// npm may put warnings before the JSON.
	const [{ filename }] = JSON.parse(output.slice(output.search(/^\[/m)));

	return path.join(folder, filename);
}

/** The login is made up anew for each run: the editor can be reached by any program of this machine. */
function newOwner() {
	return {
		email: 'owner@example.com',
		password: `Demo-${randomBytes(6).toString('hex')}1`,
		firstName: 'Olivia',
		lastName: 'Owner',
	};
}
