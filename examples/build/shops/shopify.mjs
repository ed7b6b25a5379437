import { emailsIn, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook delivery of Shopify. */
export function readShopify(body, headers, arrival) {
	const topic = String(headers['x-shopify-topic'] ?? '');
	const sent = headers['x-shopify-triggered-at'];
	const eventId = (productId, time) => [topic, body.id, productId, time].join(':');
	const memberFields = (list) =>
		emailsIn(
			(list ?? []).filter(({ name }) => /member/i.test(String(name))).map(({ value }) => value),
		);
	const common = {
		shop: 'shopify',
		email: body.email || body.customer?.email,
		firstName: body.customer?.first_name,
		lastName: body.customer?.last_name,
	};
	const ofOrder = (event, time) =>
		(body.line_items ?? []).map((line) => {
			const own = memberFields(line.properties);

			return paymentEvent({
				...common,
				event,
				eventId: eventId(line.product_id, time),
				eventTime: timeOf(time, arrival),
				orderId: body.id,
				productId: line.product_id,
				quantity: line.quantity,
				memberEmails: own.length > 0 ? own : memberFields(body.note_attributes),
			});
		});

	if (topic === 'orders/paid') return ofOrder('paid', body.processed_at || sent);
	if (topic === 'orders/cancelled') return ofOrder('cancelled', body.cancelled_at || sent);
	if (topic === 'refunds/create')
		return (body.refund_line_items ?? []).map(({ line_item: line, quantity }) =>
			paymentEvent({
				...common,
				// Some of several seats: it does not say whose.
				event: Number(quantity) < Number(line?.quantity) ? 'unclear' : 'refunded',
				eventId: eventId(line?.product_id, body.created_at),
				eventTime: timeOf(body.created_at || sent, arrival),
				orderId: body.order_id,
				productId: line?.product_id,
			}),
		);
	if (topic === 'disputes/create' && body.type !== 'inquiry')
		return [
			paymentEvent({
				...common,
				event: 'chargeback',
				eventId: eventId('', body.initiated_at),
				eventTime: timeOf(body.initiated_at || sent, arrival),
				orderId: body.order_id,
			}),
		];

	return [];
}

export const shopify = {
	id: 'shopify',
	title: 'Shopify',
	read: readShopify,
	headers: { 'x-shopify-topic': 'orders/paid' },
	sampleHeaders: { refund: { 'x-shopify-topic': 'refunds/create' } },
	verify: { by: 'hmac', header: 'x-shopify-hmac-sha256', credential: 'Shopify webhook secret' },
	setUp: `In Shopify: *Settings → Notifications → Webhooks* (or an app of your own), format JSON, topics *Order payment* (\`orders/paid\`), *Order cancellation*, *Refund create*, *Dispute create*. URL: the production URL of **When Shopify Calls**. Put the signing secret into a credential of the type **Crypto**, field *Hmac Secret*, named **Shopify webhook secret**.`,
	events: `\`orders/paid\` → paid · \`orders/cancelled\` → cancelled · \`refunds/create\` → refunded, for the lines that are refunded · \`disputes/create\` → chargeback, for all products of the order.`,
	members: `a note attribute or a line property with "member" in its name`,
	limits: `A refund of money without a line of the order is passed over. Subscription apps for Shopify send events of their own, which are not read here.`,
	samples: {
		payment: {
			id: 990002,
			email: 'erika@example.com',
			processed_at: '2026-01-10T08:30:00Z',
			customer: { first_name: 'Erika', last_name: 'Muster' },
			line_items: [{ id: 1, product_id: 4711, quantity: 1, properties: [] }],
			note_attributes: [],
		},
		refund: {
			id: 880001,
			order_id: 990002,
			created_at: '2026-01-20T08:30:00Z',
			refund_line_items: [
				{ id: 1, quantity: 1, line_item: { id: 1, product_id: 4711, quantity: 1 } },
			],
		},
	},
};
