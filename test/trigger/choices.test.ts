import type { IDataObject, IHttpRequestOptions, ILoadOptionsFunctions } from 'n8n-workflow';
import { countRequests, getOffers } from '../../nodes/Memberspot/polling/choices';
import { fixtures, School } from '../stand-in';
import { FakeClock } from '../support/clock';
import { schoolApi, type SchoolApi } from './schoolApi';

const EXCEL = fixtures.OFFERS.excel.id;
let keys = 0;

/** The editor with a polling trigger open, at a school of its own. */
function editor(
	parameters: IDataObject,
	users = 0,
): { school: School; api: SchoolApi; context: ILoadOptionsFunctions } {
	const school = new School(new FakeClock());
	for (const { id, name, courseIds } of Object.values(fixtures.OFFERS))
		school.offers.push({ id, name, courseIds: [...courseIds] });
	for (let n = 0; n < users; n++)
		school.addUser({ email: `user${n}@example.com`, uid: `uid-${n}` });
	const api = schoolApi(school);
	// What the process remembers of one school must not answer for another.
	const apiKey = `editor-${++keys}`;
	const context = {
		getNode: () => ({
			id: 'n',
			name: 'Trigger',
			type: 't',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		}),
		getCurrentNodeParameter: (name: string) => parameters[name],
		getCredentials: async () =>
			await Promise.resolve({ apiKey, baseUrl: 'https://api.example.com' }),
		helpers: {
			httpRequestWithAuthentication: async (
				_type: string,
				{ url, qs = {} }: IHttpRequestOptions,
			) => {
				const query = Object.fromEntries(
					Object.entries(qs).map(([name, value]) => [name, String(value)]),
				);
				const {
					status = 200,
					headers = {},
					text = '',
				} = await api.api(new URL(url).pathname.replace(/^\/v1/, ''), query);

				return { statusCode: status, headers, body: text };
			},
		},
	};

	// Only what a list in the editor uses is there; a use of anything else fails with its name.
	return {
		school,
		api,
		context: new Proxy(context, {
			get(target, name) {
				if (name in target) return Reflect.get(target, name) as unknown;
				throw new Error(`the test context has no ${String(name)}`);
			},
		}) as unknown as ILoadOptionsFunctions,
	};
}

const linesOf = async (context: ILoadOptionsFunctions) =>
	(await countRequests.call(context)).results.map(({ name }) => name);

describe('the offers to choose from', () => {
	test('are sorted by name, and those of one name can be told apart', async () => {
		const { context } = editor({});
		const offers = await getOffers.call(context);
		expect(offers.map(({ name }) => name)).toEqual(
			[...offers.map(({ name }) => name)].sort((a, b) => a.localeCompare(b)),
		);
		expect(offers).toContainEqual({ name: 'Excel Basics', value: EXCEL });
		for (const { id } of [fixtures.OFFERS.earlyBird, fixtures.OFFERS.earlyBirdAgain])
			expect(offers).toContainEqual({ name: `Frühbucher (${id})`, value: id });
	});

	test('like the count of requests, say in plain words that the key is wrong', async () => {
		const { api, context } = editor({ triggerOn: ['newUser'] });
		api.intercept = () => ({ status: 401, text: '{"message":"Unauthorized"}' });
		const message = 'Memberspot did not accept the API key';
		await expect(getOffers.call(context)).rejects.toMatchObject({ message });
		await expect(countRequests.call(context)).rejects.toMatchObject({ message });
	});
});

describe('the number of requests for a poll', () => {
	test('is counted for each list, and not again while it is known', async () => {
		const { school, api, context } = editor(
			{
				triggerOn: ['newUser', 'userGotOffer'],
				offers: [EXCEL],
				minimumMinutes: 60,
				options: { pageSize: 10 },
			},
			35,
		);
		for (let n = 0; n < 12; n++) school.grant({ email: `user${n}@example.com`, offerId: EXCEL });
		const lines = await linesOf(context);
		expect(lines).toEqual([
			'6 requests for each poll',
			'144 requests a day at one poll every 60 minutes',
			'Users of Excel Basics: 12 users, 2 requests',
			'User list: 35 users, 4 requests',
			'After changes: up to 2 more, for names',
			'and the user list, where it is not read above',
		]);
		const { length } = api.requests;
		expect(await linesOf(context)).toEqual(lines);
		// The offers are read for their names; no list of users is counted again.
		expect(api.requests.slice(length)).toEqual([expect.stringContaining('/offers')]);
	});

	test('one request is told as one, and names of properties cost one more', async () => {
		expect((await linesOf(editor({ triggerOn: ['newUser'] }, 3).context))[0]).toBe(
			'1 request for each poll',
		);
		const { context } = editor({ triggerOn: ['customPropertyChanged'], properties: ['p1'] }, 3);
		expect(await linesOf(context)).toEqual(
			expect.arrayContaining([
				'2 requests for each poll',
				'Names of the custom properties: 1 request',
			]),
		);
	});

	test('of a large school is not counted to its end, and says so', async () => {
		const { api, context } = editor(
			{ triggerOn: ['newUser'], minimumMinutes: 15, options: { pageSize: 10 } },
			320,
		);
		expect((await linesOf(context)).slice(0, 3)).toEqual([
			'more than 30 requests for each poll',
			'more than 2,880 requests a day at one poll every 15 minutes',
			'User list: more than 300 users, more than 30 requests',
		]);
		expect(api.requests).toHaveLength(30);
		// What was not counted to its end is not remembered as if it were.
		await linesOf(context);
		expect(api.requests).toHaveLength(60);
	});

	test('of a slow school ends when the editor has waited long enough', async () => {
		const { api, context } = editor({ triggerOn: ['newUser'], options: { pageSize: 10 } }, 100);
		let time = 1_700_000_000_000;
		const now = jest.spyOn(Date, 'now').mockImplementation(() => time);
		api.beforePage = () => {
			time += 15_000;
		};
		const lines = await linesOf(context);
		now.mockRestore();
		expect(lines[2]).toBe('User list: more than 20 users, more than 2 requests');
	});

	test('a filter by the name of an offer is looked up, and named as a filter', async () => {
		const { school, context } = editor(
			{ triggerOn: ['newUser'], filters: { offer: { mode: 'name', value: 'Excel Basics' } } },
			5,
		);
		school.grant({ email: 'user1@example.com', offerId: EXCEL });
		expect(await linesOf(context)).toContain('User list with filters: 1 users, 1 requests');
	});
});
