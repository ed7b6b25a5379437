import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { toRunError } from './context';
import type { Link } from './types';

const BASE = {
	group: ['transform'],
	version: 1,
	description: 'A node of the test harness',
	outputs: ['main'],
} satisfies Partial<INodeTypeDescription>;

/** `test.start`: hands its input on, as a trigger would. */
export const startNode: INodeType = {
	description: { ...BASE, displayName: 'Start', name: 'start', defaults: { name: 'Start' }, inputs: [], properties: [] },

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	},
};

/**
 * `test.link`: says for each item what an expression gives. With `$('Start').item.json` that proves
 * which input item n8n takes an output item for.
 */
export const linkNode: INodeType = {
	description: {
		...BASE,
		displayName: 'Link',
		name: 'link',
		defaults: { name: 'Link' },
		inputs: ['main'],
		properties: [{ displayName: 'Value', name: 'value', type: 'json', default: "={{ $('Start').item.json }}" }],
	},

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [
			this.getInputData().map((_, item) => ({
				json: { ...linkOf(() => this.getNodeParameter('value', item)) },
				pairedItem: { item },
			})),
		];
	},
};

/** A tool as n8n gives it to an agent. */
export interface AgentTool {
	name: string;
	description: string;
	schema: unknown;
	/** Gives the text that goes to the model. Rejects where the tool throws. */
	invoke(args: object): Promise<unknown>;
}

/** A node that does with its tools what an agent does; nothing of it is a model. */
export function agentNode(act: (tools: AgentTool[]) => Promise<void>): INodeType {
	return {
		description: { ...BASE, displayName: 'Agent', name: 'agent', defaults: { name: 'Agent' }, inputs: ['main', 'ai_tool'], properties: [] },

		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const tools = await this.getInputConnectionData('ai_tool', 0);
			if (!Array.isArray(tools)) throw new Error('n8n gave the agent no tools');
			await act(tools);

			return [this.getInputData()];
		},
	};
}

function linkOf(read: () => unknown): Link {
	try {
		const json = read();
		if (typeof json !== 'object' || json === null) return { broken: `the expression gave ${String(json)}` };

		return { json: Object.fromEntries(Object.entries(json)) };
	} catch (error) {
		const { message, description } = toRunError(error);

		return { broken: [message, description].filter(Boolean).join(': ') };
	}
}
