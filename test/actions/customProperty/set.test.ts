import { by, mapped } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { PROPERTIES, USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const ANNA = USERS.anna.email;
const P = PROPERTIES;
const set = async (parameters = {}, more = {}) => await setting.run('customProperty.set', { user: by('email', ANNA), ...parameters }, more);
const bodies = () => setting.standIn.log.of('setCustomUserProperties').map(({ body }) => body);
const sent = () => bodies().map((body) => (body as { properties: unknown }).properties);
const stored = (email: string = ANNA) => setting.standIn.school.user(email)?.properties ?? {};

test('writes values by id or name, as text', async () => {
	const result = await set({ properties: mapped({ [P.company.id]: 'Neue GmbH', Kundennummer: 5 }) });
	expect(rowOf(result)).toEqual({
		success: true,
		email: ANNA,
		properties: { Firma: 'Neue GmbH', Kundennummer: '5' },
		cleared: [],
		outcome: 'accepted',
		note: 'Memberspot accepted the request. Its answer does not show the stored values.',
	});
	const look = ['GET', `/v1/users/find-by-mail/${ANNA}`];
	expect(setting.requests()).toEqual([
		['GET', '/v1/custom-user-properties/list'],
		look,
		['POST', '/v1/users/set-custom-user-properties', { email: ANNA, properties: [{ id: P.company.id, value: 'Neue GmbH' }, { id: P.customerNumber.id, value: '5' }] }],
		look,
	]);
	expect(stored()).toMatchObject({ [P.company.id]: 'Neue GmbH', [P.customerNumber.id]: '5', [P.level.id]: 'Gold' });
	expectToFitSchema('customProperty', 'set', result.items);
});

test('an answer that shows the values confirms them', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 201, body: { email: ANNA, customUserProperties: { [P.company.id]: 'Neue GmbH', Kundennummer: 5 } } });
	const row = rowOf(await set({ properties: mapped({ Firma: 'Neue GmbH', Kundennummer: 5 }) }));
	expect(row).toMatchObject({ outcome: 'confirmed' });
	expect(row.note).toBeUndefined();
});

test.each<[string, object]>([
	['other values', { email: ANNA, customUserProperties: { [P.company.id]: 'Alte GmbH' } }],
	['another user', { email: USERS.ben.email, customUserProperties: { [P.company.id]: 'Neue GmbH' } }],
	['no values', { email: ANNA }],
])('an answer that shows %s confirms nothing', async (_what, body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 201, body });
	expect(rowOf(await set({ properties: mapped({ Firma: 'Neue GmbH' }) }))).toMatchObject({ outcome: 'accepted' });
});

describe('B75: values are converted only where they can not be misread', () => {
	test.each<[string, unknown, unknown, unknown]>([
		['Firma', 'x', 'x', 'x'],
		['Firma', '007', '007', '007'],
		['Firma', 5, '5', '5'],
		['Firma', true, 'true', 'true'],
		['Kundennummer', '1234.56', '1234.56', 1234.56],
		['Kundennummer', 5, '5', 5],
		['Geburtstag', '2026-12-31', '2026-12-31', '2026-12-31'],
		['Newsletter', 'false', 'false', false],
		['Newsletter', 1, 'true', true],
		['Anschrift', 'Weg 1', 'Weg 1', 'Weg 1'],
		// Without listed choices a choice can not be checked.
		['Stufe', 'Platin', 'Platin', 'Platin'],
	])('%s = %p', async (name, value, asText, asType) => {
		await set({ properties: mapped({ [name]: value }) });
		await set({ properties: mapped({ [name]: value }), options: { valueFormat: 'typed' } });
		expect(sent()).toMatchObject([[{ value: asText }], [{ value: asType }]]);
	});

	test.each<[string, unknown, string]>([
		['Kundennummer', '1.234,56', 'The value for the property "Kundennummer" (number) is not a plain number'],
		['Kundennummer', '007', 'The value for the property "Kundennummer" (number) is not a plain number'],
		['Geburtstag', '31.12.2026', 'The value for the property "Geburtstag" (date) is not a date like 2026-01-31 or 2026-01-31T12:00:00Z'],
		['Newsletter', 'ja', 'The value for the property "Newsletter" (boolean) is a text other than true or false'],
		['Firma', { a: 1 }, 'The value for the property "Firma" (text) is a list or an object, not a text'],
	])('%s = %p is refused, and nothing is written', async (name, value, message) => {
		expect(stopOf(await set({ properties: mapped({ [name]: value }) })).message).toBe(`${message} [item 0]`);
		expect(setting.standIn.log.writes()).toEqual([]);
	});

	test.each(['options', 'choices', 'values'] as const)('a choice that is listed under "%s" is checked', async (propertyChoices) => {
		setting.standIn.setVariants({ propertyChoices });
		const { message, description } = stopOf(await set({ properties: mapped({ Stufe: 'Platin' }) }));
		expect(message).toBe('The value for the property "Stufe" (select) is none of the allowed values [item 0]');
		expect(description).toContain('Allowed values: Bronze, Silber, Gold');
		await set({ properties: mapped({ Stufe: 'Silber' }) });
		expect(stored()[P.level.id]).toBe('Silber');
	});
});

describe('B70: empty values', () => {
	test.each([[''], [' '], [null], [undefined]])('%p is not sent', async (value) => {
		await set({ properties: mapped({ Firma: 'x', Kundennummer: value }) });
		expect(sent()).toEqual([[{ id: P.company.id, value: 'x' }]]);
	});

	test.each<[unknown]>([[mapped({ Firma: '' })], [mapped({})], [{ mappingMode: 'defineBelow', value: null }], [undefined], ['odd']])('%j leaves nothing to write, and nothing is sent', async (properties) => {
		const result = await set({ properties });
		expect(rowOf(result)).toMatchObject({ outcome: 'unchanged', note: 'There was no value to write, so nothing was sent.', properties: {}, cleared: [] });
		expect(setting.standIn.log.writes()).toEqual([]);
		expectToFitSchema('customProperty', 'set', result.items);
	});
});

describe('B71: Properties to Clear', () => {
	test.each<[unknown]>([[[P.company.id, 'Stufe']], ['Firma, Stufe,']])('%j sends empty texts', async (propertiesToClear) => {
		const result = await set({ propertiesToClear });
		expect(rowOf(result)).toMatchObject({ cleared: ['Firma', 'Stufe'], outcome: 'accepted' });
		expect(sent()).toEqual([[{ id: P.company.id, value: '' }, { id: P.level.id, value: '' }]]);
		expect(Object.keys(stored())).toEqual([P.newsletter.id]);
		expectToFitSchema('customProperty', 'set', result.items);
	});

	test.each<[unknown]>([[[]], [''], [null], [5]])('%j clears nothing', async (propertiesToClear) => {
		expect(rowOf(await set({ propertiesToClear }))).toMatchObject({ cleared: [], outcome: 'unchanged' });
	});

	test('together with values, in one request', async () => {
		await set({ properties: mapped({ Kundennummer: '7' }), propertiesToClear: ['Firma'] });
		expect(sent()).toEqual([[{ id: P.customerNumber.id, value: '7' }, { id: P.company.id, value: '' }]]);
	});

	test('an answer that shows the values is no proof that a property is empty', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 201, body: { email: ANNA, customUserProperties: { Kundennummer: '7' } } });
		expect(rowOf(await set({ properties: mapped({ Kundennummer: '7' }), propertiesToClear: ['Firma'] }))).toMatchObject({ outcome: 'accepted' });
	});

	test('a property can not have a value and be cleared', async () => {
		const { message } = stopOf(await set({ properties: mapped({ Firma: 'x' }), propertiesToClear: [P.company.id] }));
		expect(message).toBe('The property "Firma" has a value and is to be cleared [item 0]');
		expect(setting.standIn.log.writes()).toEqual([]);
	});
});

describe('B73: the key of an item', () => {
	test.each([
		['both', [['id'], ['id']]],
		['id', [['id'], ['id']]],
		// Refused once, then remembered for the run.
		['propertyId', [['id'], ['propertyId'], ['propertyId']]],
	] as const)('%s', async (propertyItemKey, keys) => {
		setting.standIn.setVariants({ propertyItemKey });
		const result = await set({ properties: mapped({ Firma: 'x' }), user: (item: number) => by('email', [ANNA, USERS.ben.email][item]), options: { maxParallelRequests: 1 } }, { items: [{}, {}] });
		expect(rowsOf(result)).toMatchObject([{ success: true }, { success: true }]);
		expect(sent().map((items) => (items as object[]).flatMap((item) => Object.keys(item).filter((key) => key !== 'value')))).toEqual(keys);
		expect([stored()[P.company.id], stored(USERS.ben.email)[P.company.id]]).toEqual(['x', 'x']);
	});

	test('refused both ways, the first refusal is told', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 400, body: { message: ['properties.0.property id should not exist'] } });
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 400, body: { message: ['properties.0.property propertyId should not exist'] } });
		expect(stopOf(await set({ properties: mapped({ Firma: 'x' }) })).description).toContain('Memberspot replied: "properties.0.property id should not exist".');
	});

	test('a fault of the second try is told as such', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 400, body: { message: ['properties.0.property id should not exist'] } });
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 500 });
		expect(stopOf(await set({ properties: mapped({ Firma: 'x' }) })).httpCode).toBe('500');
	});

	test('another refusal is not answered with the other key', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 400, body: { message: ['email must be an email'] } });
		stopOf(await set({ properties: mapped({ Firma: 'x' }) }));
		expect(bodies()).toHaveLength(1);
	});
});

describe('the properties that a write does not name', () => {
	const looks = () => setting.standIn.log.of('findUserByMail').length;
	const firma = (value: string) => ({ properties: mapped({ Firma: value }) });
	const replaces = (more = {}) => setting.standIn.setVariants({ partialPropertyUpdate: 'replaces', ...more });
	const addNumber = (email: string) => setting.standIn.school.setProperty(email, P.customerNumber.id, 7);

	test('are looked at until they are seen to stay, once in a run', async () => {
		addNumber(USERS.ben.email);
		const items = [USERS.carla.email, ANNA, USERS.ben.email].map((email) => ({ user: by('email', email) }));
		await set({ ...firma('x'), user: (item: number) => items[item].user, options: { maxParallelRequests: 1 } }, { items: items.map(() => ({})) });
		// Carla has no others, Anna's stay, and Ben's need no look any more.
		expect(looks()).toBe(3);
		expect(sent()).toHaveLength(3);
		expect(stored()).toEqual({ [P.company.id]: 'x', [P.newsletter.id]: true, [P.level.id]: 'Gold' });
	});

	test.each([{}, { propertyUserKeys: 'name' }, { propertyItemKey: 'propertyId' }] as const)('are given back where Memberspot drops them, and go along from then on: %j', async (more) => {
		replaces(more);
		addNumber(USERS.ben.email);
		const items = [ANNA, USERS.ben.email].map((email) => ({ user: by('email', email) }));
		const result = await set({ ...firma('x'), user: (item: number) => items[item].user, options: { maxParallelRequests: 1 } }, { items: items.map(() => ({})) });
		expect(rowsOf(result)).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
		expect(stored()).toEqual({ [P.company.id]: 'x', [P.newsletter.id]: true, [P.level.id]: 'Gold' });
		expect(stored(USERS.ben.email)).toEqual({ [P.company.id]: 'x', [P.customerNumber.id]: 7 });
		expect(looks()).toBe(3);
		expect(result.hints).toEqual([expect.stringContaining('drops custom properties that a write does not name')]);
	});

	test('are given back as text where the API takes nothing else', async () => {
		replaces({ propertyValueTypes: 'textOnly' });
		await set(firma('x'));
		expect(stored()).toEqual({ [P.company.id]: 'x', [P.newsletter.id]: 'true', [P.level.id]: 'Gold' });
	});

	test('are given back where the answer to the write was lost', async () => {
		replaces();
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 500, afterWork: true });
		expect(rowOf(await set(firma('x')))).toMatchObject({ outcome: 'accepted' });
		expect(stored()).toEqual({ [P.company.id]: 'x', [P.newsletter.id]: true, [P.level.id]: 'Gold' });
	});

	test('are sent again where they can not be read afterwards', async () => {
		replaces();
		setting.standIn.fault({ kind: 'wrongShape', operationId: 'findUserByMail', after: 1, times: Infinity });
		await set(firma('x'));
		expect(stored()).toEqual({ [P.company.id]: 'x', [P.newsletter.id]: true, [P.level.id]: 'Gold' });
	});

	test('stand in the error where they can not be given back', async () => {
		replaces();
		setting.standIn.fault({ kind: 'status', operationId: 'setCustomUserProperties', status: 403, after: 1 });
		const { message, description } = stopOf(await set(firma('x')));
		expect(message).toBe(`Memberspot drops custom properties that a write does not name, and "${P.newsletter.id}", "${P.level.id}" of ${ANNA} could not be sent along [item 0]`);
		expect(description).toContain(`{"${P.newsletter.id}":true,"${P.level.id}":"Gold"}`);
	});

	test('are not written over in advance where there is no property of their name', async () => {
		replaces();
		setting.standIn.school.setProperty(USERS.ben.email, 'propertyThatIsGone01', 'old');
		const items = [ANNA, USERS.ben.email].map((email) => ({ user: by('email', email) }));
		const result = await set({ ...firma('x'), user: (item: number) => items[item].user, options: { maxParallelRequests: 1 } }, { items: items.map(() => ({})), continueOnFail: true });
		expect(result.items[1].json).toMatchObject({ error: expect.stringContaining('"propertyThatIsGone01"'), message: { outcome: 'notDone', reason: 'input' } });
		expect(stored(USERS.ben.email)).toEqual({ propertyThatIsGone01: 'old' });
	});

	test('can not be looked at where the plan has no look-up, and the write is sent all the same', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		const result = await set(firma('x'));
		expect(rowOf(result)).toMatchObject({ outcome: 'accepted' });
		expect(stored()).toMatchObject({ [P.company.id]: 'x', [P.level.id]: 'Gold' });
		expect(result.hints).toEqual([expect.stringContaining('could not be seen whether properties that were not named kept their values')]);
	});

	test('need no look in a dry run', async () => {
		await set({ ...firma('x'), options: { dryRun: true } });
		expect(looks()).toBe(0);
	});
});

describe('names', () => {
	test('an unknown property is refused with those there are', async () => {
		const { message, description } = stopOf(await set({ properties: mapped({ Nope: 'x' }) }));
		expect(message).toBe('Your school has no custom property "Nope" [item 0]');
		expect(description).toContain(`Firma (${P.company.id})`);
		expect(setting.standIn.log.writes()).toEqual([]);
	});

	test('a school without properties says so', async () => {
		setting.standIn.school.properties.length = 0;
		expect(stopOf(await set({ propertiesToClear: ['Nope'] })).description).toContain('Create it in Memberspot first');
	});

	test('a name of two properties is refused with their ids, and an id is not', async () => {
		const { message, description } = stopOf(await set({ properties: mapped({ Notiz: 'x' }) }));
		expect(message).toBe('The property name "Notiz" fits 2 properties [item 0]');
		expect(description).toContain(`Use the ID: ${P.note.id}, ${P.noteAgain.id}`);
		await set({ properties: mapped({ [P.noteAgain.id]: 'x' }) });
		expect(stored()[P.noteAgain.id]).toBe('x');
	});
});

test('Map Automatically takes the fields of the item that are properties, and passes over the rest', async () => {
	const result = await set(
		{ user: (item: number) => by('email', [ANNA, USERS.ben.email][item]), properties: { mappingMode: 'autoMapInputData', value: null }, options: { maxParallelRequests: 1 } },
		{ items: [{ email: ANNA, Firma: 'A', other: { x: 1 } }, { Newsletter: false, Kundennummer: '' }] },
	);
	expect(sent()).toEqual([[{ id: P.company.id, value: 'A' }], [{ id: P.newsletter.id, value: 'false' }]]);
	expect(linksOf(result)).toEqual([0, 1]);
});

test('the definitions are read once for many items', async () => {
	await set({ user: (item: number) => by('email', [ANNA, USERS.ben.email, USERS.max.email][item]), properties: mapped({ Firma: 'x' }) }, { items: [{}, {}, {}] });
	expect(setting.standIn.log.count('listCustomUserProperties')).toBe(1);
});

test('a user by UID is searched in the list', async () => {
	expect(rowOf(await set({ user: by('uid', USERS.max.uid), properties: mapped({ Firma: 'x' }) }))).toMatchObject({ email: USERS.max.email, uid: USERS.max.uid });
});

test.each([
	[{ user: by('email', '') }, 'User is empty'],
	[{ options: { valueFormat: 'x' } }, 'Send Values As is not one of: text, typed'],
])('%j is refused before any request', async (parameters, message) => {
	expect(stopOf(await set(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});

test('one property by id and by name is sent once, and refused where the values differ', async () => {
	await set({ properties: mapped({ [P.company.id]: 'Neue GmbH', [P.company.name]: 'Neue GmbH' }) });
	expect(sent()).toEqual([[{ id: P.company.id, value: 'Neue GmbH' }]]);
	expect(stopOf(await set({ properties: mapped({ [P.company.id]: 'Neue GmbH', [P.company.name]: 'Alte GmbH' }) })).message).toContain('is given twice, with different values');
	expect(bodies()).toHaveLength(1);
});
