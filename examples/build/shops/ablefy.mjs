import { emailsIn, nested, paymentEvent, timeOf } from './shared.mjs';

/** Reads a webhook event of ablefy (formerly elopage). */
export function readAblefy(fields, headers, arrival) {
	const body = nested(fields);
	const events = {
		'payment.successful': 'paid',
		'order.subscription.paying': 'paid',
		'order.subscription.paused': 'failed',
		'order.subscription.canceled': 'cancelled',
		'order.subscription.finished': 'cancelled',
		'refund.successful': 'refunded',
		'chargeback.successful': 'chargeback',
	};
	const event = events[body.event];
	if (event === undefined || !body.order_id) return [];

	return [
		paymentEvent({
			event,
			shop: 'ablefy',
			eventId: [
				body.event,
				body.id || body.order_id,
				body.success_date || body.created_date || arrival.slice(0, 10),
			].join(':'),
			eventTime: timeOf(body.success_date || body.created_date, arrival),
			orderId: body.order_id,
			productId: body.product_id ?? body.product?.id,
			quantity: body.quantity,
			email: body.payer?.email,
			firstName: body.payer?.first_name,
			lastName: body.payer?.last_name,
			memberEmails: emailsIn([body.gift_receiver, body.add_id_1]),
		}),
	];
}

export const ablefy = {
	id: 'ablefy',
	title: 'ablefy',
	read: readAblefy,
	verify: { by: 'query' },
	setUp: `In ablefy (formerly elopage): the webhook settings. URL: the production URL of **When ablefy Calls** with \`?secret=…\` behind it, a long random text of your own. Enter the same text in the node **Settings**. Without it every call is refused. n8n keeps it in the workflow and its executions.

Choose the events for successful and paused payments, refunds, chargebacks and the end of a subscription.`,
	events: `\`payment.successful\` and \`order.subscription.paying\` → paid · \`order.subscription.paused\` → failed · \`order.subscription.canceled\` or \`.finished\` → cancelled · \`refund.successful\` → refunded · \`chargeback.successful\` → chargeback.`,
	members: `\`gift_receiver\` or \`add_id_1\` (a link with \`?add_id_1=anna@example.com\`)`,
	limits: `The names of fields and events come from public code that reads ablefy's calls, since no full description was public. Compare them with a real event before you rely on them. No signature is known, so the secret stands in the address.`,
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
