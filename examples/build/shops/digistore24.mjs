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
	// The times of Digistore24 carry no zone; German time is taken.
	const time = DateTime.fromSQL(String(body.transaction_processed_at ?? ''), {
		zone: 'Europe/Berlin',
	});

	return [
		paymentEvent({
			event,
			shop: 'digistore24',
			eventId: [
				body.event,
				body.product_id,
				body.transaction_id || body.pay_sequence_no || arrival.slice(0, 10),
			].join(':'),
			eventTime: time.isValid ? time.toUTC().toISO() : arrival,
			orderId: body.order_id,
			productId: body.product_id,
			quantity: body.quantity,
			email: body.email,
			firstName: body.address_first_name,
			lastName: body.address_last_name,
			memberEmails: emailsIn(body.custom),
		}),
	];
}

export const digistore24 = {
	id: 'digistore24',
	title: 'Digistore24',
	read: readDigistore24,
	verify: { by: 'sha512' },
	setUp: `In Digistore24: *Settings → Integrations (IPN) → Add new connection → Generic*. URL: the production URL of **When Digistore24 Calls**. Events: payment, missed payment, refund, chargeback, end of paid period. Make up a **passphrase**, enter it there and in the node **Settings** here. Without a passphrase every call is refused. n8n keeps it in the workflow and its executions.`,
	events: `\`on_payment\` → paid · \`on_payment_missed\` → failed · \`on_refund\` → refunded · \`on_chargeback\` → chargeback · \`last_paid_day\` → cancelled. \`on_rebill_cancelled\` is passed over: the buyer has paid until the last paid day.`,
	members: `the field \`custom\` of the order link (\`?custom=anna@example.com,ben@example.com\`)`,
	limits: `Only payments, refunds and chargebacks carry a time of their own (\`transaction_processed_at\`, read as German time). For the others the time of arrival counts.`,
	samples: {
		payment: {
			event: 'on_payment',
			order_id: 'SAMPLE-DS1',
			product_id: '4711',
			transaction_id: '90000001',
			transaction_processed_at: '2026-01-10 09:30:00',
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
			transaction_processed_at: '2026-01-20 09:30:00',
			email: 'erika@example.com',
		},
	},
};
