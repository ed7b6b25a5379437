/**
 * The part of a shop's workflow for refunds and chargebacks that name a payment only: the shop is
 * asked which order the payment belongs to, and the event is planned once more under that order.
 */
import { planRows } from './logic.mjs';
import { ORDERS } from './tables.mjs';
import { code, getRows, when } from './workflow.mjs';

/** A payment whose order nobody could tell is asked about again for so long. */
const DAYS = 7;
/** Payments asked about in a run: Memberspot lets 50 members lose access in one run. */
const MOST_PAYMENTS = 25;

/**
 * The refunds and chargebacks that are kept under a payment, because its order was not known.
 *
 * @param {Array<object>} rows of the table of orders
 * @param {string} prefix of the IDs of payments
 * @param {number} most
 * @returns {Array<{ payment: string, row: object }>} the newest first
 */
export function paymentsToAskAbout(rows, prefix, most) {
	return rows
		.filter(
			({ state, offer, productId, orderId }) =>
				['refunded', 'chargeback'].includes(state) &&
				!offer &&
				!productId &&
				String(orderId).startsWith(prefix),
		)
		.sort((a, b) => String(b.eventTime).localeCompare(String(a.eventTime)))
		.slice(0, most)
		.map((row) => ({ payment: row.orderId, row }));
}

/**
 * Plans the events of payments once more, now that the shop was asked for their orders.
 *
 * @param {object} known
 * @param {Array<{ payment: string, row: object, orderId: string, problem: string }>} known.lookedUp
 *   `orderId` is empty where nobody could tell it; `problem` says why, and is empty where the shop
 *   knows of no order
 * @param {object} [known.event] the event that has just come; without it they come from the rows
 * @param {Array<object>} known.before rows that were known of it when it came
 * @param {Array<object>} known.told what the first plan put to a human about it
 * @param {Array<object>} known.rows rows of the table of orders that may belong to the orders
 * @param {typeof planRows} plan
 * @returns {Array<object>} rows to save, as `plan` gives them
 */
export function planLookedUp({ lookedUp, event, before, told, rows }, plan) {
	const idsOf = ({ seen }) =>
		String(seen ?? '')
			.split(' ')
			.filter((id) => id !== '');
	const events = lookedUp
		.filter(({ orderId }) => orderId !== '')
		.map(({ payment, row, orderId }) => ({
			...(event ?? {
				event: row.state,
				shop: row.shop,
				eventId: idsOf(row).at(-1) ?? '',
				eventTime: row.eventTime,
				productId: '',
				quantity: 1,
				email: row.buyerEmail,
				firstName: row.firstName,
				lastName: row.lastName,
				memberEmails: [],
				endsAt: row.endsAt,
			}),
			orderId,
			paymentId: payment,
		}));
	// The first plan has noted the event already. To the order it is new all the same.
	const isNew = event !== undefined && !before.some((row) => idsOf(row).includes(event.eventId));
	const all = [...new Map(rows.map((row) => [row.rowKey, row])).values()].map((row) => ({
		...row,
		seen: idsOf(row)
			.filter((id) => !isNew || id !== event.eventId)
			.join(' '),
	}));
	const planned = plan(events, [], all);
	// Who is asked about again by the clock: a human was told when the event came.
	if (event === undefined) return planned;

	const word = event.event === 'chargeback' ? 'Chargeback' : 'Refund';
	const left = lookedUp
		.filter(({ orderId }) => orderId === '')
		.map(({ payment, row, problem }) => {
			const { checkKind = '', checkMessage = '' } = told[0] ?? {};
			if (checkKind === '' || problem === '') return { ...row, checkKind, checkMessage };

			return {
				...row,
				checkKind: 'notLookedUp',
				checkMessage: `${word} of the payment ${payment}. Which order it belongs to could not be found out: ${problem} If access was given for it, it is still on: look the payment up in the shop, and switch the access off by hand. The shop is asked again every hour for seven days; once it answers, the access is switched off.`,
			};
		});

	return [...planned, ...left];
}

/**
 * @param {import('./workflow.mjs').Workflow} workflow a shop's workflow up to its answer
 * @param {object} lookUp of a shop
 * @param {string} lookUp.node name of the node that asks
 * @param {object} lookUp.ask that node; it gets a `payment`
 * @param {string} lookUp.prefix of the IDs of payments
 * @param {(answer: object | undefined, payment: string) => { orderId: string, problem: string }} lookUp.read
 * @param {string} lookUp.shop
 * @param {string} lookUp.about Markdown of the note
 * @param {{ from: string, to: string, save: object }} around the node behind which events are sorted,
 *   the one that takes rows that are saved, and how they are
 */
export function addLookUp(workflow, { node, ask, prefix, read, shop, about }, { from, to, save }) {
	const event = `$('Read the Event').first().json`;
	workflow.add(
		'Is the Order Known?',
		[12, 0],
		when(
			`={{ !['refunded', 'chargeback'].includes(${event}.event) || !${event}.orderId.startsWith('${prefix}') || $('Plan').all().some(({ json }) => json.offer !== '') }}`,
		),
	);
	workflow.connect(from, 'Is the Order Known?');
	workflow.connect('Is the Order Known?', to, 0);

	workflow.add('Every Hour', [9, 3], {
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'hours', triggerAtMinute: 7 }] } },
	});
	workflow.add(
		'Refunds of the Week',
		[10, 3],
		getRows(ORDERS, [
			['shop', 'eq', shop],
			['state', 'neq', 'paid'],
			['eventTime', 'gte', `={{ $now.minus({ days: ${DAYS} }).toUTC().toISO() }}`],
		]),
	);
	workflow.add(
		'Payments to Ask About',
		[11, 3],
		code(
			[paymentsToAskAbout],
			`
// The payment of the event; by the clock all whose order is still not known.
const rows = $input.all().map(({ json }) => json);
if (!$('Read the Event').isExecuted)
	return paymentsToAskAbout(rows, '${prefix}', ${MOST_PAYMENTS}).map((json) => ({ json }));
const payment = $('Read the Event').first().json.orderId;

return [{ json: { payment, row: rows.find(({ orderId }) => orderId === payment) ?? rows[0] } }];`,
		),
	);
	workflow.add(node, [12, 3], ask, {
		onError: 'continueRegularOutput',
		// Without an item the event would go no further, and nobody would be told.
		alwaysOutputData: true,
		retryOnFail: true,
		maxTries: 3,
		waitBetweenTries: 3000,
	});
	workflow.add(
		'Which Order It Was',
		[13, 3],
		code(
			[read],
			`
// "orderId" stays empty where it can't be told for sure: nothing is guessed.
const asked = $('Payments to Ask About').all().map(({ json }) => json);
const answers = $input.all().map(({ json }) => json);

return asked.map(({ payment, row }, index) => {
	const answer = answers.length === asked.length ? answers[index] : undefined;
	const { orderId, problem } = ${read.name}(answer, payment);
	const knownBefore = row.orderId === payment ? '' : row.orderId;

	return { json: { payment, row, orderId: orderId || knownBefore, problem } };
});`,
		),
	);
	workflow.add(
		'Rows of That Order',
		[14, 3],
		getRows(
			ORDERS,
			[
				['orderId', 'eq', '={{ $json.orderId || $json.payment }}'],
				['orderId', 'eq', '={{ $json.payment }}'],
				['paymentId', 'eq', '={{ $json.payment }}'],
			],
			'anyCondition',
		),
	);
	workflow.add(
		'Plan Again',
		[15, 3],
		code(
			[planLookedUp, planRows],
			`
// The same as before, under the order that the payment belongs to.
const rowsOf = (name) => ($(name).isExecuted ? $(name).all().map(({ json }) => json) : []);

return planLookedUp(
	{
		lookedUp: rowsOf('Which Order It Was'),
		event: rowsOf('Read the Event')[0],
		before: rowsOf('Rows of the Order'),
		told: rowsOf('Plan').filter(({ checkKind }) => checkKind !== ''),
		rows: $input.all().map(({ json }) => json).filter(({ rowKey }) => rowKey),
	},
	planRows,
).map((json) => ({ json }));`,
		),
	);
	workflow.add('Save That Order', [16, 3], save);
	workflow.connect('Is the Order Known?', 'Payments to Ask About', 1);
	workflow.chain(
		'Every Hour',
		'Refunds of the Week',
		'Payments to Ask About',
		node,
		'Which Order It Was',
		'Rows of That Order',
		'Plan Again',
		'Save That Order',
		to,
	);
	workflow.note('Which Order It Is', { columns: [9, 14], top: 740, height: 250 }, about);
}
