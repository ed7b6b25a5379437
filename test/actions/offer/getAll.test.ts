import { expectToFitSchema } from '../../support/schema';
import { rowsOf, stopOf, useStandIn } from '../../support/setting';
import { COURSES, OFFERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const getAll = async (parameters = {}, more = {}) => await setting.run('offer.getAll', parameters, more);

test.each(['array', 'data', 'named', 'items'] as const)('B43: a list in the form "%s" gives one item for each offer', async (offersEnvelope) => {
	setting.standIn.setVariants({ offersEnvelope });
	const result = await getAll({ returnAll: true });
	expect(rowsOf(result)).toHaveLength(Object.keys(OFFERS).length);
	expect(rowsOf(result)[1]).toEqual({ id: OFFERS.bundle.id, name: 'Office Bundle', courseIds: [COURSES.excel.id, COURSES.pivot.id] });
	expectToFitSchema('offer', 'getAll', result.items);
	expect(setting.requests()).toEqual([['GET', '/v1/offers']]);
});

test('fields that nobody has described come along', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'listOffers', status: 200, body: [{ id: 1, name: '', price: 5, hasCourseIds: ['c'] }] });
	expect(rowsOf(await getAll({ returnAll: true }))).toEqual([{ id: '1', name: '1', courseIds: ['c'], price: 5 }]);
});

test('the limit holds', async () => {
	expect(rowsOf(await getAll({ limit: 2 }))).toHaveLength(2);
});

test('a school without offers gives none', async () => {
	setting.standIn.school.offers.length = 0;
	expect(rowsOf(await getAll({ returnAll: true }))).toEqual([]);
	expect(rowsOf(await getAll({}, { asTool: true }))).toEqual([{ found: false, message: 'Nothing was found for this request' }]);
});

test.each<[unknown]>([[{ error: 'x' }], [{ total: 3 }], [[{ name: 'no id' }]], [['o1']], [null], ['']])('B46: %j is an error, not an empty list', async (body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'listOffers', status: 200, body });
	expect(stopOf(await getAll({ returnAll: true })).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

test('many items share one reading of the list, and a failed reading is tried again', async () => {
	expect(rowsOf(await getAll({ limit: 1 }, { items: [{}, {}, {}] }))).toHaveLength(3);
	expect(setting.count()).toBe(1);

	setting.standIn.log.clear();
	setting.standIn.fault({ kind: 'status', operationId: 'listOffers', status: 500 });
	const result = await getAll({ limit: 1, options: { maxParallelRequests: 1 } }, { items: [{}, {}, {}], continueOnFail: true });
	expect(rowsOf(result).map((row) => 'error' in row)).toEqual([true, false, false]);
	expect(setting.count()).toBe(2);
});
