import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { CHAPTERS, COURSES, USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const PAGE = `https://school.mymemberspot.de/library/${COURSES.excel.id}/${CHAPTERS.excelBonus.id}/lesson`;
const enable = async (parameters = {}, more = {}) => await setting.run('chapter.enableAccess', { user: by('email', USERS.anna.email), chapter: by('url', PAGE), ...parameters }, more);
const body = { email: USERS.anna.email, courseId: COURSES.excel.id, chapterId: CHAPTERS.excelBonus.id };

test('the address of a lesson tells chapter and course', async () => {
	const result = await enable();
	expect(rowOf(result)).toEqual({ success: true, ...body, outcome: 'confirmed' });
	expect(setting.requests()).toEqual([['POST', '/v1/chapters/chapter-access/enable', body]]);
	expect(setting.standIn.school.user(USERS.anna.email)?.chapters).toEqual([CHAPTERS.excelBonus.id]);
	expectToFitSchema('chapter', 'enableAccess', result.items);
});

test.each([
	{ chapter: by('id', CHAPTERS.excelBonus.id), course: by('id', COURSES.excel.id) },
	{ chapter: by('id', CHAPTERS.excelBonus.id), course: by('url', PAGE) },
	{ course: by('id', COURSES.excel.id) },
	{ course: by('list', '') },
	{ user: by('uid', USERS.anna.uid) },
])('%j means the same', async (parameters) => {
	await enable(parameters);
	expect(setting.standIn.log.of('enableChapterAccess').map((entry) => entry.body)).toEqual([body]);
});

test.each([
	[{ chapter: by('id', CHAPTERS.excelBonus.id) }, 'Course is empty'],
	[{ chapter: by('url', `https://school.mymemberspot.de/library/${COURSES.excel.id}`) }, 'Chapter is the address of a course, not of a chapter'],
	[{ course: by('id', COURSES.yoga.id) }, 'The chapter address belongs to another course than the one in Course'],
	[{ chapter: by('url', '') }, 'Chapter is empty'],
	[{ user: by('email', '') }, 'User is empty'],
])('B56: %j is refused before any request', async (parameters, message) => {
	expect(stopOf(await enable(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});

test.each<[string, unknown, object]>([
	['nothing', '', { outcome: 'accepted', note: 'Memberspot accepted the request. The API does not show chapter access.' }],
	['something else', { done: true }, { outcome: 'accepted', reply: { done: true } }],
	['another user', { ...body, email: USERS.ben.email }, { outcome: 'accepted' }],
])('an answer with %s confirms nothing', async (_what, answer, expected) => {
	setting.standIn.fault({ kind: 'status', operationId: 'enableChapterAccess', status: 201, body: answer });
	const result = await enable();
	expect(rowOf(result)).toMatchObject({ success: true, ...expected });
	expectToFitSchema('chapter', 'enableAccess', result.items);
});

test('doing it again changes nothing, also after a lost answer', async () => {
	setting.standIn.fault({ kind: 'resetAfter', operationId: 'enableChapterAccess' });
	expect(rowOf(await enable())).toMatchObject({ outcome: 'confirmed' });
	expect(setting.standIn.log.count('enableChapterAccess')).toBe(2);
	expect(setting.standIn.school.user(USERS.anna.email)?.chapters).toHaveLength(1);
});

test('an unknown chapter is told in the API\'s words', async () => {
	expect(rowsOf(await enable({ chapter: by('id', 'nope'), course: by('id', COURSES.excel.id) }, { continueOnFail: true }))).toMatchObject([{ message: { status: 404, reply: 'Chapter not found', outcome: 'notDone' } }]);
});
