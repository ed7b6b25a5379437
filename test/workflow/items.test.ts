import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createEngine, ENGINE_LINES, type Engine, type Link } from '../support/engine';
import { by, caseOf, OPERATIONS } from '../support/operations';
import { expectToFitSchema } from '../support/schema';
import { useServer } from '../support/setting';
import { OFFERS, USERS } from '../stand-in/fixtures';

const server = useServer({ users: 60 });
const ITEMS = [USERS.anna, USERS.ben, USERS.max].map(({ email }, number) => ({ email, number }));
const EXCEL = by('id', OFFERS.excel.id);

/** The numbers of the input items that n8n links output items to. */
const numbersOf = (links: Link[]) => links.map((link) => ('broken' in link ? link.broken : link.json.number));

/** Parameters as a saved workflow has them. */
function saved(name: string, parameters: { [name: string]: unknown }): INodeParameters {
	const [resource, operation] = name.split('.');

	return { resource, operation, ...(parameters as INodeParameters) };
}

describe.each(ENGINE_LINES)('in the engine of n8n %s', (line) => {
	let engine: Engine;
	beforeAll(async () => {
		engine = await createEngine({ line });
	});
	const run = async (name: string, parameters: { [name: string]: unknown }, items: IDataObject[] = ITEMS, more: Partial<Parameters<Engine['memberspot']>[2]> = {}) =>
		await engine.memberspot(saved(name, parameters), items, { credentials: server.credential(), ...more });

	test.each(OPERATIONS.map(({ name }) => name))('%s takes expressions for each item, and every row is linked to its item', async (name) => {
		const { perUser, parameters, writes, endpoint } = caseOf(name);
		const items = perUser ? ITEMS : ITEMS.slice(0, 1);
		const { status, error, items: rows, links } = await run(name, parameters('={{ $json.email }}'), items);
		expect(error).toBeUndefined();
		expect(status).toBe('success');
		const [resource, operation] = name.split('.');
		expectToFitSchema(resource, operation, rows);
		expect(new Set(numbersOf(links))).toEqual(new Set(items.map(({ number }) => number)));
		for (const [index, { json }] of rows.entries()) {
			const link = links[index];
			if (typeof json.email === 'string' && perUser) expect(link).toMatchObject({ json: { email: json.email } });
		}
		if (writes) expect(server.standIn.log.count(endpoint)).toBeGreaterThan(0);
		expect(server.standIn.log.entries.every(({ headers }) => headers['x-api-key'] === 'present')).toBe(true);
	});

	test('B34: user, offer, state and order each come from their own item', async () => {
		const items = [
			{ email: 'Anna@Example.com', offer: OFFERS.excel.id, active: false },
			{ email: USERS.max.email, offer: OFFERS.yoga.id, active: 'true' },
		];
		await run('offer.setState', { user: by('email', '={{ $json.email }}'), offer: by('id', '={{ $json.offer }}'), active: '={{ $json.active }}', options: { maxParallelRequests: 1 } }, items);
		expect(server.standIn.log.of('setOfferState').map(({ body }) => body)).toEqual([
			{ email: USERS.anna.email, offerId: OFFERS.excel.id, active: false },
			{ email: USERS.max.email, offerId: OFFERS.yoga.id, active: true },
		]);
	});

	test('B30: rows of one item that fans out are linked to it', async () => {
		const items = [{ number: 0, search: 'example.com' }, { number: 1, search: 'nobody at all' }, { number: 2, search: 'anna@' }];
		const { items: rows, links } = await run('user.getAll', { returnAll: true, filters: { search: '={{ $json.search }}' } }, items);
		const numbers = numbersOf(links);
		expect(rows.length).toBeGreaterThan(10);
		expect(new Set(numbers)).toEqual(new Set([0, 2]));
		expect(numbers.at(-1)).toBe(2);
		expect(rows.at(-1)?.json.email).toBe(USERS.anna.email);
	});

	test('B62: one address in several items has a row for each, linked to it alone', async () => {
		const items = [{ number: 0, emails: `${USERS.anna.email}, ${USERS.ben.email}` }, { number: 1, emails: USERS.anna.email }];
		const { items: rows, links } = await run('user.delete', { emails: '={{ $json.emails }}' }, items);
		expect(rows.map(({ json }) => [json.email, json.mergedWith])).toEqual([[USERS.anna.email, undefined], [USERS.ben.email, undefined], [USERS.anna.email, 0]]);
		expect(numbersOf(links)).toEqual([0, 0, 1]);
	});

	test.each([
		['by e-mail', by('email', '={{ $json.email }}'), 'Memberspot has no user with the e-mail "nobody@example.com"'],
		['by UID', by('uid', '={{ $json.uid }}'), 'Memberspot has no user with the UID "nobody"'],
	])('a login link for a user who does not exist, %s, comes out of the error output with the reason', async (_by, user, error) => {
		const items = [
			{ email: USERS.anna.email, uid: USERS.anna.uid, number: 0 },
			{ email: 'nobody@example.com', uid: 'nobody', number: 1 },
		];
		const { status, items: rows, errorItems, errorLinks } = await run('loginToken.create', { user }, items, { onError: 'continueErrorOutput' });
		expect(status).toBe('success');
		expect(rows.map(({ json }) => json.uid)).toEqual([USERS.anna.uid]);
		expect(errorItems.map(({ json }) => json)).toMatchObject([{ number: 1, error, message: { reason: 'notFound', found: false, outcome: 'notDone' } }]);
		expect(numbersOf(errorLinks)).toEqual([1]);
	});

	describe('with the second of three items failing', () => {
		const items = [ITEMS[0], { email: 'nobody@example.com', number: 1, note: 'kept' }, ITEMS[2]];
		const parameters = { user: by('email', '={{ $json.email }}'), offer: EXCEL, active: true };

		test('Stop: the run ends with an error that names the item and what became of the others', async () => {
			const { status, error, items: rows } = await run('offer.setState', { ...parameters, options: { maxParallelRequests: 1 } }, items);
			expect(status).toBe('error');
			expect(error).toMatchObject({ name: 'NodeApiError', message: 'Memberspot does not know this record [item 1]', httpCode: '404', context: { itemIndex: 1 } });
			expect(error?.description).toContain('Memberspot replied: "User not found".');
			expect(error?.description).toContain('Items of this run: 1 done, 1 failed, 0 with unknown result, 1 not started.');
			expect(rows).toEqual([]);
		});

		test('Continue: the failed item goes on among the others', async () => {
			const { status, items: rows, links } = await run('offer.setState', parameters, items, { onError: 'continueRegularOutput' });
			expect(status).toBe('success');
			expect(rows.map(({ json }) => json.outcome ?? json.error)).toEqual(['confirmed', 'Memberspot does not know this record', 'confirmed']);
			expect(numbersOf(links)).toEqual([0, 1, 2]);
		});

		test('B30: Continue (using error output): the failed item comes out there with its own fields, and stays linked', async () => {
			const { status, items: rows, errorItems, links, errorLinks } = await run('offer.setState', parameters, items, { onError: 'continueErrorOutput' });
			expect(status).toBe('success');
			expect(rows.map(({ json }) => json.email)).toEqual([USERS.anna.email, USERS.max.email]);
			expect(errorItems.map(({ json }) => json)).toEqual([
				{ email: 'nobody@example.com', number: 1, note: 'kept', error: 'Memberspot does not know this record', message: expect.objectContaining({ status: 404, outcome: 'notDone' }) as object },
			]);
			expect(numbersOf(links)).toEqual([0, 2]);
			expect(numbersOf(errorLinks)).toEqual([1]);
		});

		test('bulk: a bad item goes to the error output, the others are done', async () => {
			const { items: rows, errorItems, errorLinks } = await run('user.delete', { emails: '={{ $json.email }}' }, [ITEMS[0], { email: '', number: 1 }], { onError: 'continueErrorOutput' });
			expect(rows.map(({ json }) => json.deleted)).toEqual([true]);
			expect(errorItems.map(({ json }) => [json.number, json.error])).toEqual([[1, 'E-Mails is empty']]);
			expect(numbersOf(errorLinks)).toEqual([1]);
		});
	});

	test('an error of the whole run names no item', async () => {
		const { status, error } = await run('user.delete', { emails: '={{ $json.emails }}' }, [{ emails: Array.from({ length: 12 }, (_, i) => `user${i}@example.com`) }]);
		expect(status).toBe('error');
		expect(error?.message).toBe('This run would delete 12 users, but at most 10 are allowed. Nothing was deleted.');
		expect(server.standIn.log.count()).toBe(0);
	});

	test("n8n's own retry of the whole node repeats nothing that was done", async () => {
		server.standIn.fault({ kind: 'status', status: 400, operationId: 'grantUserOfferByMail', match: ({ body }) => JSON.stringify(body).includes('new1') });
		const items = [0, 1].map((number) => ({ email: `new${number}@example.com` }));
		const { status } = await run('offer.grant', { email: '={{ $json.email }}', offer: by('id', OFFERS.empty.id), options: { maxParallelRequests: 1 } }, items, { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } });
		expect(status).toBe('success');
		const granted = server.standIn.log.of('grantUserOfferByMail').filter(({ status: code }) => code === 201);
		expect(granted.map(({ body }) => (body as { email: string }).email)).toEqual(['new0@example.com', 'new1@example.com']);
	});

	describe('resource locators', () => {
		test.each<[string, unknown, object]>([
			['from the list', by('list', USERS.anna.email), {}],
			['by e-mail', by('email', ' Anna@Example.com '), {}],
			['by UID', by('uid', USERS.anna.uid), { uid: USERS.anna.uid }],
			['by an expression in it', by('email', '={{ $json.email }}'), {}],
			['by an expression for a UID', by('uid', '={{ $json.uid }}'), { uid: USERS.anna.uid }],
			['by an expression for all of it', '={{ $json.email }}', {}],
		])('a user %s', async (_how, user, more) => {
			const { error, items: rows } = await run('offer.setState', { user, offer: EXCEL, active: true }, [{ email: USERS.anna.email, uid: USERS.anna.uid }]);
			expect(error).toBeUndefined();
			expect(rows.map(({ json }) => json)).toMatchObject([{ email: USERS.anna.email, ...more }]);
		});

		test.each<[string, unknown]>([
			['from the list', by('list', OFFERS.excel.id)],
			['by ID', by('id', OFFERS.excel.id)],
			['by name', by('name', 'excel basics')],
			['by an expression for an ID', by('id', '={{ $json.offer }}')],
			['by an expression for a name', by('name', '={{ $json.offerName }}')],
			['by an expression for all of it', '={{ $json.offer }}'],
		])('an offer %s', async (_how, offer) => {
			await run('offer.setState', { user: by('email', USERS.anna.email), offer, active: true }, [{ offer: OFFERS.excel.id, offerName: 'Excel Basics' }]);
			expect(server.standIn.log.of('setOfferState').map(({ body }) => body)).toEqual([{ email: USERS.anna.email, offerId: OFFERS.excel.id, active: true }]);
		});

		test.each<[unknown]>([[by('email', '={{ $json.missing }}')], [by('uid', '={{ $json.missing }}')], ['={{ $json.missing }}'], [by('email', '={{ $json.empty }}')]])(
			'B56: %j, which gives nothing, is refused before any request',
			async (user) => {
				const { error } = await run('offer.setState', { user, offer: EXCEL, active: true }, [{ empty: '' }]);
				expect(error?.message).toMatch(/is empty|is not an e-mail address/);
				expect(server.standIn.log.count()).toBe(0);
			},
		);

		test('B66: a state by an expression that gives nothing is refused', async () => {
			const { error } = await run('offer.setState', { user: by('email', USERS.anna.email), offer: EXCEL, active: '={{ $json.missing }}' }, [{}]);
			expect(error?.message).toMatch(/^Active is /);
			expect(server.standIn.log.count()).toBe(0);
		});
	});

	describe('B37: workflows saved before a field was there', () => {
		const least: Array<[string, { [name: string]: unknown }]> = [
			['user.getAll', {}],
			['user.get', { user: by('email', USERS.anna.email) }],
			['user.delete', { emails: USERS.anna.email }],
			['offer.getAll', {}],
			['offer.grant', { email: 'neu@example.com', offer: EXCEL }],
			['offer.setState', { user: by('email', USERS.anna.email), offer: EXCEL }],
			['offer.remove', { user: by('email', USERS.anna.email), offer: EXCEL }],
			['order.setState', { user: by('email', USERS.anna.email), orderId: '0004711' }],
			['order.remove', { user: by('email', USERS.anna.email), orderId: '0004711' }],
			['customProperty.getAll', {}],
			['customProperty.set', { user: by('email', USERS.anna.email) }],
			['loginToken.create', { user: by('email', USERS.anna.email) }],
			['courseProgress.get', caseOf('courseProgress.get').parameters(USERS.anna.email)],
			['courseProgress.getAll', { user: by('email', USERS.anna.email) }],
			['chapter.enableAccess', caseOf('chapter.enableAccess').parameters(USERS.anna.email)],
			['exam.getResults', { examId: 'exmExcelBasics000001' }],
			['course.getAll', {}],
		];

		test('are all of them', () => {
			expect(least.map(([name]) => name).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
		});

		test.each(least)('%s', async (name, parameters) => {
			const { error, items: rows } = await run(name, parameters, [{}]);
			expect(error).toBeUndefined();
			expect(rows.length).toBeGreaterThan(0);
		});

		test('a list without a limit has the default one', async () => {
			expect((await run('user.getAll', {}, [{}])).items).toHaveLength(50);
		});
	});

	test('B86, B05: the key is in no error, output or log of a run, whatever goes wrong', async () => {
		const key = server.standIn.apiKey;
		for (const fault of [
			{ kind: 'status' as const, status: 401, body: { message: `wrong key ${key}` } },
			{ kind: 'status' as const, status: 500, body: { message: key } },
			{ kind: 'resetBefore' as const, times: 9 },
			{ kind: 'html200' as const },
		]) {
			for (const onError of ['stopWorkflow', 'continueErrorOutput'] as const) {
				server.standIn.clearFaults();
				server.standIn.fault({ ...fault, operationId: 'setOfferState' });
				const { run: whole, error } = await run('offer.setState', { user: by('email', '={{ $json.email }}'), offer: EXCEL, active: true, options: { giveUpAfter: 1 } }, [ITEMS[0]], { onError });
				expect(JSON.stringify([whole.runData, error, whole.error])).not.toContain(key);
			}
		}
	});

	test('a redirect is not followed, so the key goes nowhere else', async () => {
		// The stand-in's own address under another name: a request that followed would be seen.
		server.standIn.fault({ kind: 'redirect', to: `${server.standIn.url.replace('127.0.0.1', 'localhost')}/v1/offers`, operationId: 'setOfferState', times: 9 });
		const { error } = await run('offer.setState', { user: by('email', '={{ $json.email }}'), offer: EXCEL, active: true }, [ITEMS[0]]);
		expect(error?.message).toBe('The server sent the request on to another address [item 0]');
		expect(server.standIn.log.count()).toBe(1);
	});

	describe('Stop Execution', () => {
		/** Stops when request n has come. */
		function stopAt(n: number): AbortSignal {
			const stop = new AbortController();
			server.standIn.onRequest((entry) => {
				if (entry.n === n) stop.abort();
			});

			return stop.signal;
		}

		test('ends a long wait at once, and nothing more is sent', async () => {
			server.standIn.fault({ kind: 'status', status: 429, retryAfter: 100, times: 9 });
			const { status } = await run('offer.setState', { user: by('email', '={{ $json.email }}'), offer: EXCEL, active: true }, ITEMS.slice(0, 1), { signal: stopAt(1) });
			expect(status).toBe('canceled');
			expect(server.standIn.log.count()).toBe(1);
		});

		test('between two items starts no other', async () => {
			const { status } = await run('offer.setState', { user: by('email', '={{ $json.email }}'), offer: EXCEL, active: true, options: { maxParallelRequests: 1 } }, ITEMS, { signal: stopAt(2) });
			expect(status).toBe('canceled');
			expect(server.standIn.log.count()).toBe(2);
		});
	});
});
