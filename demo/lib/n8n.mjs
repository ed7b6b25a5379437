/** Starts and stops a real n8n: on this machine only, quiet, and without any call to the outside. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { nodeEnvironment } from './machine.mjs';
import { PlainError, run, start, tail, waitFor } from './processes.mjs';

/** Seconds on a quiet machine, over a minute on a busy one with two cores. */
const READY_TIMEOUT = 300_000;
const STOP_GRACE = 20_000;
/** A free port may be taken by someone else between asking for it and using it. */
const PORT_ATTEMPTS = 3;

/**
 * @typedef {object} RunningN8n
 * @property {string} url the editor, without slash at the end; stays the same over restarts
 * @property {number} pid
 * @property {string} userFolder
 * @property {string} logFile
 * @property {() => Promise<string>} log what it has logged so far, over all restarts
 * @property {Promise<{ code: number | null, signal: string | null }>} ended of the process that runs now
 * @property {(whileDown?: () => Promise<void>) => Promise<void>} restart stops it and starts it anew with
 *   the same settings and ports, as an update or a reboot would; resolves when it answers again
 * @property {(signal: NodeJS.Signals) => void} signal sends a signal to n8n itself, as a container does
 * @property {() => Promise<boolean>} stop resolves with false when it had to be killed
 */

/**
 * Puts a packed package where n8n puts a community package that is installed in its settings, the
 * way n8n does it: unpack, drop the dependencies n8n itself brings, note it in package.json. The
 * node then has the type name that users' workflows have. n8n must be started afterwards.
 *
 * (n8n-core/community-packages downloadPackage; the npm call it ends with has nothing to install,
 * since the package has no run-time dependency.)
 *
 * @param {string} tarball
 * @param {string} userFolder
 * @returns {Promise<{ name: string, version: string }>}
 */
export async function installPackage(tarball, userFolder) {
	const nodesFolder = path.join(userFolder, '.n8n', 'nodes');
	const unpacked = path.join(nodesFolder, 'unpacked');
	await rm(unpacked, { recursive: true, force: true });
	await mkdir(unpacked, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'], {
		timeoutMs: 60_000,
		what: 'Unpacking the node',
	});

	const manifest = await readJson(path.join(unpacked, 'package.json'));
	for (const kind of ['devDependencies', 'peerDependencies', 'optionalDependencies'])
		delete manifest[kind];
	if (Object.keys(manifest.dependencies ?? {}).length > 0)
		throw new PlainError(
			`${manifest.name} has run-time dependencies; a verified community node must not.`,
		);
	await writeJson(path.join(unpacked, 'package.json'), manifest);

	const target = path.join(nodesFolder, 'node_modules', manifest.name);
	await rm(target, { recursive: true, force: true });
	await mkdir(path.dirname(target), { recursive: true });
	await rename(unpacked, target);

	const listFile = path.join(nodesFolder, 'package.json');
	const list = existsSync(listFile)
		? await readJson(listFile)
		: { name: 'installed-nodes', private: true, dependencies: {} };
	list.dependencies[manifest.name] = manifest.version;
	await writeJson(listFile, list);

	return { name: manifest.name, version: manifest.version };
}

/**
 * The settings of one n8n process. A main and its workers share `encryptionKey`; each has its own
 * user folder and ports.
 *
 * @param {{ userFolder: string, port: number, brokerPort: number, encryptionKey: string }} own
 * @returns {Record<string, string>}
 */
export function n8nSettings({ userFolder, port, brokerPort, encryptionKey }) {
	return {
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: encryptionKey,
		DB_TYPE: 'sqlite',
		// This machine only, under one address.
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_PROTOCOL: 'http',
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${port}`,
		N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// No telemetry, no look-ups, no banners: the demo must work without the internet.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry,instance-ai,chat-hub,insights',
		// The node under test is a community package that nobody has verified yet.
		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		// Results are read from the saved executions.
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
		EXECUTIONS_DATA_SAVE_ON_ERROR: 'all',
		EXECUTIONS_DATA_SAVE_MANUAL_EXECUTIONS: 'true',
		N8N_LOG_LEVEL: 'info',
		N8N_LOG_OUTPUT: 'console',
		GENERIC_TIMEZONE: 'UTC',
		NODE_ENV: 'production',
	};
}

/**
 * The whole environment of an n8n process: this machine's, without what would change n8n's ways.
 *
 * @param {import('./machine.mjs').NodeRuntime} node
 * @param {Record<string, string>} settings
 * @returns {NodeJS.ProcessEnv}
 */
export function n8nEnvironment(node, settings) {
	const env = nodeEnvironment(node);
	for (const name of Object.keys(env))
		if (/^(N8N|DB|EXECUTIONS|QUEUE|CREDENTIALS|NODES|WEBHOOK|GENERIC)_/.test(name))
			delete env[name];

	return { ...env, ...settings };
}

/**
 * Starts n8n and waits until it answers.
 *
 * @param {object} parts
 * @param {import('./install.mjs').Installation} parts.installation
 * @param {import('./machine.mjs').NodeRuntime} parts.node
 * @param {string} parts.userFolder takes database, settings and log
 * @param {string} [parts.encryptionKey]
 * @param {Record<string, string>} [parts.extra] further settings; they win
 * @param {string[]} [parts.command] n8n's command, by default ['start']
 * @param {(url: string) => Promise<boolean>} [parts.answers] tells whether it is ready
 * @returns {Promise<RunningN8n>}
 * @throws PlainError with the end of n8n's log when it ends, or is not ready in time
 */
export async function startN8n({
	installation,
	node,
	userFolder,
	encryptionKey = newSecret(),
	extra = {},
	command = ['start'],
	answers = isReady,
}) {
	await mkdir(userFolder, { recursive: true });
	const logFile = path.join(userFolder, 'n8n.log');
	const log = async () => (existsSync(logFile) ? await readFile(logFile, 'utf8') : '');

	const launch = ([port, brokerPort]) =>
		start(node.bin, [installation.bin, ...command], {
			cwd: userFolder,
			env: n8nEnvironment(node, {
				...n8nSettings({ userFolder, port, brokerPort, encryptionKey }),
				...extra,
			}),
			logFile,
		});
	/** @returns whether it is ready; false when it has ended instead */
	const becomesReady = async (child, url) => {
		const state = await waitFor(
			'n8n to be ready',
			async () => (child.isRunning() ? (await answers(url)) && 'ready' : 'ended'),
			{ timeoutMs: READY_TIMEOUT, everyMs: 250 },
		).catch(async (error) => {
			await child.stop(1_000);
			throw new PlainError(`${error.message} Its log ends with:\n${tail(await log())}`);
		});

		return state === 'ready';
	};

	for (let attempt = 1; ; attempt++) {
		const ports = await freePorts(2);
		const url = `http://127.0.0.1:${ports[0]}`;
		let child = launch(ports);
		if (await becomesReady(child, url)) {
			return {
				url,
				userFolder,
				logFile,
				log,
				get pid() {
					return child.pid;
				},
				get ended() {
					return child.ended;
				},
				signal(name) {
					if (child.isRunning()) process.kill(child.pid, name);
				},
				async restart(whileDown = async () => {}) {
					await child.stop(STOP_GRACE);
					await whileDown();
					child = launch(ports);
					if (!(await becomesReady(child, url)))
						throw new PlainError(
							`n8n ended while it was starting again. Its log ends with:\n${tail(await log())}`,
						);
				},
				stop: async () => await child.stop(STOP_GRACE),
			};
		}

		const text = await log();
		if (attempt < PORT_ATTEMPTS && /EADDRINUSE|already in use/.test(text)) continue;
		throw new PlainError(`n8n ended while it was starting. Its log ends with:\n${tail(text)}`);
	}
}

/** A random text for keys and passwords: letters and digits only. */
export function newSecret() {
	return randomBytes(24).toString('hex');
}

/**
 * Free ports of this machine, all different.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
	const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
	const ports = servers.map((server) => server.address().port);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));

	return ports;
}

async function listenAnywhere() {
	const server = net.createServer();
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});

	return server;
}

/** While it starts, n8n answers every address with 200 and a waiting page: only JSON counts. */
async function isReady(url) {
	try {
		const response = await fetch(`${url}/rest/settings`, { signal: AbortSignal.timeout(5_000) });
		await response.text();

		return (
			response.ok && (response.headers.get('content-type') ?? '').startsWith('application/json')
		);
	} catch {
		return false;
	}
}

async function readJson(file) {
	return JSON.parse(await readFile(file, 'utf8'));
}

async function writeJson(file, value) {
	await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
