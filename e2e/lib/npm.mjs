/** An npm for n8n that offers packed files of this machine as if they were published. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '../../demo/lib/machine.mjs';
import { run } from '../../demo/lib/processes.mjs';

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

/**
 * A setting of this machine's npm, whatever this repository sets.
 *
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function npmSetting(name) {
	const text = await run('npm', ['config', 'get', name], {
		cwd: path.parse(process.cwd()).root,
		timeoutMs: 60_000,
		what: 'Asking npm for its settings',
	});

	return text.trim();
}

/**
 * What npm needs where HOME is another folder: it would look there for its settings and downloads.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function npmFolders() {
	return {
		npm_config_userconfig: await npmSetting('userconfig'),
		npm_config_cache: await npmSetting('cache'),
	};
}
