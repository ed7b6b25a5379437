/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- reads the engines from their own folders */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import buildStamp from '../../../scripts/lib/build-stamp.cjs';

/** The lines of n8n that tests run in: the newest, and the oldest one that is supported. */
export const ENGINE_LINES = ['2.41', '2.8'] as const;

export type EngineLine = (typeof ENGINE_LINES)[number];

/** n8n's own code of one line. The types are the newest line's; only what both have is used. */
export interface EngineModules {
	line: EngineLine;
	core: typeof import('n8n-core');
	workflow: typeof import('n8n-workflow');
	/** The version of n8n-workflow that was loaded, for example 2.8.0. */
	version: string;
	/** Turns the schema of a tool's arguments into JSON Schema. */
	toJsonSchema(schema: unknown): unknown;
	/** Where the package under test stands: the repository for 2.41, the copy of dist for 2.8. */
	packageFolder: string;
	/** Loads a file of the package under test. */
	load(path: string): Record<string, unknown>;
}

const ROOT = join(__dirname, '..', '..', '..');

/**
 * Loads the n8n engine of one line, with the package under test beside it.
 *
 * @throws when the engine is not installed, or its copy of the package is older than the sources
 */
export function loadEngine(line: EngineLine): EngineModules {
	const folder = join(ROOT, 'test', 'engines', line);
	if (!existsSync(join(folder, 'node_modules', 'n8n-core'))) {
		throw new Error(`n8n ${line} is not installed: npm run engines`);
	}
	const fromEngine = createRequire(join(folder, 'package.json'));
	fromEngine('reflect-metadata');
	const core: EngineModules['core'] = fromEngine('n8n-core');
	const workflow: EngineModules['workflow'] = fromEngine('n8n-workflow');
	const { version }: { version: string } = fromEngine('n8n-workflow/package.json');
	const { toJsonSchema }: Pick<EngineModules, 'toJsonSchema'> = fromEngine('@langchain/core/utils/json_schema');
	const shared = { line, core, workflow, version, toJsonSchema };
	if (line === '2.41') {
		// The sources themselves, so that what runs here counts for coverage.
		const fromHere = createRequire(__filename);

		return { ...shared, packageFolder: ROOT, load: (path) => fromHere(join(ROOT, sourceOf(path))) };
	}

	const packageFolder = join(folder, 'package');
	assertFresh(packageFolder);
	const fromPackage = createRequire(join(packageFolder, 'package.json'));
	const found: { version: string } = fromPackage('n8n-workflow/package.json');
	if (found.version !== version) throw new Error(`The package in n8n ${line} would use n8n-workflow ${found.version}, not ${version}`);

	return { ...shared, packageFolder, load: (path) => fromPackage(join(packageFolder, path)) };
}

/** dist/nodes/X/X.node.js was compiled from nodes/X/X.node.ts. */
function sourceOf(path: string): string {
	return path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

function assertFresh(packageFolder: string): void {
	const stamp = join(packageFolder, '.built-from');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === buildStamp.hashOfSources()) return;

	throw new Error(`${packageFolder} is older than the sources: npm run engines`);
}
