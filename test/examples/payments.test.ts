import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { evaluate, PaymentModel, runCode, type Fate, type Reading, type Row } from './till';
import { example, nodeOf } from './workflows';

const OFFER = 'Excel Basics';
const EMAIL = 'erika@example.com';
const KINDS = ['paid', 'failed', 'cancelled', 'refunded'] as const;
const OTHER = { file: 'payment-other-shop', trigger: 'When Another Shop Calls' };
const PRODUCTS: Row[] = [
	{ id: 1, shop: 'other', productId: '4711', offer: OFFER, days: '' },
	{ id: 2, shop: 'other', productId: 'both', offer: OFFER, days: '' },
	{ id: 3, shop: 'other', productId: 'both', offer: 'Office Bundle', days: '' },
];

interface Sent {
	event: string;
	orderId: string;
	minute: number;
	[more: string]: unknown;
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 10, 8, minute)).toISOString();

const call = ({ minute, ...sent }: Sent) => ({
	body: {
		productId: '4711',
		email: EMAIL,
		time: at(minute),
		eventId: `${sent.event}-${sent.orderId}-${minute}`,
		...sent,
	},
});

function model(sent: Sent[] = [], reading: Reading = {}): PaymentModel {
	const made = new PaymentModel(OTHER, PRODUCTS, reading);
	for (const each of sent) made.deliver(call(each));

	return made;
}

/** Events of a few orders, each at a time of its own, in any order of arrival, some of them twice. */
const story = fc
	.uniqueArray(
		fc.record({
			event: fc.constantFrom(...KINDS),
			orderId: fc.constantFrom('A', 'B', 'C'),
			minute: fc.integer({ min: 0, max: 59 }),
		}),
		{ selector: ({ minute }) => minute, minLength: 1, maxLength: 8 },
	)
	.chain((events) =>
		fc.tuple(
			fc.constant(events),
			fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
		),
	);

/** Events that arrive as they happen: each of them counts, which lost answers make the most of. */
const inOrder = fc
	.array(
		fc.record({
			event: fc.constantFrom('paid', 'refunded'),
			orderId: fc.constantFrom('A', 'B', 'C'),
		}),
		{ minLength: 2, maxLength: 12, size: 'max' },
	)
	.map((kinds): [Sent[], Sent[]] => {
		const events = kinds.map((each, minute) => ({ ...each, minute }));

		return [events, events];
	});

/** What the newest event of an order says. */
const newest = (events: Sent[], orderId: string) =>
	events
		.filter((each) => each.orderId === orderId)
		.reduce<
			Sent | undefined
		>((best, each) => (best === undefined || each.minute > best.minute ? each : best), undefined);

const paidInTheEnd = (events: Sent[]) =>
	['A', 'B', 'C'].some((orderId) => newest(events, orderId)?.event === 'paid');

/** Every way in which Memberspot may turn out to be. */
const READINGS: Reading[] = [
	{},
	{ pausedNotListed: true },
	{ oneAccess: true },
	{ pausedNotListed: true, oneAccess: true },
	{ tooLong: true },
	{ tooLong: true, oneAccess: true },
];

describe('payments, in whatever order they arrive', () => {
	test.each(READINGS)(
		'a member has the offer if and only if the newest event of one of the orders is a payment: %j',
		(reading) => {
			fc.assert(
				fc.property(story, ([events, arrival]) => {
					expect(model(arrival, reading).has(EMAIL, OFFER)).toBe(paidInTheEnd(events));
				}),
				{ numRuns: 300 },
			);
		},
	);

	test('Memberspot is asked to grant at most once, and nothing but states changes afterwards', () => {
		fc.assert(
			fc.property(story, ([, arrival]) => {
				const { asked, grants } = model(arrival);
				expect(asked.length).toBeLessThanOrEqual(1);
				expect(grants).toHaveLength(asked.length);
			}),
		);
	});

	describe('answers that are lost on the way change nothing of that, once the retries have run', () => {
		const fates = fc.array(fc.constantFrom<Fate>('works', 'lostAfter', 'lostBefore', 'refused'), {
			minLength: 1,
			maxLength: 3,
		});
		/** After each event: how its tasks end, and now and then a retry before the next event. */
		const steps = fc.array(
			fc.record({
				ofEvent: fates,
				ofRetry: fc.oneof(
					{ weight: 4, arbitrary: fc.constant(undefined) },
					{ weight: 1, arbitrary: fates },
				),
			}),
			{ minLength: 16, maxLength: 16 },
		);

		test.each(READINGS)('%j', (reading) => {
			fc.assert(
				fc.property(fc.oneof(story, inOrder), steps, ([events, arrival], lost) => {
					const made = model([], reading);
					for (const [index, each] of arrival.entries()) {
						made.deliver(call(each), lost[index].ofEvent);
						const { ofRetry } = lost[index];
						if (ofRetry !== undefined) made.retry(ofRetry);
					}
					for (let run = 0; run < 2; run++) made.retry();
					expect(made.has(EMAIL, OFFER)).toBe(paidInTheEnd(events));
					// The node can't see then that a grant was there before.
					if (reading.pausedNotListed || reading.tooLong) return;
					expect(made.asked).toHaveLength(made.grants.length);
					expect(made.grants.length).toBeLessThanOrEqual(1);
				}),
				{ numRuns: 1000 },
			);
		});
	});

	test('after a chargeback there is no access under that order, whatever comes before or after', () => {
		fc.assert(
			fc.property(
				fc.shuffledSubarray(
					[
						{ event: 'paid', orderId: 'A', minute: 1 },
						{ event: 'paid', orderId: 'A', minute: 5 },
						{ event: 'failed', orderId: 'A', minute: 3 },
						{ event: 'chargeback', orderId: 'A', minute: 4 },
						{ event: 'refunded', orderId: 'A', minute: 2 },
					],
					{ minLength: 5 },
				),
				(arrival) => {
					const made = model(arrival);
					expect(made.has(EMAIL, OFFER)).toBe(false);
					expect(made.checks.some(({ checkKind }) => checkKind === 'chargeback')).toBe(true);
				},
			),
		);
	});
});

describe('subscriptions of Stripe, whose refunds name a payment only', () => {
	const STRIPE = { file: 'payment-stripe', trigger: 'When Stripe Calls' };
	const MAPPED: Row[] = [{ id: 1, shop: 'stripe', productId: 'prod_1', offer: OFFER, days: '' }];
	const TYPES = {
		paid: 'invoice.paid',
		failed: 'invoice.payment_failed',
		refunded: 'charge.refunded',
		chargeback: 'charge.dispute.created',
	};
	interface Stripes {
		event: keyof typeof TYPES;
		minute: number;
		payment: string;
		/** Whether an invoice names its payment: it does in older versions of the API. */
		old: boolean;
	}

	const stripeCall = ({ event, minute, payment, old }: Stripes) => ({
		body: {
			id: `evt_${event}_${minute}`,
			type: TYPES[event],
			created: Date.UTC(2026, 0, 10, 8, minute) / 1000,
			data: {
				object: ['paid', 'failed'].includes(event)
					? {
							id: `in_${payment}`,
							parent: { subscription_details: { subscription: 'sub_1' } },
							...(old && { payment_intent: payment }),
							customer_email: EMAIL,
							lines: { data: [{ pricing: { price_details: { product: 'prod_1' } } }] },
						}
					: { id: 'ch_1', charge: 'ch_1', payment_intent: payment, refunded: true },
			},
		},
	});
	const invoiceOf = (payment: string, subscription: string | undefined = 'sub_1') => ({
		payment: { type: 'payment_intent', payment_intent: payment },
		status: 'paid',
		invoice: { id: `in_${payment}`, parent: { subscription_details: { subscription } } },
	});
	const answers = (payment: string) => ({ body: { data: [invoiceOf(payment)], has_more: false } });
	const fails = () => ({ error: { message: '500 - {}', name: 'AxiosError' } });

	const events = (kinds: Array<keyof typeof TYPES>) =>
		fc
			.uniqueArray(
				fc.record({
					event: fc.constantFrom(...kinds),
					minute: fc.integer({ min: 0, max: 59 }),
					payment: fc.constantFrom('pi_1', 'pi_2', 'pi_3'),
					old: fc.boolean(),
				}),
				{ selector: ({ minute }) => minute, minLength: 1, maxLength: 7 },
			)
			.chain((all) =>
				fc.tuple(
					fc.constant(all),
					fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
					fc.array(fc.boolean(), { minLength: all.length * 2, maxLength: all.length * 2 }),
				),
			);

	/** Delivers them, while Stripe can be asked or not; in the end it can. */
	const delivered = (arrival: Stripes[], reachable: boolean[]): PaymentModel => {
		const made = new PaymentModel(STRIPE, MAPPED);
		for (const [index, each] of arrival.entries()) {
			made.ask = reachable[index] ? answers : fails;
			made.deliver(stripeCall(each));
		}
		made.ask = answers;
		made.everyHour();

		return made;
	};

	test('the newest event counts, in whatever order they arrive and whenever Stripe answers', () => {
		fc.assert(
			fc.property(events(['paid', 'failed', 'refunded']), ([all, arrival, reachable]) => {
				const made = delivered(arrival, reachable);
				const last = all.reduce((best, each) => (each.minute > best.minute ? each : best));
				expect(made.has(EMAIL, OFFER)).toBe(last.event === 'paid');
				expect(made.grants.length).toBeLessThanOrEqual(1);
			}),
			{ numRuns: 200 },
		);
	});

	test('a dispute about any of its payments closes the subscription, and a human is told of it', () => {
		fc.assert(
			fc.property(events(['paid', 'refunded', 'chargeback']), ([all, arrival, reachable]) => {
				const made = delivered(arrival, reachable);
				const disputed = all.some(({ event }) => event === 'chargeback');
				if (disputed) expect(made.has(EMAIL, OFFER)).toBe(false);
				const told = made.checks.filter(({ checkMessage }) =>
					/^Chargeback/.test(String(checkMessage)),
				);
				expect(told.length > 0).toBe(disputed);
			}),
			{ numRuns: 200 },
		);
	});

	const paid: Stripes = { event: 'paid', minute: 1, payment: 'pi_1', old: false };
	const dispute: Stripes = { event: 'chargeback', minute: 2, payment: 'pi_1', old: false };
	const after = (ask: (payment: string) => object, ...sent: Stripes[]): PaymentModel => {
		const made = new PaymentModel(STRIPE, MAPPED, {}, ask);
		for (const each of sent) made.deliver(stripeCall(each));

		return made;
	};

	test('a dispute switches off at once, tells a human once, and says what was done', () => {
		const made = after(answers, paid, dispute, dispute);
		expect(made.has(EMAIL, OFFER)).toBe(false);
		expect(made.checks).toEqual([
			expect.objectContaining({ checkKind: 'chargeback', orderId: 'sub_1' }),
		]);
		expect(made.checks[0].checkMessage).toMatch(/^Chargeback\. The access is switched off/);
	});

	test('a dispute before its payment: nobody gets access, and the message does not say otherwise', () => {
		const made = after(answers, dispute, paid);
		expect(made.grants).toEqual([]);
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['chargeback']);
		expect(made.checks[0].checkMessage).toMatch(/^Chargeback\. No access was given/);
	});

	test('of an older API, too, the payment finds the dispute that came before it', () => {
		expect(after(fails, dispute, { ...paid, old: true }).grants).toEqual([]);
	});

	test('a dispute whose order can not be found is told once, and made good by the clock', () => {
		const made = after(fails, paid, dispute, dispute);
		expect(made.has(EMAIL, OFFER)).toBe(true);
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['notLookedUp']);
		made.everyHour();
		expect(made.checks).toHaveLength(1);
		made.ask = answers;
		made.everyHour();
		expect(made.has(EMAIL, OFFER)).toBe(false);
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['notLookedUp', 'chargeback']);
	});

	test('the event sent again by hand does the same', () => {
		const made = after(fails, paid, dispute);
		made.ask = answers;
		made.deliver(stripeCall(dispute));
		expect(made.has(EMAIL, OFFER)).toBe(false);
	});

	test('once the order of a payment is known, Stripe need not answer again', () => {
		const refund: Stripes = { event: 'refunded', minute: 2, payment: 'pi_1', old: false };
		const made = after(answers, paid, refund, { ...paid, minute: 3, payment: 'pi_2' });
		expect(made.has(EMAIL, OFFER)).toBe(true);
		made.ask = fails;
		made.deliver(stripeCall({ ...dispute, minute: 4 }));
		expect(made.has(EMAIL, OFFER)).toBe(false);
	});

	test('a dispute about a product that is not in the table reaches a human as well', () => {
		const made = new PaymentModel(STRIPE, [], {}, answers);
		made.deliver(stripeCall({ ...paid, old: true }));
		made.deliver(stripeCall(dispute));
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['unknownProduct', 'chargeback']);
	});

	test('a payment of no invoice is a one-off, as before', () => {
		const made = after(() => ({ body: { data: [], has_more: false } }), paid, dispute);
		expect(made.has(EMAIL, OFFER)).toBe(true);
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['chargeback']);
		expect(made.checks[0].checkMessage).toMatch(/switch it off by hand/);
	});

	const whole = invoiceOf('pi_1');
	test.each<[string, object, RegExp]>([
		['an error', { error: { message: '401 - {"error":{}}' } }, /could not be asked \(401/],
		[
			'an error that names a key',
			{ error: { message: 'No such key: rk_test_51AbC' } },
			/No such key: \(key\)\)/,
		],
		['an error as text', { error: 'no credentials' }, /no credentials/],
		['nothing', {}, /switched on/],
		['no list', { body: { data: null } }, /switched on/],
		['a text', { body: 'Service unavailable' }, /switched on/],
		[
			'two subscriptions',
			{ body: { data: [whole, invoiceOf('pi_1', 'sub_2')] } },
			/several orders for it \(sub_1, sub_2\)/,
		],
		['a further page', { body: { data: [whole], has_more: true } }, /more than was asked/],
		[
			'invoices of other payments',
			{ body: { data: [whole, invoiceOf('pi_2')] } },
			/more than was asked/,
		],
		[
			'an invoice by its ID alone',
			{ body: { data: [{ ...whole, invoice: 'in_1' }] } },
			/did not say whether/,
		],
		[
			'an invoice that is gone',
			{ body: { data: [{ ...whole, invoice: { id: 'in_1', deleted: true } }] } },
			/did not say whether/,
		],
	])('%s leaves the access as it is and goes to a human', (_what, answer, reason) => {
		const made = after(() => answer, paid, dispute);
		expect(made.has(EMAIL, OFFER)).toBe(true);
		expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['notLookedUp']);
		expect(made.checks[0].checkMessage).toMatch(/^Chargeback of the payment pi_1\./);
		expect(made.checks[0].checkMessage).toMatch(reason);
		expect(made.checks[0].checkMessage).not.toContain('rk_test_51AbC');
	});

	test.each<[string, object, string]>([
		['two invoices of one subscription', { data: [whole, whole] }, 'sub_1'],
		[
			'an invoice beside one that was given up',
			{ data: [whole, { ...invoiceOf('pi_1', 'sub_2'), status: 'canceled' }] },
			'sub_1',
		],
		[
			'an invoice without a subscription',
			{ data: [{ ...whole, invoice: { id: 'in_1' } }] },
			'in_1',
		],
		[
			'objects in place of IDs',
			{
				data: [
					{
						payment: { payment_intent: { id: 'pi_1' } },
						invoice: {
							id: 'in_1',
							parent: { subscription_details: { subscription: { id: 'sub_1' } } },
						},
					},
				],
			},
			'sub_1',
		],
	])('%s names one order', (_what, body, orderId) => {
		const [{ orderId: found }] = runCode(
			STRIPE.file,
			'Which Order It Was',
			{ 'Payments to Ask About': [{ payment: 'pi_1', row: { orderId: 'pi_1' } } as object as Row] },
			[{ body }],
		);
		expect(found).toBe(orderId);
	});
});

test('a refund finds the member of a gift, and a seat only once', () => {
	const made = model([
		{
			event: 'paid',
			orderId: 'A',
			minute: 1,
			seats: 2,
			memberEmails: 'one@example.com, two@example.com, three@example.com',
		},
		{ event: 'paid', orderId: 'A', minute: 2, seats: 2, memberEmails: 'four@example.com' },
	]);
	expect(
		['one', 'two', 'three', 'four'].map((name) => made.has(`${name}@example.com`, OFFER)),
	).toEqual([true, true, false, false]);
	expect(made.has(EMAIL, OFFER)).toBe(false);
	expect(made.checks.map(({ checkKind }) => checkKind)).toEqual(['tooManySeats']);
	made.deliver(call({ event: 'refunded', orderId: 'A', minute: 3 }));
	expect(made.grants.every(({ active }) => !active)).toBe(true);
});

test('access that was given by hand beside the orders stays when the orders are refunded', () => {
	const made = model([
		{ event: 'paid', orderId: 'A', minute: 1 },
		{ event: 'paid', orderId: 'B', minute: 2 },
	]);
	made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'by hand', active: true });
	made.deliver(call({ event: 'refunded', orderId: 'A', minute: 3 }));
	made.deliver(call({ event: 'refunded', orderId: 'B', minute: 4 }));
	expect(made.grants.map(({ orderId, active }) => [orderId, active])).toEqual([
		['A-4711', false],
		['by hand', true],
	]);
});

test('where the list is too long to tell, a refund also ends what the member had before', () => {
	const made = model([], { tooLong: true, oneAccess: true });
	made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'native link', active: true });
	made.deliver(call({ event: 'paid', orderId: 'A', minute: 1 }));
	expect(made.grants).toHaveLength(1);
	made.deliver(call({ event: 'refunded', orderId: 'A', minute: 2 }));
	expect(made.has(EMAIL, OFFER)).toBe(false);
});

describe('an answer that is lost', () => {
	/** Orders A and B are paid, and access is given by hand beside them. */
	const beside = (ofFirst: Fate[]) => {
		const made = new PaymentModel(OTHER, PRODUCTS);
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 1 }), ofFirst);
		made.deliver(call({ event: 'paid', orderId: 'B', minute: 2 }));
		made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'by hand', active: true });

		return made;
	};
	const states = ({ grants }: PaymentModel) =>
		grants.map(({ orderId, active }) => [orderId, active]);

	test('to a refund leaves alone what was given by hand', () => {
		const made = beside([]);
		made.deliver(call({ event: 'refunded', orderId: 'B', minute: 3 }));
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 4 }), ['lostBefore']);
		made.retry(['lostAfter']);
		made.retry();
		expect(states(made)).toEqual([
			['A-4711', false],
			['by hand', true],
		]);
	});

	test('to a grant lets the last refund switch off the offer as a whole, also what was given by hand', () => {
		const made = beside(['lostAfter']);
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 3 }));
		expect(made.has(EMAIL, OFFER)).toBe(true);
		made.deliver(call({ event: 'refunded', orderId: 'B', minute: 4 }));
		expect(states(made)).toEqual([
			['A-4711', false],
			['by hand', false],
		]);
	});

	test('to a grant that is carried out late, beside another, leaves nothing on after the refunds', () => {
		for (const retried of [false, true]) {
			const made = new PaymentModel(OTHER, PRODUCTS);
			made.deliver(call({ event: 'paid', orderId: 'A', minute: 1 }), ['lostBefore']);
			made.deliver(call({ event: 'paid', orderId: 'B', minute: 2 }));
			made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'A-4711', active: true });
			if (retried) made.retry();
			made.deliver(call({ event: 'refunded', orderId: 'A', minute: 3 }));
			made.deliver(call({ event: 'refunded', orderId: 'B', minute: 4 }));
			expect(states(made)).toEqual([
				['B-4711', false],
				['A-4711', false],
			]);
		}
	});

	test('to a grant does not count as access when the order ends beside another and is paid again', () => {
		const made = new PaymentModel(OTHER, PRODUCTS);
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 1 }), ['lostBefore']);
		made.deliver(call({ event: 'paid', orderId: 'B', minute: 2 }), ['lostBefore']);
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 3 }));
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 4 }));
		expect(made.has(EMAIL, OFFER)).toBe(true);
	});

	test('to a refund switches on again by order only, where the order gave the access', () => {
		const made = model([{ event: 'paid', orderId: 'A', minute: 1 }]);
		made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'by hand', active: false });
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 2 }), ['lostAfter']);
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 3 }));
		expect(states(made)).toEqual([
			['A-4711', true],
			['by hand', false],
		]);
	});

	test('to a refund lets the next payment look again, where the member had the offer before', () => {
		const made = new PaymentModel(OTHER, PRODUCTS);
		made.grants.push({ email: EMAIL, offer: OFFER, orderId: 'by hand', active: true });
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 1 }));
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 2 }), ['lostAfter']);
		made.grants.length = 0;
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 3 }));
		expect(made.has(EMAIL, OFFER)).toBe(true);
	});

	test('to a refund does not lock out who pays again before the next try', () => {
		const made = model([{ event: 'paid', orderId: 'A', minute: 1 }]);
		made.deliver(call({ event: 'refunded', orderId: 'A', minute: 2 }), ['lostAfter']);
		made.deliver(call({ event: 'paid', orderId: 'A', minute: 3 }));
		expect(made.has(EMAIL, OFFER)).toBe(true);
	});
});

test('who had no access before a cancellation does not get it back until its last day', () => {
	const endsAt = '2099-01-01T00:00:00Z';
	const cancelled = { event: 'cancelled', orderId: 'A', minute: 5, endsAt };
	const paid = { event: 'paid', orderId: 'A', minute: 1 };
	expect(model([paid, cancelled]).has(EMAIL, OFFER)).toBe(true);
	expect(model([paid, { ...paid, event: 'failed', minute: 2 }, cancelled]).has(EMAIL, OFFER)).toBe(
		false,
	);
});

test('a product with two offers gives both, and its refund takes both', () => {
	const made = model([{ event: 'paid', orderId: 'A', minute: 1, productId: 'both' }]);
	expect([made.has(EMAIL, OFFER), made.has(EMAIL, 'Office Bundle')]).toEqual([true, true]);
	made.deliver(call({ event: 'refunded', orderId: 'A', minute: 2, productId: 'both' }));
	expect([made.has(EMAIL, OFFER), made.has(EMAIL, 'Office Bundle')]).toEqual([false, false]);
});

test('an event without a product is about all products of its order, and only of it', () => {
	const made = model([
		{ event: 'paid', orderId: 'A', minute: 1, productId: 'both' },
		{ event: 'paid', orderId: 'B', minute: 1, email: 'other@example.com' },
		{ event: 'chargeback', orderId: 'A', minute: 2, productId: '' },
	]);
	expect([
		made.has(EMAIL, OFFER),
		made.has(EMAIL, 'Office Bundle'),
		made.has('other@example.com', OFFER),
	]).toEqual([false, false, true]);
});

test('what nobody can decide is put to a human, once, and gives nothing', () => {
	const odd: Sent[] = [
		{ event: 'paid', orderId: 'A', minute: 1, productId: '9999' },
		{ event: 'paid', orderId: 'B', minute: 1, productId: '' },
		{ event: 'paid', orderId: 'C', minute: 1, email: '' },
		{ event: 'refunded', orderId: 'D', minute: 1 },
	];
	const made = model([...odd, ...odd]);
	expect(made.grants).toEqual([]);
	expect(made.checks.map(({ checkKind }) => checkKind)).toEqual([
		'unknownProduct',
		'unknownProduct',
		'noEmail',
		'unknownOrder',
	]);
});

test('a product that is mapped later is given when the shop sends the event again', () => {
	const made = model([{ event: 'paid', orderId: 'A', minute: 1, productId: 'new' }]);
	made.products.push({ id: 9, shop: 'other', productId: 'new', offer: OFFER, days: '' });
	made.deliver(call({ event: 'paid', orderId: 'A', minute: 1, productId: 'new' }));
	expect(made.has(EMAIL, OFFER)).toBe(true);
});

test('WooCommerce: the refund of a renewal finds the subscription, in any order, and once', () => {
	const woo = (topic: string, minute: number, body: object) => ({
		headers: { 'x-wc-webhook-topic': topic },
		body: {
			date_modified_gmt: at(minute).slice(0, 19),
			billing: { email: EMAIL },
			line_items: [{ product_id: 4711, quantity: 1 }],
			...body,
		},
	});
	const active = (minute: number) =>
		woo('subscription.updated', minute, { id: 50, parent_id: 40, status: 'active' });
	const refunded = (minute: number) =>
		woo('order.updated', minute, {
			id: 60,
			status: 'refunded',
			meta_data: [{ key: '_subscription_renewal', value: '50' }],
		});
	const after = (...calls: Array<ReturnType<typeof woo>>) => {
		const made = new PaymentModel(
			{ file: 'payment-woocommerce', trigger: 'When WooCommerce Calls' },
			[{ id: 1, shop: 'woocommerce', productId: '4711', offer: OFFER, days: '' }],
		);
		for (const each of calls) made.deliver(each);

		return made.has(EMAIL, OFFER);
	};
	expect(after(active(1), refunded(2))).toBe(false);
	expect(after(refunded(2), active(1))).toBe(false);
	expect(after(refunded(2), active(3))).toBe(true);
	// Somebody edits the order that was refunded.
	expect(after(active(1), refunded(2), active(3), refunded(4))).toBe(true);
});

describe('what the shops send', () => {
	const read = (shop: string, trigger: string, body: object, headers: object = {}) =>
		runCode(
			`payment-${shop}`,
			'Read the Event',
			{ [trigger]: [{ body, headers } as unknown as Row] },
			[],
		);

	test('Digistore24: German times, summer and winter; a stopped rebilling changes nothing yet', () => {
		const event = (more: object) =>
			read('digistore24', 'When Digistore24 Calls', {
				event: 'on_payment',
				order_id: 'A',
				product_id: '1',
				transaction_id: '7',
				email: 'Erika@Example.com',
				...more,
			})[0];
		expect(event({ transaction_date: '2026-01-10', transaction_time: '12:00:00' })).toMatchObject({
			event: 'paid',
			eventTime: '2026-01-10T11:00:00.000Z',
			email: EMAIL,
		});
		expect(event({ transaction_processed_at: '2026-07-10 12:00:00' }).eventTime).toBe(
			'2026-07-10T10:00:00.000Z',
		);
		expect(event({ event: 'on_rebill_cancelled' })).toEqual({ event: 'none' });
		expect(event({ event: 'last_paid_day' }).event).toBe('cancelled');
		// It names the last transaction, which is long past.
		const past = { transaction_date: '2020-01-10', transaction_time: '12:00:00' };
		expect(event({ event: 'on_payment_missed', ...past }).eventTime).not.toMatch(/^2020/);
	});

	test('Digistore24: signed fields are told from others, whether their names are in capitals or not', () => {
		const key = 'passphrase';
		const fields = { order_id: 'A', event: 'on_payment', Zone: 'ä', note: '' };
		const signed = (named: (name: string) => string) =>
			createHash('sha512')
				.update(
					[
						['Zone', 'ä'],
						['event', 'on_payment'],
						['order_id', 'A'],
					]
						.map(([name, value]) => [named(name), value])
						.sort(([a], [b]) => (a < b ? -1 : 1))
						.map(([name, value]) => `${name}=${value}${key}`)
						.join(''),
				)
				.digest('hex');
		const workflow = example('payment-digistore24');
		const sign = (node: string) =>
			createHash('sha512')
				.update(
					String(
						evaluate(nodeOf(workflow, node).parameters.value, {
							passphrase: key,
							body: { ...fields, sha_sign: 'X' },
						}),
					),
				)
				.digest('hex');
		expect(sign('Sign the Fields')).toBe(signed((name) => name));
		expect(sign('Sign in Capitals')).toBe(signed((name) => name.toUpperCase()));
		const { conditions } = nodeOf(workflow, 'Is It from Digistore24?').parameters.conditions as {
			conditions: Array<{ leftValue: string }>;
		};
		const genuine = (sha_sign: string, passphrase = key) =>
			evaluate(conditions[0].leftValue, {
				passphrase,
				body: { sha_sign },
				signature: signed((name) => name),
				signatureInCapitals: signed((name) => name.toUpperCase()),
			});
		expect(genuine(signed((name) => name).toUpperCase())).toBe(true);
		expect(genuine(signed((name) => name.toUpperCase()).toUpperCase())).toBe(true);
		expect(genuine('')).toBe(false);
		expect(
			genuine(
				signed((name) => name),
				'',
			),
		).toBe(false);
	});

	test('Stripe: subscriptions speak by their invoices, in the old form and in the new one', () => {
		const stripe = (type: string, object: object) =>
			read('stripe', 'When Stripe Calls', {
				id: 'evt_1',
				type,
				created: 1768037400,
				data: { object },
			})[0];
		expect(
			stripe('checkout.session.completed', {
				id: 'cs_1',
				mode: 'subscription',
				payment_status: 'paid',
				subscription: 'sub_1',
			}),
		).toEqual({ event: 'none' });
		expect(
			stripe('checkout.session.completed', {
				id: 'cs_1',
				mode: 'payment',
				payment_status: 'unpaid',
				payment_intent: 'pi_1',
			}),
		).toEqual({ event: 'none' });
		const wanted = {
			event: 'paid',
			orderId: 'sub_1',
			productId: 'prod_1',
			paymentId: 'pi_1',
			email: EMAIL,
		};
		expect(
			stripe('invoice.paid', {
				id: 'in_1',
				subscription: 'sub_1',
				payment_intent: 'pi_1',
				customer_email: EMAIL,
				lines: { data: [{ price: { product: 'prod_1' } }] },
			}),
		).toMatchObject(wanted);
		expect(
			stripe('invoice.paid', {
				id: 'in_1',
				parent: { subscription_details: { subscription: 'sub_1' } },
				payments: { data: [{ payment: { payment_intent: 'pi_1' } }] },
				customer_email: EMAIL,
				lines: { data: [{ pricing: { price_details: { product: 'prod_1' } } }] },
			}),
		).toMatchObject(wanted);
	});

	test('CopeCart: a cancelled subscription runs until the end of its last day', () => {
		const [event] = read('copecart', 'When CopeCart Calls', {
			event_type: 'payment.recurring.cancelled',
			order_id: 'A',
			product_id: '1',
			is_cancelled_for: '2026-05-31',
		});
		expect(event).toMatchObject({ event: 'cancelled', endsAt: '2026-05-31T23:59:59.000Z' });
	});

	test('ThriveCart: flat names of a form, and one event for each thing bought', () => {
		const events = read('thrivecart', 'When ThriveCart Calls', {
			event: 'order.success',
			order_id: '1',
			base_product: '7',
			'purchase_map[0]': 'product-7',
			'purchase_map[1]': 'bump-3',
			'customer[email]': EMAIL,
			'passthrough[member_emails]': 'friend@example.com',
		});
		expect(
			events.map(({ productId, email, memberEmails }) => [productId, email, memberEmails]),
		).toEqual([
			['product-7', EMAIL, ['friend@example.com']],
			['bump-3', EMAIL, ['friend@example.com']],
		]);
		expect(
			read('thrivecart', 'When ThriveCart Calls', {
				event: 'order.rebill_failed',
				order_id: '1',
				base_product: '7',
				'subscription[type]': 'upsell',
				'subscription[id]': '4',
			})[0].productId,
		).toBe('upsell-4');
	});

	test('ThriveCart: an order tells its time in other fields than what happens to it later', () => {
		const event = (more: object) =>
			read('thrivecart', 'When ThriveCart Calls', {
				order_id: '1',
				base_product: '7',
				'order[date_unix]': '1500000000',
				...more,
			})[0].eventTime;
		expect(event({ event: 'order.success', order_timestamp: '1768033800' })).toBe(
			'2026-01-10T08:30:00.000Z',
		);
		expect(event({ event: 'order.success' })).toBe('2017-07-14T02:40:00.000Z');
		expect(event({ event: 'order.refund', date_unix: '1768033800' })).toBe(
			'2026-01-10T08:30:00.000Z',
		);
		expect(event({ event: 'order.refund' })).not.toMatch(/^2017/);
	});

	test('ablefy: a form or JSON; what is not known for sure is put to a human', () => {
		const ablefy = (event: string, more: object = {}) =>
			read('ablefy', 'When ablefy Calls', {
				event,
				id: '5',
				order_id: 'A',
				product_id: '1',
				...more,
			});
		expect(
			ablefy('payment.successful', {
				success_date: '2026-01-19T18:12Z',
				'payer[email]': 'Erika@Example.com',
				'sellables[][product][id]': '1',
				'sellables[][quantity]': '3',
			}),
		).toMatchObject([
			{
				event: 'paid',
				productId: '1',
				quantity: 3,
				email: EMAIL,
				eventTime: '2026-01-19T18:12:00.000Z',
			},
		]);
		const two = [{ product: { id: 1 } }, { product: { id: 2 } }];
		for (const more of [{ sellables: two }, { 'sellables[][product][id]': ['1', '2'] }])
			expect(
				ablefy('payment.successful', more).map(({ event, productId }) => [event, productId]),
			).toEqual([
				['paid', '1'],
				['unclear', '2'],
			]);
		const of = (name: string, more?: object) => ablefy(name, more)[0].event;
		expect(of('order.subscription.paying')).toBe('paid');
		expect(of('order.subscription.paused')).toBe('failed');
		expect(of('chargeback.successful')).toBe('chargeback');
		// The last instalment may be what it tells of.
		expect(of('order.subscription.finished')).toBe('unclear');
		expect(of('order.subscription.canceled')).toBe('unclear');
		expect(of('order.subscription.canceled', { access_expiration_date: '2026-05-31' })).toBe(
			'cancelled',
		);
		expect(of('lesson.completed')).toBe('none');
		expect(of('payment.pending')).toBe('none');
		// Such an event carries the date of the order, if any.
		expect(
			ablefy('order.subscription.paused', { created_date: '2020-01-01T00:00Z' })[0].eventTime,
		).not.toMatch(/^2020/);
	});

	test('WooCommerce: renewal orders are passed over, by either of their marks', () => {
		const order = (more: object) =>
			read(
				'woocommerce',
				'When WooCommerce Calls',
				{ id: 1, status: 'completed', line_items: [{ product_id: 7 }], ...more },
				{ 'x-wc-webhook-topic': 'order.updated' },
			)[0].event;
		expect(order({})).toBe('paid');
		expect(order({ created_via: 'subscription' })).toBe('none');
		expect(order({ meta_data: [{ key: '_subscription_renewal', value: '9' }] })).toBe('none');
	});

	test('only ISO times are read, and never by the clock of the server', () => {
		const time = (transaction_processed_at: string) =>
			read('copecart', 'When CopeCart Calls', {
				event_type: 'payment.made',
				order_id: 'A',
				transaction_processed_at,
			})[0].eventTime;
		expect(time('2026-01-10T09:30:00.000+01:00')).toBe('2026-01-10T08:30:00.000Z');
		expect(time('2026-01-10 08:30:00')).toBe('2026-01-10T08:30:00.000Z');
		expect(time('05.01.2020')).not.toMatch(/^2020/);
	});

	test('forms cannot reach the prototype of objects', () => {
		read('ablefy', 'When ablefy Calls', {
			event: 'payment.successful',
			order_id: '1',
			'__proto__[polluted]': 'yes',
			'constructor[prototype][polluted]': 'yes',
		});
		expect(Reflect.get({}, 'polluted')).toBeUndefined();
	});
});
