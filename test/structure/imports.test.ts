/* eslint-disable @n8n/community-nodes/no-restricted-imports -- reads import lines and resolves paths */
import { posix } from 'node:path';
import ts from 'typescript';
import { filesUnder, isThere, read } from './node';

/** One import or re-export of a source file. */
interface Edge {
	from: string;
	to: string;
	/** Whether only types are taken, so that nothing is left of it at run time. */
	typeOnly: boolean;
}

/** Parts of the package. The first pattern that fits a path names its layer. */
const LAYERS: Array<[layer: string, pattern: RegExp]> = [
	['credentials', /^credentials\//],
	['node', /^nodes\/Memberspot\/\w+\.node\.ts$/],
	['executor', /^nodes\/Memberspot\/actions\/(execute|registry)\.ts$/],
	['resource', /^nodes\/Memberspot\/actions\/\w+\/(\w+\.resource|operations)\.ts$/],
	['operation', /^nodes\/Memberspot\/actions\/\w+\/\w+\.operation\.ts$/],
	['actions', /^nodes\/Memberspot\/actions\//],
	['descriptions', /^nodes\/Memberspot\/descriptions\//],
	['methods', /^nodes\/Memberspot\/methods\//],
	['webhook', /^nodes\/Memberspot\/webhook\//],
	['polling', /^nodes\/Memberspot\/polling\//],
	['access', /^nodes\/Memberspot\/access\//],
	['school', /^nodes\/Memberspot\/school\//],
	['contract', /^nodes\/Memberspot\/transport\/contract\//],
	['transport', /^nodes\/Memberspot\/transport\//],
	['values', /^nodes\/Memberspot\/values\//],
	['stand-in', /^test\/stand-in\//],
	['test', /^test\//],
];

/**
 * Which layer may import which. An operation never imports another operation, everything is sent
 * through the transport, and what decides (values, access) knows nothing of n8n.
 */
const MAY_IMPORT: { [layer: string]: string[] } = {
	credentials: [],
	node: ['executor', 'methods', 'descriptions', 'webhook', 'polling', 'transport'],
	executor: ['executor', 'resource', 'actions', 'descriptions', 'school', 'transport', 'values'],
	resource: ['operation', 'actions', 'resource'],
	operation: ['actions', 'descriptions', 'access', 'school', 'transport', 'contract', 'values'],
	actions: ['actions', 'descriptions', 'access', 'school', 'transport', 'contract', 'values'],
	descriptions: ['descriptions'],
	methods: ['methods', 'school', 'transport', 'values'],
	webhook: ['webhook', 'descriptions', 'values'],
	polling: ['polling', 'actions', 'descriptions', 'access', 'school', 'transport', 'values'],
	access: ['access', 'school', 'transport', 'values'],
	school: ['school', 'transport', 'values'],
	contract: ['contract'],
	transport: ['transport', 'contract', 'values'],
	values: ['values'],
};

/** Layers that may use n8n-workflow at run time: to build n8n's errors, to wait, for a connection type. */
const USE_N8N = new Set(['node', 'executor', 'transport', 'webhook', 'polling']);

/** Packages that the built node may require. Both are there in every n8n. */
const PACKAGES = new Set(['n8n-workflow', 'node:crypto']);

const sources = [...filesUnder('nodes', '.ts'), ...filesUnder('credentials', '.ts')];
const edges = sources.flatMap(edgesOf);
const inside = edges.filter(({ to }) => to.startsWith('nodes/') || to.startsWith('credentials/') || to.startsWith('test/'));
const outside = edges.filter((edge) => !inside.includes(edge));

describe('who imports whom', () => {
	test('every source file is in a known layer', () => {
		expect(sources.filter((path) => MAY_IMPORT[layerOf(path)] === undefined)).toEqual([]);
		expect(edges.length).toBeGreaterThan(100);
	});

	test('imports go in the allowed directions only', () => {
		expect(inside.filter((edge) => !isAllowed(edge)).map(show)).toEqual([]);
	});

	test('an operation imports files of its own folder or shared ones, never of another resource', () => {
		const folder = (path: string) => posix.dirname(path);
		const strays = inside.filter(({ from, to }) => layerOf(from) === 'operation' && layerOf(to) === 'actions' && folder(to) !== 'nodes/Memberspot/actions' && folder(to) !== folder(from));
		expect(strays.map(show)).toEqual([]);
	});

	test('no file needs itself at run time by way of others', () => {
		expect(circles(inside.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
	});

	test('the only packages are n8n-workflow and node:crypto', () => {
		expect(outside.filter(({ to }) => !PACKAGES.has(to)).map(show)).toEqual([]);
	});

	test('n8n-workflow is used at run time where the edges to n8n are, elsewhere for types only', () => {
		expect(outside.filter(({ from, to, typeOnly }) => to === 'n8n-workflow' && !typeOnly && !USE_N8N.has(layerOf(from))).map(show)).toEqual([]);
	});

	test('the stand-in imports nothing of the package, so that the two can not share a mistake', () => {
		const strays = filesUnder('test/stand-in', '.ts').filter((path) => !path.endsWith('.test.ts')).flatMap(edgesOf).filter(({ to }) => /^(nodes|credentials|dist)\//.test(to));
		expect(strays.map(show)).toEqual([]);
	});

	test('the check sees a forbidden import and a circle that are planted', () => {
		const planted: Edge[] = [
			{ from: 'nodes/Memberspot/actions/user/get.operation.ts', to: 'nodes/Memberspot/actions/user/getAll.operation.ts', typeOnly: true },
			{ from: 'nodes/Memberspot/transport/client.ts', to: 'nodes/Memberspot/school/school.ts', typeOnly: true },
			{ from: 'nodes/Memberspot/values/id.ts', to: 'test/support/clock.ts', typeOnly: true },
		];
		expect(planted.filter(isAllowed)).toEqual([]);
		expect(circles([{ from: 'a', to: 'b', typeOnly: false }, { from: 'b', to: 'a', typeOnly: false }])).toHaveLength(1);
	});
});

function isAllowed({ from, to }: Edge): boolean {
	return MAY_IMPORT[layerOf(from)]?.includes(layerOf(to)) ?? false;
}

function layerOf(path: string): string {
	return LAYERS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'none';
}

function show({ from, to }: Edge): string {
	return `${from} (${layerOf(from)}) imports ${to} (${layerOf(to)})`;
}

function edgesOf(from: string): Edge[] {
	const file = ts.createSourceFile(from, read(from), ts.ScriptTarget.Latest, true);

	return file.statements.flatMap((statement): Edge[] => {
		if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
		const { moduleSpecifier } = statement;
		if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];

		return [{ from, to: resolve(from, moduleSpecifier.text), typeOnly: isTypeOnly(statement) }];
	});
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
	if (ts.isExportDeclaration(statement)) {
		return statement.isTypeOnly || (statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause) && statement.exportClause.elements.every((each) => each.isTypeOnly));
	}
	const clause = statement.importClause;
	if (clause === undefined) return false;
	if (clause.isTypeOnly) return true;

	return clause.name === undefined && clause.namedBindings !== undefined && ts.isNamedImports(clause.namedBindings) && clause.namedBindings.elements.every((each) => each.isTypeOnly);
}

/** A relative import as a path from the root; a package as its name. */
function resolve(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	const path = posix.join(posix.dirname(from), specifier);

	return [`${path}.ts`, `${path}/index.ts`].find(isThere) ?? path;
}

/** Each circle once, as the files along it. */
function circles(all: Edge[]): string[] {
	const next = new Map<string, string[]>();
	for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
	const done = new Set<string>();
	const found: string[] = [];
	const walk = (path: string, way: string[]) => {
		const start = way.indexOf(path);
		if (start >= 0) {
			found.push([...way.slice(start), path].join(' -> '));
			return;
		}
		if (done.has(path)) return;
		for (const each of next.get(path) ?? []) walk(each, [...way, path]);
		done.add(path);
	};
	for (const path of next.keys()) walk(path, []);

	return found;
}
