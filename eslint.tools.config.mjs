import js from '@eslint/js';
import globals from 'globals';

/**
 * For the tools around the nodes, which are plain JavaScript and run in Node only: n8n's configuration
 * looks at TypeScript alone.
 */
export default [
	{ ignores: ['**/node_modules/', '**/dist/', '.cache/', 'coverage/', 'test/engines/*/package/'] },
	{
		files: ['**/*.{js,cjs,mjs}'],
		...js.configs.recommended,
		languageOptions: { ecmaVersion: 2023, globals: globals.node },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			...js.configs.recommended.rules,
			eqeqeq: ['error', 'always'],
			'no-var': 'error',
			'prefer-const': 'error',
		},
	},
	// Parts of these functions are handed over to a browser and run there.
	{ files: ['e2e/browser/**/*.mjs'], languageOptions: { globals: globals.browser } },
	{ files: ['**/*.{js,cjs}'], languageOptions: { sourceType: 'commonjs' } },
];
