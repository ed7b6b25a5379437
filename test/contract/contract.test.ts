/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs the scripts around the contract */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { OpenAPIBackend, type Document } from 'openapi-backend';
import { parse } from 'yaml';

const ROOT = join(__dirname, '..', '..');
const DERIVED = [
	'nodes/Memberspot/transport/contract/types.ts',
	'nodes/Memberspot/transport/contract/endpoints.ts',
	'docs/api.md',
];
const CONTRACT = join(ROOT, 'api', 'memberspot.openapi.yaml');

interface Variant {
	name: string;
	description: string;
}

interface Graded {
	'x-certainty'?: string;
	'x-source'?: string;
	'x-unknown'?: string;
	'x-variants'?: Variant[];
}

interface Content {
	[mediaType: string]: {
		schema?: object;
		example?: unknown;
		examples?: { [name: string]: { value: unknown } };
	};
}

interface Operation extends Graded {
	operationId: string;
	'x-answer': { certainty: string; source: string };
	'x-retry': string | { withActive: string; withoutActive: string };
	'x-pace': { group: string; perSecond?: number; certainty?: string };
	requestBody?: { content: Content };
	responses: { [status: string]: { content?: Content; $ref?: string } };
}

interface Point {
	id: string;
	topic: string;
	question: string;
	appliesTo: string[];
	variants: Variant[];
	handling: string;
	settledBy: string;
}

interface Contract {
	paths: { [path: string]: { [method: string]: Operation } };
	components: {
		schemas: { [name: string]: object };
		responses: { [name: string]: { content?: Content } };
	};
	'x-certainty-grades': { [grade: string]: string };
	'x-retry-classes': { [name: string]: string };
	'x-unknowns': Point[];
	'x-sources': Array<{ name: string; url?: string }>;
	'x-list-keys': string[];
	'x-cursor-keys': string[];
	'x-property-item-keys': string[];
	'x-login-token-keys': string[];
	'x-login-url-keys': string[];
}

const text = readFileSync(CONTRACT, 'utf8');
const contract: Contract = parse(text);
const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
	Object.entries(item).map(([method, operation]) => ({
		path,
		method,
		operation,
		id: operation.operationId,
	})),
);
const points = contract['x-unknowns'];
const pointIds = points.map(({ id }) => id);

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: false }));
ajv.addSchema({ ...contract, $id: 'contract' });

/** Whether a value fits the schema at a JSON pointer of the contract. */
function fits(pointer: string, value: unknown): boolean {
	const known =
		ajv.getSchema(`contract#${encodeURI(pointer)}`) ??
		ajv.compile({ $ref: `contract#${encodeURI(pointer)}` });

	return known(value) === true;
}

const schema = (name: string) => `/components/schemas/${name}`;
const escape = (key: string) => key.replace(/~/g, '~0').replace(/\//g, '~1');

/** Every node that is an object, with its JSON pointer. Examples and open points are left out. */
function* nodes(
	value: unknown,
	pointer = '',
): Generator<{ pointer: string; node: { [key: string]: unknown } }> {
	if (typeof value !== 'object' || value === null) return;
	if (!Array.isArray(value)) yield { pointer, node: { ...value } };
	for (const [key, child] of Object.entries(value)) {
		if (['example', 'examples', 'x-unknowns', 'x-variants', 'x-sources'].includes(key)) continue;
		yield* nodes(child, `${pointer}/${escape(key)}`);
	}
}

const all = [...nodes(contract)];
const graded: Array<{ pointer: string; node: Graded }> = all.filter(
	({ node }) => 'x-certainty' in node,
);

/** Media types with examples, by the pointer of their schema. */
function* examples(): Generator<{ pointer: string; name: string; value: unknown }> {
	for (const { pointer, node } of all) {
		if (!('schema' in node)) continue;
		if ('example' in node)
			yield { pointer: `${pointer}/schema`, name: 'example', value: node.example };
		if (typeof node.examples !== 'object' || node.examples === null) continue;
		for (const [name, example] of Object.entries(node.examples))
			yield { pointer: `${pointer}/schema`, name, value: example.value };
	}
}

function run(script: string, ...args: string[]) {
	return spawnSync(process.execPath, [join(ROOT, 'scripts', 'contract', script), ...args], {
		encoding: 'utf8',
	});
}

describe('operations', () => {
	test('are the fifteen calls of the public API and the key check', () => {
		expect(operations.map(({ id }) => id).sort()).toEqual([
			'checkKey',
			'createLoginToken',
			'deleteUsers',
			'deleteUsersPost',
			'enableChapterAccess',
			'findUserByMail',
			'getCourseProgress',
			'grantUserOfferByMail',
			'listCourseProgress',
			'listCustomUserProperties',
			'listExamResults',
			'listOffers',
			'listUsers',
			'setCustomUserProperties',
			'setOfferState',
			'setOrderState',
		]);
	});

	test.each(operations)(
		'$id says how sure it is, whence, and whether it may be repeated',
		({ operation }) => {
			const grades = Object.keys(contract['x-certainty-grades']);
			const classes = Object.keys(contract['x-retry-classes']);
			const retry = operation['x-retry'];

			expect(grades).toContain(operation['x-certainty']);
			expect(grades).toContain(operation['x-answer'].certainty);
			expect(operation['x-source']).not.toBe('');
			for (const name of typeof retry === 'string' ? [retry] : Object.values(retry))
				expect(classes).toContain(name);
			expect(operation['x-pace'].group).not.toBe('');
			if (operation['x-pace'].perSecond !== undefined)
				expect(grades).toContain(operation['x-pace'].certainty);
		},
	);

	test('have two retry classes exactly where the body may lack `active`', () => {
		const bodies = operations.map(({ id, operation }) => ({
			id,
			body: JSON.stringify(operation.requestBody ?? {}),
		}));
		const withSwitch = bodies.filter(({ body }) => takesActive(body)).map(({ id }) => id);
		const split = operations
			.filter(({ operation }) => typeof operation['x-retry'] !== 'string')
			.map(({ id }) => id);

		expect(withSwitch.length).toBeGreaterThan(0);
		expect(split).toEqual(withSwitch);
	});

	test('that take something away or may do it twice are never simply repeated', () => {
		const careful = operations
			.filter(({ operation }) => operation['x-retry'] !== 'repeatable')
			.map(({ id }) => id);

		expect(careful).toEqual([
			'grantUserOfferByMail',
			'setOfferState',
			'setOrderState',
			'deleteUsers',
			'deleteUsersPost',
		]);
	});

	/** Whether a body's schema, which is a reference, has a field `active`. */
	function takesActive(body: string): boolean {
		const name = /schemas\/(\w+)/.exec(body)?.[1];

		return (
			name !== undefined &&
			all.some(({ pointer }) => pointer === `${schema(name)}/properties/active`)
		);
	}
});

describe('grades and sources', () => {
	const names = [...contract['x-sources'].map(({ name }) => name), 'Inferred', 'no source'];
	const sources = [
		...graded.map(({ pointer, node }) => ({ pointer, source: node['x-source'] ?? '' })),
		...operations.map(({ id, operation }) => ({
			pointer: `${id}, answer`,
			source: operation['x-answer'].source,
		})),
	];

	test.each(sources)('$pointer names a source of the list', ({ source }) => {
		expect(names.filter((name) => source.includes(name))).not.toEqual([]);
	});

	test('are grades of the list', () => {
		const grades = Object.keys(contract['x-certainty-grades']);

		expect(graded.filter(({ node }) => !grades.includes(node['x-certainty'] ?? ''))).toEqual([]);
	});

	test('agree: two clients are two names, and Memberspot itself is its own page', () => {
		const clients = ['n8n-nodes-memberspot', 'Pipedream', 'Composio', 'Metorial'];
		const count = (source = '') => clients.filter((name) => source.includes(name)).length;

		for (const { pointer, node } of graded) {
			if (node['x-certainty'] === 'two-clients')
				expect([pointer, count(node['x-source']) >= 2]).toEqual([pointer, true]);
			if (node['x-certainty'] === 'documented')
				expect([pointer, node['x-source']]).toEqual([
					pointer,
					expect.stringMatching(/Help centre|Zapier listing/),
				]);
		}
	});

	test('that say "unknown" lead to an open point', () => {
		expect(
			graded.filter(
				({ node }) => node['x-certainty'] === 'unknown' && node['x-unknown'] === undefined,
			),
		).toEqual([]);
	});
});

describe('open points', () => {
	test('have ids of their own in kebab case', () => {
		expect(new Set(pointIds).size).toBe(pointIds.length);
		expect(pointIds.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
	});

	test.each(points)(
		'$id is complete',
		({ topic, question, handling, settledBy, appliesTo, variants }) => {
			for (const words of [
				topic,
				question,
				handling,
				settledBy,
				...variants.map(({ description }) => description),
			])
				expect(words).not.toBe('');
			expect(
				appliesTo.filter((id) => !operations.some((operation) => operation.id === id)),
			).toEqual([]);
			expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
			expect(variants.filter(({ name }) => !/^[A-Za-z0-9]+(_[a-z]+)?$/.test(name))).toEqual([]);
			expect(variants).not.toHaveLength(1);
		},
	);

	test('are what every field with variants or an open question refers to', () => {
		for (const { pointer, node } of all) {
			if (node['x-unknown'] === undefined && node['x-variants'] === undefined) continue;
			const point = points.find(({ id }) => id === node['x-unknown']);

			expect([pointer, point?.variants]).toEqual([pointer, node['x-variants'] ?? []]);
		}
	});

	test('hold those that the requirements name', () => {
		expect(pointIds).toEqual(
			expect.arrayContaining([
				'active-meaning',
				'inactive-grants-listed',
				'active-after-term',
				'clear-property',
				'grant-restarts-term',
				'grant-mails-again',
				'native-shop-order-id',
				'pausing-frees-seat',
				'deletion-delay',
			]),
		);
	});
});

describe('examples', () => {
	const list = [...examples()];

	test.each(list)('$pointer $name fits its schema', ({ pointer, value }) => {
		expect(fits(pointer, value)).toBe(true);
	});

	test('stand at every JSON body and answer', () => {
		const without = all.filter(
			({ pointer, node }) =>
				pointer.endsWith('/application~1json') && !('example' in node) && !('examples' in node),
		);

		expect(without.map(({ pointer }) => pointer)).toEqual([]);
		expect(list.length).toBeGreaterThan(operations.length);
	});

	test('show reserved addresses only', () => {
		const hosts = [...text.matchAll(/[\w.+-]+@([\w.-]+)/g)].map(([, host]) => host);
		const links = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
		const known = [
			...contract['x-sources'].flatMap(({ url }) => (url === undefined ? [] : [new URL(url).host])),
			'api.memberspot.de',
		];

		expect(hosts.filter((host) => host !== 'example.com')).toEqual([]);
		expect(links.filter((host) => !known.includes(host) && !host.endsWith('.example'))).toEqual([]);
	});
});

describe('answers', () => {
	const user = { uid: 'u', email: 'a@example.com' };
	const progress = { courseId: 'c', activePosts: 1, completedPosts: 0 };
	const lists = [
		{ name: 'UserList', row: user, key: 'users', cursor: true },
		{ name: 'OfferList', row: { id: 'o' }, key: 'offers', cursor: false },
		{ name: 'PropertyDefinitionList', row: { id: 'p' }, key: 'properties', cursor: false },
		{ name: 'CourseProgressList', row: progress, key: 'progress', cursor: true },
		{ name: 'ExamResultList', row: { points: 1 }, key: 'results', cursor: true },
	];

	describe.each(lists)('$name', ({ name, row, key, cursor }) => {
		const wrap: { [variant: string]: (rows: unknown[], rest?: object) => unknown } = {
			array: (rows) => rows,
			data: (rows, rest) => ({ data: rows, ...rest }),
			named: (rows, rest) => ({ [key]: rows, ...rest }),
			items: (rows, rest) => ({ items: rows, ...rest }),
		};
		const variants =
			points.find(({ id }) => id === 'list-envelope')?.variants.map((variant) => variant.name) ??
			[];

		test.each(variants)('takes the envelope "%s", empty or not', (variant) => {
			expect(fits(schema(name), wrap[variant]([row]))).toBe(true);
			expect(fits(schema(name), wrap[variant]([]))).toBe(true);
		});

		test.each(contract['x-cursor-keys'])(
			'has the cursor %s in an object, and only where a list is paged',
			(cursorKey) => {
				for (const value of ['next', '', null]) {
					expect(fits(schema(name), wrap.data([row], { [cursorKey]: value }))).toBe(cursor);
					expect(fits(schema(name), wrap.named([row], { [cursorKey]: value }))).toBe(cursor);
				}
				expect(fits(schema(name), wrap.data([row], { [cursorKey]: 7 }))).toBe(false);
			},
		);

		test('refuses everything else', () => {
			const wrong = [
				null,
				{},
				'ok',
				7,
				[[]],
				[null],
				[{}],
				{ rows: [row] },
				{ data: null },
				{ data: row },
				{ data: [row], total: 1 },
				{ data: [], items: [] },
				{ data: [], nextPage: 'a', next_page: 'b' },
				{ error: 'x' },
			];

			expect(wrong.filter((value) => fits(schema(name), value))).toEqual([]);
		});
	});

	test('refuse rows that lack what makes them one, or hold what nobody names', () => {
		const wrong: Array<[string, unknown]> = [
			['User', { uid: 'u' }],
			['User', { email: 'a@example.com' }],
			['User', { ...user, uid: '' }],
			['User', { ...user, offers: [] }],
			['User', { ...user, active: 'true' }],
			['User', { ...user, progress: [{ courseId: 'c' }] }],
			['Offer', { name: 'Excel' }],
			['Offer', { id: 'o', courses: [] }],
			['PropertyDefinition', { name: 'Phone' }],
			['CourseProgress', { ...progress, completedPosts: -1 }],
			['CourseProgressAnswer', { uid: 'u', email: 'a@example.com' }],
			['ExamResult', {}],
			['LoginTokenAnswer', { loginUrl: 'https://school.example' }],
			['LoginTokenAnswer', {}],
			['LoginTokenAnswer', null],
			['DeleteAnswer', { deleted: 1 }],
			['DeleteAnswer', 'done'],
			['GrantAnswer', { email: 'a@example.com' }],
			['OfferStateAnswer', { offerId: 'o' }],
			['OfferStateAnswer', { error: 'x' }],
			['OrderStateAnswer', { email: 'a@example.com', offerId: 'o' }],
			['ChapterAnswer', { success: true }],
			['Error', { message: 'x' }],
			['Error', { statusCode: 404 }],
			['Error', { statusCode: 200, message: 'x' }],
			['Error', { statusCode: 404, message: { text: 'x' } }],
		];

		expect(wrong.filter(([name, value]) => fits(schema(name), value))).toEqual([]);
	});

	test.each([
		'GrantAnswer',
		'OfferStateAnswer',
		'OrderStateAnswer',
		'PropertiesAnswer',
		'ChapterAnswer',
	])('%s takes every way of saying nothing', (name) => {
		expect([null, {}, 'ok'].filter((value) => !fits(schema(name), value))).toEqual([]);
	});

	test.each(operations)(
		'of $id have a status for success, errors, limits and faults',
		({ operation, method }) => {
			const statuses = Object.keys(operation.responses);

			expect(statuses).toEqual(expect.arrayContaining(['400', '401', '403', '404', '429', '5XX']));
			expect(statuses).toEqual(
				expect.arrayContaining(method === 'get' ? ['200'] : ['200', '201', '204']),
			);
		},
	);
});

describe('requests', () => {
	const bodies = operations.filter(({ operation }) => operation.requestBody !== undefined);

	test.each(bodies)(
		'of $id refuse a field that the API does not know',
		({ path, method, operation }) => {
			const media = operation.requestBody?.content['application/json'];
			const pointer = `/paths/${escape(path)}/${method}/requestBody/content/application~1json/schema`;

			for (const { value } of Object.values(media?.examples ?? {})) {
				expect(fits(pointer, value)).toBe(true);
				expect(fits(pointer, Object.assign({ unknownField: 1 }, value))).toBe(false);
			}
		},
	);

	test('name a property by exactly one of its keys', () => {
		const [first, second] = contract['x-property-item-keys'];
		const request = (item: object) => ({ email: 'a@example.com', properties: [item] });

		expect(fits(schema('PropertiesRequest'), request({ [first]: 'p', value: 'x' }))).toBe(true);
		expect(fits(schema('PropertiesRequest'), request({ [second]: 'p', value: 'x' }))).toBe(true);
		expect(
			fits(schema('PropertiesRequest'), request({ [first]: 'p', [second]: 'p', value: 'x' })),
		).toBe(false);
		expect(fits(schema('PropertiesRequest'), request({ [first]: '', value: 'x' }))).toBe(false);
		expect(fits(schema('PropertiesRequest'), request({ [first]: 'p' }))).toBe(false);
		expect(fits(schema('PropertiesRequest'), request({ value: 'x' }))).toBe(false);
	});

	test.each(['', ' ', 'a', 'a@', '@b', 'a b@c', 'a@b,c@d'])('refuse the address "%s"', (email) => {
		expect(fits(schema('EmailAddress'), email)).toBe(false);
	});

	test.each(['max+kurs@example.com', 'jürgen@müller-kurse.example', "o'hara@example.com"])(
		'take the address "%s"',
		(email) => {
			expect(fits(schema('EmailAddress'), email)).toBe(true);
		},
	);

	test('refuse null for `active`, which would not say whether to remove', () => {
		expect(
			fits(schema('OfferStateRequest'), { email: 'a@example.com', offerId: 'o', active: null }),
		).toBe(false);
		expect(fits(schema('OfferStateRequest'), { email: 'a@example.com', offerId: 'o' })).toBe(true);
	});
});

describe('keys of envelopes', () => {
	const propertiesOf = (name: string) => [
		...new Set(
			all
				.filter(({ pointer, node }) => pointer.startsWith(schema(name)) && node.type === 'object')
				.flatMap(({ node }) => Object.keys(node.properties ?? {})),
		),
	];

	test('are the keys that the lists use, and no other', () => {
		const lists = Object.keys(contract.components.schemas).filter((name) => name.endsWith('List'));
		const used = new Set(lists.flatMap(propertiesOf));

		expect([...used].sort()).toEqual(
			[...contract['x-list-keys'], ...contract['x-cursor-keys']].sort(),
		);
	});

	test('of a login token and a property are the keys that their schemas use', () => {
		expect(propertiesOf('LoginTokenAnswer').sort()).toEqual(
			[...contract['x-login-token-keys'], ...contract['x-login-url-keys']].sort(),
		);
		expect(propertiesOf('PropertyItem').sort()).toEqual(
			[...contract['x-property-item-keys'], 'value'].sort(),
		);
	});
});

test('a server can check itself against the contract', async () => {
	const definition: Document = parse(text);
	// `quick` leaves out the library's own check of the document, which knows OpenAPI 3.0 only.
	const server = await new OpenAPIBackend({ definition, quick: true, strict: true }).init();
	const match = (path: string) =>
		server.matchOperation({ method: 'GET', path, headers: {} })?.operationId;

	expect(match('/v1/users/course-progress/list/a%40example.com')).toBe('listCourseProgress');
	expect(match('/v1/users/course-progress/c/a%40example.com')).toBe('getCourseProgress');
	for (const { id } of operations)
		expect([id, server.validateResponse({ error: 'x' }, id, 404).valid]).toEqual([id, false]);
	expect(
		server.validateResponse(
			{ users: [{ uid: 'u', email: 'e' }], next_page: null },
			'listUsers',
			200,
		).valid,
	).toBe(true);
	expect(server.validateResponse({ users: [{ uid: 'u' }] }, 'listUsers', 200).valid).toBe(false);
	expect(server.validateResponse('ok', 'deleteUsers', 201).valid).toBe(true);
	expect(server.validateResponse(null, 'setOrderState', 204).valid).toBe(true);
	expect(
		server.validateRequest({
			method: 'GET',
			path: '/v1/users/list?active=true&pageLength=5',
			headers: {},
		}).valid,
	).toBe(true);
	expect(
		server.validateRequest({ method: 'GET', path: '/v1/users/list?limit=5', headers: {} }).valid,
	).toBe(false);
});

describe('what is derived from the contract', () => {
	test('is fresh', () => {
		const { status, stderr } = run('generate.mjs', '--check');

		expect([status, stderr]).toEqual([0, '']);
	});

	test('is called stale by name when it is not', () => {
		const folder = mkdtempSync(join(tmpdir(), 'contract-'));
		try {
			for (const file of DERIVED) cpSync(join(ROOT, file), join(folder, file));
			appendFileSync(join(folder, 'docs', 'api.md'), 'edited by hand');
			const { status, stderr } = run('generate.mjs', '--out', folder, '--check');

			expect(status).toBe(1);
			expect(DERIVED.filter((file) => stderr.includes(file))).toEqual(['docs/api.md']);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

test('the linter finds nothing', () => {
	const { status, stdout, stderr } = run('lint.mjs');

	expect([status, stderr]).toEqual([0, '']);
	expect(stdout).toContain('0 errors, 0 warnings');
});
