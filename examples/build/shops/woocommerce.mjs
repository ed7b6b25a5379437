import { emailsIn, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook delivery of WooCommerce: an order, or a subscription of WooCommerce Subscriptions. */
export function readWoocommerce(body, headers, arrival) {
	const topic = String(headers['x-wc-webhook-topic'] ?? '');
	const meta = Object.fromEntries((body.meta_data ?? []).map(({ key, value }) => [key, value]));
	const subscription = topic.startsWith('subscription.');
	// Renewals are orders of their own; the subscription itself tells how it stands.
	const renewal =
		!subscription && (meta._subscription_renewal || body.created_via === 'subscription');
	if (!/^(order|subscription)\./.test(topic) || renewal) return [];
	const states = subscription
		? { active: 'paid', 'on-hold': 'failed', cancelled: 'cancelled', expired: 'cancelled' }
		: {
				processing: 'paid',
				completed: 'paid',
				failed: 'failed',
				cancelled: 'cancelled',
				refunded: 'refunded',
			};
	const event = states[body.status];
	const orderId = subscription ? body.parent_id || body.id : body.id;
	if (event === undefined || !orderId) return [];
	const utc = (value) => (value ? `${value}Z` : '');
	const changed = utc(body.date_modified_gmt);
	// Whoever edits a paid order must not open an access that was closed since: the payment's time counts.
	const eventTime = timeOf(
		event === 'paid' && !subscription ? utc(body.date_paid_gmt) || changed : changed,
		arrival,
	);
	const given = emailsIn(meta.member_emails);

	return (body.line_items ?? []).map((line) => {
		const own = emailsIn(
			(line.meta_data ?? [])
				.filter(({ key }) => /member/i.test(String(key)))
				.map(({ value }) => value),
		);

		return paymentEvent({
			event,
			shop: 'woocommerce',
			eventId: [topic, body.id, body.status, line.product_id, eventTime].join(':'),
			eventTime,
			orderId,
			productId: line.product_id,
			quantity: line.quantity,
			email: body.billing?.email,
			firstName: body.billing?.first_name,
			lastName: body.billing?.last_name,
			memberEmails: own.length > 0 ? own : given,
		});
	});
}

export const woocommerce = {
	id: 'woocommerce',
	title: 'WooCommerce',
	read: readWoocommerce,
	headers: { 'x-wc-webhook-topic': 'order.updated' },
	verify: {
		by: 'hmac',
		header: 'x-wc-webhook-signature',
		credential: 'WooCommerce webhook secret',
		ping: true,
	},
	setUp: `In WooCommerce: *Settings → Advanced → Webhooks → Add webhook*, topic *Order updated* (and *Subscription updated*, if you use WooCommerce Subscriptions). Delivery URL: the production URL of **When WooCommerce Calls**. Put the secret into a credential of the type **Crypto**, field *Hmac Secret*, named **WooCommerce webhook secret**. Publish this workflow before you save the webhook: WooCommerce checks the address first, which is answered.`,
	events: `Orders: \`processing\`, \`completed\` → paid · \`failed\` → failed · \`cancelled\` → cancelled · \`refunded\` → refunded. Subscriptions: \`active\` → paid · \`on-hold\` → failed · \`cancelled\`, \`expired\` → cancelled. A refund of a part leaves the order as it is. WooCommerce reports no chargebacks: your payment provider does.`,
	members: `the meta data \`member_emails\` of the order, or meta data with "member" in its key of the line`,
	limits: `Renewal orders of a subscription are passed over: the subscription itself is followed, under the ID of its first order.`,
	samples: {
		payment: {
			id: 990001,
			status: 'completed',
			date_modified_gmt: '2026-01-10T08:30:00',
			date_paid_gmt: '2026-01-10T08:30:00',
			billing: { email: 'erika@example.com', first_name: 'Erika', last_name: 'Muster' },
			line_items: [{ id: 1, product_id: 4711, quantity: 1 }],
			meta_data: [],
		},
		refund: {
			id: 990001,
			status: 'refunded',
			date_modified_gmt: '2026-01-20T08:30:00',
			date_paid_gmt: '2026-01-10T08:30:00',
			billing: { email: 'erika@example.com', first_name: 'Erika', last_name: 'Muster' },
			line_items: [{ id: 1, product_id: 4711, quantity: 1 }],
			meta_data: [],
		},
	},
};
