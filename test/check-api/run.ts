/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs the tool in a folder of its own */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkApi, type Surroundings } from '../../scripts/check-api/check';
import type { Report } from '../../scripts/check-api/report';

/** A clock that goes on by what is slept, for the tool and its stand-in together. */
export class SleptClock {
	private time = Date.UTC(2026, 5, 1);

	now(): number {
		return this.time;
	}

	async sleep(ms: number): Promise<void> {
		this.time += ms;
		await Promise.resolve();
	}
}

/** What a run of the tool gave. */
export interface Run {
	code: number;
	out: string;
	err: string;
	prompts: string[];
	/** The files written with --out, by name. */
	files: { [name: string]: string };
}

/** Runs the tool in this process, over real sockets, with the key in a file. */
export async function runTool(
	{ url, apiKey, clock }: { url: string; apiKey: string; clock: SleptClock },
	args: readonly string[],
	{
		answer,
		swagger,
		...changes
	}: Partial<Surroundings> & { answer?: string; swagger?: string } = {},
): Promise<Run> {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-test-'));
	const run: Run = { code: -1, out: '', err: '', prompts: [], files: {} };
	try {
		writeFileSync(join(folder, 'key'), `${apiKey}\n`);
		const out = join(folder, 'out');
		const given = [...args];
		if (swagger !== undefined) {
			writeFileSync(join(folder, 'swagger'), swagger);
			given.push('--swagger', join(folder, 'swagger'));
		}
		run.code = await checkApi(
			['--key-file', join(folder, 'key'), '--base-url', url, '--out', out, ...given],
			{
				out: (text) => (run.out += text),
				err: (text) => (run.err += text),
				prompt: async (question) => {
					run.prompts.push(question);

					return await Promise.resolve(answer);
				},
				env: {},
				clock,
				timeoutMs: 5_000,
				stop: { requested: false, holds: false },
				...changes,
			},
		);
		for (const name of ['report.md', 'report.json', 'contract.patch']) {
			try {
				run.files[name] = readFileSync(join(out, name), 'utf8');
			} catch {
				// A run that could not go on writes none.
			}
		}

		return run;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The report of a run that came to its end. */
export function reportOf({ files, err }: Run): Report {
	if (files['report.json'] === undefined) throw new Error(`there is no report: ${err}`);
	const report: Report = JSON.parse(files['report.json']);

	return report;
}

/** What was found wrong, as `id=reading`, or `id` where it is none of the readings. */
export function wrongOf(run: Run): string[] {
	return reportOf(run)
		.findings.filter(({ verdict }) => verdict === 'wrong')
		.map(({ id, reading }) => (reading === undefined ? id : `${id}=${reading}`))
		.sort();
}
