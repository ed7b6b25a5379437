import { ensureSecret, checkPayments, grantsOf, hmacBase64, Till } from './payments.mjs';

const SECRET = 'sample-secret';
/** WooCommerce numbers its orders. */
const number = (order) => 990000 + Number(order);
const order = (status) => (sale) => ({
	headers: { 'x-wc-webhook-topic': 'order.updated' },
	body: {
		id: number(sale.order),
		status,
		date_modified_gmt: sale.at.slice(0, 19),
		date_paid_gmt: (sale.paidAt ?? sale.at).slice(0, 19),
		billing: { email: sale.email, first_name: 'Erika', last_name: 'Buyer' },
		line_items: [{ id: 1, product_id: Number(sale.product), quantity: 1 }],
		meta_data: [
			...(sale.member === undefined ? [] : [{ key: 'member_emails', value: sale.member }]),
			...(sale.renewalOf === undefined
				? []
				: [{ key: '_subscription_renewal', value: String(sale.renewalOf) }]),
		],
	},
});
const subscription = (status) => (sale) => ({
	headers: { 'x-wc-webhook-topic': 'subscription.updated' },
	body: {
		id: number(sale.order) + 5000,
		parent_id: number(sale.order),
		status,
		date_modified_gmt: sale.at.slice(0, 19),
		billing: { email: sale.email, first_name: 'Erika', last_name: 'Buyer' },
		line_items: [{ id: 1, product_id: Number(sale.product), quantity: 1 }],
	},
});

const shop = {
	id: 'woocommerce',
	orderId: (each) => String(number(each)),
	events: {
		paid: order('completed'),
		failed: order('failed'),
		refunded: order('refunded'),
		subscribed: subscription('active'),
		ended: subscription('cancelled'),
	},
	sign({ body, headers }) {
		const text = JSON.stringify(body);

		return {
			path: 'memberspot-payment-woocommerce',
			text,
			headers: { ...headers, 'x-wc-webhook-signature': hmacBase64(SECRET, text) },
		};
	},
};

/**
 * Orders and subscriptions of WooCommerce, in and out of order, forged, twice, and while Memberspot
 * fails; the first look at the address; a renewal, and its refund; an old order that somebody edits.
 */
export default {
	example: 'payment-woocommerce',
	async check(context) {
		const { api, standIn, expect, importExample } = context;
		await ensureSecret(api, 'WooCommerce webhook secret', SECRET);
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

		const ping = await api.callWebhook('memberspot-payment-woocommerce', 'webhook_id=12', {
			'content-type': 'application/x-www-form-urlencoded',
		});
		expect("WooCommerce's first look at the address is answered", ping.status === 200);

		const member = { order: '3001', email: 'subscriber@example.com', product: '4711' };
		await till.send('paid', { ...member, at: '2026-03-20T08:00:00Z' });
		await till.send('subscribed', { ...member, at: '2026-03-20T08:00:01Z' });
		await till.send('paid', {
			...member,
			order: '3002',
			at: '2026-04-20T08:00:00Z',
			renewalOf: number('3001') + 5000,
		});
		expect(
			'a subscription is one grant, renewals or not',
			(await grantsOf(standIn, member.email)).length === 1,
		);
		const renewal = {
			...member,
			order: '3002',
			paidAt: '2026-04-20T08:00:00Z',
			renewalOf: number('3001') + 5000,
		};
		await till.send('refunded', { ...renewal, at: '2026-04-21T08:00:00Z' });
		expect(
			'a renewal that is refunded switches the subscription off',
			(await active(member.email)) === 'false',
			'renewal refunded → off',
		);
		await till.send('subscribed', { ...member, at: '2026-04-22T08:00:00Z' });
		expect('paid again it is on', (await active(member.email)) === 'true');
		await till.send('refunded', { ...renewal, at: '2026-04-23T08:00:00Z' });
		expect(
			'editing the refunded renewal does not switch it off again',
			(await active(member.email)) === 'true',
		);
		const early = { order: '3003', email: 'early.renewal@example.com', product: '4711' };
		await till.send('refunded', {
			...early,
			order: '3004',
			at: '2026-04-21T08:00:00Z',
			renewalOf: number('3003') + 5000,
		});
		await till.send('subscribed', { ...early, at: '2026-04-20T08:00:00Z' });
		expect(
			'a renewal that is refunded before anything is known of its subscription: no access',
			(await active(early.email)) === '',
		);
		await till.send('ended', { ...member, at: '2026-05-01T08:00:00Z' });
		expect('its end switches the access off', (await active(member.email)) === 'false');
		await till.send('paid', {
			...member,
			paidAt: '2026-03-20T08:00:00Z',
			at: '2026-05-02T08:00:00Z',
		});
		expect(
			'editing the old order does not open it again',
			(await active(member.email)) === 'false',
		);
	},
};
