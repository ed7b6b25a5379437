/** Programs of the machine that scenarios need: a browser, Redis, Postgres. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PlainError, run } from '../../demo/lib/processes.mjs';

/** Debian's packages, and where their programs lie. Each can be set by a variable of its own. */
const TOOLS = {
	chromium: {
		variable: 'CHROMIUM',
		package: 'chromium',
		find: () => inPath('chromium') ?? inPath('google-chrome'),
	},
	redis: { variable: 'REDIS_SERVER', package: 'redis-server', find: () => inPath('redis-server') },
	postgres: { variable: 'POSTGRES_BIN', package: 'postgresql', find: postgresFolder },
};

/**
 * Makes sure that the programs are there. On Debian and Ubuntu, as root, missing ones are installed;
 * elsewhere the error says what to install.
 *
 * @param {Set<keyof typeof TOOLS>} names
 * @param {import('../../demo/lib/progress.mjs').Stage} stage
 */
export async function prepareTools(names, stage) {
	const missing = () => [...names].filter((name) => toolPath(name) === undefined);
	if (missing().length === 0) return;
	const packages = missing().map((name) => TOOLS[name].package);
	if (process.getuid?.() === 0 && inPath('apt-get') !== undefined) {
		await stage(`Install ${packages.join(', ')} (apt-get)`, async () => {
			const apt = async (...args) =>
				await run('apt-get', args, {
					env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
					timeoutMs: 15 * 60_000,
					what: `apt-get ${args[0]}`,
				});
			await apt('update', '-qq');
			await apt('install', '-y', '--no-install-recommends', ...packages);
		});
	}
	if (missing().length > 0)
		throw new PlainError(
			`These programs are missing: ${missing().join(', ')}. On Debian and Ubuntu: sudo apt-get install ${packages.join(' ')}. Where they lie elsewhere, set ${missing()
				.map((name) => TOOLS[name].variable)
				.join(', ')}.`,
		);
}

/**
 * Where a program lies; for Postgres the folder with initdb and postgres.
 *
 * @param {keyof typeof TOOLS} name
 * @returns {string | undefined}
 */
export function toolPath(name) {
	return process.env[TOOLS[name].variable] ?? TOOLS[name].find();
}

function inPath(program) {
	return (process.env.PATH ?? '')
		.split(path.delimiter)
		.map((folder) => path.join(folder, program))
		.find((file) => existsSync(file));
}

function postgresFolder() {
	// Debian keeps the server's programs out of the path, in a folder for each version.
	const parent = '/usr/lib/postgresql';
	const versions = existsSync(parent)
		? readdirSync(parent).sort((a, b) => Number(b) - Number(a))
		: [];
	const folders = [...versions.map((version) => path.join(parent, version, 'bin'))];
	const initdb = inPath('initdb');
	if (initdb !== undefined) folders.push(path.dirname(initdb));

	return folders.find((folder) => existsSync(path.join(folder, 'initdb')));
}
