/**
 * What the check of an example workflow gets: the workflow imported as a user would import it, and
 * the services around it.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { PlainError } from '../../demo/lib/processes.mjs';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const CHECKS = new URL('../examples/', import.meta.url);
const ENDING = '.check.mjs';

/**
 * @typedef {object} Check the default export of a file in e2e/examples
 * @property {string} example the name of its file in examples, without .json
 * @property {(context: ExampleContext) => Promise<void>} check
 * @property {VariantRun[]} [variants] runs beside the one under the defaults
 */

/**
 * Nobody knows which of its variants the real API plays. A check is run once more for those that
 * could change what its example does to people.
 *
 * @typedef {object} VariantRun
 * @property {Record<string, string>} switches of the stand-in, see test/stand-in/README.md
 * @property {string} because what could go wrong under it
 */

/**
 * @typedef {object} ExampleContext
 * @property {import('../../demo/lib/api.mjs').N8nApi} api
 * @property {import('../../demo/lib/stand-in.mjs').StandIn} standIn with the school as at its start,
 *   an empty log and no faults
 * @property {Record<string, string>} variants all switches of the stand-in as they are in this run
 * @property {import('../../demo/lib/n8n.mjs').RunningN8n} n8n
 * @property {Awaited<ReturnType<typeof import('./services.mjs').startServices>>} services without
 *   routes of earlier examples
 * @property {Awaited<ReturnType<typeof import('./mail.mjs').startMailServer>>} mail without earlier mails
 * @property {object} example the file's content
 * @property {(changes?: (workflow: object) => void, name?: string) => Promise<object>} importExample
 *   imports the file, or another one of the folder by its name. Its credentials are found by name,
 *   as n8n does. `changes` may set what a user fills in.
 * @property {(claim: string, holds: boolean, cameOut?: string) => void} expect records one claim
 * @property {(name: string, columns: Record<string, 'string' | 'number' | 'boolean' | 'date'>, rows?: object[]) => Promise<{ id: string, name: string }>} dataTable
 *   makes a data table, empty but for the rows; one of the same name is replaced
 * @property {(name: string) => Promise<object[]>} rows all rows of a data table
 */

/** Names of the files in examples, without .json. */
export async function exampleNames() {
	return (await readdir(EXAMPLES))
		.filter((file) => file.endsWith('.json'))
		.map((file) => file.slice(0, -'.json'.length))
		.sort();
}

/**
 * Those of the variable EXAMPLES, separated by commas; all of them without it.
 *
 * @throws PlainError where one is not there
 */
export async function chosenNames() {
	const all = await exampleNames();
	const only = process.env.EXAMPLES?.split(',');
	const unknown = (only ?? []).filter((name) => !all.includes(name));
	if (unknown.length > 0)
		throw new PlainError(`There is no example ${unknown.join(', ')} in the folder examples.`);

	return only ?? all;
}

/** @returns {Promise<object>} the content of an example's file */
export async function readExample(name) {
	return JSON.parse(await readFile(new URL(`${name}.json`, EXAMPLES), 'utf8'));
}

/** @returns {Promise<Check | undefined>} the check of an example, if there is one */
export async function readCheck(name) {
	const file = new URL(`${name}${ENDING}`, CHECKS);

	return existsSync(file) ? (await import(file)).default : undefined;
}

/**
 * The switches that are turned in each run of a check: none at first, then those of its variants.
 * The variable VARIANTS gives others: runs separated by commas, switches of one run by `+`, and
 * `default` for none turned.
 *
 * @param {Check | undefined} check
 * @returns {Array<Record<string, string>>}
 */
export function runsOf(check) {
	const own = process.env.VARIANTS;
	if (own === undefined) return [{}, ...(check?.variants ?? []).map(({ switches }) => switches)];

	return own.split(',').map((run) =>
		Object.fromEntries(
			run
				.split('+')
				.filter((turn) => turn !== 'default')
				.map((turn) => turn.split('=')),
		),
	);
}

/** What a run is called in the results. */
export function titleOf(name, switches) {
	const turned = Object.entries(switches).map((turn) => turn.join('='));

	return `Example ${name}${turned.length === 0 ? '' : `, ${turned.join(' + ')}`}`;
}

/** Checks whose example is gone. */
export async function strayChecks() {
	const names = new Set(await exampleNames());

	return (await readdir(CHECKS).catch(() => [])).filter(
		(file) => file.endsWith(ENDING) && !names.has(file.slice(0, -ENDING.length)),
	);
}
