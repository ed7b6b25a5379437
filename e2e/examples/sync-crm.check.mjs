/**
 * As imported, the workflow only shows the plan. With the second node switched on it sends what differs,
 * and a further run sends nothing.
 */
const PEOPLE = ['anna@example.com', 'ben@example.com', 'carla@example.com'];

export default {
	example: 'sync-crm',
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, example, importExample, expect }) {
		const offers = await standIn.offers();
		const active = async (email) =>
			(await standIn.grantsOf(email))
				.filter((grant) => grant.active)
				.map(({ offerId }) => offers.find(({ id }) => id === offerId).name)
				.sort()
				.join();
		const others = async () =>
			JSON.stringify(
				(await standIn.control('/users')).filter(({ email }) => !PEOPLE.includes(email)),
			);
		const run = async (workflow) => {
			await standIn.clearLog();
			const execution = await api.runWorkflow(workflow, 'Start by Hand');
			const requests = await standIn.requests();

			return { execution, writes: requests.filter(({ method }) => method !== 'GET').length };
		};
		// Carla has an access that the list of the CRM does not name.
		await standIn.control('/users/carla@example.com/grants', 'POST', {
			offerId: offers.find(({ name }) => name === 'Excel Basics').id,
		});
		const before = await others();

		const plan = await run(await importExample());
		const last = plan.execution.items('1. Dry Run').at(-1)?.json;
		expect(
			'as imported it shows the plan and sends nothing',
			plan.execution.status === 'success' &&
				plan.writes === 0 &&
				/2 get access, 1 loses it/.test(last?.summary),
			last?.summary,
		);
		expect(
			'the real run is off at first',
			example.nodes.find(({ name }) => name === '2. Real Run').disabled === true,
		);

		const live = await importExample(({ nodes }) => {
			nodes.find(({ name }) => name === '2. Real Run').disabled = false;
		});
		const real = await run(live);
		expect(
			'the real run makes it so',
			(await active('anna@example.com')) === 'Excel Basics,Office Bundle' &&
				(await active('ben@example.com')) === 'Excel Basics' &&
				(await active('carla@example.com')) === '',
			`${real.writes} writes`,
		);
		expect('with one write for each difference', real.writes === 3);
		expect('nobody else was touched', (await others()) === before);
		expect(
			'access is paused, not removed',
			(await standIn.grantsOf('carla@example.com')).length === 1,
		);
		const again = await run(live);
		expect('a further run sends nothing', again.writes === 0);
	},
};
