/* eslint-disable @n8n/community-nodes/require-node-api-error -- a test fails with a plain error */
import axios from 'axios';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INode, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import { execute } from '../../nodes/Memberspot/actions/execute';
import { Params } from '../../nodes/Memberspot/actions/params';

/** What a run of the executor is given. */
export interface RunSpec {
	/** Parameters of the node. A function gives each item its own value, as an expression would. */
	parameters: { [name: string]: unknown | ((item: number) => unknown) };
	/** The input items' data; one empty item when left out. */
	items?: IDataObject[];
	credentials: { apiKey: string; baseUrl: string; allowedActions?: string; allowLoginLinks?: boolean };
	/** Whether the node is set to continue on errors. */
	continueOnFail?: boolean;
	signal?: AbortSignal;
	/** What n8n keeps with the workflow between runs; the run changes it. Nothing is kept when left out. */
	staticData?: IDataObject;
	/** Run as the tool variant that n8n makes for AI agents. */
	asTool?: boolean;
	/** Cuts the node's time limit short, so that a server that hangs does not hold a test up. */
	longestWaitMs?: number;
}

/** What came out: rows in order, or the error that stopped the run. */
export interface RunResult {
	items: INodeExecutionData[];
	error?: Error & { description?: string | null; httpCode?: string | null; context?: IDataObject };
	hints: string[];
}

/**
 * Runs the executor over real sockets, without n8n's engine around it: fast enough for thousands of
 * cases. Requests go out through axios as n8n's helper sends them. What only the engine does
 * (expressions, linking between nodes, the error output) is tested in the engine.
 */
export async function runExecutor(spec: RunSpec): Promise<RunResult> {
	const hints: string[] = [];
	try {
		const [items] = await execute(contextOf(spec, hints));
		return { items, hints };
	} catch (error) {
		if (!(error instanceof Error)) throw new Error(`not an error: ${String(error)}`);
		return { items: [], error, hints };
	}
}

/** The reader of one item's parameters, without a run around it. */
export function paramsOf(parameters: RunSpec['parameters'], item: IDataObject = {}): Params {
	return new Params(contextOf({ parameters, items: [item], credentials: { apiKey: '', baseUrl: '' } }, []), 0);
}

function contextOf(spec: RunSpec, hints: string[]): IExecuteFunctions {
	const input: INodeExecutionData[] = (spec.items ?? [{}]).map((json) => ({ json }));
	const kept = spec.staticData ?? {};
	const node: INode = {
		id: 'node-1',
		name: 'Memberspot',
		type: `n8n-nodes-memberspot-sync.memberspot${spec.asTool ? 'Tool' : ''}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { memberspotApi: { id: 'c1', name: 'Memberspot Test' } },
	};
	const context = {
		getInputData: () => input,
		getNode: () => node,
		getWorkflow: () => ({ id: 'workflow-1', name: 'Test', active: false }),
		getWorkflowStaticData: () => kept,
		getExecutionId: () => 'execution-1',
		continueOnFail: () => spec.continueOnFail === true,
		getExecutionCancelSignal: () => spec.signal,
		addExecutionHints: (...added: NodeExecutionHint[]) => hints.push(...added.map(({ message }) => message)),
		getCredentials: async () => spec.credentials,
		getNodeParameter(name: string, item: number, fallback?: unknown) {
			const value = spec.parameters[name];
			// As in n8n: what an expression gives is the value, also where that is nothing.
			if (typeof value === 'function') return (value as (item: number) => unknown)(item);
			if (value === undefined && fallback === undefined) throw new Error(`Could not get parameter "${name}"`);
			return value === undefined ? fallback : value;
		},
		helpers: { httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => await send(options, spec) },
	};

	// Only the functions that the executor uses are there; a use of any other fails with its name.
	return new Proxy(context, {
		get(target, name) {
			if (name in target) return Reflect.get(target, name) as unknown;
			throw new Error(`the test context has no ${String(name)}`);
		},
	}) as unknown as IExecuteFunctions;
}

let underWay = 0;

/** How many requests of this process wait for their answer. */
export function requestsUnderWay(): number {
	return underWay;
}

async function send(options: IHttpRequestOptions, spec: RunSpec) {
	underWay++;
	try {
		return await request(options, spec);
	} finally {
		underWay--;
	}
}

async function request(options: IHttpRequestOptions, { credentials, longestWaitMs = Infinity }: RunSpec) {
	const answer = await axios.request<string>({
		method: options.method,
		url: options.url,
		params: options.qs,
		data: options.body,
		headers: { ...options.headers, 'X-API-KEY': credentials.apiKey.trim() },
		timeout: Math.min(options.timeout ?? 0, longestWaitMs),
		maxRedirects: options.disableFollowRedirect ? 0 : 5,
		responseType: options.encoding === 'text' ? 'text' : 'json',
		validateStatus: options.ignoreHttpStatusErrors ? () => true : undefined,
		signal: options.abortSignal,
		maxContentLength: Infinity,
	});

	return { statusCode: answer.status, headers: answer.headers, body: answer.data };
}
