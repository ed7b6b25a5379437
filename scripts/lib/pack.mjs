import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/**
 * Packs the package as npm would publish it, from dist as it is, and unpacks it somewhere else.
 *
 * @returns {{ folder: string, remove: () => void }} where it stands, and how to take it away again
 */
export function unpackPackage() {
	const temporary = mkdtempSync(join(tmpdir(), 'memberspot-pack-'));
	execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', temporary], { cwd: ROOT });
	const [filename] = readdirSync(temporary);
	execFileSync('tar', ['-xzf', filename], { cwd: temporary });

	return { folder: join(temporary, 'package'), remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
