/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a command-line program, not a part of the package */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkApi, type Stop } from './check';

const TIMEOUT_MS = 30_000;
/** Exit code of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

const stop: Stop = { requested: false, holds: false };

function onStop(): void {
	if (stop.holds && !stop.requested) {
		stop.requested = true;
		process.stderr.write(
			'\nStopping. What was written for the throw-away user is taken back first, which takes some seconds. Press Ctrl-C again to end at once.\n',
		);

		return;
	}
	process.stderr.write(
		stop.holds
			? '\nEnded at once. Not everything was taken back: look at the throw-away user in Memberspot. It may hold the offers, property values and access under order IDs that begin with check-api.\n'
			: '\nStopped. Nothing was written.\n',
	);
	process.exit(INTERRUPTED);
}

process.on('SIGINT', onStop);
process.on('SIGTERM', onStop);

checkApi(process.argv.slice(2), {
	out: (text) => process.stdout.write(text),
	err: (text) => process.stderr.write(text),
	prompt: async (question) => {
		if (!process.stdin.isTTY) return undefined;
		const lines = createInterface({ input: process.stdin, output: process.stderr });
		// A terminal that is read line by line gives Ctrl-C to its reader.
		lines.on('SIGINT', onStop);
		try {
			return await lines.question(question);
		} finally {
			lines.close();
		}
	},
	env: process.env,
	clock: { now: () => Date.now(), sleep: async (ms) => await sleep(ms) },
	timeoutMs: TIMEOUT_MS,
	stop,
}).then(
	(code) => (process.exitCode = code),
	(error: unknown) => {
		// A fault of the tool itself: where it is, without values that its message might hold.
		const where =
			error instanceof Error
				? (error.stack ?? '')
						.split('\n')
						.filter((line) => /^\s+at /.test(line))
						.slice(0, 3)
				: [];
		process.stderr.write(
			`check-api has a fault of its own (${error instanceof Error ? error.name : 'unknown'}).\n${where.join('\n')}\n`,
		);
		process.exitCode = 2;
	},
);
