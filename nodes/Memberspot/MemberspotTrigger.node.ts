import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { webhookFields } from './webhook/fields';
import { assertSetup, handleWebhook } from './webhook/handle';

/** Starts a workflow when Memberspot calls: the receiving end of a webhook app in Memberspot. */
export class MemberspotTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Memberspot Trigger',
		name: 'memberspotTrigger',
		icon: { light: 'file:memberspot.svg', dark: 'file:memberspot.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["onlyEvents"] || "All events" }}',
		// n8n lists this trigger and the action node as one entry, and shows this text for both.
		description: 'Manage users and course access in Memberspot, or start a workflow at once when something happens there (by webhook)',
		defaults: { name: 'Memberspot Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'memberspot',
			},
		],
		triggerPanel: {
			header: 'Pull in a delivery from Memberspot',
			executionsHelp: {
				inactive:
					'A webhook has two addresses. <br /><br /><b>The Test URL is for building.</b> Click "Execute step" here and let one delivery come in: it shows up in the editor, and the address stops listening after it. Don\'t leave the Test URL in Memberspot: between tests nothing answers there. To have Memberspot send to it once, add a second webhook app in Memberspot for it, and click Validate Now (Jetzt validieren) while this node listens. <br /><br /><b>The Production URL is for real use.</b> It answers only while the workflow is published. Then paste it into Memberspot and click Validate Now (Jetzt validieren). Its runs show up in the executions list, not in the editor.',
				active:
					'A webhook has two addresses. <br /><br /><b>The Test URL is for building.</b> Click "Execute step" here and let one delivery come in: it shows up in the editor, and the address stops listening after it. Don\'t leave the Test URL in Memberspot. <br /><br /><b>The Production URL is for real use.</b> This workflow is published, so it answers now: paste it into Memberspot and click Validate Now (Jetzt validieren). Its runs show up in the <a data-key="executions">executions list</a>, not in the editor.',
			},
			activationHint:
				'Memberspot needs the Production URL of the published workflow. "Validate Now" (Jetzt validieren) in Memberspot fails until the workflow is published.',
		},
		activationMessage:
			'The Production URL answers now. Paste it into Memberspot (Settings › Integrations › Add App › Webhook) and click "Validate Now" (Jetzt validieren).',
		eventTriggerDescription: 'Waiting for a delivery from Memberspot at the Test URL',
		properties: webhookFields,
	};

	/**
	 * Memberspot has no API to register a webhook (none is known): the address is pasted in by hand.
	 * So nothing is created or deleted there; what is left to do is to check our own side.
	 */
	webhookMethods = {
		default: {
			/** False, so that n8n calls `create`, and with it the check, at every activation. */
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				assertSetup(this);
				return true;
			},
			/** The app stays in Memberspot until somebody removes it there. */
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await handleWebhook(this);
	}
}
