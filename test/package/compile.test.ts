/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals -- compiles and builds a copy of the package */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/**
 * Where the sources use what the types of n8n 2.8 do not have yet, and why that does no harm there.
 * The same three, and no others, are missing in the types of n8n 1.88.
 */
const NEWER_THAN_2_8: ReadonlyArray<{ at: string; says: string; why: string }> = [
	{ at: 'nodes/Memberspot/Memberspot.node.ts', says: "'sensitiveOutputFields' does not exist", why: 'an entry of the description that older lines do not read' },
	{ at: 'nodes/Memberspot/polling/poll.ts', says: "'getPollBudgetMs' does not exist", why: 'called with ?.(), and a usual value stands in for it' },
	{ at: 'nodes/Memberspot/transport/clock.ts', says: 'Expected 1 arguments, but got 2', why: 'the older sleep ignores the signal; a listener of its own ends the wait' },
];

describe('B123: the sources compile', () => {
	// Against that of n8n 2.41, which is the installed one, npm test compiles them before any test.
	test('against the n8n-workflow of n8n 2.8, but for what is known to be newer and used so that its absence does no harm', () => {
		const errors = errorsAgainstOldest();
		const isKnown = ({ at, says }: CompilerError) => NEWER_THAN_2_8.some((known) => known.at === at && says.includes(known.says));
		expect(errors.filter((error) => !isKnown(error))).toEqual([]);
		expect(errors).toHaveLength(NEWER_THAN_2_8.length);
	}, 120_000);
});

describe('B129: a type error', () => {
	let copy: string;
	beforeAll(() => {
		copy = mkdtempSync(join(tmpdir(), 'memberspot-compile-'));
		for (const part of ['package.json', '.npmrc', 'tsconfig.json', 'gulpfile.js', 'index.js', 'scripts', 'nodes', 'credentials']) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
		symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
		appendFileSync(join(copy, 'nodes/Memberspot/values/text.ts'), "\nexport const planted: number = 'not a number';\n");
	});
	afterAll(() => rmSync(copy, { recursive: true, force: true }));

	const inCopy = (command: string, ...more: string[]) => spawnSync(command, more, { cwd: copy, encoding: 'utf8', timeout: 110_000 });

	test('makes the build fail', () => {
		const { status, stdout } = inCopy('npm', 'run', '--silent', 'build');
		expect(stdout).toContain("Type 'string' is not assignable to type 'number'");
		expect(status).not.toBe(0);
	}, 120_000);

	test('makes npm test fail, before any test is run', () => {
		const { status, stdout } = inCopy('npm', 'test', '--silent');
		expect(stdout).toContain("Type 'string' is not assignable to type 'number'");
		expect(stdout).toMatch(/0 passed, 1 failed\s*$/);
		expect(status).not.toBe(0);
	}, 120_000);
});

interface CompilerError {
	at: string;
	says: string;
}

/** What the compiler says of the sources, with the n8n-workflow of the oldest engine in the place of the installed one. */
function errorsAgainstOldest(): CompilerError[] {
	const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
	const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
	const program = ts.createProgram(fileNames, { ...options, noEmit: true, paths: { 'n8n-workflow': [join(ROOT, 'test/engines/2.8/node_modules/n8n-workflow')] } });

	return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
		at: file === undefined ? '' : relative(ROOT, file.fileName).replace(/\\/g, '/'),
		says: ts.flattenDiagnosticMessageText(messageText, ' '),
	}));
}
