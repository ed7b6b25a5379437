import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadTypeScript } from '../../scripts/lib/load-typescript.mjs';
import { ROOT } from '../../scripts/lib/run.mjs';

/** The n8n line that is measured: the newest one that tests run in. */
export const LINE = '2.41';

/** Folder of the engine, with the built package in `package`. */
export const ENGINE = join(ROOT, 'test', 'engines', LINE);

/**
 * Opens n8n's own engine with one built package in it, by the parts that the tests use.
 *
 * @param {string} packageFolder where package.json and dist stand; n8n-workflow must be the engine's there
 */
export async function openEngine(packageFolder) {
	loadTypeScript();
	const require = createRequire(import.meta.url);
	// Keeps n8n-core away from the user folder of whoever runs this, and lets the process end.
	require('../../test/support/setup.cjs');
	const { loadEngine } = require('../../test/support/engine/modules.ts');
	const { createRegistry } = require('../../test/support/engine/registry.ts');
	const { runWorkflow } = require('../../test/support/engine/execution.ts');
	const { startNode } = require('../../test/support/engine/nodes.ts');

	const fromPackage = createRequire(join(packageFolder, 'package.json'));
	const engine = loadEngine(LINE);
	if (fromPackage('n8n-workflow') !== engine.workflow) {
		throw new Error(`The package in ${packageFolder} does not use the n8n-workflow of the engine`);
	}
	// The tests load the sources, to count coverage. What is measured here is what gets published.
	const modules = {
		...engine,
		packageFolder,
		load: (path) => fromPackage(join(packageFolder, path)),
	};
	const registry = await createRegistry(modules);
	registry.add('bench.start', startNode);

	return {
		/** Makes a node of the bench known under a name. */
		add: (name, type) => registry.add(name, type),
		/**
		 * Runs a workflow that begins with `bench.start`.
		 *
		 * @param {object} spec as the tests' own `WorkflowSpec`
		 */
		run: async (spec) => await runWorkflow(modules, registry, spec),
	};
}
