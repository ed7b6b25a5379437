import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const getAll = async (parameters = {}, more = {}) => await setting.run('courseProgress.getAll', { user: by('email', USERS.frida.email), returnAll: true, ...parameters }, more);
const FRIDA = [
	{ email: USERS.frida.email, courseId: COURSES.safety.id, activePosts: 8, completedPosts: 8, percent: 100 },
	{ email: USERS.frida.email, courseId: COURSES.pivot.id, activePosts: 12, completedPosts: 1, percent: 8.3 },
];

test.each(['data', 'array', 'named', 'items'] as const)('B50: a list in the form "%s" gives one item for each course', async (progressEnvelope) => {
	setting.standIn.setVariants({ progressEnvelope });
	const result = await getAll();
	const rows = rowsOf(result);
	expect(rows).toEqual(expect.arrayContaining(FRIDA.map((row) => expect.objectContaining(row) as object)));
	expect(new Set(rows.map(({ courseId }) => courseId)).size).toBe(rows.length);
	expectToFitSchema('courseProgress', 'getAll', result.items);
	expect(setting.requests()[0]).toEqual(['GET', '/v1/users/course-progress/list/frida@example.com']);
});

describe('paging', () => {
	const many = Array.from({ length: 35 }, (_, i) => ({ id: `course${String(i).padStart(14, '0')}`, name: `Course ${i}`, activePosts: 4 }));
	beforeEach(() => {
		setting.standIn.school.courses.push(...many);
		setting.standIn.school.offers.push({ id: 'offerOfManyCourses00', name: 'Many', courseIds: many.map(({ id }) => id) });
		setting.standIn.school.grant({ email: USERS.carla.email, offerId: 'offerOfManyCourses00' });
	});
	const ofCarla = { user: by('email', USERS.carla.email) };

	test.each([
		['data', 'absent', 'opaque'],
		['named', 'null', 'lastUid'],
		['items', 'empty', 'opaque'],
		['data', 'emptyPage', 'lastUid'],
		['array', 'absent', 'opaque'],
	] as const)('form "%s", end "%s", cursor "%s": every course once', async (progressEnvelope, endOfList, cursorForm) => {
		setting.standIn.setVariants({ progressEnvelope, endOfList, cursorForm, progressListPaging: 'asUsers', pageSizeCap: '10' });
		const rows = rowsOf(await getAll(ofCarla));
		expect(rows.map(({ courseId }) => courseId)).toEqual(many.map(({ id }) => id));
	});

	test('the limit ends the reading', async () => {
		setting.standIn.setVariants({ progressListPaging: 'asUsers', pageSizeCap: '10' });
		expect(rowsOf(await getAll({ ...ofCarla, returnAll: false, limit: 15 }))).toHaveLength(15);
		expect(setting.standIn.log.count('listCourseProgress')).toBe(2);
	});

	test('B06: a cursor that comes back ends in an error', async () => {
		setting.standIn.setVariants({ progressListPaging: 'asUsers', pageSizeCap: '10' });
		setting.standIn.fault({ kind: 'repeatedCursor', operationId: 'listCourseProgress' });
		expect(stopOf(await getAll(ofCarla)).message).toBe('The list from Memberspot does not end [item 0]');
	});
});

test.each<[string, unknown, unknown[]]>([
	['a single course', { courseId: 'c1', activePosts: 2, completedPosts: 1 }, [{ email: USERS.frida.email, courseId: 'c1', activePosts: 2, completedPosts: 1, percent: 50 }]],
	['an empty object', {}, []],
	['plain values', ['c1', 2], [{ email: USERS.frida.email, value: 'c1', percent: null }, { email: USERS.frida.email, value: 2, percent: null }]],
])('an answer with %s is taken for what it is', async (_what, body, rows) => {
	setting.standIn.fault({ kind: 'status', operationId: 'listCourseProgress', status: 200, body, times: 2 });
	expect(rowsOf(await getAll())).toEqual(rows);
});

test.each<[unknown]>([['x'], [5], [[null]], [[[1]]]])('B46: %j is an error', async (body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'listCourseProgress', status: 200, body });
	expect(stopOf(await getAll()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

test('a user without any progress has an empty list, which a tool is told', async () => {
	expect(rowsOf(await getAll({ user: by('email', USERS.carla.email) }))).toEqual([]);
	expect(rowOf(await getAll({ user: by('email', USERS.carla.email), returnAll: undefined }, { asTool: true }))).toEqual({ found: false, message: 'Nothing was found for this request' });
});

test('an unknown user is told in the API\'s words; a user by UID is searched in the list', async () => {
	expect(stopOf(await getAll({ user: by('email', 'nobody@example.com') })).message).toBe('Memberspot does not know this record [item 0]');
	expect(rowsOf(await getAll({ user: by('uid', USERS.frida.uid) }))[0]).toMatchObject({ uid: USERS.frida.uid });
});

test('each item has its own user', async () => {
	const emails = [USERS.anna.email, USERS.frida.email];
	const result = await getAll({ user: (item: number) => by('email', emails[item]) }, { items: [{}, {}] });
	const links = linksOf(result);
	for (const [index, { email }] of rowsOf(result).entries()) expect(email).toBe(emails[Number(links[index])]);
});

test('an empty user is refused before any request', async () => {
	expect(stopOf(await getAll({ user: by('list', '') })).message).toBe('User is empty [item 0]');
	expect(setting.count()).toBe(0);
});
