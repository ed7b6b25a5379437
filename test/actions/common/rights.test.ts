import { ALLOWED_ACTIONS, ALLOWED_ACTIONS_LABELS } from '../../../nodes/Memberspot/transport/credential';
import { OPERATIONS, caseOf, type OperationCase } from '../../support/operations';
import { rowsOf, stopOf, useStandIn } from '../../support/setting';
import { USERS } from '../../stand-in/fixtures';

const setting = useStandIn();

/** The levels that allow what an operation needs. */
const ENOUGH = {
	read: ALLOWED_ACTIONS,
	grant: ['readAndGrant', 'readAndWrite', 'fullAccess'],
	write: ['readAndWrite', 'fullAccess'],
	full: ['fullAccess'],
} as const;

const run = async ({ name, parameters }: Pick<OperationCase, 'name' | 'parameters'>, allowedActions: unknown, more = {}) =>
	await setting.run(name, parameters(USERS.anna.email), {
		credentials: { apiKey: setting.standIn.apiKey, baseUrl: setting.standIn.url, allowedActions: allowedActions as string, allowLoginLinks: false },
		...more,
	});

const switchOn = (name: string): OperationCase => ({ ...caseOf(name), access: 'grant', parameters: (email) => ({ ...caseOf(name).parameters(email), active: true }) });

const cases = [
	...OPERATIONS.filter(({ access }) => access !== 'loginLink').map((operation) => [operation.name, operation] as const),
	// Switching on gives, switching off takes away.
	['offer.setState, switching on', switchOn('offer.setState')] as const,
	['order.setState, switching on', switchOn('order.setState')] as const,
];

describe.each(cases)('%s', (_name, operation) => {
	const enough: readonly string[] = operation.access === 'loginLink' ? [] : ENOUGH[operation.access];

	test.each(ALLOWED_ACTIONS.filter((level) => enough.includes(level)))('%s allows it', async (level) => {
		expect(rowsOf(await run(operation, level)).length).toBeGreaterThan(0);
	});

	const tooLittle = ALLOWED_ACTIONS.filter((level) => !enough.includes(level));
	if (tooLittle.length === 0) return;

	test.each(tooLittle)('%s refuses it before anything is sent, and names the setting', async (level) => {
		const { message, description } = stopOf(await run(operation, level));
		expect(message).toContain(`is not allowed by this credential, which is set to ${ALLOWED_ACTIONS_LABELS[level]} [item 0]`);
		expect(description).toContain('Set Allowed Actions in the Memberspot credential to ');
		expect(rowsOf(await run(operation, level, { continueOnFail: true }))).toMatchObject([{ error: expect.stringContaining('is not allowed'), message: { reason: 'notAllowed' } }]);
		expect(setting.count()).toBe(0);
	});
});

test.each([[undefined], [''], [null]])('a credential saved without the field (%p) allows reading and writing, and no more', async (saved) => {
	expect(rowsOf(await run(caseOf('offer.setState'), saved))).toHaveLength(1);
	expect(stopOf(await run(caseOf('offer.remove'), saved)).message).toContain('set to Read and Write');
});

test('a level that this version does not know allows reading only', async () => {
	expect(rowsOf(await run(caseOf('user.get'), 'everything'))).toHaveLength(1);
	expect(stopOf(await run(switchOn('offer.setState'), 'everything')).message).toContain('set to Read Only');
});

test('of several items only those are refused that need more', async () => {
	const active = (item: number) => item !== 1;
	const { name, parameters } = caseOf('offer.setState');
	const result = await setting.run(name, { ...parameters(USERS.anna.email), active }, {
		items: [{}, {}, {}],
		continueOnFail: true,
		credentials: { apiKey: setting.standIn.apiKey, baseUrl: setting.standIn.url, allowedActions: 'readAndGrant' },
	});
	expect(rowsOf(result).map((row) => 'error' in row)).toEqual([false, true, false]);
	expect(setting.standIn.log.of('setOfferState').every(({ body }) => (body as { active: boolean }).active)).toBe(true);
});

test.each([
	[{ apiKey: '', baseUrl: 'https://api.example.com' }, 'The Memberspot credential has no API Key'],
	[{ apiKey: 'a\nb', baseUrl: 'https://api.example.com' }, 'The API Key in the Memberspot credential has a blank or a line break in it'],
	[{ apiKey: 'key', baseUrl: 'http://api.example.com' }, 'Base URL in the Memberspot credential must begin with https://'],
	[{ apiKey: 'key', baseUrl: '' }, 'Base URL in the Memberspot credential is empty'],
])('B84: %j can not be used, for any item', async (credentials, message) => {
	expect(stopOf(await setting.run('user.getAll', {}, { credentials })).message).toBe(message);
	expect(rowsOf(await setting.run('user.getAll', {}, { credentials, items: [{}, {}], continueOnFail: true })).map(({ error }) => error)).toEqual([message, message]);
});

test.each(['', '/', '//', '/v1', '/v1/'])('B82: Base URL with "%s" at its end makes the same requests', async (end) => {
	rowsOf(await setting.run('offer.getAll', { limit: 1 }, { credentials: { apiKey: ` ${setting.standIn.apiKey}\u200b`.trim(), baseUrl: ` ${setting.standIn.url}${end} ` } }));
	expect(setting.requests()).toEqual([['GET', '/v1/offers']]);
});
