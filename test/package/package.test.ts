/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- packs and reads the package as npm and git do */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import buildStamp from '../../scripts/lib/build-stamp.cjs';

const ROOT = join(__dirname, '..', '..');

/** Everything that may be in the package. Compiled tests, sources, notes of a build: all refused. */
const ALLOWED = [
	/^package\.json$/,
	/^index\.js$/,
	/^(?:README(?:\.de)?|LICENSE)\.md$/,
	/^dist\/(?:nodes|credentials)\/(?:[\w.-]+\/)*[\w.-]+\.js$/,
	/^dist\/(?:nodes|credentials)\/(?:[\w-]+\/)*[\w.-]+\.svg$/,
	/^dist\/nodes\/[\w-]+\/[A-Z]\w+\.node\.json$/,
	/^dist\/nodes\/[\w-]+\/__schema__\/v\d+\.\d+\.\d+\/\w+\/\w+\.json$/,
];

/** Node loads this much once, at the start of n8n. The number is a guard against files that slip in. */
const MOST_BYTES = 700_000;

interface PackageFile {
	name: string;
	main: string;
	dependencies?: object;
	peerDependencies: object;
	n8n: { nodes: string[]; credentials: string[] };
}

let temporary: string;
let folder: string;
let files: string[];
let manifest: PackageFile;

beforeAll(() => {
	if (!buildStamp.distIsFresh()) throw new Error('dist is not built from the sources as they are: npm run build');
	temporary = mkdtempSync(join(tmpdir(), 'memberspot-package-'));
	execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', temporary], { cwd: ROOT, stdio: 'pipe' });
	const [archive] = readdirSync(temporary);
	execFileSync('tar', ['-xzf', archive], { cwd: temporary });
	folder = join(temporary, 'package');
	files = filesUnder(folder);
	manifest = JSON.parse(read('package.json'));
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe('the package', () => {
	it('B89: holds nothing but what n8n and its users need', () => {
		expect(files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
		expect(files).toEqual(expect.arrayContaining(['LICENSE.md', 'README.md', 'README.de.md', 'index.js', 'package.json']));
	});

	it('holds the compiled form of every source, and nothing else that is compiled', () => {
		const compiled = filesIn('nodes', 'credentials').filter((file) => file.endsWith('.ts')).map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);

		expect(files.filter((file) => file.startsWith('dist/') && file.endsWith('.js')).sort()).toEqual(compiled.sort());
	});

	it('B125: holds icons, codex files and output schemas byte by byte', () => {
		const assets = filesIn('nodes', 'credentials').filter((file) => !file.endsWith('.ts'));

		expect(assets.length).toBeGreaterThan(0);
		for (const file of assets) expect([file, readFileSync(join(folder, 'dist', file))]).toEqual([file, readFileSync(join(ROOT, file))]);
	});

	it('is small', () => {
		const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

		expect(bytes).toBeLessThan(MOST_BYTES);
	});

	it('B120: names only files that are in it', () => {
		for (const path of [manifest.main, ...manifest.n8n.nodes, ...manifest.n8n.credentials]) expect(files).toContain(path);
	});

	it('lists every node and credential of the sources', () => {
		const classes = (suffix: string) => filesIn('nodes', 'credentials').filter((file) => file.endsWith(suffix)).map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);

		expect([...manifest.n8n.nodes].sort()).toEqual(classes('.node.ts').sort());
		expect([...manifest.n8n.credentials].sort()).toEqual(classes('.credentials.ts').sort());
	});

	it('B119: asks for n8n-workflow and for nothing else', () => {
		expect(manifest.dependencies).toBeUndefined();
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it('B121: requires only its own files, n8n-workflow and node:crypto', () => {
		const strangers = files
			.filter((file) => file.endsWith('.js'))
			.flatMap((file) => requiredBy(read(file)).map((name) => ({ file, name })))
			.filter(({ file, name }) => !(name.startsWith('.') ? insideDist(file, name) : ['n8n-workflow', 'node:crypto'].includes(name)));

		expect(strangers).toEqual([]);
	});

	it('finds every form in which code can ask for a module', () => {
		const code = "require('a'); require(\"b\"); import('c'); require(`d`); require(name); import e from 'f'; module.require('g');";

		expect(requiredBy(code)).toEqual(['a', 'b', 'c', 'd', 'name', 'f', 'g']);
	});

	it('B88, B125: loads as n8n loads it', () => {
		// The package asks for n8n-workflow where it stands, as in n8n: beside the engine's copy.
		const load = createRequire(join(ROOT, 'package.json'));
		const make = <Class>(path: string): Class => {
			const loaded: Record<string, new () => Class> = load(join(ROOT, path));
			const [className] = path.slice(path.lastIndexOf('/') + 1).split('.');

			return new loaded[className]();
		};

		for (const path of manifest.n8n.nodes) {
			const { description } = make<INodeType>(path);
			const { icon } = description;

			expect(description.properties.length).toBeGreaterThan(0);
			for (const each of iconsOf(icon)) expect(files).toContain(join(dirname(path), each));
			expect(files).toContain(path.replace(/\.js$/, '.json'));
		}
		for (const path of manifest.n8n.credentials) {
			const { icon } = make<ICredentialType>(path);

			for (const each of iconsOf(icon)) expect(files).toContain(join(dirname(path), each));
		}
	});
});

// Two rounds of the linter over the package, on whatever machine this runs.
jest.setTimeout(180_000);

describe('the scan', () => {
	it('B128: passes the package', () => {
		expect(scan('--package', folder)).toMatchObject({ code: 0, output: expect.stringContaining('0 findings') });
	});

	it('reports a planted error, whatever a comment says', () => {
		const { code, output } = scan('--source', planted((source) => `${source}\n// eslint-disable-next-line\nsetTimeout(() => undefined, 1);\n`));

		expect(code).toBe(1);
		expect(output).toContain('no-restricted-globals');
		expect(output).toMatch(/\b1 findings/);
	});

	it('reports a planted warning, which the scanner itself lets pass', () => {
		const { code, output } = scan('--source', planted((source) => source.replace(/icon: \{.*\}/, "icon: 'file:memberspot.svg'")));

		expect(code).toBe(1);
		expect(output).toContain('icon-prefer-themed-variants');
		expect(output).toMatch(/\b1 findings/);
	});

	it('does not take a folder with nothing in it for a clean one', () => {
		const empty = mkdtempSync(join(temporary, 'empty-'));

		expect(scan('--source', empty)).toMatchObject({ code: 1, output: expect.stringContaining('nothing to scan') });
	});
});

describe('the repository', () => {
	const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

	it('switches no lint rule off in what is published', () => {
		const published = tracked.filter((file) => /^(?:nodes|credentials)\//.test(file));

		expect(published.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('eslint-disable'))).toEqual([]);
	});

	it('names no machine and no registry', () => {
		// Put together here, so that this file does not name them itself. n8n's own image has a home folder.
		const places = new RegExp(['/wo(?:)rk/', '/ho(?:)me/(?!node\\b)', '/ro(?:)ot/', '/Us(?:)ers/', 'registry\\.(?:npm|yarn)', 'arti(?:)factory', '"resol(?:)ved": "http'].join('|'));
		const found = tracked.flatMap((file) => {
			const place = places.exec(readFileSync(join(ROOT, file), 'utf8'));

			return place === null ? [] : [`${file}: ${place[0]}`];
		});

		expect(found).toEqual([]);
	});
});

/** The main class of the package and what it stands on, with one thing changed in it. */
function planted(change: (source: string) => string): string {
	const target = mkdtempSync(join(temporary, 'planted-'));
	for (const path of ['package.json', 'credentials', 'nodes/Memberspot/memberspot.svg', 'nodes/Memberspot/memberspot.dark.svg']) {
		cpSync(join(ROOT, path), join(target, path), { recursive: true });
	}
	const node = 'nodes/Memberspot/Memberspot.node.ts';
	writeFileSync(join(target, node), change(readFileSync(join(ROOT, node), 'utf8')));

	return target;
}

function scan(...args: string[]): { code: number | null; output: string } {
	const { status, stdout, stderr } = spawnSync('node', [join(ROOT, 'scripts', 'scan.mjs'), ...args], { encoding: 'utf8' });

	return { code: status, output: `${stdout}${stderr}` };
}

/** The names in every require(…), import(…) and import … from. What is not a literal is given as it stands. */
function requiredBy(code: string): string[] {
	return [...code.matchAll(/\b(?:require|import)\s*\(\s*([^)]*?)\s*\)|\bimport\b[^;'"]*(['"][^'"]+['"])/g)].map(([, called, imported]) => (called ?? imported).replace(/^['"`]|['"`]$/g, ''));
}

function insideDist(file: string, name: string): boolean {
	return join(dirname(file), name).startsWith('dist/');
}

function iconsOf(icon: INodeType['description']['icon']): string[] {
	const icons = typeof icon === 'object' ? [icon.light, icon.dark] : [icon ?? ''];

	return icons.map((each) => each.replace(/^file:/, ''));
}

function read(file: string): string {
	return readFileSync(join(folder, file), 'utf8');
}

function filesIn(...folders: string[]): string[] {
	return folders.flatMap((each) => filesUnder(join(ROOT, each)).map((file) => `${each}/${file}`));
}

function filesUnder(path: string): string[] {
	return readdirSync(path, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(path, join(entry.parentPath, entry.name)))
		.sort();
}
