import type { IConnections, IDataObject, INode, INodeCredentials, INodeExecutionData, ITaskData, Workflow } from 'n8n-workflow';
import { additionalData, plain, toRunError } from './context';
import type { EngineModules } from './modules';
import type { Registry } from './registry';
import type { Credentials, NodeRun, NodeSpec, WorkflowRun, WorkflowSpec } from './types';

/** Runs a workflow as n8n does, from its first node to its end, and waits until no node is busy. */
export async function runWorkflow(modules: EngineModules, registry: Registry, spec: WorkflowSpec): Promise<WorkflowRun> {
	const { executionId = 'execution-1', workflowId = 'workflow-1', mode = 'manual', credentials = {} } = spec;
	const nodes = spec.nodes.map((node) => toNode(registry, node, credentials));
	const connections = spec.connections ?? chain(nodes);
	const workflow = createWorkflow(modules, registry, { id: workflowId, nodes, connections, staticData: spec.staticData });
	const start = workflow.getNode(spec.start ?? spec.nodes[0].name);
	if (start === null) throw new Error(`There is no node ${spec.start} to begin with`);

	const data = additionalData(modules, registry, credentials, executionId);
	const now = new Date();
	data.hooks = new modules.core.ExecutionLifecycleHooks(mode, executionId, {
		id: workflowId,
		name: 'Test',
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: now,
		updatedAt: now,
		nodes,
		connections,
	});
	const execution = new modules.core.WorkflowExecute(
		data,
		mode,
		modules.workflow.createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node: start, data: { main: [toItems(spec.items ?? [{}])] }, source: null }] },
		}),
	);

	const running = execution.processRunExecutionData(workflow);
	const cancel = () => running.cancel();
	spec.signal?.addEventListener('abort', cancel, { once: true });
	if (spec.signal?.aborted) cancel();
	try {
		const { status, data: result } = await running;
		const { error, runData } = result.resultData;

		return {
			status,
			error: error === undefined ? undefined : toRunError(error),
			nodes: Object.fromEntries(Object.entries(runData).map(([name, runs]) => [name, toNodeRun(runs[runs.length - 1])])),
			runData,
			staticData: plain(workflow.staticData),
		};
	} finally {
		spec.signal?.removeEventListener('abort', cancel);
	}
}

/** What a workflow is made of. */
interface WorkflowParts {
	id: string;
	nodes: INode[];
	connections?: IConnections;
	staticData?: IDataObject;
}

export function createWorkflow(modules: EngineModules, registry: Registry, { id, nodes, connections = {}, staticData }: WorkflowParts): Workflow {
	return new modules.workflow.Workflow({
		id,
		name: 'Test',
		nodes,
		connections,
		active: false,
		nodeTypes: registry.nodeTypes,
		staticData: staticData === undefined ? undefined : plain(staticData),
		settings: { executionOrder: 'v1' },
	});
}

/** The node as it would stand in a saved workflow. It names every credential that its type knows of. */
export function toNode(registry: Registry, spec: NodeSpec & { id?: string }, credentials: Credentials): INode {
	const { name, type, typeVersion = 1, parameters = {}, id = `id-of-${name}`, ...settings } = spec;
	const fullName = registry.fullName(type);
	const known = registry.nodeTypes.getByNameAndVersion(fullName, typeVersion).description.credentials ?? [];
	const used: INodeCredentials = Object.fromEntries(
		known.filter((each) => credentials[each.name] !== undefined).map((each) => [each.name, { id: each.name, name: each.name }]),
	);

	return { id, name, type: fullName, typeVersion, position: [0, 0], parameters, credentials: used, ...settings };
}

/** Each node's first output to the next node. */
function chain(nodes: INode[]): IConnections {
	return Object.fromEntries(nodes.slice(0, -1).map(({ name }, at) => [name, { main: [[{ node: nodes[at + 1].name, type: 'main', index: 0 }]] }]));
}

function toItems(items: Array<IDataObject | INodeExecutionData>): INodeExecutionData[] {
	return items.map((item, at) => (isItem(item) ? item : { json: item, pairedItem: { item: at } }));
}

/** Data of an item may have a key `json` too; only n8n's own form has nothing but known keys. */
function isItem(item: IDataObject | INodeExecutionData): item is INodeExecutionData {
	return typeof item.json === 'object' && Object.keys(item).every((key) => ['json', 'binary', 'pairedItem', 'error'].includes(key));
}

function toNodeRun(task: ITaskData): NodeRun {
	return {
		outputs: (task.data?.main ?? []).map((items) => items ?? []),
		hints: task.hints ?? [],
		error: task.error === undefined ? undefined : toRunError(task.error),
	};
}
