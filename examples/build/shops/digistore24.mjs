import { emailsIn, paymentEvent } from './shared.mjs';

/** Reads an IPN call of Digistore24. */
export function readDigistore24(body, headers, arrival, DateTime) {
	const events = {
		on_payment: 'paid',
		on_payment_missed: 'failed',
		on_refund: 'refunded',
		on_chargeback: 'chargeback',
		last_paid_day: 'cancelled',
	};
	const event = events[body.event];
	if (event === undefined || !body.order_id) return [];
	// The times of Digistore24 carry no zone; German time is taken. Only payments, refunds and
	// chargebacks are transactions: with other events the last one is named, which is long past.
	const times =
		body.event === 'on_payment_missed' || body.event === 'last_paid_day'
			? []
			: [body.transaction_processed_at, `${body.transaction_date} ${body.transaction_time}`];
	const time = times
		.map((each) => DateTime.fromSQL(String(each ?? ''), { zone: 'Europe/Berlin' }))
		.find(({ isValid }) => isValid);

	return [
		paymentEvent({
			event,
			shop: 'digistore24',
			eventId: [
				body.event,
				body.product_id,
				body.transaction_id || body.pay_sequence_no || arrival.slice(0, 10),
			].join(':'),
			eventTime: time === undefined ? arrival : time.toUTC().toISO(),
			orderId: body.order_id,
			productId: body.product_id,
			quantity: body.quantity,
			email: body.email || body.buyer_email,
			firstName: body.address_first_name || body.buyer_first_name,
			lastName: body.address_last_name || body.buyer_last_name,
			memberEmails: emailsIn(body.custom),
		}),
	];
}

export const digistore24 = {
	id: 'digistore24',
	title: 'Digistore24',
	read: readDigistore24,
	verify: { by: 'sha512' },
	setUp: `In Digistore24: *Settings → Integrations (IPN) → Add new connection → Generic*. Publish this workflow first: Digistore24 may look at the address (GET), which is answered. URL: the production URL of **When Digistore24 Calls**. Events: payment, missed payment, refund, chargeback, end of paid period. Make up a **passphrase**, enter it there and in the node **Settings** here. Without a passphrase every call is refused. n8n keeps it in the workflow and its executions.`,
	events: `\`on_payment\` → paid · \`on_payment_missed\` → failed · \`on_refund\` → refunded · \`on_chargeback\` → chargeback · \`last_paid_day\` → cancelled. \`on_rebill_cancelled\` is passed over: the buyer has paid until the last paid day.`,
	members: `the field \`custom\` of the order link (\`?custom=anna@example.com,ben@example.com\`)`,
	limits: `Only payments, refunds and chargebacks have a time of their own (\`transaction_date\` and \`transaction_time\`, read as German time). For the others the time of arrival counts. A refund of a part counts as a refund. After an upgrade Digistore24 sends no event for the old order, which is named in \`upgraded_order_id\`: switch it off by hand.`,
	samples: {
		payment: {
			event: 'on_payment',
			order_id: 'SAMPLE-DS1',
			product_id: '4711',
			transaction_id: '90000001',
			transaction_date: '2026-01-10',
			transaction_time: '09:30:00',
			quantity: '1',
			email: 'erika@example.com',
			address_first_name: 'Erika',
			address_last_name: 'Muster',
		},
		refund: {
			event: 'on_refund',
			order_id: 'SAMPLE-DS1',
			product_id: '4711',
			transaction_id: '90000002',
			transaction_date: '2026-01-20',
			transaction_time: '09:30:00',
			email: 'erika@example.com',
		},
	},
};
