/**
 * The table holds who paid and has no access, who has access and did not pay, and who takes up a seat
 * for nothing; what is settled by the next audit is marked as gone; and an empty payment table is a fault.
 */
const FINDINGS = 'memberspot_access_audit';
const PAID = 'memberspot_paid';
const PAID_COLUMNS = { email: 'string', offer: 'string', until: 'date' };

export default {
	example: 'access-audit',
	variants: [
		{
			switches: { active: 'user' },
			because:
				'the report must not say that all is well where access in use looks like paused access',
		},
		{
			switches: { active: 'inactiveNotListed' },
			because: 'who has paid and is paused stands in no list, and must be found all the same',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, variants, mail, importExample, expect, dataTable, rows }) {
		/** Under the others the lists of this school prove nothing. */
		const isProven = variants.active === 'grant';
		/** How somebody stands in the table who has paid and whose access is paused. */
		const paused = { grant: 'inactive', inactiveNotListed: 'missing' }[variants.active];
		await dataTable(FINDINGS, {
			key: 'string',
			status: 'string',
			meaning: 'string',
			email: 'string',
			offer: 'string',
			likely: 'string',
			lastSeen: 'date',
			open: 'boolean',
		});
		const offers = await standIn.offers();
		const [excel, masterclass] = ['Excel Basics', 'Masterclass'].map((name) =>
			offers.find((offer) => offer.name === name),
		);
		// Everybody has paid for what they actively have, except for Frida's bundle, which nobody paid for.
		const users = await standIn.control('/users');
		const paid = users.flatMap(({ email, grants }) =>
			[...new Set(grants.filter(({ active }) => active).map(({ offerId }) => offerId))].map(
				(offer) => ({ email, offer }),
			),
		);
		const frida = paid.filter(({ email }) => email === 'frida@example.com');
		const unpaid = frida[frida.length - 1];
		await dataTable(PAID, PAID_COLUMNS, [
			...paid.filter((row) => row !== unpaid),
			{ email: 'carla@example.com', offer: masterclass.name },
			{ email: 'ben@example.com', offer: excel.name },
			{ email: 'nobody@example.com', offer: excel.name },
			{ email: 'last@example.com', offer: masterclass.name, until: '2020-01-01T00:00:00.000Z' },
		]);

		const workflow = await importExample();
		const before = await standIn.summary();
		const first = await api.runWorkflow(workflow, 'By Hand');
		expect('the audit succeeds', first.status === 'success');
		const open = async (status) =>
			(await rows(FINDINGS))
				.filter((row) => row.open && row.status === status)
				.map(({ email, offer }) => `${email} ${offer}`.trim())
				.sort();
		expect(
			'paid without access is found',
			(await open('missing')).includes('carla@example.com Masterclass') &&
				(paused === undefined || (await open(paused)).includes('ben@example.com Excel Basics')) &&
				(await open('unknownUser')).some((row) => row.startsWith('nobody@example.com')),
		);
		const unpaidFor = (await rows(FINDINGS)).filter(
			({ status, likely }) => status === 'extra' || likely === 'extra',
		);
		expect(
			'access without payment is found, and only where it is',
			unpaidFor.some(({ email }) => email === 'frida@example.com') &&
				// Paused access that nobody has paid for looks as if it were in use, under this one reading.
				(unpaidFor.length === 1 || variants.active === 'user') &&
				unpaidFor.every(({ status }) => status === (isProven ? 'extra' : 'unknown')),
			`without payment: ${unpaidFor.map(({ email, status }) => `${email} ${status}`).join(', ')}`,
		);
		expect(
			'users without any active access are found',
			(await open('noActiveAccess')).includes('carla@example.com') &&
				!(await open('noActiveAccess')).includes('anna@example.com'),
			`${(await open('noActiveAccess')).length} seats without access`,
		);
		expect(
			'a payment whose time is over is no difference',
			!(await rows(FINDINGS)).some(({ email }) => email === 'last@example.com'),
		);
		const [report] = mail.messages();
		expect(
			'the report is mailed',
			mail.messages().length === 1 &&
				/paid, and has no access: \d/.test(report.text) &&
				(!isProven || report.text.includes('carla@example.com, Masterclass')),
		);
		expect(
			'it says for how many the lists do not tell, and only then',
			/do not tell whether the access is in use or paused: \d/.test(report.text) === !isProven,
			report.text.split('\n').at(-4),
		);

		// Carla gets what she paid for. The other differences stay.
		const count = (await rows(FINDINGS)).length;
		await standIn.control('/users/carla@example.com/grants', 'POST', { offerId: masterclass.id });
		await api.runWorkflow(workflow, 'By Hand');
		const carla = (await rows(FINDINGS)).filter(({ email }) => email === 'carla@example.com');
		expect(
			'what is settled is marked as gone, and nothing stands there twice',
			carla.length === 2 &&
				carla.every((row) => row.open === false) &&
				(await rows(FINDINGS)).length === count,
		);
		expect(
			'what is still there stays open',
			paused === undefined || (await open(paused)).includes('ben@example.com Excel Basics'),
		);

		const kept = JSON.stringify(await rows(FINDINGS));
		await dataTable(PAID, PAID_COLUMNS);
		mail.clear();
		const empty = await api.runWorkflow(workflow, 'By Hand');
		expect(
			'an empty payment table is reported, and the differences are left alone',
			!empty.ran('Compare With Memberspot') &&
				JSON.stringify(await rows(FINDINGS)) === kept &&
				mail.messages().length === 1 &&
				mail.messages()[0].text.includes('The table is empty'),
		);

		await dataTable(PAID, PAID_COLUMNS, [
			{ email: 'anna@example.com', offer: excel.name },
			{ email: 'anna@example.com', offer: 'No Such Offer' },
		]);
		mail.clear();
		await api.runWorkflow(workflow, 'By Hand');
		expect(
			'a row that can not be used is told by mail',
			mail.messages().some(({ text }) => text.includes('No Such Offer')),
		);

		await dataTable(PAID, PAID_COLUMNS, [{ email: 'anna@example.com', offer: excel.name }]);
		const beforeFault = JSON.stringify(await rows(FINDINGS));
		mail.clear();
		await standIn.control('/faults', 'POST', {
			kind: 'status',
			status: 403,
			operationId: 'listUsers',
			times: 99,
		});
		await api.runWorkflow(workflow, 'By Hand');
		await standIn.control('/faults', 'DELETE');
		expect(
			'when Memberspot can not be read, the differences are left alone, and a mail says so',
			JSON.stringify(await rows(FINDINGS)) === beforeFault && mail.messages().length === 1,
		);
		const after = await standIn.summary();
		expect(
			'nothing was changed in Memberspot',
			(await standIn.requests()).every(({ method }) => method === 'GET') &&
				after.users === before.users,
		);
	},
};
