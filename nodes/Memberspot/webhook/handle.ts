import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type IHookFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { readBody } from './body';
import { RecentDeliveries } from './duplicates';
import { receive } from './receive';
import { readSecretRule, readWebhookSettings, type WebhookSettings } from './settings';
import { checkSetup, isPublicAddress, isSecretId } from './setup';

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
		settings = readWebhookSettings((name, fallback) => context.getNodeParameter(name, fallback));
	} catch (error) {
		context.logger.error(
			`Memberspot Trigger: a setting can not be read: ${error instanceof Error ? error.message : ''}`,
		);
		return refuse(context, 500, 'This webhook is not set up correctly');
	}
	const raw = rawBodyOf(context);
	const body = readBody(context.getBodyData(), raw);
	const decision = receive(
		{
			body,
			headers: context.getHeaderData(),
			query: Object.fromEntries(Object.entries(context.getQueryData())),
			addressIsSecret: isSecretId(context.getNode().webhookId),
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
				const key = keyOf(context, raw, body);
				const response = context.getResponseObject();
				// Where n8n can't start the run it answers 5xx, and the sender's next try must count: also a
				// sender that had hung up by then, for whom the answer never comes to its end.
				const failed = () => response.statusCode >= 500;
				if (recent.isRepeat(key, now(), settings.repeatWindowMs, failed)) {
					context.logger.debug('Memberspot Trigger: a delivery came twice and was ignored');
					return { webhookResponse: { message: 'OK' } };
				}
				response.once('finish', () => {
					if (!failed()) recent.settle(key);
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
		readSecretRule((name, fallback) => context.getNodeParameter(name, fallback)),
		isSecretId(node.webhookId),
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

/** The bytes as they came; undefined where n8n keeps none. */
function rawBodyOf(context: IWebhookFunctions): Buffer | undefined {
	const raw: unknown = Reflect.get(context.getRequestObject(), 'rawBody');

	return Buffer.isBuffer(raw) ? raw : undefined;
}

/** Names trigger and body. The bytes as they came where n8n keeps them, so that nothing is lost. */
function keyOf(context: IWebhookFunctions, raw: Buffer | undefined, body: unknown): string {
	const hash = createHash('sha256');
	hash.update(`${context.getWorkflow().id}/${context.getNode().id}/${context.getMode()}\n`);
	hash.update(raw ?? JSON.stringify(body) ?? '');

	return hash.digest('base64');
}
