import { fillIn } from './payment-digistore24.check.mjs';
import { checkPayments } from './payments.mjs';

const SECRET = 'sample-secret';
const events = (event) => (sale) => ({
	body: {
		event,
		id: `${sale.order}${event}${sale.at}`,
		order_id: sale.order,
		product_id: sale.product,
		success_date: sale.at.replace(':00Z', 'Z'),
		'sellables[][product][id]': sale.product,
		'sellables[][quantity]': '1',
		'payer[email]': sale.email,
		'payer[first_name]': 'Erika',
		'payer[last_name]': 'Buyer',
		...(sale.member !== undefined && { 'gift_receiver[email]': sale.member }),
	},
});

const shop = {
	id: 'ablefy',
	arrivalCounts: true,
	events: {
		paid: events('payment.successful'),
		failed: events('order.subscription.paused'),
		refunded: events('refund.successful'),
		chargeback: events('chargeback.successful'),
	},
	sign: ({ body }) => ({
		path: `memberspot-payment-ablefy?secret=${SECRET}`,
		text: new URLSearchParams(body).toString(),
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
	}),
	forge: ({ path, ...call }) => ({ ...call, path: path.replace(SECRET, 'guessed') }),
};

/** Each kind of event of ablefy, in and out of order, forged, twice, and while Memberspot fails. */
export default {
	example: 'payment-ablefy',
	async check(context) {
		await checkPayments(context, shop, fillIn('secret', SECRET));
	},
};
