import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runStages } from './lib/run.mjs';

/**
 * The whole check of the code: types, the generated files, the build, the engines, all tests.
 *
 *     npm test                      everything, with coverage
 *     npm test -- test/unit         only these tests, without the coverage limits
 *
 * Ends with one line "N passed, N failed" for machines that read the result.
 */
const only = process.argv.slice(2);
const HANG_GUARD_MS = 20 * 60_000;

/** Printed last, by the tests themselves or for a stage that failed before them. */
let counts = '0 passed, 1 failed';

const stages = [
	{ name: 'Types', run: async () => (await run('tsc', ['--noEmit'])) || (await run('tsc', ['-p', 'test/tsconfig.json'])) },
	{
		name: 'Generated files are up to date',
		run: async () => (await run('node', ['scripts/contract/generate.mjs', '--check'])) || (await run('node', ['scripts/docs.mjs', '--check'])),
	},
	{ name: 'Build', run: async () => await run('npm', ['run', '--silent', 'build']) },
	{ name: 'Engines', run: async () => await run('node', ['scripts/prepare-engines.mjs']) },
	{ name: 'Tests', run: runTests },
];

await runStages(stages, () => console.log(`\n${counts}`));
console.log(`\n${counts}`);

async function runTests() {
	const folder = mkdtempSync(join(tmpdir(), 'memberspot-test-'));
	const report = join(folder, 'report.json');
	try {
		const coverage = only.length === 0 ? ['--coverage'] : [];
		const code = await run('jest', [...coverage, '--json', `--outputFile=${report}`, ...only], { timeoutMs: HANG_GUARD_MS });

		return summarise(readReport(report), code);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function readReport(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		// jest ended before it could write: one failure that has no name.
		return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1, numPendingTests: 0, numTodoTests: 0 };
	}
}

function summarise(report, code) {
	const skipped = report.numPendingTests + report.numTodoTests;
	if (skipped > 0) console.error(`${skipped} tests were left out. Every test must run.`);
	const failures = report.numFailedTests + report.numRuntimeErrorTestSuites + skipped;
	// Where every test passed and jest failed all the same, it was the coverage.
	const failed = failures === 0 && code !== 0 ? 1 : failures;
	counts = `${report.numPassedTests} passed, ${failed} failed`;

	return code === 0 && failed > 0 ? 1 : code;
}
