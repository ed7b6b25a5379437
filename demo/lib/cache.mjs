/**
 * The folder that outlives a run: the installed n8n and its Node.js. It also holds the temporary
 * folders of runs, each named after its process, so that what a run that was cut off has left is
 * found and removed by the next one.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onCleanup } from './processes.mjs';

/** Marks a folder as complete. */
const FINISHED = '.finished';

/** Where the cache lies: DEMO_CACHE, or .cache in the repository. */
export function cacheFolder() {
	return path.resolve(
		process.env.DEMO_CACHE ?? fileURLToPath(new URL('../../.cache', import.meta.url)),
	);
}

/**
 * Makes an empty folder for this process, and removes those of processes that are gone.
 *
 * @param {string} parent
 * @param {string} name the process id is added to it
 * @returns {Promise<string>}
 */
export async function takeFolder(parent, name) {
	await mkdir(parent, { recursive: true });
	const prefix = `${name}-`;
	for (const entry of await readdir(parent)) {
		const pid = entry.startsWith(prefix) ? entry.slice(prefix.length) : '';
		if (/^\d+$/.test(pid) && !isOtherProcess(Number(pid))) {
			await rm(path.join(parent, entry), { recursive: true, force: true, maxRetries: 5 });
		}
	}
	const folder = path.join(parent, `${prefix}${process.pid}`);
	await mkdir(folder);

	return folder;
}

/** Whether a folder was filled completely. */
export function isFinished(folder) {
	return existsSync(path.join(folder, FINISHED));
}

/**
 * Makes the folder that is filled in place of the final one.
 *
 * @returns {Promise<string>} hand it to finishPartial when it is complete
 */
export async function startPartial(folder) {
	const partial = await takeFolder(path.dirname(folder), `${path.basename(folder)}.partial`);
	// When the work is cut off. A finished folder has another name by then.
	onCleanup(async () => await rm(partial, { recursive: true, force: true, maxRetries: 5 }));

	return partial;
}

/**
 * Gives a folder that is complete its final name, so that a half-done one is never taken for a
 * finished one. When another run was faster, that run's folder is used.
 */
export async function finishPartial(partial, folder) {
	await writeFile(path.join(partial, FINISHED), `${new Date().toISOString()}\n`);
	try {
		await rename(partial, folder);
	} catch (error) {
		if (!isFinished(folder)) throw error;
		await rm(partial, { recursive: true, force: true });
	}
}

function isOtherProcess(pid) {
	if (pid === process.pid) return false;
	try {
		process.kill(pid, 0);

		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
