import type { INodeListSearchItems } from 'n8n-workflow';
import { createEngine, ENGINE_LINES, type Engine } from '../support/engine';
import { useServer } from '../support/setting';
import { COURSES, OFFERS, PROPERTIES, USERS } from '../stand-in/fixtures';

const server = useServer({ users: 130 });
const names = (entries: INodeListSearchItems[]) => entries.map(({ name }) => name);

describe.each(ENGINE_LINES)('the editor of n8n %s', (line) => {
	let engine: Engine;
	beforeAll(async () => {
		engine = await createEngine({ line });
	});
	const search = async (method: string, filter?: string, paginationToken?: string, more = {}) =>
		await engine.listSearch(method, { credentials: { memberspotApi: server.credential(more) }, filter, paginationToken });

	/** All entries of a list, page by page as a person scrolls. */
	async function scroll(method: string, filter?: string): Promise<{ entries: INodeListSearchItems[]; pages: number }> {
		const entries: INodeListSearchItems[] = [];
		let token: string | undefined;
		let pages = 0;
		do {
			const page = await search(method, filter, token);
			entries.push(...page.results);
			token = page.paginationToken === undefined ? undefined : String(page.paginationToken);
			pages++;
		} while (token !== undefined);

		return { entries, pages };
	}

	describe('offers', () => {
		test('are sorted by name, and those of one name are told apart by their ids', async () => {
			const { results } = await search('searchOffers');
			expect(results).toHaveLength(Object.keys(OFFERS).length);
			expect(names(results)).toEqual([...names(results)].sort((a, b) => a.localeCompare(b)));
			expect(names(results).filter((name) => name.startsWith('Frühbucher'))).toEqual([`Frühbucher (${OFFERS.earlyBird.id})`, `Frühbucher (${OFFERS.earlyBirdAgain.id})`]);
			expect(results.find(({ name }) => name === 'Excel Basics')?.value).toBe(OFFERS.excel.id);
		});

		test.each([
			['EXCEL', ['Excel Basics']],
			['fru\u0308h', 2],
			[OFFERS.community.id, ['Community']],
			['nothing like this', []],
		])('the search for %j', async (filter, expected) => {
			const { results } = await search('searchOffers', filter);
			if (typeof expected === 'number') expect(results).toHaveLength(expected);
			else expect(names(results)).toEqual(expected);
		});

		test('B76, B77: of 250 offers all can be reached, page by page', async () => {
			server.standIn.school.offers.push(...Array.from({ length: 250 }, (_, i) => ({ id: `offer${i}`, name: `Offer ${String(i).padStart(3, '0')}`, courseIds: [] })));
			const { entries, pages } = await scroll('searchOffers', 'offer');
			expect(names(entries)).toEqual([...Array.from({ length: 250 }, (_, i) => `Offer ${String(i).padStart(3, '0')}`)]);
			expect(pages).toBe(3);
		});
	});

	describe('courses', () => {
		test('are shown with the offers they are in', async () => {
			const { results } = await search('searchCourses');
			expect(results.find(({ value }) => value === COURSES.excel.id)?.name).toBe('Course crsExcel… (in: Excel Basics, Office Bundle)');
			expect(names(results)).toEqual([...names(results)].sort((a, b) => a.localeCompare(b)));
		});

		test.each([['office', 2], [COURSES.yoga.id, 1], ['nothing', 0]])('the search for %j finds %i', async (filter, count) => {
			expect((await search('searchCourses', filter)).results).toHaveLength(count);
		});
	});

	describe('users', () => {
		test('have the e-mail as value, in pages of 100', async () => {
			const { entries, pages } = await scroll('searchUsers');
			expect(entries).toHaveLength(130);
			expect(pages).toBe(2);
			expect(entries[0]).toEqual({ name: 'Anna Schmidt (anna@example.com)', value: 'anna@example.com' });
			expect(entries.find(({ value }) => value === USERS.ivo.email)?.name).toBe('Ivo 🌟 (ivo@müller-kurse.example)');
		});

		test.each([
			['anna schm', ['anna@example.com']],
			['GROSSM', []],
			['Großm', ['jürgen@example.com']],
			['max+ku', ['max+kurs@example.com']],
		])('the search for %j finds %j among the fixtures', async (filter, emails) => {
			const fixtures: string[] = Object.values(USERS).map(({ email }) => email);
			expect((await search('searchUsers', filter)).results.map(({ value }) => String(value)).filter((email) => fixtures.includes(email))).toEqual(emails);
		});

		test('a full address is looked up, wherever the user stands in the list', async () => {
			const { results } = await search('searchUsers', ' Last@Example.com ');
			expect(results).toEqual([{ name: 'Zoë Zuletzt (last@example.com)', value: 'last@example.com' }]);
			expect(server.standIn.log.entries.map(({ operationId }) => operationId)).toEqual(['findUserByMail']);
		});

		test.each(['allowed', 'forbidden'] as const)('an address that is not found is searched in the list (look-up %s)', async (lookUpPlan) => {
			server.standIn.setVariants({ lookUpPlan });
			expect((await search('searchUsers', 'nobody@example.com')).results).toEqual([]);
			expect((await search('searchUsers', USERS.anna.email)).results).toHaveLength(1);
		});

		test('a large school is never read whole: at most five pages of 100', async () => {
			for (let i = 0; i < 600; i++) server.standIn.school.addUser({ email: `more${i}@example.com`, uid: `MoreUid${i}` });
			await search('searchUsers', 'more5');
			expect(server.standIn.log.count('listUsers')).toBe(5);
			expect(server.standIn.log.of('listUsers').every(({ query }) => query.pageLength === '100')).toBe(true);
		});
	});

	describe('custom properties', () => {
		const credentials = () => ({ memberspotApi: server.credential() });

		test('to clear: sorted by name, with their types, and with the ID where two would read alike', async () => {
			const options = await engine.loadOptions('getProperties', { credentials: credentials() });
			expect(options.map(({ name }) => name)).toEqual(['Anschrift (postalAddress)', 'Firma (text)', 'Geburtstag (date)', 'Kundennummer (number)', 'Newsletter (boolean)', `Notiz (${PROPERTIES.note.id})`, `Notiz (${PROPERTIES.noteAgain.id})`, 'Stufe (select)']);
			expect(options[1].value).toBe(PROPERTIES.company.id);
		});

		test('to set: all of them text to n8n, with the form that is taken', async () => {
			const { fields } = await engine.resourceMapping('getPropertyFields', { credentials: credentials() });
			expect(fields.every(({ type, required, canBeUsedToMatch, display }) => type === 'string' && !required && canBeUsedToMatch === false && display)).toBe(true);
			expect(fields.map(({ displayName }) => displayName)).toEqual([
				'Anschrift (postalAddress)',
				'Firma (text)',
				'Geburtstag (YYYY-MM-DD)',
				'Kundennummer (number)',
				'Newsletter (true or false)',
				`Notiz (${PROPERTIES.note.id})`,
				`Notiz (${PROPERTIES.noteAgain.id})`,
				'Stufe (select)',
			]);
		});

		test.each(['options', 'choices', 'values'] as const)('choices listed under "%s" are shown', async (propertyChoices) => {
			server.standIn.setVariants({ propertyChoices });
			const { fields } = await engine.resourceMapping('getPropertyFields', { credentials: credentials() });
			expect(fields.find(({ id }) => id === PROPERTIES.level.id)?.displayName).toBe('Stufe (Bronze, Silber, Gold)');
		});

		test('a property without a type is shown by its name alone', async () => {
			server.standIn.fault({ kind: 'status', operationId: 'listCustomUserProperties', status: 200, body: [{ id: 'p1', name: 'Plain' }] });
			expect(await engine.loadOptions('getProperties', { credentials: credentials() })).toEqual([{ name: 'Plain', value: 'p1' }]);
		});
	});

	describe('B79: a failure is told in words, never as an empty list', () => {
		test.each<[number, string]>([
			[401, 'Memberspot did not accept the API key'],
			[403, 'Memberspot refused this request'],
			[500, 'Memberspot could not answer because of a fault on its side'],
		])('status %i', async (status, message) => {
			server.standIn.fault({ kind: 'status', status, times: 99 });
			for (const method of ['searchOffers', 'searchCourses', 'searchUsers']) await expect(search(method)).rejects.toThrow(message);
			await expect(engine.loadOptions('getProperties', { credentials: { memberspotApi: server.credential() } })).rejects.toThrow(message);
			await expect(engine.resourceMapping('getPropertyFields', { credentials: { memberspotApi: server.credential() } })).rejects.toThrow(message);
		});

		test('a limit that asks for a longer wait than an editor should make', async () => {
			server.standIn.fault({ kind: 'status', status: 429, retryAfter: 60, times: 99 });
			// Under another name of the server, so that no other test has to wait too.
			await expect(search('searchOffers', undefined, undefined, { baseUrl: server.standIn.url.replace('127.0.0.1', 'localhost') })).rejects.toThrow('Memberspot asked to slow down, for longer than this node may wait');
		});

		test('a web page', async () => {
			server.standIn.fault({ kind: 'html200' });
			await expect(search('searchOffers')).rejects.toThrow('The server answered with a web page instead of data');
		});

		test('a credential that can not be used', async () => {
			await expect(search('searchOffers', undefined, undefined, { baseUrl: 'http://api.example.com' })).rejects.toThrow('Base URL in the Memberspot credential must begin with https://');
		});
	});

	test('an odd page token begins at the beginning', async () => {
		expect((await search('searchOffers', undefined, 'odd')).results).toHaveLength(Object.keys(OFFERS).length);
	});
});
