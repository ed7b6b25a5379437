import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { transformSync } from '@swc/core';

/**
 * Makes `require` load TypeScript files, so that a script can read the node's own description without
 * a build. Types are stripped, not checked.
 */
export function loadTypeScript() {
	Module._extensions['.ts'] = (module, filename) => {
		const { code } = transformSync(readFileSync(filename, 'utf8'), {
			filename,
			jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
			module: { type: 'commonjs' },
			sourceMaps: 'inline',
		});
		module._compile(code, filename);
	};
}
