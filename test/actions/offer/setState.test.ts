import { removeOffer } from '../../../nodes/Memberspot/actions/offer/remove.operation';
import { setOfferState } from '../../../nodes/Memberspot/actions/offer/setState.operation';
import { removeOrder } from '../../../nodes/Memberspot/actions/order/remove.operation';
import { setOrderState } from '../../../nodes/Memberspot/actions/order/setState.operation';
import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const anna = by('email', USERS.anna.email);
const setState = async (parameters = {}, more = {}) => await setting.run('offer.setState', { user: anna, offer: by('id', OFFERS.excel.id), active: false, ...parameters }, more);
const bodyOf = (body: unknown) => ({ ...(body as { email: string; offerId: string }) });
const bodies = () => setting.standIn.log.of('setOfferState').map(({ body }) => body);

test.each([false, true])('active %s is sent and confirmed by the answer', async (active) => {
	const result = await setState({ active });
	expect(rowOf(result)).toEqual({ success: true, email: USERS.anna.email, offerId: OFFERS.excel.id, active, outcome: 'confirmed' });
	expect(setting.requests()).toEqual([['POST', '/v1/users/set-offer-state', { email: USERS.anna.email, offerId: OFFERS.excel.id, active }]]);
	expect(setting.standIn.school.holds(USERS.anna.email, OFFERS.excel.id, active)).toBe(true);
	expectToFitSchema('offer', 'setState', result.items);
});

test('B67: switching off is told as pausing, never as deleting, and keeps the access and its progress', async () => {
	expect(rowOf(await setState({ active: false }))).toMatchObject({ active: false });
	expect(setting.standIn.school.grantsOf(USERS.anna.email)).toMatchObject([{ offerId: OFFERS.excel.id, active: false }]);
	expect(setting.standIn.school.user(USERS.anna.email)?.progress).toEqual(USERS.anna.progress);
	expect(setting.standIn.log.writes().map(({ body }) => body)).toEqual([{ email: USERS.anna.email, offerId: OFFERS.excel.id, active: false }]);
	for (const { name, action, description } of [setOfferState, setOrderState]) {
		expect(`${name} ${action}`).not.toMatch(/delet|remov/i);
		expect(description).toContain('Course progress is kept');
	}
	// What does delete says so.
	for (const { description } of [removeOffer, removeOrder]) expect(description).toContain('for good. Course progress may be lost');
});

test.each([
	['201', 'confirmed'],
	['200', 'confirmed'],
	['204', 'accepted'],
] as const)('B35, B42: status %s is %s', async (writeStatus, outcome) => {
	setting.standIn.setVariants({ writeStatus });
	const row = rowOf(await setState());
	expect(row).toMatchObject({ success: true, outcome });
	expect(row.note).toBe(outcome === 'accepted' ? 'Memberspot accepted the request. Its answer does not show the new state.' : undefined);
});

test.each<[string, unknown]>([
	['the opposite', { email: USERS.anna.email, offerId: OFFERS.excel.id, active: true }],
	['another offer', { email: USERS.anna.email, offerId: OFFERS.yoga.id, active: false }],
	['another user', { email: USERS.ben.email, offerId: OFFERS.excel.id, active: false }],
	['a list', [1]],
	['a text', 'ok'],
	['null', null],
	['nothing', ''],
])('an answer that states %s confirms nothing', async (_what, body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'setOfferState', status: 201, body });
	expect(rowOf(await setState())).toMatchObject({ outcome: 'accepted' });
});

test('B34: each item has its own user, offer and state', async () => {
	const result = await setState(
		{
			user: (item: number) => by('email', [USERS.anna.email, USERS.max.email][item]),
			offer: (item: number) => (item === 0 ? by('name', 'excel basics') : by('id', OFFERS.yoga.id)),
			active: (item: number) => ['false', 1][item],
			options: { maxParallelRequests: 1 },
		},
		{ items: [{}, {}] },
	);
	expect(bodies()).toEqual([
		{ email: USERS.anna.email, offerId: OFFERS.excel.id, active: false },
		{ email: USERS.max.email, offerId: OFFERS.yoga.id, active: true },
	]);
	expect(linksOf(result)).toEqual([0, 1]);
});

test('items for one user are sent in their order, however many run side by side', async () => {
	const offers = Object.values(OFFERS).map(({ id }) => id);
	const emails = offers.map((_offer, item) => (item % 2 === 0 ? USERS.anna.email : USERS.max.email));
	await setState({ user: (item: number) => by('email', emails[item]), offer: (item: number) => by('id', offers[item]) }, { items: offers.map(() => ({})) });
	for (const email of new Set(emails)) {
		const sent = bodies().filter((body) => bodyOf(body).email === email);
		expect(sent.map((body) => bodyOf(body).offerId)).toEqual(offers.filter((_offer, item) => emails[item] === email));
	}
	// Side by side for different users, one after the other for the same one.
	for (const { body, n, start } of setting.standIn.log.entries) {
		const before = setting.standIn.log.entries.filter((other) => other.n < n && bodyOf(other.body).email === bodyOf(body).email);
		for (const { end } of before) expect(end).toBeLessThanOrEqual(start);
	}
});

describe('B65, B66: a state that is not plainly true or false', () => {
	test.each([[''], [null], [undefined], ['nein'], [2], [{}]])('%p is refused before any request', async (active) => {
		expect(stopOf(await setState({ active })).message).toMatch(/^Active is .*\[item 0\]$/);
		expect(setting.count()).toBe(0);
	});
});

describe('the limit on taking away', () => {
	let everybody: string[];
	const crowd = (count: number) => everybody.slice(0, count);
	beforeEach(() => {
		everybody = setting.addUsers(60);
	});
	const stateFor = async (emails: string[], more: object = {}, parameters: object = {}) =>
		await setState({ user: (item: number) => by('email', emails[item]), ...parameters }, { items: emails.map(() => ({})), ...more });

	test('more than 50 users are not deactivated in one run, and nothing is sent', async () => {
		const { message, description } = stopOf(await stateFor(crowd(51)));
		expect(message).toBe('This run would deactivate access for 51 users, but at most 50 are allowed. Nothing was changed.');
		expect(description).toContain('raise Maximum Users per Run');
		expect(setting.count()).toBe(0);
	});

	test('with Continue every item says so, and nothing is sent either', async () => {
		const rows = rowsOf(await stateFor(crowd(51), { continueOnFail: true }));
		expect(rows).toHaveLength(51);
		for (const row of rows) expect(row).toMatchObject({ error: expect.stringContaining('51 users'), message: { users: 51, maximumUsersPerRun: 50, outcome: 'notDone' } });
		expect(setting.count()).toBe(0);
	});

	test('50 users are, the same user counts once, and switching on takes nothing away', async () => {
		expect(rowsOf(await stateFor(crowd(50)))).toHaveLength(50);
		expect(rowsOf(await stateFor(Array.from({ length: 51 }, () => 'Anna@example.com ')))).toHaveLength(51);
		expect(rowsOf(await stateFor(crowd(60), {}, { active: true }))).toHaveLength(60);
	});

	test('the limit can be changed', async () => {
		expect(rowsOf(await stateFor(crowd(60), {}, { options: { maximumUsersPerRun: 60 } }))).toHaveLength(60);
		expect(stopOf(await stateFor(crowd(2), {}, { options: { maximumUsersPerRun: 1 } })).message).toContain('at most 1 are allowed');
		expect(stopOf(await stateFor(crowd(2), {}, { options: { maximumUsersPerRun: 0 } })).message).toContain('Maximum Users per Run is less than 1');
	});
});

describe('a user by UID', () => {
	test('is searched in the list, since writes take the address', async () => {
		expect(rowOf(await setState({ user: by('uid', USERS.max.uid), offer: by('id', OFFERS.yoga.id) }))).toMatchObject({ email: USERS.max.email, uid: USERS.max.uid });
		expect(setting.requests()).toEqual([
			['GET', '/v1/users/list?pageLength=100'],
			['POST', '/v1/users/set-offer-state', { email: USERS.max.email, offerId: OFFERS.yoga.id, active: false }],
		]);
	});

	test('that nobody has is an error, and nothing is written', async () => {
		const { message, description } = stopOf(await setState({ user: by('uid', 'nobody') }));
		expect(message).toBe('Memberspot has no user with the UID "nobody" [item 0]');
		expect(description).toContain('Check the UID in User');
		expect(setting.standIn.log.writes()).toEqual([]);
	});

	test('without an address is an error', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listUsers', status: 200, body: { data: [{ uid: 'u1' }] } });
		expect(stopOf(await setState({ user: by('uid', 'u1') })).message).toBe('Memberspot gives no e-mail for the user "u1" [item 0]');
	});
});

test('an unknown user is told in the API\'s words', async () => {
	expect(rowOf(await setState({ user: by('email', 'nobody@example.com') }, { continueOnFail: true }))).toMatchObject({ message: { status: 404, reason: 'notFound', outcome: 'notDone' } });
});
