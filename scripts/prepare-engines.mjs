import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import buildStamp from './lib/build-stamp.cjs';
import { ROOT, run } from './lib/run.mjs';

/**
 * Installs the n8n engines that tests run in, each in its own folder, and puts the built package
 * beside it.
 *
 * The built package has to stand inside the folder of the engine: `require('n8n-workflow')` in it then
 * finds that line's copy. From the root it would find the newest one, under the oldest engine too.
 *
 * Does nothing where the lockfile has not changed since the last time.
 */
const ENGINES = join(ROOT, 'test', 'engines');
const lines = readdirSync(ENGINES, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);

for (const line of lines) {
	await install(line);
	copyPackage(line);
}

async function install(line) {
	const folder = join(ENGINES, line);
	const stamp = join(folder, 'node_modules', '.installed-from');
	const wanted = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
		console.log(`n8n ${line}: installed`);
		return;
	}

	const start = Date.now();
	console.log(`n8n ${line}: installing (about 300 MB, half a minute on a fast line)`);
	// Scripts would compile native modules that no test uses.
	const code = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
	if (code !== 0) {
		console.error(`n8n ${line}: could not be installed`);
		process.exit(code);
	}
	writeFileSync(stamp, wanted);
	console.log(`n8n ${line}: installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

function copyPackage(line) {
	const target = join(ENGINES, line, 'package');
	if (!buildStamp.distIsFresh()) {
		console.error('dist is not built from the sources as they are now: npm run build');
		process.exit(1);
	}
	rmSync(target, { recursive: true, force: true });
	for (const entry of ['package.json', 'index.js', 'dist']) cpSync(join(ROOT, entry), join(target, entry), { recursive: true });
	writeFileSync(join(target, '.built-from'), buildStamp.hashOfSources());
}
