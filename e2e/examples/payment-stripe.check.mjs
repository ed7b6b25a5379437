import { createHmac } from 'node:crypto';
import { waitFor } from '../../demo/lib/processes.mjs';
import { ensureSecret, checkPayments, grantsOf, ORDERS, Till, TO_CHECK } from './payments.mjs';

const SECRET = 'whsec_sample';
const KEY = 'rk_test_51SampleKeyOfTheCheck';
const CREDENTIAL = 'Stripe account';
const ASK = 'Ask Stripe';
const PATH = '/v1/invoice_payments';
const API_VERSION = '2025-03-31.basil';
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
		// As the API has it from 2025-03-31 on: the invoice names no payment.
		subscribedNow: (sale) =>
			event(
				'invoice.paid',
				{
					id: `in_${sale.order}`,
					parent: { subscription_details: { subscription: `sub_${sale.order}`, metadata: {} } },
					customer_email: sale.email,
					customer_name: 'Erika Buyer',
					lines: {
						data: [{ pricing: { price_details: { product: sale.product } }, quantity: 1 }],
					},
				},
				sale,
			),
		refundedNow: (sale) =>
			event(
				'charge.refunded',
				{ id: `ch_${sale.order}`, payment_intent: `pi_of_${sale.order}`, refunded: true },
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

/** What Stripe answers: the invoice that a payment paid, with its subscription. */
const invoicePayment = (payment, subscription = payment.replace('pi_of_', 'sub_')) => ({
	id: `inpay_${payment}`,
	object: 'invoice_payment',
	payment: { type: 'payment_intent', payment_intent: payment },
	status: 'paid',
	invoice: {
		id: payment.replace('pi_of_', 'in_'),
		object: 'invoice',
		parent: { type: 'subscription_details', subscription_details: { subscription } },
	},
});
const list = (...data) => ({ object: 'list', url: PATH, has_more: false, data });

/** One-off payments of this check paid no invoice. */
const asStripe = (payment) =>
	payment.startsWith('pi_of_') ? list(invoicePayment(payment)) : list();

/**
 * Plays Stripe's API.
 *
 * @returns {{ answer: (payment: string) => unknown, asked: string[], strange: object[] }} `answer` may
 *   be set; `strange` holds requests that Stripe would not have answered
 */
function serveStripe(services) {
	const stripe = { answer: asStripe, asked: [], strange: [] };
	services.on('GET', PATH, async ({ query, headers }) => {
		const payment = query['payment[payment_intent]'];
		if (
			headers.authorization !== `Bearer ${KEY}` ||
			headers['stripe-version'] !== API_VERSION ||
			query['payment[type]'] !== 'payment_intent' ||
			query['expand[]'] !== 'data.invoice'
		)
			stripe.strange.push({ query, headers: { ...headers, authorization: undefined } });
		stripe.asked.push(payment);

		return await stripe.answer(payment);
	});

	return stripe;
}

/**
 * Each kind of event of Stripe, in and out of order, forged, too old, twice, and while Memberspot
 * fails; a subscription until its end; disputes and refunds of its payments, which name the payment
 * only, while Stripe can be asked for its subscription and while it can't.
 */
export default {
	example: 'payment-stripe',
	async check(context) {
		const { api, services, expect, importExample } = context;
		await ensureSecret(api, 'Stripe signing secret', SECRET);
		await api.ensureCredential(CREDENTIAL, 'stripeApi', { secretKey: KEY });
		const pointToServices = ({ nodes }) => {
			const node = (name) => nodes.find((each) => each.name === name).parameters;
			node(ASK).url = services.url + PATH;
			// The clock shall not run into the check; it is started by hand.
			node('Every Hour').rule = { interval: [{ field: 'months', monthsInterval: 12 }] };
		};
		const stripe = serveStripe(services);
		let workflow;
		await checkPayments(
			{
				...context,
				importExample: async (changes) =>
					(workflow = await importExample((content) => {
						pointToServices(content);
						changes?.(content);
					})),
			},
			shop,
		);
		const till = new Till(api, shop, workflow);
		const school = { ...context, stripe, till, workflow, executions: [] };
		await knowsByItself(school);
		stripe.answer = asStripe;
		await asksForTheSubscription(school);
		await guessesNothing(school);
		await asksAgain(school);
		await worksWithoutKey(school, pointToServices);
		expect('each request to Stripe was as its reference says', stripe.strange.length === 0);
		await showsNoKey(school);
	},
};

const activeIn =
	({ standIn }) =>
	async ({ email }) =>
		String((await grantsOf(standIn, email)).map((grant) => grant.active));

const member = (order) => ({ order, email: `member-${order}@example.com`, product: '4711' });

async function knowsByItself(school) {
	const { api, expect, till } = school;
	const active = activeIn(school);
	const old = shop.sign(
		shop.events.paid({ ...member('2000'), at: '2026-03-20T08:00:00Z' }),
		Math.floor(Date.now() / 1000) - 3600,
	);
	expect(
		'a call signed an hour ago is refused',
		(await api.callWebhook(old.path, old.text, old.headers)).status === 401,
	);

	const partly = member('2001');
	await till.send('paid', { ...partly, at: '2026-03-20T08:00:00Z' });
	await till.send('partlyRefunded', { ...partly, at: '2026-03-21T08:00:00Z' });
	expect('part of the money back changes nothing', (await active(partly)) === 'true');

	const subscriber = member('2002');
	await till.send('subscribed', { ...subscriber, at: '2026-03-20T08:00:00Z' });
	expect('a paid invoice of a subscription gives access', (await active(subscriber)) === 'true');
	await till.send('ended', { ...subscriber, at: '2026-04-20T08:00:00Z' });
	expect('the end of the subscription switches it off', (await active(subscriber)) === 'false');

	const before = school.stripe.asked.length;
	const angry = member('2003');
	await till.send('subscribed', { ...angry, at: '2026-03-20T08:00:00Z' });
	await till.send('disputed', { ...angry, at: '2026-03-22T08:00:00Z' });
	expect(
		'in older versions of the API a dispute finds its subscription by itself',
		(await active(angry)) === 'false' && school.stripe.asked.length === before,
	);

	const early = member('2004');
	school.stripe.answer = () => list();
	await till.send('disputed', { ...early, at: '2026-03-22T08:00:00Z' });
	await till.send('subscribed', { ...early, at: '2026-03-20T08:00:00Z' });
	expect('and a payment finds the dispute that came before it', (await active(early)) === '');
}

async function asksForTheSubscription(school) {
	const { executions, expect, mail, rows, standIn, stripe, till } = school;
	const active = activeIn(school);
	const angry = member('2010');
	await till.send('subscribedNow', { ...angry, at: '2026-03-20T08:00:00Z' });
	expect('an invoice of today gives access', (await active(angry)) === 'true');

	mail.clear();
	stripe.asked = [];
	let answered = () => {};
	const shopHasItsAnswer = new Promise((resolve) => (answered = resolve));
	stripe.answer = async (payment) => {
		await shopHasItsAnswer;

		return asStripe(payment);
	};
	const dispute = { ...angry, at: '2026-03-22T08:00:00Z' };
	const { answer, execution } = await till.send('disputed', dispute, answered);
	executions.push(execution);
	expect('Stripe has its answer before it is asked', answer.status === 200);
	expect(
		'a dispute switches the subscription of its payment off, without a human',
		execution.status === 'success' && (await active(angry)) === 'false',
		'dispute of a subscription → off',
	);
	expect('Stripe was asked once', stripe.asked.join() === 'pi_of_2010');
	const checks = async ({ order }) =>
		(await rows(TO_CHECK.name)).filter(({ orderId }) => orderId.endsWith(`_${order}`));
	expect(
		'a human is told what was done',
		(await checks(angry)).map(({ kind }) => kind).join() === 'chargeback' &&
			/^Chargeback\. The access is switched off/.test((await checks(angry))[0].message) &&
			mail.messages().length === 1,
	);
	await standIn.clearLog();
	await till.send('disputed', dispute);
	expect(
		'the same dispute again changes nothing and sends no second mail',
		(await standIn.requests()).every(({ method }) => method === 'GET') &&
			mail.messages().length === 1,
	);
	await till.send('subscribedNow', { ...angry, at: '2026-04-20T08:00:00Z' });
	expect('its next payment opens nothing', (await active(angry)) === 'false');

	const early = member('2011');
	await till.send('disputed', { ...early, at: '2026-03-22T08:00:00Z' });
	await till.send('subscribedNow', { ...early, at: '2026-03-20T08:00:00Z' });
	expect('a dispute before its payment: nobody gets access', (await active(early)) === '');

	const back = member('2012');
	await till.send('subscribedNow', { ...back, at: '2026-03-20T08:00:00Z' });
	await till.send('refundedNow', { ...back, at: '2026-03-21T08:00:00Z' });
	expect(
		'a refund switches the subscription of its payment off',
		(await active(back)) === 'false',
		'refund of a subscription → off',
	);
	await till.send('subscribedNow', { ...back, at: '2026-04-20T08:00:00Z', again: true });
	expect('its next payment switches it on again', (await active(back)) === 'true');
	await till.send('refundedNow', { ...back, at: '2026-03-22T08:00:00Z' });
	expect('a refund from before that changes nothing', (await active(back)) === 'true');
}

async function guessesNothing(school) {
	const { expect, mail, rows, services, stripe, till, executions } = school;
	const active = activeIn(school);
	const redirected = [];
	services.on('GET', '/elsewhere', ({ headers }) => {
		redirected.push(headers);

		return list();
	});
	const error = (status, body) => () => ({ status, body });
	const CASES = [
		[
			'it refuses the key',
			error(401, { error: { message: 'Invalid API Key provided: rk_test_****heck' } }),
			'Invalid API Key provided: (key)',
		],
		['it has a fault', error(500, { error: { message: 'Sorry' } }), 'Sorry', 3],
		['it answers with a page', () => '<html>Maintenance</html>', ''],
		[
			'it sends elsewhere',
			() => ({ status: 302, headers: { location: `${services.url}/elsewhere` }, body: '' }),
			'302',
		],
		[
			'it names two subscriptions',
			(payment) => list(invoicePayment(payment), invoicePayment(payment, 'sub_other')),
			'several orders',
		],
		['it names the invoice of another payment', () => list(invoicePayment('pi_of_2010')), 'more'],
	];
	for (const [index, [what, answer, reason, tries]] of CASES.entries()) {
		const sale = member(`202${index}`);
		await till.send('subscribedNow', { ...sale, at: '2026-03-20T08:00:00Z' });
		mail.clear();
		stripe.asked = [];
		stripe.answer = answer;
		const { execution } = await till.send('disputed', { ...sale, at: '2026-03-22T08:00:00Z' });
		executions.push(execution);
		const [check, ...others] = (await rows(TO_CHECK.name)).filter(
			({ orderId }) => orderId === `pi_of_${sale.order}`,
		);
		await waitFor('the mail about it', async () => mail.messages().length > 0, {
			timeoutMs: 20_000,
		}).catch(() => {});
		expect(
			`when ${what}, the access stays and a human is told why`,
			execution.status === 'success' &&
				(await active(sale)) === 'true' &&
				others.length === 0 &&
				check?.kind === 'notLookedUp' &&
				check.message.includes(reason) &&
				/still on/.test(check.message) &&
				mail.messages().length === 1 &&
				(tries === undefined || stripe.asked.length === tries),
		);
	}
	expect('nothing follows to another address', redirected.length === 0);

	const none = member('2029');
	await till.send('subscribedNow', { ...none, at: '2026-03-20T08:00:00Z' });
	stripe.answer = () => list();
	await till.send('disputed', { ...none, at: '2026-03-22T08:00:00Z' });
	expect(
		'when it knows of no invoice, the access stays and a human is told',
		(await active(none)) === 'true' &&
			(await rows(TO_CHECK.name)).some(
				({ orderId, kind, message }) =>
					orderId === `pi_of_${none.order}` &&
					kind === 'chargeback' &&
					/switch it off by hand/.test(message),
			),
	);
}

/** The clock of the workflow: payments whose order could not be told are asked about again. */
async function asksAgain(school) {
	const { api, dataTable, expect, mail, rows, stripe, workflow, executions } = school;
	const active = activeIn(school);
	const run = async () => {
		const execution = await api.runWorkflow(workflow, 'Every Hour');
		executions.push(execution);

		return execution;
	};
	const sale = member('2020');
	mail.clear();
	stripe.asked = [];
	await run();
	expect('what is older than a week is left alone', stripe.asked.length === 0);

	// The events of this check are of spring: they are made to be of today.
	const today = new Date(Date.now() - 3_600_000).toISOString();
	await dataTable(
		ORDERS.name,
		ORDERS.columns,
		(await rows(ORDERS.name)).map((row) =>
			Object.fromEntries(
				Object.keys(ORDERS.columns).map((column) => [
					column,
					column === 'eventTime' && row.orderId.startsWith('pi_of_202') ? today : row[column],
				]),
			),
		),
	);
	stripe.answer = () => ({ status: 503, body: {} });
	expect('it runs while Stripe fails', (await run()).status === 'success');
	expect(
		'and changes nothing, and tells nobody a second time',
		(await active(sale)) === 'true' && mail.messages().length === 0 && stripe.asked.length > 0,
	);
	stripe.answer = asStripe;
	const found = await run();
	expect(
		'once Stripe answers the access is switched off, and a human is told',
		found.status === 'success' &&
			(await active(sale)) === 'false' &&
			mail.messages().some(({ text }) => text.includes('sub_2020')),
		'Stripe down → up: off',
	);
	stripe.asked = [];
	await run();
	expect('and nobody is asked about it again', !stripe.asked.includes('pi_of_2020'));
}

/** Without the credential, and with the node that needs it switched off. */
async function worksWithoutKey(school, pointToServices) {
	const { api, expect, importExample, rows, stripe, workflow, executions } = school;
	const active = activeIn(school);
	const WAYS = {
		'without the credential': (node) => delete node.credentials,
		'with the node switched off': (node) => (node.disabled = true),
	};
	let running = workflow;
	for (const [index, [way, change]] of Object.entries(WAYS).entries()) {
		await api.post(`/rest/workflows/${running.id}/deactivate`, {});
		running = await importExample((content) => {
			pointToServices(content);
			change(content.nodes.find(({ name }) => name === ASK));
		});
		await api.publish(running);
		const till = new Till(api, shop, running);
		const sale = member(`203${index}`);
		await till.send('subscribedNow', { ...sale, at: '2026-03-20T08:00:00Z' });
		stripe.asked = [];
		const { answer, execution } = await till.send('disputed', {
			...sale,
			at: '2026-03-22T08:00:00Z',
		});
		executions.push(execution);
		const check = (await rows(TO_CHECK.name)).find(
			({ orderId }) => orderId === `pi_of_${sale.order}`,
		);
		expect(
			`${way} a dispute goes to a human, and nothing else changes`,
			answer.status === 200 &&
				execution.status === 'success' &&
				stripe.asked.length === 0 &&
				(await active(sale)) === 'true' &&
				check?.kind === 'notLookedUp' &&
				/Ask Stripe|Credentials not found/.test(check.message),
		);
	}
}

/** The key is nowhere where it was not asked for: not in executions, tables or mails. */
async function showsNoKey({ executions, expect, mail, rows }) {
	const texts = [
		...executions.map(({ raw }) => raw),
		JSON.stringify(await rows(TO_CHECK.name)),
		JSON.stringify(await rows(ORDERS.name)),
		JSON.stringify(mail.messages()),
	];
	expect(
		'the key of Stripe stands in no execution, no table and no mail',
		executions.length > 5 && !texts.some((text) => text.includes(KEY)),
	);
}
