/**
 * Says for each command of the pages what runs it: CI itself, the scenario "docs", the scenario
 * "install", or nothing.
 *
 *   node e2e/docs/plan.mjs < commands.json    a list of { page, command, block? }, as commands.cjs finds
 *                                             them; prints it with `by`, `where` and `why`
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_RUN } from './data.mjs';
import { ruleFor } from './rules.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @typedef {object} Command
 * @property {string} page
 * @property {string} command
 * @property {string} [block] the code block it stands in
 */

/**
 * @typedef {object} Facts
 * @property {string[]} ci what CI runs, by ci.yml and .ci/run
 * @property {Array<{ name: string, ci: boolean, whyNotInCi?: string }>} scenarios
 */

/**
 * @typedef {object} Way
 * @property {'ci' | 'docs' | 'install' | 'left out' | 'nothing'} by
 * @property {string} [why] where it is left out, or nothing runs it
 */

/** A block for the home folder of an n8n: it is run as a whole, in the order of its lines. */
export function isForN8n(block) {
	return /~\/\.n8n\b|^docker /m.test(block);
}

/**
 * What runs a command.
 *
 * @param {Command} entry
 * @param {Facts} facts
 * @returns {Way}
 */
export function wayOf({ command, block }, { ci, scenarios }) {
	const left = NOT_RUN.find(({ fits }) => fits.test(command));
	if (left !== undefined) return { by: 'left out', why: left.why };
	if (ofInstall(command, block)) return { by: 'install' };
	if (/^npm run e2e(?= |$)/.test(command)) return ofScenarios(command, scenarios);
	const rule = ruleFor(command);
	if (ci.includes(withoutQuiet(command)) && !rule?.first) return { by: 'ci' };
	if (rule !== undefined) return { by: 'docs' };

	return {
		by: 'nothing',
		why: 'neither CI nor a rule in e2e/docs/rules.mjs runs it',
	};
}

/** The scenario "install" runs whole blocks, and the two commands that the text around them names. */
function ofInstall(command, block) {
	return block === undefined ? /^npm install$|^docker cp \S+ n8n:/.test(command) : isForN8n(block);
}

/** Naming scenarios is not running them: each must be run by CI, or say why not. */
function ofScenarios(command, scenarios) {
	const [, only] = /--only (\S+)/.exec(command) ?? [];
	const named = only?.split(',') ?? scenarios.map(({ name }) => name);
	for (const name of named) {
		const scenario = scenarios.find((each) => each.name === name);
		if (scenario === undefined) return { by: 'nothing', why: `there is no scenario ${name}` };
		if (!scenario.ci && !scenario.whyNotInCi)
			return { by: 'nothing', why: `${name} is not in CI, and does not say why (whyNotInCi)` };
	}

	return { by: 'docs' };
}

/** What CI runs, and the scenarios, read from their files: importing them takes their libraries. */
export async function readFacts() {
	const read = async (file) => await readFile(path.join(REPOSITORY, file), 'utf8');
	const [workflow, run] = [await read('.github/workflows/ci.yml'), await read('.ci/run')];
	const ci = [
		...[...workflow.matchAll(/^\s*- run: (.+)$/gm)],
		...[...run.matchAll(/^stage '[^']+' (?:counted )?(.+)$/gm)],
	].map(([, command]) => withoutQuiet(command));
	const files = (await readdir(path.join(REPOSITORY, 'e2e/scenarios'))).filter((file) =>
		file.endsWith('.mjs'),
	);
	const scenarios = await Promise.all(
		files.map(async (file) => {
			const text = await read(`e2e/scenarios/${file}`);

			return {
				name: path.basename(file, '.mjs'),
				ci: /^\tci: true,$/m.test(text),
				whyNotInCi: /^\twhyNotInCi:\s*'([^']+)',$/m.exec(text)?.[1],
			};
		}),
	);

	return { ci, scenarios };
}

/** CI leaves out what only npm says around a command. */
function withoutQuiet(command) {
	return command.replace(/ --(?:silent|no-audit|no-fund)(?= |$)/g, '').trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	let text = '';
	for await (const part of process.stdin.setEncoding('utf8')) text += part;
	const facts = await readFacts();
	console.log(
		JSON.stringify(JSON.parse(text).map((entry) => ({ ...entry, ...wayOf(entry, facts) }))),
	);
}
