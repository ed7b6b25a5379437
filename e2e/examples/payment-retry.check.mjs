import {
	ensureSecret,
	grantsOf,
	hmacBase64,
	makeTables,
	ORDERS,
	RETRY,
	Till,
	TO_CHECK,
} from './payments.mjs';

const SECRET = 'sample-secret';
const START = 'Try It by Hand';
const events = (event_type) => (sale) => ({
	body: {
		event_type,
		order_id: sale.order,
		product_id: '4711',
		transaction_id: `${sale.order}-${event_type}-${sale.at}`,
		transaction_processed_at: sale.at,
		buyer_email: sale.email,
		is_cancelled_for: sale.endsAt,
	},
});
const shop = {
	id: 'copecart',
	events: {
		paid: events('payment.made'),
		refunded: events('payment.refunded'),
		cancelled: events('payment.recurring.cancelled'),
	},
	sign({ body }) {
		const text = JSON.stringify(body);

		return {
			path: 'memberspot-payment-copecart',
			text,
			headers: { 'x-copecart-signature': hmacBase64(SECRET, text) },
		};
	},
};

/**
 * Grants fail in a payment workflow in three ways, and the retry workflow works them off: once
 * Memberspot answers again, after a lost answer, and not at all when the money went back meanwhile.
 * It gives up in the end, and ends cancelled subscriptions on their day.
 */
export default {
	example: 'payment-retry',
	variants: [
		{
			switches: {
				lookUpPlan: 'forbidden',
				unknownOrder: 'status404',
				unheldOffer: 'status404',
				unknownUserWrite: 'status400',
				writeStatus: '204',
			},
			because:
				'what was given or taken must end as it should where Memberspot shows and answers the least',
		},
	],
	async check({ api, standIn, variants, expect, importExample, dataTable, rows, mail }) {
		await ensureSecret(api, 'CopeCart IPN secret', SECRET);
		await makeTables(dataTable, 'copecart');
		const payments = await importExample(() => {}, 'payment-copecart');
		const retry = await importExample();
		await api.publish(payments);
		const till = new Till(api, shop, payments);
		const active = async (email) =>
			String((await grantsOf(standIn, email)).map((grant) => grant.active));
		const fault = async (spec) =>
			await standIn.control('/faults', 'POST', {
				operationId: 'grantUserOfferByMail',
				...spec,
			});
		const down = async () => await fault({ kind: 'status', status: 503, times: 50 });
		const up = async () => await standIn.control('/faults', 'DELETE');
		/** Time passes: what waits is due. */
		const makeDue = async (changes = {}) => {
			const all = await rows(RETRY.name);
			await dataTable(
				RETRY.name,
				RETRY.columns,
				all.map(({ retryKey, rowKey, status, reason, message, attempts }) => ({
					retryKey,
					rowKey,
					status,
					reason,
					message,
					attempts,
					nextTry: '2026-01-01T00:00:00.000Z',
					...changes,
				})),
			);
		};
		const run = async () => await api.runWorkflow(retry, START);

		// Nothing to do.
		const idle = await run();
		expect('without rows it ends at once', idle.status === 'success' && !idle.ran('Decide'));

		// Memberspot is down for a while.
		const late = { order: '1', email: 'late@example.com', at: '2026-01-10T08:00:00Z' };
		await down();
		await till.send('paid', late);
		expect('while Memberspot is down nobody gets access', (await active(late.email)) === '');
		await run();
		expect('a row that is not due yet is left alone', (await rows(RETRY.name))[0].attempts === 1);
		await makeDue();
		await run();
		const [again] = await rows(RETRY.name);
		expect(
			'a try that fails is counted, and the next one is later',
			again.attempts === 2 &&
				again.status === 'open' &&
				Math.abs(Date.parse(again.nextTry) - Date.now() - 30 * 60_000) < 60_000,
		);
		await up();
		await makeDue();
		await run();
		expect(
			'once Memberspot answers the access is given',
			(await active(late.email)) === 'true',
			'down → up: granted',
		);
		expect('and the row is done', (await rows(RETRY.name))[0].status === 'done');

		// The answer is lost, but the grant was carried out.
		const lost = { order: '2', email: 'lost@example.com', at: '2026-01-10T08:00:00Z' };
		await fault({ kind: 'resetAfter', times: 1 });
		await till.send('paid', lost);
		const { welcomeMails } = await standIn.summary();
		await makeDue();
		await run();
		expect(
			'after a lost answer there is one grant and one welcome mail',
			(await active(lost.email)) === 'true' &&
				(await standIn.summary()).welcomeMails === welcomeMails,
			'lost answer: not granted twice',
		);
		await till.send('refunded', { ...lost, at: '2026-02-01T08:00:00Z' });
		expect('and a refund takes it', (await active(lost.email)) === 'false');

		// The answer is lost, and the money goes back before the next try.
		const both = { order: '3', email: 'both@example.com', at: '2026-01-10T08:00:00Z' };
		await fault({ kind: 'resetAfter', times: 1 });
		await till.send('paid', both);
		await till.send('refunded', { ...both, at: '2026-02-01T08:00:00Z' });
		expect(
			'a refund after a lost answer switches off what may have been given',
			(await active(both.email)) === 'false',
		);

		// The refund is carried out but its answer lost, and the order is paid again before the next try.
		const regular = { order: '7', email: 'again@example.com', at: '2026-01-10T08:00:00Z' };
		await till.send('paid', regular);
		// Not a lost connection: the node would repeat the request, as it changes nothing twice.
		await fault({
			operationId: 'setOrderState',
			kind: 'status',
			status: 500,
			afterWork: true,
			times: 1,
		});
		await till.send('refunded', { ...regular, at: '2026-02-01T08:00:00Z' });
		const rowOf = async ({ order }) =>
			(await rows(ORDERS.name)).find(({ orderId }) => orderId === order);
		expect(
			'a refund whose answer was lost is noted as unknown',
			(await active(regular.email)) === 'false' && (await rowOf(regular)).applied === 'unknown',
		);
		await till.send('paid', { ...regular, at: '2026-03-01T08:00:00Z' });
		expect(
			'a new payment after it switches on again',
			(await active(regular.email)) === 'true' && (await rowOf(regular)).applied === 'on',
			'lost refund, paid again: access',
		);
		await makeDue();
		await run();
		expect('and the next try leaves it on', (await active(regular.email)) === 'true');

		// The money goes back while the grant waits.
		const back = { order: '4', email: 'back@example.com', at: '2026-01-10T08:00:00Z' };
		await down();
		await till.send('paid', back);
		await up();
		await till.send('refunded', { ...back, at: '2026-02-01T08:00:00Z' });
		await makeDue();
		await run();
		expect(
			'what was paid back meanwhile is not granted',
			(await active(back.email)) !== 'true',
			'refunded while waiting: no access',
		);

		// Giving up.
		const never = { order: '5', email: 'never@example.com', at: '2026-01-10T08:00:00Z' };
		await down();
		await till.send('paid', never);
		await makeDue({ attempts: 7 });
		mail.clear();
		await run();
		await up();
		const gaveUp = (await rows(RETRY.name)).find(({ rowKey }) => rowKey.includes(never.email));
		expect(
			'after eight tries it gives up and tells a human',
			gaveUp.status === 'gaveUp' &&
				(await rows(TO_CHECK.name)).some(({ kind }) => kind === 'gaveUp') &&
				mail.messages().filter(({ text }) => text.includes(never.email)).length === 1,
			'eighth failure → human',
		);
		expect(
			'who was paid back before there was a user is a matter for a human only where Memberspot does not say that nobody has the address',
			mail.messages().length === (variants.unknownUserWrite === 'status400' ? 2 : 1) &&
				mail
					.messages()
					.every(({ text }) => [never, back].some(({ email }) => text.includes(email))),
		);

		// What Memberspot refuses for good is no matter of patience: somebody has paid and waits.
		for (const [order, status, left] of [
			['8', 400, 'gaveUp'],
			['9', 403, 'open'],
		]) {
			const refused = { order, email: `refused${status}@example.com`, at: '2026-01-10T08:00:00Z' };
			await fault({ kind: 'status', status, times: 50 });
			await till.send('paid', refused);
			await makeDue();
			mail.clear();
			await run();
			await up();
			const retried = (await rows(RETRY.name)).find(({ rowKey }) => rowKey.includes(refused.email));
			expect(
				`a refusal with ${status} is told to a human at the first try again`,
				retried.status === left &&
					retried.attempts === 2 &&
					mail.messages().length === 1 &&
					mail.messages()[0].text.includes(refused.email),
				`${status} → human`,
			);
		}

		// A cancelled subscription runs until its last day.
		const leaver = { order: '6', email: 'leaver@example.com' };
		await till.send('paid', { ...leaver, at: '2026-01-10T08:00:00Z' });
		await till.send('cancelled', { ...leaver, at: '2026-02-01T08:00:00Z', endsAt: '2099-12-31' });
		expect(
			'until its last day a cancelled subscription is on',
			(await active(leaver.email)) === 'true',
		);
		const ends = (await rows(RETRY.name)).find(({ rowKey }) => rowKey.includes(leaver.email));
		expect('its end stands in the table', ends?.nextTry === '2099-12-31T23:59:59.000Z');
		const orders = await rows(ORDERS.name);
		await dataTable(
			ORDERS.name,
			ORDERS.columns,
			orders.map((row) =>
				Object.fromEntries(
					Object.keys(ORDERS.columns).map((column) => [
						column,
						column === 'endsAt' && row.memberEmail === leaver.email
							? '2026-03-01T23:59:59.000Z'
							: row[column],
					]),
				),
			),
		);
		await makeDue();
		await run();
		expect('after it, it is off', (await active(leaver.email)) === 'false', 'last day → off');

		const removals = (await standIn.requests()).filter(
			({ path, body }) => /set-(offer|order)-state/.test(path) && body?.active === undefined,
		);
		expect('nothing was ever removed', removals.length === 0);
	},
};
