/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a test, not a part of the package */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axios, { type AxiosInstance } from 'axios';
import { parse } from 'yaml';
import { FakeClock } from '../support/clock';
import { CHAPTERS, COURSES, EXAMS, OFFERS, PROPERTIES, USERS } from './fixtures';
import {
	startStandIn,
	valuesOf,
	VARIANT_NAMES,
	VARIANTS,
	type StandIn,
	type Variants,
} from './index';
import { readVariants } from './variants';

let standIn: StandIn;
let api: AxiosInstance;
const clock = new FakeClock();

beforeAll(async () => {
	standIn = await startStandIn({ users: 130, clock });
	api = axios.create({
		baseURL: standIn.url,
		headers: { 'X-API-KEY': standIn.apiKey },
		validateStatus: () => true,
		proxy: false,
		transformResponse: (body: unknown) => body,
	});
});
beforeEach(() => standIn.reset());
afterAll(async () => await standIn.close());

interface Seen {
	status: number;
	/** Parsed where it is JSON. */
	body: unknown;
	type: string | undefined;
	retryAfter: string | undefined;
}

async function ask(
	method: string,
	url: string,
	data?: unknown,
	headers?: { [name: string]: string },
): Promise<Seen> {
	const answer = await api.request<string>({ method, url, data, headers });
	const type =
		answer.headers['content-type'] === undefined
			? undefined
			: String(answer.headers['content-type']).split(';')[0];
	const retryAfter =
		answer.headers['retry-after'] === undefined ? undefined : String(answer.headers['retry-after']);

	return {
		status: answer.status,
		body: type === 'application/json' ? JSON.parse(answer.data) : answer.data,
		type,
		retryAfter,
	};
}

const get = async (url: string) => await ask('GET', url);
const find = async (email: string) =>
	await get(`/v1/users/find-by-mail/${encodeURIComponent(email)}`);
const list = async (query = '') => await get(`/v1/users/list?pageLength=5${query}`);
const grant = async (body: object) => await ask('POST', '/v1/users/grant-user-offer-by-mail', body);
const offerState = async (body: object) => await ask('POST', '/v1/users/set-offer-state', body);
const orderState = async (body: object) => await ask('POST', '/v1/users/set-order-state', body);
const setProperties = async (properties: object[], email: string = USERS.anna.email) =>
	await ask('POST', '/v1/users/set-custom-user-properties', { email, properties });
const remove = async (method: string, emails: string[]) =>
	await ask(method, '/v1/users/delete-users', { emails });
const excel = OFFERS.excel.id;
const anna = USERS.anna.email;
const propertiesOf = (email: string) => standIn.school.user(email)?.properties;

/** Rows of a list in any envelope. */
function rows(body: unknown): Array<{ [key: string]: unknown }> {
	const found = Array.isArray(body)
		? body
		: Object.values(body ?? {}).find((value) => Array.isArray(value));

	return Array.isArray(found) ? found : [];
}

function keys(body: unknown): string[] {
	return typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
}

async function emailsOf(query: string): Promise<string[]> {
	return rows((await get(`/v1/users/list?pageLength=100${query}`)).body).map(({ email }) =>
		String(email),
	);
}

/** Excel Basics active, paused, paused beside another active one, active in an account switched off. */
const FOUR = new Set<string>([anna, USERS.ben.email, USERS.emil.email, USERS.gerd.email]);

type Case = () => Promise<unknown>;

/** What a client sees, or what the school holds afterwards, for each value of each switch. */
const SHOWN: {
	[Name in keyof Variants]: { look: Case; see: { [Value in Variants[Name]]: unknown } };
} = {
	active: {
		look: async () => [
			rows((await get(`/v1/users/list?pageLength=100&offerId=${excel}`)).body)
				.filter(({ email }) => FOUR.has(String(email)))
				.map(({ firstname, active }) => [firstname, active]),
			(await emailsOf(`&offerId=${excel}&active=false`)).includes(USERS.ben.email),
		],
		see: {
			grant: [
				[
					['Anna', true],
					['Ben', false],
					['Emil', false],
					['Gerd', true],
				],
				true,
			],
			user: [
				[
					['Anna', true],
					['Ben', true],
					['Emil', true],
					['Gerd', false],
				],
				false,
			],
			inactiveNotListed: [
				[
					['Anna', true],
					['Gerd', true],
				],
				false,
			],
		},
	},
	activeAfterTerm: {
		look: async () => {
			const row = rows(
				(await get(`/v1/users/list?pageLength=100&offerId=${OFFERS.safety.id}`)).body,
			).find(({ email }) => email === USERS.frida.email);

			return row?.active;
		},
		see: { turnsFalse: false, staysTrue: true, notListed: undefined },
	},
	usersEnvelope: {
		look: async () => keys((await list()).body),
		see: {
			data: ['data', 'nextPage'],
			named: ['users', 'nextPage'],
			array: [],
			items: ['items', 'nextPage'],
		},
	},
	offersEnvelope: {
		look: async () => keys((await get('/v1/offers')).body),
		see: { array: [], data: ['data'], named: ['offers'], items: ['items'] },
	},
	propertiesEnvelope: {
		look: async () => keys((await get('/v1/custom-user-properties/list')).body),
		see: { array: [], data: ['data'], named: ['properties'], items: ['items'] },
	},
	progressEnvelope: {
		look: async () => keys((await get(`/v1/users/course-progress/list/${anna}`)).body),
		see: { data: ['data'], array: [], named: ['progress'], items: ['items'] },
	},
	examResultsEnvelope: {
		look: async () => keys((await get(`/v1/exams/${EXAMS.excel.id}/results`)).body),
		see: { array: [], data: ['data'], named: ['results'], items: ['items'] },
	},
	cursorName: {
		look: async () => keys((await list()).body),
		see: { nextPage: ['data', 'nextPage'], next_page: ['data', 'next_page'] },
	},
	cursorForm: {
		look: async () => {
			const { body } = await list();

			return Object.values(body ?? {}).at(-1) === rows(body).at(-1)?.uid;
		},
		see: { opaque: false, lastUid: true },
	},
	endOfList: {
		look: async () => {
			const last = (await list(`&lastLoadedId=${[...standIn.school.users()].at(-3)?.uid}`)).body;
			const after = (await list(`&lastLoadedId=${USERS.last.uid}`)).body;

			return [keys(last), Object.values(last ?? {})[1] ?? null, rows(after).length, keys(after)];
		},
		see: {
			absent: [['data'], null, 0, ['data']],
			null: [['data', 'nextPage'], null, 0, ['data', 'nextPage']],
			empty: [['data', 'nextPage'], '', 0, ['data', 'nextPage']],
			emptyPage: [['data', 'nextPage'], expect.stringMatching(/^.{8,}$/), 0, ['data']],
		},
	},
	pageSizeCap: {
		look: async () => rows((await get('/v1/users/list?pageLength=120')).body).length,
		see: { 100: 100, 50: 50, 10: 10, none: 120 },
	},
	progressListPaging: {
		look: async () => {
			for (let i = 0; i < 12; i++) {
				standIn.school.courses.push({ id: `course${i}`, name: `Course ${i}`, activePosts: 1 });
				standIn.school.setProgress(anna, `course${i}`, 0);
			}
			const { body } = await get(`/v1/users/course-progress/list/${anna}`);
			const cursor = Object.values(body ?? {})[1];
			const rest =
				cursor === undefined
					? []
					: rows(
							(await get(`/v1/users/course-progress/list/${anna}?lastLoadedId=${String(cursor)}`))
								.body,
						);

			return [rows(body).length, rest.length];
		},
		see: { asUsers: [10, 3], none: [13, 0] },
	},
	examResultsPaging: {
		look: async () => {
			standIn.setVariants({ examResultsEnvelope: 'data' });
			const { body } = await get(`/v1/exams/${EXAMS.excel.id}/results?pageLength=1`);
			const all = standIn.school.resultsOf(EXAMS.excel.id).length;

			return [rows(body).length === all, keys(body)];
		},
		see: { none: [true, ['data']], asUsers: [false, ['data', 'nextPage']] },
	},
	courseProgressShape: {
		look: async () => (await get(`/v1/users/course-progress/${COURSES.excel.id}/${anna}`)).body,
		see: {
			flat: {
				courseId: COURSES.excel.id,
				activePosts: 20,
				completedPosts: 10,
				uid: USERS.anna.uid,
				email: anna,
				firstname: 'Anna',
				name: 'Schmidt',
			},
			nested: {
				courseId: COURSES.excel.id,
				activePosts: 20,
				completedPosts: 10,
				user: { uid: USERS.anna.uid, email: anna, firstname: 'Anna', name: 'Schmidt' },
			},
		},
	},
	userCreatedForm: {
		look: async () => (await find(anna)).body,
		see: {
			iso: expect.objectContaining({ created: '2024-01-08T09:00:00.000Z' }),
			timestamp: expect.objectContaining({ created: { _seconds: 1_704_704_400, _nanoseconds: 0 } }),
		},
	},
	uidCase: {
		look: async () => [
			rows((await list()).body)[0].uid,
			(await get(`/v1/users/login-token/${USERS.anna.uid.toLowerCase()}`)).status,
			rows((await list(`&lastLoadedId=${USERS.anna.uid.toLowerCase()}`)).body)[0]?.email,
		],
		see: {
			mixed: [USERS.anna.uid, 404, USERS.ben.email],
			lower: [USERS.anna.uid.toLowerCase(), 200, USERS.ben.email],
		},
	},
	unknownUserLookUp: {
		look: async () => {
			const { status, body } = await find('nobody@example.com');

			return status === 404 ? status : [status, body];
		},
		see: { status404: 404, emptyBody: [200, ''], null: [200, null], emptyObject: [200, {}] },
	},
	lookUpPlan: {
		look: async () => (await find(anna)).status,
		see: { allowed: 200, forbidden: 403 },
	},
	grantRequiredFields: {
		look: async () => [
			(await grant({ email: 'one@example.com', grantOffer: excel })).status,
			(await grant({ email: 'two@example.com', grantOffer: excel, firstname: 'Two', name: 'Two' }))
				.status,
			(
				await grant({
					email: 'three@example.com',
					grantOffer: excel,
					firstname: 'Three',
					name: 'Three',
					orderId: '3',
				})
			).status,
		],
		see: {
			emailAndOffer: [201, 201, 201],
			withNames: [400, 201, 201],
			withNamesAndOrder: [400, 400, 201],
		},
	},
	grantAgain: {
		look: async () => {
			await grant({ email: anna, grantOffer: excel, orderId: 'second' });

			return standIn.school.grantsOf(anna).map(({ orderId }) => orderId);
		},
		see: { separatePerOrder: ['0004711', 'second'], oneAccess: ['0004711'] },
	},
	grantRestartsTerm: {
		look: async () => {
			await grant({ email: USERS.frida.email, grantOffer: OFFERS.bundle.id, orderId: '0006000' });
			const [, { start, end }] = standIn.school.grantsOf(USERS.frida.email);

			return [start === clock.now(), end === undefined];
		},
		see: { keepsTerm: [false, false], restartsTerm: [true, true] },
	},
	grantChangesNames: {
		look: async () => {
			await grant({ email: anna, grantOffer: OFFERS.yoga.id, firstname: 'Other' });
			const { firstname, name } = standIn.school.user(anna) ?? {};

			return [firstname, name];
		},
		see: { keepsNames: ['Anna', 'Schmidt'], overwritesNames: ['Other', 'Schmidt'] },
	},
	welcomeMail: {
		look: async () => {
			await grant({ email: 'new@example.com', grantOffer: excel });
			await grant({ email: 'new@example.com', grantOffer: excel });

			return standIn.school.welcomeMails;
		},
		see: { newUsers: 1, never: 0 },
	},
	grantMailsAgain: {
		look: async () => {
			await grant({ email: anna, grantOffer: excel });
			await grant({ email: anna, grantOffer: excel });

			return standIn.school.welcomeMails;
		},
		see: { never: 0, eachGrant: 2 },
	},
	offerStateActiveRequired: {
		look: async () => [
			(await offerState({ email: anna, offerId: excel })).status,
			standIn.school.holds(anna, excel),
		],
		see: { optional: [201, false], required: [400, true] },
	},
	unheldOffer: {
		look: async () => [
			(await offerState({ email: anna, offerId: OFFERS.yoga.id, active: true })).status,
			standIn.school.holds(anna, OFFERS.yoga.id),
			(await offerState({ email: anna, offerId: OFFERS.empty.id, active: false })).status,
			standIn.school.holds(anna, OFFERS.empty.id),
		],
		see: {
			accepted: [201, false, 201, false],
			status404: [404, false, 404, false],
			granted: [201, true, 201, false],
		},
	},
	unknownOrder: {
		look: async () =>
			(await orderState({ email: anna, orderId: 'nobody has it', active: true })).status,
		see: { accepted: 201, status404: 404 },
	},
	removalDeletesProgress: {
		look: async () => {
			await offerState({ email: anna, offerId: excel });

			return standIn.school.user(anna)?.progress;
		},
		see: { deletesProgress: {}, keepsProgress: { [COURSES.excel.id]: 10 } },
	},
	unknownUserWrite: {
		look: async () => [
			(await offerState({ email: 'nobody@example.com', offerId: excel, active: true })).status,
			(await grant({ email: anna, grantOffer: 'unknown' })).status,
			(
				await ask('POST', '/v1/chapters/chapter-access/enable', {
					email: anna,
					courseId: COURSES.yoga.id,
					chapterId: CHAPTERS.excelBonus.id,
				})
			).status,
		],
		see: { status404: [404, 404, 404], status400: [400, 400, 400] },
	},
	writeStatus: {
		look: async () => [
			(await offerState({ email: anna, offerId: excel, active: false })).status,
			(await remove('DELETE', ['a@example.com'])).status,
			(await remove('POST', ['a@example.com'])).status,
		],
		see: { 201: [201, 200, 201], 200: [200, 200, 200], 204: [204, 204, 204] },
	},
	writeAnswer: {
		look: async () => (await offerState({ email: anna, offerId: excel, active: false })).body,
		see: {
			object: { email: anna, offerId: excel, active: false },
			emptyBody: '',
			emptyObject: {},
			null: null,
			okText: 'ok',
		},
	},
	propertyItemKey: {
		look: async () => {
			const one = await setProperties([{ id: PROPERTIES.company.id, value: 'A' }]);
			const other = await setProperties([{ propertyId: PROPERTIES.company.id, value: 'B' }]);

			return [one.status, other.status, propertiesOf(anna)?.[PROPERTIES.company.id]];
		},
		see: { both: [201, 201, 'B'], id: [201, 400, 'A'], propertyId: [400, 201, 'B'] },
	},
	propertyUserKeys: {
		look: async () => Object.keys(Object(rows((await list()).body)[0].customUserProperties)),
		see: {
			id: [PROPERTIES.company.id, PROPERTIES.newsletter.id, PROPERTIES.level.id],
			name: [PROPERTIES.company.name, PROPERTIES.newsletter.name, PROPERTIES.level.name],
		},
	},
	propertyChoices: {
		look: async () =>
			rows((await get('/v1/custom-user-properties/list')).body).find(
				({ id }) => id === PROPERTIES.level.id,
			),
		see: {
			none: expect.not.objectContaining({ options: expect.anything() }),
			options: expect.objectContaining({ options: ['Bronze', 'Silber', 'Gold'] }),
			choices: expect.objectContaining({ choices: ['Bronze', 'Silber', 'Gold'] }),
			values: expect.objectContaining({ values: ['Bronze', 'Silber', 'Gold'] }),
		},
	},
	propertyValueTypes: {
		look: async () => [
			(await setProperties([{ id: PROPERTIES.customerNumber.id, value: 8 }])).status,
			propertiesOf(anna)?.[PROPERTIES.customerNumber.id],
		],
		see: { typed: [201, 8], textOnly: [400, undefined] },
	},
	clearProperty: {
		look: async () => {
			const empty = await setProperties([{ id: PROPERTIES.company.id, value: '' }]);
			const kept = propertiesOf(anna)?.[PROPERTIES.company.id];
			const none = await setProperties([{ id: PROPERTIES.level.id, value: null }]);

			return [empty.status, kept, none.status, propertiesOf(anna)?.[PROPERTIES.level.id]];
		},
		see: {
			emptyText: [201, undefined, 400, 'Gold'],
			null: [201, '', 201, undefined],
			impossible: [201, '', 400, 'Gold'],
		},
	},
	partialPropertyUpdate: {
		look: async () => {
			await setProperties([{ id: PROPERTIES.company.id, value: 'New' }]);

			return Object.keys(propertiesOf(anna) ?? {}).length;
		},
		see: { partial: 3, replaces: 1 },
	},
	unknownProperty: {
		look: async () => {
			const { status } = await setProperties([
				{ id: 'unknown', value: 'x' },
				{ id: PROPERTIES.company.id, value: 'New' },
			]);

			return [
				status,
				Object.keys(propertiesOf(anna) ?? {}).length,
				propertiesOf(anna)?.[PROPERTIES.company.id],
			];
		},
		see: {
			status404: [404, 3, 'Schmidt GmbH'],
			status400: [400, 3, 'Schmidt GmbH'],
			ignored: [201, 3, 'New'],
		},
	},
	deleteAnswer: {
		look: async () => {
			const { body, type } = await remove('DELETE', [anna]);

			return [body, type, standIn.school.user(anna)];
		},
		see: {
			okText: ['ok', 'text/html', undefined],
			okJson: ['ok', 'application/json', undefined],
			emptyBody: ['', undefined, undefined],
		},
	},
	deleteBodyStripped: {
		look: async () => [
			(await remove('DELETE', [anna])).status,
			standIn.school.user(anna) === undefined,
			(await remove('POST', [USERS.ben.email])).status,
		],
		see: { arrives: [200, true, 201], stripped: [400, false, 201] },
	},
	postDeletionPath: {
		look: async () => [
			(await remove('POST', [anna])).status,
			standIn.school.user(anna) === undefined,
		],
		see: { samePath: [201, true], otherPath: [404, false] },
	},
	deletionDelay: {
		look: async () => {
			await remove('DELETE', [anna]);
			const visible = [(await find(anna)).status];
			await clock.advance(standIn.school.deletionDelayMs);
			visible.push((await find(anna)).status);

			return visible;
		},
		see: { immediate: [404, 404], late: [200, 404] },
	},
	loginTokenAnswer: {
		look: async () => {
			const { body, type } = await get(`/v1/users/login-token/${USERS.anna.uid}`);
			const [made] = standIn.school.loginTokens;

			return [
				type,
				typeof body === 'string'
					? body === made.token
					: Object.entries(Object(body)).map(([key, value]) => [
							key,
							String(value).endsWith(made.token),
						]),
			];
		},
		see: {
			both: [
				'application/json',
				[
					['token', true],
					['loginUrl', true],
				],
			],
			tokenOnly: ['application/json', [['token', true]]],
			bareString: ['text/html', true],
			loginToken: ['application/json', [['loginToken', true]]],
		},
	},
	errorMessageForm: {
		look: async () =>
			[
				(await find('nobody@example.com')).body,
				(await get('/v1/users/list?pageLength=x')).body,
			].map((body) => Object(body).message),
		see: {
			nest: ['User not found', ['pageLength must be a integer']],
			text: ['User not found', 'pageLength must be a integer'],
			list: [['User not found'], ['pageLength must be a integer']],
		},
	},
	wrongKeyStatus: {
		look: async () => (await ask('GET', '/v1/offers', undefined, { 'X-API-KEY': 'wrong' })).status,
		see: { 401: 401, 403: 403 },
	},
	apiPlan: {
		look: async () => [
			(await get('/v1/offers')).status,
			(await offerState({ email: anna, offerId: excel, active: false })).status,
			standIn.school.holds(anna, excel, true),
		],
		see: { included: [200, 201, false], missing: [403, 403, true] },
	},
	courseProgressLimit: {
		look: async () => {
			const statuses: number[] = [];
			for (let i = 0; i < 6; i++)
				statuses.push((await get(`/v1/users/course-progress/${COURSES.excel.id}/${anna}`)).status);

			return statuses;
		},
		see: { fourPerSecond: [200, 200, 200, 200, 429, 429], none: [200, 200, 200, 200, 200, 200] },
	},
	retryAfter: {
		look: async () => {
			standIn.limit({ perSecond: 1 });
			await get('/v1/offers');

			return (await get('/v1/offers')).retryAfter;
		},
		see: {
			seconds: '1',
			date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} .* GMT$/),
			missing: undefined,
		},
	},
};

const ALL = VARIANT_NAMES.flatMap((name) =>
	valuesOf(name).map((value): [keyof Variants, string] => [name, value]),
);

/** One switch set otherwise than by default, and once none. */
const OTHERS = ALL.filter(([name, value]) => name === 'active' || value !== valuesOf(name)[0]);

describe('each switch', () => {
	it.each(ALL)('%s = %s', async (name, value) => {
		standIn.setVariants(readVariants({ [name]: value }));
		const { look, see } = SHOWN[name];

		expect(await look()).toEqual(new Map<string, unknown>(Object.entries(see)).get(value));
		expect(standIn.violations).toEqual([]);
	});

	it.each(OTHERS)('%s = %s keeps every operation within the contract', async (name, value) => {
		standIn.setVariants(readVariants({ [name]: value }));
		const email = USERS.juergen.email;
		const who = encodeURIComponent(email);
		const asked = [
			await get('/api-auth'),
			await get('/v1/offers'),
			await get('/v1/custom-user-properties/list'),
			await list(),
			await list(`&offerId=${excel}&active=true`),
			await list(`&courseId=${COURSES.excel.id}&active=false`),
			await find(email),
			await find('nobody@example.com'),
			await get(`/v1/users/course-progress/list/${who}`),
			await get(`/v1/users/course-progress/${COURSES.excel.id}/${who}`),
			await get(`/v1/users/login-token/${USERS.juergen.uid}`),
			await get('/v1/users/login-token/nobody'),
			await get(`/v1/exams/${EXAMS.excel.id}/results`),
			await get(`/v1/exams/${EXAMS.empty.id}/results`),
			await get('/v1/exams/unknown/results'),
			await grant({
				email: 'new@example.com',
				grantOffer: excel,
				firstname: 'New',
				name: 'User',
				orderId: '1',
			}),
			await offerState({ email, offerId: excel, active: false }),
			await orderState({ email, orderId: '1', active: true }),
			await setProperties([{ id: PROPERTIES.company.id, value: 'x' }], email),
			await ask('POST', '/v1/chapters/chapter-access/enable', {
				email,
				courseId: COURSES.excel.id,
				chapterId: CHAPTERS.excelBonus.id,
			}),
			await offerState({ email, offerId: excel }),
			await remove('DELETE', [email]),
			await remove('POST', [anna]),
		];

		expect(asked.every(({ status }) => status < 500)).toBe(true);
		expect(standIn.violations).toEqual([]);
		expect(new Set(standIn.log.entries.map(({ operationId }) => operationId)).size).toBe(16);
	});

	it('refuses a value that it does not have', () => {
		expect(() => readVariants({ active: 'sometimes' })).toThrow(
			'"sometimes" is no value of the switch active; allowed: grant, user, inactiveNotListed',
		);
		expect(() => readVariants({ nothing: 'x' })).toThrow(/there is no switch "nothing"/);
		expect(() => readVariants('active')).toThrow(/an object/);
	});
});

describe('the switches and the contract', () => {
	const contract: unknown = parse(
		readFileSync(join(__dirname, '..', '..', 'api', 'memberspot.openapi.yaml'), 'utf8'),
	);
	const points: Array<{ id: string; variants: Array<{ name: string }> }> =
		Object(contract)['x-unknowns'];
	/** Open points with variants that a switch of another name decides, or that no server can show. */
	const ELSEWHERE: { [id: string]: string } = {
		'list-envelope': 'one switch for each list',
		'active-meaning': 'active',
		'inactive-grants-listed': 'active',
		'plan-needed': 'apiPlan',
		'key-page': 'a page of the admin area',
		'key-shown-once': 'a page of the admin area',
		'webhooks-exist': 'the sender is there to be used or not',
		'swagger-file': 'not served',
	};

	it('agree: every open point with variants can be switched, by the same names', () => {
		const missing = points.flatMap(({ id, variants }) => {
			if (variants.length === 0 || id in ELSEWHERE) return [];
			const name = id.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
			const values: string[] = VARIANT_NAMES.filter((known) => known === name).flatMap(valuesOf);

			return variants
				.filter((variant) => !values.includes(variant.name))
				.map((variant) => `${name}=${variant.name}`);
		});

		expect(missing).toEqual([]);
	});

	it('agree: every switch names open points that there are', () => {
		const ids = new Set(points.map(({ id }) => id));

		expect(
			VARIANT_NAMES.flatMap((name) =>
				VARIANTS[name].points.filter((id) => !ids.has(id)).map((id) => `${name}: ${id}`),
			),
		).toEqual([]);
	});
});
