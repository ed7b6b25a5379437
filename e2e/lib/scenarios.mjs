/** Finds the scenarios: each is one file in e2e/scenarios. */
import { readdir } from 'node:fs/promises';

const FOLDER = new URL('../scenarios/', import.meta.url);

/**
 * @typedef {object} Scenario
 * @property {string} name the file's name, used with --only
 * @property {string} title what it shows, in one sentence
 * @property {number} order scenarios run from the lowest to the highest
 * @property {number} minutes what it takes on a quiet machine with two cores, once n8n is installed
 * @property {boolean} ci whether it belongs to the part that runs in CI
 * @property {string} [whyNotInCi] the reason, where it does not
 * @property {Array<'chromium' | 'redis' | 'postgres'>} tools programs of the machine it needs
 * @property {(context: ScenarioContext) => Promise<void>} run puts what it finds into context.verdicts
 */

/**
 * @typedef {object} ScenarioContext
 * @property {import('../../demo/lib/progress.mjs').Stage} stage names and times a part of the work
 * @property {ReturnType<import('../../demo/lib/verdicts.mjs').createVerdicts>} verdicts
 * @property {string} tarball the packed node
 * @property {(options?: { users?: number, extra?: Record<string, string> }) => Promise<import('../../demo/lib/environment.mjs').Environment>} open
 *   starts the stand-in and an n8n with the packed node
 */

/** @returns {Promise<Scenario[]>} in the order they run */
export async function readScenarios() {
	const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.mjs'));
	const scenarios = await Promise.all(
		files.map(async (file) => await readScenario(file.slice(0, -'.mjs'.length))),
	);

	return scenarios.sort((a, b) => a.order - b.order);
}

/**
 * @param {string} name
 * @returns {Promise<Scenario>}
 */
export async function readScenario(name) {
	const { default: scenario } = await import(new URL(`${name}.mjs`, FOLDER));

	return { ...scenario, name };
}
