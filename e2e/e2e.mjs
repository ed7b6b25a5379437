/**
 * The node in the product people use: one scenario after the other, each with an n8n of its own.
 *
 *   npm run e2e                          all scenarios
 *   npm run e2e -- --only queue,browser  only these
 *   npm run e2e -- --ci                  those that fit into an hour on a machine with two cores
 *   npm run e2e -- --list                their names; with the options above, of these only
 *
 * Each scenario runs as a process of its own, so that none can disturb the next: what one leaves
 * behind ends with it, and one that hangs is stopped.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheFolder, takeFolder } from '../demo/lib/cache.mjs';
import { buildAndPack } from '../demo/lib/environment.mjs';
import {
	cleanUp,
	cleanUpOnSignals,
	isStopping,
	onCleanup,
	PlainError,
	start,
	within,
} from '../demo/lib/processes.mjs';
import { createProgress } from '../demo/lib/progress.mjs';
import { table } from '../demo/lib/table.mjs';
import { installLibraries } from './lib/libraries.mjs';
import { prepareTools } from './lib/tools.mjs';
import { readScenarios } from './lib/scenarios.mjs';

const HELP = `npm run e2e [-- options]

  --only <name>[,<name>...]  only these scenarios
  --ci                       those that fit into an hour on a machine with two cores
  --list                     show the names, and run nothing
  --help                     show this

Environment: DEMO_CACHE=<folder> keeps n8n elsewhere than in .cache (one folder for demo and e2e)`;

const RUNNER = fileURLToPath(new URL('./run-scenario.mjs', import.meta.url));
const MINUTE = 60_000;

async function main() {
	const options = readOptions();
	if (options.help) {
		console.log(HELP);

		return 0;
	}
	const { stage } = createProgress();
	// The scenarios import these libraries.
	await installLibraries(stage);
	const chosen = choose(await readScenarios(), options);
	if (options.list) {
		console.log(
			table(
				chosen.map(({ name, title, ci, minutes }) => ({
					Name: name,
					'What it shows': title,
					'In CI': ci ? 'yes' : 'no',
					Minutes: minutes,
				})),
				['Name', 'What it shows', 'In CI', 'Minutes'],
				{ maxWidth: 100 },
			),
		);

		return 0;
	}

	const folder = await takeFolder(path.join(cacheFolder(), 'e2e'), 'run');
	onCleanup(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	await prepareTools(new Set(chosen.flatMap(({ tools }) => tools)), stage);
	const tarball = await stage('Build and pack the node', async () => await buildAndPack(folder));

	const results = [];
	for (const scenario of chosen) results.push(await runScenario(scenario, { folder, tarball }));

	return summarise(results);
}

function readOptions() {
	try {
		return parseArgs({
			options: {
				only: { type: 'string', multiple: true },
				ci: { type: 'boolean' },
				list: { type: 'boolean' },
				help: { type: 'boolean' },
			},
		}).values;
	} catch (error) {
		throw new PlainError(`${error.message}\n\n${HELP}`);
	}
}

function choose(all, { only, ci }) {
	if (only === undefined) return all.filter((scenario) => !ci || scenario.ci);
	const names = only.flatMap((text) => text.split(','));
	const unknown = names.filter((name) => !all.some((scenario) => scenario.name === name));
	if (unknown.length > 0)
		throw new PlainError(
			`There is no scenario ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`,
		);

	return all.filter(({ name }) => names.includes(name));
}

/**
 * Runs one scenario to its end, and reads what it has found.
 *
 * @returns {Promise<{ scenario: object, right: number, wrong: number, seconds: number, why?: string }>}
 */
async function runScenario(scenario, { folder, tarball }) {
	const begin = Date.now();
	console.log(`\n==== ${scenario.name}: ${scenario.title}`);
	const resultFile = path.join(folder, `${scenario.name}.json`);
	const child = start(process.execPath, [RUNNER, scenario.name, tarball, resultFile], {
		onText: (text) => process.stdout.write(text),
	});
	// Twice what it takes on a quiet machine, and time for the first installation of an n8n.
	const limit = (scenario.minutes * 2 + 20) * MINUTE;
	const end = await within(child.ended, limit);
	if (end === undefined) await child.stop();
	const counts = await readCounts(resultFile);
	const why =
		end === undefined
			? `stopped after ${limit / MINUTE} minutes`
			: counts === undefined
				? `ended without a result (${end.signal ?? `exit code ${end.code}`})`
				: undefined;
	const seconds = (Date.now() - begin) / 1000;
	const result = {
		scenario,
		right: counts?.right ?? 0,
		// A scenario that found nothing has shown nothing.
		wrong: (counts?.wrong ?? 0) + (why !== undefined || counts.right === 0 ? 1 : 0),
		seconds,
		why,
	};
	console.log(
		`==== ${scenario.name}: ${result.wrong === 0 ? 'right' : 'WRONG'}, ${result.right} of ${result.right + result.wrong} claims hold, ${seconds.toFixed(0)} s${why === undefined ? '' : `, ${why}`}`,
	);

	return result;
}

async function readCounts(file) {
	try {
		return JSON.parse(await readFile(file, 'utf8'));
	} catch (error) {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	}
}

function summarise(results) {
	const sum = (key) => results.reduce((total, result) => total + result[key], 0);
	console.log(
		`\n${table(
			results.map(({ scenario, right, wrong, seconds, why }) => ({
				'': wrong === 0 ? 'right' : 'WRONG',
				Scenario: scenario.name,
				'Claims that hold': `${right} of ${right + wrong}`,
				Seconds: seconds.toFixed(0),
				Remark: why ?? '',
			})),
			['', 'Scenario', 'Claims that hold', 'Seconds', 'Remark'],
		)}`,
	);
	console.log(`\n${sum('right')} passed, ${sum('wrong')} failed`);

	return sum('wrong') === 0 && results.length > 0 ? 0 : 1;
}

cleanUpOnSignals(() => 130);

main()
	.catch((error) => {
		if (isStopping()) return 130;
		console.error(`\n${error instanceof PlainError ? error.message : error.stack}`);
		console.log('\n0 passed, 1 failed');

		return 1;
	})
	.then(async (code) => {
		await cleanUp();
		process.exit(isStopping() ? 130 : code);
	});
