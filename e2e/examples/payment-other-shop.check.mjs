import { ensureHeader, otherShop, SHOP_HEADER } from './other-shop.mjs';
import { checkPayments, grantsOf, makeTables, ORDERS, PRODUCTS, RETRY, Till } from './payments.mjs';

/**
 * Each kind of event in the common form, in and out of order, without the secret, twice, and while
 * Memberspot fails; access for a fixed time, and another purchase after its end.
 */
export default {
	example: 'payment-other-shop',
	variants: [
		{
			switches: { active: 'inactiveNotListed', grantAgain: 'oneAccess' },
			because:
				'who buys again after the end is granted again, and the access keeps the order ID of the first time: a refund by order would leave it on',
		},
	],
	async check(context) {
		const { api, standIn, expect, importExample, dataTable, rows } = context;
		await ensureHeader(api, SHOP_HEADER);
		let workflow;
		await checkPayments(
			{
				...context,
				importExample: async (...parts) => (workflow = await importExample(...parts)),
			},
			otherShop,
		);

		await makeTables(dataTable, 'other');
		await dataTable(PRODUCTS.name, PRODUCTS.columns, [
			{ shop: 'other', productId: 'year', offer: 'Excel Basics', days: '365' },
		]);
		const retry = await importExample(() => {}, 'payment-retry');
		const till = new Till(api, otherShop, workflow);
		const active = async (email) =>
			(await grantsOf(standIn, email)).map((grant) => grant.active).join();
		const today = new Date().toISOString();
		const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
		const year = { email: 'year@example.com', product: 'year' };

		await till.send('paid', { ...year, order: 'Y1', at: daysAgo(100) });
		const [row] = await rows(ORDERS.name);
		expect(
			'a year of access: on, with its end noted',
			(await active(year.email)) === 'true' && row.endsAt.slice(0, 10) > today.slice(0, 10),
		);
		await till.send('paid', { ...year, order: 'Y1', at: daysAgo(10) });
		expect(
			'a second instalment does not make the year longer',
			(await rows(ORDERS.name))[0].endsAt === row.endsAt,
		);
		// The year passes.
		const passed = daysAgo(1);
		const columns = (table, one, changes) => ({
			...Object.fromEntries(Object.keys(table.columns).map((column) => [column, one[column]])),
			...changes,
		});
		await dataTable(
			ORDERS.name,
			ORDERS.columns,
			(await rows(ORDERS.name)).map((each) => columns(ORDERS, each, { endsAt: passed })),
		);
		await dataTable(
			RETRY.name,
			RETRY.columns,
			(await rows(RETRY.name)).map((each) => columns(RETRY, each, { nextTry: passed })),
		);
		await api.runWorkflow(retry, 'Try It by Hand');
		expect(
			'when the year is over the access is off',
			(await active(year.email)) === 'false',
			'term over → off',
		);
		await till.send('paid', { ...year, order: 'Y2', at: today });
		const both = await grantsOf(standIn, year.email);
		expect(
			'bought again after the end: on, in the same user',
			both.some((grant) => grant.active),
			'bought again → on',
		);
		expect(
			'with an end of its own',
			(await rows(ORDERS.name)).find(({ orderId }) => orderId === 'Y2').endsAt > row.endsAt,
		);
		await till.send('refunded', {
			...year,
			order: 'Y2',
			at: new Date(Date.now() + 1000).toISOString(),
		});
		expect(
			'and its refund switches it off again',
			(await grantsOf(standIn, year.email)).every((grant) => !grant.active),
		);
	},
};
