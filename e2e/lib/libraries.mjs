/** Installs what the scenarios import, from e2e/package-lock.json, where it is not there yet. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../demo/lib/processes.mjs';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));
const STAMP = path.join(FOLDER, 'node_modules', '.installed-from');

/** @param {import('../../demo/lib/progress.mjs').Stage} stage */
export async function installLibraries(stage) {
	const lockfile = await readFile(path.join(FOLDER, 'package-lock.json'));
	const wanted = createHash('sha256').update(lockfile).digest('hex');
	const there = await readFile(STAMP, 'utf8').catch(() => '');
	if (there === wanted) return;
	await stage('Install the browser driver, the MCP client and the mail server', async () => {
		await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: FOLDER,
			timeoutMs: 10 * 60_000,
			what: 'Installing the libraries of the end-to-end tests',
		});
		await writeFile(STAMP, wanted);
	});
}
