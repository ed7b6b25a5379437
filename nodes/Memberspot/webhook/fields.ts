import type { INodeProperties } from 'n8n-workflow';
import { DEFAULT_REPEAT_MINUTES } from './settings';

/**
 * What to do in Memberspot, in the words of its menus (help centre, article on webhooks). A notice of
 * n8n keeps lists and links only: other tags would be dropped, and the steps run into each other.
 */
export const SETUP_STEPS = [
	'Set up in Memberspot:<ul>',
	'<li>1. Publish this workflow. Only a published workflow answers at the Production URL.</li>',
	'<li>2. In Memberspot open "Settings › Integrations" (Einstellungen › Integrationen), click "Add App" (App hinzufügen) and choose "Webhook".</li>',
	'<li>3. Paste the Production URL from above as "notification URL" (Benachrichtigungs-URL), click "Validate Now" (Jetzt validieren), then "Save" (Speichern).</li>',
	'<li>4. Create an "automation" (Automatisierung): the event that you want, then this webhook app. Without an automation Memberspot sends nothing but the test.</li>',
	'</ul>',
].join('');

/** Parameters of the webhook trigger. */
export const webhookFields: INodeProperties[] = [
	{ displayName: SETUP_STEPS, name: 'setupNotice', type: 'notice', default: '' },
	{
		displayName:
			'Memberspot can only reach a public address. If the Production URL begins with http:// or has "localhost" in it, set N8N_WEBHOOK_URL (WEBHOOK_URL before n8n 2.41) on your n8n first.',
		name: 'addressNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Only These Events',
		name: 'onlyEvents',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. member_added, course_*',
		description:
			'Names in the field "event" that start the workflow, with commas between them. A name with * at its end stands for all that begin like it. Leave empty for all. Memberspot does not publish the names: leave this empty at first and look at what arrives. Other events are answered with success and ignored, and so is a delivery without a name.',
	},
	{
		displayName: 'Secret',
		name: 'secretIn',
		type: 'options',
		default: 'none',
		description: 'Whether a call must show a secret of yours, and where',
		options: [
			{
				name: 'Header',
				value: 'header',
				description: 'In a header. Whether Memberspot can send headers of your own is not known.',
			},
			{
				name: 'None',
				value: 'none',
				description: 'The address itself is the secret: n8n puts a random ID into it',
			},
			{
				name: 'URL Query',
				value: 'query',
				description: 'In the address, for example …?secret=YOUR-SECRET. Works with every sender.',
			},
		],
	},
	{
		displayName: 'Secret Name',
		name: 'fieldName',
		type: 'string',
		default: 'secret',
		placeholder: 'e.g. x-webhook-secret',
		description: 'Name of the header, or of the parameter in the address',
		displayOptions: { show: { secretIn: ['header', 'query'] } },
	},
	{
		displayName: 'Secret Value',
		name: 'secret',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			'Calls without exactly this value get the status 401 and start nothing. With URL Query, add it to the address that you paste into Memberspot. Letters and digits only spare you encoding it.',
		displayOptions: { show: { secretIn: ['header', 'query'] } },
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
		hint: 'Simplified, the fields of the delivery stand side by side with "event". Otherwise the delivery stands under "body", exactly as it came.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Duplicate Window (Minutes)',
				name: 'repeatWindow',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1440 },
				default: DEFAULT_REPEAT_MINUTES,
				description: 'How long a delivery with an equal body counts as a duplicate',
				displayOptions: { show: { ignoreRepeats: [true] } },
			},
			{
				displayName: 'Ignore Duplicate Deliveries',
				name: 'ignoreRepeats',
				type: 'boolean',
				default: false,
				description:
					'Whether to ignore a delivery whose body is equal to an earlier one. No ID of a delivery is known, so two real events with equal bodies look like a duplicate: leave this off unless you see doubles. Each n8n process remembers for itself.',
			},
			{
				displayName: 'Include Headers',
				name: 'includeHeaders',
				type: 'boolean',
				default: false,
				description: 'Whether to add the headers of the call, without those that hold secrets',
				displayOptions: { show: { '/simplify': [false] } },
			},
			{
				displayName: 'Pass On Test Event',
				name: 'passOnTest',
				type: 'boolean',
				default: false,
				description:
					'Whether the test that "Validate Now" (Jetzt validieren) sends (the event auth_test) starts the workflow, too. It is answered with success in any case.',
			},
		],
	},
];
