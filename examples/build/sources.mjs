/**
 * Where the names, signatures and addresses of other products come from that the examples read. The
 * section "Where the field names come from" of examples/README.md is written from this list.
 */

/** How sure a fact is, and what that means. */
export const GRADES = {
	documented: "in the maker's own documentation, API description or code",
	'two sources': 'in two public pieces of code that do not come from the maker',
	'one source': 'in one such piece of code, or in one call that was published',
	inferred: 'concluded from what stands beside it; no public page says so',
	unknown: 'no public source was found',
};

/**
 * @typedef {object} Source
 * @property {string} title of the product
 * @property {string[]} files names of the examples that rest on it
 * @property {Array<{ what: string, grade: keyof GRADES, links: string[] }>} facts `links` are public
 *   pages; none where the grade says that there is none
 */

const github = (path) => `https://github.com/${path}`;
const moving = (id) => [`move-in-${id}`, `side-by-side-${id}`];

const DIGISTORE24 = {
	kit: github('digistore24/ds24-appkit/tree/main/lib/digistore'),
	events: 'https://dev.digistore24.com/en/articles/13-events',
	guide: 'https://dev.digistore24.com/hc/en-us/articles/32480217565969-Quick-Integration-Guide',
	subscriptions: 'https://dev.digistore24.com/hc/en-us/articles/32581926939793',
};
const COPECART = {
	plugin: github('common-repository/copecart-lifterlmsg'),
	readers: [
		github('HoneyBee7777/pin-flow-app/blob/main/app/api/webhooks/copecart/route.ts'),
		github('FibAlgo/fibalgo-hub/blob/main/src/app/api/webhooks/copecart/route.ts'),
	],
};
const ABLEFY = {
	help: 'https://support.elopage.com/hc/en-us/articles/360000401869-Providing-a-webhook-URL',
	call: github(
		'PipedreamHQ/pipedream/blob/master/components/elopage/sources/new-webhook-event/test-event.mjs',
	),
	reader: github('gradido/gradido'),
};
const THRIVECART = {
	help: 'https://support.thrivecart.com/help/using-webhook-notifications/',
	reader: github('magloft/thrivecart'),
};
const WOOCOMMERCE_CODE = 'woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes';
const WOOCOMMERCE = {
	webhook: github(`${WOOCOMMERCE_CODE}/class-wc-webhook.php`),
	orders: github(
		`${WOOCOMMERCE_CODE}/rest-api/Controllers/Version2/class-wc-rest-orders-v2-controller.php`,
	),
};
const SHOPIFY = github('Shopify/shopify-api-ruby');
const N8N = (node) => github(`n8n-io/n8n/tree/master/packages/nodes-base/nodes/${node}`);
const KLICKTIPP = {
	node: github('klicktipp/n8n-community-node-klicktipp'),
	client: github('d3datadevelopment/klicktipp-php-client'),
};
const KAJABI = {
	api: 'https://developers.kajabi.com/api-reference/customers/list-customers-offers',
	copy: github('api-evangelist/kajabi/tree/main/openapi'),
	purchase: 'https://developers.kajabi.com/api-reference/webhooks/purchase-sample',
	offers: 'https://developers.kajabi.com/articles/api-integrations/webhooks/webhook-workflows.md',
	settings:
		'https://developers.kajabi.com/articles/api-integrations/webhooks/what-information-is-sent-with-outbound-webhooks.md',
};
const TEACHABLE = github('api-evangelist/teachable/tree/main/openapi');
const THINKIFIC = {
	api: 'https://developers.thinkific.com/api/api-documentation',
	key: 'https://support.thinkific.dev/hc/en-us/articles/4422657425431',
	answers: 'https://support.thinkific.dev/hc/en-us/articles/4422657182743',
	webhooks: 'https://support.thinkific.dev/hc/en-us/articles/4422658311703',
};

/** @type {Record<string, Source>} by the ID of a shop, a platform or a CRM */
export const SOURCES = {
	digistore24: {
		title: 'Digistore24',
		files: ['payment-digistore24'],
		facts: [
			{
				what: 'Signature `sha_sign`, names as sent or in capitals; the answer `OK`; the look at the address',
				grade: 'documented',
				links: [DIGISTORE24.guide, DIGISTORE24.kit],
			},
			{
				what: 'Events, and what they mean for access',
				grade: 'documented',
				links: [DIGISTORE24.events, DIGISTORE24.subscriptions],
			},
			{
				what: 'Fields of a payment, from a whole call that Digistore24 published',
				grade: 'documented',
				links: [DIGISTORE24.kit],
			},
			{
				what: 'German time in `transaction_date` and `transaction_time`',
				grade: 'inferred',
				links: [],
			},
			{ what: 'A refund of a part of the price', grade: 'unknown', links: [] },
		],
	},
	stripe: {
		title: 'Stripe',
		files: ['payment-stripe'],
		facts: [
			{
				what: 'Signature, events and fields',
				grade: 'documented',
				links: ['https://docs.stripe.com/webhooks', 'https://docs.stripe.com/api/events/types'],
			},
			{
				what: 'From a payment to its invoice, in the API from 2025-03-31 on',
				grade: 'documented',
				links: [
					'https://docs.stripe.com/api/invoice-payment/list',
					'https://docs.stripe.com/api/invoices/object',
				],
			},
			{
				what: 'The rights that a restricted key needs for it',
				grade: 'inferred',
				links: [],
			},
		],
	},
	copecart: {
		title: 'CopeCart',
		files: ['payment-copecart'],
		facts: [
			{
				what: '`payment.made`, `payment.refunded`, `payment.recurring.cancelled`, the fields of buyer and product',
				grade: 'documented',
				links: [COPECART.plugin],
			},
			{
				what: 'Signature `X-Copecart-Signature` (HMAC-SHA256 of the body, Base64), the answer `OK`, the other events and fields: after the specification 1.6.7, which was not at hand itself',
				grade: 'two sources',
				links: COPECART.readers,
			},
			{
				what: 'Zone of the times, where they name none (read as UTC)',
				grade: 'unknown',
				links: [],
			},
			{ what: 'A refund of a part of the price', grade: 'unknown', links: [] },
		],
	},
	ablefy: {
		title: 'ablefy (elopage)',
		files: ['payment-ablefy'],
		facts: [
			{ what: 'Fields of the buyer and the product', grade: 'documented', links: [ABLEFY.help] },
			{
				what: 'A whole call of `payment.successful`, with its times in UTC',
				grade: 'two sources',
				links: [ABLEFY.call, ABLEFY.reader],
			},
			{
				what: '`order.subscription.paying`, `order.subscription.paused`, `chargeback.successful`',
				grade: 'one source',
				links: [ABLEFY.reader],
			},
			{
				what: '`refund.successful`, `order.subscription.canceled`, and `gift_receiver[email]`',
				grade: 'inferred',
				links: [],
			},
			{ what: 'A signature, and the names of all other events', grade: 'unknown', links: [] },
		],
	},
	thrivecart: {
		title: 'ThriveCart',
		files: ['payment-thrivecart'],
		facts: [
			{
				what: '`thrivecart_secret`, the look at the address, `order.success`, `purchase_map`',
				grade: 'documented',
				links: [THRIVECART.help],
			},
			{
				what: 'Times (`order_timestamp` of an order, `date_iso8601` of what follows) and the fields of a subscription',
				grade: 'one source',
				links: [THRIVECART.reader],
			},
			{ what: 'Fields of a refund (`refund[type]`, `refund[id]`)', grade: 'inferred', links: [] },
		],
	},
	woocommerce: {
		title: 'WooCommerce',
		files: ['payment-woocommerce'],
		facts: [
			{
				what: 'Signature, topics, the look at the address (`webhook_id=…`)',
				grade: 'documented',
				links: [WOOCOMMERCE.webhook],
			},
			{
				what: 'Fields and states of an order',
				grade: 'documented',
				links: [WOOCOMMERCE.orders],
			},
			{
				what: 'Subscriptions: their topic and states, and the marks of a renewal order',
				grade: 'inferred',
				links: [],
			},
		],
	},
	shopify: {
		title: 'Shopify',
		files: ['payment-shopify'],
		facts: [
			{
				what: 'Signature `X-Shopify-Hmac-Sha256` (HMAC-SHA256 of the body, Base64) and topics',
				grade: 'documented',
				links: [SHOPIFY, 'https://shopify.dev/changelog/new-webhook-topic-disputes'],
			},
			{
				what: 'Fields of orders, refunds and disputes',
				grade: 'documented',
				links: [SHOPIFY],
			},
			{ what: '`initiated_at` of a dispute', grade: 'inferred', links: [] },
		],
	},
	hubspot: {
		title: 'HubSpot',
		files: ['crm-sync-hubspot'],
		facts: [
			{
				what: 'Address, token, paging by `after`, properties by name',
				grade: 'documented',
				links: ['https://developers.hubspot.com/docs/api/crm/contacts', N8N('Hubspot')],
			},
		],
	},
	activecampaign: {
		title: 'ActiveCampaign',
		files: ['crm-sync-activecampaign'],
		facts: [
			{
				what: 'Contacts by `tagid`; a wrong filter is passed over and gives all contacts',
				grade: 'documented',
				links: ['https://developers.activecampaign.com/reference/list-all-contact-tags'],
			},
			{
				what: 'Header `Api-Token`, `limit` and `offset`, `status`',
				grade: 'two sources',
				links: [
					N8N('ActiveCampaign'),
					'https://pipedream.com/apps/activecampaign/actions/list-all-contacts.md',
				],
			},
			{ what: '`orgname` for the company', grade: 'inferred', links: [] },
		],
	},
	klicktipp: {
		title: 'KlickTipp',
		files: ['crm-sync-klicktipp'],
		facts: [
			{
				what: 'Login with a session, contacts of a tag as a form, who is listed',
				grade: 'documented',
				links: [KLICKTIPP.node],
			},
			{
				what: '`fieldFirstName`, `fieldLastName`, `fieldCompanyName`',
				grade: 'one source',
				links: [KLICKTIPP.client],
			},
		],
	},
	kajabi: {
		title: 'Kajabi',
		files: moving('kajabi'),
		facts: [
			{
				what: 'API: token, offers, customers of an offer, pages',
				grade: 'documented',
				links: [KAJABI.api, KAJABI.copy],
			},
			{
				what: 'Webhook `purchase` made by the API; Activation and Deactivation URLs',
				grade: 'documented',
				links: [KAJABI.purchase, KAJABI.offers],
			},
			{
				what: 'Webhook made in the settings: its offer and member are described, the form is concluded',
				grade: 'inferred',
				links: [KAJABI.settings],
			},
			{ what: 'Names of columns in an export', grade: 'unknown', links: [] },
		],
	},
	teachable: {
		title: 'Teachable',
		files: moving('teachable'),
		facts: [
			{
				what: 'API: key, users with their courses, pages, enrol and unenrol; names of webhook events',
				grade: 'one source',
				links: [TEACHABLE],
			},
			{ what: 'Fields of a webhook event', grade: 'inferred', links: [] },
			{ what: 'Names of columns in an export', grade: 'unknown', links: [] },
		],
	},
	thinkific: {
		title: 'Thinkific',
		files: moving('thinkific'),
		facts: [
			{
				what: 'API: headers of the key, enrolments, pages',
				grade: 'documented',
				links: [THINKIFIC.api, THINKIFIC.key, THINKIFIC.answers],
			},
			{ what: 'Webhook `enrollment.created`', grade: 'documented', links: [THINKIFIC.webhooks] },
			{ what: 'Names of columns in an export', grade: 'unknown', links: [] },
		],
	},
};

/**
 * The section of the README, without its headline.
 *
 * @returns {string} Markdown
 */
export function sourcesInWords() {
	const rows = Object.values(SOURCES).flatMap(({ title, facts }) =>
		facts.map(({ what, grade, links }, place) => {
			const pages = links.map((link, number) => `[${number + 1}](${link})`).join(', ');

			return `| ${place === 0 ? title : ''} | ${what} | ${grade} | ${pages || '–'} |`;
		}),
	);

	return [
		'None of these products was at hand when the examples were written. Their names of fields, events and signatures come from public pages and code, and are as sure as this table says:',
		'',
		...Object.entries(GRADES).map(([grade, meaning]) => `- **${grade}**: ${meaning}.`),
		'',
		'What is not sure gives and takes no access by itself where a human can be asked instead. Compare the names with a real event or export of yours before you rely on them.',
		'',
		'| Product | What | Grade | Pages |',
		'| --- | --- | --- | --- |',
		...rows,
	].join('\n');
}

/**
 * What a note in a workflow says about the names it rests on.
 *
 * @param {string} id of a product
 * @returns {string} Markdown, in one paragraph; nothing where it rests on no other product
 */
export function sureness(id) {
	if (!(id in SOURCES)) return '';
	const weakest = SOURCES[id].facts
		.filter(({ grade }) => ['one source', 'inferred', 'unknown'].includes(grade))
		.map(({ what, grade }) => `${what} (${grade})`);

	return [
		'Where the names of fields come from stands in *examples/README.md*.',
		...(weakest.length === 0 ? [] : [`Not sure: ${weakest.join(' · ')}.`]),
		'**Compare them with a real event** of yours (*Executions*) before you rely on them.',
	].join(' ');
}
