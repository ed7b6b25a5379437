import { ensureSecret, checkPayments, grantsOf, hmacBase64, Till } from './payments.mjs';

const SECRET = 'sample-secret';
/** Shopify numbers its orders. */
const number = (order) => 990000 + Number(order);
const line = (sale) => ({
	id: 1,
	product_id: Number(sale.product),
	quantity: sale.seats ?? 1,
	properties: [],
});

const shop = {
	id: 'shopify',
	orderId: (order) => String(number(order)),
	events: {
		paid: (sale) => ({
			headers: { 'x-shopify-topic': 'orders/paid' },
			body: {
				id: number(sale.order),
				email: sale.email,
				processed_at: sale.at,
				customer: { first_name: 'Erika', last_name: 'Buyer' },
				line_items: [line(sale)],
				note_attributes:
					sale.member === undefined ? [] : [{ name: 'Member e-mail', value: sale.member }],
			},
		}),
		cancelled: (sale) => ({
			headers: { 'x-shopify-topic': 'orders/cancelled' },
			body: {
				id: number(sale.order),
				email: sale.email,
				cancelled_at: sale.at,
				line_items: [line(sale)],
			},
		}),
		refunded: (sale) => ({
			headers: { 'x-shopify-topic': 'refunds/create' },
			body: {
				id: number(sale.order) + 100000,
				order_id: number(sale.order),
				created_at: sale.at,
				refund_line_items: [{ id: 1, quantity: sale.back ?? 1, line_item: line(sale) }],
			},
		}),
		chargeback: (sale) => ({
			headers: { 'x-shopify-topic': 'disputes/create' },
			body: { id: 1, order_id: number(sale.order), type: 'chargeback', initiated_at: sale.at },
		}),
	},
	sign({ body, headers }) {
		const text = JSON.stringify(body);

		return {
			path: 'memberspot-payment-shopify',
			text,
			headers: { ...headers, 'x-shopify-hmac-sha256': hmacBase64(SECRET, text) },
		};
	},
};

/**
 * Each kind of delivery of Shopify, in and out of order, forged, twice, and while Memberspot fails; a
 * cancellation; seats, and one of them paid back.
 */
export default {
	example: 'payment-shopify',
	async check(context) {
		const { api, standIn, expect, importExample, rows } = context;
		await ensureSecret(api, 'Shopify webhook secret', SECRET);
		let workflow;
		await checkPayments(
			{
				...context,
				importExample: async (...parts) => (workflow = await importExample(...parts)),
			},
			shop,
		);
		const till = new Till(api, shop, workflow);
		const active = async (email) =>
			String((await grantsOf(standIn, email)).map((grant) => grant.active));

		const off = { order: '3001', email: 'regret@example.com', product: '4711' };
		await till.send('paid', { ...off, at: '2026-03-20T08:00:00Z' });
		await till.send('cancelled', { ...off, at: '2026-03-21T08:00:00Z' });
		expect('a cancelled order switches the access off', (await active(off.email)) === 'false');

		const seats = { order: '3002', email: 'boss@example.com', product: '4711', seats: 2 };
		await till.send('paid', {
			...seats,
			member: 'one@example.com, two@example.com, three@example.com',
			at: '2026-03-20T08:00:00Z',
		});
		expect(
			'two seats: two members, the third address and the buyer get nothing',
			(await active('one@example.com')) === 'true' &&
				(await active('two@example.com')) === 'true' &&
				(await standIn.user('three@example.com')) === undefined &&
				(await standIn.user('boss@example.com')) === undefined,
		);
		await till.send('refunded', { ...seats, back: 1, at: '2026-03-22T08:00:00Z' });
		expect(
			'one of two seats paid back: nothing changes, a human is asked',
			(await active('one@example.com')) === 'true' &&
				(await active('two@example.com')) === 'true' &&
				(await rows('memberspot_to_check')).some(({ kind }) => kind === 'unclear'),
		);
		await till.send('refunded', { ...seats, back: 2, at: '2026-03-23T08:00:00Z' });
		expect(
			'both paid back: both off',
			(await active('one@example.com')) === 'false' &&
				(await active('two@example.com')) === 'false',
		);
	},
};
