import { expectToFitSchema } from '../../support/schema';
import { rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, OFFERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const getAll = async (parameters = {}, more = {}) => await setting.run('course.getAll', { returnAll: true, ...parameters }, more);

test('courses are those that the offers name, each once, with its offers', async () => {
	const result = await getAll();
	expect(rowsOf(result)[0]).toEqual({
		courseId: COURSES.excel.id,
		label: 'Course crsExcel… (in: Excel Basics, Office Bundle)',
		offers: [{ id: OFFERS.excel.id, name: 'Excel Basics' }, { id: OFFERS.bundle.id, name: 'Office Bundle' }],
	});
	expect(rowsOf(result).map(({ courseId }) => courseId).sort()).toEqual([...new Set(Object.values(OFFERS).flatMap(({ courseIds }) => [...courseIds]))].sort());
	expect(setting.requests()).toEqual([['GET', '/v1/offers']]);
	expectToFitSchema('course', 'getAll', result.items);
});

test('the limit holds, and no offers mean no courses', async () => {
	expect(rowsOf(await getAll({ returnAll: false, limit: 1 }))).toHaveLength(1);
	setting.standIn.school.offers.length = 0;
	expect(rowsOf(await getAll())).toEqual([]);
	expect(rowsOf(await getAll({ returnAll: undefined }, { asTool: true }))).toEqual([{ found: false, message: 'Nothing was found for this request' }]);
});

test('offers without courses are no courses', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'listOffers', status: 200, body: [{ id: 'o1', name: 'A' }, { id: 'o2', name: 'B', hasCourseIds: null }] });
	expect(rowsOf(await getAll())).toEqual([]);
});

test('a limit that is none is refused before any request', async () => {
	expect(stopOf(await getAll({ returnAll: false, limit: '' })).message).toBe('Limit is empty [item 0]');
	expect(stopOf(await getAll({ returnAll: 'x' })).message).toBe('Return All is a text other than true or false [item 0]');
	expect(setting.count()).toBe(0);
});
