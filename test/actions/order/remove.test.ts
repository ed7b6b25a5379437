import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const ACCEPTED = 'Memberspot accepted the request. The API does not show whether this order exists for this user.';
const remove = async (parameters = {}, more = {}) => await setting.run('order.remove', { user: by('email', USERS.anna.email), orderId: '0004711', ...parameters }, more);
const check = { options: { offerToCheck: by('id', OFFERS.excel.id) } };
const removals = () => setting.standIn.log.of('setOrderState').map(({ body }) => body);

test('leaves the state out of the request, and claims no more than "accepted"', async () => {
	const result = await remove();
	expect(rowOf(result)).toMatchObject({ success: true, email: USERS.anna.email, orderId: '0004711', removed: true, outcome: 'accepted', note: ACCEPTED, audit: { operation: 'order.remove' } });
	expect(setting.requests()).toEqual([['POST', '/v1/users/set-order-state', { email: USERS.anna.email, orderId: '0004711' }]]);
	expect(setting.standIn.school.grantsOf(USERS.anna.email)).toEqual([]);
	expectToFitSchema('order', 'remove', result.items);
});

test('removes the access of that order alone', async () => {
	await remove({ user: by('email', USERS.dora.email), orderId: '0005001' });
	expect(setting.standIn.school.grantsOf(USERS.dora.email).map(({ orderId }) => orderId)).toEqual(['0005002']);
});

describe('Offer to Check', () => {
	test.each([
		[USERS.anna.email, '0004711', { before: 'listedActive', afterwards: 'notListed', outcome: 'confirmed' }],
		// Another order still gives the offer.
		[USERS.dora.email, '0005002', { before: 'listedActive', afterwards: 'listedActive', outcome: 'accepted', note: ACCEPTED }],
	])('%s, order %s', async (email, orderId, seen) => {
		const result = await remove({ user: by('email', email), orderId, ...check });
		const row = rowOf(result);
		expect(row).toMatchObject({ removed: true, ...seen });
		expect(row.note).toBe('note' in seen ? seen.note : undefined);
		expectToFitSchema('order', 'remove', result.items);
	});

	test('decides after a lost answer whether to send again', async () => {
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'setOrderState' });
		const result = await remove(check);
		expect(rowOf(result)).toMatchObject({ outcome: 'unknown', afterwards: 'notListed' });
		expect(removals()).toHaveLength(1);
		expectToFitSchema('order', 'remove', result.items);

		await setting.reset();
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'setOrderState' });
		expect(rowOf(await remove(check))).toMatchObject({ removed: true, outcome: 'confirmed' });
		expect(removals()).toHaveLength(2);
	});
});

test('without an offer to check, a lost answer stays lost and nothing is sent again', async () => {
	setting.standIn.fault({ kind: 'resetAfter', operationId: 'setOrderState' });
	expect(stopOf(await remove()).description).toContain('It is not known whether Memberspot carried this out.');
	expect(removals()).toHaveLength(1);
});

test('the limit on taking away is ten users', async () => {
	const emails = Array.from({ length: 11 }, (_, i) => `user${i}@example.com`);
	const rows = rowsOf(await remove({ user: (item: number) => by('email', emails[item]) }, { items: emails.map(() => ({})), continueOnFail: true }));
	expect(rows).toHaveLength(11);
	expect(rows[10]).toMatchObject({ error: 'This run would remove access from 11 users, but at most 10 are allowed. Nothing was removed.' });
	expect(setting.count()).toBe(0);
});

test.each([
	[{ orderId: '' }, 'Order ID is empty'],
	[{ orderId: 2 ** 53 }, 'Order ID is a number that may have been rounded'],
	[{ user: by('uid', null) }, 'User (UID) is empty'],
	[{ options: { maximumPages: 0 } }, 'Maximum Pages to Read is less than 1'],
])('%j is refused before any request', async (parameters, message) => {
	expect(stopOf(await remove(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});
