import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type IHookFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { RecentDeliveries } from './duplicates';
import { receive } from './receive';
import { readSecretRule, readWebhookSettings, type WebhookSettings } from './settings';
import { checkSetup, isPublicAddress } from './setup';

const processDeliveries = new RecentDeliveries();

/**
 * Handles one call: reads what came in, has `receive` decide, and answers.
 *
 * It never throws: n8n would start a failed execution for whoever calls the address.
 */
export async function handleWebhook(
	context: IWebhookFunctions,
	recent = processDeliveries,
	now: () => number = Date.now,
): Promise<IWebhookResponseData> {
	let settings: WebhookSettings;
	try {
		settings = readWebhookSettings((name) => context.getNodeParameter(name, null));
	} catch (error) {
		context.logger.error(
			`Memberspot Trigger: a setting can not be read: ${error instanceof Error ? error.message : ''}`,
		);
		return refuse(context, 500, 'This webhook is not set up correctly');
	}
	const body: unknown = context.getBodyData();
	const decision = receive(
		{
			body,
			headers: context.getHeaderData(),
			query: Object.fromEntries(Object.entries(context.getQueryData())),
			addressIsSecret: context.getNode().webhookId !== undefined,
		},
		settings,
	);

	switch (decision.do) {
		case 'refuse':
			return refuse(context, decision.status, decision.message);
		case 'ignore':
			if (decision.because === 'filter') {
				context.logger.debug(
					`Memberspot Trigger: the event ${JSON.stringify(decision.event ?? null)} is not in Only These Events and was ignored`,
				);
			}
			return { webhookResponse: { message: 'OK' } };
		case 'start':
			if (settings.repeatWindowMs !== undefined) {
				const key = keyOf(context, body);
				if (recent.isRepeat(key, now(), settings.repeatWindowMs)) {
					context.logger.debug('Memberspot Trigger: a delivery came twice and was ignored');
					return { webhookResponse: { message: 'OK' } };
				}
				// Where n8n can't start the run it answers 5xx, and the sender's next try must count.
				const response = context.getResponseObject();
				response.once('finish', () => {
					if (response.statusCode >= 500) recent.forget(key);
				});
			}
			return { workflowData: [[{ json: decision.json }]] };
	}
}

/**
 * Checks the set-up when the workflow is published or tested.
 *
 * @throws NodeOperationError when the webhook could not work, or would be open to anybody
 */
export function assertSetup(context: IHookFunctions): void {
	const node = context.getNode();
	const problem = checkSetup(
		readSecretRule((name) => context.getNodeParameter(name, null)),
		node.webhookId !== undefined,
	);
	if (problem !== undefined) {
		throw new NodeOperationError(node, problem.message, { description: problem.description });
	}
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined && !isPublicAddress(url)) {
		context.logger.warn(
			`Memberspot Trigger: Memberspot can probably not reach ${new URL(url).origin}. It takes a public address that begins with https://, see N8N_WEBHOOK_URL (WEBHOOK_URL before n8n 2.41)`,
		);
	}
}

function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });

	return { noWebhookResponse: true };
}

/** Names trigger and body. The bytes as they came where n8n keeps them, so that nothing is lost. */
function keyOf(context: IWebhookFunctions, body: unknown): string {
	const raw: unknown = Reflect.get(context.getRequestObject(), 'rawBody');
	const hash = createHash('sha256');
	hash.update(`${context.getWorkflow().id}/${context.getNode().id}/${context.getMode()}\n`);
	hash.update(Buffer.isBuffer(raw) ? raw : (JSON.stringify(body) ?? ''));

	return hash.digest('base64');
}
