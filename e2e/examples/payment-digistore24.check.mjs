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
		transaction_date: german(sale.at).slice(0, 10),
		transaction_time: german(sale.at).slice(11),
		quantity: '1',
		email: sale.email,
		address_first_name: 'Erika',
		address_last_name: 'Buyer',
		custom: sale.member ?? '',
	},
});

const shop = {
	id: 'digistore24',
	arrivalCounts: true,
	events: {
		paid: events('on_payment'),
		failed: events('on_payment_missed'),
		refunded: events('on_refund'),
		chargeback: events('on_chargeback'),
	},
	sign({ body, inCapitals = false }) {
		const signed = Object.entries(body)
			.filter(([, value]) => value !== '')
			.map(([key, value]) => [inCapitals ? key.toUpperCase() : key, value])
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, value]) => `${key}=${value}${PASSPHRASE}`)
			.join('');
		const sha_sign = createHash('sha512').update(signed).digest('hex').toUpperCase();

		return {
			path: 'memberspot-payment-digistore24',
			text: new URLSearchParams({ ...body, sha_sign }).toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
		};
	},
};

/**
 * Each kind of IPN call of Digistore24, in and out of order, forged, twice, and while Memberspot fails;
 * the look at the address, and the other way to sign.
 */
export default {
	example: 'payment-digistore24',
	async check(context) {
		await checkPayments(context, shop, fillIn('passphrase', PASSPHRASE));
		const path = 'memberspot-payment-digistore24';
		const look = await fetch(context.api.webhookUrl(path));
		context.expect(
			"Digistore24's look at the address is answered",
			look.status === 200 && (await look.text()) === 'OK',
		);
		const { text, headers } = shop.sign({ body: { event: 'connection_test' }, inCapitals: true });
		const test = await context.api.callWebhook(path, text, headers);
		context.expect(
			'a test signed with names in capitals is answered with OK',
			test.status === 200 && test.body === 'OK',
		);
	},
};

/** Fills in the node Settings as a user would. */
export function fillIn(name, value) {
	return ({ nodes }) => {
		const { assignments } = nodes.find((node) => node.name === 'Settings').parameters.assignments;
		assignments.find((each) => each.name === name).value = value;
	};
}
