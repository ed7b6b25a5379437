import type { IDataObject } from 'n8n-workflow';
import { OFFERS, USERS } from '../stand-in/fixtures';
import { by } from '../support/operations';
import { expectToFitSchema } from '../support/schema';
import { linksOf, rowOf, rowsOf, useStandIn } from '../support/setting';

const setting = useStandIn({ users: 25, variants: { endOfList: 'null' } });
const { excel, bundle, yoga, safety } = OFFERS;
const get = async (parameters: IDataObject, more = {}) => await setting.run('user.getAccess', parameters, more);
const one = (value: string, mode: 'email' | 'uid' | 'list' = 'email') => ({ user: by(mode, value) });
const only = (...offers: Array<{ id: string }>) => ({ offersToRead: 'chosen', chosenOffers: { values: offers.map(({ id }) => ({ offer: by('id', id) })) } });

test('all offers of one user, active or not, with what it took and when it was read', async () => {
	const result = await get(one(USERS.emil.email));
	expect(rowOf(result)).toEqual({
		email: USERS.emil.email,
		uid: USERS.emil.uid,
		found: true,
		access: [
			{ offerId: excel.id, offer: 'Excel Basics', state: 'inactive', listedAs: 'listedInactive' },
			{ offerId: yoga.id, offer: yoga.name, state: 'active', listedAs: 'listedActive' },
		],
		active: [yoga.id],
		inactive: [excel.id],
		unknown: [],
		pausedListed: true,
		offersRead: 8,
		pagesRead: 8,
		lookUps: 1,
		readAt: new Date(setting.clock.now()).toISOString(),
	});
	expect(setting.standIn.log.writes()).toEqual([]);
	expectToFitSchema('user', 'getAccess', result.items);
});

test('by UID, by list, and for users who do not exist', async () => {
	expect(rowOf(await get(one(USERS.anna.uid, 'uid')))).toMatchObject({ email: 'anna@example.com', uid: USERS.anna.uid, active: [excel.id] });
	expect(rowOf(await get(one('Anna@Example.com', 'list')))).toMatchObject({ active: [excel.id] });
	setting.standIn.log.clear();
	const result = await get(one('nobody@example.com'));
	expect(rowOf(result)).toMatchObject({ email: 'nobody@example.com', uid: null, found: false, access: [], offersRead: 8 - 8, readAt: null });
	expect(setting.standIn.log.count('listUsers')).toBe(0);
	expectToFitSchema('user', 'getAccess', result.items);
});

test('a UID that nobody has is an error', async () => {
	const rows = rowsOf(await get(one('nobody', 'uid'), { continueOnFail: true }));
	expect(rows[0].error).toBe('Memberspot has no user with the UID "nobody"');
});

test('many users and many items cost each list once; the same user twice is one reading', async () => {
	const result = await setting.run(
		'user.getAccess',
		{ usersFrom: 'many', emails: (item: number) => ['anna@example.com; ben@example.com', ['Anna@example.com', USERS.frida.email]][item], ...only(excel, bundle, safety) },
		{ items: [{}, {}] },
	);
	expect(rowsOf(result)).toMatchObject([
		{ email: 'anna@example.com', active: [excel.id] },
		{ email: 'ben@example.com', inactive: [excel.id] },
		{ email: 'anna@example.com', mergedWith: 0 },
		{ email: USERS.frida.email, active: [bundle.id], inactive: [safety.id], pagesRead: 3 },
	]);
	expect(linksOf(result)).toEqual([0, 0, 1, 1]);
	expect(setting.standIn.log.of('listUsers').map(({ query }) => query.offerId)).toEqual([excel.id, bundle.id, safety.id]);
	expectToFitSchema('user', 'getAccess', result.items);
});

test('lists are read as far as needed, within the pages that are allowed', async () => {
	setting.standIn.setVariants({ pageSizeCap: '10' });
	for (let n = 0; n < 40; n++) setting.standIn.school.addUser({ email: `more${n}@example.com`, uid: `more${n}`, grants: [{ offerId: excel.id, active: true }] });
	expect(rowOf(await get({ ...one('anna@example.com'), ...only(excel) }))).toMatchObject({ active: [excel.id], pagesRead: 1 });
	const row = rowOf(await get({ ...one('more39@example.com'), ...only(excel), options: { maximumPages: 2 } }));
	expect(row).toMatchObject({ found: true, unknown: [excel.id], access: [{ state: 'unknown', listedAs: 'notSettled' }], pagesRead: 2 });
	expect(rowOf(await get({ ...one('more39@example.com'), ...only(excel) }))).toMatchObject({ active: [excel.id] });
});

test('where the plan refuses the look-up, the list of all users says who is there', async () => {
	setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
	expect(rowOf(await get({ ...one('nobody@example.com'), ...only(excel) }))).toMatchObject({ found: false });
	expect(rowOf(await get({ ...one('carla@example.com'), ...only(excel) }))).toMatchObject({ found: true, uid: USERS.carla.uid, access: [] });
	const unsettled = rowOf(await (async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		return await get({ ...one('last@example.com'), ...only(yoga), options: { maximumPages: 1 } });
	})());
	expect(unsettled).toMatchObject({ found: null, uid: null });
});

describe('what the lists do not tell is unknown', () => {
	test.each([
		['user', 'unknown', 'active', 'listedActive'],
		['inactiveNotListed', undefined, undefined, undefined],
	] as const)('active: %s', async (active, state, likely, listedAs) => {
		setting.standIn.setVariants({ active });
		const result = await get({ ...one(USERS.emil.email), ...only(excel) });
		expect(rowOf(result).pausedListed).toBeNull();
		expect(rowOf(result).access).toEqual(state === undefined ? [] : [{ offerId: excel.id, offer: 'Excel Basics', state, likely, listedAs }]);
		expectToFitSchema('user', 'getAccess', result.items);
	});

	test('until it is said how paused access is listed', async () => {
		setting.standIn.setVariants({ active: 'inactiveNotListed' });
		const anna = { ...one('anna@example.com'), ...only(excel) };
		const unsure = await get(anna);
		expect(rowOf(unsure)).toMatchObject({ unknown: [excel.id] });
		expect(unsure.hints).toHaveLength(1);
		const sure = await get({ ...anna, options: { pausedAccess: 'notListed' } });
		expect(rowOf(sure)).toMatchObject({ active: [excel.id], pausedListed: false });
		expect(sure.hints).toEqual([]);
	});
});
