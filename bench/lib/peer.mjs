import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '../../scripts/lib/run.mjs';
import { ENGINE } from './engine.mjs';

/** The other public package for Memberspot, as it is published. */
export const PEER = { name: 'n8n-nodes-memberspot', version: '1.0.2' };

const HOME = join(ROOT, '.cache', 'bench', `peer-${PEER.version}`);

/** Where the published package stands after `installPeer`. */
export const PEER_FOLDER = join(HOME, 'node_modules', PEER.name);

/**
 * Installs the published package into .cache, with the engine's own n8n-workflow beside it. Does
 * nothing where it is there already.
 *
 * @throws when npm can't install it
 */
export async function installPeer() {
	const ready = join(HOME, '.ready');
	if (existsSync(ready)) return;
	rmSync(HOME, { recursive: true, force: true });
	mkdirSync(HOME, { recursive: true });
	writeFileSync(join(HOME, 'package.json'), '{ "private": true }\n');
	// Its peer n8n-workflow must be the engine's copy, so npm must not fetch one.
	const options = [
		'--ignore-scripts',
		'--legacy-peer-deps',
		'--no-audit',
		'--no-fund',
		'--loglevel=error',
	];
	const code = await run('npm', ['install', ...options, `${PEER.name}@${PEER.version}`], {
		cwd: HOME,
	});
	if (code !== 0) throw new Error(`${PEER.name} could not be installed`);
	symlinkSync(
		join(ENGINE, 'node_modules', 'n8n-workflow'),
		join(HOME, 'node_modules', 'n8n-workflow'),
		'dir',
	);
	writeFileSync(ready, '');
}
