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
import { DEMO_RELEASE, installN8n, isInstalled } from './install.mjs';
import { checkMachine, prepareNode } from './machine.mjs';
import { installPackage, startN8n } from './n8n.mjs';
import { NODE_TYPE } from './names.mjs';
import { onCleanup, PlainError, run } from './processes.mjs';
import { startStandIn } from './stand-in.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;

export * from './names.mjs';

/**
 * @typedef {object} Environment
 * @property {import('./stand-in.mjs').StandIn} standIn
 * @property {import('./n8n.mjs').RunningN8n} n8n
 * @property {N8nApi} api signed in as the owner
 * @property {{ email: string, password: string, firstName: string, lastName: string }} owner
 * @property {import('./install.mjs').Installation} installation
 * @property {import('./machine.mjs').NodeRuntime} node
 * @property {string} tarball the packed node
 * @property {string | undefined} version of the packed node, where it was installed
 * @property {string} runFolder temporary, removed at the end unless keep() is called
 * @property {() => void} keep leaves the folder with n8n's log and database for a look
 */

/**
 * @typedef {object} EnvironmentOptions
 * @property {import('./progress.mjs').Stage} stage
 * @property {number} [users] size of the sample school
 * @property {number} [delayMs] how long the stand-in takes for each answer
 * @property {Record<string, string>} [extra] further settings for n8n
 * @property {string} [tarball] the node where it is packed already
 * @property {string[]} [others] further packed nodes to install
 * @property {boolean} [withNode] false leaves the node itself out
 * @property {import('./install.mjs').Release} [release] another n8n than that of the demo
 * @property {(parts: StartParts) => Promise<import('./n8n.mjs').RunningN8n>} [startMain] starts n8n in
 *   another way; what it gives is the environment's `n8n`
 */

/**
 * @typedef {object} StartParts
 * @property {import('./install.mjs').Installation} installation
 * @property {import('./machine.mjs').NodeRuntime} node
 * @property {string} userFolder with the packages in it
 * @property {string} runFolder
 * @property {string[]} packages the packed nodes that were installed, for further processes
 * @property {Record<string, string>} [extra]
 */

/** Environments of this process so far: each has a folder of its own. */
let opened = 0;

/**
 * Checks the machine, builds and installs what is missing, and starts everything.
 *
 * @param {EnvironmentOptions} options
 * @returns {Promise<Environment>}
 */
export async function openEnvironment({
	stage,
	users,
	delayMs,
	extra,
	tarball: packed,
	others = [],
	withNode = true,
	release = DEMO_RELEASE,
	startMain = startN8n,
}) {
	const cache = cacheFolder();
	await stage(
		'Check this machine',
		async () =>
			await checkMachine(cache, {
				installed: await isInstalled(cache, release),
				needed: release.nodeLine,
			}),
	);

	const runFolder = await takeFolder(
		path.join(cache, 'runs'),
		opened === 0 ? 'run' : `run${opened}`,
	);
	opened++;
	let kept = false;
	onCleanup(async () => {
		if (!kept) await rm(runFolder, { recursive: true, force: true, maxRetries: 5 });
	});

	const tarball =
		packed ?? (await stage('Build and pack the node', async () => await buildAndPack(runFolder)));
	const standIn = await stage(
		'Start the stand-in for Memberspot',
		async () => await startStandIn({ users, delayMs }),
	);
	const node = await prepareNode(cache, stage, release.nodeLine);
	const installation = await installN8n({ cache, node, stage, release });

	const userFolder = path.join(runFolder, 'n8n');
	const packages = [...(withNode ? [tarball] : []), ...others];
	const installed = [];
	for (const file of packages) installed.push(await installPackage(file, userFolder));
	const n8n = await stage(
		`Start n8n ${installation.version}`,
		async () => await startMain({ installation, node, userFolder, runFolder, packages, extra }),
	);
	onCleanup(async () => await n8n.stop());

	const owner = newOwner();
	const api = new N8nApi(n8n.url, installation);
	await stage('Set up its owner and look for the node', async () => {
		await api.setUpOwner(owner);
		const types = await api.nodeTypes();
		if (withNode && !types.some(({ name }) => name === NODE_TYPE)) {
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
		version: withNode ? installed[0].version : undefined,
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
 * Reads a workflow file.
 *
 * @param {string} name without .json
 * @param {'demo/workflows' | 'examples'} [folder]
 */
export async function readWorkflow(name, folder = 'demo/workflows') {
	return JSON.parse(await readFile(path.join(REPOSITORY, folder, `${name}.json`), 'utf8'));
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
