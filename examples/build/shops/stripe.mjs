import { emailsIn, paymentEvent } from './shared.mjs';

/** Reads a webhook event of Stripe. */
export function readStripe(body, headers, arrival) {
	const object = body.data?.object ?? {};
	const [firstName, ...rest] = String(
		object.customer_details?.name ?? object.customer_name ?? '',
	).split(' ');
	const subscriptionDetails =
		object.subscription_details ?? object.parent?.subscription_details ?? {};
	const subscription = object.subscription ?? subscriptionDetails.subscription;
	const line = object.lines?.data?.at(-1) ?? object.items?.data?.[0] ?? {};
	const lineProduct = line.price?.product ?? line.pricing?.price_details?.product;
	const metadata = { ...subscriptionDetails.metadata, ...object.metadata };
	const fields = (object.custom_fields ?? [])
		.filter(({ key }) => /member/i.test(key ?? ''))
		.map(({ text }) => text?.value);
	const common = {
		shop: 'stripe',
		eventId: body.id,
		eventTime: new Date((Number(body.created) || Date.parse(arrival) / 1000) * 1000).toISOString(),
		productId: metadata.product_id,
		email: object.customer_details?.email ?? object.customer_email ?? object.billing_details?.email,
		firstName,
		lastName: rest.join(' '),
		quantity: metadata.seats,
		memberEmails: emailsIn([metadata.member_emails, ...fields]),
	};
	const paymentId = (value) => (typeof value === 'string' ? value : value?.id);
	// A subscription tells of its payments by invoices.
	const oneOff = object.mode !== 'subscription';
	const invoice = {
		...common,
		orderId: subscription ?? object.id,
		paymentId:
			paymentId(object.payment_intent) ?? object.payments?.data?.[0]?.payment?.payment_intent,
		productId: metadata.product_id ?? lineProduct,
		quantity: metadata.seats ?? line.quantity,
	};
	const checkout = { ...common, orderId: paymentId(object.payment_intent) ?? object.id };
	const readers = {
		'checkout.session.completed': () =>
			oneOff &&
			['paid', 'no_payment_required'].includes(object.payment_status) && {
				...checkout,
				event: 'paid',
			},
		'checkout.session.async_payment_succeeded': () => oneOff && { ...checkout, event: 'paid' },
		'checkout.session.async_payment_failed': () => oneOff && { ...checkout, event: 'failed' },
		'invoice.paid': () => ({ ...invoice, event: 'paid' }),
		'invoice.payment_failed': () => ({ ...invoice, event: 'failed' }),
		'customer.subscription.deleted': () => ({
			...common,
			event: 'cancelled',
			orderId: object.id,
			productId: metadata.product_id ?? lineProduct,
		}),
		// Part of the money back is not the end of the course.
		'charge.refunded': () =>
			object.refunded === true && {
				...common,
				event: 'refunded',
				orderId: paymentId(object.payment_intent) ?? object.id,
				productId: '',
			},
		'charge.dispute.created': () => ({
			...common,
			event: 'chargeback',
			orderId: paymentId(object.payment_intent) ?? paymentId(object.charge),
			productId: '',
		}),
	};
	const parts = readers[body.type]?.();

	return parts && parts.orderId ? [paymentEvent(parts)] : [];
}

/**
 * Reads which order a payment belongs to, from Stripe's list of the invoices it paid: the subscription
 * of the invoice, or the invoice itself where it has none.
 *
 * @param {{ error?: unknown, body?: object } | undefined} answer of the HTTP Request node
 * @param {string} payment
 * @returns {{ orderId: string, problem: string }} `orderId` is empty unless there is exactly one;
 *   `problem` is empty as well where the payment paid no invoice
 */
export function readInvoicePayments(answer, payment) {
	const idOf = (value) => (typeof value === 'string' ? value : (value?.id ?? ''));
	const unclear = (problem) => ({ orderId: '', problem });
	if (answer?.error) {
		const { message, description } = answer.error;
		const text = [message ?? answer.error, description]
			.filter((each) => typeof each === 'string' && each !== '')
			.join(' ')
			// Stripe shortens keys in its messages by itself; this is for those that it does not know.
			.replace(/\b[rs]k_[\w*]+/g, '(key)')
			.slice(0, 300);

		return unclear(`Stripe could not be asked (${text || 'no reason given'}).`);
	}
	const list = answer?.body?.data;
	if (!Array.isArray(list))
		return unclear(
			'There was no answer of Stripe that could be read. Is "Ask Stripe" switched on?',
		);
	const mine = list.filter((each) => idOf(each?.payment?.payment_intent) === payment);
	if (mine.length < list.length || answer.body.has_more === true)
		return unclear('Stripe named more than was asked for.');
	const orders = mine
		.filter(({ status }) => status !== 'canceled')
		.map(({ invoice }) => {
			const details = invoice?.parent?.subscription_details;

			// Only an invoice that was read whole shows that it has no subscription.
			return typeof invoice === 'object' && invoice !== null && invoice.deleted !== true
				? idOf(details?.subscription ?? invoice.subscription) || idOf(invoice)
				: '';
		});
	const [orderId, ...others] = [...new Set(orders)];
	if (others.length > 0)
		return unclear(`Stripe names several orders for it (${[orderId, ...others].join(', ')}).`);
	if (orderId === '') return unclear('Stripe did not say whether it belongs to a subscription.');

	return { orderId: orderId ?? '', problem: '' };
}

/** The first version of Stripe's API in which a payment names no invoice, and its list is there. */
const API_VERSION = '2025-03-31.basil';

const lookUp = {
	shop: 'stripe',
	prefix: 'pi_',
	read: readInvoicePayments,
	node: 'Ask Stripe',
	ask: {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'GET',
			url: 'https://api.stripe.com/v1/invoice_payments',
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'stripeApi',
			sendQuery: true,
			queryParameters: {
				parameters: [
					{ name: 'payment[type]', value: 'payment_intent' },
					{ name: 'payment[payment_intent]', value: '={{ $json.payment }}' },
					{ name: 'expand[]', value: 'data.invoice' },
				],
			},
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Stripe-Version', value: API_VERSION }] },
			options: {
				batching: { batch: { batchSize: 5, batchInterval: 1000 } },
				// The key is for Stripe alone.
				redirect: { redirect: { followRedirects: false } },
				response: { response: { fullResponse: true, responseFormat: 'json' } },
				timeout: 20000,
			},
		},
		credentials: { stripeApi: { id: null, name: 'Stripe account' } },
	},
	about: `## Refunds that name a payment only

Refunds and disputes of a subscription name the payment (\`pi_…\`), not the subscription. Where the payment is not in the table, **Ask Stripe** reads which invoice it paid, and the event goes on under the subscription of that invoice. Stripe has its answer by then.

Nothing is guessed. When Stripe can't be asked, or names more than one order, the access stays as it is and a human is told. **Every Hour** asks again, for seven days after the event.

*Ask Stripe* sends the API version ${API_VERSION} with its request, whatever version your account has. Its address and its fields come from Stripe's public reference.`,
};

export const stripe = {
	id: 'stripe',
	title: 'Stripe',
	read: readStripe,
	verify: { by: 'stripe' },
	lookUp,
	setUp: `In Stripe: *Developers → Webhooks → Add endpoint*. URL: the production URL of **When Stripe Calls**. Events: \`checkout.session.completed\`, \`checkout.session.async_payment_succeeded\`, \`checkout.session.async_payment_failed\`, \`invoice.paid\`, \`invoice.payment_failed\`, \`customer.subscription.deleted\`, \`charge.refunded\`, \`charge.dispute.created\`. Put the signing secret (\`whsec_…\`) into a credential of the type **Crypto**, field *Hmac Secret*, named **Stripe signing secret**.

For refunds and disputes of **subscriptions**: a credential of the type **Stripe API** named **Stripe account**. In Stripe: *Developers → API keys → Create restricted key*, with *Read* for **Invoices** and for **Charges** (that is what n8n's test of the credential reads), and nothing else. Without subscriptions, or without such a key: deactivate the node **Ask Stripe**.

Give each payment link the metadata \`product_id\`. For subscriptions the ID of the Stripe product counts where there is no metadata.`,
	events: `\`checkout.session.completed\` (one-off) and \`invoice.paid\` → paid · \`invoice.payment_failed\` → failed · \`customer.subscription.deleted\` → cancelled · \`charge.refunded\`, when all is refunded → refunded · \`charge.dispute.created\` → chargeback. The order ID is the payment (\`pi_…\`) or the subscription (\`sub_…\`).`,
	members: `the metadata \`member_emails\` or a custom field of the payment link with "member" in its key`,
	limits: `Refunds and disputes name the payment only: **Ask Stripe** finds the subscription. Without it only the first payment of a subscription is known, and only where \`invoice.paid\` carries it (API versions before 2025-03-31); others land in **memberspot_to_check**. A refund of one payment of a subscription switches off until the next one is paid. Let payment links for one-off payments make no invoice: it would count as an order of its own.`,
	samples: {
		payment: {
			id: 'evt_sample_1',
			type: 'checkout.session.completed',
			created: 1768037400,
			data: {
				object: {
					id: 'cs_sample_1',
					mode: 'payment',
					payment_status: 'paid',
					payment_intent: 'pi_SAMPLE1',
					customer_details: { email: 'erika@example.com', name: 'Erika Muster' },
					metadata: { product_id: '4711' },
				},
			},
		},
		refund: {
			id: 'evt_sample_2',
			type: 'charge.refunded',
			created: 1768901400,
			data: { object: { id: 'ch_SAMPLE1', payment_intent: 'pi_SAMPLE1', refunded: true } },
		},
	},
};
