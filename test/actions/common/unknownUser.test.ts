import { by, OPERATIONS } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { everythingOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { USERS } from '../../stand-in/fixtures';

const setting = useStandIn({ users: 60 });
const NOBODY = 'nobody@example.com';
const [EMAIL, UID] = ['Memberspot has no user with the e-mail "nobody@example.com"', 'Memberspot has no user with the UID "nobody"'];

/** Every operation that is about one user, chosen in the field User. */
const choosing = OPERATIONS.flatMap((operation) => {
	const parameters = operation.parameters(NOBODY) ?? {};

	return 'user' in parameters ? [[operation.name, operation, parameters] as const] : [];
});

test('the operations with the field User are known', () => {
	expect(choosing.map(([name]) => name)).toEqual(expect.arrayContaining(['loginToken.create', 'user.get', 'offer.setState', 'order.remove', 'customProperty.set', 'courseProgress.get', 'chapter.enableAccess']));
});

describe.each(choosing)('%s, for a user whom Memberspot does not have', (name, operation, parameters) => {
	const outcome = operation.writes ? { outcome: 'notDone' } : {};

	test('by UID: the reason is notFound, the message names the UID, and nothing is written', async () => {
		const result = await setting.run(name, { ...parameters, user: by('uid', 'nobody') }, { continueOnFail: true });
		const [row, ...others] = rowsOf(result);
		expect(others).toEqual([]);
		expect(row).toMatchObject({ error: UID, message: { reason: 'notFound', found: false, uid: 'nobody', ...outcome } });
		expect(setting.standIn.log.writes().filter(({ status }) => status !== 404)).toEqual([]);
		const [resource, value] = name.split('.');
		expectToFitSchema(resource, value, result.items);
	});

	test('by UID, with Stop: the message ends with the item, the description names the field', async () => {
		const { message, description } = stopOf(await setting.run(name, { ...parameters, user: (item: number) => by('uid', item === 1 ? 'nobody' : USERS.anna.uid) }, { items: [{}, {}] }));
		expect(message).toBe(`${UID} [item 1]`);
		expect(description).toContain('Check the UID in User');
		expect(description).toContain('Items of this run: ');
	});

	test('by UID, as a tool: the message alone says all of it, without a number of an item', async () => {
		const { message } = stopOf(await setting.run(name, { ...parameters, user: by('uid', 'nobody') }, { asTool: true }));
		expect(message).toMatch(/^Memberspot has no user with the UID "nobody"\. Check the UID in User\b/);
		expect(message).not.toContain('[item');
	});

	test('by e-mail: the reason is notFound too', async () => {
		const [row] = rowsOf(await setting.run(name, { ...parameters, user: by('email', NOBODY) }, { continueOnFail: true }));
		expect(row).toMatchObject({ message: { reason: 'notFound', ...outcome } });
		expect([EMAIL, 'Memberspot does not know this record']).toContain(row.error);
	});
});

describe('user.getAccess and user.syncAccess', () => {
	test('a UID that nobody has is told in the same way', async () => {
		expect(rowsOf(await setting.run('user.getAccess', { user: by('uid', 'nobody') }, { continueOnFail: true }))).toMatchObject([{ error: UID, message: { reason: 'notFound', uid: 'nobody', description: 'Check the UID in User' } }]);
		const parameters = { email: USERS.anna.email, details: { uid: 'nobody' }, offersFrom: 'list', offerList: [], ifMissing: 'report' };
		expect(rowsOf(await setting.run('user.syncAccess', parameters, { continueOnFail: true }))).toMatchObject([
			{ error: UID, message: { reason: 'notFound', uid: 'nobody', email: USERS.anna.email, description: 'Check the UID in User Details, or go by the e-mail alone', outcome: 'notDone' } },
		]);
	});
});

describe.each(['loginToken.create', 'user.get'])('%s, which looks the e-mail up', (name) => {
	test.each(['status404', 'emptyBody', 'null', 'emptyObject'] as const)('whatever the answer "%s" looks like', async (unknownUserLookUp) => {
		setting.standIn.setVariants({ unknownUserLookUp });
		expect(rowsOf(await setting.run(name, { user: by('email', NOBODY) }, { continueOnFail: true }))).toMatchObject([{ error: EMAIL, message: { reason: 'notFound', found: false, email: NOBODY } }]);
	});

	test('where the plan refuses the look-up, after the whole list', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		expect(rowsOf(await setting.run(name, { user: by('email', NOBODY) }, { continueOnFail: true }))).toMatchObject([{ error: EMAIL, message: { reason: 'notFound', found: false } }]);
	});
});

test('the address stands nowhere in the error where addresses are hashed', async () => {
	const result = await setting.run('loginToken.create', { user: by('email', NOBODY), options: { hashEmail: true } }, { continueOnFail: true });
	expect(rowsOf(result)).toMatchObject([{ error: expect.stringContaining('Memberspot has no user with the e-mail "sha256:'), message: { reason: 'notFound' } }]);
	expect(everythingOf(result)).not.toContain(NOBODY);
});
