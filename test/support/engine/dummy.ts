/* eslint-disable @n8n/community-nodes/webhook-lifecycle-complete -- nodes of the harness's own test, with nothing to register anywhere */
import {
	NodeConnectionTypes,
	type IAuthenticateGeneric,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type ResourceMapperFields,
} from 'n8n-workflow';
import { toRunError } from './context';

/** A credential with a header, for the harness's own test. */
export class DummyApi implements ICredentialType {
	name = 'dummyApi';

	displayName = 'Dummy API';

	restrictToSupportedNodes = true as const;

	properties: INodeProperties[] = [
		{ displayName: 'API Key', name: 'apiKey', type: 'string', typeOptions: { password: true }, default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
		{ displayName: 'Mode', name: 'mode', type: 'string', default: 'from the default' },
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-API-KEY': '={{ $credentials.apiKey.trim() }}' } },
	};
}

const BASE = {
	group: ['transform'],
	version: 1,
	description: 'Sends each item to a server',
	credentials: [{ name: 'dummyApi', required: true }],
} satisfies Partial<INodeTypeDescription>;

/** Sends one request per item and passes the answer on. The address `wait` ends after it was cancelled. */
export class Dummy implements INodeType {
	/** Called when `wait` has begun. */
	static onWait: () => void = () => undefined;

	/** How often `wait` came to its end. */
	static ended = 0;

	description: INodeTypeDescription = {
		...BASE,
		displayName: 'Dummy',
		name: 'dummy',
		defaults: { name: 'Dummy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Address', value: 'address' }],
				default: 'address',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['address'] } },
				options: [{ name: 'Send', value: 'send', action: 'Send an e-mail address' }],
				default: 'send',
			},
			{ displayName: 'Email', name: 'email', type: 'string', default: '' },
			{ displayName: 'Only in the Tool', name: 'tool', type: 'string', default: 'shown', displayOptions: { show: { '@tool': [true] } } },
			{ displayName: 'Size', name: 'size', type: 'number', default: 7 },
		],
	};

	methods = {
		loadOptions: {
			async getOptions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return [{ name: `Size ${String(this.getCurrentNodeParameter('size'))}`, value: this.getWorkflow().id ?? '' }];
			},
		},
		listSearch: {
			async search(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
				const answer = await send(this, '/list', { filter: filter ?? '', page: paginationToken ?? '' });

				return { results: [{ name: String(answer.url), value: 'x' }], paginationToken: 'next' };
			},
		},
		resourceMapping: {
			async getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
				const answer = await send(this, '/fields', {});

				return { fields: [{ id: String(answer.key), displayName: 'Key', required: false, defaultMatch: false, display: true, type: 'string' }] };
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const rows: INodeExecutionData[] = [];
		const { mode } = await this.getCredentials('dummyApi');
		for (const item of this.getInputData().keys()) {
			const email = String(this.getNodeParameter('email', item));
			if (email === 'wait') {
				await cancelled(this);
				for (let turn = 0; turn < 100; turn++) await Promise.resolve();
				Dummy.ended++;
			}
			try {
				const answer = await send(this, '/items', { email });
				rows.push({ json: { ...answer, mode, tool: this.getNodeParameter('tool', item, 'not a tool') }, pairedItem: { item } });
			} catch (error) {
				if (!this.continueOnFail()) throw toThrowable(error);
				rows.push({ json: { error: toRunError(error).message }, pairedItem: { item } });
			}
		}
		this.addExecutionHints({ message: `${rows.length} rows` });
		// Out of order on purpose: only pairedItem can tell which row belongs to which item.
		return [rows.reverse()];
	}
}

/** Gives what a server lists, once, and counts its polls in both kinds of static data. */
export class DummyPollTrigger implements INodeType {
	description: INodeTypeDescription = {
		...BASE,
		displayName: 'Dummy Poll Trigger',
		name: 'dummyPollTrigger',
		defaults: { name: 'Dummy Poll Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const own = this.getWorkflowStaticData('node');
		const shared = this.getWorkflowStaticData('global');
		own.polls = Number(own.polls ?? 0) + 1;
		shared.polls = Number(shared.polls ?? 0) + 1;
		if (this.getMode() !== 'manual' && Number(own.polls) > 1) return null;
		const answer = await send(this, '/poll', {});

		return [[{ json: { ...answer, budget: this.getPollBudgetMs?.() ?? null, activation: this.getActivationMode() } }]];
	}
}

/** Answers a webhook by what is in its body. */
export class DummyTrigger implements INodeType {
	description: INodeTypeDescription = {
		...BASE,
		credentials: [],
		displayName: 'Dummy Trigger',
		name: 'dummyTrigger',
		defaults: { name: 'Dummy Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [],
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const body = this.getBodyData();
		const seen = this.getWorkflowStaticData('global');
		seen.calls = Number(seen.calls ?? 0) + 1;
		switch (body.event) {
			case 'quiet':
				return {};
			case 'text':
				return { webhookResponse: 'hello' };
			case 'own': {
				this.getResponseObject().status(418).json({ own: true });

				return { noWebhookResponse: true };
			}
			default:
				return { workflowData: [[{ json: { body, headers: { secret: this.getHeaderData()['x-secret'] ?? null }, query: this.getQueryData() } }]] };
		}
	}
}

type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

async function send(context: RequestContext, path: string, qs: IDataObject): Promise<IDataObject> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>('dummyApi');
	const options: IHttpRequestOptions = { url: `${baseUrl}${path}`, qs, json: true };
	const answer: IDataObject = await context.helpers.httpRequestWithAuthentication.call(context, 'dummyApi', options);

	return answer;
}

async function cancelled(context: IExecuteFunctions): Promise<void> {
	await new Promise<void>((resolve) => {
		context.getExecutionCancelSignal()?.addEventListener('abort', () => resolve(), { once: true });
		Dummy.onWait();
	});
}

function toThrowable(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
