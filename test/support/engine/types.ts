import type {
	IConnections,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRunData,
	NodeExecutionHint,
	OnError,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { EngineLine } from './modules';

/** Data of credentials by their type, as a user saved them. Missing fields get their defaults. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

/** Classes that stand beside those of the package, for tests of the harness itself. */
export interface ExtraClasses {
	nodes?: Array<new () => INodeType>;
	credentials?: Array<new () => ICredentialType>;
}

export interface EngineOptions {
	line: EngineLine;
	extra?: ExtraClasses;
}

/** One node of a workflow under test. */
export interface NodeSpec {
	/** Unique in the workflow. */
	name: string;
	/** Short name of a node of the package (`memberspot`), or one of the harness (`test.start`, `test.link`). */
	type: string;
	typeVersion?: number;
	parameters?: INodeParameters;
	onError?: OnError;
	/** n8n's own retry of the whole node. */
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	executeOnce?: boolean;
	alwaysOutputData?: boolean;
}

/** A workflow and what it is run with. Execution begins at `start` with `items` as its input. */
export interface WorkflowSpec {
	nodes: NodeSpec[];
	/** Left out: each node is connected to the next one. */
	connections?: IConnections;
	/** Name of the node to begin with; the first one when left out. */
	start?: string;
	items?: Array<IDataObject | INodeExecutionData>;
	credentials?: Credentials;
	/** Stops the execution as n8n's stop button does. */
	signal?: AbortSignal;
	mode?: WorkflowExecuteMode;
	workflowId?: string;
	executionId?: string;
	/** Static data as n8n has saved it. */
	staticData?: IDataObject;
}

/** An error as n8n keeps it in the execution. Fields that n8n did not set are undefined. */
export interface RunError {
	name?: string;
	message: string;
	description?: string;
	httpCode?: string;
	context?: IDataObject;
	/** The error as it was thrown or stored. */
	raw: unknown;
}

/** What one node of a workflow put out. */
export interface NodeRun {
	/** Items by output: `[0]` is the main one, `[1]` the error output where there is one. */
	outputs: INodeExecutionData[][];
	hints: NodeExecutionHint[];
	error?: RunError;
}

export interface WorkflowRun {
	/** n8n's word: success, error, canceled, … */
	status: string;
	error?: RunError;
	/** By name of the node; only nodes that ran. The last run of a node that ran several times. */
	nodes: Record<string, NodeRun>;
	runData: IRunData;
	/** Static data at the end, as n8n would save it. */
	staticData: IDataObject;
}

/** The input item that n8n links an output item to, found by the expression `$('Start').item.json`. */
export type Link = { json: IDataObject } | { broken: string };

/** What one operation of the node `Memberspot` put out. */
export interface OperationRun {
	status: string;
	error?: RunError;
	/** The main output. */
	items: INodeExecutionData[];
	/** The error output; empty unless `onError` is `continueErrorOutput`. */
	errorItems: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** For each of `items`, the input item it is linked to. */
	links: Link[];
	/** For each of `errorItems`, the input item it is linked to. */
	errorLinks: Link[];
	run: WorkflowRun;
}

export interface OperationOptions {
	/** Data of the credential `memberspotApi`. */
	credentials: ICredentialDataDecryptedObject;
	onError?: OnError;
	signal?: AbortSignal;
	mode?: WorkflowExecuteMode;
	/** Settings of the node itself, for example `retryOnFail`. */
	node?: Partial<NodeSpec>;
}

/** A question of the editor: what a dropdown, a resource locator or a mapper offers. */
export interface EditorSpec {
	/** Short name of the node; `memberspot` when left out. */
	type?: string;
	typeVersion?: number;
	/** Parameters as the editor has them now; missing ones get their defaults. */
	parameters?: INodeParameters;
	credentials?: Credentials;
	/** Path of the parameter that asks, for example `parameters.user`. */
	path?: string;
}

export interface ListSearchSpec extends EditorSpec {
	filter?: string;
	paginationToken?: string;
}

export interface PollSpec {
	type: string;
	typeVersion?: number;
	name?: string;
	id?: string;
	parameters?: INodeParameters;
	credentials?: Credentials;
	mode?: WorkflowExecuteMode;
	activation?: WorkflowActivateMode;
	workflowId?: string;
	/** Static data of the workflow as n8n has saved it. */
	staticData?: IDataObject;
	/**
	 * n8n's durable cursors, where the node's own static data is staged apart from the workflow's, by
	 * the node's id. In 2.41 only.
	 */
	nodeStaticData?: IDataObject;
	/** The time one poll may take, in milliseconds. In 2.41 only. */
	pollBudgetMs?: number;
}

export interface PollResult {
	/** Items by output, or null when there is nothing new. */
	items: INodeExecutionData[][] | null;
	/** Static data after the poll, also where n8n would not save it. */
	staticData: IDataObject;
	/** Whether the node changed it. n8n saves it at activation and when the poll gave items. */
	changed: boolean;
}

export interface WebhookSpec {
	type: string;
	typeVersion?: number;
	name?: string;
	id?: string;
	parameters?: INodeParameters;
	credentials?: Credentials;
	mode?: WorkflowExecuteMode;
	workflowId?: string;
	staticData?: IDataObject;
}

/** A webhook of n8n, listening on the loopback interface. */
export interface WebhookServer {
	url: string;
	/** What each call that started the workflow handed on: items by output. */
	runs: INodeExecutionData[][][];
	/** Errors thrown by the node; n8n answers 500 then. */
	errors: unknown[];
	/** Static data as n8n would have saved it after the last call. */
	staticData(): IDataObject;
	close(): Promise<void>;
}

export interface ToolSpec {
	parameters: INodeParameters;
	/** Data of the credential, of the type `memberspotApi` unless `credentialType` says another. */
	credentials: ICredentialDataDecryptedObject;
	credentialType?: string;
	/** Short name of the node whose tool variant is used; `memberspot` when left out. */
	type?: string;
	/** Name of the node, from which n8n makes the tool's name. */
	name?: string;
	onError?: OnError;
	signal?: AbortSignal;
}

/** What a model sees of the tool, and what it was answered. */
export interface ToolRun {
	name: string;
	description: string;
	/** JSON Schema of the arguments. */
	schema: unknown;
	/** One for each call: the text the model gets, or the error. */
	answers: Array<{ text: string } | { error: RunError }>;
	run: WorkflowRun;
}
