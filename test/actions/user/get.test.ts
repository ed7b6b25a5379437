import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ users: 60, variants: { endOfList: 'null' } });
const get = async (parameters = {}, more = {}) => await setting.run('user.get', { user: by('email', USERS.anna.email), ...parameters }, more);
const gone = by('email', 'nobody@example.com');

test('by e-mail it takes one look-up, and the names of the properties', async () => {
	const result = await get();
	expect(rowOf(result)).toEqual({
		uid: USERS.anna.uid,
		email: 'anna@example.com',
		firstName: 'Anna',
		lastName: 'Schmidt',
		active: true,
		created: '2024-01-08T09:00:00.000Z',
		properties: { Firma: 'Schmidt GmbH', Newsletter: true, Stufe: 'Gold' },
		progress: [{ courseId: COURSES.excel.id, activePosts: 20, completedPosts: 10, percent: 50 }],
	});
	expect(setting.requests()).toEqual([
		['GET', '/v1/users/find-by-mail/anna@example.com'],
		['GET', '/v1/custom-user-properties/list'],
	]);
	expect(result.hints).toEqual([]);
	expectToFitSchema('user', 'get', result.items);
});

test.each([
	['email', ' Anna@Example.com '],
	['list', 'anna@example.com'],
	['email', 'jürgen@example.com'],
	['email', 'ju\u0308rgen@example.com'],
	['email', 'max+kurs@example.com'],
	// The server keeps this one with capitals.
	['email', 'helga.mixed@example.com'],
	['email', 'ivo@müller-kurse.example'],
] as const)('B51, B53, B55, B59: in the mode %s, %j finds its user', async (mode, value) => {
	expect(String(rowOf(await get({ user: by(mode, value) })).email).toLowerCase()).toBe(value.trim().normalize('NFC').toLowerCase());
	expect(setting.standIn.log.count('findUserByMail')).toBe(1);
});

describe('by UID the list is read until the user is found', () => {
	test.each([
		[USERS.anna.uid, 1],
		[USERS.last.uid, 6],
	])('%s: %i pages', async (uid, pagesRead) => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		const result = await get({ user: by('uid', uid) });
		expect(rowOf(result)).toMatchObject({ uid, pagesRead });
		expect(setting.standIn.log.count('listUsers')).toBe(pagesRead);
		expect(result.hints).toEqual(['Memberspot has no look-up by UID. The user list was read until the user was found; pagesRead says how many pages that took.']);
		expectToFitSchema('user', 'get', result.items);
	});

	test('a UID that nobody has costs the whole list', async () => {
		const result = await get({ user: by('uid', 'nobody'), ifNotFound: 'returnNotFound' });
		expect(rowOf(result)).toEqual({ found: false, uid: 'nobody', pagesRead: 1 });
		expectToFitSchema('user', 'get', result.items);
	});
});

test('where the plan refuses the look-up, the list is read, and the next item does not try again', async () => {
	setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
	const emails = [USERS.anna.email, USERS.ben.email];
	const result = await get({ user: (item: number) => by('email', emails[item]), options: { maxParallelRequests: 1 } }, { items: [{}, {}] });
	expect(rowsOf(result)).toMatchObject([{ email: 'anna@example.com', pagesRead: 1 }, { email: 'ben@example.com', pagesRead: 1 }]);
	expect(setting.standIn.log.count('findUserByMail')).toBe(1);
	expect(result.hints).toEqual(['This API key may not look users up by e-mail. The user list was read instead; pagesRead says how many pages that took.']);
});

describe('a user who is not there', () => {
	test.each(['status404', 'emptyBody', 'null', 'emptyObject'] as const)('the answer "%s" means not found', async (unknownUserLookUp) => {
		setting.standIn.setVariants({ unknownUserLookUp });
		const { message, description } = stopOf(await get({ user: gone }));
		expect(message).toBe('Memberspot has no user with the e-mail "nobody@example.com" [item 0]');
		expect(description).toContain('set If Not Found to go on without an error');
		expect(rowOf(await get({ user: gone, ifNotFound: 'returnNotFound' }))).toEqual({ found: false, email: 'nobody@example.com' });
		expect(rowOf(await get({ user: gone }, { continueOnFail: true }))).toMatchObject({ message: { found: false, email: 'nobody@example.com', reason: 'notFound' } });
	});

	test('B114: as a tool it is an answer, not nothing', async () => {
		const result = await get({ user: gone, ifNotFound: 'returnNotFound' }, { asTool: true });
		expect(rowOf(result)).toEqual({ found: false, email: 'nobody@example.com' });
		expectToFitSchema('user', 'get', result.items, { asTool: true });
	});

	test('who is there is found: true then', async () => {
		expect(rowOf(await get({ ifNotFound: 'returnNotFound' }))).toMatchObject({ found: true, email: 'anna@example.com' });
	});

	test('a wrong Base URL is not taken for a user who is not there', async () => {
		const result = await get({ ifNotFound: 'returnNotFound' }, { credentials: { apiKey: setting.standIn.apiKey, baseUrl: `${setting.standIn.url}/elsewhere` } });
		expect(stopOf(result).message).toBe('The server does not know this part of the Memberspot API [item 0]');
	});
});

test.each<[string, unknown]>([
	['another member', { uid: 'u9', email: 'other@example.com' }],
	['a list', []],
	['a text', 'anna'],
	['an object that is no member', { total: 1 }],
])('an answer with %s is an error', async (_what, body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 200, body });
	expect(stopOf(await get()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

test('an answer without an address is the member who was asked for', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 200, body: { uid: 'u9', firstname: null } });
	expect(rowOf(await get())).toMatchObject({ uid: 'u9', email: 'anna@example.com', firstName: null });
});

test.each([
	[{ simplify: false }, { name: 'Schmidt', customUserProperties: {} }],
	[{ output: 'raw' }, { name: 'Schmidt' }],
	[{ output: 'selectedFields', outputFields: 'lastName' }, { lastName: 'Schmidt' }],
])('%j chooses the output', async (parameters, expected) => {
	expect(rowOf(await get(parameters))).toMatchObject(expected);
});

test('B33: of three users the second fails, and the others come out', async () => {
	const emails = [USERS.anna.email, 'nobody@example.com', USERS.ben.email];
	const result = await get({ user: (item: number) => by('email', emails[item]) }, { items: [{}, {}, {}], continueOnFail: true });
	expect(rowsOf(result).map((row) => row.email ?? row.error)).toEqual(['anna@example.com', 'Memberspot has no user with the e-mail "nobody@example.com"', 'ben@example.com']);
	expect(linksOf(result)).toEqual([0, 1, 2]);
});

test.each([
	[by('email', ''), 'User is empty'],
	[by('list', null), 'User is empty'],
	[by('uid', ' \u200b'), 'User (UID) is empty'],
	['a@example.com;b@example.com', 'User holds more than one address'],
	[by('email', 'Anna <anna@example.com>'), 'User has a blank, a line break, a comma, a semicolon or a bracket in it'],
])('B56: %j is refused before any request', async (user, message) => {
	expect(stopOf(await get({ user })).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});

test('If Not Found takes its own values only', async () => {
	expect(stopOf(await get({ ifNotFound: 'x' })).message).toBe('If Not Found is not one of: error, returnNotFound [item 0]');
});
