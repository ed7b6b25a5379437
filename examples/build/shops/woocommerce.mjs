import { emailsIn, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook delivery of WooCommerce: an order, or a subscription of WooCommerce Subscriptions. */
export function readWoocommerce(body, headers, arrival) {
	const topic = String(headers['x-wc-webhook-topic'] ?? '');
	const meta = Object.fromEntries((body.meta_data ?? []).map(({ key, value }) => [key, value]));
	if (!/^(order|subscription)\./.test(topic)) return [];
	const subscription = topic.startsWith('subscription.');
	// Renewals are orders of their own. The subscription itself tells how it stands, but not that the
	// money of a renewal went back: it stays active then.
	const renewalOf = subscription ? undefined : meta._subscription_renewal;
	const renewal = renewalOf || (!subscription && body.created_via === 'subscription');
	if (renewal && body.status !== 'refunded') return [];
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
	const orderId = subscription ? body.parent_id || body.id : renewalOf || body.id;
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
			// Whoever edits a renewal that was refunded does not refund it again.
			eventId: [topic, body.id, body.status, line.product_id, renewal ? '' : eventTime].join(':'),
			eventTime,
			orderId,
			// By its own ID a refund of a renewal finds the first order.
			paymentId: subscription ? body.id : '',
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
	events: `Orders: \`processing\`, \`completed\` → paid · \`failed\` → failed · \`cancelled\` → cancelled · \`refunded\` → refunded. Subscriptions: \`active\` → paid · \`on-hold\` → failed · \`cancelled\`, \`expired\` → cancelled. A renewal order is read only when it is \`refunded\`. A refund of a part leaves the order as it is. WooCommerce reports no chargebacks: your payment provider does.`,
	members: `the meta data \`member_emails\` of the order, or meta data with "member" in its key of the line`,
	limits: `A subscription is followed under the ID of its first order. WooCommerce Subscriptions leaves it active when a renewal is refunded: the refund switches off here, until the subscription is paid or changed again. It is found once an event of the subscription has come; before that it goes to **memberspot_to_check**. Choose both topics.`,
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
