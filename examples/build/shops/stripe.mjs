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

export const stripe = {
	id: 'stripe',
	title: 'Stripe',
	read: readStripe,
	verify: { by: 'stripe' },
	setUp: `In Stripe: *Developers → Webhooks → Add endpoint*. URL: the production URL of **When Stripe Calls**. Events: \`checkout.session.completed\`, \`checkout.session.async_payment_succeeded\`, \`checkout.session.async_payment_failed\`, \`invoice.paid\`, \`invoice.payment_failed\`, \`customer.subscription.deleted\`, \`charge.refunded\`, \`charge.dispute.created\`. Put the signing secret (\`whsec_…\`) into a credential of the type **Crypto**, field *Hmac Secret*, named **Stripe signing secret**.

Give each payment link the metadata \`product_id\`. For subscriptions the ID of the Stripe product counts where there is no metadata.`,
	events: `\`checkout.session.completed\` (one-off) and \`invoice.paid\` → paid · \`invoice.payment_failed\` → failed · \`customer.subscription.deleted\` → cancelled · \`charge.refunded\`, when all is refunded → refunded · \`charge.dispute.created\` → chargeback. The order ID is the payment (\`pi_…\`) or the subscription (\`sub_…\`).`,
	members: `the metadata \`member_emails\` or a custom field of the payment link with "member" in its key`,
	limits: `Refunds and disputes name the payment only. For subscriptions it is found where \`invoice.paid\` carries \`payment_intent\` or \`payments\`: choose an API version before 2025-03-31 for the endpoint. Otherwise such an event lands in **memberspot_to_check**.`,
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
