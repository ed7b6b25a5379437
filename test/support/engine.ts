import type {
	IConnections,
	ICredentialDataDecryptedObject,
	IDataObject,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';
import { additionalData, plain, toRunError } from './engine/context';
import { createWorkflow, runWorkflow, toNode } from './engine/execution';
import { loadEngine, type EngineLine } from './engine/modules';
import { agentNode, linkNode, startNode } from './engine/nodes';
import { createRegistry } from './engine/registry';
import type {
	EditorSpec,
	EngineOptions,
	Link,
	ListSearchSpec,
	NodeSpec,
	OperationOptions,
	OperationRun,
	PollResult,
	PollSpec,
	ToolRun,
	ToolSpec,
	WebhookServer,
	WebhookSpec,
	WorkflowRun,
	WorkflowSpec,
} from './engine/types';
import { serveWebhook } from './engine/webhook';

export { ENGINE_LINES, type EngineLine } from './engine/modules';
export type * from './engine/types';

/**
 * n8n's own engine with the nodes of this package in it, in the test's process. Requests go out over
 * real sockets through n8n's helpers.
 */
export interface Engine {
	line: EngineLine;
	/** The version of n8n-workflow in use. */
	version: string;
	/** Runs any workflow of the package's nodes, `test.start` and `test.link`. */
	run(spec: WorkflowSpec): Promise<WorkflowRun>;
	/**
	 * Runs one operation of the node `Memberspot`: Start, Memberspot, and on each of its outputs a node
	 * that asks n8n which input item every output item belongs to.
	 *
	 * @param parameters values as in a saved workflow; `={{ … }}` is an expression
	 * @param items input data, one empty item when left out
	 */
	memberspot(parameters: INodeParameters, items: IDataObject[] | undefined, options: OperationOptions): Promise<OperationRun>;
	/** What a resource locator's list shows. Throws what the editor would show as an error. */
	listSearch(method: string, spec: ListSearchSpec): Promise<INodeListSearchResult>;
	/** What a dropdown shows. */
	loadOptions(method: string, spec: EditorSpec): Promise<INodePropertyOptions[]>;
	/** What fields a resource mapper shows. */
	resourceMapping(method: string, spec: EditorSpec): Promise<ResourceMapperFields>;
	/** One poll of a polling trigger. Rejects with what the node throws. */
	poll(spec: PollSpec): Promise<PollResult>;
	/** Listens for calls of a webhook trigger until it is closed. */
	serveWebhook(spec: WebhookSpec): Promise<WebhookServer>;
	/**
	 * Gives the node's tool variant to an agent that calls it with each of `calls`, one after the other.
	 *
	 * @param spec parameters with `$fromAI(…)` in them become the tool's arguments
	 */
	tool(spec: ToolSpec, calls?: object[]): Promise<ToolRun>;
}

const LINKS: NodeSpec = { name: 'Links', type: 'test.link' };
const ERROR_LINKS: NodeSpec = { name: 'Error Links', type: 'test.link' };

/**
 * Makes an engine of one n8n line. 2.41 runs the sources (they count for coverage), 2.8 the built
 * package in `test/engines/2.8/package` with that line's own n8n-workflow.
 */
export async function createEngine({ line, extra }: EngineOptions): Promise<Engine> {
	const modules = loadEngine(line);
	const registry = await createRegistry(modules, extra);
	registry.add('test.start', startNode);
	registry.add('test.link', linkNode);
	let agents = 0;

	const run = async (spec: WorkflowSpec) => await runWorkflow(modules, registry, spec);

	const askEditor = async <Answer>({ type = 'memberspot', typeVersion = 1, parameters = {}, credentials = {}, path = '' }: EditorSpec, ask: (context: ILoadOptionsFunctions) => Promise<Answer>): Promise<Answer> => {
		const node = toNode(registry, { name: 'Temp-Node', type, typeVersion, parameters }, credentials);
		const { description } = registry.nodeTypes.getByNameAndVersion(node.type, typeVersion);
		const filled = modules.workflow.NodeHelpers.getNodeParameters(description.properties, parameters, true, false, node, description) ?? {};
		const data = additionalData(modules, registry, credentials);
		data.currentNodeParameters = filled;
		// The editor's questions run on a workflow of their own, which has neither id nor static data.
		const workflow = createWorkflow(modules, registry, { id: '', nodes: [{ ...node, parameters: filled }] });
		const placed = workflow.getNode('Temp-Node') ?? node;

		return await ask(new modules.core.LoadOptionsContext(workflow, placed, data, path));
	};

	const methodsOf = ({ type = 'memberspot', typeVersion = 1 }: EditorSpec) =>
		registry.nodeTypes.getByNameAndVersion(registry.fullName(type), typeVersion).methods ?? {};

	return {
		line,
		version: modules.version,
		run,

		async memberspot(parameters, items, { credentials, onError, signal, mode, node }) {
			const finished = await run({
				nodes: [
					{ name: 'Start', type: 'test.start' },
					{ name: 'Memberspot', type: 'memberspot', ...node, parameters, onError },
					LINKS,
					ERROR_LINKS,
				],
				connections: operationConnections(node?.name ?? 'Memberspot'),
				items,
				credentials: { memberspotApi: credentials },
				signal,
				mode,
			});
			const own = finished.nodes[node?.name ?? 'Memberspot'];

			return {
				status: finished.status,
				error: finished.error,
				items: own?.outputs[0] ?? [],
				errorItems: own?.outputs[1] ?? [],
				hints: own?.hints ?? [],
				links: linksOf(finished, LINKS.name),
				errorLinks: linksOf(finished, ERROR_LINKS.name),
				run: finished,
			};
		},

		async listSearch(method, spec) {
			const search = found(methodsOf(spec).listSearch?.[method], method);

			return await askEditor(spec, async (context) => await search.call(context, spec.filter, spec.paginationToken));
		},

		async loadOptions(method, spec) {
			const load = found(methodsOf(spec).loadOptions?.[method], method);

			return await askEditor(spec, async (context) => await load.call(context));
		},

		async resourceMapping(method, spec) {
			const map = found(methodsOf(spec).resourceMapping?.[method], method);

			return await askEditor(spec, async (context) => await map.call(context));
		},

		async poll(spec) {
			const { credentials = {}, workflowId = 'workflow-1', mode = 'trigger', activation = 'activate' } = spec;
			const node = toNode(registry, { name: spec.name ?? 'Trigger', type: spec.type, typeVersion: spec.typeVersion, parameters: spec.parameters, id: spec.id }, credentials);
			const workflow = createWorkflow(modules, registry, { id: workflowId, nodes: [node], staticData: spec.staticData });
			const placed = workflow.getNode(node.name) ?? node;
			const poll = found(registry.nodeTypes.getByNameAndVersion(node.type, node.typeVersion).poll, 'poll');
			const { nodeStaticData, pollBudgetMs } = spec;
			const context = new modules.core.PollContext(
				workflow,
				placed,
				additionalData(modules, registry, credentials),
				mode,
				activation,
				undefined,
				undefined,
				undefined,
				undefined,
				nodeStaticData === undefined ? undefined : () => nodeStaticData,
				pollBudgetMs === undefined ? undefined : () => pollBudgetMs,
			);
			const items = await poll.call(context);

			return { items, staticData: plain(workflow.staticData), changed: workflow.staticData.__dataChanged === true };
		},

		async serveWebhook(spec) {
			return await serveWebhook(modules, registry, spec);
		},

		async tool(spec, calls = []) {
			const { parameters, credentials, credentialType = 'memberspotApi', type = 'memberspot', name = 'Memberspot', onError, signal } = spec;
			const answers: ToolRun['answers'] = [];
			let seen: Pick<ToolRun, 'name' | 'description' | 'schema'> | undefined;
			const agent = `test.agent${++agents}`;
			registry.add(
				agent,
				agentNode(async ([tool]) => {
					seen = { name: tool.name, description: tool.description, schema: modules.toJsonSchema(tool.schema) };
					for (const args of calls) {
						try {
							answers.push({ text: String(await tool.invoke(args)) });
						} catch (error) {
							answers.push({ error: toRunError(error) });
						}
					}
				}),
			);
			const finished = await run({
				nodes: [
					{ name: 'Start', type: 'test.start' },
					{ name: 'Agent', type: agent },
					{ name, type: `${type}Tool`, parameters, onError },
				],
				connections: {
					Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
					[name]: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
				},
				credentials: { [credentialType]: credentials },
				signal,
			});
			if (seen === undefined) throw new Error(`The agent did not get the tool: ${finished.error?.message} ${finished.error?.description ?? ''}`);

			return { ...seen, answers, run: finished };
		},
	};
}

/** Start, the node under test, and one asking node on each of its two outputs. */
function operationConnections(name: string): IConnections {
	return {
		Start: { main: [[{ node: name, type: 'main', index: 0 }]] },
		[name]: { main: [[{ node: LINKS.name, type: 'main', index: 0 }], [{ node: ERROR_LINKS.name, type: 'main', index: 0 }]] },
	};
}

function linksOf(finished: WorkflowRun, name: string): Link[] {
	const items: INodeExecutionData[] = finished.nodes[name]?.outputs[0] ?? [];

	return items.map(({ json }) => (typeof json.broken === 'string' ? { broken: json.broken } : { json: asData(json.json) }));
}

function asData(value: unknown): IDataObject {
	return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function found<Value>(value: Value | undefined, name: string): Value {
	if (value === undefined) throw new Error(`The node has no ${name}`);

	return value;
}

/** The credential that most tests use: everything allowed, against a server on this machine. */
export function testCredential(server: { url: string; apiKey: string }, more: ICredentialDataDecryptedObject = {}): ICredentialDataDecryptedObject {
	return { apiKey: server.apiKey, baseUrl: server.url, allowedActions: 'fullAccess', allowLoginLinks: true, ...more };
}
