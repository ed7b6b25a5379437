/**
 * Runs a TypeScript file with plain Node: node scripts/run-ts.cjs path/to/file.ts [arguments]
 *
 * Types are taken off, not checked; `npm run types` checks them. For tools of this repository only.
 */
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { transformSync } = require('@swc/core');

/** @param {NodeModule & { _compile(code: string, filename: string): void }} module */
Module._extensions['.ts'] = (module, filename) => {
	const { code } = transformSync(readFileSync(filename, 'utf8'), {
		filename,
		swcrc: false,
		jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
		module: { type: 'commonjs' },
		sourceMaps: 'inline',
	});
	module._compile(code, filename);
};

const [file] = process.argv.splice(2, 1);
if (file === undefined) {
	process.stderr.write('usage: node scripts/run-ts.cjs path/to/file.ts [arguments]\n');
	process.exit(2);
}
process.setSourceMapsEnabled(true);
process.argv[1] = path.resolve(file);
require(process.argv[1]);
