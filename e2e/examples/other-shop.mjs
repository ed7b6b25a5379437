/** A shop that sends the common form of events, for checks that need payments. */

const SECRET = 'sample-secret';
export const SHOP_HEADER = { credential: 'Shop header', name: 'X-Shop-Secret', value: SECRET };

/** A credential with a header; made once, since two of one name would not be found by it. */
export async function ensureHeader(api, { credential, name, value }) {
	await api.ensureCredential(credential, 'httpHeaderAuth', { name, value });
}

const events = (event) => (sale) => ({
	body: {
		event,
		eventId: `${event}-${sale.order}-${sale.at}`,
		orderId: sale.order,
		productId: sale.product,
		email: sale.email,
		firstName: 'Erika',
		lastName: 'Buyer',
		memberEmails: sale.member,
		time: sale.at,
	},
});

/** @type {import('./payments.mjs').Shop} */
export const otherShop = {
	id: 'other',
	events: {
		paid: events('paid'),
		failed: events('failed'),
		cancelled: events('cancelled'),
		refunded: events('refunded'),
		chargeback: events('chargeback'),
	},
	sign: ({ body }) => ({
		path: 'memberspot-payment-other',
		text: JSON.stringify(body),
		headers: { 'x-shop-secret': SECRET },
	}),
	forge: ({ headers, ...call }) => ({
		...call,
		headers: { ...headers, 'x-shop-secret': 'guessed' },
	}),
	/** n8n refuses by itself, before the workflow starts. */
	refusal: 403,
};
