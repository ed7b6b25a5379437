/** The n8n versions that the node is tried in, from the oldest to the newest. */
import { fileURLToPath } from 'node:url';
import { DEMO_RELEASE } from '../../demo/lib/install.mjs';

/**
 * n8n's own package.json says which Node.js a line takes ("engines"); of these, the oldest is taken
 * that the line's compiled parts are there for.
 */
const OLDER = [
	{ line: '1.88', nodeLine: 20, modules: '' },
	{ line: '1.123', nodeLine: 22, modules: 'chat-hub,insights' },
	{ line: '2.8', nodeLine: 20, modules: 'chat-hub,insights' },
	{ line: '2.22', nodeLine: 22 },
	{ line: '2.35', nodeLine: 22 },
];

/**
 * @typedef {import('../../demo/lib/install.mjs').Release & { line: string, settings: Record<string, string> }} NamedRelease
 *   `settings`: what this n8n must be told differently
 * @returns {NamedRelease[]}
 */
export function releases() {
	return [
		...OLDER.map(({ line, nodeLine, modules }) => ({
			line,
			nodeLine,
			lockFolder: fileURLToPath(new URL(`../versions/${line}/`, import.meta.url)),
			// Older lines end at once when they are told of a module that came later.
			settings: modules === undefined ? {} : { N8N_DISABLED_MODULES: modules },
		})),
		{ line: '2.41', settings: {}, ...DEMO_RELEASE },
	];
}
