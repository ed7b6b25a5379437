import { emailsIn, paymentEvent, timeOf } from './shared.mjs';

/** Reads an IPN call of CopeCart. */
export function readCopecart(body, headers, arrival) {
	const events = {
		'payment.made': 'paid',
		'payment.trial': 'paid',
		'payment.failed': 'failed',
		'payment.refunded': 'refunded',
		'payment.charged_back': 'chargeback',
		'payment.recurring.cancelled': 'cancelled',
	};
	const event = events[body.event_type];
	if (event === undefined || !body.order_id) return [];
	// A plain date means that whole day.
	const last = String(body.is_cancelled_for ?? '');
	const endsAt =
		event !== 'cancelled' || last === ''
			? ''
			: timeOf(last.length === 10 ? `${last}T23:59:59Z` : last, '');

	return [
		paymentEvent({
			event,
			shop: 'copecart',
			eventId: [body.event_type, body.product_id, body.transaction_id || arrival.slice(0, 10)].join(
				':',
			),
			eventTime: timeOf(body.transaction_processed_at || body.transaction_date, arrival),
			orderId: body.order_id,
			productId: body.product_id,
			quantity: body.quantity,
			email: body.buyer_email,
			firstName: body.buyer_firstname,
			lastName: body.buyer_lastname,
			memberEmails: emailsIn(body.metadata),
			endsAt,
		}),
	];
}

export const copecart = {
	id: 'copecart',
	title: 'CopeCart',
	read: readCopecart,
	verify: { by: 'hmac', header: 'x-copecart-signature', credential: 'CopeCart IPN secret' },
	setUp: `In CopeCart: the IPN settings of the product or the account, type *Generic*. URL: the production URL of **When CopeCart Calls**. Put the shared secret into a credential of the type **Crypto**, field *Hmac Secret*, named **CopeCart IPN secret**.`,
	events: `\`payment.made\`, \`payment.trial\` → paid · \`payment.failed\` → failed · \`payment.refunded\` → refunded · \`payment.charged_back\` → chargeback · \`payment.recurring.cancelled\` → cancelled, at the end of the day \`is_cancelled_for\` where CopeCart names it.`,
	members: `the field \`metadata\` of the order link`,
	limits: `COPE, the newer platform of the same maker, sends other webhooks, which are not read here. The end of a cancelled subscription is worked off by the workflow *Memberspot: failed grants are tried again*. Import it as well.`,
	samples: {
		payment: {
			event_type: 'payment.made',
			order_id: 'SAMPLE-CC1',
			product_id: '4711',
			transaction_id: 'T-1',
			transaction_processed_at: '2026-01-10T08:30:00Z',
			quantity: 1,
			buyer_email: 'erika@example.com',
			buyer_firstname: 'Erika',
			buyer_lastname: 'Muster',
		},
		refund: {
			event_type: 'payment.refunded',
			order_id: 'SAMPLE-CC1',
			product_id: '4711',
			transaction_id: 'T-2',
			transaction_processed_at: '2026-01-20T08:30:00Z',
			buyer_email: 'erika@example.com',
		},
	},
};
