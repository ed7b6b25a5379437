import { emailsIn, nested, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook event of ThriveCart. */
export function readThrivecart(fields, headers, arrival) {
	const body = nested(fields);
	const events = {
		'order.success': 'paid',
		'order.subscription_payment': 'paid',
		'order.subscription_resumed': 'paid',
		'order.rebill_failed': 'failed',
		'order.subscription_paused': 'failed',
		'order.subscription_cancelled': 'cancelled',
		'order.refund': 'refunded',
	};
	const event = events[body.event];
	if (event === undefined || !body.order_id) return [];
	const about = body.refund ?? body.subscription;
	const map = body.purchase_map ?? body.purchase_map_flat ?? '';
	const bought = (typeof map === 'string' ? map.split(',') : Object.values(map).flat())
		.map((each) => String(each).trim())
		.filter((each) => each !== '');
	const products =
		body.event === 'order.success' && bought.length > 0
			? bought
			: [about?.type && about?.id ? `${about.type}-${about.id}` : `product-${body.base_product}`];
	// An order tells its time in other fields than what happens to it later. Within an order that
	// something happens to, the time is still that of the order.
	const unix = (value) => (Number(value) > 0 ? new Date(Number(value) * 1000).toISOString() : '');
	const time =
		body.date_iso8601 ||
		unix(body.date_unix) ||
		(body.event === 'order.success' &&
			(unix(body.order_timestamp) || body.order?.date_iso8601 || unix(body.order?.date_unix)));
	const passed = Object.entries(body.passthrough ?? {}).filter(([name]) => /member/i.test(name));

	return products.map((productId) =>
		paymentEvent({
			event,
			shop: 'thrivecart',
			eventId: [
				body.event,
				productId,
				body.event_id || body.date_unix || body.order_timestamp || arrival.slice(0, 10),
			].join(':'),
			eventTime: timeOf(time, arrival),
			orderId: body.order_id,
			productId,
			email: body.customer?.email,
			firstName: body.customer?.first_name ?? body.customer?.firstname,
			lastName: body.customer?.last_name ?? body.customer?.lastname,
			memberEmails: emailsIn(passed.map(([, value]) => value)),
		}),
	);
}

export const thrivecart = {
	id: 'thrivecart',
	title: 'ThriveCart',
	read: readThrivecart,
	verify: { by: 'thrivecart' },
	setUp: `Enter the **secret word** of *Settings → API & Webhooks* in the node **Settings** here. Without it every call is refused. n8n keeps it in the workflow and its executions. Publish this workflow, then add its production URL in ThriveCart: ThriveCart checks the address first (HEAD), which is answered.

A product in **memberspot_products** is written as ThriveCart names it: \`product-7\`, \`bump-7\`, \`upsell-3\`.`,
	events: `\`order.success\`, \`order.subscription_payment\`, \`order.subscription_resumed\` → paid · \`order.rebill_failed\`, \`order.subscription_paused\` → failed · \`order.subscription_cancelled\` → cancelled · \`order.refund\` → refunded. ThriveCart reports no chargebacks: your payment provider does.`,
	members: `a passthrough field with "member" in its name (\`?passthrough[member_emails]=anna@example.com\`)`,
	limits: `A cancelled subscription loses access at once. Remove that line in **Read the Event** if your buyers keep it until the paid time ends.`,
	samples: {
		payment: {
			event: 'order.success',
			order_timestamp: '1768033800',
			base_product: '4711',
			order_id: 'SAMPLE-TC1',
			purchase_map: ['product-4711'],
			customer: { email: 'erika@example.com', first_name: 'Erika', last_name: 'Muster' },
		},
		refund: {
			event: 'order.refund',
			date_iso8601: '2026-01-20T08:30:00+00:00',
			base_product: '4711',
			order_id: 'SAMPLE-TC1',
			refund: { type: 'product', id: '4711' },
			customer: { email: 'erika@example.com' },
		},
	},
};
