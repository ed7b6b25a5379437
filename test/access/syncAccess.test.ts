import type { IDataObject } from 'n8n-workflow';
import { OFFERS, PROPERTIES, USERS } from '../stand-in/fixtures';
import { by, mapped } from '../support/operations';
import { expectToFitSchema } from '../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn, type SeenRequest } from '../support/setting';
import type { RunResult, RunSpec } from '../support/context';

const setting = useStandIn({ users: 25, variants: { endOfList: 'null' } });
const { excel, bundle, yoga, safety, empty, community } = OFFERS;

/** One item, as the parameters of the node see it. */
interface Item {
	email: string;
	offers?: unknown;
	details?: IDataObject;
	properties?: IDataObject;
}

/** Runs Sync Access. Settings hold for all items; `options` too. */
async function sync(items: Item[], settings: IDataObject = {}, more: Partial<Omit<RunSpec, 'parameters'>> = {}): Promise<RunResult> {
	return await setting.run(
		'user.syncAccess',
		{
			email: (item: number) => items[item].email,
			offersFrom: 'list',
			offerList: (item: number) => items[item].offers,
			details: (item: number) => items[item].details ?? {},
			properties: (item: number) => (items[item].properties === undefined ? {} : mapped(items[item].properties ?? {})),
			...settings,
		},
		{ items: items.map(() => ({})), ...more },
	);
}

/** Settings for a sync that controls these offers only. */
const controls = (...offers: Array<{ id: string }>) => ({ controls: 'chosen', chosenOffers: { values: offers.map(({ id }) => ({ offer: by('id', id) })) } });

/** Settings for a sync that may pause one access to see how the lists show it. */
const trying = (...offers: Array<{ id: string }>) => ({ ...controls(...offers), options: { pausedAccess: 'findOut' } });

const writes = (): SeenRequest[] => setting.requests().filter(([method]) => method !== 'GET');
const grant = (email: string, offer: { id: string }, more = {}): SeenRequest => ['POST', '/v1/users/grant-user-offer-by-mail', { email, grantOffer: offer.id, ...more }];
const setState = (email: string, offer: { id: string }, active?: boolean): SeenRequest => ['POST', '/v1/users/set-offer-state', { email, offerId: offer.id, ...(active === undefined ? {} : { active }) }];
const holds = (user: { email: string }, offer: { id: string }, active?: boolean) => setting.standIn.school.holds(user.email, offer.id, active);

/** Adds users who hold an offer, and gives their addresses. */
function addHolders(count: number, offer: { id: string }): string[] {
	const emails = Array.from({ length: count }, (_, n) => `more${n}@example.com`);
	for (const email of emails) setting.standIn.school.addUser({ email, uid: `uid of ${email}`, grants: [{ offerId: offer.id, active: true }] });

	return emails;
}

describe('what differs is sent, and nothing else', () => {
	test('grant, activate, deactivate, and nothing, by what each user has', async () => {
		const result = await sync([
			{ email: 'anna@example.com', offers: ['Office Bundle'] },
			{ email: 'ben@example.com', offers: 'Excel Basics' },
			{ email: 'max+kurs@example.com', offers: [yoga.id] },
			{ email: 'carla@example.com', offers: [] },
		]);
		expect(rowsOf(result)).toMatchObject([
			{ email: 'anna@example.com', uid: USERS.anna.uid, granted: [bundle.id], deactivated: [excel.id], changed: true, outcome: 'confirmed', calls: 2, compared: true, before: `${excel.id}: listedActive` },
			{ email: 'ben@example.com', activated: [excel.id], changed: true, before: `${excel.id}: listedInactive` },
			{ email: 'max+kurs@example.com', unchanged: [yoga.id], changed: false, outcome: 'unchanged', calls: 0, steps: [] },
			{ email: 'carla@example.com', unchanged: [], changed: false, before: 'notListed' },
		]);
		expect(writes()).toEqual([grant('anna@example.com', bundle), setState('ben@example.com', excel, true), setState('anna@example.com', excel, false)]);
		expect(linksOf(result)).toEqual([0, 1, 2, 3]);
		expect(result.hints).toEqual(['Planned and carried out: 2 get access, 1 loses it, 2 unchanged.']);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('the second run sends nothing', async () => {
		const items = [{ email: 'anna@example.com', offers: ['Office Bundle'] }, { email: 'ben@example.com', offers: [excel.id] }, { email: 'new@example.com', offers: [yoga.id] }];
		await sync(items, { ifMissing: 'create' });
		setting.standIn.log.clear();
		const rows = rowsOf(await sync(items, { ifMissing: 'create' }));
		expect(writes()).toEqual([]);
		expect(rows.map(({ changed, unknown }) => [changed, unknown])).toEqual([[false, []], [false, []], [false, []]]);
	});

	test('offers that are not controlled are never touched', async () => {
		await sync([{ email: USERS.emil.email, offers: [] }], controls(bundle));
		expect(writes()).toEqual([]);
		expect(setting.standIn.log.of('listUsers').map(({ query }) => query.offerId)).toEqual([bundle.id]);
	});

	test.each([
		['leave', []],
		['deactivate', [setState('anna@example.com', excel, false)]],
		['remove', [setState('anna@example.com', excel)]],
	])('an offer that is not listed: %s', async (unlisted, expected) => {
		const row = rowOf(await sync([{ email: 'anna@example.com', offers: [] }], { unlisted }));
		expect(writes()).toEqual(expected);
		expect(row.removed).toEqual(unlisted === 'remove' ? [excel.id] : []);
		expect(row.outcome).toBe(unlisted === 'remove' ? 'accepted' : unlisted === 'leave' ? 'unchanged' : 'confirmed');
	});

	test('removing takes paused access as well, and needs Full Access', async () => {
		await sync([{ email: 'ben@example.com', offers: [] }], { unlisted: 'remove' });
		expect(writes()).toEqual([setState('ben@example.com', excel)]);
		setting.standIn.log.clear();
		const refused = await sync([{ email: 'ben@example.com', offers: [] }], { unlisted: 'remove' }, { credentials: { apiKey: setting.standIn.apiKey, baseUrl: setting.standIn.url, allowedActions: 'readAndWrite' } });
		expect(stopOf(refused).message).toContain('"Sync Access" is not allowed by this credential');
		expect(setting.count()).toBe(0);
	});

	test('a user with capitals in Memberspot is written to as Memberspot writes it', async () => {
		await sync([{ email: 'helga.mixed@example.com', offers: [] }]);
		expect(writes()).toEqual([setState('Helga.Mixed@Example.com', community, false)]);
	});

	test('a user with an offer through two orders loses it with one request', async () => {
		await sync([{ email: USERS.dora.email, offers: [] }]);
		expect(writes()).toEqual([setState(USERS.dora.email, excel, false)]);
		expect(holds(USERS.dora, excel, true)).toBe(false);
	});
});

test('B104: an offer made for members who are there already reaches all of them, and a second run sends nothing', async () => {
	const members = addHolders(200, excel);
	const items = members.map((email) => ({ email, offers: ['Masterclass'] }));
	const rows = rowsOf(await sync(items, controls(empty)));
	expect(rows.every(({ granted }) => JSON.stringify(granted) === JSON.stringify([empty.id]))).toBe(true);
	expect(setting.standIn.school.holders(empty.id, { active: true }).map(({ email }) => email)).toEqual(members);
	setting.standIn.log.clear();
	await sync(items, controls(empty));
	expect(writes()).toEqual([]);
});

describe('users who do not exist', () => {
	test('are reported, and nothing is sent', async () => {
		const result = await sync([{ email: 'new@example.com', offers: [excel.id], properties: { Firma: 'Neu GmbH' } }]);
		expect(rowOf(result)).toMatchObject({ email: 'new@example.com', found: false, missing: true, changed: false, outcome: 'unchanged', before: 'userNotFound' });
		expect(result.hints).toEqual(['Planned and carried out: 0 get access, 0 lose it, 1 not in Memberspot, 0 unchanged.']);
		expect(writes()).toEqual([]);
		expect(setting.standIn.log.count('listUsers')).toBe(0);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('are created with the first offer, where that is wished: names once, order id with each', async () => {
		const result = await sync(
			[{ email: 'New@Example.com', offers: [excel.id, { offer: 'Office Bundle', orderId: '0815' }], details: { firstName: 'Nina', lastName: 'Neu', orderId: '0042' }, properties: { Firma: 'Neu GmbH' } }],
			{ ifMissing: 'create' },
		);
		expect(writes()).toEqual([
			grant('new@example.com', excel, { firstname: 'Nina', name: 'Neu', orderId: '0042' }),
			grant('new@example.com', bundle, { orderId: '0815' }),
			['POST', '/v1/users/set-custom-user-properties', { email: 'new@example.com', properties: [{ id: PROPERTIES.company.id, value: 'Neu GmbH' }] }],
		]);
		expect(rowOf(result)).toMatchObject({ created: true, granted: [excel.id, bundle.id], propertiesChanged: ['Firma'], uid: setting.standIn.school.user('new@example.com')?.uid });
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('the names of users who exist are not sent', async () => {
		await sync([{ email: 'carla@example.com', offers: [excel.id], details: { firstName: 'Karla', lastName: 'Anders' } }]);
		expect(writes()).toEqual([grant('carla@example.com', excel)]);
	});

	test('cost nothing where nothing is wanted for them', async () => {
		const row = rowOf(await sync([{ email: 'nobody@example.com', offers: [] }]));
		expect(row).toMatchObject({ found: false, changed: false });
		expect(row.missing).toBeUndefined();
	});
});

describe('the UID counts more than the e-mail', () => {
	test('the user with the UID is acted on, and the other address is reported', async () => {
		const result = await sync([{ email: 'anna.neu@example.com', offers: [bundle.id], details: { uid: USERS.anna.uid } }], { ifMissing: 'create' });
		expect(rowOf(result)).toMatchObject({ email: 'anna@example.com', uid: USERS.anna.uid, emailDiffers: true, otherEmails: ['anna.neu@example.com'], granted: [bundle.id], deactivated: [excel.id] });
		expect(setting.standIn.school.user('anna.neu@example.com')).toBeUndefined();
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('an item with the new address alone is about the same user', async () => {
		const result = await sync(
			[{ email: 'anna.neu@example.com', offers: [bundle.id] }, { email: 'anna.neu@example.com', offers: [excel.id], details: { uid: USERS.anna.uid } }, { email: 'anna@example.com', offers: [yoga.id] }],
			{ ifMissing: 'create' },
		);
		expect(writes()).toEqual([grant('anna@example.com', bundle), grant('anna@example.com', yoga)]);
		expect(rowsOf(result).map(({ email, mergedWith }) => [email, mergedWith])).toEqual([['anna@example.com', undefined], ['anna@example.com', 0], ['anna@example.com', 0]]);
	});

	test('a UID that nobody has is an error for that user only', async () => {
		const result = await sync([{ email: 'anna@example.com', offers: [], details: { uid: 'nobody' } }, { email: 'carla@example.com', offers: [excel.id] }], {}, { continueOnFail: true });
		expect(rowsOf(result)[0]).toMatchObject({ error: 'Memberspot has no user with the UID "nobody"' });
		expect(writes()).toEqual([grant('carla@example.com', excel)]);
	});

	test('both addresses are hashed where that is wished', async () => {
		const result = await sync([{ email: 'anna.neu@example.com', offers: [bundle.id], details: { uid: USERS.anna.uid } }], { options: { hashEmail: true, auditRecord: true } });
		expect(JSON.stringify(result.items)).not.toContain('@example.com');
		expectToFitSchema('user', 'syncAccess', result.items);
	});
});

describe('how long an offer is wanted', () => {
	const until = (date: string) => [{ offer: excel.id, until: date }];

	test('before its end it is as any other', async () => {
		await sync([{ email: 'ben@example.com', offers: until('2099-12-31') }]);
		expect(writes()).toEqual([setState('ben@example.com', excel, true)]);
	});

	test('after its end it is not wanted, and reported', async () => {
		const row = rowOf(await sync([{ email: 'anna@example.com', offers: until('2025-12-31T23:59:59Z') }]));
		expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
		expect(row).toMatchObject({ ended: [excel.id], deactivated: [excel.id] });
	});

	test('a paused access whose end has passed is reported, and not switched on', async () => {
		const row = rowOf(await sync([{ email: 'ben@example.com', offers: until('2025-12-31T23:59:59Z') }]));
		expect(writes()).toEqual([]);
		expect(row).toMatchObject({ ended: [excel.id], changed: false });
	});

	test('"active": false pauses an offer, also where unlisted offers are left', async () => {
		await sync([{ email: 'anna@example.com', offers: [{ name: 'Excel Basics', active: false }] }], { unlisted: 'leave' });
		expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
	});

	describe('a term that has ended in Memberspot', () => {
		// Frida holds Arbeitsschutz 2026 with a term that is over: switching it on changes nothing.
		const items = [{ email: USERS.frida.email, offers: [safety.id, bundle.id] }];

		test.each(['turnsFalse', 'notListed'] as const)('%s: it is tried once, then only reported', async (activeAfterTerm) => {
			// A grant to somebody who holds the offer changes neither the order nor the term.
			setting.standIn.setVariants({ activeAfterTerm, grantAgain: 'oneAccess' });
			const staticData = {};
			const pausedAccess = { options: { pausedAccess: 'listedInactive' } };
			await sync(items, pausedAccess, { staticData });
			expect(writes()).toEqual([activeAfterTerm === 'notListed' ? grant(USERS.frida.email, safety) : setState(USERS.frida.email, safety, true)]);
			for (let night = 0; night < 3; night++) {
				setting.standIn.log.clear();
				const result = await sync(items, pausedAccess, { staticData });
				expect(writes()).toEqual([]);
				expect(rowOf(result)).toMatchObject({ noEffect: [safety.id], unknown: [safety.id], unchanged: [bundle.id] });
				expectToFitSchema('user', 'syncAccess', result.items);
			}
			await sync(items, { options: { pausedAccess: 'listedInactive', repeatWithoutEffect: true } }, { staticData });
			expect(writes()).toHaveLength(1);
		});

		test('once the list shows it as active, it may be switched on again later', async () => {
			const staticData = {};
			const paused = { options: { pausedAccess: 'listedInactive' } };
			await sync(items, paused, { staticData });
			setting.standIn.school.setTerm(USERS.frida.email, safety.id, {});
			await sync(items, paused, { staticData });
			setting.standIn.school.setOfferState(USERS.frida.email, safety.id, false);
			setting.standIn.log.clear();
			await sync(items, paused, { staticData });
			expect(writes()).toEqual([setState(USERS.frida.email, safety, true)]);
		});

		test('what is kept between runs holds no address and no key', async () => {
			const staticData: IDataObject = {};
			await sync(items, {}, { staticData });
			expect(JSON.stringify(staticData)).not.toMatch(/@|frida|stand-in-key/i);
			expect(Object.keys(staticData)).toEqual(['memberspot node-1']);
		});
	});
});

describe('reading', () => {
	test('for few users the lists are read until all are found', async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		addHolders(40, excel);
		await sync([{ email: 'anna@example.com', offers: [excel.id] }], controls(excel));
		expect(setting.standIn.log.count('listUsers')).toBe(1);
	});

	test('what is not settled within the pages is unknown, and nothing is sent', async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		addHolders(40, excel);
		const items = [{ email: 'carla@example.com', offers: [excel.id] }, { email: 'more39@example.com', offers: [] }];
		const result = await sync(items, { ...controls(excel), options: { maximumPages: 2 } });
		expect(rowsOf(result)).toMatchObject([{ unknown: [excel.id], before: `${excel.id}: notSettled` }, { unknown: [excel.id], notTaken: [excel.id] }]);
		expect(writes()).toEqual([]);
		expect(setting.standIn.log.count('listUsers')).toBe(2);
		expect(result.hints[0]).toMatch(/^For 2 users it can not be told/);

		await sync(items, { ...controls(excel), options: { maximumPages: 20 } });
		expect(writes()).toEqual([grant('carla@example.com', excel), setState('more39@example.com', excel, false)]);
	});

	test('for many users each list is read once, to its end, and nobody is looked up who is in one', async () => {
		const emails = addHolders(30, excel);
		rowsOf(await sync(emails.map((email) => ({ email, offers: [excel.id] })), controls(excel, yoga)));
		expect(setting.standIn.log.of('listUsers').map(({ query }) => query.offerId)).toEqual([excel.id, yoga.id]);
		// Only members whom a list shows as inactive, for proof of what that means.
		expect(setting.standIn.log.of('findUserByMail').every(({ path }) => !path.includes('more'))).toBe(true);
	});

	test('a plan without the look-up is no hindrance', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		const items = [{ email: 'carla@example.com', offers: [excel.id] }, { email: 'ben@example.com', offers: [excel.id] }, { email: 'new@example.com', offers: [excel.id] }];
		expect(rowsOf(await sync(items))).toMatchObject([{ granted: [excel.id] }, { activated: [excel.id] }, { found: false, missing: true }]);
	});

	test.each(['listUsers', 'listOffers'])('a list that can not be read (%s) stops the run before anything is sent', async (operationId) => {
		setting.standIn.fault({ kind: 'status', status: 500, operationId, after: operationId === 'listUsers' ? 1 : 0, times: 1 });
		const stopped = stopOf(await sync([{ email: 'anna@example.com', offers: [] }, { email: 'carla@example.com', offers: [excel.id] }]));
		expect(stopped.message).toContain('Memberspot could not answer');
		expect(writes()).toEqual([]);
	});

	test('a look-up that fails is the problem of its user', async () => {
		setting.standIn.fault({ kind: 'status', status: 500, operationId: 'findUserByMail', match: ({ path }) => path.includes('anna') });
		const rows = rowsOf(await sync([{ email: 'anna@example.com', offers: [] }, { email: 'carla@example.com', offers: [excel.id] }], {}, { continueOnFail: true }));
		expect(rows[0].error).toContain('Memberspot could not answer');
		expect(writes()).toEqual([grant('carla@example.com', excel)]);
	});

	test('with broken paging nothing is sent', async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		setting.standIn.fault({ kind: 'repeatedCursor', operationId: 'listUsers' });
		addHolders(30, excel);
		expect(stopOf(await sync([{ email: 'last@example.com', offers: [] }], controls(excel))).message).toContain('does not end');
		expect(writes()).toEqual([]);
	});
});

describe('what the lists do not tell', () => {
	test.each(['user', 'inactiveNotListed'] as const)('under active: %s it is said, and nothing is taken unless one may be tried', async (active) => {
		setting.standIn.setVariants({ active });
		const items = [{ email: 'anna@example.com', offers: [] }, { email: USERS.juergen.email, offers: [excel.id] }];
		const result = await sync(items, controls(excel));
		expect(rowsOf(result)).toMatchObject([{ unknown: [excel.id], notTaken: [excel.id], changed: false }, { unknown: [excel.id], changed: false }]);
		expect(writes()).toEqual([]);
		expect(result.hints[0]).toContain('set Paused Access in User Lists in the options');
		expect(result.hints[1]).toContain('1 of them are listed with an offer they should not have. It was not taken away');
		expectToFitSchema('user', 'syncAccess', result.items);
		// To say so in words is the same, and what is not said is not shown as a trial that failed.
		expect(rowsOf(await sync(items, { ...controls(excel), options: { pausedAccess: 'provenOnly' } }))).toEqual(rowsOf(result));
	});

	test('where paused access is not listed, one take-away is looked after before the others', async () => {
		setting.standIn.setVariants({ active: 'inactiveNotListed' });
		await sync([{ email: 'anna@example.com', offers: [] }, { email: USERS.juergen.email, offers: [] }, { email: 'last@example.com', offers: [] }], trying(excel));
		const sent = setting.requests().slice(-4);
		expect(sent).toEqual([
			setState('anna@example.com', excel, false),
			['GET', `/v1/users/list?offerId=${excel.id}&pageLength=100`],
			setState(USERS.juergen.email, excel, false),
			setState('last@example.com', excel, false),
		]);
	});

	describe('where a take-away does not show', () => {
		// Nobody's account is off, so that nothing speaks against a trial.
		beforeEach(() => {
			setting.standIn.setVariants({ active: 'user' });
			for (const { email } of [...setting.standIn.school.users()]) setting.standIn.school.setEnabled(email, true);
		});
		const items = [{ email: 'anna@example.com', offers: [] }, { email: USERS.juergen.email, offers: [] }];

		test('the others keep theirs, and the list was looked at three times', async () => {
			const result = await sync(items, trying(excel));
			expect(rowsOf(result)).toMatchObject([{ deactivated: [excel.id] }, { deactivated: [], unknown: [excel.id], notTaken: [excel.id], changed: false }]);
			expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
			expect(setting.standIn.log.count('listUsers')).toBe(1 + 3);
			expect(result.hints.join('\n')).toContain('the list still shows it like before');
		});

		test('the next run remembers it, and sends nothing', async () => {
			const staticData = {};
			await sync(items, trying(excel), { staticData });
			setting.standIn.log.clear();
			const rows = rowsOf(await sync(items, trying(excel), { staticData }));
			expect(writes()).toEqual([]);
			expect(rows).toMatchObject([{ noEffect: [excel.id] }, { notTaken: [excel.id] }]);
		});

		test('a list that lags is waited for', async () => {
			setting.standIn.setVariants({ active: 'grant' });
			let looks = 0;
			setting.standIn.onRequest(({ operationId, query }) => {
				if (operationId !== 'listUsers' || query.offerId !== excel.id || !holds(USERS.anna, excel)) return;
				if (writes().length === 1) setting.standIn.setVariants({ active: ++looks < 3 ? 'user' : 'inactiveNotListed' });
			});
			setting.standIn.setVariants({ active: 'inactiveNotListed' });
			await sync(items, trying(excel));
			expect(writes()).toHaveLength(2);
		});

		test('what the user of the node says is followed', async () => {
			await sync(items, { ...controls(excel), options: { pausedAccess: 'looksActive' } });
			expect(writes()).toEqual([]);
			await sync(items, { ...controls(excel), options: { pausedAccess: 'notListed' } });
			expect(writes()).toHaveLength(2);
		});
	});

	test('proof counts more than what is said', async () => {
		const result = await sync([{ email: 'anna@example.com', offers: [] }], { options: { pausedAccess: 'looksActive' } });
		expect(writes()).toHaveLength(1);
		expect(result.hints[0]).toContain('was not followed');
	});

	test('only what is proven: nothing is tried, and a late payer gets in all the same', async () => {
		for (const { email } of [...setting.standIn.school.users()]) if (email !== USERS.ben.email && email !== USERS.anna.email) setting.standIn.school.removeUser(email);
		const items = [{ email: 'ben@example.com', offers: [excel.id] }, { email: 'anna@example.com', offers: [] }];
		const result = await sync(items);
		expect(writes()).toEqual([setState('ben@example.com', excel, true)]);
		expect(rowsOf(result)).toMatchObject([{ activated: [excel.id] }, { notTaken: [excel.id] }]);
		await sync(items, { options: { pausedAccess: 'findOut' } });
		expect(writes()).toEqual([setState('ben@example.com', excel, true), setState('anna@example.com', excel, false)]);
	});

	test('what a trial has shown is kept for later runs, and makes their rows certain', async () => {
		setting.standIn.setVariants({ active: 'inactiveNotListed' });
		const staticData = {};
		const items = [{ email: 'anna@example.com', offers: [] }, { email: USERS.juergen.email, offers: [excel.id] }];
		const rows = rowsOf(await sync(items, trying(excel), { staticData }));
		expect(rows).toMatchObject([{ deactivated: [excel.id], unknown: [] }, { unchanged: [excel.id], unknown: [] }]);
		setting.standIn.log.clear();
		expect(rowsOf(await sync(items, trying(excel), { staticData }))).toMatchObject([{ unknown: [] }, { unchanged: [excel.id], unknown: [] }]);
		await sync([{ email: USERS.juergen.email, offers: [] }], trying(excel), { staticData });
		expect(setting.requests().slice(-1)).toEqual([setState(USERS.juergen.email, excel, false)]);
		// Another key is another school: it begins without.
		expect(rowOf(await sync([{ email: 'last@example.com', offers: [excel.id] }], controls(excel), {})).unknown).toEqual([excel.id]);
	});
});

describe('several items for one user', () => {
	test('are joined, with one row each', async () => {
		const result = await sync([{ email: 'carla@example.com', offers: [excel.id] }, { email: 'anna@example.com', offers: [excel.id] }, { email: ' Carla@Example.com', offers: [yoga.id] }]);
		expect(rowsOf(result)).toMatchObject([{ email: 'carla@example.com', granted: [excel.id, yoga.id] }, { email: 'anna@example.com' }, { email: 'carla@example.com', granted: [excel.id, yoga.id], mergedWith: 0 }]);
		expect(linksOf(result)).toEqual([0, 1, 2]);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test.each<[string, Partial<Item>, Partial<Item>]>([
		['whether', { offers: [excel.id] }, { offers: [{ id: excel.id, active: false }] }],
		['how long', { offers: [excel.id] }, { offers: [{ id: excel.id, until: '2030-01-01' }] }],
		['the order ID', { offers: [{ id: excel.id, orderId: '1' }] }, { offers: [{ id: excel.id, orderId: '2' }] }],
		['the first name', { offers: [excel.id], details: { firstName: 'Carla' } }, { offers: [yoga.id], details: { firstName: 'Karla' } }],
		['the property "Firma"', { offers: [excel.id], properties: { Firma: 'A' } }, { offers: [excel.id], properties: { Firma: 'B' } }],
		['the UID', { offers: [excel.id], details: { uid: USERS.carla.uid } }, { offers: [excel.id], details: { uid: USERS.anna.uid } }],
	])('that contradict each other about %s are an error for that user only', async (what, one, other) => {
		const result = await sync([{ email: 'carla@example.com', ...one }, { email: 'ben@example.com', offers: [excel.id] }, { email: 'carla@example.com', ...other }], {}, { continueOnFail: true });
		const rows = rowsOf(result);
		expect(rows[0].error).toContain(`The input contradicts itself about ${what}`);
		expect(rows[2].error).toBe(rows[0].error);
		expect(writes()).toEqual([setState('ben@example.com', excel, true)]);
	});

	test.each<[string, Partial<Item>, string]>([
		['an unknown offer', { offers: ['Excel Basic'] }, 'There is no offer called "Excel Basic"'],
		['a name of two offers', { offers: ['Frühbucher'] }, 'The offer name "Frühbucher" fits 2 offers'],
		['an id in a locator that is none', { offers: [by('id', 'x')] }, 'Your school has no offer with the ID "x"'],
		['a missing list', { offers: undefined }, 'Offer List is empty'],
		['an empty text', { offers: ' ' }, 'Offer List is empty'],
		['a broken list', { offers: '[1' }, 'begins like JSON'],
		['a date that is none', { offers: [{ id: excel.id, until: 'soon' }] }, 'Offers until is not a date'],
		['an offer twice with different details', { offers: [excel.id, { id: excel.id, active: false }] }, 'is listed twice'],
		['a value that does not fit', { offers: [excel.id], properties: { Kundennummer: 'x' } }, 'is not a plain number'],
	])('one of which has %s: nothing is done for that user', async (_what, wrong, message) => {
		const rows = rowsOf(await sync([{ email: 'anna@example.com', offers: [bundle.id] }, { email: 'anna@example.com', ...wrong }, { email: 'ben@example.com', offers: [excel.id] }], {}, { continueOnFail: true }));
		expect(rows[1].error).toContain(message);
		expect(rows[0].error).toBe('Another item about anna@example.com can not be used, so nothing was done for this user');
		expect(writes()).toEqual([setState('ben@example.com', excel, true)]);
	});

	test('with Stop, an item that can not be used stops the run before anything is sent', async () => {
		const stopped = stopOf(await sync([{ email: 'ben@example.com', offers: [excel.id] }, { email: 'anna@example.com', offers: ['Excel Basic'] }]));
		expect(stopped.message).toBe('There is no offer called "Excel Basic" [item 1]');
		expect(writes()).toEqual([]);
	});
});

describe('custom properties', () => {
	test('only values that differ are sent', async () => {
		const items = [
			{ email: 'anna@example.com', offers: [excel.id], properties: { Firma: 'Schmidt GmbH', Newsletter: 'true', Stufe: 'Silber', Kundennummer: '' } },
			{ email: USERS.juergen.email, offers: [excel.id], properties: { Kundennummer: '7.0' } },
		];
		const result = await sync(items);
		expect(writes()).toEqual([['POST', '/v1/users/set-custom-user-properties', { email: 'anna@example.com', properties: [{ id: PROPERTIES.level.id, value: 'Silber' }] }]]);
		expect(rowsOf(result)).toMatchObject([{ propertiesChanged: ['Stufe'], changed: true }, { propertiesChanged: [], changed: false }]);
		setting.standIn.log.clear();
		await sync(items);
		expect(writes()).toEqual([]);
	});

	test('also where Memberspot gives them under their names', async () => {
		setting.standIn.setVariants({ propertyUserKeys: 'name' });
		await sync([{ email: 'anna@example.com', offers: [excel.id], properties: { [PROPERTIES.company.id]: 'Schmidt GmbH' } }]);
		expect(writes()).toEqual([]);
	});
});

describe('users who are not in the input', () => {
	const takeAway = { notInInput: 'takeAway', limitTo: 'property', limitProperty: 'Firma', limitValue: 'Schmidt GmbH', confirmNotInInput: true };
	const input = [{ email: USERS.juergen.email, offers: [excel.id] }];

	test('are left alone', async () => {
		await sync(input, controls(excel));
		expect(writes()).toEqual([]);
	});

	test('lose access where they have the value of the property, and their rows belong to the last item', async () => {
		const result = await sync([...input, { email: 'carla@example.com', offers: [] }], { ...controls(excel), ...takeAway });
		expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
		expect(rowsOf(result)).toMatchObject([{ email: USERS.juergen.email }, { email: 'carla@example.com' }, { email: 'anna@example.com', inInput: false, deactivated: [excel.id] }]);
		expect(linksOf(result)).toEqual([0, 1, 1]);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('all of them, where that is said', async () => {
		await sync(input, { ...controls(excel), ...takeAway, limitTo: 'everyone' });
		expect(setting.standIn.school.holders(excel.id, { active: true }).map(({ email }) => email)).toEqual([USERS.juergen.email]);
	});

	test.each([
		['the confirmation is missing', { confirmNotInInput: false }, 'is not confirmed'],
		['the property has no value', { limitValue: '' }, 'Limit To needs a property and its value'],
		['nothing is compared', { comparing: 'without' }, 'without comparing'],
		['there is no such property', { limitProperty: 'Nirgends' }, 'no custom property "Nirgends"'],
	])('nothing is sent when %s', async (_what, settings, message) => {
		expect(stopOf(await sync(input, { ...takeAway, ...settings })).message).toContain(message);
		expect(writes()).toEqual([]);
	});

	test('an item that can not be read is about somebody: nothing is taken from others then', async () => {
		const result = await sync([...input, { email: 'no address', offers: [] }], { ...controls(excel), ...takeAway }, { continueOnFail: true });
		expect(writes()).toEqual([]);
		expect(result.hints[0]).toBe('1 items could not be read, so nothing is taken from users who are not in the input.');
	});

	test('an item that can be read and not used protects its user', async () => {
		await sync([...input, { email: 'anna@example.com', offers: ['nothing like this'] }], { ...controls(excel), ...takeAway }, { continueOnFail: true });
		expect(writes()).toEqual([]);
	});
});

describe('a careful start', () => {
	const items = [{ email: 'anna@example.com', offers: [] }, { email: 'ben@example.com', offers: [excel.id] }, { email: 'max+kurs@example.com', offers: [yoga.id] }, { email: 'new@example.com', offers: [yoga.id] }];

	test('a dry run shows the whole plan in one line, and sends nothing', async () => {
		const result = await sync(items, { ifMissing: 'create', options: { dryRun: true } });
		const rows = rowsOf(result);
		expect(writes()).toEqual([]);
		expect(rows.slice(0, 4)).toMatchObject([
			{ deactivated: [excel.id], changed: false, wouldChange: true, steps: [{ do: 'deactivate', offerId: excel.id, offer: 'Excel Basics' }], dryRun: true },
			{ activated: [excel.id] },
			{ unchanged: [yoga.id], changed: false },
			{ created: true, granted: [yoga.id] },
		]);
		expect(rows[4]).toMatchObject({ summary: '2 get access, 1 loses it, 1 unchanged', totals: { users: 4, get: 2, lose: 1, unchanged: 1 } });
		expect(linksOf(result)).toEqual([0, 1, 2, 3, 3]);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('only the first users that need a change are changed', async () => {
		const result = await sync(items, { options: { onlyFirst: 1 } });
		expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
		expect(rowsOf(result)).toMatchObject([{ changed: true }, { changed: false, wouldChange: true, skipped: true, activated: [] }, { changed: false }, { found: false }]);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	describe('too many losses', () => {
		const many = (count: number) => addHolders(count, empty);
		// Nobody's access to this offer is paused, so that the lists alone prove nothing.
		const says = { pausedAccess: 'listedInactive' };

		test('refuse the whole run, with the plan in the details', async () => {
			const losers = many(60).map((email, n) => ({ email, offers: n < 30 ? [] : [empty.id] }));
			const all = [{ email: 'carla@example.com', offers: [empty.id] }, ...losers];
			const rows = rowsOf(await sync(all, controls(empty, excel), { continueOnFail: true }));
			expect(writes()).toEqual([]);
			expect(rows).toHaveLength(61);
			expect(rows[0].error).toBe('30 users would lose access, but at most 25 may. Nothing was changed');
			const details = rows[0].message as IDataObject;
			expect(details).toMatchObject({ users: 30, summary: '1 gets access, 30 lose it, 30 unchanged', outcome: 'notDone' });
			expect(JSON.parse(String(details.plan))).toHaveLength(31);
			expect(rows[1].message).not.toHaveProperty('plan');

			await sync(all, { ...controls(empty, excel), options: { mostLosses: 30 } });
			expect(writes()).toHaveLength(31);
		});

		test('the names of some stand in the error that stops the run', async () => {
			const stopped = stopOf(await sync(many(30).map((email) => ({ email, offers: [] })), { ...controls(empty), options: says }));
			expect(stopped.description).toContain('more0@example.com, more1@example.com');
			expect(stopped.description).toContain('and 20 more');
		});

		test('more than half of 20 users or more is too many as well', async () => {
			const staticData = {};
			const emails = many(20);
			const items20 = emails.map((email, n) => ({ email, offers: n < 11 ? [] : [empty.id] }));
			expect(stopOf(await sync(items20, { ...controls(empty), options: says })).message).toContain('11 of 20 users would lose access, which is more than half');
			expect(writes()).toEqual([]);
			await sync(items20.slice(1), { ...controls(empty), options: says }, { staticData });
			expect(writes()).toHaveLength(10);
			await sync(items20, { ...controls(empty), options: { ...says, moreThanHalf: true } }, { staticData });
			expect(writes()).toHaveLength(11);
		});

		test('a dry run shows the plan, and that it would be refused', async () => {
			const result = await sync(many(30).map((email) => ({ email, offers: [] })), { ...controls(empty), options: { ...says, dryRun: true } });
			expect(rowsOf(result)).toHaveLength(31);
			expect(result.hints[0]).toBe('Without Dry Run this would be refused: 30 users would lose access, but at most 25 may.');
		});

		test('only the first users count where only they are changed', async () => {
			await sync(many(60).map((email) => ({ email, offers: [] })), { ...controls(empty), options: { ...says, onlyFirst: 3 } });
			expect(writes()).toHaveLength(3);
		});

		test('without comparing, each possible loss counts', async () => {
			setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
			const stopped = stopOf(await sync(Array.from({ length: 26 }, (_, n) => ({ email: `nobody${n}@example.com`, offers: [{ id: excel.id, active: false }] })), { comparing: 'without' }));
			expect(stopped.message).toContain('26 users would lose access');
		});
	});
});

describe('without comparing', () => {
	test('one request for each offer that is listed, and no list', async () => {
		const result = await sync([{ email: 'anna@example.com', offers: [excel.id, { id: bundle.id, orderId: '77' }, { id: yoga.id, active: false }, { id: safety.id, until: '2025-01-01' }] }], { comparing: 'without', offersFrom: 'list' });
		expect(writes()).toEqual([grant('anna@example.com', excel), grant('anna@example.com', bundle, { orderId: '77' }), setState('anna@example.com', yoga, false), setState('anna@example.com', safety, false)]);
		expect(setting.standIn.log.count('listUsers')).toBe(0);
		expect(rowOf(result)).toMatchObject({ compared: false, granted: [excel.id, bundle.id], deactivated: [yoga.id, safety.id], ended: [safety.id], before: 'notRead' });
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('nothing is removed, and what is not listed is left alone', async () => {
		await sync([{ email: 'anna@example.com', offers: [{ id: excel.id, active: false }] }], { comparing: 'without', unlisted: 'remove' });
		expect(writes()).toEqual([setState('anna@example.com', excel, false)]);
		setting.standIn.log.clear();
		await sync([{ email: USERS.emil.email, offers: [excel.id] }], { comparing: 'without', unlisted: 'remove' });
		expect(writes()).toEqual([grant(USERS.emil.email, excel)]);
	});

	test('chosen offers need no list of offers', async () => {
		await sync([{ email: 'anna@example.com' }], { comparing: 'without', offersFrom: 'chosen', offers: { values: [{ offer: by('list', excel.id), until: '' }] } });
		expect(setting.requests()).toEqual([['GET', '/v1/users/find-by-mail/anna@example.com'], grant('anna@example.com', excel)]);
	});

	test('users who do not exist are reported, or created', async () => {
		const items = [{ email: 'new@example.com', offers: [excel.id, { id: yoga.id, active: false }], details: { firstName: 'Nina' } }];
		expect(rowOf(await sync(items, { comparing: 'without' }))).toMatchObject({ found: false, missing: true, changed: false });
		expect(writes()).toEqual([]);
		await sync(items, { comparing: 'without', ifMissing: 'create' });
		expect(writes()).toEqual([grant('new@example.com', excel, { firstname: 'Nina' })]);
	});

	test('where the plan refuses the look-up, only creating goes on', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		const items = [{ email: 'anna@example.com', offers: [excel.id], details: { firstName: 'Anne' } }];
		expect(rowOf(await sync(items, { comparing: 'without' }))).toMatchObject({ unknown: [excel.id], changed: false });
		await sync(items, { comparing: 'without', ifMissing: 'create' });
		expect(writes()).toEqual([grant('anna@example.com', excel)]);
	});

	test('a UID must be that of the address', async () => {
		const stopped = stopOf(await sync([{ email: 'anna.neu@example.com', offers: [excel.id], details: { uid: USERS.anna.uid } }], { comparing: 'without' }));
		expect(stopped.message).toContain('is not that of anna.neu@example.com');
		await sync([{ email: 'anna@example.com', offers: [excel.id], details: { uid: USERS.anna.uid } }], { comparing: 'without' });
		expect(writes()).toHaveLength(1);
	});
});

describe('failures', () => {
	const items = [{ email: 'anna@example.com', offers: [bundle.id] }, { email: 'ben@example.com', offers: [excel.id] }, { email: 'carla@example.com', offers: [excel.id] }];

	test('are those of their user; the others go on, and nothing is taken from whom nothing could be given', async () => {
		setting.standIn.fault({ kind: 'status', status: 400, operationId: 'grantUserOfferByMail', match: ({ body }) => JSON.stringify(body).includes('anna') });
		const result = await sync(items, {}, { continueOnFail: true });
		const rows = rowsOf(result);
		expect(rows[0]).toMatchObject({ error: 'Memberspot did not accept the values', message: { outcome: 'notDone' } });
		expect((rows[0].message as IDataObject).description).toContain('This was about anna@example.com: grant Office Bundle. Not tried: deactivate Excel Basics.');
		expect(rows.slice(1)).toMatchObject([{ activated: [excel.id] }, { granted: [excel.id] }]);
		expect(holds(USERS.anna, excel, true)).toBe(true);
		expectToFitSchema('user', 'syncAccess', result.items);
	});

	test('a lost answer to a grant is not repeated, and the next run looks', async () => {
		const fault = setting.standIn.fault({ kind: 'resetAfter', operationId: 'grantUserOfferByMail', match: ({ body }) => JSON.stringify(body).includes('carla') });
		const staticData = {};
		const rows = rowsOf(await sync(items, {}, { continueOnFail: true, staticData }));
		expect(rows[2]).toMatchObject({ message: { outcome: 'unknown' } });
		fault.remove();
		setting.standIn.log.clear();
		expect(rowsOf(await sync(items, {}, { staticData }))[2]).toMatchObject({ unchanged: [excel.id], changed: false });
		expect(setting.standIn.school.grantsOf('carla@example.com')).toHaveLength(1);
	});

	test('a grant that was lost before it was done is done by the next run', async () => {
		setting.standIn.fault({ kind: 'resetBefore', operationId: 'grantUserOfferByMail', times: 1 });
		const staticData = {};
		await sync([{ email: 'carla@example.com', offers: [excel.id] }], {}, { continueOnFail: true, staticData });
		await sync([{ email: 'carla@example.com', offers: [excel.id] }], {}, { staticData });
		expect(holds(USERS.carla, excel, true)).toBe(true);
	});

	test('with Stop nothing new is started, and the error says how far the run came', async () => {
		setting.standIn.fault({ kind: 'status', status: 400, operationId: 'setOfferState', times: 1 });
		const stopped = stopOf(await sync([{ email: 'ben@example.com', offers: [excel.id] }, ...items], { options: { maxParallelRequests: 1 } }));
		expect(stopped.description).toContain('failed');
		expect(writes()).toEqual([setState('ben@example.com', excel, true)]);
	});

	test('a lost answer to a removal is looked after, and said to be unknown', async () => {
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'setOfferState', times: 1 });
		expect(rowOf(await sync([{ email: 'anna@example.com', offers: [] }], { unlisted: 'remove' }))).toMatchObject({ removed: [excel.id], outcome: 'unknown' });
		expect(writes()).toHaveLength(1);
	});

	test('a cancelled execution sends nothing more', async () => {
		const controller = new AbortController();
		setting.standIn.onRequest(({ operationId }) => {
			if (operationId === 'grantUserOfferByMail') controller.abort();
		});
		const result = await sync(items, { options: { maxParallelRequests: 1 } }, { signal: controller.signal, continueOnFail: true });
		expect(stopOf(result).message).toContain('The execution was canceled');
		expect(writes()).toHaveLength(1);
	});
});

describe('settings hold for the whole run', () => {
	test('an expression that gives other settings for an item is refused', async () => {
		const stopped = stopOf(await sync([{ email: 'anna@example.com', offers: [] }, { email: 'ben@example.com', offers: [] }], { unlisted: ((item: number) => (item === 0 ? 'leave' : 'remove')) as unknown as string }));
		expect(stopped.message).toContain('The settings of item 1 differ from those of the first item');
		expect(setting.count()).toBe(0);
	});

	test.each<[string, IDataObject, string]>([
		['no offer is chosen', { offersFrom: 'chosen', offers: {} }, 'No offer is chosen'],
		['no controlled offer is chosen', { controls: 'chosen' }, 'Chosen Offers is empty'],
		['a wanted offer is not controlled', controls(yoga), 'is not among the chosen offers'],
	])('refused: %s', async (_what, settings, message) => {
		expect(stopOf(await sync([{ email: 'anna@example.com', offers: [excel.id] }], settings)).message).toContain(message);
		expect(writes()).toEqual([]);
	});
});
