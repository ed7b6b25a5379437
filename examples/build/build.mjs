/**
 * Writes the example workflows that are put together from common parts, and the section about their
 * sources in the README.
 *
 *   node examples/build/build.mjs           writes the files
 *   node examples/build/build.mjs --check   only says which files differ; exit code 1 if any does
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { WORKFLOWS } from './list.mjs';
import { sourcesInWords } from './sources.mjs';

const check = process.argv.includes('--check');
const differing = [];
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const readme = await readFile(README, 'utf8');
const written = readme.replace(
	/(<!-- sources -->\n)[\s\S]*(<!-- \/sources -->)/,
	(all, start, end) => `${start}\n${sourcesInWords()}\n\n${end}`,
);
if (written !== readme) {
	differing.push('examples/README.md');
	if (!check) await writeFile(README, written);
}
for (const [name, make] of Object.entries(WORKFLOWS)) {
	const file = fileURLToPath(new URL(`../${name}.json`, import.meta.url));
	const text = await format(JSON.stringify(make(), undefined, '\t'), {
		...(await resolveConfig(file)),
		filepath: file,
	});
	if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
	differing.push(`examples/${name}.json`);
	if (!check) await writeFile(file, text);
}

if (check && differing.length > 0) {
	console.error(
		`Not as the sources say: ${differing.join(', ')}. Run: node examples/build/build.mjs`,
	);
	process.exitCode = 1;
} else if (!check) {
	console.log(differing.length === 0 ? 'Nothing has changed.' : `Written: ${differing.join(', ')}`);
}
