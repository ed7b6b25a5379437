/**
 * What all payment examples promise, driven with the events of one shop. Each shop's check says how
 * its events look and how they are signed.
 */
import { createHmac } from 'node:crypto';
import { ORDERS, PRODUCTS, RETRY, TO_CHECK } from '../../examples/build/tables.mjs';
import { waitFor } from '../../demo/lib/processes.mjs';

export { ORDERS, PRODUCTS, RETRY, TO_CHECK };

export const OFFER = 'Excel Basics';
export const OTHER_OFFER = 'Office Bundle';

/**
 * @typedef {object} Sale what an event is about
 * @property {string} order
 * @property {string} [product]
 * @property {string} [email] of the buyer
 * @property {string} [member] who gets the access, when it is not the buyer
 * @property {string} at ISO 8601, UTC, without milliseconds
 * @property {string} [endsAt] a day
 * @property {boolean} [again] another payment of the order
 */

/**
 * @typedef {object} Shop
 * @property {string} id
 * @property {Partial<Record<'paid' | 'failed' | 'cancelled' | 'refunded' | 'chargeback', (sale: Sale) => { body: object, headers?: Record<string, string> }>>} events
 * @property {(event: { body: object, headers?: Record<string, string> }) => { path: string, text: string, headers: Record<string, string> }} sign
 * @property {(order: string) => string} [orderId] the shop's order ID as it is saved
 * @property {boolean} [arrivalCounts] a failed instalment has no time of its own
 * @property {number} [refusal] status of the answer to a forged call, 401 where left out
 * @property {string} [otherProduct] a product that no row names
 */

export const hmacBase64 = (secret, text) =>
	createHmac('sha256', secret).update(text).digest('base64');

/** A credential with a shop's secret; made once, since two of one name would not be found by it. */
export async function ensureSecret(api, name, hmacSecret) {
	await api.ensureCredential(name, 'crypto', { hmacSecret });
}

/** Makes the four tables, with the products of a shop. */
export async function makeTables(dataTable, shop, product = '4711') {
	const row = (productId, offer) => ({ shop, productId, offer });
	await dataTable(PRODUCTS.name, PRODUCTS.columns, [row(product, OFFER)]);
	for (const table of [ORDERS, RETRY, TO_CHECK]) await dataTable(table.name, table.columns);
}

/** Sends events of a shop to its workflow. */
export class Till {
	#api;
	#shop;
	#workflow;

	constructor(api, shop, workflow) {
		this.#api = api;
		this.#shop = shop;
		this.#workflow = workflow;
	}

	/**
	 * Sends one event, and waits until the workflow is through.
	 *
	 * @param {string} kind
	 * @param {Sale} sale
	 * @param {() => void} [onAnswer] called as soon as the shop has its answer
	 */
	async send(kind, sale, onAnswer = () => {}) {
		const { path, text, headers } = this.#shop.sign(this.#shop.events[kind](sale));
		const known = await this.#api.executionIds(this.#workflow);
		const answer = await this.#api.callWebhook(path, text, headers);
		onAnswer();
		const execution = await this.#api.nextExecution(this.#workflow, known);

		return { answer, execution };
	}
}

/** Only what was granted under an order, of a user who may not exist. */
export async function grantsOf(standIn, email) {
	return (await standIn.user(email)) === undefined ? [] : await standIn.grantsOf(email);
}

const writes = (requests) => requests.filter(({ method }) => method !== 'GET');

/**
 * Drives the whole promise of a payment example.
 *
 * @param {import('../lib/examples.mjs').ExampleContext} context
 * @param {Shop} shop
 * @param {(workflow: object) => void} [fillIn]
 */
export async function checkPayments(context, shop, fillIn) {
	const { api, standIn, importExample, expect, dataTable, rows, mail } = context;
	const product = shop.product ?? '4711';
	const orderId = shop.orderId ?? ((order) => order);
	await makeTables(dataTable, shop.id, product);
	const workflow = await importExample(fillIn);
	await api.publish(workflow);
	const till = new Till(api, shop, workflow);
	const ofOrder = async (order) =>
		(await rows(ORDERS.name)).filter((row) => row.orderId === orderId(order));
	const excel = (await standIn.offers()).find(({ name }) => name === OFFER);
	const active = async (email) => (await grantsOf(standIn, email)).map((grant) => grant.active);

	await refusesForgeries(context, shop, workflow);

	// A payment, and the same event once more.
	const buyer = 'erika.buyer@example.com';
	const sale = { order: '1001', email: buyer, product, at: '2026-01-10T08:00:00Z' };
	const paid = await till.send('paid', sale);
	const [granted] = await grantsOf(standIn, buyer);
	expect(
		'a payment is answered with 200 OK',
		paid.answer.status === 200 && paid.answer.body === 'OK',
		`payment → ${granted?.active ? 'access' : 'no access'}`,
	);
	expect('its execution succeeded', paid.execution.status === 'success');
	expect(
		'the buyer has the offer under order and product',
		granted?.active === true &&
			granted.offerId === excel.id &&
			granted.orderId === `${orderId('1001')}-${product}`,
	);
	expect('the name was taken over', (await standIn.user(buyer))?.name === 'Buyer');
	expect('the table says so', (await ofOrder('1001'))[0]?.applied === 'on');

	await standIn.clearLog();
	const { welcomeMails } = await standIn.summary();
	await till.send('paid', sale);
	expect(
		'the same event again sends nothing',
		writes(await standIn.requests()).length === 0 &&
			(await standIn.summary()).welcomeMails === welcomeMails,
	);

	// Instalments.
	// Where a failure has no time of its own, what the shop tells of later happens after its arrival.
	const after = (at) => (shop.arrivalCounts === true ? at.replace('2026', '2098') : at);
	if (shop.events.failed !== undefined) {
		await till.send('failed', { ...sale, at: '2026-02-10T08:00:00Z' });
		expect('a failed instalment switches the access off', String(await active(buyer)) === 'false');
		await till.send('paid', { ...sale, at: after('2026-02-12T08:00:00Z'), again: true });
		expect('paid again: the access is on', String(await active(buyer)) === 'true');
		expect('there is still one grant', (await grantsOf(standIn, buyer)).length === 1);
		await till.send('failed', { ...sale, at: '2026-02-11T08:00:00Z', late: true });
		expect(
			'an older failure that comes late changes nothing',
			String(await active(buyer)) === 'true',
		);
	}
	await till.send('refunded', { ...sale, at: after('2026-03-01T08:00:00Z') });
	expect(
		'a refund switches the access off and removes nothing',
		String(await active(buyer)) === 'false',
		'refund → off',
	);

	// A refund before its payment.
	const early = { order: '1002', email: 'early@example.com', product };
	await till.send('refunded', { ...early, at: '2026-03-02T08:00:00Z' });
	await till.send('paid', { ...early, at: '2026-03-01T08:00:00Z' });
	expect(
		'a refund before its payment: nobody gets access',
		(await grantsOf(standIn, early.email)).length === 0,
	);
	expect(
		'a human is told of the refund without payment',
		(await rows(TO_CHECK.name)).some((row) => row.kind === 'unknownOrder'),
	);

	// An unknown product.
	mail.clear();
	const odd = { order: '1003', email: 'odd@example.com', at: '2026-03-03T08:00:00Z' };
	await till.send('paid', { ...odd, product: shop.otherProduct ?? '9999' });
	const checks = (await rows(TO_CHECK.name)).filter((row) => row.orderId === orderId('1003'));
	expect(
		'an unknown product gives nobody access and stands on the list',
		(await standIn.user(odd.email)) === undefined &&
			checks.length === 1 &&
			checks[0].kind === 'unknownProduct',
		'unknown product → list and mail',
	);
	await waitFor('the mail about it', async () => mail.messages().length > 0, {
		timeoutMs: 20_000,
	}).catch(() => {});
	expect('and one mail was sent', mail.messages().length === 1);

	// A gift, and its refund.
	const gift = {
		order: '1004',
		email: 'giver@example.com',
		member: 'friend@example.com',
		product,
		at: '2026-03-04T08:00:00Z',
	};
	await till.send('paid', gift);
	expect(
		'a gift goes to the friend, not to the buyer',
		String(await active(gift.member)) === 'true' && (await standIn.user(gift.email)) === undefined,
	);
	await till.send('refunded', { ...gift, member: undefined, at: '2026-03-05T08:00:00Z' });
	expect('its refund finds the friend', String(await active(gift.member)) === 'false');

	// A second order for the same offer keeps the access.
	const twice = { email: 'twice@example.com', product };
	await till.send('paid', { ...twice, order: '1005', at: '2026-03-06T08:00:00Z' });
	await till.send('paid', { ...twice, order: '1006', at: '2026-03-07T08:00:00Z' });
	await till.send('refunded', { ...twice, order: '1005', at: '2026-03-08T08:00:00Z' });
	expect('paid twice, refunded once: still on', String(await active(twice.email)) === 'true');
	await till.send('refunded', { ...twice, order: '1006', at: '2026-03-09T08:00:00Z' });
	expect(
		'refunded twice: off',
		(await active(twice.email)).every((each) => each === false),
	);

	if (shop.events.chargeback !== undefined)
		await takesChargebacks({ ...context, active, ofOrder }, till, product);
	await keepsFailures({ ...context, ofOrder }, till, product);
	await triesByHand(context, shop, workflow);

	const removals = (await standIn.requests()).filter(
		({ path, body }) => /set-(offer|order)-state/.test(path) && body?.active === undefined,
	);
	expect('nothing was ever removed', removals.length === 0);
}

async function refusesForgeries({ api, standIn, expect, rows }, shop, workflow) {
	const event = shop.events.paid({
		order: '666',
		email: 'thief@example.com',
		product: shop.product ?? '4711',
		at: '2026-01-09T08:00:00Z',
	});
	const { path, text, headers } = shop.sign(event);
	const forged = shop.forge?.({ path, text, headers }) ?? {
		path,
		text: text.replace('thief', 'robber'),
		headers,
	};
	const refusal = shop.refusal ?? 401;
	const known = await api.executionIds(workflow);
	const answer = await api.callWebhook(forged.path, forged.text, forged.headers);
	// With another status n8n has refused by itself, and nothing has run.
	if (refusal === 401) await api.nextExecution(workflow, known);
	expect(`a call that is not from the shop is refused with ${refusal}`, answer.status === refusal);
	expect(
		'and leaves nothing',
		(await standIn.requests()).length === 0 && (await rows(ORDERS.name)).length === 0,
	);
}

async function takesChargebacks({ expect, rows, mail, active }, till, product) {
	const sale = { order: '1007', email: 'charged@example.com', product };
	await till.send('paid', { ...sale, at: '2026-03-10T08:00:00Z' });
	mail.clear();
	await till.send('chargeback', { ...sale, at: '2026-03-11T08:00:00Z' });
	expect('a chargeback switches the access off', String(await active(sale.email)) === 'false');
	expect(
		'and tells a human',
		mail.messages().length === 1 &&
			(await rows(TO_CHECK.name)).some((row) => row.kind === 'chargeback'),
		'chargeback → off and mail',
	);
	await till.send('paid', { ...sale, at: '2026-03-12T08:00:00Z', again: true });
	expect(
		'a payment after a chargeback opens nothing by itself',
		String(await active(sale.email)) === 'false',
	);
}

async function keepsFailures({ standIn, expect, rows, ofOrder }, till, product) {
	await standIn.control('/faults', 'POST', {
		kind: 'status',
		status: 503,
		operationId: 'grantUserOfferByMail',
		times: 50,
	});
	const { answer, execution } = await till.send('paid', {
		order: '1008',
		email: 'patient@example.com',
		product,
		at: '2026-03-13T08:00:00Z',
	});
	await standIn.control('/faults', 'DELETE');
	const [row] = await ofOrder('1008');
	const retries = (await rows(RETRY.name)).filter(({ rowKey }) => rowKey === row?.rowKey);
	expect(
		'while Memberspot fails the shop gets its answer all the same',
		answer.status === 200 && execution.status === 'success',
	);
	expect(
		'and the grant stands in the retry table',
		retries.length === 1 && retries[0].status === 'open' && retries[0].attempts === 1,
		'Memberspot down → retry table',
	);
}

async function triesByHand({ api, standIn, expect }, shop, workflow) {
	await standIn.clearLog();
	const execution = await api.runWorkflow(workflow, 'Try It by Hand');
	expect('the sample event runs by hand', execution.status === 'success', execution.error?.message);
	expect(
		'and changes nothing in Memberspot: a dry run',
		execution.ran('Give the Offer') === (shop.sampleGrants ?? true) &&
			writes(await standIn.requests()).length === 0,
	);
}
