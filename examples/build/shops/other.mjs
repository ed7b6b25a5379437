import { emailsIn, paymentEvent, timeOf } from './shared.mjs';

/** Reads an event in the form that all shops share, from any shop or a workflow of your own. */
export function readOther(body, headers, arrival) {
	const known = ['paid', 'failed', 'cancelled', 'refunded', 'chargeback'];
	if (!known.includes(body.event) || !body.orderId) return [];

	return [
		paymentEvent({
			event: body.event,
			shop: body.shop || 'other',
			eventId:
				body.eventId || [body.event, body.orderId, body.productId, body.time || arrival].join(':'),
			eventTime: timeOf(body.time, arrival),
			orderId: body.orderId,
			productId: body.productId,
			quantity: body.seats,
			email: body.email,
			firstName: body.firstName,
			lastName: body.lastName,
			memberEmails: emailsIn(body.memberEmails),
			endsAt: body.endsAt ? timeOf(body.endsAt, '') : '',
		}),
	];
}

export const other = {
	id: 'other',
	file: 'payment-other-shop',
	title: 'Another Shop',
	read: readOther,
	verify: { by: 'header', credential: 'Shop header' },
	setUp: `For a shop that is not among the other files, or for a workflow of your own that calls this one. Make a credential of the type **Header Auth** named **Shop header**, with a name (for example \`X-Shop-Secret\`) and a long random value. n8n refuses calls without it.

The event:
\`{ "event": "paid", "orderId": "A-1", "productId": "4711", "email": "erika@example.com", "firstName": "Erika", "lastName": "Muster", "time": "2026-01-10T08:30:00Z" }\`

Also: \`shop\`, \`eventId\`, \`seats\`, \`memberEmails\`, \`endsAt\`.`,
	events: `\`event\` is paid, failed, cancelled, refunded or chargeback.`,
	members: `\`memberEmails\``,
	limits: `Send \`time\` and \`eventId\` where your shop has them. Without them the time of arrival counts, and an event that comes twice counts as two.`,
	samples: {
		payment: {
			event: 'paid',
			eventId: 'sample-1',
			orderId: 'SAMPLE-OT1',
			productId: '4711',
			time: '2026-01-10T08:30:00Z',
			email: 'erika@example.com',
			firstName: 'Erika',
			lastName: 'Muster',
		},
		refund: {
			event: 'refunded',
			eventId: 'sample-2',
			orderId: 'SAMPLE-OT1',
			productId: '4711',
			time: '2026-01-20T08:30:00Z',
			email: 'erika@example.com',
		},
	},
};
