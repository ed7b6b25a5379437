import { emailsIn, nested, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook event of ablefy (formerly elopage), sent as a form or as JSON. */
export function readAblefy(fields, headers, arrival) {
	const body = nested(fields);
	const name = String(body.event ?? '');
	const known = {
		'payment.successful': 'paid',
		'order.subscription.paying': 'paid',
		'order.subscription.paused': 'failed',
		'refund.successful': 'refunded',
		'chargeback.successful': 'chargeback',
	};
	// A cancellation is carried out only where it says when the access ends.
	const last = String(body.access_expiration_date ?? '');
	// A plain date means that whole day.
	const endsAt =
		name === 'order.subscription.canceled'
			? timeOf(last.length === 10 ? `${last}T23:59:59Z` : last, '')
			: '';
	const soundsLikeAnEnd =
		/^(order|payment|refund|chargeback)\./.test(name) &&
		/refund|chargeback|cancel|paus|finish|complet|expir|debt|error|fail/.test(name);
	const event = known[name] ?? (endsAt !== '' ? 'cancelled' : soundsLikeAnEnd ? 'unclear' : '');
	if (event === '' || !body.order_id) return [];
	// What happens to an order as a whole has no time of its own: the one it carries is the order's.
	const time = name.startsWith('order.') ? '' : body.success_date || body.created_date;
	// A form lists the values of all products under each name, JSON lists the products.
	const sold = [body.sellables ?? []].flat();
	const products = sold.flatMap(({ product }) => product?.id ?? []).map(String);
	const productId = String(body.product_id ?? body.product?.id ?? products[0] ?? '');
	const common = {
		shop: 'ablefy',
		eventId: [name, body.id || body.order_id, time || arrival.slice(0, 10)].join(':'),
		eventTime: timeOf(time, arrival),
		orderId: body.order_id,
		email: body.payer?.email,
		firstName: body.payer?.first_name,
		lastName: body.payer?.last_name,
		memberEmails: emailsIn([body.gift_receiver, body.add_id_1]),
		endsAt,
	};
	const others = name === 'payment.successful' ? products.filter((id) => id !== productId) : [];

	return [
		paymentEvent({
			...common,
			event,
			productId,
			quantity: products.length > 1 ? 1 : (body.quantity ?? sold[0]?.quantity),
			reason: `ablefy reports ${name}. Nothing was changed: see in ablefy what it means for the access.`,
		}),
		...others.map((id) =>
			paymentEvent({
				...common,
				event: 'unclear',
				productId: id,
				reason: `The order names the product ${id} as well. Nobody got access by that: see in ablefy whether it was paid.`,
			}),
		),
	];
}

export const ablefy = {
	id: 'ablefy',
	title: 'ablefy',
	read: readAblefy,
	verify: { by: 'query' },
	setUp: `In ablefy (formerly elopage): the webhook settings. URL: the production URL of **When ablefy Calls** with \`?secret=…\` behind it, a long random text of your own. Enter the same text in the node **Settings**. Without it every call is refused. n8n keeps it in the workflow and its executions.

Choose the events for successful payments, refunds and chargebacks, and those for an active, a paused and a cancelled subscription.`,
	events: `\`payment.successful\` and \`order.subscription.paying\` → paid · \`order.subscription.paused\` → failed · \`refund.successful\` → refunded · \`chargeback.successful\` → chargeback · \`order.subscription.canceled\` → cancelled, at \`access_expiration_date\`. Other events that sound like an end, and a cancellation without that date, go to **memberspot_to_check**: their exact meaning is not public.`,
	members: `\`gift_receiver\` or \`add_id_1\` (a link with \`?add_id_1=anna@example.com\`)`,
	limits: `No signature is described, so the secret stands in the address. Events about an order as a whole (\`order.…\`) have no time of their own: the time of arrival counts.`,
	samples: {
		payment: {
			event: 'payment.successful',
			id: '7000001',
			order_id: 'SAMPLE-AB1',
			product_id: '4711',
			success_date: '2026-01-10T08:30Z',
			payer: { email: 'erika@example.com', first_name: 'Erika', last_name: 'Muster' },
		},
		refund: {
			event: 'refund.successful',
			id: '7000002',
			order_id: 'SAMPLE-AB1',
			product_id: '4711',
			success_date: '2026-01-20T08:30Z',
			payer: { email: 'erika@example.com' },
		},
	},
};
