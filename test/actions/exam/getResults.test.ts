import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { EXAMS, USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const getResults = async (parameters = {}, more = {}) => await setting.run('exam.getResults', { examId: EXAMS.excel.id, returnAll: true, ...parameters }, more);

test.each(['array', 'data', 'named', 'items'] as const)('B43, B44: a list in the form "%s" gives one item for each result', async (examResultsEnvelope) => {
	setting.standIn.setVariants({ examResultsEnvelope });
	const result = await getResults();
	expect(rowsOf(result)).toContainEqual(expect.objectContaining({ examId: EXAMS.excel.id, email: USERS.anna.email, points: 88, passed: true }));
	expect(rowsOf(result).map(({ points }) => points)).toEqual(setting.standIn.school.resultsOf(EXAMS.excel.id).map(({ points }) => points));
	expect(setting.requests()[0]).toEqual(['GET', `/v1/exams/${EXAMS.excel.id}/results`]);
	expectToFitSchema('exam', 'getResults', result.items);
});

test.each(['data', 'array'] as const)('results in pages, form "%s", are read to the end', async (examResultsEnvelope) => {
	setting.addUsers(25);
	for (let i = 0; i < 25; i++) setting.standIn.school.addResult({ examId: EXAMS.empty.id, uid: `Added${i}Uid`, points: i, passed: i > 5, created: '2026-01-01T00:00:00.000Z' });
	setting.standIn.setVariants({ examResultsEnvelope, examResultsPaging: 'asUsers', pageSizeCap: '10' });
	expect(rowsOf(await getResults({ examId: EXAMS.empty.id })).map(({ points }) => points)).toEqual(Array.from({ length: 25 }, (_, i) => i));
});

test('two results that look the same are two results', async () => {
	const row = { email: 'a@example.com', points: 5 };
	setting.standIn.fault({ kind: 'status', operationId: 'listExamResults', status: 200, body: [row, row] });
	expect(rowsOf(await getResults())).toEqual([{ examId: EXAMS.excel.id, ...row }, { examId: EXAMS.excel.id, ...row }]);
});

test('the limit holds, and an exam without results gives none', async () => {
	expect(rowsOf(await getResults({ returnAll: false, limit: 1 }))).toHaveLength(1);
	expect(rowsOf(await getResults({ examId: EXAMS.empty.id }))).toEqual([]);
	expect(rowsOf(await getResults({ examId: EXAMS.empty.id }, { asTool: true }))).toEqual([{ found: false, message: 'Nothing was found for this request' }]);
});

test('an unknown exam is told in the API\'s words', async () => {
	const { message, description } = stopOf(await getResults({ examId: 'nope' }));
	expect(message).toBe('Memberspot does not know this record [item 0]');
	expect(description).toContain('Memberspot replied: "Exam not found".');
});

test('each item has its own exam', async () => {
	const result = await getResults({ examId: (item: number) => [EXAMS.excel.id, EXAMS.safety.id][item] }, { items: [{}, {}] });
	const links = linksOf(result);
	for (const [index, { examId }] of rowsOf(result).entries()) expect(examId).toBe([EXAMS.excel.id, EXAMS.safety.id][Number(links[index])]);
});

test.each([['', 'Exam ID is empty'], [null, 'Exam ID is empty'], ['..', 'Exam ID is "..", which is no ID'], [{}, 'Exam ID is an object, not a text']])('B56: %j is refused before any request', async (examId, message) => {
	expect(stopOf(await getResults({ examId })).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});
