/* eslint-disable @n8n/community-nodes/no-restricted-imports, @typescript-eslint/no-require-imports -- evaluates expressions with the n8n lines the package is tested in */
import { join } from 'node:path';
import type { INodeParameters, INodeType, INodeTypes, IVersionedNodeType, Workflow as WorkflowClass } from 'n8n-workflow';
import { resources, subtitle } from '../../nodes/Memberspot/actions/registry';
import { ROOT } from './node';

/** The line under the node on the canvas is an expression, since n8n evaluates it in the browser. */
describe.each(['2.41', '2.8'])('the line under the node in n8n %s', (line) => {
	const read = reader(line);

	test('names resource and operation as the lists do', () => {
		const shown = resources.flatMap((resource) => resource.operations.map((operation) => read({ resource: resource.value, operation: operation.value })));
		expect(shown).toEqual(resources.flatMap((resource) => resource.operations.map((operation) => `${resource.name}: ${operation.name}`)));
		expect(shown).toContain('Offer: Activate or Deactivate');
	});

	test('shows the values where this version has no name for them', () => {
		expect(read({ resource: 'user', operation: '__CUSTOM_API_CALL__' })).toBe('user: __CUSTOM_API_CALL__');
	});
});

/** Evaluates the expression for a node with these parameters. */
function reader(line: string): (parameters: INodeParameters) => unknown {
	const { Workflow } = require(join(ROOT, 'test', 'engines', line, 'node_modules', 'n8n-workflow')) as { Workflow: typeof WorkflowClass };
	const field = { type: 'string' as const, default: '' };
	const type: INodeType = {
		description: {
			displayName: 'Any',
			name: 'any',
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: [],
			properties: [
				{ displayName: 'Resource', name: 'resource', ...field },
				{ displayName: 'Operation', name: 'operation', ...field },
			],
		},
	};
	const nodeTypes: INodeTypes = {
		getByName: (): INodeType | IVersionedNodeType => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	};

	return (parameters) => {
		const node = { id: '1', name: 'Any', type: 'any', typeVersion: 1, position: [0, 0] as [number, number], parameters };
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });

		return workflow.expression.getSimpleParameterValue(node, subtitle(), 'internal', {}, undefined, '');
	};
}
