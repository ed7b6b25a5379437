import { createHmac } from 'node:crypto';
import { ensureSecret, checkPayments, grantsOf, Till } from './payments.mjs';

const SECRET = 'whsec_sample';
const seconds = (at) => Date.parse(at) / 1000;
const event = (type, object, sale) => ({
	body: {
		id: `evt_${type}_${sale.order}_${sale.at}`,
		type,
		created: seconds(sale.at),
		data: { object },
	},
});
const buyer = (sale) => ({ email: sale.email, name: 'Erika Buyer' });

const shop = {
	id: 'stripe',
	orderId: (order) => `pi_${order}`,
	events: {
		paid: (sale) =>
			event(
				'checkout.session.completed',
				{
					id: `cs_${sale.order}`,
					mode: 'payment',
					payment_status: 'paid',
					payment_intent: `pi_${sale.order}`,
					customer_details: buyer(sale),
					metadata: { product_id: sale.product, member_emails: sale.member },
				},
				sale,
			),
		failed: (sale) =>
			event(
				'checkout.session.async_payment_failed',
				{
					id: `cs_${sale.order}`,
					mode: 'payment',
					payment_intent: `pi_${sale.order}`,
					customer_details: buyer(sale),
					metadata: { product_id: sale.product },
				},
				sale,
			),
		refunded: (sale) =>
			event(
				'charge.refunded',
				{ id: `ch_${sale.order}`, payment_intent: `pi_${sale.order}`, refunded: true },
				sale,
			),
		chargeback: (sale) =>
			event(
				'charge.dispute.created',
				{ id: `dp_${sale.order}`, charge: `ch_${sale.order}`, payment_intent: `pi_${sale.order}` },
				sale,
			),
		partlyRefunded: (sale) =>
			event(
				'charge.refunded',
				{ id: `ch_${sale.order}`, payment_intent: `pi_${sale.order}`, refunded: false },
				sale,
			),
		subscribed: (sale) =>
			event(
				'invoice.paid',
				{
					id: `in_${sale.order}`,
					subscription: `sub_${sale.order}`,
					payment_intent: `pi_of_${sale.order}`,
					customer_email: sale.email,
					customer_name: 'Erika Buyer',
					lines: { data: [{ price: { product: sale.product }, quantity: 1 }] },
				},
				sale,
			),
		ended: (sale) =>
			event(
				'customer.subscription.deleted',
				{ id: `sub_${sale.order}`, items: { data: [{ price: { product: sale.product } }] } },
				sale,
			),
		disputed: (sale) =>
			event(
				'charge.dispute.created',
				{
					id: `dp_${sale.order}`,
					charge: `ch_${sale.order}`,
					payment_intent: `pi_of_${sale.order}`,
				},
				sale,
			),
	},
	sign({ body }, now = Math.floor(Date.now() / 1000)) {
		const text = JSON.stringify(body);
		const signature = createHmac('sha256', SECRET).update(`${now}.${text}`).digest('hex');

		return {
			path: 'memberspot-payment-stripe',
			text,
			headers: { 'stripe-signature': `t=${now},v1=${signature}` },
		};
	},
};

/**
 * Each kind of event of Stripe, in and out of order, forged, too old, twice, and while Memberspot
 * fails; a subscription until its end, and a dispute about one of its payments.
 */
export default {
	example: 'payment-stripe',
	async check(context) {
		const { api, standIn, expect, importExample } = context;
		await ensureSecret(api, 'Stripe signing secret', SECRET);
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

		const old = shop.sign(
			shop.events.paid({
				order: '2000',
				email: 'old@example.com',
				product: '4711',
				at: '2026-03-20T08:00:00Z',
			}),
			Math.floor(Date.now() / 1000) - 3600,
		);
		expect(
			'a call signed an hour ago is refused',
			(await api.callWebhook(old.path, old.text, old.headers)).status === 401,
		);

		const partly = { order: '2001', email: 'partly@example.com', product: '4711' };
		await till.send('paid', { ...partly, at: '2026-03-20T08:00:00Z' });
		await till.send('partlyRefunded', { ...partly, at: '2026-03-21T08:00:00Z' });
		expect('part of the money back changes nothing', (await active(partly.email)) === 'true');

		const member = { order: '2002', email: 'subscriber@example.com', product: '4711' };
		await till.send('subscribed', { ...member, at: '2026-03-20T08:00:00Z' });
		expect(
			'a paid invoice of a subscription gives access',
			(await active(member.email)) === 'true',
		);
		await till.send('ended', { ...member, at: '2026-04-20T08:00:00Z' });
		expect('the end of the subscription switches it off', (await active(member.email)) === 'false');

		const angry = { order: '2003', email: 'angry@example.com', product: '4711' };
		await till.send('subscribed', { ...angry, at: '2026-03-20T08:00:00Z' });
		await till.send('disputed', { ...angry, at: '2026-03-22T08:00:00Z' });
		expect(
			'a dispute about a payment finds its subscription',
			(await active(angry.email)) === 'false',
		);
	},
};
