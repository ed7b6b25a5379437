/**
 * How the scenario "docs" runs a command of the pages, and what must be true afterwards. A rule knows
 * a tool, not one line of a page: a command that a page changes is run as it was changed.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

const CONTRACT = 'api/memberspot.openapi.yaml';
const PEER = 'n8n-nodes-memberspot 1';

/**
 * @typedef {object} Context
 * @property {string} clone the clean clone, in which the commands run
 * @property {string} home HOME of the commands
 * @property {string} runs folder in which n8n's runs keep their temporary folders
 * @property {import('../../demo/lib/stand-in.mjs').StandIn} standIn for tools that ask the API
 * @property {Array<{ name: string, ci: boolean }>} scenarios
 */

/**
 * @typedef {object} Outcome
 * @property {string} command as it was run, filled in
 * @property {number | null} code
 * @property {string} output
 * @property {string[]} changed files of the repository that are not as before
 * @property {string[]} changedBefore those that differed from the commit before it
 * @property {object} seen what `whileOpen` gave
 */

/**
 * @typedef {object} Rule
 * @property {RegExp} fits
 * @property {boolean} [first] it comes before all others, whatever the order of the pages
 * @property {boolean} [everyTime] cheap enough to be run where each page names it, in that page's state
 * @property {number} [minutes] after which it is stopped, 10 by default
 * @property {(context: Context) => Promise<void>} [before] what the page says to do before it
 * @property {RegExp} [open] it stays until it is stopped by Ctrl-C; this in its output says that it is ready
 * @property {(parts: { command: string, output: string, group: number, context: Context }) => Promise<object>} [whileOpen]
 * @property {boolean} [mayFail] the claims look at the exit code themselves
 * @property {(outcome: Outcome) => string[]} [changes] files of the repository that it may change
 * @property {(outcome: Outcome, context: Context) => Promise<Record<string, boolean>>} claims
 */

/** @type {Rule[]} */
const RULES = [
	{
		fits: /^npm ci$/,
		first: true,
		claims: async (_, { clone }) => ({
			'the tools are there': ['jest', 'tsc', 'eslint'].every((tool) =>
				existsSync(path.join(clone, 'node_modules', '.bin', tool)),
			),
		}),
	},
	{
		fits: /^npm run build$/,
		claims: async (_, { clone }) => ({
			'every file that n8n shall load is there': (await filesForN8n(clone)).every((file) =>
				existsSync(path.join(clone, file)),
			),
		}),
	},
	{
		fits: /^npm pack$/,
		claims: async ({ output }, { clone }) => {
			const { name, version } = await manifestOf(clone);
			const file = `${name}-${version}.tgz`;

			return {
				'it names the file': output.includes(file),
				'the file is there': existsSync(path.join(clone, file)),
			};
		},
	},
	{
		fits: /^npm run engines$/,
		claims: async (_, { clone }) => {
			const engines = path.join(clone, 'test', 'engines');
			const lines = (await readdir(engines, { withFileTypes: true })).filter((entry) =>
				entry.isDirectory(),
			);

			return {
				'each engine has the built package beside it':
					lines.length > 1 &&
					lines.every(({ name }) => existsSync(path.join(engines, name, 'package', 'dist'))),
			};
		},
	},
	{
		fits: /^npm test -- \S/,
		minutes: 20,
		claims: async ({ output }) => {
			const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];

			return { 'tests ran, and all passed': Number(passed) > 0 && failed === '0' };
		},
	},
	{
		fits: /^npx jest \S/,
		claims: async ({ output }) => ({
			'tests ran, and all passed': /^Tests: +(\d+) passed, \1 total$/m.test(output),
		}),
	},
	{
		fits: /^npm run contract$/,
		everyTime: true,
		// Only where a page has changed the contract before.
		changes: ({ changedBefore }) =>
			changedBefore.includes(CONTRACT)
				? ['docs/api.md', ...['endpoints', 'types'].map(generatedFile)]
				: [],
		claims: async ({ changed, changedBefore }) => ({
			'the page on the API follows the contract':
				changed.includes('docs/api.md') === changedBefore.includes(CONTRACT),
		}),
	},
	{
		fits: /^npm run lint:contract$/,
		everyTime: true,
		claims: async ({ output }) => ({ 'it finds nothing': / 0 errors, 0 warnings/.test(output) }),
	},
	{
		fits: /^npm run docs(?: -- --(?:check|record))?$/,
		claims: async ({ command, output }) => ({
			'the pages are as they stand': output.includes('up to date'),
			...(command.endsWith('--record') && {
				'the examples were run': /^Tests: +\d+ passed/m.test(output),
			}),
		}),
	},
	{
		fits: /^node examples\/build\/build\.mjs$/,
		claims: async () => ({}),
	},
	{
		fits: /^npx prettier --check \S+$/,
		claims: async ({ output }) => ({ 'it finds nothing': /All matched files use/.test(output) }),
	},
	{
		fits: /^npm run stand-in(?= |$)/,
		open: /Press Ctrl-C to stop[^\n]*\n/,
		whileOpen: lookAtStandIn,
		claims: async ({ command, seen }) => {
			const { users, port, variant } = optionsOf(command);
			const [name, value] = variant?.split('=') ?? [];

			return {
				'it answers a request with the key that it prints': seen.status === 200,
				'it refuses one without a key': seen.refused === 401,
				'its school has the users asked for': seen.users === Number(users ?? 25),
				...(port !== undefined && { 'it listens on the port asked for': seen.port === port }),
				...(name !== undefined && { 'its switch is set': seen.variants[name] === value }),
				'nothing answers afterwards': !(await answers(seen.url)),
			};
		},
	},
	{
		fits: /^npm run check-api$/,
		mayFail: true,
		claims: async ({ code, output }) => ({
			'it says that it needs a key, and how to give it': code === 2 && /--key-file/.test(output),
		}),
	},
	{
		fits: /^npm run check-api -- .*--key-file/,
		mayFail: true,
		before: async ({ standIn, home }) => {
			await standIn.control('/reset', 'POST');
			await standIn.clearLog();
			await writeFile(path.join(home, 'memberspot-key'), `${standIn.apiKey}\n`);
		},
		changes: ({ changed }) => changed.filter((file) => file.startsWith('report/')),
		claims: claimsOfCheckApi,
	},
	{
		fits: /^git apply \S*contract\.patch$/,
		changes: () => [CONTRACT],
		claims: async ({ changed }) => ({ 'the contract is changed': changed.includes(CONTRACT) }),
	},
	{
		fits: /^npm install --package-lock-only$/,
		before: async ({ clone }) => {
			const manifest = await manifestOf(clone);
			await writeFile(
				path.join(clone, 'package.json'),
				`${JSON.stringify({ ...manifest, version: nextVersion(manifest) }, null, 2)}\n`,
			);
		},
		changes: () => ['package.json', 'package-lock.json'],
		claims: async ({ changed }, { clone }) => {
			const { version } = await manifestOf(clone);
			const lock = JSON.parse(await readFile(path.join(clone, 'package-lock.json'), 'utf8'));

			return {
				'the lockfile has the new version':
					changed.includes('package-lock.json') &&
					lock.version === version &&
					lock.packages[''].version === version,
			};
		},
	},
	{
		fits: /^npm run prerelease-check(?= |$)/,
		mayFail: true,
		claims: async ({ code, output }) => {
			const findings = output.match(/^- .+$/gm) ?? [];
			const [, count] = /^Not ready: (\d+) things to do\.$/m.exec(output) ?? [];

			return {
				'it says what is missing, or that nothing is':
					count === undefined
						? code === 0 && output.includes('Ready to be released.')
						: code === 1 && findings.length === Number(count),
				'lint and scan have no findings': !findings.some((line) =>
					/npm run (lint|scan)/.test(line),
				),
			};
		},
	},
	{
		fits: /^git tag \S+$/,
		claims: async ({ command }, { clone }) => ({
			'the tag is there': existsSync(
				path.join(clone, '.git', 'refs', 'tags', command.split(' ').at(-1)),
			),
		}),
	},
	{
		fits: /^npm run bench(?= |$)/,
		minutes: 30,
		changes: ({ command }) => (/--write\b/.test(command) ? ['docs/benchmarks.md'] : []),
		claims: async ({ command, output, changed }) => {
			const { only, peer, write } = optionsOf(command);
			const shown = (output.match(/^### \w+(?=\. )/gm) ?? []).map((line) => line.slice(4));
			const wanted = only?.split(',') ?? ['1', '2', '3', '4', '5', '6', '7'];

			return {
				'it shows what was asked for':
					wanted.every((id) => shown.includes(id)) &&
					(only === undefined || shown.length === wanted.length),
				'the other package is measured where that was asked for':
					output.includes(PEER) === (peer === true),
				...(write === true && {
					'it writes the page': changed.includes('docs/benchmarks.md'),
				}),
			};
		},
	},
	{
		fits: /^npm run demo -- .*--once/,
		minutes: 60,
		claims: async ({ output }) => ({
			'every result is right': output.includes('Every result is right.'),
		}),
	},
	{
		fits: /^npm run demo(?= |$)/,
		minutes: 60,
		open: /Press Ctrl-C to stop[^\n]*\n/,
		whileOpen: lookAtDemo,
		claims: async ({ output, seen }, { runs }) => ({
			'every result is right': output.includes('Every result is right.'),
			'the editor answers': seen.editor,
			'the login that it prints is taken': seen.login === 200,
			'the stand-in answers': seen.standIn,
			'its folder is gone afterwards':
				seen.folders.length === 1 &&
				!seen.folders.some((folder) => existsSync(path.join(runs, folder))),
			'no editor answers afterwards': !(await answers(seen.url)),
			'no stand-in answers afterwards': !(await answers(seen.standInUrl)),
		}),
	},
	{
		fits: /^npm run e2e(?= |$)/,
		claims: async ({ command, output }, { scenarios }) => {
			const { only, ci } = optionsOf(command);
			const listed = scenarios
				.map(({ name }) => name)
				.filter((name) => new RegExp(`^ *${name} `, 'm').test(output));
			const expected = scenarios
				.filter((scenario) => !ci || scenario.ci)
				.map(({ name }) => name)
				.filter((name) => only === undefined || only.split(',').includes(name));

			return {
				'it lists the scenarios asked for, and no others':
					expected.length > 0 && listed.join() === expected.join(),
			};
		},
	},
];

/**
 * The rule for a command.
 *
 * @param {string} command as a page has it
 * @returns {Rule | undefined}
 */
export function ruleFor(command) {
	return RULES.find(({ fits }) => fits.test(command));
}

/** The version after the one that stands in package.json. */
function nextVersion({ version }) {
	const [major, minor, patch] = version.split('.').map(Number);

	return `${major}.${minor}.${patch + 1}`;
}

/** package.json of the clone. */
export async function manifestOf(clone) {
	return JSON.parse(await readFile(path.join(clone, 'package.json'), 'utf8'));
}

async function filesForN8n(clone) {
	const { n8n } = await manifestOf(clone);

	return [...n8n.nodes, ...n8n.credentials];
}

function generatedFile(name) {
	return `nodes/Memberspot/transport/contract/${name}.ts`;
}

/** What a command gives behind "--". */
function optionsOf(command) {
	const words = command.includes(' -- ')
		? command.slice(command.indexOf(' -- ') + 4).split(' ')
		: [];
	const text = { type: 'string' };
	const flag = { type: 'boolean' };

	return parseArgs({
		args: words,
		strict: false,
		options: {
			...{ users: text, port: text, variant: text, out: text, user: text, only: text, runs: text },
			...{ peer: flag, write: flag, quick: flag, ci: flag, list: flag },
			...{ 'allow-writes': flag, 'delete-user': flag },
		},
	}).values;
}

async function answers(url) {
	try {
		await fetch(url, { signal: AbortSignal.timeout(5_000) });

		return true;
	} catch {
		return false;
	}
}

async function json(url, options = {}) {
	const response = await fetch(url, { signal: AbortSignal.timeout(15_000), ...options });

	return { status: response.status, body: await response.json().catch(() => undefined) };
}

/** A word that stands behind its name in what a program has printed. */
function printed(output, name) {
	return new RegExp(`^ +${name} +(\\S+)`, 'm').exec(output)?.[1];
}

async function lookAtStandIn({ output }) {
	const url = printed(output, 'URL');
	const key = printed(output, 'API key');
	const { status } = await json(`${url}/v1/offers`, { headers: { 'X-API-KEY': key } });
	const { status: refused } = await json(`${url}/v1/offers`);
	const { body } = await json(`${url}/__control`);
	const { body: variants } = await json(`${url}/__control/variants`);

	return { url, status, refused, users: body.users, variants, port: new URL(url).port };
}

async function lookAtDemo({ output, group, context }) {
	const url = printed(output, 'Editor');
	const standInUrl = printed(output, 'Memberspot stand-in');
	const response = await fetch(url, { signal: AbortSignal.timeout(15_000) });
	const { status: login } = await json(`${url}/rest/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'browser-id': 'docs' },
		body: JSON.stringify({
			emailOrLdapLoginId: printed(output, 'E-mail'),
			password: printed(output, 'Password'),
		}),
	});
	const pids = await context.processesOf(group);

	return {
		url,
		standInUrl,
		login,
		editor: response.ok && (await response.text()).includes('n8n'),
		standIn: await answers(`${standInUrl}/__control`),
		folders: (await readdir(context.runs)).filter((name) =>
			pids.some((pid) => name === `run-${pid}`),
		),
	};
}

async function claimsOfCheckApi({ command, code, output }, { clone, standIn }) {
	const { out, user, 'allow-writes': writes, 'delete-user': deletes } = optionsOf(command);
	const files = ['report.md', 'report.json', 'contract.patch'].map((name) =>
		path.join(clone, out, name),
	);
	const texts = await Promise.all(
		files.map(async (file) => (existsSync(file) ? await readFile(file, 'utf8') : '')),
	);
	const requests = await standIn.requests();
	const changing = requests.filter(({ method }) => method !== 'GET');
	const grants = writes ? await standIn.grantsOf(user) : [];

	const wrong = [...output.matchAll(/^ +WRONG +(\S+)/gm)].map(([, point]) => point);

	return {
		// Its school has a property of a type that the node does not know, so that this is tried as well.
		'nothing is wrong but what the school of the stand-in has wrong on purpose':
			wrong.join() === 'property-types' && code === 1,
		'the report and the patch are there': texts.every((text) => text !== ''),
		'the key stands in none of them, and is not printed': ![...texts, output].some((text) =>
			text.includes(standIn.apiKey),
		),
		'it asked the API': requests.length > 10,
		'it wrote where that was allowed, and nowhere else': changing.length > 0 === (writes === true),
		...(writes && {
			'the throw-away user is not left with an offer': !grants.some(({ active }) => active),
			'the user stays unless deleting was asked for':
				((await standIn.user(user)) !== undefined) === !deletes,
		}),
	};
}
