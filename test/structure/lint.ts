/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @typescript-eslint/no-require-imports -- loads the linter's rules, and writes a description out as source */
import { inspect } from 'node:util';
import { Linter, type ESLint } from 'eslint';
import type { NodeFact } from './node';

const PREFIX = 'n8n-nodes-base/';

/** What n8n's plugin exports, as far as it is used. */
interface Plugin {
	rules: ESLint.Plugin['rules'];
	configs: { nodes: { rules: { [name: string]: string } } };
}

/** Switched off for community packages by n8n itself, as in eslint.nodes-base.config.mjs. */
const OFF = {
	[`${PREFIX}node-class-description-inputs-wrong-regular-node`]: 'off',
	[`${PREFIX}node-class-description-outputs-wrong`]: 'off',
	[`${PREFIX}node-param-type-options-max-value-present`]: 'off',
	// Speaks of the order of keys in the source, which a derived description does not keep.
	[`${PREFIX}node-param-display-name-not-first-position`]: 'off',
} as const;

/** A finding that is wanted, with the reason. */
export interface Wanted {
	rule: string;
	reason: string;
	/** What stands in the lines around the place. */
	place: RegExp;
}

const plugin = loadPlugin();
const parser = require('@typescript-eslint/parser') as Linter.Parser;

/**
 * The plugin looks at file names only outside of its own test runs, which it tells by NODE_ENV when
 * it is loaded.
 */
function loadPlugin(): Plugin {
	const before = process.env.NODE_ENV;
	process.env.NODE_ENV = 'lint';
	try {
		return require('eslint-plugin-n8n-nodes-base') as Plugin;
	} finally {
		process.env.NODE_ENV = before;
	}
}

/** The description as the literal that n8n's rules look at. */
export function sourceOf({ className, description }: Pick<NodeFact, 'className' | 'description'>): string {
	const literal = inspect(description, { depth: Infinity, maxArrayLength: null, maxStringLength: null, breakLength: 100, compact: false });

	return `export class ${className} implements INodeType {\n\tdescription: INodeTypeDescription = ${literal};\n}\n`;
}

/**
 * Runs all of n8n's rules for nodes over a source.
 *
 * @returns the findings, each with the lines around its place
 */
export function lint(source: string, filename: string, wanted: Wanted[]): string[] {
	const rules = Object.fromEntries(Object.keys(plugin.configs.nodes.rules).map((name) => [name, 'error' as const]));
	const lines = source.split('\n');

	return new Linter({ configType: 'flat' })
		.verify(source, [{ files: ['**/*.ts'], plugins: { 'n8n-nodes-base': { rules: plugin.rules } }, languageOptions: { parser }, rules: { ...rules, ...OFF } }], { filename })
		.map(({ ruleId, line, message }) => ({
			rule: (ruleId ?? 'syntax').replace(PREFIX, ''),
			message,
			place: lines.slice(Math.max(0, line - 3), line + 2).join('\n'),
		}))
		.filter(({ rule, place }) => !wanted.some((each) => each.rule === rule && each.place.test(place)))
		.map(({ rule, message, place }) => `${rule}: ${message}\n${place}`);
}
