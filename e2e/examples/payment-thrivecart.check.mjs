import { fillIn } from './payment-digistore24.check.mjs';
import { checkPayments } from './payments.mjs';

const SECRET = 'SAMPLE-WORD';
const events = (event) => (sale) => ({
	body: {
		event,
		...(event === 'order.success'
			? { order_timestamp: String(Date.parse(sale.at) / 1000) }
			: { date_iso8601: sale.at.replace('Z', '+00:00') }),
		base_product: sale.product.split('-')[1],
		order_id: sale.order,
		'customer[email]': sale.email,
		'customer[first_name]': 'Erika',
		'customer[last_name]': 'Buyer',
		...(event === 'order.refund'
			? { 'refund[type]': 'product', 'refund[id]': sale.product.split('-')[1] }
			: { 'purchase_map[0]': sale.product }),
		...(sale.member !== undefined && { 'passthrough[member_emails]': sale.member }),
		thrivecart_secret: SECRET,
	},
});

const shop = {
	id: 'thrivecart',
	product: 'product-4711',
	otherProduct: 'product-9999',
	events: {
		paid: events('order.success'),
		failed: events('order.rebill_failed'),
		refunded: events('order.refund'),
	},
	sign: ({ body }) => ({
		path: 'memberspot-payment-thrivecart',
		text: new URLSearchParams(body).toString(),
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
	}),
	forge: ({ text, ...call }) => ({ ...call, text: text.replace(SECRET, 'GUESSED') }),
};

/**
 * Each kind of event of ThriveCart, in and out of order, forged, twice, and while Memberspot fails;
 * and the look at the address that ThriveCart takes first.
 */
export default {
	example: 'payment-thrivecart',
	async check(context) {
		await checkPayments(context, shop, fillIn('secret', SECRET));
		const { status } = await fetch(context.api.webhookUrl('memberspot-payment-thrivecart'), {
			method: 'HEAD',
		});
		context.expect("ThriveCart's look at the address is answered", status === 200);
	},
};
