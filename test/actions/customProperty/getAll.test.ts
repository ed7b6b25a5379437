import { expectToFitSchema } from '../../support/schema';
import { rowsOf, stopOf, useStandIn } from '../../support/setting';
import { PROPERTIES, SCHOOL_ID } from '../../stand-in/fixtures';

const setting = useStandIn();
const getAll = async (parameters = {}, more = {}) => await setting.run('customProperty.getAll', { returnAll: true, ...parameters }, more);

test.each(['array', 'data', 'named', 'items'] as const)('B43: a list in the form "%s" gives one item for each property, as it comes', async (propertiesEnvelope) => {
	setting.standIn.setVariants({ propertiesEnvelope });
	const result = await getAll();
	expect(rowsOf(result)).toHaveLength(Object.keys(PROPERTIES).length);
	expect(rowsOf(result)[0]).toEqual({ id: PROPERTIES.company.id, name: 'Firma', type: 'text', schoolId: SCHOOL_ID });
	expect(setting.requests()).toEqual([['GET', '/v1/custom-user-properties/list']]);
	expectToFitSchema('customProperty', 'getAll', result.items);
});

test('the limit holds, and a school without properties gives none', async () => {
	expect(rowsOf(await getAll({ returnAll: false, limit: 3 }))).toHaveLength(3);
	setting.standIn.school.properties.length = 0;
	expect(rowsOf(await getAll())).toEqual([]);
});

test.each<[unknown]>([[{ error: 'x' }], [[{ name: 'no id' }]], [{ total: 0 }], ['x']])('B46: %j is an error, not an empty list', async (body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'listCustomUserProperties', status: 200, body });
	expect(stopOf(await getAll()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});
