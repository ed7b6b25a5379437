/**
 * Runs one scenario, as a process of its own. Started by e2e.mjs:
 *
 *   node e2e/run-scenario.mjs <name> <packed node> <file for the result>
 */
import { writeFile } from 'node:fs/promises';
import { openEnvironment } from '../demo/lib/environment.mjs';
import { cleanUp, cleanUpOnSignals, isStopping, PlainError } from '../demo/lib/processes.mjs';
import { createProgress } from '../demo/lib/progress.mjs';
import { table } from '../demo/lib/table.mjs';
import { createVerdicts } from '../demo/lib/verdicts.mjs';
import { readScenario } from './lib/scenarios.mjs';

const [name, tarball, resultFile] = process.argv.slice(2);

async function main() {
	const scenario = await readScenario(name);
	const { stage } = createProgress();
	const verdicts = createVerdicts();
	const opened = [];
	let failure;
	try {
		await scenario.run({
			stage,
			verdicts,
			tarball,
			async open(options = {}) {
				const environment = await openEnvironment({ stage, tarball, ...options });
				opened.push(environment);

				return environment;
			},
		});
	} catch (error) {
		if (isStopping()) return;
		failure = error;
		verdicts.add(`The scenario "${name}" to its end`, error.message.split('\n')[0], {
			'it came to its end': false,
		});
	}

	console.log(`\n${table(verdicts.rows, ['', 'What was tried', 'What came out'])}`);
	verdicts.printMistakes();
	if (failure !== undefined)
		console.error(`\n${failure instanceof PlainError ? failure.message : failure.stack}`);
	if (!verdicts.allRight()) {
		for (const environment of opened) {
			environment.keep();
			console.log(
				`The logs and n8n's database are kept until the next run: ${environment.runFolder}`,
			);
		}
	}
	await writeFile(resultFile, JSON.stringify(verdicts.counts()));
}

cleanUpOnSignals(() => 130);

main()
	.catch((error) => {
		console.error(error.stack);
		process.exitCode = 1;
	})
	.then(async () => {
		await cleanUp();
		process.exit();
	});
