/* eslint-disable @n8n/community-nodes/no-restricted-imports -- plays n8n's web server */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import type { IDataObject, INodeExecutionData, IWebhookResponseData } from 'n8n-workflow';
import { additionalData, plain } from './context';
import { createWorkflow, toNode } from './execution';
import type { EngineModules } from './modules';
import type { Registry } from './registry';
import type { WebhookServer, WebhookSpec } from './types';

/** A request as n8n hands it to a node: read to its end, body parsed. */
type N8nRequest = IncomingMessage & { body: unknown; rawBody: Buffer; query: IDataObject; params: IDataObject; readRawBody(): Promise<void> };

/** The parts of Express's response that nodes use. */
type N8nResponse = ServerResponse & { status(code: number): N8nResponse; json(body: unknown): N8nResponse; send(body: unknown): N8nResponse };

/**
 * Serves the webhook of one trigger over a real socket, as n8n does: bodies are parsed before the
 * node sees them (JSON that can't be read is answered with 422), other methods are refused with 404,
 * and the answer follows from what the node returns.
 */
export async function serveWebhook(modules: EngineModules, registry: Registry, spec: WebhookSpec): Promise<WebhookServer> {
	const { workflowId = 'workflow-1', mode = 'webhook', credentials = {} } = spec;
	const node = toNode(registry, { ...spec, name: spec.name ?? 'Trigger' }, credentials);
	const type = registry.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const runs: INodeExecutionData[][][] = [];
	const errors: unknown[] = [];
	let saved: IDataObject = spec.staticData ?? {};

	const handle = async (request: N8nRequest, response: N8nResponse): Promise<void> => {
		const workflow = createWorkflow(modules, registry, { id: workflowId, nodes: [node], staticData: saved });
		const placed = workflow.getNode(node.name) ?? node;
		const resolve = (value: unknown) => (typeof value === 'string' ? workflow.expression.getSimpleParameterValue(placed, value, mode, {}) : value);
		const webhook = type.description.webhooks?.find(({ httpMethod }) => resolve(httpMethod) === request.method);
		if (webhook === undefined || type.webhook === undefined) return answer(response, 404, { code: 404, message: 'This webhook is not registered' });
		const body = parseBody(request);
		if ('malformed' in body) return answer(response, 422, { code: 422, message: 'Failed to parse request body' });
		request.body = body.parsed;

		const data = additionalData(modules, registry, credentials, undefined);
		Object.assign(data, { httpRequest: request, httpResponse: response });
		const details = { httpMethod: webhook.httpMethod, node: node.name, path: 'test', webhookDescription: webhook, workflowId, workflowExecuteAdditionalData: data };
		const context = new modules.core.WebhookContext(workflow, placed, data, mode, { ...details, httpMethod: 'POST' }, [], null);
		let result: IWebhookResponseData;
		try {
			result = await type.webhook.call(context);
		} catch (error) {
			errors.push(error);
			return answer(response, 500, { code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' });
		}
		saved = plain(workflow.staticData);
		if (result.workflowData !== undefined) runs.push(result.workflowData);
		if (result.noWebhookResponse === true) return;
		const code = Number(resolve(webhook.responseCode ?? 200));
		if (result.webhookResponse !== undefined) return answer(response, code, result.webhookResponse);
		answer(response, code, { message: result.workflowData === undefined ? 'Webhook call received' : 'Workflow was started' });
	};

	const server = createServer((request, response) => {
		void readRequest(request).then(async (read) => await handle(read, toResponse(response)));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port');

	return {
		url: `http://127.0.0.1:${address.port}/webhook/test`,
		runs,
		errors,
		staticData: () => saved,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function readRequest(request: IncomingMessage): Promise<N8nRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(Buffer.from(chunk));
	const query = Object.fromEntries(new URL(request.url ?? '/', 'http://127.0.0.1').searchParams);

	return Object.assign(request, { rawBody: Buffer.concat(chunks), body: undefined, query, params: {}, readRawBody: async () => undefined });
}

/** n8n reads JSON, forms and plain text. Anything else reaches the node as an empty object. */
function parseBody(request: N8nRequest): { parsed: unknown } | { malformed: true } {
	const [contentType] = (request.headers['content-type'] ?? '').split(';');
	const text = request.rawBody.toString('utf8').replace(/^\ufeff/, '');
	if (text === '') return { parsed: {} };
	switch (contentType.trim().toLowerCase()) {
		case 'application/json':
			try {
				const parsed: unknown = JSON.parse(text);

				return { parsed };
			} catch {
				return { malformed: true };
			}
		case 'application/x-www-form-urlencoded':
			return { parsed: { ...parseForm(text) } };
		case 'text/plain':
			return { parsed: text };
		default:
			return { parsed: {} };
	}
}

function toResponse(response: ServerResponse): N8nResponse {
	const extended: N8nResponse = Object.assign(response, {
		status: (code: number) => Object.assign(extended, { statusCode: code }),
		json: (body: unknown) => {
			extended.setHeader('content-type', 'application/json; charset=utf-8');
			extended.end(JSON.stringify(body));

			return extended;
		},
		send: (body: unknown) => (typeof body === 'string' ? extended.end(body) && extended : extended.json(body)),
	});

	return extended;
}

function answer(response: N8nResponse, code: number, body: unknown): void {
	if (response.headersSent) return;
	response.status(code).send(body);
}
