import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { OFFERS, USERS } from '../stand-in/fixtures';
import { startStandIn, type StandIn } from '../stand-in';
import { createEngine, ENGINE_LINES, testCredential, type Engine } from '../support/engine';

const { excel, bundle } = OFFERS;

/** Everything by expression, as in a workflow behind a CRM. */
const syncParameters: INodeParameters = {
	resource: 'user',
	operation: 'syncAccess',
	email: '={{ $json.email }}',
	offersFrom: 'list',
	offerList: '={{ $json.offers }}',
	controls: 'chosen',
	chosenOffers: { values: [excel, bundle].map(({ id }) => ({ offer: { __rl: true, mode: 'id', value: id } })) },
};

describe.each(ENGINE_LINES)('in the engine of n8n %s', (line) => {
	let engine: Engine;
	let standIn: StandIn;
	const credentials = () => testCredential(standIn, { allowedActions: 'fullAccess' });
	const sync = async (items: IDataObject[], more: INodeParameters = {}, onError?: 'continueErrorOutput') => await engine.memberspot({ ...syncParameters, ...more }, items, { credentials: credentials(), onError });

	beforeAll(async () => {
		engine = await createEngine({ line });
		standIn = await startStandIn({ users: 25 });
	});
	beforeEach(() => standIn.reset());
	afterAll(async () => await standIn.close());

	test('each row is linked to its own item, merged ones too', async () => {
		const items = [{ email: 'carla@example.com', offers: ['Excel Basics'] }, { email: 'anna@example.com', offers: [] }, { email: 'Carla@example.com', offers: ['Office Bundle'] }];
		const { items: rows, links, error } = await sync(items);
		expect(error).toBeUndefined();
		expect(rows.map(({ json }) => [json.email, json.granted, json.deactivated, json.mergedWith])).toEqual([
			['carla@example.com', [excel.id, bundle.id], [], undefined],
			['anna@example.com', [], [excel.id], undefined],
			['carla@example.com', [excel.id, bundle.id], [], 0],
		]);
		expect(links).toEqual(items.map((json) => ({ json })));
	});

	test('rows about users who are not in the input, and the summary, are linked to the last item', async () => {
		const items = [{ email: USERS.juergen.email, offers: [excel.id] }, { email: 'carla@example.com', offers: [] }];
		const { items: rows, links } = await sync(items, {
			notInInput: 'takeAway',
			confirmNotInInput: true,
			limitTo: 'property',
			limitProperty: 'Firma',
			limitValue: 'Schmidt GmbH',
			options: { dryRun: true },
		});
		expect(rows.map(({ json }) => json.email ?? json.summary)).toEqual([USERS.juergen.email, 'carla@example.com', 'anna@example.com', '0 get access, 1 loses it, 2 unchanged']);
		expect(links).toEqual([0, 1, 1, 1].map((item) => ({ json: items[item] })));
		expect(standIn.log.writes()).toEqual([]);
	});

	test.each<[string, INodeParameters & { options?: IDataObject }, RegExp]>([
		['the policy', { unlisted: '={{ $json.missing }}' }, /^If an Offer Is Not Listed is not one of/],
		['the offers under control', { controls: '={{ $json.missing }}' }, /^Offers This Sync Controls is not one of/],
		['comparing', { comparing: '={{ $json.missing }}' }, /^Comparing is not one of/],
		['a dry run', { options: { dryRun: '={{ $json.missing }}' } }, /^Dry Run is empty/],
		['the most losses', { options: { mostLosses: '={{ $json.missing }}' } }, /^Maximum Users to Lose Access is empty/],
		['the first users', { options: { onlyFirst: '={{ $json.missing }}' } }, /^Only the First Users is empty/],
		['two offers in one text', { offerList: '={{ $json.first }}, {{ $json.second }}' }, /^Offer List is empty|^Offers, entry 1, is empty/],
	])('an expression for %s that gives nothing is refused, and does not fall back to taking away', async (_what, more, message) => {
		const { error } = await sync([{ email: 'anna@example.com', offers: [] }], { ...more, options: { pausedAccess: 'listedInactive', ...more.options } });
		expect(error?.message).toMatch(message);
		expect(standIn.log.writes()).toEqual([]);
	});

	test('with Execute Once nobody is "not in the input", since n8n keeps most of it from the node', async () => {
		const { error } = await engine.memberspot(
			{ ...syncParameters, notInInput: 'takeAway', confirmNotInInput: true, limitTo: 'everyone' },
			[{ email: 'anna@example.com', offers: [excel.id] }, { email: USERS.juergen.email, offers: [excel.id] }],
			{ credentials: credentials(), node: { executeOnce: true } },
		);
		expect(error?.message).toContain('With Execute Once the node gets the first item only');
		expect(standIn.log.count()).toBe(0);
	});

	test('the extra rows and totals of an audit are linked as well', async () => {
		const items = [{ email: 'anna@example.com', offers: [excel.id] }, { email: 'Anna@example.com', offers: [] }];
		const { items: rows, links } = await engine.memberspot(
			{
				resource: 'user',
				operation: 'auditAccess',
				email: '={{ $json.email }}',
				offersFrom: 'list',
				offerList: '={{ $json.offers }}',
				offersToRead: 'chosen',
				chosenOffers: { values: [{ offer: { __rl: true, mode: 'name', value: 'Excel Basics' } }] },
				options: { usersWithoutAccess: false },
			},
			items,
			{ credentials: credentials() },
		);
		expect(rows[0].json).toMatchObject({ status: 'ok', email: 'anna@example.com' });
		expect(rows[1].json).toMatchObject({ status: 'ok', mergedWith: 0 });
		expect(rows.slice(2, -1).every(({ json }) => json.status === 'extra' && json.inInput === false)).toBe(true);
		expect(rows.at(-1)?.json.status).toBe('totals');
		expect(links).toEqual(rows.map((_row, place) => ({ json: items[place === 0 ? 0 : 1] })));
	});

	test('failed items go to the error output, linked, and the others to the main one', async () => {
		const items = [{ email: 'anna@example.com', offers: ['nothing like this'] }, { email: 'carla@example.com', offers: [excel.id] }];
		const { items: rows, links, errorItems, errorLinks } = await sync(items, {}, 'continueErrorOutput');
		expect(rows.map(({ json }) => json.granted)).toEqual([[excel.id]]);
		expect(links).toEqual([{ json: items[1] }]);
		expect(errorItems.map(({ json }) => json.error)).toEqual(['There is no offer called "nothing like this"']);
		expect(errorLinks).toEqual([{ json: items[0] }]);
	});

	test('n8n keeps what the node remembers, and the second run sends nothing', async () => {
		standIn.setVariants({ active: 'user' });
		const parameters = { ...syncParameters, options: { pausedAccess: 'findOut' } };
		const spec = { nodes: [{ name: 'Start', type: 'test.start' }, { name: 'Memberspot', type: 'memberspot', parameters }], items: [{ email: 'anna@example.com', offers: [] }, { email: 'ben@example.com', offers: [] }], credentials: { memberspotApi: credentials() } };
		const first = await engine.run({ ...spec, mode: 'trigger' });
		expect(standIn.log.writes()).toHaveLength(1);
		standIn.log.clear();
		const second = await engine.run({ ...spec, mode: 'trigger', staticData: first.staticData });
		expect(second.error).toBeUndefined();
		expect(standIn.log.writes()).toEqual([]);
	});
});
