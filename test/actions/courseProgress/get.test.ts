import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, USERS } from '../../stand-in/fixtures';

const setting = useStandIn({ users: 60 });
const get = async (parameters = {}, more = {}) => await setting.run('courseProgress.get', { user: by('email', USERS.anna.email), course: by('id', COURSES.excel.id), ...parameters }, more);

test('adds the percentage', async () => {
	const result = await get();
	expect(rowOf(result)).toMatchObject({ email: USERS.anna.email, courseId: COURSES.excel.id, activePosts: 20, completedPosts: 10, percent: 50 });
	expect(setting.requests()).toEqual([['GET', `/v1/users/course-progress/${COURSES.excel.id}/anna@example.com`]]);
	expectToFitSchema('courseProgress', 'get', result.items);
});

test('a course without lessons has no percentage', async () => {
	expect(rowOf(await get({ course: by('id', COURSES.soon.id) }))).toMatchObject({ activePosts: 0, percent: null });
});

test.each(['flat', 'nested'] as const)('the form "%s" is passed on', async (courseProgressShape) => {
	setting.standIn.setVariants({ courseProgressShape });
	const result = await get();
	expect(rowOf(result)).toMatchObject({ email: USERS.anna.email, percent: 50 });
	expectToFitSchema('courseProgress', 'get', result.items);
});

test('a course by the address of one of its pages, a user by UID', async () => {
	const result = await get({ user: by('uid', USERS.ben.uid), course: by('url', `https://school.mymemberspot.de/library/${COURSES.excel.id}/chapter`) });
	expect(rowOf(result)).toMatchObject({ email: USERS.ben.email, uid: USERS.ben.uid, percent: 15 });
});

test('B52: ids and addresses are one part of the path each', async () => {
	stopOf(await get({ course: by('id', 'a/b?c#d'), user: by('email', 'max+kurs@example.com') }));
	expect(setting.requests()).toEqual([['GET', '/v1/users/course-progress/a/b?c#d/max+kurs@example.com']]);
	expect(setting.standIn.log.entries[0].operationId).toBe('getCourseProgress');
});

test('B20: 40 users in one run: at most four requests in any second, none refused, rows in order', async () => {
	const emails = [...setting.standIn.school.users()].slice(0, 40).map(({ email }) => email.toLowerCase());
	const before = setting.clock.now();
	const result = await get({ user: (item: number) => by('email', emails[item]) }, { items: emails.map(() => ({})) });
	expect(rowsOf(result).map(({ email }) => String(email).toLowerCase())).toEqual(emails);
	expect(linksOf(result)).toEqual(emails.map((_email, item) => item));
	expect(setting.standIn.log.entries.every(({ status }) => status === 200)).toBe(true);
	const starts = setting.standIn.log.entries.map(({ start }) => start);
	for (const start of starts) expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(4);
	// As fast as that allows: 9 pauses between 10 groups of four.
	expect(setting.clock.now() - before).toBe(9 * 1_050);
});

test('B20, B21: where the limit is met all the same, the run waits as told', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'getCourseProgress', status: 429, retryAfter: 30 });
	const before = setting.clock.now();
	expect(rowOf(await get())).toMatchObject({ percent: 50 });
	expect(setting.clock.now() - before).toBe(30_000);
});

test.each<[unknown]>([[[]], ['x'], ['']])('B46: %j is an error', async (body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'getCourseProgress', status: 200, body });
	expect(stopOf(await get()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

test.each([
	[{ user: by('email', '') }, 'User is empty'],
	[{ course: by('id', '') }, 'Course is empty'],
	[{ course: by('list', null) }, 'Course is empty'],
	[{ course: by('id', '..') }, 'Course is "..", which is no ID'],
])('B56: %j is refused before any request', async (parameters, message) => {
	expect(stopOf(await get(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});
