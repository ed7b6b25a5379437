import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const anna = by('email', USERS.anna.email);
const ACCEPTED = 'Memberspot accepted the request. The API does not show whether this order exists for this user.';
const setState = async (parameters = {}, more = {}) => await setting.run('order.setState', { user: anna, orderId: '0004711', active: false, ...parameters }, more);
const check = (more = {}) => ({ options: { offerToCheck: by('id', OFFERS.excel.id), ...more } });
const listing = ['GET', `/v1/users/list?offerId=${OFFERS.excel.id}&pageLength=100`];

test.each([false, true])('active %s is accepted: the answer only repeats what was asked', async (active) => {
	const result = await setState({ active });
	expect(rowOf(result)).toEqual({ success: true, email: USERS.anna.email, orderId: '0004711', active, outcome: 'accepted', note: ACCEPTED });
	expect(setting.requests()).toEqual([['POST', '/v1/users/set-order-state', { email: USERS.anna.email, orderId: '0004711', active }]]);
	expectToFitSchema('order', 'setState', result.items);
});

test('touches exactly the access of that order', async () => {
	await setState({ user: by('email', USERS.dora.email), orderId: '0005001' });
	expect(setting.standIn.school.grantsOf(USERS.dora.email).map(({ orderId, active }) => [orderId, active])).toEqual([['0005001', false], ['0005002', false]]);
});

test.each<[unknown, string]>([['0004711', '0004711'], [4711, '4711'], [' DS24-ÄÖ/7\u200b', 'DS24-ÄÖ/7']])('the order id %p is sent as %s', async (orderId, sent) => {
	await setState({ orderId });
	expect(setting.standIn.log.of('setOrderState')[0].body).toMatchObject({ orderId: sent });
});

test.each([
	[{ orderId: '' }, 'Order ID is empty'],
	[{ orderId: null }, 'Order ID is empty'],
	[{ orderId: 'undefined' }, 'Order ID is empty'],
	[{ orderId: 2 ** 53 }, 'Order ID is a number that may have been rounded'],
	[{ active: '' }, 'Active is empty'],
	[{ user: by('list', '') }, 'User is empty'],
	[{ options: { offerToCheck: by('name', {}) } }, 'Offer to Check is an object, not a text'],
])('B56, B66: %j is refused before any request', async (parameters, message) => {
	expect(stopOf(await setState(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});

describe('Offer to Check', () => {
	test.each([
		// Switched off: the list shows it.
		['anna', USERS.anna.email, '0004711', false, { before: 'listedActive', afterwards: 'listedInactive', outcome: 'confirmed' }],
		// Switched on: the change from off to on shows it.
		['ben', USERS.ben.email, '0004712', true, { before: 'listedInactive', afterwards: 'listedActive', outcome: 'confirmed' }],
		// Was on already: may be due to the state of the user.
		['anna again', USERS.anna.email, '0004711', true, { before: 'listedActive', afterwards: 'listedActive', outcome: 'accepted', note: ACCEPTED }],
		// An order that is not hers: nothing changes.
		['a wrong order', USERS.anna.email, '9999', false, { before: 'listedActive', afterwards: 'listedActive', outcome: 'accepted', note: ACCEPTED }],
		// Another order still gives access.
		['carla', USERS.carla.email, '9999', true, { before: 'notListed', afterwards: 'notListed', outcome: 'accepted', note: ACCEPTED }],
	])('%s', async (_who, email, orderId, active, seen) => {
		const result = await setState({ user: by('email', email), orderId, active, ...check() });
		const row = rowOf(result);
		expect(row).toMatchObject(seen);
		expect(row.note).toBe('note' in seen ? seen.note : undefined);
		expect(setting.requests().map(([method, target]) => [method, target])).toEqual([listing, ['POST', '/v1/users/set-order-state'], listing]);
		expectToFitSchema('order', 'setState', result.items);
	});

	test('under a state that speaks of the user, nothing is claimed', async () => {
		setting.standIn.setVariants({ active: 'user' });
		expect(rowOf(await setState(check()))).toMatchObject({ afterwards: 'listedActive', outcome: 'accepted' });
	});

	test('under a list that leaves paused access out, no access is proven all the same', async () => {
		setting.standIn.setVariants({ active: 'inactiveNotListed' });
		expect(rowOf(await setState(check()))).toMatchObject({ afterwards: 'notListed', outcome: 'confirmed' });
	});

	test('a list that is longer than allowed settles nothing', async () => {
		setting.addUsers(12, OFFERS.excel.id);
		setting.standIn.setVariants({ pageSizeCap: '10' });
		const row = rowOf(await setState({ user: by('email', USERS.last.email), orderId: '0005009', ...check({ maximumPages: 1 }) }));
		expect(row).toMatchObject({ before: 'notSettled', afterwards: 'notSettled', outcome: 'accepted' });
	});

	test('is found by name, and an unknown name writes nothing', async () => {
		expect(rowOf(await setState({ options: { offerToCheck: by('name', 'excel basics') } }))).toMatchObject({ outcome: 'confirmed' });
		setting.standIn.log.clear();
		expect(stopOf(await setState({ options: { offerToCheck: by('name', 'Nope') } })).message).toBe('There is no offer called "Nope" [item 0]');
		expect(setting.standIn.log.writes()).toEqual([]);
	});
});

test('the limit on taking away counts the users of the orders', async () => {
	const emails = Array.from({ length: 51 }, (_, i) => `user${i}@example.com`);
	const { message } = stopOf(await setState({ user: (item: number) => by('email', emails[item]) }, { items: emails.map(() => ({})) }));
	expect(message).toBe('This run would deactivate access for 51 users, but at most 50 are allowed. Nothing was changed.');
	expect(setting.count()).toBe(0);
});

test.each(['204', '200'] as const)('B35: status %s is a success', async (writeStatus) => {
	setting.standIn.setVariants({ writeStatus });
	expect(rowsOf(await setState())).toMatchObject([{ success: true, outcome: 'accepted' }]);
});
