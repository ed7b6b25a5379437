import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a command in the repository and shows its output.
 *
 * @param {string} command a program, looked up among the installed tools first
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutMs?: number }} [options] `timeoutMs`: the
 *   command is ended after that long, and counts as failed
 * @returns {Promise<number>} its exit code; 1 when it was ended by a signal
 */
export async function run(command, args, { cwd = ROOT, env = {}, timeoutMs } = {}) {
	return await new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd,
			stdio: 'inherit',
			timeout: timeoutMs,
			env: { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env.PATH}`, ...env },
		});
		child.on('error', reject);
		child.on('exit', (code) => resolve(code ?? 1));
	});
}

/**
 * Runs one named stage after the other, and says how long each took. Ends the process with the exit
 * code of the first stage that fails.
 *
 * @param {Array<{ name: string, run: () => Promise<number> }>} stages
 * @param {(name: string) => void} [onFailure] called before the process ends for a failed stage
 */
export async function runStages(stages, onFailure = () => undefined) {
	for (const stage of stages) {
		const start = Date.now();
		console.log(`\n== ${stage.name}`);
		const code = await stage.run();
		console.log(`== ${stage.name}: ${code === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
		if (code === 0) continue;
		onFailure(stage.name);
		process.exit(code);
	}
}
