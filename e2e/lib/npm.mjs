/** An npm for n8n that offers packed files of this machine as if they were published. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '../../demo/lib/machine.mjs';

const PROGRAM = fileURLToPath(new URL('npm-from-files.cjs', import.meta.url));

/**
 * @typedef {object} NpmForN8n
 * @property {(name: string, version: string, file: string) => Promise<void>} offer makes this the
 *   newest version of a package
 * @property {(node: import('../../demo/lib/machine.mjs').NodeRuntime) => Record<string, string>} settings
 *   for an n8n that shall find it
 * @property {() => Promise<string[]>} calls what it was called with
 */

/**
 * Makes it in a folder.
 *
 * @param {string} folder
 * @returns {Promise<NpmForN8n>}
 */
export async function makeNpm(folder) {
	const bin = path.join(folder, 'npm-for-n8n');
	const listFile = path.join(bin, 'offered.json');
	await mkdir(bin, { recursive: true });
	await writeFile(listFile, '{}');
	await writeFile(
		path.join(bin, 'npm'),
		`#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "${listFile}" "${bin}" "$@"\n`,
		{ mode: 0o755 },
	);

	return {
		async offer(name, version, file) {
			const list = JSON.parse(await readFile(listFile, 'utf8'));
			await writeFile(listFile, JSON.stringify({ ...list, [name]: { version, file } }));
		},
		settings: (node) => ({ PATH: `${bin}${path.delimiter}${nodeEnvironment(node).PATH}` }),
		async calls() {
			const log = `${listFile}.log`;

			return existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : [];
		},
	};
}
