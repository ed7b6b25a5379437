import { ensureSecret, checkPayments, hmacBase64 } from './payments.mjs';

const SECRET = 'sample-secret';
const events = (event_type) => (sale) => ({
	body: {
		event_type,
		order_id: sale.order,
		product_id: sale.product,
		transaction_id: `${sale.order}-${event_type}-${sale.at}`,
		transaction_processed_at: sale.at,
		quantity: 1,
		buyer_email: sale.email,
		buyer_firstname: 'Erika',
		buyer_lastname: 'Buyer',
		metadata: sale.member ?? '',
	},
});

const shop = {
	id: 'copecart',
	events: {
		paid: events('payment.made'),
		failed: events('payment.failed'),
		refunded: events('payment.refunded'),
		chargeback: events('payment.charged_back'),
	},
	sign({ body }) {
		const text = JSON.stringify(body);

		return {
			path: 'memberspot-payment-copecart',
			text,
			headers: { 'x-copecart-signature': hmacBase64(SECRET, text) },
		};
	},
};

/** Each kind of event of CopeCart, in and out of order, forged, twice, and while Memberspot fails. */
export default {
	example: 'payment-copecart',
	async check(context) {
		await ensureSecret(context.api, 'CopeCart IPN secret', SECRET);
		await checkPayments(context, shop);
	},
};
