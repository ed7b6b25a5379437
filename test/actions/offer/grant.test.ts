import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const excel = by('id', OFFERS.excel.id);
const grant = async (parameters = {}, more = {}) => await setting.run('offer.grant', { offer: excel, ...parameters }, more);
const holders = `/v1/users/list?offerId=${OFFERS.excel.id}&pageLength=100`;
const grants = () => setting.standIn.log.of('grantUserOfferByMail').map(({ body }) => body);
const activations = () => setting.standIn.log.of('setOfferState').map(({ body }) => body);

describe('a new user', () => {
	test('B22, B72: is looked up, and granted the offer with one request that has every field', async () => {
		const result = await grant({ email: ' Neu@Example.com ', firstName: 'Nele', lastName: 'Neu', orderId: '0009000' });
		const uid = setting.standIn.school.user('neu@example.com')?.uid;
		expect(rowOf(result)).toEqual({
			success: true,
			email: 'neu@example.com',
			offerId: OFFERS.excel.id,
			uid,
			orderId: '0009000',
			action: 'granted',
			before: 'userNotFound',
			outcome: 'confirmed',
		});
		expect(setting.requests()).toEqual([
			['GET', '/v1/users/find-by-mail/neu@example.com'],
			['POST', '/v1/users/grant-user-offer-by-mail', { email: 'neu@example.com', grantOffer: OFFERS.excel.id, firstname: 'Nele', name: 'Neu', orderId: '0009000' }],
		]);
		expect(setting.standIn.school.user('neu@example.com')).toMatchObject({ firstname: 'Nele', name: 'Neu', grants: [{ offerId: OFFERS.excel.id, orderId: '0009000', active: true }] });
		expectToFitSchema('offer', 'grant', result.items);
		// B29: a run in which nothing fails waits for nothing.
		expect(setting.clock.pauses).toEqual([]);
	});

	test('B70: empty names and an empty order id are left out', async () => {
		await grant({ email: 'neu@example.com', firstName: ' ', lastName: '', orderId: '' });
		expect(grants()).toEqual([{ email: 'neu@example.com', grantOffer: OFFERS.excel.id }]);
	});

	test('B51, B53, B59: plus and umlauts stay, capitals go, and stay when asked to', async () => {
		for (const email of ['max+neu@example.com', 'info@müller-kurse.example', 'Anna.Neu@Example.com']) await grant({ email });
		await grant({ email: 'Anna.Zwei@Example.com', options: { keepEmailCase: true } });
		expect(grants()).toMatchObject([{ email: 'max+neu@example.com' }, { email: 'info@müller-kurse.example' }, { email: 'anna.neu@example.com' }, { email: 'Anna.Zwei@Example.com' }]);
	});

	test('B51, B52: an address is one part of the path, whatever is in it', async () => {
		for (const email of ['max+neu@example.com', 'a/b?c#d@example.com', 'jürgen.neu@example.com']) {
			const row = rowOf(await grant({ email, options: { auditRecord: true } }));
			expect(row).toMatchObject({ action: 'granted', before: 'userNotFound' });
			expect(setting.requests().at(-2)).toEqual(['GET', `/v1/users/find-by-mail/${email}`]);
		}
	});

	test('leading zeros of an order id stay', async () => {
		await grant({ email: 'neu@example.com', orderId: '0000' });
		expect(grants()).toMatchObject([{ orderId: '0000' }]);
	});
});

describe('a user who is known already', () => {
	test('B41: with the offer listed as active is switched on, and not granted again', async () => {
		const result = await grant({ email: USERS.anna.email });
		expect(rowOf(result)).toMatchObject({ action: 'activated', before: 'listedActive', outcome: 'confirmed' });
		expect(setting.requests()).toEqual([
			['GET', '/v1/users/find-by-mail/anna@example.com'],
			['GET', holders],
			['POST', '/v1/users/set-offer-state', { email: USERS.anna.email, offerId: OFFERS.excel.id, active: true }],
		]);
		expectToFitSchema('offer', 'grant', result.items);
	});

	test('with the offer paused is switched on', async () => {
		expect(rowOf(await grant({ email: USERS.ben.email }))).toMatchObject({ action: 'activated', before: 'listedInactive', outcome: 'confirmed' });
		expect(setting.standIn.school.holds(USERS.ben.email, OFFERS.excel.id, true)).toBe(true);
		expect(grants()).toEqual([]);
	});

	test('without the offer is granted it', async () => {
		expect(rowOf(await grant({ email: USERS.carla.email }))).toMatchObject({ action: 'granted', before: 'notListed', outcome: 'confirmed' });
		expect(activations()).toEqual([]);
	});

	test.each([
		[USERS.anna.email, 'skipped', 'unchanged', 0],
		[USERS.ben.email, 'activated', 'confirmed', 1],
		[USERS.carla.email, 'granted', 'confirmed', 0],
	])('Skip if Listed as Active: %s is %s', async (email, action, outcome, activated) => {
		const result = await grant({ email, ifHeld: 'skipIfListedActive' });
		expect(rowOf(result)).toMatchObject({ action, outcome });
		expect(activations()).toHaveLength(activated);
		expectToFitSchema('offer', 'grant', result.items);
	});

	test('Grant Always grants without looking', async () => {
		expect(rowOf(await grant({ email: USERS.anna.email, ifHeld: 'grantAlways' }))).toMatchObject({ action: 'granted', outcome: 'confirmed' });
		expect(setting.requests()).toEqual([['POST', '/v1/users/grant-user-offer-by-mail', { email: USERS.anna.email, grantOffer: OFFERS.excel.id }]]);
	});
});

describe('when it can not be told', () => {
	const shown = { options: { maximumPages: 1 } };
	// More holders than one page shows, so that Carla stays open.
	beforeEach(() => {
		setting.addUsers(12, OFFERS.excel.id);
		setting.standIn.setVariants({ pageSizeCap: '10' });
	});

	test('the user is let in, unless it is to stop', async () => {
		const result = await grant({ email: USERS.carla.email, ...shown });
		expect(rowOf(result)).toMatchObject({ action: 'granted', before: 'notSettled' });
		expectToFitSchema('offer', 'grant', result.items);
		expect(setting.standIn.log.count('listUsers')).toBe(1);
	});

	test('Stop With an Error sends nothing', async () => {
		const { message, description } = stopOf(await grant({ email: USERS.carla.email, options: { maximumPages: 1, ifUnsettled: 'stop' } }));
		expect(message).toBe('It can not be told within 1 pages whether carla@example.com has this offer [item 0]');
		expect(description).toContain('Raise Maximum Pages to Read');
		expect(setting.standIn.log.writes()).toEqual([]);
	});
});

describe('several items', () => {
	test('for one user run in order, and the second sees the first', async () => {
		const result = await grant({ email: 'neu@example.com', orderId: (item: number) => ['A1', 'A2'][item] }, { items: [{}, {}] });
		expect(rowsOf(result)).toMatchObject([{ action: 'granted', orderId: 'A1' }, { action: 'activated', before: 'listedActive' }]);
		expect(grants()).toEqual([{ email: 'neu@example.com', grantOffer: OFFERS.excel.id, orderId: 'A1' }]);
		expect(linksOf(result)).toEqual([0, 1]);
	});

	test('read the list of an offer once, and an offer by name once', async () => {
		const emails = [USERS.anna.email, USERS.ben.email, USERS.carla.email, USERS.dora.email];
		await grant({ email: (item: number) => emails[item], offer: by('name', 'Excel Basics'), ifHeld: 'skipIfListedActive' }, { items: emails.map(() => ({})) });
		expect(setting.standIn.log.count('listUsers')).toBe(1);
		expect(setting.standIn.log.count('listOffers')).toBe(1);
	});

	test('a list that breaks off is no reason to grant twice', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listUsers', status: 500, times: 1 });
		const emails = [USERS.anna.email, USERS.dora.email];
		const result = await grant({ email: (item: number) => emails[item], options: { maxParallelRequests: 1 } }, { items: [{}, {}], continueOnFail: true });
		expect(rowsOf(result)).toMatchObject([{ error: 'Memberspot could not answer because of a fault on its side' }, { action: 'activated' }]);
		expect(grants()).toEqual([]);
	});
});

describe('a lost answer', () => {
	test.each([{ kind: 'resetAfter' as const }, { kind: 'status' as const, status: 502 }, { kind: 'hang' as const }])('B24, B25: %j is not repeated, and is called unknown', async (fault) => {
		setting.standIn.fault({ ...fault, operationId: 'grantUserOfferByMail' });
		const { description } = stopOf(await grant({ email: 'neu@example.com' }, { longestWaitMs: 100 }));
		expect(description).toContain('It is not known whether Memberspot carried this out. Look at the user in Memberspot before you repeat it.');
		expect(setting.standIn.log.count('grantUserOfferByMail')).toBe(1);
	});

	test('of a look-up is repeated', async () => {
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'findUserByMail' });
		expect(rowOf(await grant({ email: 'neu@example.com' }))).toMatchObject({ action: 'granted' });
	});
});

test('B40: an offer that Memberspot does not know is told in its words', async () => {
	const result = await grant({ email: 'neu@example.com', offer: by('id', 'nope') }, { continueOnFail: true });
	expect(rowOf(result)).toMatchObject({ message: { status: 404, outcome: 'notDone' } });
	expect(setting.standIn.school.user('neu@example.com')).toBeUndefined();
});

test.each([
	[{ email: '' }, 'E-Mail is empty'],
	[{ email: null }, 'E-Mail is empty'],
	[{ email: 'a@example.com, b@example.com' }, 'E-Mail holds more than one address'],
	[{ email: 'neu@example.com', offer: by('list', '') }, 'Offer is empty'],
	[{ email: 'neu@example.com', offer: undefined }, 'Offer is empty'],
	[{ email: 'neu@example.com', orderId: 2 ** 53 }, 'Order ID is a number that may have been rounded'],
	[{ email: 'neu@example.com', ifHeld: 'x' }, 'If the User Already Has This Offer is not one of: makeActive, skipIfListedActive, grantAlways'],
	[{ email: 'neu@example.com', options: { ifUnsettled: 'x' } }, 'If the List Is Too Long to Tell is not one of: grant, stop'],
	[{ email: 'neu@example.com', options: { maximumPages: 0 } }, 'Maximum Pages to Read is less than 1'],
	[{ email: 'neu@example.com', firstName: {} }, 'First Name is an object, not a text'],
])('B56: %j is refused before any request', async (parameters, message) => {
	const stop = stopOf(await grant(parameters));
	expect(stop.message).toBe(`${message} [item 0]`);
	expect(stop.description).toContain('Nothing was sent to Memberspot.');
	expect(setting.count()).toBe(0);
});

test('where the plan refuses the look-up, the list of the offer decides', async () => {
	setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
	const emails = [USERS.anna.email, USERS.carla.email];
	expect(rowsOf(await grant({ email: (item: number) => emails[item] }, { items: [{}, {}] }))).toMatchObject([
		{ action: 'activated', before: 'listedActive' },
		{ action: 'granted', before: 'notListed' },
	]);
});

test.each([
	['201', 'confirmed'],
	['200', 'confirmed'],
	['204', 'accepted'],
] as const)('with status %s the outcome is %s', async (writeStatus, outcome) => {
	setting.standIn.setVariants({ writeStatus });
	const result = await grant({ email: 'neu@example.com' });
	expect(rowOf(result)).toMatchObject({ outcome, ...(outcome === 'accepted' ? { note: 'Memberspot accepted the request. Its answer does not show the user.' } : {}) });
	expectToFitSchema('offer', 'grant', result.items);
});

describe('the same payment twice in one run', () => {
	const twice = { email: () => 'carla@example.com', options: { maxParallelRequests: 1 } };
	const granted = () => setting.standIn.log.of('grantUserOfferByMail').length;

	test('with a lost answer to the first: the list is looked at anew, and nothing is granted twice', async () => {
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'grantUserOfferByMail' });
		const { items } = await grant(twice, { items: [{}, {}], continueOnFail: true });
		expect(items.map(({ json }) => json.action ?? (json.message as { outcome: string }).outcome)).toEqual(['unknown', 'activated']);
		expect(granted()).toBe(1);
	});

	test('with a first that was lost on its way: the second gives the offer', async () => {
		setting.standIn.fault({ kind: 'resetBefore', operationId: 'grantUserOfferByMail' });
		const { items } = await grant(twice, { items: [{}, {}], continueOnFail: true });
		expect(items.map(({ json }) => json.action ?? (json.message as { outcome: string }).outcome)).toEqual(['unknown', 'granted']);
		expect(setting.standIn.school.holds('carla@example.com', OFFERS.excel.id, true)).toBe(true);
	});
});
