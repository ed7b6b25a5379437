/**
 * n8n's scanner for verified community packages, without its network parts.
 *
 *     npm run scan                                  the sources, and the package as npm would publish it
 *     node scripts/scan.mjs --source FOLDER         only the sources in a folder
 *     node scripts/scan.mjs --package FOLDER        only an unpacked package
 *
 * The scanner itself fails on errors alone. Rules become stricter there before they do in the
 * released version, so warnings fail here too. Comments that switch rules off have no effect.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ESLint } from 'eslint';
import { unpackPackage } from './lib/pack.mjs';
import { ROOT } from './lib/run.mjs';

// The linter's rules look away when they are themselves under test, which a test runner makes them believe.
delete process.env.NODE_ENV;
const { analyzePackage, buildScanConfig, SOURCE_FILE_PATTERNS } = await import('@n8n/scan-community-package/scanner/scanner.mjs');

/** What the scanner looks at in a published package. */
const PACKAGE_FILE_PATTERNS = ['**/*.js', 'package.json'];

const { values: only } = parseArgs({ options: { source: { type: 'string' }, package: { type: 'string' } } });
const everything = only.source === undefined && only.package === undefined;
let findings = 0;

if (everything || only.source !== undefined) {
	findings += await scan('sources', resolve(only.source ?? ROOT), SOURCE_FILE_PATTERNS);
}
if (only.package !== undefined) {
	findings += await scan('package', resolve(only.package), PACKAGE_FILE_PATTERNS);
}
if (everything) {
	const unpacked = unpackPackage();
	try {
		findings += await scan('package', unpacked.folder, PACKAGE_FILE_PATTERNS);
	} finally {
		unpacked.remove();
	}
}
process.exit(findings === 0 ? 0 : 1);

/** Prints what the scanner finds, and gives the number of findings. */
async function scan(name, folder, patterns) {
	if (!existsSync(folder)) throw new Error(`There is no folder ${folder}`);
	const verdict = await analyzePackage(folder, patterns);
	const results = await allFindings(folder, patterns);
	const count = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
	const formatter = await new ESLint({ overrideConfigFile: true }).loadFormatter('stylish');
	if (count > 0) console.log(await formatter.format(results));
	// A crash of the scanner, and a folder in which it finds nothing to look at, are no clean bill.
	if (results.length === 0) console.log(`scan of the ${name}: there is nothing to scan`);
	if (!verdict.passed && count === 0) console.log(`scan of the ${name}: ${verdict.message}`);
	const failures = count + (results.length === 0 || (!verdict.passed && count === 0) ? 1 : 0);
	console.log(`scan of the ${name}: ${results.length} files, ${failures} findings`);

	return failures;
}

/** The same rules over the same files, with the warnings that the scanner leaves out. */
async function allFindings(folder, patterns) {
	const eslint = new ESLint({
		cwd: folder,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await buildScanConfig(),
		errorOnUnmatchedPattern: false,
	});

	return await eslint.lintFiles(patterns);
}
