/**
 * The main job in one command: a real n8n with the Memberspot nodes, workflows for their main uses,
 * and a school to try them on.
 *
 *   npm run demo                      runs the workflows, then leaves the editor open until Ctrl-C
 *   npm run demo -- --once            ends after the runs, with exit code 0 only if all is right
 *   npm run demo -- --once --operations   runs each operation of the node as a workflow of its own
 */
import { parseArgs } from 'node:util';
import { openEnvironment } from './lib/environment.mjs';
import { cleanUp, cleanUpOnSignals, isStopping, PlainError } from './lib/processes.mjs';
import { createProgress } from './lib/progress.mjs';
import { runOperations } from './operations.mjs';
import { runStory, STORY_SETTINGS } from './story.mjs';

const HELP = `npm run demo [-- options]

  --once         end after the runs; exit code 0 only if every result is right
  --operations   run each operation of the node instead of the workflows
  --help         show this

Environment: DEMO_CACHE=<folder> keeps n8n elsewhere than in .cache (needs 5 GB)`;

async function main() {
	const values = readOptions();
	if (values.help) {
		console.log(HELP);

		return 0;
	}

	const { stage, times } = createProgress();
	const environment = await openEnvironment({ stage, extra: STORY_SETTINGS });
	let right = false;
	try {
		const begin = Date.now();
		right = await (values.operations ? runOperations : runStory)(environment);
		const runs = (Date.now() - begin) / 1000;
		const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
		console.log(
			`\n${right ? 'Every result is right.' : 'Not every result is right: see the lines marked WRONG.'} (preparations: ${total.toFixed(0)} s, runs: ${runs.toFixed(0)} s)`,
		);
	} finally {
		if (!right) {
			environment.keep();
			console.log(
				`The logs and n8n's database are kept until the next run: ${environment.runFolder}`,
			);
		}
	}
	if (!values.once) await leaveOpen(environment, right);

	return right ? 0 : 1;
}

function readOptions() {
	try {
		return parseArgs({
			options: {
				once: { type: 'boolean' },
				operations: { type: 'boolean' },
				help: { type: 'boolean' },
			},
		}).values;
	} catch (error) {
		throw new PlainError(`${error.message}\n\n${HELP}`);
	}
}

/** Keeps everything running until the person at the terminal presses Ctrl-C. */
async function leaveOpen({ n8n, owner, standIn }, right) {
	exitCode = right ? 0 : 1;
	console.log(`
n8n is open in the meantime:

  Editor     ${n8n.url}
  E-mail     ${owner.email}
  Password   ${owner.password}

  Memberspot stand-in   ${standIn.url}   (key: ${standIn.apiKey})

The credential and the workflows are in it. Nothing is kept when this ends.
Press Ctrl-C to stop.`);
	const ended = await Promise.race([n8n.ended, standIn.ended]);
	throw new PlainError(
		`n8n or the stand-in ended by itself (${ended.signal ?? `exit code ${ended.code}`}).`,
	);
}

/** What the program ends with when it is told to end by a signal. */
let exitCode = 130;
cleanUpOnSignals(() => exitCode);

main()
	.catch((error) => {
		if (isStopping()) return exitCode;
		// What went wrong with the machine or a download is for the user; anything else is a fault of the demo.
		console.error(`\n${error instanceof PlainError ? error.message : error.stack}`);

		return 1;
	})
	.then(async (code) => {
		await cleanUp();
		process.exit(isStopping() ? exitCode : code);
	});
