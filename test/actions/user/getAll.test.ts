import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, OFFERS, PROPERTIES, USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ users: 75, variants: { endOfList: 'null' } });
const getAll = async (parameters = {}, more = {}) => await setting.run('user.getAll', parameters, more);
const emailsOf = (rows: Array<{ email?: unknown }>) => rows.map(({ email }) => email);
/** All addresses of the school in the order of its list. */
const everyone = () => [...setting.standIn.school.users()].map(({ email }) => email);
/** The queries of all pages that were asked for, without their cursors. */
const queries = () => setting.standIn.log.of('listUsers').map(({ query }) => Object.fromEntries(Object.entries(query).filter(([name]) => name !== 'lastLoadedId')));
const cursors = () => setting.standIn.log.of('listUsers').map(({ query }) => query.lastLoadedId);

describe('the simplified output', () => {
	test('names the last name, the properties and the percentage', async () => {
		const rows = rowsOf(await getAll({ limit: 1 }));
		expect(rows).toEqual([
			{
				uid: USERS.anna.uid,
				email: 'anna@example.com',
				firstName: 'Anna',
				lastName: 'Schmidt',
				active: true,
				created: '2024-01-08T09:00:00.000Z',
				properties: { Firma: 'Schmidt GmbH', Newsletter: true, Stufe: 'Gold' },
				progress: [{ courseId: COURSES.excel.id, activePosts: 20, completedPosts: 10, percent: 50 }],
			},
		]);
		expect(setting.requests()).toEqual([
			['GET', '/v1/users/list?pageLength=1'],
			['GET', '/v1/custom-user-properties/list'],
		]);
	});

	test('asks for property names only when there are properties', async () => {
		expect(emailsOf(rowsOf(await getAll({ limit: 5, filters: { search: 'carla@' } })))).toEqual(['carla@example.com']);
		expect(setting.standIn.log.count('listCustomUserProperties')).toBe(0);
	});

	test('shows properties under their keys where the names may not be read, and says so', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listCustomUserProperties', status: 403 });
		const result = await getAll({ limit: 1 });
		expect(rowOf(result).properties).toEqual({ [PROPERTIES.company.id]: 'Schmidt GmbH', [PROPERTIES.newsletter.id]: true, [PROPERTIES.level.id]: 'Gold' });
		expect(result.hints).toEqual(['Custom properties are shown under their keys, since Memberspot did not give their names to this API key.']);
	});

	test('fails when the names can not be read for another reason', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listCustomUserProperties', status: 500 });
		expect(stopOf(await getAll({ limit: 1 })).httpCode).toBe('500');
	});

	test('fits the schema, as do selected fields and raw rows', async () => {
		expectToFitSchema('user', 'getAll', (await getAll({ returnAll: true })).items);
		expectToFitSchema('user', 'getAll', (await getAll({ limit: 20, output: 'selectedFields', outputFields: 'email, lastName;nothing' }, { asTool: true })).items, { form: 'selected' });
		expectToFitSchema('user', 'getAll', (await getAll({ limit: 20, simplify: false })).items, { form: 'raw' });
	});
});

test('B44: raw gives the rows as Memberspot sends them, one item each', async () => {
	for (const raw of [{ simplify: false }, { output: 'raw' }]) {
		const [first] = rowsOf(await getAll({ limit: 2, ...raw }));
		expect(first).toMatchObject({ uid: USERS.anna.uid, name: 'Schmidt', customUserProperties: { [PROPERTIES.company.id]: 'Schmidt GmbH' } });
	}
});

test('selected fields are all that is put out', async () => {
	expect(rowsOf(await getAll({ limit: 1, output: 'selectedFields', outputFields: 'email, firstName\nnothing' }))).toEqual([{ email: 'anna@example.com', firstName: 'Anna' }]);
	expect(stopOf(await getAll({ limit: 1, output: 'selectedFields', outputFields: ' , ' }))).toMatchObject({ message: 'Fields is empty [item 0]' });
});

describe('paging', () => {
	test('B01, B04, B10, B15: Return All reads every page, each with the cursor of the one before', async () => {
		const rows = rowsOf(await getAll({ returnAll: true, options: { pageSize: 25 } }));
		expect(emailsOf(rows)).toEqual(everyone());
		expect(rows).toHaveLength(75);
		const asked = cursors();
		expect(asked).toHaveLength(3);
		expect(asked[0]).toBeUndefined();
		expect(new Set(asked).size).toBe(3);
		// The key is not there at all, rather than there and empty.
		expect(Object.keys(setting.standIn.log.of('listUsers')[0].query)).toEqual(['pageLength']);
	});

	test('B02, B14: a server that gives fewer rows than asked for is read to its end', async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		expect(rowsOf(await getAll({ returnAll: true }))).toHaveLength(75);
		expect(queries().every(({ pageLength }) => pageLength === '100')).toBe(true);
		expect(cursors()).toHaveLength(8);
	});

	test.each<[string, number, number, number, number]>([
		['in the middle of a page', 15, 10, 15, 2],
		['on the border of a page', 20, 10, 20, 2],
		['within the first page', 5, 10, 5, 1],
		['one beyond the border', 21, 10, 21, 3],
		['beyond the end of the list', 500, 25, 75, 3],
	])('B08, B09: a limit %s (%i of pages of %i) gives %i users with %i requests', async (_where, limit, pageSize, users, requests) => {
		expect(emailsOf(rowsOf(await getAll({ limit, options: { pageSize } })))).toEqual(everyone().slice(0, users));
		expect(setting.standIn.log.count('listUsers')).toBe(requests);
	});

	test.each(['10', '100'] as const)('B13: with pages of at most %s, Limit and Return All lose no row, and the cursor is followed and not put out', async (pageSizeCap) => {
		setting.standIn.setVariants({ pageSizeCap });
		for (const limit of [1, 9, 10, 11, 50, 74, 75, 76]) expect(emailsOf(rowsOf(await getAll({ limit })))).toEqual(everyone().slice(0, limit));
		const rows = rowsOf(await getAll({ returnAll: true }));
		expect(emailsOf(rows)).toEqual(everyone());
		expect(rows.filter((row) => 'nextPage' in row || 'next_page' in row || 'data' in row)).toEqual([]);
	});

	test('a list that says nothing about a next page is asked once more, since it may be a bare part', async () => {
		setting.standIn.setVariants({ endOfList: 'absent' });
		expect(rowsOf(await getAll({ returnAll: true }))).toHaveLength(75);
		expect(cursors()).toEqual([undefined, USERS.last.uid]);
	});

	test('B09: a small limit asks for a small page', async () => {
		expect(rowsOf(await getAll({ limit: 3 }))).toHaveLength(3);
		expect(queries()).toEqual([{ pageLength: '3' }]);
	});

	test('B11: a page that fails is an error that names the page, and no part of the list comes out', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listUsers', status: 500, after: 1 });
		const { message, description } = stopOf(await getAll({ returnAll: true, options: { pageSize: 25 } }));
		expect(message).toBe('Memberspot could not answer because of a fault on its side [item 0]');
		expect(description).toContain('This was page 2 of the list.');
	});

	test.each(['repeatedCursor', 'cyclingCursor'] as const)('B06: %s ends in an error, never in a loop', async (kind) => {
		setting.standIn.fault({ kind, operationId: 'listUsers', times: 1_000 });
		const { message } = stopOf(await getAll({ returnAll: true, options: { pageSize: 10 } }));
		expect(message).toBe('The list from Memberspot does not end [item 0]');
		expect(setting.count()).toBeLessThan(20);
	});

	test('rows that come on two pages come out once', async () => {
		setting.standIn.fault({ kind: 'duplicateRows', operationId: 'listUsers', times: 1_000 });
		expect(emailsOf(rowsOf(await getAll({ returnAll: true, options: { pageSize: 10 } })))).toEqual(everyone());
	});

	test('B46: an answer of an unknown form is an error, not one user', async () => {
		setting.standIn.fault({ kind: 'wrongShape', operationId: 'listUsers' });
		expect(stopOf(await getAll({ returnAll: true })).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
	});
});

describe('filters of the API', () => {
	test('B18: are on every page', async () => {
		await getAll({ returnAll: true, filters: { offer: by('id', OFFERS.excel.id), course: by('id', COURSES.excel.id), active: 'active' }, options: { pageSize: 5 } });
		const asked = queries();
		expect(asked.length).toBeGreaterThan(2);
		for (const query of asked) expect(query).toEqual({ pageLength: '5', offerId: OFFERS.excel.id, courseId: COURSES.excel.id, active: 'true' });
	});

	test.each([
		['active', 'true'],
		['inactive', 'false'],
		['all', undefined],
	])('B68: the state "%s" is sent as %s', async (active, sent) => {
		const rows = rowsOf(await getAll({ returnAll: true, filters: { offer: by('id', OFFERS.excel.id), active } }));
		expect(queries()[0].active).toBe(sent);
		const holders = setting.standIn.school.holders(OFFERS.excel.id, sent === undefined ? {} : { active: sent === 'true' });
		expect(emailsOf(rows)).toEqual(holders.map(({ email }) => email));
	});

	test('B72: every filter reaches the request', async () => {
		await getAll({ limit: 1, filters: { offer: by('name', 'Excel Basics'), course: by('url', `https://school.mymemberspot.de/library/${COURSES.excel.id}/x/y`), active: 'inactive' } });
		expect(setting.requests()).toEqual([
			['GET', '/v1/offers'],
			['GET', `/v1/users/list?offerId=${OFFERS.excel.id}&courseId=${COURSES.excel.id}&active=false&pageLength=1`],
		]);
	});

	test('an offer name that fits two offers is refused before the list is read', async () => {
		const { message, description } = stopOf(await getAll({ limit: 1, filters: { offer: by('name', 'Frühbucher') } }));
		expect(message).toBe('The offer name "Frühbucher" fits 2 offers [item 0]');
		expect(description).toContain(OFFERS.earlyBird.id);
		expect(description).toContain(OFFERS.earlyBirdAgain.id);
		expect(setting.standIn.log.count('listUsers')).toBe(0);
	});

	test.each([{}, { offer: by('list', '') }, { course: by('list', ''), search: ' ' }])('%j filters nothing', async (filters) => {
		expect(rowsOf(await getAll({ returnAll: true, filters }))).toHaveLength(75);
		expect(queries()).toEqual([{ pageLength: '100' }]);
	});
});

describe('filters of the node', () => {
	test.each([
		['GROSSMANN', []],
		['großmann', ['jürgen@example.com']],
		['Jürgen Groß', ['jürgen@example.com']],
		['max+kurs', ['max+kurs@example.com']],
		['ju\u0308rgen@', ['jürgen@example.com']],
	])('the search for %j finds %j', async (search, emails) => {
		const rows = rowsOf(await getAll({ returnAll: true, filters: { search } }));
		expect(emailsOf(rows).filter((email) => Object.values(USERS).some((user) => user.email === email))).toEqual(emails);
	});

	test('the search reads no page beyond the limit, and every page needed for it', async () => {
		const rows = rowsOf(await getAll({ limit: 2, filters: { search: 'example' }, options: { pageSize: 10 } }));
		expect(rows).toHaveLength(2);
		expect(queries()).toEqual([{ pageLength: '10' }]);

		setting.standIn.log.clear();
		expect(emailsOf(rowsOf(await getAll({ limit: 1, filters: { search: 'Zuletzt' }, options: { pageSize: 25 } })))).toEqual(['last@example.com']);
		expect(setting.standIn.log.count('listUsers')).toBe(3);
	});

	test('the creation date: at or after, and before', async () => {
		const created = async (filters: object) => emailsOf(rowsOf(await getAll({ returnAll: true, filters }))).slice(0, 4);
		expect(await created({ createdAfter: '2024-01-10T09:00:00.000Z', createdBefore: '2024-01-11T09:00:00.000Z' })).toEqual(['carla@example.com', 'max+kurs@example.com']);
		expect(await created({ createdBefore: '2024-01-09' })).toEqual(['anna@example.com']);
		expect(await created({ createdAfter: '2025-12-31T23:00:00.000Z' })).toEqual(['last@example.com']);
	});

	test.each([
		[{ createdAfter: '2026-02-01', createdBefore: '2026-01-01' }, 'Created After is not before Created Before, so no user can fit [item 0]'],
		[{ createdAfter: '31.12.2026' }, 'Created After is not a date like 2026-01-31 or 2026-01-31T12:00:00Z [item 0]'],
		[{ createdBefore: '2026-02-30' }, 'Created Before is a date that does not exist [item 0]'],
		[{ active: 'maybe' }, 'Active is not one of: all, active, inactive [item 0]'],
	])('%j is refused before any request', async (filters, message) => {
		expect(stopOf(await getAll({ limit: 1, filters })).message).toBe(message);
		expect(setting.count()).toBe(0);
	});

	test('users without a readable date are left out of a date filter, and counted', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'listUsers', status: 200, body: { data: [{ uid: 'u1', email: 'a@example.com', created: 'soon' }, { uid: 'u2', email: 'b@example.com' }], nextPage: null } });
		const result = await getAll({ returnAll: true, filters: { createdAfter: '2024-01-01' } });
		expect(rowsOf(result)).toEqual([]);
		expect(result.hints).toEqual(['2 users were left out because their creation date is missing or in an unknown form.']);
	});
});

test.each([
	[{ limit: 0 }, 'Limit is less than 1 [item 0]'],
	[{ limit: 'x' }, 'Limit is not a number [item 0]'],
	[{ limit: 1, options: { pageSize: 1_001 } }, 'Page Size is more than 1000 [item 0]'],
	[{ limit: 1, options: { maxParallelRequests: 0 } }, 'Maximum Parallel Requests is less than 1'],
	[{ limit: 1, options: { timeout: 'x' } }, 'Timeout is not a number'],
])('%j is refused before any request', async (parameters, message) => {
	expect(stopOf(await getAll(parameters)).message).toBe(message);
	expect(setting.count()).toBe(0);
});

test('as a tool it reads 20 users unless asked for more, and an empty list is not an empty answer', async () => {
	expect(rowsOf(await getAll({}, { asTool: true }))).toHaveLength(20);
	const result = await getAll({ filters: { search: 'nobody is called this' } }, { asTool: true });
	expect(rowsOf(result)).toEqual([{ found: false, message: 'Nothing was found for this request' }]);
	expectToFitSchema('user', 'getAll', result.items, { asTool: true });
	expect(rowsOf(await getAll({ filters: { search: 'nobody is called this' } }))).toEqual([]);
});

test('each item has its own filters, and rows are linked to it', async () => {
	const result = await getAll({ returnAll: true, filters: (item: number) => ({ search: ['anna@', 'ben@', 'nobody@'][item] }) }, { items: [{}, {}, {}] });
	expect(emailsOf(rowsOf(result))).toEqual(expect.arrayContaining(['anna@example.com', 'ben@example.com']));
	const links = linksOf(result);
	expect(links).toEqual([...links].sort());
	expect(new Set(links)).toEqual(new Set([0, 1]));
});
