import { parse, stringify } from 'yaml';
import { compareApis, type Difference } from '../../scripts/check-api/compare';
import { contractText } from '../../scripts/check-api/contract';
import { evidenceOf, readSwagger, type Api } from '../../scripts/check-api/swagger';
import { startStandIn, type StandIn } from '../stand-in';
import { reportOf, runTool, SleptClock } from './run';

interface Tree {
	[key: string]: Tree;
}

let ours: Api;

beforeAll(async () => {
	ours = await readSwagger(contractText());
});

/** Our description with a change, as if it were theirs. */
async function theirs(change: (document: Tree) => void): Promise<Api> {
	const document: Tree = parse(contractText());
	change(document);

	return await readSwagger(JSON.stringify(document));
}

/** Plain values for a tree that is about to be written as JSON. */
const value = (of: unknown): Tree => JSON.parse(JSON.stringify({ of })).of;

const schemas = (document: Tree) => document.components.schemas;
const parameter = (document: Tree, name: string): Tree => {
	const found = Object.values(document.paths['/v1/users/list'].get.parameters).find(
		(one) => String(one.name) === name,
	);
	if (found === undefined) throw new Error(`no parameter ${name}`);

	return found;
};
const remove = (tree: Tree, key: string) => delete tree[key];

const USERS = 'GET /v1/users/list';
const GRANT = 'POST /v1/users/grant-user-offer-by-mail';
const STATE = 'POST /v1/users/set-offer-state';
const OFFERS = 'GET /v1/offers';

/** Planted differences, each with the one line that must tell of it. */
const PLANTED: Array<
	[string, (document: Tree) => void, string, keyof Omit<Difference, 'call'>, string]
> = [
	[
		'a call is gone',
		({ paths }) => remove(paths, '/v1/offers'),
		OFFERS,
		'onlyOurs',
		'the call itself',
	],
	[
		'a call is new',
		({ paths }) =>
			(paths['/v1/courses'] = value({
				get: {
					parameters: [{ in: 'query', name: 'limit', required: true, schema: { type: 'number' } }],
				},
			})),
		'GET /v1/courses',
		'onlyTheirs',
		'the call itself',
	],
	[
		'its parameters are told, too',
		({ paths }) =>
			(paths['/v1/courses'] = value({
				get: {
					parameters: [{ in: 'query', name: 'limit', required: true, schema: { type: 'number' } }],
				},
			})),
		'GET /v1/courses',
		'onlyTheirs',
		'parameter query limit (number, required)',
	],
	[
		'another method',
		({ paths }) => {
			paths['/v1/offers'].post = paths['/v1/offers'].get;
			remove(paths['/v1/offers'], 'get');
		},
		'POST /v1/offers',
		'onlyTheirs',
		'the call itself',
	],
	[
		'a parameter is called otherwise',
		(document) => (parameter(document, 'offerId').name = value('offer')),
		USERS,
		'onlyOurs',
		'parameter query offerId (string)',
	],
	[
		'a parameter is new',
		(document) => (parameter(document, 'offerId').name = value('offer')),
		USERS,
		'onlyTheirs',
		'parameter query offer (string)',
	],
	[
		'a parameter is required',
		(document) => (parameter(document, 'courseId').required = value(true)),
		USERS,
		'differs',
		'parameter query courseId: theirs required, ours optional',
	],
	[
		'a parameter has another type',
		(document) => (parameter(document, 'active').schema = value({ type: 'string' })),
		USERS,
		'differs',
		'parameter query active: theirs string, ours boolean',
	],
	[
		'a parameter has listed values',
		(document) => (parameter(document, 'active').schema = value({ type: 'boolean', enum: [true] })),
		USERS,
		'differs',
		'parameter query active: values: theirs true, ours any',
	],
	[
		'a field of a body is gone',
		(document) => remove(schemas(document).GrantRequest.properties, 'orderId'),
		GRANT,
		'onlyOurs',
		'body orderId (string)',
	],
	[
		'a field of a body is new',
		(document) => (schemas(document).GrantRequest.properties.sendMail = value({ type: 'boolean' })),
		GRANT,
		'onlyTheirs',
		'body sendMail (boolean)',
	],
	[
		'a field of a body is required',
		(document) =>
			(schemas(document).GrantRequest.required = value(['email', 'grantOffer', 'name'])),
		GRANT,
		'differs',
		'body name: theirs required, ours optional',
	],
	[
		'a field of a body is optional',
		(document) => (schemas(document).OfferStateRequest.required = value(['email'])),
		STATE,
		'differs',
		'body offerId: theirs optional, ours required',
	],
	[
		'a field of an answer is new',
		(document) =>
			(schemas(document).User.properties.offers = value({
				type: 'array',
				items: { type: 'string' },
			})),
		USERS,
		'onlyTheirs',
		'answer [].offers (array)',
	],
	[
		'a field of an answer is gone',
		(document) => remove(schemas(document).Offer.properties, 'hasCourseIds'),
		OFFERS,
		'onlyOurs',
		'answer [].hasCourseIds (array)',
	],
	[
		'a field of an answer has another type',
		(document) =>
			(schemas(document).CourseProgress.properties.activePosts = value({ type: 'string' })),
		USERS,
		'differs',
		'answer [].progress[].activePosts: theirs string, ours number',
	],
	[
		'a field of an answer has listed values',
		(document) =>
			(schemas(document).PropertyDefinition.properties.type = value({
				type: 'string',
				enum: ['text', 'file'],
			})),
		'GET /v1/custom-user-properties/list',
		'differs',
		'answer [].type: values: theirs file, text, ours any',
	],
	[
		'another envelope',
		(document) =>
			(schemas(document).OfferList = value({
				type: 'object',
				properties: { rows: { type: 'array', items: { $ref: '#/components/schemas/Offer' } } },
			})),
		OFFERS,
		'onlyTheirs',
		'answer rows (array)',
	],
	[
		'another header for the key',
		(document) => (document.components.securitySchemes.apiKey.name = value('Authorization')),
		OFFERS,
		'differs',
		'key: theirs authorization, ours x-api-key',
	],
	[
		'a call without a key',
		({ paths }) => (paths['/v1/offers'].get.security = value([])),
		OFFERS,
		'differs',
		'key: theirs none, ours x-api-key',
	],
];

test('our description does not differ from itself, in JSON or YAML', async () => {
	expect(ours.size).toBe(16);
	expect(compareApis(await theirs(() => {}), ours)).toEqual([]);
	expect(compareApis(await readSwagger(stringify(parse(contractText()))), ours)).toEqual([]);
});

test.each(PLANTED)('finds: %s', async (_name, change, call, kind, line) => {
	const differences = compareApis(await theirs(change), ours);

	expect(differences.find((difference) => difference.call === call)?.[kind]).toContain(line);
});

test('one alternative of an answer is no difference: a description knows which it is', async () => {
	const api = await theirs((document) => {
		schemas(document).OfferList = value({
			type: 'array',
			items: { $ref: '#/components/schemas/Offer' },
		});
	});

	expect(compareApis(api, ours)).toEqual([]);
});

test('reads Swagger 2 as it reads OpenAPI 3', async () => {
	const two = await readSwagger(
		JSON.stringify({
			swagger: '2.0',
			basePath: '/v1',
			securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-API-KEY' } },
			security: [{ key: [] }],
			paths: {
				'/users/list': {
					get: {
						parameters: [{ in: 'query', name: 'pageLength', type: 'integer' }],
						responses: {
							200: { schema: { type: 'array', items: { $ref: '#/definitions/User' } } },
						},
					},
				},
				'/users/{mail}': {
					post: {
						parameters: [{ in: 'body', name: 'body', schema: { $ref: '#/definitions/User' } }],
						responses: {},
					},
				},
			},
			definitions: {
				User: {
					type: 'object',
					required: ['uid'],
					properties: { uid: { type: 'string' }, friend: { $ref: '#/definitions/User' } },
				},
			},
		}),
	);
	const three = await readSwagger(
		JSON.stringify({
			openapi: '3.0.0',
			servers: [{ url: 'https://api.example.com/v1' }],
			security: [{ key: [] }],
			paths: {
				'/users/list': {
					get: {
						parameters: [{ in: 'query', name: 'pageLength', schema: { type: 'number' } }],
						responses: {
							200: {
								content: {
									'application/json': {
										schema: { type: 'array', items: { $ref: '#/components/schemas/User' } },
									},
								},
							},
						},
					},
				},
				'/users/{email}': {
					post: {
						requestBody: {
							content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
						},
						responses: {},
					},
				},
			},
			components: {
				securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
				schemas: {
					User: {
						type: 'object',
						required: ['uid'],
						properties: { uid: { type: 'string' }, friend: { $ref: '#/components/schemas/User' } },
					},
				},
			},
		}),
	);

	expect(compareApis(two, three)).toEqual([]);
	expect([...two.keys()]).toEqual(['GET /v1/users/list', 'POST /v1/users/{}']);
	expect([...(two.get('POST /v1/users/{}')?.body?.keys() ?? [])]).toContain('uid');
});

test.each([
	'{',
	'[]',
	'{"paths":{}}',
	'just words',
	'{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{"200":{"$ref":"#/nowhere"}}}}}}',
])('refuses %j as a Swagger file', async (text) => {
	await expect(readSwagger(text)).rejects.toThrow(/^The Swagger file /);
});

describe('what a file says about open points', () => {
	const cases: Array<[string, string, (document: Tree) => void]> = [
		['grant-required-fields', 'emailAndOffer', () => {}],
		[
			'grant-required-fields',
			'withNames',
			(document) =>
				(schemas(document).GrantRequest.required = value([
					'email',
					'grantOffer',
					'firstname',
					'name',
				])),
		],
		[
			'grant-required-fields',
			'withNamesAndOrder',
			(document) =>
				(schemas(document).GrantRequest.required = value([
					'email',
					'grantOffer',
					'firstname',
					'name',
					'orderId',
				])),
		],
		['offer-state-active-required', 'optional', () => {}],
		[
			'offer-state-active-required',
			'required',
			(document) =>
				(schemas(document).OfferStateRequest.required = value(['email', 'offerId', 'active'])),
		],
		['property-item-key', 'both', () => {}],
		[
			'property-item-key',
			'propertyId',
			(document) =>
				(schemas(document).PropertyItem = value({
					type: 'object',
					properties: { propertyId: { type: 'string' }, value: {} },
				})),
		],
		[
			'property-item-key',
			'id',
			(document) =>
				(schemas(document).PropertyItem = value({
					type: 'object',
					properties: { id: { type: 'string' }, value: {} },
				})),
		],
		['post-deletion-path', 'samePath', () => {}],
		[
			'post-deletion-path',
			'otherPath',
			({ paths }) => {
				paths['/v1/users/delete-users-by-post'] = value({ post: {} });
				remove(paths['/v1/users/delete-users'], 'post');
			},
		],
		['progress-list-paging', 'asUsers', () => {}],
		[
			'progress-list-paging',
			'none',
			({ paths }) => (paths['/v1/users/course-progress/list/{email}'].get.parameters = value([])),
		],
		['exam-results-paging', 'asUsers', () => {}],
		[
			'exam-results-paging',
			'none',
			({ paths }) => (paths['/v1/exams/{examId}/results'].get.parameters = value([])),
		],
		['course-progress-limit', 'fourPerSecond', () => {}],
	];

	test.each(cases)('%s: %s', async (point, reading, change) => {
		expect(evidenceOf(await theirs(change)).readings[point]).toBe(reading);
	});

	test('a limit for deletions', async () => {
		const api = await theirs(
			(document) => (schemas(document).DeleteRequest.properties.emails.maxItems = value(50)),
		);

		expect(evidenceOf(api).deleteLimit).toBe(50);
	});
});

describe('with a file', () => {
	let standIn: StandIn;
	const clock = new SleptClock();

	beforeAll(async () => {
		standIn = await startStandIn({ clock });
	});

	afterAll(async () => await standIn.close());

	const run = async (swagger?: string) =>
		await runTool(
			{ url: standIn.url, apiKey: standIn.apiKey, clock },
			[],
			swagger === undefined ? {} : { swagger },
		);

	test('a run tells the differences, and takes what only the file can say', async () => {
		const document: Tree = parse(contractText());
		remove(document.paths, '/api-auth');
		schemas(document).GrantRequest.required = value(['email', 'grantOffer', 'firstname', 'name']);
		schemas(document).DeleteRequest.properties.emails.maxItems = value(50);
		const of = await run(JSON.stringify(document));
		const found = (id: string) => reportOf(of).findings.find((one) => one.id === id);

		expect(of.code).toBe(1);
		expect(of.out).toContain('  GET /api-auth\n    only in ours:   the call itself');
		expect(reportOf(of).swaggerFrom).toBe('a file');
		expect(found('grant-required-fields')).toMatchObject({
			verdict: 'wrong',
			reading: 'withNames',
			from: 'the Swagger file',
		});
		expect(found('delete-limit')).toMatchObject({ verdict: 'wrong', from: 'the Swagger file' });
	});

	test('without one, the file of the API is taken where it is', async () => {
		standIn.fault({
			kind: 'wrongShape',
			match: ({ path }) => path === '/api-json',
			body: parse(contractText()),
		});
		const of = await run();

		expect(reportOf(of)).toMatchObject({ swaggerFrom: 'the API', differences: [] });
		expect(reportOf(of).findings.find(({ id }) => id === 'swagger-file')).toMatchObject({
			verdict: 'held',
			reading: 'apiJson',
		});
	});

	test('a file that is none is refused before any request', async () => {
		standIn.log.clear();
		const of = await run('no description');

		expect([of.code, of.err, standIn.log.count()]).toEqual([
			2,
			expect.stringContaining('no Swagger 2 or OpenAPI 3'),
			0,
		]);
	});
});
