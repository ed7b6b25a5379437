import { expectToFitSchema } from '../../support/schema';
import { linksOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { USERS } from '../../stand-in/fixtures';

const setting = useStandIn({ users: 30 });
const ANNA = USERS.anna.email;
const BEN = USERS.ben.email;
const STRANGER = 'nobody@example.com';
const remove = async (emails: unknown, parameters = {}, more = {}) => await setting.run('user.delete', { emails, ...parameters }, more);
const deletions = () => setting.standIn.log.of('deleteUsers').map(({ body }) => body);
const posted = () => setting.standIn.log.of('deleteUsersPost').map(({ body }) => body);
const lookedUp = () => setting.standIn.log.count('findUserByMail');
const isThere = (email: string) => setting.standIn.school.user(email) !== undefined;
/** Rows without their records. */
const plainRows = (result: Parameters<typeof rowsOf>[0]) => rowsOf(result).map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'audit')));
const NOT_FOUND = {
	deleted: false,
	reason: 'notFound',
	before: 'notFound',
	outcome: 'unchanged',
	note: 'Memberspot has no user with this address, so there was nothing to delete. This is no proof that data was deleted.',
};

test('B93: says for each address whether it was deleted or was not there', async () => {
	const result = await remove(`${ANNA}, ${STRANGER}`);
	expect(plainRows(result)).toEqual([
		{ email: ANNA, deleted: true, before: 'existed', outcome: 'accepted' },
		{ email: STRANGER, ...NOT_FOUND },
	]);
	expect(rowsOf(result)[0].audit).toMatchObject({ operation: 'user.delete', user: ANNA, before: 'existed', after: 'notRead', calls: [{ method: 'GET', result: 200 }, { method: 'DELETE', result: 200 }] });
	expect(deletions()).toEqual([{ emails: [ANNA] }]);
	expect(isThere(ANNA)).toBe(false);
	expectToFitSchema('user', 'delete', result.items);
});

test('nobody there means nothing is sent', async () => {
	expect(plainRows(await remove([STRANGER]))).toEqual([{ email: STRANGER, ...NOT_FOUND }]);
	expect(setting.standIn.log.writes()).toEqual([]);
});

test('without the check before, only the request is claimed', async () => {
	const result = await remove([ANNA, STRANGER], { checkFirst: false });
	expect(plainRows(result)).toEqual([ANNA, STRANGER].map((email) => ({ email, deletionRequested: true, before: 'notRead', outcome: 'accepted' })));
	expect(setting.requests()).toEqual([['DELETE', '/v1/users/delete-users', { emails: [ANNA, STRANGER] }]]);
	expectToFitSchema('user', 'delete', result.items);
});

test('where the plan refuses the look-up, only the request is claimed, and said so', async () => {
	setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
	const result = await remove([ANNA, BEN, STRANGER]);
	expect(plainRows(result)).toMatchObject([{ deletionRequested: true }, { deletionRequested: true }, { deletionRequested: true }]);
	expect(result.hints).toEqual(['This API key may not look users up by e-mail, so it can not be told which addresses existed. The deletion was requested for all of them.']);
	expect(lookedUp()).toBe(1);
});

describe('lists of addresses', () => {
	test.each<[string, unknown]>([
		['text', `${ANNA}; ${BEN}\n,,`],
		['a list', [ANNA, ` ${BEN} `]],
		['JSON', JSON.stringify([ANNA, BEN])],
	])('B61: %s', async (_form, emails) => {
		expect(plainRows(await remove(emails)).map(({ email }) => email)).toEqual([ANNA, BEN]);
	});

	test.each([[''], [null], [[]], ['[]'], [' ;,'], [undefined]])('B58: %j is refused before any request', async (emails) => {
		expect(stopOf(await remove(emails)).message).toBe('E-Mails is empty [item 0]');
		expect(setting.count()).toBe(0);
	});

	test('one bad address refuses all of its item', async () => {
		expect(stopOf(await remove([ANNA, 'ben'])).message).toBe('Address 2 in E-Mails is not an e-mail address [item 0]');
		expect(setting.count()).toBe(0);
	});
});

describe('several items', () => {
	test('B62: an address is deleted once, and each item that names it has a row', async () => {
		const result = await remove((item: number) => [['A@Example.com'.replace('A', 'Anna'), ANNA, BEN], [ANNA], [STRANGER, BEN]][item], {}, { items: [{}, {}, {}] });
		expect(plainRows(result)).toEqual([
			{ email: ANNA, deleted: true, before: 'existed', outcome: 'accepted' },
			{ email: BEN, deleted: true, before: 'existed', outcome: 'accepted' },
			{ email: ANNA, deleted: true, before: 'existed', outcome: 'accepted', mergedWith: 0 },
			{ email: BEN, deleted: true, before: 'existed', outcome: 'accepted', mergedWith: 0 },
			{ email: STRANGER, ...NOT_FOUND },
		].map((row) => row));
		expect(linksOf(result)).toEqual([0, 0, 1, 2, 2]);
		expect(deletions()).toEqual([{ emails: [ANNA, BEN] }]);
		expect(lookedUp()).toBe(3);
		expectToFitSchema('user', 'delete', result.items);
	});

	test('an address is looked up when any item that names it asks for it', async () => {
		const rows = plainRows(await remove(ANNA, { checkFirst: (item: number) => item === 1 }, { items: [{}, {}] }));
		expect(rows).toMatchObject([{ deleted: true }, { deleted: true, mergedWith: 0 }]);
	});

	test('a bad item fails alone when the run goes on', async () => {
		const result = await remove((item: number) => [ANNA, ''][item], {}, { items: [{}, {}], continueOnFail: true });
		expect(rowsOf(result)).toMatchObject([{ email: ANNA, deleted: true }, { error: 'E-Mails is empty', message: { outcome: 'notDone' } }]);
		expect(linksOf(result)).toEqual([0, 1]);
	});

	test('only bad items: nothing is sent', async () => {
		expect(rowsOf(await remove('', {}, { continueOnFail: true }))).toMatchObject([{ error: 'E-Mails is empty' }]);
		expect(setting.count()).toBe(0);
	});
});

describe('batches', () => {
	test('1,000 addresses take 10 requests', async () => {
		const emails = Array.from({ length: 1_000 }, (_, i) => `user${i}@example.com`);
		const rows = rowsOf(await remove(emails, { checkFirst: false, options: { maximumUsersPerRun: 1_000 } }));
		expect(rows).toHaveLength(1_000);
		expect(deletions().map((body) => (body as { emails: string[] }).emails.length)).toEqual(Array.from({ length: 10 }, () => 100));
		expect(deletions().flatMap((body) => (body as { emails: string[] }).emails)).toEqual(emails);
	});

	test('their size can be set', async () => {
		await remove([ANNA, BEN, STRANGER], { checkFirst: false, options: { batchSize: 2 } });
		expect(deletions()).toEqual([{ emails: [ANNA, BEN] }, { emails: [STRANGER] }]);
	});

	test('a batch that fails stops the run, and the rest is not started', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'deleteUsers', status: 400, after: 1 });
		const emails = Array.from({ length: 4 }, (_, i) => `user${i}@example.com`);
		const { message, description } = stopOf(await remove((item: number) => emails[item], { checkFirst: false, options: { batchSize: 1 } }, { items: emails.map(() => ({})) }));
		expect(message).toBe('Memberspot did not accept the values [item 1]');
		expect(description).toContain('Items of this run: 1 done, 1 failed, 0 with unknown result, 2 not started.');
		expect(deletions()).toHaveLength(2);
	});

	test('with Continue the others go on', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'deleteUsers', status: 400, after: 1 });
		const result = await remove([ANNA, BEN, USERS.max.email], { checkFirst: false, options: { batchSize: 1 } }, { continueOnFail: true });
		expect(rowsOf(result)).toMatchObject([{ email: ANNA }, { message: { status: 400, outcome: 'notDone' } }, { email: USERS.max.email }]);
	});
});

describe('the limit on taking away', () => {
	const crowd = (count: number) => Array.from({ length: count }, (_, i) => `user${i}@example.com`);

	test('more than ten users are not deleted: nothing is sent, not even a look-up', async () => {
		const { message } = stopOf(await remove((item: number) => crowd(12).slice(item * 6, item * 6 + 6), {}, { items: [{}, {}] }));
		expect(message).toBe('This run would delete 12 users, but at most 10 are allowed. Nothing was deleted.');
		expect(setting.count()).toBe(0);
	});

	test('the number is written so that it can be read', async () => {
		expect(stopOf(await remove(crowd(12_000))).message).toContain('12,000 users');
	});

	test('spellings of one address count once, and the limit can be changed', async () => {
		expect(rowsOf(await remove([...crowd(10), 'USER1@example.com'], { checkFirst: false }))).toHaveLength(10);
		expect(rowsOf(await remove(crowd(12), { checkFirst: false, options: { maximumUsersPerRun: 12 } }))).toHaveLength(12);
	});
});

describe('B90, B91: a body that does not arrive', () => {
	test('is sent again with POST, and the next batch goes there at once', async () => {
		setting.standIn.setVariants({ deleteBodyStripped: 'stripped' });
		const rows = plainRows(await remove([ANNA, BEN], { options: { batchSize: 1 } }));
		expect(rows).toMatchObject([{ email: ANNA, deleted: true }, { email: BEN, deleted: true }]);
		expect(setting.standIn.log.count('deleteUsers')).toBe(1);
		expect(posted()).toEqual([{ emails: [ANNA] }, { emails: [BEN] }]);
		expect(isThere(ANNA) || isThere(BEN)).toBe(false);
	});

	test('where POST is unknown too, it is an error', async () => {
		setting.standIn.setVariants({ deleteBodyStripped: 'stripped', postDeletionPath: 'otherPath' });
		expect(stopOf(await remove(ANNA)).message).toContain('The server does not know this part of the Memberspot API');
		expect(isThere(ANNA)).toBe(true);
	});

	test('another refusal is not answered with POST', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'deleteUsers', status: 400, body: { statusCode: 400, message: 'too many' } });
		expect(stopOf(await remove(ANNA)).description).toContain('Memberspot replied: "too many".');
		expect(posted()).toEqual([]);
	});
});

test.each(['okText', 'okJson', 'emptyBody'] as const)('B42: the answer "%s" is a success', async (deleteAnswer) => {
	setting.standIn.setVariants({ deleteAnswer });
	expect(plainRows(await remove(ANNA))).toMatchObject([{ deleted: true, outcome: 'accepted' }]);
});

describe('a look-up that fails', () => {
	test('deletes nothing of what it was for', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 500 });
		const result = await remove([ANNA, BEN], { options: { maxParallelRequests: 1 } }, { continueOnFail: true });
		expect(rowsOf(result)).toMatchObject([{ message: { status: 500 } }, { email: BEN, deleted: true }]);
		expect(isThere(ANNA)).toBe(true);
	});

	test('stops the run before anything is deleted', async () => {
		setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 500 });
		stopOf(await remove([ANNA, BEN], { options: { maxParallelRequests: 1 } }));
		expect(setting.standIn.log.writes()).toEqual([]);
	});
});

describe('a lost answer', () => {
	test('with the work done: gone is proof, and nothing is sent again', async () => {
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'deleteUsers' });
		const result = await remove([ANNA, BEN]);
		expect(plainRows(result)).toEqual([ANNA, BEN].map((email) => ({ email, deleted: true, before: 'existed', afterwards: 'gone', stillVisible: false, outcome: 'confirmed' })));
		expect(deletions()).toHaveLength(1);
		expectToFitSchema('user', 'delete', result.items);
	});

	test('with nothing done: who is still there is sent once more', async () => {
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'deleteUsers' });
		expect(plainRows(await remove([ANNA, STRANGER], { checkFirst: false }))).toMatchObject([
			{ email: ANNA, deleted: true, outcome: 'accepted' },
			// Nobody has seen this one: gone is true, but that it was deleted is not known.
			{ email: STRANGER, deletionRequested: true, afterwards: 'gone', outcome: 'confirmed' },
		]);
		expect(deletions()).toEqual([{ emails: [ANNA, STRANGER] }, { emails: [ANNA] }]);
	});

	test('twice in a row is unknown', async () => {
		setting.standIn.fault({ kind: 'status', status: 502, operationId: 'deleteUsers', times: 2 });
		expect(rowsOf(await remove(ANNA, {}, { continueOnFail: true }))).toMatchObject([{ message: { status: 502, outcome: 'unknown' } }]);
		expect(deletions()).toHaveLength(2);
	});

	test('that can not be looked into is unknown', async () => {
		setting.standIn.fault({ kind: 'hang', operationId: 'deleteUsers' });
		setting.standIn.fault({ kind: 'status', operationId: 'findUserByMail', status: 500 });
		const { description } = stopOf(await remove(ANNA, { checkFirst: false }, { longestWaitMs: 100 }));
		expect(description).toContain('It is not known whether Memberspot carried this out.');
		expect(deletions()).toHaveLength(1);
	});

	test('on a plan without look-up is unknown', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		setting.standIn.fault({ kind: 'resetAfter', operationId: 'deleteUsers' });
		expect(stopOf(await remove(ANNA)).description).toContain('It is not known whether Memberspot carried this out.');
		expect(deletions()).toHaveLength(1);
	});
});

describe('Check Afterwards', () => {
	const after = (seconds?: number) => ({ options: { checkAfterwards: true, ...(seconds === undefined ? {} : { checkAfterwardsFor: seconds }) } });

	test('shows who is gone', async () => {
		const result = await remove(ANNA, after());
		expect(plainRows(result)).toEqual([{ email: ANNA, deleted: true, before: 'existed', afterwards: 'gone', stillVisible: false, outcome: 'confirmed' }]);
		expectToFitSchema('user', 'delete', result.items);
	});

	test('waits for a deletion that shows late', async () => {
		setting.standIn.setVariants({ deletionDelay: 'late' });
		expect(plainRows(await remove([ANNA, BEN], after()))).toMatchObject([{ afterwards: 'gone' }, { afterwards: 'gone' }]);
		const pauses = setting.clock.pauses.filter((ms) => ms >= 500);
		expect(pauses).toContain(500);
		expect(pauses).toContain(2_000);
	});

	test.each([0, 3])('after %i seconds a user who is still shown is marked, not failed', async (seconds) => {
		setting.standIn.setVariants({ deletionDelay: 'late' });
		setting.standIn.school.deletionDelayMs = 60_000;
		const before = setting.clock.now();
		const result = await remove(ANNA, after(seconds));
		expect(plainRows(result)).toEqual([{ email: ANNA, deleted: true, before: 'existed', afterwards: 'stillVisible', stillVisible: true, outcome: 'accepted' }]);
		expect(setting.clock.now() - before).toBeLessThanOrEqual(seconds * 1_000);
		expectToFitSchema('user', 'delete', result.items);
	});

	test('that can not look says that it has not', async () => {
		setting.standIn.setVariants({ lookUpPlan: 'forbidden' });
		const result = await remove(ANNA, after());
		expect(plainRows(result)).toEqual([{ email: ANNA, deletionRequested: true, before: 'notRead', afterwards: 'notRead', outcome: 'accepted' }]);
		expectToFitSchema('user', 'delete', result.items);
	});

	test('ends with the execution', async () => {
		setting.standIn.setVariants({ deletionDelay: 'late' });
		const stop = new AbortController();
		let looks = 0;
		setting.standIn.onRequest(({ operationId }) => {
			if (operationId === 'findUserByMail' && ++looks === 2) stop.abort();
		});
		expect(stopOf(await remove(ANNA, after(), { signal: stop.signal })).message).toBe('The execution was canceled');
		expect(lookedUp()).toBe(2);
	});
});

test('Dry Run looks up, sends no deletion, and claims none', async () => {
	const result = await remove([ANNA, STRANGER], { options: { dryRun: true } });
	expect(plainRows(result)).toEqual([
		{ email: ANNA, wouldDelete: true, before: 'existed', outcome: 'unchanged', dryRun: true },
		{ email: STRANGER, ...NOT_FOUND, dryRun: true },
	]);
	expect(setting.standIn.log.writes()).toEqual([]);
	expect(plainRows(await remove(ANNA, { checkFirst: false, options: { dryRun: true } }))).toMatchObject([{ wouldDelete: true, before: 'notRead' }]);
	expect(setting.standIn.log.writes()).toEqual([]);
	expectToFitSchema('user', 'delete', result.items);
});

test.each([
	[{ batchSize: 1_001 }, 'Batch Size is more than 1000'],
	[{ checkAfterwards: 'maybe' }, 'Check Afterwards is a text other than true or false'],
	[{ checkAfterwards: true, checkAfterwardsFor: 'x' }, 'Check for up to (Seconds) is not a number'],
	[{ maximumUsersPerRun: 0 }, 'Maximum Users per Run is less than 1'],
])('a mistake in the options is found before anything is sent, not after the deletion: %j', async (options, message) => {
	expect(stopOf(await remove(ANNA, { options })).message).toContain(message);
	expect(setting.count()).toBe(0);
});

test('the record can not be switched off, and says who asked', async () => {
	expect(rowOf(await remove(ANNA, { options: { auditRecord: false, requestedBy: 'Ticket 4711' } })).audit).toMatchObject({ requestedBy: 'Ticket 4711', outcome: 'accepted', credential: 'Memberspot Test' });
});
