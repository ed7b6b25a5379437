/**
 * As imported, the workflow only shows the plan. With the second node switched on it sends what differs,
 * and a further run sends nothing. Where the lists of Memberspot do not tell whether access is in use,
 * nothing is taken away, and the rows say so.
 */
const PEOPLE = ['anna@example.com', 'ben@example.com', 'carla@example.com'];

export default {
	example: 'sync-crm',
	variants: [
		{
			switches: { active: 'user' },
			because:
				'access that is paused looks like any other: it must be said that it can not be told',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, variants, example, importExample, expect }) {
		/** Under the others the lists of this school prove nothing. */
		const isProven = variants.active === 'grant';
		const showsPaused = variants.active === 'user';
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
				last?.summary.includes(
					`${showsPaused ? '1 gets' : '2 get'} access, ${isProven ? '1 loses' : '0 lose'} it`,
				),
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
				(await active('ben@example.com')) === (showsPaused ? '' : 'Excel Basics') &&
				(await active('carla@example.com')) === (isProven ? '' : 'Excel Basics'),
			`${real.writes} writes`,
		);
		expect(
			'with one write for each difference',
			real.writes === 1 + (showsPaused ? 0 : 1) + (isProven ? 1 : 0),
		);
		const row = (email) =>
			real.execution.items('2. Real Run').find(({ json }) => json.email === email).json;
		expect(
			'what can not be told stands in the row of the user',
			(row('ben@example.com').unknown ?? []).length === (showsPaused ? 1 : 0) &&
				(row('carla@example.com').notTaken ?? []).length === (isProven ? 0 : 1),
		);
		expect('nobody else was touched', (await others()) === before);
		expect(
			'access is paused, not removed',
			(await standIn.grantsOf('carla@example.com')).length === 1,
		);
		const again = await run(live);
		expect('a further run sends nothing', again.writes === 0);
	},
};
