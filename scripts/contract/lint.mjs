/**
 * Lints the contract (rules in redocly.yaml). Exit 1 on any finding. It makes no network call.
 *
 *     node scripts/contract/lint.mjs
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CONTRACT, ROOT } from './contract.mjs';

const cli = join(ROOT, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
const { status, stdout, stderr } = spawnSync(
	process.execPath,
	[cli, 'lint', CONTRACT, '--format', 'json'],
	{
		cwd: ROOT,
		encoding: 'utf8',
		env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
	},
);
if (status !== 0 || !stdout.startsWith('{')) fail(`${stdout}${stderr}`);
const { totals, problems } = JSON.parse(stdout);
if (totals.errors + totals.warnings + totals.ignored > 0)
	fail(JSON.stringify({ totals, problems }, null, 2));
console.log(`${CONTRACT}: 0 errors, 0 warnings.`);

function fail(text) {
	console.error(text);
	process.exit(1);
}
