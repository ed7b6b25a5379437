import { by } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { everythingOf, linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { USERS } from '../../stand-in/fixtures';

// The last page says that it is the last, so that requests can be counted exactly.
const setting = useStandIn({ variants: { endOfList: 'null' } });
const create = async (parameters = {}, more = {}) => await setting.run('loginToken.create', { user: by('email', USERS.anna.email), ...parameters }, more);
const tokens = () => setting.standIn.school.loginTokens;
const inOneHour = () => new Date(setting.clock.now() + 3_600_000).toISOString();

test('by e-mail the UID is looked up, and the token comes with its end', async () => {
	const result = await create();
	expect(rowOf(result)).toEqual({
		uid: USERS.anna.uid,
		email: USERS.anna.email,
		expiresAt: inOneHour(),
		created: true,
		outcome: 'confirmed',
		token: tokens()[0].token,
		loginUrl: `${setting.standIn.school.loginUrl}?token=${tokens()[0].token}`,
	});
	expect(setting.standIn.school.uidOfToken(String(rowOf(result).token))).toBe(USERS.anna.uid);
	expect(setting.requests()).toEqual([
		['GET', '/v1/users/find-by-mail/anna@example.com'],
		['GET', `/v1/users/login-token/${USERS.anna.uid}`],
	]);
	expectToFitSchema('loginToken', 'create', result.items);
});

test('a UID is taken as it is', async () => {
	const result = await create({ user: by('uid', USERS.ben.uid) });
	expect(rowOf(result)).toMatchObject({ uid: USERS.ben.uid, created: true });
	expect(rowOf(result).email).toBeUndefined();
	expect(setting.count()).toBe(1);
	expectToFitSchema('loginToken', 'create', result.items);
});

test('where the plan refuses the look-up, the list gives the UID', async () => {
	setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
	expect(rowOf(await create())).toMatchObject({ uid: USERS.anna.uid, created: true });
	expect(setting.standIn.log.count('listUsers')).toBe(1);
});

test.each([
	['both', 'token', 'loginUrl'],
	['tokenOnly', 'token', null],
	['bareString', 'token', null],
	['loginToken', 'token', null],
] as const)('the answer "%s" is understood, and a link is never built', async (loginTokenAnswer, _token, loginUrl) => {
	setting.standIn.setVariants({ loginTokenAnswer });
	const row = rowOf(await create());
	expect(row.token).toBe(tokens()[0].token);
	expect(row.loginUrl === null).toBe(loginUrl === null);
});

test.each<[string, unknown]>([
	['an empty object', {}],
	['empty values', { token: '', loginUrl: null }],
	['a list', []],
	['a number', 5],
])('an answer with %s is an error', async (_what, body) => {
	setting.standIn.fault({ kind: 'status', operationId: 'createLoginToken', status: 200, body });
	expect(stopOf(await create()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

test('an empty answer is an error', async () => {
	setting.standIn.fault({ kind: 'emptyBody', operationId: 'createLoginToken' });
	expect(stopOf(await create()).message).toBe('Memberspot gave an answer in an unknown form [item 0]');
});

describe('Allow Login Links', () => {
	const credentials = (allowLoginLinks?: boolean) => ({ apiKey: setting.standIn.apiKey, baseUrl: setting.standIn.url, allowedActions: 'fullAccess', allowLoginLinks });

	test.each([[false], [undefined]])('%p: nothing is sent, whatever else is allowed', async (allow) => {
		const { message, description } = stopOf(await create({}, { credentials: credentials(allow) }));
		expect(message).toBe('"Create" is not allowed by this credential [item 0]');
		expect(description).toContain('Turn on Allow Login Links in the Memberspot credential');
		expect(rowsOf(await create({}, { credentials: credentials(allow), continueOnFail: true }))).toMatchObject([{ message: { reason: 'notAllowed' } }]);
		expect(setting.count()).toBe(0);
	});

	test('on is enough, with Read Only too', async () => {
		expect(rowOf(await create({}, { credentials: { ...credentials(true), allowedActions: 'readOnly' } }))).toMatchObject({ created: true });
	});
});

describe('B87: as a tool', () => {
	test('the secret is nowhere in the output', async () => {
		const result = await create({}, { asTool: true });
		expect(rowOf(result)).toMatchObject({ created: true, uid: USERS.anna.uid, note: expect.stringContaining('hidden from the AI model') });
		expect(everythingOf(result)).not.toContain(tokens()[0].token);
		expectToFitSchema('loginToken', 'create', result.items, { asTool: true });
	});

	test('it is shown where the user of the node allows it', async () => {
		expect(rowOf(await create({ showToModel: true }, { asTool: true })).token).toBe(tokens()[0].token);
	});
});

describe('Only Active Users', () => {
	test.each([
		['anna', USERS.anna, {}, { created: true }],
		['carla, who holds nothing', USERS.carla, {}, { created: false, reason: 'inactive' }],
	])('%s', async (_who, user, more, expected) => {
		const result = await create({ user: by('email', user.email), options: { onlyActive: true }, ...more });
		expect(rowOf(result)).toMatchObject({ uid: user.uid, ...expected });
		expect(tokens()).toHaveLength(expected.created ? 1 : 0);
		expectToFitSchema('loginToken', 'create', result.items);
	});

	test('a state that is not shown counts as not active', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 200, body: { uid: 'u1', email: USERS.anna.email } });
		expect(rowOf(await create({ options: { onlyActive: true } }))).toMatchObject({ created: false, reason: 'stateUnknown' });
		expect(tokens()).toEqual([]);
	});

	test('a UID costs reading the list then', async () => {
		expect(rowOf(await create({ user: by('uid', USERS.anna.uid), options: { onlyActive: true } }))).toMatchObject({ created: true, email: USERS.anna.email });
		expect(setting.standIn.log.count('listUsers')).toBe(1);
		expect(stopOf(await create({ user: by('uid', 'nobody'), options: { onlyActive: true } })).message).toBe('Memberspot has no user with the UID "nobody" [item 0]');
	});
});

describe('for a user whom Memberspot does not have there is no token', () => {
	test('by e-mail: the look-up tells, and no token is asked for', async () => {
		const { message, description } = stopOf(await create({ user: by('email', 'nobody@example.com') }));
		expect(message).toBe('Memberspot has no user with the e-mail "nobody@example.com" [item 0]');
		expect(description).toBe('Check the e-mail in User');
		expect(setting.standIn.log.count('createLoginToken')).toBe(0);
	});

	test('by UID: the request itself tells, and the reply stands beside it', async () => {
		const { message, description, httpCode } = stopOf(await create({ user: by('uid', 'nobody') }));
		expect(message).toBe('Memberspot has no user with the UID "nobody" [item 0]');
		expect(description).toMatch(/^Check the UID in User\. Memberspot replied: "User not found"\. Request: GET \/v1\/users\/login-token\/nobody at .*, status 404\.$/);
		expect(httpCode).toBe('404');
	});

	test('a 404 about a user who was just found is told in its own words', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'createLoginToken', status: 404, body: { statusCode: 404, message: 'No login for this user' } });
		const { message, description } = stopOf(await create());
		expect(message).toBe('Memberspot does not know this record [item 0]');
		expect(description).toContain('Memberspot replied: "No login for this user".');
	});
});

test('a user without a UID gets no token', async () => {
	setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 200, body: { email: USERS.anna.email } });
	expect(stopOf(await create()).message).toBe('Memberspot gives no UID for "anna@example.com" [item 0]');
});

test('Dry Run makes no token', async () => {
	const result = await create({ options: { dryRun: true } });
	expect(rowOf(result)).toMatchObject({ dryRun: true, wouldSend: { method: 'GET', path: `/v1/users/login-token/${USERS.anna.uid}` } });
	expect(tokens()).toEqual([]);
	expectToFitSchema('loginToken', 'create', result.items);
});

test('the record does not hold the secret', async () => {
	const { audit } = rowOf(await create({ options: { auditRecord: true } }));
	expect(audit).toMatchObject({ operation: 'loginToken.create', outcome: 'confirmed' });
	expect(JSON.stringify(audit)).not.toContain(tokens()[0].token);
});

test('each item has its own user', async () => {
	const emails = [USERS.anna.email, USERS.ben.email];
	const result = await create({ user: (item: number) => by('email', emails[item]) }, { items: [{}, {}] });
	expect(rowsOf(result).map(({ uid }) => uid)).toEqual([USERS.anna.uid, USERS.ben.uid]);
	expect(linksOf(result)).toEqual([0, 1]);
});

test.each([
	[{ user: by('email', '') }, 'User is empty'],
	[{ user: by('uid', '') }, 'User (UID) is empty'],
	[{ options: { onlyActive: 'x' } }, 'Only Active Users is a text other than true or false'],
])('%j is refused before any request', async (parameters, message) => {
	expect(stopOf(await create(parameters)).message).toBe(`${message} [item 0]`);
	expect(setting.count()).toBe(0);
});
