import { createHash } from 'node:crypto';
import { checkPayments } from './payments.mjs';

const PASSPHRASE = 'sample passphrase';

/** Digistore24 sends times of Germany without a zone; these are in winter. */
const german = (at) =>
	new Date(Date.parse(at) + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
const events = (name) => (sale) => ({
	body: {
		event: name,
		order_id: sale.order,
		product_id: sale.product,
		transaction_id: `${sale.order}${name}${Date.parse(sale.at)}`,
		transaction_processed_at: german(sale.at),
		quantity: '1',
		email: sale.email,
		address_first_name: 'Erika',
		address_last_name: 'Buyer',
		custom: sale.member ?? '',
	},
});

const shop = {
	id: 'digistore24',
	events: {
		paid: events('on_payment'),
		failed: events('on_payment_missed'),
		refunded: events('on_refund'),
		chargeback: events('on_chargeback'),
	},
	sign({ body }) {
		const signed = Object.keys(body)
			.sort()
			.filter((key) => body[key] !== '')
			.map((key) => `${key}=${body[key]}${PASSPHRASE}`)
			.join('');
		const sha_sign = createHash('sha512').update(signed).digest('hex').toUpperCase();

		return {
			path: 'memberspot-payment-digistore24',
			text: new URLSearchParams({ ...body, sha_sign }).toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
		};
	},
};

/** Each kind of IPN call of Digistore24, in and out of order, forged, twice, and while Memberspot fails. */
export default {
	example: 'payment-digistore24',
	async check(context) {
		await checkPayments(context, shop, fillIn('passphrase', PASSPHRASE));
	},
};

/** Fills in the node Settings as a user would. */
export function fillIn(name, value) {
	return ({ nodes }) => {
		const { assignments } = nodes.find((node) => node.name === 'Settings').parameters.assignments;
		assignments.find((each) => each.name === name).value = value;
	};
}
