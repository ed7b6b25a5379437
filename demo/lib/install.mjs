/**
 * Installs an n8n that is pinned in a lockfile, once: a finished installation is used again by every
 * later run with the same lockfile.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { finishPartial, isFinished, startPartial } from './cache.mjs';
import { nodeEnvironment, nodeLine } from './machine.mjs';
import { run } from './processes.mjs';

const DEMO_FOLDER = fileURLToPath(new URL('../', import.meta.url));
const MINUTE = 60_000;

/**
 * @typedef {object} Release which n8n, and the Node.js line it runs on
 * @property {string} lockFolder holds package.json and package-lock.json with that n8n
 * @property {number} nodeLine for example 24
 */

/** The n8n of the demo. 2.36 and later ask for this Node.js (n8n's package.json, "engines"). */
export const DEMO_RELEASE = { lockFolder: DEMO_FOLDER, nodeLine: 24 };

/**
 * @typedef {object} Installation
 * @property {string} folder holds node_modules
 * @property {string} bin n8n's start script, to be run with the Node.js it was installed for
 * @property {string} version of n8n
 * @property {NodeJS.Require} require finds modules of the installed tree, from n8n's own place
 */

/**
 * Where the pinned n8n lies in the cache. The name changes with the lockfile, the system and the
 * Node.js line, since the database driver is compiled for them.
 *
 * @param {string} cache
 * @param {Release} [release]
 * @returns {Promise<string>}
 */
export async function installationFolder(cache, release = DEMO_RELEASE) {
	const lockfile = await readFile(path.join(release.lockFolder, 'package-lock.json'));
	const hash = createHash('sha256')
		.update(lockfile)
		.update(`${process.platform} ${process.arch} ${nodeLine(release.nodeLine)}`)
		.digest('hex')
		.slice(0, 12);

	return path.join(cache, `n8n-${await pinnedVersion(release)}-${hash}`);
}

/**
 * The n8n version that a lockfile pins.
 *
 * @param {Release} [release]
 */
export async function pinnedVersion({ lockFolder } = DEMO_RELEASE) {
	const { dependencies } = JSON.parse(
		await readFile(path.join(lockFolder, 'package.json'), 'utf8'),
	);

	return dependencies.n8n;
}

/** Whether a run could start at once. */
export async function isInstalled(cache, release = DEMO_RELEASE) {
	return isFinished(await installationFolder(cache, release));
}

/**
 * Installs n8n, or gives the installation that is there.
 *
 * No install script is run but that of sqlite3: one of n8n's other dependencies would download
 * sources from elsewhere, and none of them is needed here.
 *
 * @param {{ cache: string, node: import('./machine.mjs').NodeRuntime, stage: import('./progress.mjs').Stage, release?: Release }} parts
 * @returns {Promise<Installation>}
 */
export async function installN8n({ cache, node, stage, release = DEMO_RELEASE }) {
	const folder = await installationFolder(cache, release);
	if (!isFinished(folder)) {
		const partial = await startPartial(folder);
		const env = nodeEnvironment(node);
		await stage(
			`Install n8n ${await pinnedVersion(release)} (about 2,400 packages, takes minutes the first time)`,
			async (progress) => await installPackages(release, partial, env, progress),
		);
		await stage(
			'Compile its database driver (sqlite3)',
			async (progress) => await compileDriver(partial, node, env, progress),
		);
		await finishPartial(partial, folder);
	}

	const require = createRequire(path.join(folder, 'node_modules', 'n8n', 'package.json'));

	return {
		folder,
		bin: path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
		version: require('./package.json').version,
		require,
	};
}

async function installPackages({ lockFolder }, folder, env, progress) {
	for (const name of ['package.json', 'package-lock.json'])
		await cp(path.join(lockFolder, name), path.join(folder, name));
	const { packages } = JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8'));
	const wanted = Object.keys(packages).filter((name) => name !== '');

	progress(() => {
		const there = wanted.filter((name) =>
			existsSync(path.join(folder, name, 'package.json')),
		).length;

		return `${there.toLocaleString('en-US')} of ${wanted.length.toLocaleString('en-US')} packages`;
	});
	await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
		cwd: folder,
		env,
		timeoutMs: 45 * MINUTE,
		what: 'Installing n8n',
	});
}

async function compileDriver(folder, node, env, progress) {
	progress(() => 'compiling');
	// Compiled even where a ready-made file could be downloaded: the same on every machine, and from npm alone.
	await run(
		'npm',
		['rebuild', 'sqlite3', '--build-from-source', '--foreground-scripts', '--ignore-scripts=false'],
		{
			cwd: folder,
			env: { ...env, npm_config_build_from_source: 'true' },
			timeoutMs: 30 * MINUTE,
			what: 'Compiling sqlite3',
		},
	);
	// Older lines have no isolated-vm.
	const compiled = ['sqlite3', 'isolated-vm'].filter((name) =>
		existsSync(path.join(folder, 'node_modules', name)),
	);
	await run(node.bin, ['-e', compiled.map((name) => `require('${name}')`).join('; ')], {
		cwd: folder,
		env,
		timeoutMs: MINUTE,
		what: 'Loading the compiled modules',
	});
}
