import parser from '@typescript-eslint/parser';
import nodesBase from 'eslint-plugin-n8n-nodes-base';

/**
 * The rules of eslint-plugin-n8n-nodes-base 2.0, all three sets.
 *
 * n8n's own configuration, which strict mode does not allow to change, brings version 1.16. The five
 * rules that are off are the ones n8n switches off for community packages, for the same reasons.
 */
export default [
	{ ignores: ['dist/'] },
	{ plugins: { 'n8n-nodes-base': nodesBase }, languageOptions: { parser } },
	{
		files: ['package.json'],
		languageOptions: { parserOptions: { extraFileExtensions: ['.json'] } },
		rules: nodesBase.configs.community.rules,
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...nodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...nodesBase.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
];
