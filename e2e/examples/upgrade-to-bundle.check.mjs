import { UPGRADES } from '../../examples/build/upgrade.mjs';
import { ensureHeader, otherShop, SHOP_HEADER } from './other-shop.mjs';
import { grantsOf, makeTables, OFFER, ORDERS, OTHER_OFFER, PRODUCTS, Till } from './payments.mjs';

/**
 * A member with the small course buys the bundle through a payment workflow: the bundle first, then
 * the course is paused, once; a refund of the bundle brings it back; while Memberspot fails to give
 * the bundle nothing is taken.
 */
export default {
	example: 'upgrade-to-bundle',
	async check({ api, standIn, expect, importExample, dataTable, rows }) {
		await ensureHeader(api, SHOP_HEADER);
		await makeTables(dataTable, 'other');
		await dataTable(PRODUCTS.name, PRODUCTS.columns, [
			{ shop: 'other', productId: 'course', offer: OFFER },
			{ shop: 'other', productId: 'bundle', offer: OTHER_OFFER },
		]);
		await dataTable(UPGRADES.name, UPGRADES.columns, [{ fromOffer: OFFER, toOffer: OTHER_OFFER }]);
		const payments = await importExample(() => {}, 'payment-other-shop');
		const upgrade = await importExample();
		// By hand it is a dry run; the schedule is played by a trigger of the same place.
		const real = await importExample((workflow) => {
			const trigger = workflow.nodes.find(({ name }) => name === 'Every 15 Minutes');
			trigger.type = 'n8n-nodes-base.manualTrigger';
			trigger.typeVersion = 1;
			trigger.parameters = {};
			workflow.name += ' (now)';
		});
		await api.publish(payments);
		const till = new Till(api, otherShop, payments);
		const run = async () => await api.runWorkflow(real, 'Every 15 Minutes');
		const offers = await standIn.offers();
		const idOf = (wanted) => offers.find(({ name }) => name === wanted).id;
		const has = async (email, offer) =>
			(await grantsOf(standIn, email)).some(
				(grant) => grant.offerId === idOf(offer) && grant.active,
			);

		const member = { email: 'climber@example.com' };
		await till.send('paid', {
			...member,
			order: 'U1',
			product: 'course',
			at: '2026-01-10T08:00:00Z',
		});
		await run();
		expect('without the bundle the course stays on', await has(member.email, OFFER));

		await standIn.control('/faults', 'POST', {
			kind: 'status',
			status: 503,
			operationId: 'grantUserOfferByMail',
			times: 50,
		});
		await till.send('paid', {
			...member,
			order: 'U2',
			product: 'bundle',
			at: '2026-02-10T08:00:00Z',
		});
		await standIn.control('/faults', 'DELETE');
		await run();
		expect('while the bundle could not be given nothing is taken', await has(member.email, OFFER));
		await till.send('paid', {
			...member,
			order: 'U2',
			product: 'bundle',
			at: '2026-02-10T08:00:01Z',
		});
		expect('the bundle is on', await has(member.email, OTHER_OFFER));

		await standIn.clearLog();
		const dry = await api.runWorkflow(upgrade, 'Try It by Hand');
		expect(
			'by hand it only shows whom it is about',
			dry.items('Pause or Bring Back')[0]?.json.dryRun === true &&
				(await has(member.email, OFFER)) &&
				(await rows(ORDERS.name)).every(({ applied }) => applied !== 'upgraded'),
			dry.error?.message,
		);
		await run();
		expect(
			'the smaller offer is paused, the bundle stays',
			!(await has(member.email, OFFER)) && (await has(member.email, OTHER_OFFER)),
			'bundle on → course paused',
		);
		await standIn.clearLog();
		await run();
		expect(
			'a second run sends nothing',
			(await standIn.requests()).every(({ method }) => method === 'GET'),
		);
		await till.send('paid', {
			...member,
			order: 'U1',
			product: 'course',
			at: '2026-03-10T08:00:00Z',
		});
		expect('an instalment of the course does not bring it back', !(await has(member.email, OFFER)));

		await till.send('refunded', {
			...member,
			order: 'U2',
			product: 'bundle',
			at: '2026-03-11T08:00:00Z',
		});
		await run();
		expect(
			'a refund of the bundle brings the course back',
			(await has(member.email, OFFER)) && !(await has(member.email, OTHER_OFFER)),
			'bundle refunded → course back',
		);
		await till.send('refunded', {
			...member,
			order: 'U1',
			product: 'course',
			at: '2026-03-12T08:00:00Z',
		});
		await run();
		expect('and the refund of the course ends it', !(await has(member.email, OFFER)));
		expect('nothing was removed', (await grantsOf(standIn, member.email)).length === 2);
	},
};
