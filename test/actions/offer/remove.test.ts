import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, OFFERS, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const anna = by('email', USERS.anna.email);
const remove = async (parameters = {}, more = {}) => await setting.run('offer.remove', { user: anna, offer: by('id', OFFERS.excel.id), ...parameters }, more);
const body = { email: USERS.anna.email, offerId: OFFERS.excel.id };
const removals = () => setting.standIn.log.of('setOfferState').map((entry) => entry.body);
const LOST = [{ kind: 'resetAfter' as const }, { kind: 'status' as const, status: 502 }, { kind: 'status' as const, status: 500 }, { kind: 'html502' as const }];

test('leaves the state out of the request, claims no more than "accepted", and keeps a record', async () => {
	const result = await remove();
	expect(rowOf(result)).toEqual({
		success: true,
		email: USERS.anna.email,
		offerId: OFFERS.excel.id,
		removed: true,
		outcome: 'accepted',
		note: 'Memberspot accepted the request. The API does not show whether there was anything to remove.',
		audit: {
			time: new Date(setting.clock.now()).toISOString(),
			operation: 'offer.remove',
			user: USERS.anna.email,
			before: 'notRead',
			after: 'notRead',
			outcome: 'accepted',
			calls: [{ method: 'POST', path: '/v1/users/set-offer-state', attempt: 1, result: 201 }],
			workflowId: 'workflow-1',
			executionId: 'execution-1',
			credential: 'Memberspot Test',
			requestedBy: null,
		},
	});
	expect(setting.requests()).toEqual([['POST', '/v1/users/set-offer-state', body]]);
	expect(setting.standIn.school.grantsOf(USERS.anna.email)).toEqual([]);
	expect(setting.standIn.school.user(USERS.anna.email)?.progress[COURSES.excel.id]).toBeUndefined();
	expectToFitSchema('offer', 'remove', result.items);
});

test('an offer is found by its name', async () => {
	await remove({ offer: by('name', 'Excel Basics') });
	expect(removals()).toEqual([body]);
});

describe('after a lost answer', () => {
	test.each(LOST)('%j with the work done, the list is read, and nothing is sent again', async (fault) => {
		setting.standIn.fault({ ...fault, operationId: 'setOfferState' });
		if (fault.kind !== 'resetAfter') setting.standIn.school.setOfferState(USERS.anna.email, OFFERS.excel.id);
		const result = await remove();
		expect(rowOf(result)).toMatchObject({ outcome: 'unknown', afterwards: 'notListed' });
		expect(rowOf(result).success).toBeUndefined();
		expect(rowOf(result).removed).toBeUndefined();
		expect(removals()).toHaveLength(1);
		expectToFitSchema('offer', 'remove', result.items);
	});

	test('with the user still listed, it is sent once more', async () => {
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'setOfferState' });
		expect(rowOf(await remove())).toMatchObject({ removed: true, outcome: 'accepted' });
		expect(setting.requests().map(([method, target]) => `${method} ${target}`)).toEqual([
			'POST /v1/users/set-offer-state',
			`GET /v1/users/list?offerId=${OFFERS.excel.id}&pageLength=100`,
			'POST /v1/users/set-offer-state',
		]);
	});

	test('three times in a row, it is unknown', async () => {
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'setOfferState', times: 9 });
		expect(stopOf(await remove()).description).toContain('It is not known whether Memberspot carried this out.');
		expect(removals()).toHaveLength(3);
	});

	test('with a list that can not be read either, the lost answer is told', async () => {
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'setOfferState' });
		setting.standIn.fault({ kind: 'status', status: 500, operationId: 'listUsers' });
		expect(stopOf(await remove())).toMatchObject({ httpCode: '502' });
		expect(removals()).toHaveLength(1);
	});

	test('with a list that is longer than allowed, it is unknown and not repeated', async () => {
		setting.addUsers(12, OFFERS.excel.id);
		setting.standIn.setVariants({ pageSizeCap: '10' });
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'setOfferState' });
		expect(stopOf(await remove({ user: by('email', USERS.last.email), options: { maximumPages: 1 } })).description).toContain('It is not known');
		expect(removals()).toHaveLength(1);
	});

	test('a refusal is no lost answer', async () => {
		setting.standIn.fault({ kind: 'status', status: 400, operationId: 'setOfferState' });
		expect(stopOf(await remove()).description).not.toContain('It is not known');
		expect(setting.count()).toBe(1);
	});
});

test('the limit on taking away is ten users', async () => {
	const emails = setting.addUsers(11);
	const many = async (options = {}) => await remove({ user: (item: number) => by('email', emails[item]), options }, { items: emails.map(() => ({})), continueOnFail: true });
	expect(rowsOf(await many()).every(({ error }) => error === 'This run would remove access from 11 users, but at most 10 are allowed. Nothing was removed.')).toBe(true);
	expect(setting.count()).toBe(0);
	await many({ maximumUsersPerRun: 11 });
	expect(removals()).toHaveLength(11);
});

test.each([
	[{ user: by('email', '') }, 'User is empty'],
	[{ offer: by('id', '') }, 'Offer is empty'],
	[{ options: { maximumPages: 'x' } }, 'Maximum Pages to Read is not a number'],
])('%j is refused before any request', async (parameters, message) => {
	expect(stopOf(await remove(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});
