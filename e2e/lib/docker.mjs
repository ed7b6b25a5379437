/** A `docker` for commands of the pages, with an n8n of this machine as its container. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveHere } from '../../demo/lib/http-server.mjs';

const PROGRAM = fileURLToPath(new URL('docker-for-n8n.cjs', import.meta.url));

/**
 * Makes it in a folder.
 *
 * @param {object} parts
 * @param {string} parts.folder
 * @param {string} parts.container its name in the pages
 * @param {string} parts.home its /home/node
 * @param {NodeJS.ProcessEnv} parts.env of what is run in it
 * @param {() => Promise<void>} parts.restart
 * @returns {Promise<string>} the folder to put first on PATH
 */
export async function makeDocker({ folder, container, home, env, restart }) {
	const restartUrl = await serveHere((_request, response) => {
		restart().then(
			() => response.end(),
			(error) => response.writeHead(500).end(error.message),
		);
	});

	const bin = path.join(folder, 'docker-for-n8n');
	const settings = path.join(bin, 'settings.json');
	await mkdir(bin, { recursive: true });
	await writeFile(
		settings,
		JSON.stringify({
			container,
			home,
			env: { ...env, HOME: home },
			restartUrl,
		}),
	);
	await writeFile(
		path.join(bin, 'docker'),
		`#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "${settings}" "$@"\n`,
		{ mode: 0o755 },
	);

	return bin;
}
