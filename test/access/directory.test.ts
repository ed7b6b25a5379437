import { Directory, findOthers, findPeople, learnReading, locate, type Asked } from '../../nodes/Memberspot/access';
import { openSchool } from '../../nodes/Memberspot/school';
import { FakeClock } from '../support/clock';
import { json, scriptedClient, type Step } from '../support/client';

/** A row of a user list. */
type Row = { [key: string]: unknown };

/** A directory over fixed lists: by offer, '' for the list of all users, and look-ups by address. */
function directoryOf(lists: { [offerId: string]: Row[] }, lookUps: { [email: string]: Row | Step } = {}) {
	const { client, clock, sent } = scriptedClient((request) => {
		const path = decodeURIComponent(new URL(request.url).pathname);
		if (path.endsWith('/users/list')) return json({ data: lists[request.query.offerId ?? ''] ?? [], nextPage: null });
		const found = lookUps[path.slice(path.lastIndexOf('/') + 1)];
		if (found === undefined) return json({ statusCode: 404, message: 'User not found' }, 404);

		return 'status' in found || 'fault' in found ? found : json(found);
	});
	const directory = new Directory(openSchool(client), Infinity);

	return { directory, clock, sent, run: async <T>(work: Promise<T>) => await clock.run(work) };
}

const asked = (item: number, email: string, offers: string[] = [], uid?: string): Asked => ({ item, email, uid, mustKnow: true, wish: { item, email, uid, offers: new Map(offers.map((offer) => [offer, { active: true }])), properties: [] } });

test('two users with the same address in another spelling are told apart, and an address alone is not enough', async () => {
	const { directory, run } = directoryOf({ o1: [{ uid: 'u1', email: 'Anna@example.com', active: true }, { uid: 'u2', email: 'anna@example.com', active: true }] });
	const find = async (items: Asked[]) => await run(findPeople(directory, items, ['o1'], async (seekers) => await locate(directory, seekers, ['o1'], true)));
	const byEmail = await find([asked(0, 'anna@example.com')]);
	expect(byEmail.subjects).toEqual([]);
	expect(byEmail.problems.get(0)).toMatchObject({ message: 'Memberspot has 2 users with the e-mail anna@example.com', nextStep: 'Give the UID of the one you mean: u1, u2' });
	// Nobody of them counts as "not in the input".
	expect(findOthers(directory, byEmail.mentioned, ['o1'], () => true)).toEqual([]);

	const byUid = await find([asked(0, 'anna@example.com', [], 'u2')]);
	expect(byUid.subjects[0].person.facts).toMatchObject({ uid: 'u2', email: 'anna@example.com' });
});

test('a row without a uid and one with it are the same user', async () => {
	const { directory, run } = directoryOf({ o1: [{ email: 'anna@example.com', active: true }], o2: [{ uid: 'u1', email: 'Anna@Example.com', active: false }] });
	const { subjects } = await run(findPeople(directory, [asked(0, 'anna@example.com')], ['o1', 'o2'], async (seekers) => await locate(directory, seekers, ['o1', 'o2'], true)));
	expect(subjects).toHaveLength(1);
	expect([...subjects[0].person.facts.listings]).toEqual([['o1', 'listedActive'], ['o2', 'listedInactive']]);
	expect(await run(learnReading(directory, 'notProven'))).toEqual({ reading: 'perOffer', proven: true, witnesses: new Set([expect.stringContaining('@example.com')]) });
});

test('rows without a usable active are listed, and prove nothing', async () => {
	const { directory, run } = directoryOf({ o1: [{ uid: 'u1', email: 'anna@example.com' }, { uid: 'u2', email: 'ben@example.com', active: 'no' }] });
	const { subjects } = await run(findPeople(directory, [asked(0, 'anna@example.com'), asked(1, 'ben@example.com')], ['o1'], async (seekers) => await locate(directory, seekers, ['o1'], true)));
	expect(subjects.map(({ person }) => person.facts.listings.get('o1'))).toEqual(['listed', 'listed']);
	expect(await run(learnReading(directory, 'notProven'))).toEqual({ reading: 'notProven', proven: false, witnesses: new Set() });
});

test('a user without an address can be found by UID, and is a problem: nothing could be sent', async () => {
	const { directory, run } = directoryOf({ o1: [{ uid: 'u1', active: true }] });
	const { subjects, problems } = await run(findPeople(directory, [asked(0, 'anna@example.com', [], 'u1')], ['o1'], async (seekers) => await locate(directory, seekers, ['o1'], true)));
	expect(subjects).toEqual([]);
	expect(problems.get(0)).toMatchObject({ message: 'Memberspot gives no e-mail for the user u1' });
});

test('an address that was never seen is in no list that was read to its end', async () => {
	const { directory, run } = directoryOf({ o1: [] });
	expect(directory.listing(undefined, 'o1')).toBe('notSettled');
	await run(directory.readOffer('o1'));
	expect(directory.listing(undefined, 'o1')).toBe('notListed');
	expect([directory.isComplete('o1'), directory.isComplete('o2')]).toEqual([true, false]);
});

describe('what the lists mean', () => {
	const inactive = { o1: [{ uid: 'u1', email: 'anna@example.com', active: false }] };

	test('an own record that differs is proof', async () => {
		const { directory, run } = directoryOf(inactive, { 'anna@example.com': { uid: 'u1', email: 'anna@example.com', active: true } });
		await run(directory.readOffer('o1'));
		expect(await run(learnReading(directory, 'perUser'))).toEqual({ reading: 'perUser', proven: false, witnesses: new Set() });
		expect(await run(learnReading(directory, 'notProven'))).toEqual({ reading: 'perOffer', proven: true, witnesses: new Set([expect.stringContaining('@example.com')]) });
	});

	test.each<[string, { [email: string]: Row | Step }]>([
		['agrees', { 'anna@example.com': { uid: 'u1', email: 'anna@example.com', active: false } }],
		['can not be read', { 'anna@example.com': { status: 500, text: '{}' } }],
		['is not there', {}],
	])('an own record that %s is none', async (_what, lookUps) => {
		const { directory, run } = directoryOf(inactive, lookUps);
		await run(directory.readOffer('o1'));
		expect(await run(learnReading(directory, 'notProven'))).toEqual({ reading: 'notProven', proven: false, witnesses: new Set() });
	});

	test('where the plan refuses the look-up, the list of all users is read for it', async () => {
		const { directory, run, sent } = directoryOf({ ...inactive, '': [{ uid: 'u1', email: 'anna@example.com', active: true }] }, { 'anna@example.com': { status: 403, text: '{}' } });
		await run(directory.readOffer('o1'));
		expect(await run(learnReading(directory, 'notProven'))).toEqual({ reading: 'perOffer', proven: true, witnesses: new Set([expect.stringContaining('@example.com')]) });
		expect(sent.filter(({ query }) => query.offerId === undefined && query.pageLength !== undefined)).toHaveLength(1);
	});

	test('what an earlier run has seen counts less than proof and less than what is said', async () => {
		const { directory, run } = directoryOf({ o1: [{ uid: 'u1', email: 'anna@example.com', active: true }] });
		await run(directory.readOffer('o1'));
		expect((await run(learnReading(directory, 'notProven', 'onlyActive'))).reading).toBe('onlyActive');
		expect((await run(learnReading(directory, 'perUser', 'onlyActive'))).reading).toBe('perUser');
	});
});

test('many users whom no list shows are found in one reading of all users, not one by one', async () => {
	const emails = Array.from({ length: 60 }, (_, n) => `user${n}@example.com`);
	const { directory, run, sent } = directoryOf({ o1: [], '': emails.slice(0, 30).map((email, n) => ({ uid: `u${n}`, email, active: true })) });
	const found = await run(locate(directory, emails.map((email) => ({ email, mustKnow: true })), ['o1'], true));
	expect([...found.values()].filter(({ state }) => state === 'member')).toHaveLength(30);
	expect([...found.values()].filter(({ state }) => state === 'nobody')).toHaveLength(30);
	expect(sent).toHaveLength(2);
	expect(directory.cost).toEqual({ pages: 2, lookUps: 0 });
});

test('who is not in the part of a list that was read may be in the rest of it', async () => {
	const { client, clock } = scriptedClient([json({ data: [{ uid: 'u1', email: 'anna@example.com', active: true }], nextPage: 'more' }), json({ data: [{ uid: 'u2', email: 'ben@example.com', active: true }], nextPage: null })]);
	const directory = new Directory(openSchool(client), Infinity);
	await clock.run(directory.readOffer('o1', () => directory.byEmail('anna@example.com').length > 0));
	const [anna] = directory.byEmail('anna@example.com');
	expect([directory.listing(anna, 'o1'), directory.listing({ email: 'ben@example.com' }, 'o1'), directory.listing(undefined, 'o1')]).toEqual(['listedActive', 'notSettled', 'notSettled']);
	// Reading goes on where it was left.
	await clock.run(directory.readOffer('o1'));
	expect([directory.listing(directory.byEmail('ben@example.com')[0], 'o1'), directory.listing(undefined, 'o1')]).toEqual(['listedActive', 'notListed']);
	expect(directory.cost.pages).toBe(2);
});

test('the clock of the run says when a list was read', async () => {
	const { directory, run, clock } = directoryOf({ o1: [] });
	expect(clock).toBeInstanceOf(FakeClock);
	await run(directory.readOffer('o1'));
	expect(directory.readAt('o1')).toBe(clock.now());
});

test('a member whose address only a later row gives is found by it, and is nobody "not in the input"', async () => {
	const { directory, run } = directoryOf({ o1: [{ uid: 'u1', active: true }], o2: [{ uid: 'u1', email: 'Anna@example.com', active: true }] });
	const people = await run(findPeople(directory, [asked(0, 'anna@example.com')], ['o1', 'o2'], async (seekers) => await locate(directory, seekers, ['o1', 'o2'], true)));
	expect(people.subjects.map(({ member }) => member?.uid)).toEqual(['u1']);
	expect(findOthers(directory, people.mentioned, ['o1', 'o2'], () => true)).toEqual([]);
});

test('after a list that can not be read, no other list is read on', async () => {
	const { client, clock, sent } = scriptedClient((request, number) => {
		if (request.query.offerId === 'broken') return { status: 400 };

		return json({ data: [{ uid: `u${number}`, email: `user${number}@example.com` }], nextPage: `c${number}` });
	});
	const directory = new Directory(openSchool(client), 50);
	await expect(clock.run(locate(directory, [], ['long', 'broken'], true))).rejects.toMatchObject({ failure: { kind: 'invalid' } });
	const count = sent.length;
	await clock.advance(60_000);
	expect(sent).toHaveLength(count);
	expect(count).toBeLessThan(5);
});

test('an item that can not be used stops the other items about the same user too', async () => {
	const { directory, run } = directoryOf({ o1: [{ uid: 'u1', email: 'anna@example.com', active: true }] });
	const broken: Asked = { item: 1, email: 'Anna@example.com', mustKnow: false, problem: new Error('no date') };
	const people = await run(findPeople(directory, [asked(0, 'anna@example.com'), broken], ['o1'], async (seekers) => await locate(directory, seekers, ['o1'], true)));
	expect(people.subjects).toEqual([]);
	expect([...people.problems.keys()].sort()).toEqual([0, 1]);
	expect(people.problems.get(0)).toMatchObject({ message: expect.stringContaining('nothing was done for this user') as string });
});
