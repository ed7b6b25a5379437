/* eslint-disable @n8n/community-nodes/no-restricted-imports -- reads the repository's own files */
import { posix } from 'node:path';
import axios from 'axios';
import { parse } from 'yaml';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { endpoints } from '../../nodes/Memberspot/transport';
import type { OperationId } from '../../nodes/Memberspot/transport/contract/endpoints';
import { MATRIX } from '../matrix/cases';
import { startStandIn, type StandIn } from '../stand-in';
import { filesUnder, isThere, read } from './node';

const contract = parse(read('api/memberspot.openapi.yaml')) as { paths: { [path: string]: { [method: string]: { operationId?: string } } } };
const contractIds = Object.values(contract.paths).flatMap((methods) => Object.values(methods).flatMap(({ operationId }) => operationId ?? []));

/** Each operation with the name its files have in common: that of its source file. */
const operations = resources.flatMap((resource) =>
	resource.operations.map((operation) => ({ resource, operation, id: `${resource.value}/${operation.value}` })),
);
const sources = filesUnder('nodes/Memberspot/actions', '.operation.ts').map((path) => `${posix.basename(posix.dirname(path))}/${posix.basename(path, '.operation.ts')}`);

describe('what an operation consists of', () => {
	test('every operation has a source file named after its value, and every such file is an operation', () => {
		expect(sources.sort()).toEqual(operations.map(({ id }) => id).sort());
	});

	test.each(operations)('$id calls endpoints that stand in the contract', ({ operation }) => {
		expect(operation.endpoints.length).toBeGreaterThan(0);
		expect(operation.endpoints.filter((endpoint) => !contractIds.includes(endpoint))).toEqual([]);
	});

	test.each(operations)('$id has a test file', ({ id, operation }) => {
		// The operations around access have a folder of their own: they share models and long runs.
		expect([`test/actions/${id}.test.ts`, `test/access/${operation.value}.test.ts`].filter(isThere)).toHaveLength(1);
	});

	test.each(operations)('$id is run under every way the API may turn out to be', ({ resource, operation }) => {
		expect(MATRIX.filter(({ name }) => name === `${resource.value}.${operation.value}`)).toHaveLength(1);
	});

	test('every test file of an operation belongs to one that exists', () => {
		const ids = filesUnder('test/actions', '.test.ts').map((path) => path.replace(/^test\/actions\//, '').replace(/\.test\.ts$/, ''));
		// `common` holds what is tested over all operations at once.
		expect(ids.filter((id) => /^(?!common\/)\w+\/\w+$/.test(id) && !operations.some((each) => each.id === id))).toEqual([]);
	});

	test.each(operations)('$id has a row in the README and a section in docs/operations.md', ({ resource, operation }) => {
		const row = `| ${resource.name} | [${operation.name}](docs/operations.md#`;
		expect(read('README.md')).toContain(row);
		expect(read('docs/operations.md')).toContain(`## ${resource.name}`);
		expect(read('docs/operations.md')).toContain(`### ${resource.name}: ${operation.name}`);
	});

	test.each(operations)('$id has a row in the German README', ({ resource, operation }) => {
		expect(read('README.de.md')).toContain(`| ${resource.name} | [${operation.name}](docs/operations.md#`);
	});

	test('every function of the contract is used by some operation, the key check aside', () => {
		const used = new Set<string>(operations.flatMap(({ operation }) => [...operation.endpoints]));
		expect(contractIds.filter((id) => !used.has(id))).toEqual(['checkKey']);
	});
});

describe('B117: reading and writing are operations of their own', () => {
	// A login token is asked for with GET, and still opens an account.
	const changes = (id: OperationId) => endpoints[id].method !== 'GET' || id === 'createLoginToken';

	test.each(operations)('$id reads only, or says that it writes', ({ operation }) => {
		expect(operation.endpoints.some(changes)).toBe(operation.writes);
	});

	test.each(operations.filter(({ operation }) => /^(delete|remove)$/.test(operation.value)))('$id says in its name and its description that it is for good', ({ operation }) => {
		expect(operation.name).toMatch(/^(Delete|Remove Permanently)$/);
		expect(operation.description).toContain('for good');
	});
});

describe('the stand-in', () => {
	let standIn: StandIn;
	beforeAll(async () => {
		standIn = await startStandIn();
	});
	afterAll(async () => await standIn.close());

	test.each(Object.values(endpoints))('has a route for $method $path', async ({ id, method, path }) => {
		standIn.log.clear();
		await axios.request({ method, url: `${standIn.url}${path.replace(/\{\w+\}/g, 'x')}`, data: method === 'GET' ? undefined : {}, headers: { 'X-API-KEY': standIn.apiKey }, validateStatus: () => true });
		expect(standIn.log.entries.map(({ operationId }) => operationId)).toEqual([id]);
	});
});
