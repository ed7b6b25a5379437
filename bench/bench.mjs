import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import buildStamp from '../scripts/lib/build-stamp.cjs';
import { ROOT, run } from '../scripts/lib/run.mjs';
import { ENGINE } from './lib/engine.mjs';
import { machine } from './lib/machine.mjs';
import { installPeer, PEER_FOLDER } from './lib/peer.mjs';
import { page, scenarioTable, sizeTable, syncSection, targetTable } from './lib/report.mjs';
import { measure, measureLoading, StandIn } from './lib/run.mjs';
import { LOAD_TARGET, scenarios, SIZES } from './lib/scenarios.mjs';
import { combine, median } from './lib/statistics.mjs';

const USAGE = `Measures the built node in n8n's own engine, beside a plain loop and the smallest possible node.

  npm run bench                 every scenario, median of 3 runs; some minutes
  npm run bench -- --quick      small sizes, one run, no defaults of a new node; under a minute

  --runs <n>       runs of each subject (default 3)
  --only <ids>     only these scenarios, for example 1,2,5
  --peer           also the published package n8n-nodes-memberspot, one run; installs it into .cache
  --write          also writes docs/benchmarks.md

Speed is shown, not judged by the exit code. Counts are: requests, items, failures, links and requests
in flight must be right, else the exit code is 1.
`;

const options = readOptions();
await prepareBuild();
if (options.peer) await installPeer();

const began = { date: new Date(), machine: machine() };
const standIns = new Map();
const results = [];
const broken = [];
try {
	for (const scenario of options.scenarios) results.push(await runScenario(scenario));
} finally {
	for (const standIn of standIns.values()) await standIn.close();
}
const size = options.size ? await runSize() : undefined;
const sync = options.sync ? runSync() : undefined;

const report = {
	...began,
	after: machine(),
	quick: options.quick,
	runs: options.runs,
	results,
	size,
	sync,
};
for (const result of results) console.log(`\n${scenarioTable(result)}`);
if (size) console.log(`\n${sizeTable(size)}`);
if (sync) console.log(`\n${syncSection(sync)}`);
if (results.length > 0 || size) console.log(`\n${targetTable(report)}`);
if (broken.length > 0) {
	console.error(`\nCounts that do not hold:\n${broken.map((line) => `  ${line}`).join('\n')}`);
	process.exitCode = 1;
} else if (options.write) {
	writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), page(report));
	console.log('\nWritten: docs/benchmarks.md');
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			runs: { type: 'string' },
			only: { type: 'string' },
			peer: { type: 'boolean', default: false },
			write: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		process.exit(0);
	}
	const runs = values.runs === undefined ? (values.quick ? 1 : 3) : Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1)
		refuse(`--runs takes a whole number from 1, not "${values.runs}"`);
	const all = scenarios(values.quick ? SIZES.quick : SIZES.full);
	const known = [...all.map(({ id }) => id), '6', '7'];
	const wanted = values.only === undefined ? known : values.only.split(',').map((id) => id.trim());
	const strange = wanted.filter((id) => !known.includes(id));
	if (strange.length > 0)
		refuse(`There is no scenario ${strange.join(', ')}. There are: ${known.join(', ')}`);
	if (values.write && (values.quick || values.only !== undefined))
		refuse('--write takes full sizes and every scenario');

	return {
		...values,
		runs,
		scenarios: all.filter(({ id }) => wanted.includes(id)),
		size: wanted.includes('6'),
		sync: wanted.includes('7'),
	};
}

function refuse(message) {
	console.error(`${message}\n\n${USAGE}`);
	process.exit(2);
}

/** Builds the package and puts it beside the engine, unless that is what stands there already. */
async function prepareBuild() {
	const stamp = join(ENGINE, 'package', '.built-from');
	const installed = existsSync(join(ENGINE, 'node_modules', 'n8n-core'));
	if (installed && existsSync(stamp) && readFileSync(stamp, 'utf8') === buildStamp.hashOfSources())
		return;

	const code =
		(await run('npm', ['run', '--silent', 'build'])) ||
		(await run('node', ['scripts/prepare-engines.mjs']));
	if (code !== 0) process.exit(code);
}

/** Every subject costs a second for the engine alone, so a quick run leaves out what no target needs. */
function takesPart(subject) {
	return subject === 'peer' ? options.peer : !(options.quick && subject === 'asSetFirst');
}

async function standInFor(school) {
	const name = JSON.stringify(school);
	if (!standIns.has(name)) standIns.set(name, await StandIn.start(school));

	return standIns.get(name);
}

/** All runs of a scenario. The subjects take turns, so that a busy minute of the machine hits each of them. */
async function runScenario(scenario) {
	const standIn = await standInFor(scenario.school);
	const { url, apiKey, offerId, courseId } = standIn.facts;
	const emails = scenario.emails === 0 ? [] : await standIn.emails(scenario.emails);
	const input = { ...scenario.input, emails, offerId, courseId };
	const runsOf = Object.fromEntries(
		scenario.subjects.filter(takesPart).map((subject) => [subject, []]),
	);
	for (let round = 1; round <= options.runs; round++) {
		for (const [subject, runs] of Object.entries(runsOf)) {
			// It is there for its counts and as an order of magnitude, and some of its runs take a minute.
			if (subject === 'peer' && round > 1) continue;
			await standIn.clear({ changed: scenario.changes === true });
			const measured = await measure({
				subject,
				job: scenario.job,
				server: { url, apiKey },
				input,
			});
			const figures = { ...measured, ...(await standIn.seen()) };
			runs.push(figures);
			console.error(
				`${scenario.id} ${subject} ${round}/${options.runs}: ${(figures.wallMs / 1_000).toFixed(2)} s`,
			);
			if (subject !== 'peer') check(scenario, subject, round, figures);
		}
	}

	return {
		scenario,
		figures: Object.fromEntries(
			Object.entries(runsOf).map(([subject, runs]) => [subject, combine(runs)]),
		),
	};
}

function check(scenario, subject, round, figures) {
	const holds = {
		'no error of the workflow': figures.error === undefined,
		...scenario.holds(subject, figures),
	};
	for (const [what, held] of Object.entries(holds)) {
		if (held) continue;
		const { requests, items, failed, linked, maxInFlight, refused, error, firstFailure } = figures;
		const facts = { requests, items, failed, linked, maxInFlight, refused, error, firstFailure };
		broken.push(
			`${scenario.id}, ${subject}, run ${round}: "${what}" does not hold. ${JSON.stringify(facts)}`,
		);
	}
}

/** What loading the package costs, and how large it is. */
async function runSize() {
	const load = async (folder) => {
		const runs = [];
		for (let round = 0; round < (options.quick ? 3 : 5); round++)
			runs.push(await measureLoading(folder));

		return {
			...runs[0],
			ms: median(runs.map(({ ms }) => ms)),
			cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
			heapBytes: median(runs.map(({ heapBytes }) => heapBytes)),
		};
	};
	const [packed] = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], {
			cwd: ROOT,
			encoding: 'utf8',
		}),
	);

	return {
		target: LOAD_TARGET,
		node: await load(join(ENGINE, 'package')),
		peer: options.peer ? await load(PEER_FOLDER) : undefined,
		packedBytes: packed.size,
		unpackedBytes: packed.unpackedSize,
		files: packed.entryCount,
	};
}

/** The bench of Sync Access, which has a way to measure of its own. */
function runSync() {
	const sizes = options.quick ? ['--users', '500', '--drift', '10'] : [];
	const child = spawnSync(process.execPath, [join(ROOT, 'bench', 'sync.mjs'), ...sizes], {
		encoding: 'utf8',
	});
	if (child.status !== 0) broken.push(`7: ${child.stderr.trim()}`);

	return child.stdout.trim();
}
