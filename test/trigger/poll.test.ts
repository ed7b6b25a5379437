import type { IDataObject } from 'n8n-workflow';
import { fixtures, School } from '../stand-in';
import { FakeClock } from '../support/clock';
import { N8n, type Keeping, type PollOutcome } from './n8n';
import { schoolApi, type SchoolApi } from './schoolApi';

const EXCEL = fixtures.OFFERS.excel.id;
const YOGA = fixtures.OFFERS.yoga.id;

/** A school, its API and an n8n that watches it. */
function world(
	parameters: IDataObject,
	{ users = 12, keeping = 'regular' as Keeping } = {},
): { school: School; api: SchoolApi; n8n: N8n; later(minutes?: number): Promise<PollOutcome> } {
	const clock = new FakeClock();
	const school = new School(clock);
	for (const { id, name, courseIds } of Object.values(fixtures.OFFERS))
		school.offers.push({ id, name, courseIds: [...courseIds] });
	for (const { id, name, activePosts } of Object.values(fixtures.COURSES))
		school.courses.push({ id, name, activePosts });
	for (const { id, name, type } of Object.values(fixtures.PROPERTIES))
		school.properties.push({ id, name, type });
	for (let n = 0; n < users; n++)
		school.addUser({
			email: `user${n}@example.com`,
			uid: `uid-${n}`,
			firstname: 'User',
			name: String(n),
		});
	const api = schoolApi(school);
	const n8n = new N8n(api.api, keeping);
	n8n.parameters = parameters;

	return {
		school,
		api,
		n8n,
		later: async (minutes = 15) => {
			await n8n.clock.advance(minutes * 60_000);
			return await n8n.poll();
		},
	};
}

const kinds = ({ emitted }: PollOutcome) => emitted.map(({ event }) => event);

describe.each<Keeping>(['regular', 'durable', 'cursors'])(
	'where n8n keeps the state as %s',
	(keeping) => {
		test('B105: the first poll takes note and emits nothing, later ones emit what has changed, once', async () => {
			const { school, n8n, later } = world(
				{ triggerOn: ['newUser', 'userGotOffer'], offers: [EXCEL] },
				{ keeping },
			);
			expect(await n8n.activate()).toEqual({ emitted: [], lost: [] });
			expect(kinds(await later())).toEqual([]);
			school.grant({ email: 'new@example.com', offerId: EXCEL });
			expect(kinds(await later())).toEqual(['newUser', 'userGotOffer']);
			expect(kinds(await later())).toEqual([]);
			school.setOfferState('new@example.com', EXCEL, false);
			school.grant({ email: 'user1@example.com', offerId: EXCEL });
			expect(kinds(await later())).toEqual(['userGotOffer']);
			await n8n.restart();
			expect(kinds(await later())).toEqual([]);
		});

		test('a user who is missing counts at the second time, also where nothing is emitted in between', async () => {
			const { school, n8n, later } = world(
				{ triggerOn: ['userLostOffer'], offers: [EXCEL] },
				{ keeping },
			);
			school.grant({ email: 'user1@example.com', offerId: EXCEL });
			await n8n.activate();
			school.setOfferState('user1@example.com', EXCEL);
			expect(kinds(await later())).toEqual([]);
			expect((await later()).emitted).toMatchObject([
				{
					event: 'userLostOffer',
					certain: true,
					how: 'notListed',
					offer: { id: EXCEL, name: 'Excel Basics' },
					user: { email: 'user1@example.com' },
				},
			]);
			expect(kinds(await later())).toEqual([]);
		});

		test('B109: a sweep that is longer than the budget is gone on with, and nothing is read twice', async () => {
			const { school, api, n8n, later } = world(
				{ triggerOn: ['newUser'], options: { pageSize: 10 } },
				{ users: 95, keeping },
			);
			api.pageCap = 10;
			await n8n.activate();
			n8n.budgetMs = 4_000;
			api.beforePage = () => void n8n.clock.advance(1_000);
			school.addUser({ email: 'late@example.com' });
			const read = api.requests.length;
			await n8n.clock.advance(15 * 60_000);
			const outcomes: PollOutcome[] = [];
			while (outcomes.length < 10 && outcomes.every(({ emitted }) => emitted.length === 0)) {
				outcomes.push(await n8n.poll());
				await n8n.clock.advance(60_000);
			}
			expect(outcomes.flatMap(kinds)).toEqual(['newUser']);
			expect(outcomes.length).toBeGreaterThan(2);
			expect(new Set(api.requests.slice(read)).size).toBe(10);
			expect(api.requests.length - read).toBe(10);
			expect(kinds(await later())).toEqual([]);
		});

		test('polls come at most once in the minimum time, also after a poll without events and after a failed one', async () => {
			const { api, n8n, later } = world({ triggerOn: ['newUser'] }, { keeping });
			await n8n.activate();
			const read = api.requests.length;
			for (let minute = 0; minute < 60; minute++) await later(1);
			expect(api.requests.length - read).toBe(4);
			api.intercept = () => ({ status: 401, text: '{"message":"Unauthorized"}' });
			let errors = 0;
			for (let minute = 0; minute < 60; minute++)
				if ((await later(1)).error !== undefined) errors++;
			expect(errors).toBe(4);
		});
	},
);

describe('what an item says', () => {
	test('a new user, simplified and raw', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		school.addUser({
			email: 'ada@example.com',
			uid: 'ada',
			firstname: 'Ada',
			name: 'Beispiel',
			created: '2026-01-01T00:00:00.000Z',
			properties: { [school.properties[0].id]: 'x' },
		});
		const { emitted } = await later();
		expect(emitted).toEqual([
			{
				event: 'newUser',
				id: expect.stringMatching(/^[0-9a-f]{32}$/),
				noticedAt: new Date(n8n.clock.now()).toISOString(),
				certain: true,
				user: {
					uid: 'ada',
					email: 'ada@example.com',
					firstName: 'Ada',
					lastName: 'Beispiel',
					active: false,
					created: '2026-01-01T00:00:00.000Z',
					properties: { [school.properties[0].name]: 'x' },
					progress: [],
				},
			},
		]);
		n8n.parameters = { ...n8n.parameters, simplify: false };
		school.addUser({ email: 'bob@example.com', uid: 'bob' });
		expect((await later()).emitted).toMatchObject([
			{ user: { uid: 'bob', customUserProperties: {} } },
		]);
	});

	test('a completed course, with its numbers and the offers that it is in', async () => {
		const { school, n8n, later } = world({
			triggerOn: ['courseCompleted', 'courseProgressReached'],
			percent: 25,
		});
		const { id, activePosts } = fixtures.COURSES.excel;
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.activate();
		school.setProgress('user1@example.com', id, 1);
		expect(kinds(await later())).toEqual([]);
		school.setProgress('user1@example.com', id, activePosts);
		const { emitted } = await later();
		expect(emitted).toMatchObject([
			{
				event: 'courseProgressReached',
				certain: true,
				percentReached: 25,
				course: { courseId: id, percent: 100 },
			},
			{
				event: 'courseCompleted',
				course: {
					courseId: id,
					completedPosts: activePosts,
					activePosts,
					percent: 100,
					inOffers: expect.arrayContaining(['Excel Basics']),
				},
				user: { email: 'user1@example.com' },
			},
		]);
	});

	test('an offer and a property that Memberspot lists no more come by their ids, without a name', async () => {
		const { id } = fixtures.PROPERTIES.company;
		const { school, n8n, later } = world({
			triggerOn: ['userGotOffer', 'customPropertyChanged'],
			offers: [EXCEL],
			properties: [id],
		});
		await n8n.activate();
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		school.setProperty('user2@example.com', id, 'Beispiel GmbH');
		school.offers.splice(0);
		school.properties.splice(0);
		const { emitted } = await later();
		expect(emitted.map(({ event, offer, property }) => [event, offer ?? property])).toEqual([
			['userGotOffer', { id: EXCEL, name: null }],
			['customPropertyChanged', { id, name: id, value: 'Beispiel GmbH' }],
		]);
	});

	test('a property that was emptied has the value null, also where the user comes without any', async () => {
		const { id } = fixtures.PROPERTIES.company;
		const { school, api, n8n, later } = world(
			{ triggerOn: ['customPropertyChanged'], properties: [id] },
			{ users: 2 },
		);
		school.setProperty('user0@example.com', id, 'A');
		school.setProperty('user1@example.com', id, 'B');
		await n8n.activate();
		const row = (n: number, customUserProperties: unknown) => ({
			uid: `uid-${n}`,
			email: `user${n}@example.com`,
			active: true,
			customUserProperties,
		});
		api.intercept = (path) =>
			path === '/users/list'
				? {
						text: JSON.stringify({
							data: [row(0, { [id]: '' }), row(1, undefined)],
							nextPage: null,
						}),
					}
				: undefined;
		const { emitted } = await later();
		expect(emitted).toMatchObject([
			{ property: { id, name: 'Firma', value: '' }, user: { email: 'user0@example.com' } },
			{ property: { id, name: 'Firma', value: null }, user: { email: 'user1@example.com' } },
		]);
	});

	test('progress that comes without numbers is told without numbers', async () => {
		const { api, n8n, later } = world({ triggerOn: ['courseCompleted'] }, { users: 1 });
		const { id } = fixtures.COURSES.excel;
		const answer = (completedPosts: number) => () => ({
			text: JSON.stringify({
				data: [
					{
						uid: 'uid-0',
						email: 'user0@example.com',
						active: true,
						progress: [{ courseId: id, completedPosts, activePosts: 4 }],
					},
				],
				nextPage: null,
			}),
		});
		const offers = { text: '[]' };
		api.intercept = (path) => (path === '/users/list' ? answer(1)() : offers);
		await n8n.activate();
		api.intercept = (path) => (path === '/users/list' ? answer(4)() : offers);
		expect((await later()).emitted).toMatchObject([
			{ course: { courseId: id, completedPosts: 4, activePosts: 4, percent: 100, inOffers: [] } },
		]);
	});

	test('one course, by its address', async () => {
		const { school, n8n, later } = world({
			triggerOn: ['courseCompleted'],
			course: { mode: 'url', value: `https://school.example/library/${fixtures.COURSES.yoga.id}` },
		});
		await n8n.activate();
		school.setProgress('user1@example.com', fixtures.COURSES.excel.id, 99);
		school.setProgress('user1@example.com', fixtures.COURSES.yoga.id, 99);
		expect((await later()).emitted.map(({ course }) => course)).toMatchObject([
			{ courseId: fixtures.COURSES.yoga.id },
		]);
	});

	test.each(['id', 'name'])(
		"a changed property, where the user's row has it under its %s",
		async (by) => {
			const { school, api, n8n, later } = world({
				triggerOn: ['customPropertyChanged'],
				properties: [fixtures.PROPERTIES.company.id],
			});
			const { id, name } = fixtures.PROPERTIES.company;
			const serve = api.api;
			if (by === 'name') {
				api.intercept = () => undefined;
				Object.assign(n8n, {
					api: async (path: string, query: { [name: string]: string }) => ({
						text: ((await serve(path, query)).text ?? '').split(`"${id}":"`).join(`"${name}":"`),
					}),
				});
			}
			await n8n.activate();
			school.setProperty('user1@example.com', id, 'Beispiel GmbH');
			expect((await later()).emitted).toMatchObject([
				{
					event: 'customPropertyChanged',
					property: { id, name, value: 'Beispiel GmbH' },
					user: { email: 'user1@example.com' },
				},
			]);
			school.setProperty('user1@example.com', id, undefined);
			expect((await later()).emitted).toMatchObject([{ property: { value: null } }]);
			expect((await later()).emitted).toEqual([]);
		},
	);

	test('active that turns', async () => {
		const { school, api, n8n, later } = world({
			triggerOn: ['userBecameActive', 'userBecameInactive'],
		});
		api.active = 'user';
		await n8n.activate();
		school.setEnabled('user1@example.com', false);
		expect((await later()).emitted).toMatchObject([
			{
				event: 'userBecameInactive',
				certain: true,
				how: 'inactive',
				user: { email: 'user1@example.com', active: false },
			},
		]);
		school.setEnabled('user1@example.com', true);
		expect((await later()).emitted).toMatchObject([{ event: 'userBecameActive', how: 'active' }]);
	});

	test('somebody who was deleted comes without an address, as a hash', async () => {
		const { school, n8n, later } = world({ triggerOn: ['userLostOffer'], offers: [EXCEL] });
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.activate();
		school.removeUser('user1@example.com');
		await later();
		const { emitted } = await later();
		expect(emitted).toMatchObject([
			{
				event: 'userLostOffer',
				user: null,
				userIsGone: true,
				userHash: expect.stringMatching(/^[0-9a-f]{12}$/),
			},
		]);
		expect(JSON.stringify(emitted)).not.toContain('user1');
		expect(n8n.saved).not.toMatch(/user1|uid-1/);
	});

	test('what is not certain says why, and can be left out', async () => {
		const { school, n8n, later } = world({
			triggerOn: ['userLostOffer', 'userGotOffer'],
			offers: [EXCEL, YOGA],
		});
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.activate();
		school.setOfferState('user1@example.com', EXCEL, false);
		expect((await later()).emitted).toMatchObject([
			{
				event: 'userLostOffer',
				certain: false,
				uncertainBecause: expect.stringContaining('not known whether'),
				how: 'inactive',
			},
		]);
		n8n.parameters = { ...n8n.parameters, options: { ignoreUncertain: true } };
		school.setOfferState('user1@example.com', EXCEL, true);
		school.grant({ email: 'user2@example.com', offerId: YOGA });
		expect((await later()).emitted).toMatchObject([
			{ event: 'userGotOffer', offer: { id: YOGA }, user: { email: 'user2@example.com' } },
		]);
	});

	test('with the user list, a lost user is found in it; no list is read once more', async () => {
		const { school, api, n8n, later } = world({
			triggerOn: ['userLostOffer', 'newUser'],
			offers: [EXCEL],
		});
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.activate();
		school.setOfferState('user1@example.com', EXCEL);
		await later();
		const read = api.requests.length;
		expect((await later()).emitted).toMatchObject([
			{ event: 'userLostOffer', user: { email: 'user1@example.com' } },
		]);
		// Two lists, names of the offers.
		expect(
			api.requests
				.slice(read)
				.map((request) => request.split('?')[0])
				.sort(),
		).toEqual(['/offers', '/users/list', '/users/list']);
	});

	test('a filter that is also a watched offer is read once', async () => {
		const { school, api, n8n, later } = world({
			triggerOn: ['userGotOffer', 'courseCompleted'],
			offers: [EXCEL],
			filters: { offer: { mode: 'name', value: 'Excel Basics' } },
		});
		await n8n.activate();
		const read = api.requests.length;
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		school.setProgress('user1@example.com', fixtures.COURSES.excel.id, 99);
		expect(kinds(await later()).sort()).toEqual(['courseCompleted', 'userGotOffer']);
		expect(
			api.requests.slice(read).filter((request) => request.startsWith('/users/list')),
		).toHaveLength(1);
		expect(api.requests.slice(read)[1]).toContain(`offerId=${EXCEL}`);
	});

	test('a filter: new among the filtered users, and the whole list is read only to find who has left it', async () => {
		const { school, api, n8n, later } = world({
			triggerOn: ['newUser', 'userBecameInactive'],
			filters: {
				offer: { mode: 'id', value: EXCEL },
				course: { mode: 'id', value: fixtures.COURSES.excel.id },
			},
		});
		await n8n.activate();
		school.addUser({ email: 'x@example.com' });
		expect(kinds(await later())).toEqual([]);
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		expect(kinds(await later())).toEqual(['newUser']);
		expect(api.requests.at(-1)).toContain('offerId');
		school.setOfferState('user1@example.com', EXCEL);
		await later();
		expect((await later()).emitted).toMatchObject([
			{
				event: 'userBecameInactive',
				certain: false,
				how: 'notListed',
				user: { email: 'user1@example.com' },
			},
		]);
		expect(api.requests.at(-1)).not.toContain('offerId');
	});
});

describe('the first activation', () => {
	test('emits what is there when asked to, in one go, and then only changes', async () => {
		const { school, n8n, later } = world(
			{ triggerOn: ['newUser', 'userGotOffer'], offers: [EXCEL], options: { emitExisting: true } },
			{ users: 250 },
		);
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		const first = await n8n.activate();
		expect(first.emitted).toHaveLength(251);
		expect(new Set(first.emitted.map(({ id }) => id)).size).toBe(251);
		expect(kinds(await later())).toEqual([]);
	});

	test('that fails saves nothing, and the next one begins', async () => {
		const { api, n8n } = world({ triggerOn: ['newUser'] });
		api.intercept = () => ({ status: 403, text: '{"message":"Forbidden"}' });
		expect((await n8n.activate()).error?.message).toMatch(/Memberspot/);
		expect(n8n.saved).toBe('{}');
		api.intercept = undefined;
		expect((await n8n.activate()).error).toBeUndefined();
		expect(n8n.saved).toContain('memberspotPolling:node-1');
	});

	test('is resumable: a baseline longer than the budget is gone on with, and emits nothing', async () => {
		const { school, api, n8n } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 10 } },
			{ users: 95 },
		);
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		await n8n.activate();
		expect(api.requests.length).toBeLessThan(10);
		for (let n = 0; n < 5; n++) {
			await n8n.clock.advance(60_000);
			expect(kinds(await n8n.poll())).toEqual([]);
		}
		expect(api.requests).toHaveLength(10);
		school.addUser({ email: 'late@example.com' });
		api.beforePage = undefined;
		await n8n.clock.advance(16 * 60_000);
		expect(kinds(await n8n.poll())).toEqual(['newUser']);
	});

	test('what is there already, in several polls: nobody is left out, nobody comes twice', async () => {
		const { api, n8n } = world(
			{ triggerOn: ['newUser'], simplify: false, options: { pageSize: 10, emitExisting: true } },
			{ users: 95 },
		);
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		const outcomes = [await n8n.activate()];
		for (let n = 0; n < 8; n++) {
			await n8n.clock.advance(60_000);
			outcomes.push(await n8n.poll());
		}
		const uids = outcomes
			.flatMap(({ emitted }) => emitted)
			.map(({ user }) => JSON.stringify(user).replace(/.*"uid":"([^"]*)".*/, '$1'));
		expect(uids).toHaveLength(95);
		expect(new Set(uids).size).toBe(95);
	});
});

describe('what only shows under special conditions', () => {
	test('with durable cursors, the baseline of the activation is not lost', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] }, { keeping: 'cursors' });
		await n8n.activate();
		school.addUser({ email: 'early@example.com' });
		// n8n ends before any poll at its time has saved a cursor.
		const restarted = await n8n.restart();
		expect([...kinds(restarted), ...kinds(await later())]).toEqual(['newUser']);
	});

	test('rows that an unfinished sweep can not take along wait for the next one, and none is lost', async () => {
		const { school, api, n8n } = world(
			{ triggerOn: ['newUser'], simplify: false, options: { pageSize: 10 } },
			{ users: 5 },
		);
		await n8n.activate();
		for (let n = 0; n < 60; n++) {
			school.addUser({ email: `large${n}@example.com`, firstname: 'x'.repeat(10_000) });
		}
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		const outcomes: PollOutcome[] = [];
		let largest = 0;
		for (let n = 0; n < 30; n++) {
			await n8n.clock.advance(15 * 60_000);
			outcomes.push(await n8n.poll());
			largest = Math.max(largest, n8n.saved.length);
		}
		const ids = outcomes.flatMap(({ emitted }) => emitted.map(({ id }) => id));
		expect(ids).toHaveLength(60);
		expect(new Set(ids).size).toBe(60);
		// It took several sweeps, since not everything fitted into one.
		expect(outcomes.filter(({ emitted }) => emitted.length > 0).length).toBeGreaterThan(1);
		expect(largest).toBeLessThan(1_000_000);
	});

	test('a list that does not page is never left between its first two pages', async () => {
		const { school, api, n8n } = world({ triggerOn: ['newUser'] }, { users: 12 });
		n8n.budgetMs = 1_000;
		api.intercept = (path) => {
			if (path !== '/users/list') return undefined;
			void n8n.clock.advance(1_000);
			const rows = [...school.users()].map(({ uid, email }) => ({ uid, email, active: true }));
			return { text: JSON.stringify(rows) };
		};
		expect((await n8n.activate()).error).toBeUndefined();
		school.addUser({ email: 'a@example.com' });
		await n8n.clock.advance(15 * 60_000);
		expect(kinds(await n8n.poll())).toEqual(['newUser']);
	});
});

describe('failures and sick answers', () => {
	test('a poll that fails half-way leaves the state, and the next one emits everything', async () => {
		const { school, api, n8n, later } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 5 } },
			{ users: 20 },
		);
		await n8n.activate();
		school.addUser({ email: 'a@example.com' });
		api.intercept = (_path, query) =>
			query.lastLoadedId === '15' ? { status: 500, text: '{"message":"no"}' } : undefined;
		const failed = await later();
		expect(failed.error?.description).toContain('page 4');
		expect(failed.emitted).toEqual([]);
		api.intercept = undefined;
		school.addUser({ email: 'b@example.com' });
		expect((await later(30)).emitted.map(({ user }) => user)).toMatchObject([
			{ email: 'a@example.com' },
			{ email: 'b@example.com' },
		]);
	});

	test('names that can not be read fail the poll, so that nothing is said to be emitted', async () => {
		const { school, api, n8n, later } = world({ triggerOn: ['userGotOffer'], offers: [EXCEL] });
		await n8n.activate();
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		api.intercept = (path) => (path === '/offers' ? { status: 500, text: '{}' } : undefined);
		expect((await later()).error).toBeDefined();
		api.intercept = undefined;
		expect(kinds(await later(30))).toEqual(['userGotOffer']);
	});

	test('a list of less than half is refused once, then taken; who is gone counts after two more polls', async () => {
		const { school, api, n8n, later } = world(
			{ triggerOn: ['userLostOffer', 'newUser'], offers: [EXCEL] },
			{ users: 30 },
		);
		for (let n = 0; n < 20; n++) school.grant({ email: `user${n}@example.com`, offerId: EXCEL });
		await n8n.activate();
		// A cut list: the server says that it ends after the first five users.
		api.intercept = (path) =>
			path === '/users/list'
				? {
						text: JSON.stringify({
							data: [...school.users()]
								.slice(0, 5)
								.map(({ uid, email }) => ({ uid, email, active: true })),
							nextPage: null,
						}),
					}
				: undefined;
		const refused = await later();
		expect(refused.error?.message).toBe(
			'Memberspot gave a list of 5 users, after 30 at the last poll',
		);
		api.intercept = undefined;
		expect(await later()).toEqual({ emitted: [], lost: [] });
		// The same again, and it stays.
		for (let n = 5; n < 30; n++) school.removeUser(`user${n}@example.com`);
		expect((await later()).error).toBeDefined();
		expect(kinds(await later())).toEqual([]);
		expect(kinds(await later())).toEqual(new Array(15).fill('userLostOffer'));
		expect(kinds(await later())).toEqual([]);
	});

	test('a cohort of an offer that is exchanged as a whole is refused once, and no event is lost', async () => {
		const { school, n8n, later } = world(
			{ triggerOn: ['userGotOffer', 'userLostOffer'], offers: [EXCEL] },
			{ users: 24 },
		);
		for (let n = 0; n < 12; n++) school.grant({ email: `user${n}@example.com`, offerId: EXCEL });
		await n8n.activate();
		for (let n = 0; n < 12; n++) {
			school.setOfferState(`user${n}@example.com`, EXCEL);
			school.grant({ email: `user${n + 12}@example.com`, offerId: EXCEL });
		}
		const refused = await later();
		expect(refused.error?.message).toBe(
			'Memberspot gave lists with hardly any of the 12 users of the last poll',
		);
		expect(refused.emitted).toEqual([]);
		expect(kinds(await later())).toEqual(new Array(12).fill('userGotOffer'));
		expect(kinds(await later())).toEqual(new Array(12).fill('userLostOffer'));
		expect(kinds(await later())).toEqual([]);
	});

	test.each<Keeping>(['regular', 'durable', 'cursors'])(
		'a damaged state begins anew without events, and does not stay in the way (%s)',
		async (keeping) => {
			const { school, api, n8n, later } = world({ triggerOn: ['newUser'] });
			await n8n.activate();
			school.addUser({ email: 'one@example.com' });
			expect(kinds(await later())).toEqual(['newUser']);
			const other = new N8n(api.api, keeping, n8n.clock.now());
			other.parameters = n8n.parameters;
			// The last sign of the people is another one; that it has emitted can still be read.
			other.saved = n8n.saved.replace(
				/(.)(\\n[0-9a-f]{8}")/,
				(_all, sign: string, rest: string) => `${sign === 'A' ? 'B' : 'A'}${rest}`,
			);
			expect(other.saved).not.toBe(n8n.saved);
			expect(await other.activate()).toEqual({ emitted: [], lost: [] });
			for (const email of ['two@example.com', 'three@example.com']) {
				school.addUser({ email });
				await other.clock.advance(15 * 60_000);
				expect(kinds(await other.poll())).toEqual(['newUser']);
			}
		},
	);

	test('the key of another school gives a message and a new beginning, never events', async () => {
		const { school, n8n, later } = world(
			{ triggerOn: ['newUser', 'userLostOffer'], offers: [EXCEL] },
			{ users: 30 },
		);
		await n8n.activate();
		for (const { email } of [...school.users()]) school.removeUser(email);
		for (let n = 0; n < 40; n++)
			school.addUser({ email: `other${n}@example.com`, uid: `other-${n}` });
		n8n.apiKey = 'KEY-2';
		const message = await later();
		expect(message.error?.message).toContain('another school');
		expect(message.emitted).toEqual([]);
		expect(await later()).toEqual({ emitted: [], lost: [] });
		school.addUser({ email: 'one@example.com' });
		expect(kinds(await later())).toEqual(['newUser']);
		// After a restart n8n may have only the old state: the same again, and still no events.
		expect(kinds(await n8n.restart())).toEqual([]);
	});

	test('a new key of the same school is no other school', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		n8n.apiKey = 'KEY-2';
		school.addUser({ email: 'a@example.com' });
		// Changed settings are looked at without waiting.
		expect(kinds(await later(1))).toEqual(['newUser']);
	});

	test('a state that is too large is refused with what to do, and what was noted stays', async () => {
		const { n8n, later, school } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		const { saved } = n8n;
		school.addUser({ email: 'a@example.com' });
		n8n.largestState = 300;
		const { error } = await later();
		n8n.largestState = 5_000;
		expect(error?.message).toMatch(
			/too large for the chosen events: remembering 13 users takes 0\.0 MB/,
		);
		expect(error?.description).toContain('Choose fewer events');
		expect(n8n.saved).toBe(saved);
		expect(kinds(await later(30))).toEqual(['newUser']);
	});

	test('a place in the list that is gone makes the sweep begin again', async () => {
		const { school, api, n8n } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 10 } },
			{ users: 95 },
		);
		await n8n.activate();
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		school.addUser({ email: 'late@example.com' });
		await n8n.clock.advance(15 * 60_000);
		expect(await n8n.poll()).toEqual({ emitted: [], lost: [] });
		api.intercept = (_path, query) =>
			query.lastLoadedId === undefined
				? undefined
				: { status: 400, text: '{"message":"unknown cursor"}' };
		expect((await n8n.poll()).error).toBeDefined();
		api.intercept = undefined;
		api.beforePage = undefined;
		n8n.budgetMs = undefined;
		await n8n.clock.advance(15 * 60_000);
		const read = api.requests.length;
		expect(kinds(await n8n.poll())).toEqual(['newUser']);
		expect(api.requests.length - read).toBe(10);
	});

	test('a list that goes round in a circle, a part in each poll, ends in an error', async () => {
		const { api, n8n } = world({ triggerOn: ['newUser'], options: { pageSize: 10 } }, { users: 5 });
		await n8n.activate();
		n8n.budgetMs = 4_000;
		let page = 0;
		api.intercept = (path) => {
			if (path !== '/users/list') return undefined;
			void n8n.clock.advance(1_000);
			page++;
			return {
				text: JSON.stringify({
					data: [{ uid: `u${page}`, email: `u${page}@example.com` }],
					nextPage: `c${page % 12}`,
				}),
			};
		};
		await n8n.clock.advance(15 * 60_000);
		let error: PollOutcome['error'];
		for (let n = 0; n < 20 && error === undefined; n++) ({ error } = await n8n.poll());
		expect(error?.message).toBe('The list from Memberspot does not end');
	});
});

describe('edits, renames and overlaps', () => {
	test('a renamed node goes on where it was', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		school.addUser({ email: 'a@example.com' });
		n8n.rename('Neuer Name');
		expect(kinds(await n8n.activate())).toEqual([]);
		expect(kinds(await later())).toEqual(['newUser']);
	});

	test('an event that is chosen later starts from then on', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		n8n.parameters = { triggerOn: ['newUser', 'userGotOffer'], offers: [EXCEL] };
		expect(kinds(await n8n.activate())).toEqual([]);
		school.grant({ email: 'user2@example.com', offerId: EXCEL });
		expect(kinds(await later())).toEqual(['userGotOffer']);
	});

	test('B110: only one poll at a time reads', async () => {
		const { school, api, n8n } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		school.addUser({ email: 'a@example.com' });
		await n8n.clock.advance(15 * 60_000);
		const read = api.requests.length;
		const outcomes = await n8n.pollTogether(3);
		expect(outcomes.flatMap(kinds)).toEqual(['newUser']);
		expect(api.requests.length - read).toBe(1);
	});

	test('what a superseded version found is found again', async () => {
		const { school, n8n } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		school.addUser({ email: 'a@example.com' });
		await n8n.clock.advance(15 * 60_000);
		const { emitted } = await n8n.supersede();
		expect(emitted).toMatchObject([{ event: 'newUser', user: { email: 'a@example.com' } }]);
	});

	test('an unfinished sweep of other settings is not gone on with', async () => {
		const { api, n8n } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 10 } },
			{ users: 95 },
		);
		await n8n.activate();
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		await n8n.clock.advance(15 * 60_000);
		await n8n.poll();
		n8n.budgetMs = undefined;
		n8n.parameters = { triggerOn: ['newUser', 'userBecameActive'], options: { pageSize: 10 } };
		const read = api.requests.length;
		await n8n.poll();
		expect(api.requests.length - read).toBe(10);
	});

	test('B108: a user who is created between two pages comes now or the next time', async () => {
		const { school, api, n8n, later } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 5 } },
			{ users: 20 },
		);
		await n8n.activate();
		let created = 0;
		api.beforePage = (number) => {
			if (created++ === 1) school.addUser({ email: `during-${number}@example.com` });
		};
		const now = await later();
		expect([...kinds(now), ...kinds(await later())]).toEqual(['newUser']);
	});

	test('a clock that is set back does not stop the trigger', async () => {
		const { school, api } = world({ triggerOn: ['newUser'] });
		const late = new N8n(api.api, 'regular', Date.UTC(2030, 0, 1));
		late.parameters = { triggerOn: ['newUser'] };
		await late.activate();
		const early = new N8n(api.api, 'regular', Date.UTC(2026, 0, 1));
		early.parameters = late.parameters;
		early.saved = late.saved;
		school.addUser({ email: 'a@example.com' });
		expect(kinds(await early.activate())).toEqual(['newUser']);
		expect(kinds(await early.restart())).toEqual([]);
	});
});

describe('what is remembered between polls', () => {
	test('survives a clock that is set back, also where every poll starts from what is saved', async () => {
		const { school, api, n8n } = world({ triggerOn: ['userLostOffer'], offers: [EXCEL] });
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.activate();
		const early = new N8n(api.api, 'durable', n8n.clock.now() - 24 * 3_600_000);
		early.parameters = n8n.parameters;
		early.saved = n8n.saved;
		school.setOfferState('user1@example.com', EXCEL);
		expect(kinds(await early.activate({ saveLost: true }))).toEqual([]);
		await early.clock.advance(15 * 60_000);
		expect(kinds(await early.poll())).toEqual(['userLostOffer']);
	});

	test('is no old part of a list: an unfinished sweep of hours ago begins again', async () => {
		const { api, n8n } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 10 } },
			{ users: 95 },
		);
		await n8n.activate();
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		await n8n.clock.advance(15 * 60_000);
		await n8n.poll();
		n8n.budgetMs = undefined;
		api.beforePage = undefined;
		await n8n.clock.advance(7 * 3_600_000);
		const read = api.requests.length;
		expect(await n8n.poll()).toEqual({ emitted: [], lost: [] });
		expect(api.requests.length - read).toBe(10);
	});

	test('is no half-empty list that was read in parts: the next poll reads it all anew', async () => {
		const { school, api, n8n, later } = world(
			{ triggerOn: ['newUser'], options: { pageSize: 10 } },
			{ users: 95 },
		);
		await n8n.activate();
		n8n.budgetMs = 4_000;
		api.beforePage = () => void n8n.clock.advance(1_000);
		await n8n.clock.advance(15 * 60_000);
		expect(await n8n.poll()).toEqual({ emitted: [], lost: [] });
		api.beforePage = undefined;
		n8n.budgetMs = undefined;
		api.intercept = () => ({ text: '{"data":[],"nextPage":null}' });
		expect((await n8n.poll()).error?.message).toMatch(/gave a list of \d+ users, after 95/);
		api.intercept = undefined;
		school.addUser({ email: 'late@example.com' });
		const read = api.requests.length;
		expect(kinds(await later())).toEqual(['newUser']);
		expect(api.requests.slice(read).filter((each) => each.startsWith('/users/list'))).toHaveLength(
			10,
		);
	});

	test('of a failed poll does not hold up one with other settings', async () => {
		const { api, n8n, later } = world({ triggerOn: ['newUser'] });
		await n8n.activate();
		api.intercept = () => ({ status: 401, text: '{"message":"Unauthorized"}' });
		expect((await later()).error).toBeDefined();
		api.intercept = undefined;
		const read = api.requests.length;
		await later(1);
		expect(api.requests.length - read).toBe(0);
		n8n.apiKey = 'KEY-2';
		await later(1);
		expect(api.requests.length - read).toBe(1);
	});
});

describe('ids of events', () => {
	test('are the same after polls without events, which n8n does not save', async () => {
		const { school, n8n, later } = world({ triggerOn: ['userGotOffer'], offers: [EXCEL] });
		await n8n.activate();
		for (let poll = 0; poll < 3; poll++) expect(kinds(await later())).toEqual([]);
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		await n8n.clock.advance(15 * 60_000);
		const first = await n8n.poll({ saveLost: true });
		const again = await n8n.restart();
		expect(kinds(again)).toEqual(['userGotOffer']);
		expect(again.emitted[0].id).toBe(first.emitted[0].id);
	});

	test('B110: the same difference found again has the same id, the same thing later has another', async () => {
		const { school, api, n8n, later } = world({
			triggerOn: ['userBecameInactive', 'userBecameActive', 'customPropertyChanged'],
			properties: [fixtures.PROPERTIES.company.id],
		});
		api.active = 'user';
		await n8n.activate();
		school.setEnabled('user1@example.com', false);
		await n8n.clock.advance(15 * 60_000);
		const first = await n8n.poll({ saveLost: true });
		const again = await n8n.restart();
		const ids = (outcome: PollOutcome) => outcome.emitted.map(({ id }) => id);
		expect(kinds(again)).toEqual(['userBecameInactive']);
		expect(ids(again)).toEqual(ids(first));
		school.setEnabled('user1@example.com', true);
		await later();
		school.setEnabled('user1@example.com', false);
		const second = await later();
		expect(kinds(second)).toEqual(['userBecameInactive']);
		expect(ids(second)).not.toEqual(ids(first));
	});

	test('a new user has the same id in every trigger', async () => {
		const one = world({ triggerOn: ['newUser'], options: { emitExisting: true } });
		const other = world({
			triggerOn: ['newUser', 'userGotOffer'],
			offers: [EXCEL],
			options: { emitExisting: true },
		});
		const ids = ({ emitted }: PollOutcome) => emitted.map(({ id }) => id).sort();
		expect(ids(await one.n8n.activate())).toEqual(ids(await other.n8n.activate()));
	});
});

describe('a run by hand', () => {
	const all = {
		triggerOn: [
			'courseCompleted',
			'courseProgressReached',
			'customPropertyChanged',
			'newUser',
			'userBecameActive',
			'userBecameInactive',
			'userGotOffer',
			'userLostOffer',
		],
		offers: [EXCEL],
		properties: [fixtures.PROPERTIES.company.id],
	};

	test('shows real users to whom it has happened, and leaves the state alone', async () => {
		const { school, n8n } = world(all);
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		school.grant({ email: 'user2@example.com', offerId: EXCEL });
		school.setOfferState('user2@example.com', EXCEL, false);
		school.setProgress('user3@example.com', fixtures.COURSES.excel.id, 99);
		school.setProperty('user4@example.com', fixtures.PROPERTIES.company.id, 'Beispiel GmbH');
		school.addUser({ email: 'young@example.com', created: '2031-01-01T00:00:00.000Z' });
		const items = await n8n.test();
		expect(items.map(({ event, sample }) => [event, sample])).toEqual(
			all.triggerOn.map((event) => [event, undefined]),
		);
		expect(items.map(({ user }) => user)).toMatchObject([
			{ email: 'user3@example.com' },
			{ email: 'user3@example.com' },
			{ email: 'user4@example.com' },
			{ email: 'young@example.com' },
			{ email: 'user1@example.com' },
			{ active: false },
			{ email: 'user1@example.com' },
			{ email: 'user2@example.com' },
		]);
		expect(n8n.saved).toBe('{}');
	});

	test('has the form of real items', async () => {
		const { school, n8n, later } = world({ triggerOn: ['newUser'] });
		const [sample] = await n8n.test();
		await n8n.activate();
		school.addUser({ email: 'a@example.com' });
		const [real] = (await later()).emitted;
		expect(Object.keys(sample)).toEqual(Object.keys(real));
	});

	test('makes items of some real user where nothing fits, and says so', async () => {
		const { n8n } = world(all);
		const items = await n8n.test();
		expect(items).toHaveLength(8);
		expect(items.filter(({ sample }) => sample === undefined).map(({ event }) => event)).toEqual([
			'newUser',
			'userBecameInactive',
		]);
		expect(items.every(({ user }) => user !== null)).toBe(true);
		expect(items[0].sample).toMatch(/real user/);
	});

	test('takes no odd row of progress for a completed course, and a lesson begun for a sample', async () => {
		const { api, n8n } = world({
			triggerOn: ['courseCompleted', 'courseProgressReached'],
			percent: 50,
		});
		const row = (uid: string, progress: unknown) => ({
			uid,
			email: `${uid}@example.com`,
			active: true,
			progress,
		});
		const { id } = fixtures.COURSES.excel;
		const rows = [
			row('none', undefined),
			row('text', 'half of it'),
			row('nameless', [{ completedPosts: 5, activePosts: 5 }, 7]),
			row('uncounted', [{ courseId: id, completedPosts: '5', activePosts: 5 }]),
			row('empty', [{ courseId: id, completedPosts: 0, activePosts: 0 }]),
			row('half', [{ courseId: id, completedPosts: 5, activePosts: 10 }]),
		];
		api.intercept = (path) =>
			path === '/users/list' ? { text: JSON.stringify({ data: rows, nextPage: null }) } : undefined;
		expect(await n8n.test()).toMatchObject([
			{
				event: 'courseCompleted',
				sample: expect.any(String),
				course: { courseId: id },
				user: { uid: 'uncounted' },
			},
			{
				event: 'courseProgressReached',
				course: { courseId: id, percent: 50 },
				percentReached: 50,
				user: { uid: 'half' },
			},
		]);
	});

	test('of one course looks at no other', async () => {
		const { school, n8n } = world({
			triggerOn: ['courseCompleted'],
			filters: { course: { mode: 'id', value: fixtures.COURSES.yoga.id } },
		});
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		school.setProgress('user1@example.com', fixtures.COURSES.excel.id, 99);
		const [item] = await n8n.test();
		if (item !== undefined) expect(item).toMatchObject({ sample: expect.any(String) });
	});

	test('of offers only reads the offer, and the user list where nobody has it', async () => {
		const { api, n8n } = world({ triggerOn: ['userGotOffer'], offers: [EXCEL] });
		expect(await n8n.test()).toMatchObject([{ event: 'userGotOffer', sample: expect.any(String) }]);
		expect(api.requests.filter((request) => request.startsWith('/users'))).toHaveLength(2);
	});

	test('with nobody in the school shows nothing', async () => {
		const { n8n } = world(all, { users: 0 });
		expect(await n8n.test()).toEqual([]);
	});
});

describe('settings that can not work', () => {
	test.each<[string, IDataObject, RegExp]>([
		['no event', { triggerOn: [] }, /Trigger On is empty/],
		['an unknown event', { triggerOn: ['newUser', 'x'] }, /does not exist: x/],
		[
			'an event about offers without an offer',
			{ triggerOn: ['userGotOffer'] },
			/Offer Names or IDs is empty/,
		],
		[
			'an event about properties without one',
			{ triggerOn: ['customPropertyChanged'], properties: [] },
			/Property Names or IDs is empty/,
		],
		[
			'a percentage of 0',
			{ triggerOn: ['courseProgressReached'], percent: 0 },
			/Percent is less than 1/,
		],
		[
			'no minutes',
			{ triggerOn: ['newUser'], minimumMinutes: 0 },
			/Minimum Minutes Between Polls is less than 1/,
		],
		[
			'an offer that there is not',
			{ triggerOn: ['newUser'], filters: { offer: { mode: 'name', value: 'Nothing' } } },
			/no offer called/,
		],
	])('%s', async (_name, parameters, message) => {
		const { n8n } = world(parameters);
		expect((await n8n.activate()).error?.message).toMatch(message);
	});

	test('an event and an offer that are numbers or blank in a list are read as texts', async () => {
		const { n8n } = world({
			triggerOn: ['newUser', ' ', null, 'userGotOffer'],
			offers: [4711, ` ${EXCEL} `, EXCEL],
		});
		expect((await n8n.activate()).error).toBeUndefined();
		expect(n8n.saved).not.toBe('{}');
	});

	test('the time for a request with all its repeats is kept to', async () => {
		const { api, n8n } = world(
			{
				triggerOn: ['newUser'],
				options: { requestsPerSecond: 0, timeout: 5, giveUpAfter: 8, pageSize: 10 },
			},
			{ users: 60 },
		);
		await n8n.activate();
		api.intercept = () => ({ status: 503, text: '' });
		const failing = n8n.clock.now();
		await n8n.clock.advance(60 * 60_000);
		const { error } = await n8n.poll();
		expect(error?.message).toContain('Memberspot could not answer');
		expect(n8n.clock.now() - failing - 60 * 60_000).toBeLessThanOrEqual(8_000);
	});

	test('settings that are no objects are as if they were not there', async () => {
		const { n8n } = world({ triggerOn: ['newUser'], options: 'none', filters: null });
		expect((await n8n.activate()).error).toBeUndefined();
	});

	test('lists may come from an expression, as text', async () => {
		const { school, n8n, later } = world({
			triggerOn: 'newUser, userGotOffer',
			offers: `${EXCEL},${YOGA}`,
		});
		await n8n.activate();
		school.grant({ email: 'user1@example.com', offerId: YOGA });
		expect(kinds(await later())).toEqual(['userGotOffer']);
	});
});
