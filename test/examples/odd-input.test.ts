import { PaymentModel, runCode, type Row } from './till';

/** Input that people and other systems really give, and that must not stop or mislead a workflow. */

describe('corporate-seats: the end of a contract', () => {
	const plan = (companies: Row[], given: Row[] = []) =>
		runCode(
			'corporate-seats',
			'Plan',
			{
				Companies: companies,
				'People with a Seat': [
					{ company: 'A', email: 'anna@example.com' },
					{ company: 'B', email: 'ben@example.com' },
				],
			},
			given,
		);
	const company = (name: string, until: string): Row => ({
		company: name,
		offer: 'Excel Basics',
		seats: 5,
		until,
	});

	test.each(['31.12.2026', 'end of the year', '2026-13-01'])(
		'%j is told to a human, and stops neither this company nor another one',
		(until) => {
			const given = {
				rowKey: 'seats|A|seat|Excel Basics|old@example.com',
				orderId: 'A',
				offer: 'Excel Basics',
				memberEmail: 'old@example.com',
				state: 'paid',
			};
			const rows = plan([company('A', until), company('B', '2026-12-31')], [given]);
			expect(
				rows.map((row) => [row.orderId, row.checkKind, row.state ?? '', row.endsAt ?? '']),
			).toEqual([
				['A', 'badDate', '', ''],
				['B', '', 'paid', '2026-12-31T23:59:59.000Z'],
			]);
			expect(rows[0].checkMessage).toContain(`"${until}"`);
		},
	);

	test.each([
		['', ''],
		['2026-12-31', '2026-12-31T23:59:59.000Z'],
		['2026-12-31T12:00:00Z', '2026-12-31T12:00:00.000Z'],
	])('%j ends %j', (until, endsAt) => {
		expect(plan([company('A', until), company('B', until)]).map((row) => row.endsAt)).toEqual([
			endsAt,
			endsAt,
		]);
	});
});

describe('payments: the days of a product', () => {
	const SHOP = { file: 'payment-other-shop', trigger: 'When Another Shop Calls' };
	const EMAIL = 'erika@example.com';
	const bought = (days: string, more: object = {}) => {
		const model = new PaymentModel(SHOP, [
			{ id: 1, shop: 'other', productId: '4711', offer: 'Excel Basics', days },
		]);
		const body = {
			event: 'paid',
			eventId: 'e1',
			orderId: 'A',
			productId: '4711',
			email: EMAIL,
			time: '2026-01-10T08:00:00Z',
		};
		model.deliver({ body: { ...body, ...more } });

		return model;
	};
	const kinds = ({ checks }: PaymentModel) => checks.map(({ checkKind }) => checkKind);

	test.each(['365 days', 'a year', '1e12', '-5', '1.000,5'])(
		'%j is told to a human, and whoever paid gets in',
		(days) => {
			const model = bought(days);
			expect(model.has(EMAIL, 'Excel Basics')).toBe(true);
			expect(kinds(model)).toEqual(['badDays']);
			expect(model.orders.map(({ endsAt }) => endsAt)).toEqual(['']);
		},
	);

	test.each([
		['', ''],
		[' 30 ', '2026-02-09T08:00:00.000Z'],
		['0', ''],
	])('%j ends %j, and nobody is told', (days, endsAt) => {
		const model = bought(days);
		expect(kinds(model)).toEqual([]);
		expect(model.orders.map((row) => row.endsAt)).toEqual([endsAt]);
	});

	test('a term that is over when its payment arrives opens nothing', () => {
		const time = '2020-01-10T08:00:00Z';
		expect(bought('30', { time }).has(EMAIL, 'Excel Basics')).toBe(false);
		expect(bought('', { time }).has(EMAIL, 'Excel Basics')).toBe(true);
	});

	test('without an address, a human is told that nobody got in', () => {
		expect(kinds(bought('a year', { email: '' }))).toEqual(['noEmail']);
	});

	test('a row whose time was taken out by hand stops no event', () => {
		const model = bought('30');
		Object.assign(model.orders[0], { eventTime: '', endsAt: '' });
		model.deliver({
			body: { event: 'refunded', eventId: 'e1', orderId: 'A', productId: '4711' },
		});
		model.deliver({
			body: { event: 'refunded', eventId: 'e2', orderId: 'A', productId: '4711' },
		});
		expect(model.has(EMAIL, 'Excel Basics')).toBe(false);
	});
});

describe('progress-nudges: the first run', () => {
	const decide = (rows: Row[], known: Row[]) =>
		runCode(
			'progress-nudges',
			'Decide',
			{ Settings: [{ daysStuck: 14 }], 'With Name': rows },
			known.length === 0 ? [{}] : known,
		).map((row) => row.action);
	const row = (course: string, percent: number): Row => ({ key: `uid-1|${course}`, percent });

	test('for a second course congratulates nobody for what was done long ago', () => {
		expect(decide([row('excel', 100)], [])).toEqual(['none']);
		expect(decide([row('yoga', 100)], [row('excel', 40)])).toEqual(['none']);
		expect(decide([row('excel', 100)], [row('excel', 40)])).toEqual(['congratulate']);
	});
});

describe('side by side: a try in the editor', () => {
	const task = (more: Row) => {
		const event = {
			event: 'userGotOffer',
			certain: true,
			offer: { id: 'o1', name: 'Excel Basics' },
			user: { email: 'anna@example.com' },
			...more,
		};

		return runCode(
			'side-by-side-thinkific',
			'What Has to Be Done There',
			{ 'Offer Got or Lost': [event as unknown as Row] },
			[{ platform: 'thinkific', course: 'Excel', offer: 'Excel Basics', target: '7' }],
		).map((row) => row.task);
	};

	test('gives nobody a course to whom nothing has happened', () => {
		expect(task({})).toEqual(['give']);
		expect(task({ sample: 'Nothing like this was found at the beginning of the list.' })).toEqual(
			[],
		);
	});
});

describe('crm-sync: a contact that lacks what is needed', () => {
	test('HubSpot: a contact without properties stops the sync with words', () => {
		const page = { results: [{ id: '1' }] } as unknown as Row;
		expect(runCode('crm-sync-hubspot', 'Contacts With Offers', {}, [page])).toEqual([
			{ problem: 'HubSpot does not send memberspot_managed and memberspot_offers' },
		]);
	});
});
