/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a command-line program, not a part of the package */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkApi } from './check';

const TIMEOUT_MS = 30_000;

checkApi(process.argv.slice(2), {
	out: (text) => process.stdout.write(text),
	err: (text) => process.stderr.write(text),
	prompt: async (question) => {
		if (!process.stdin.isTTY) return undefined;
		const lines = createInterface({ input: process.stdin, output: process.stderr });
		try {
			return await lines.question(question);
		} finally {
			lines.close();
		}
	},
	env: process.env,
	clock: { now: () => Date.now(), sleep: async (ms) => await sleep(ms) },
	timeoutMs: TIMEOUT_MS,
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
