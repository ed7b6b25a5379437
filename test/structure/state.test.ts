import ts from 'typescript';
import { filesUnder, read } from './node';

/**
 * What a process keeps from run to run outside of n8n's own store. In queue mode every worker has its
 * own, so each has to be harmless there, and docs/queue-mode.md has to say what follows.
 */
const ALLOWED: ReadonlyArray<{ name: string; file: string; said: string; why: string }> = [
	{ name: 'processPaces', file: 'nodes/Memberspot/transport/n8n.ts', said: 'Pace of requests', why: 'the pace of a key: each process keeps to it, all together may be faster' },
	{ name: 'processDeliveries', file: 'nodes/Memberspot/webhook/handle.ts', said: '**Ignore Duplicate Deliveries** of the webhook trigger', why: 'equal deliveries: one that reaches another process is not noticed' },
	{ name: 'processMemory', file: 'nodes/Memberspot/polling/poll.ts', said: 'Memory of the polling trigger', why: 'polls that overlap: only the main process polls; what counts is in n8n\'s database' },
];

/** Methods that change a collection. */
const CHANGING = new Set(['add', 'clear', 'copyWithin', 'delete', 'fill', 'pop', 'push', 'reverse', 'set', 'shift', 'sort', 'splice', 'unshift']);
/** Built-in classes whose instances are values unless something changes them. */
const COLLECTIONS = new Set(['Map', 'Set', 'RegExp', 'Date']);

const sources = [...filesUnder('nodes', '.ts'), ...filesUnder('credentials', '.ts')];

describe('B126: state of a process', () => {
	test('is only what is named here, with its reason', () => {
		const found = sources.flatMap((file) => stateIn(read(file)).map((name) => ({ name, file })));
		expect(found.sort(byName)).toEqual(ALLOWED.map(({ name, file }) => ({ name, file })).sort(byName));
	});

	test.each(ALLOWED)('$name is told in the pages about queue mode', ({ said }) => {
		expect(read('docs/queue-mode.md')).toContain(`| ${said} |`);
		expect(read('README.md')).toContain('](docs/queue-mode.md)');
	});

	test.each([
		['let count = 0;', ['count']],
		['const seen = new WeakMap();', ['seen']],
		['const seen = new Map(); function note(key) { seen.set(key, 1); }', ['seen']],
		['const rows = []; export const add = (row) => rows.push(row);', ['rows']],
		['const known = {}; function learn(key) { known[key] = true; }', ['known']],
		['const last = { at: 0 }; function learn() { last.at = 5; last.at++; }', ['last']],
		['class Cache {} export const cache = new Cache();', ['cache']],
		['class Cache { static size = 0; static readonly most = 5; }', ['Cache.size']],
		["const WORDS = new Set(['a']); function f() { const rows = []; rows.push(1); let n = 0; n++; return WORDS.has('a'); }", []],
	])('the check reads %s', (text, expected) => {
		expect(stateIn(text)).toEqual(expected);
	});
});

function byName(one: { name: string }, other: { name: string }): number {
	return one.name.localeCompare(other.name);
}

/** Names at the top of a file, and static properties, that can hold something from one run to the next. */
function stateIn(text: string): string[] {
	const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
	const changed = changedNames(file);

	return file.statements.flatMap((statement): string[] => {
		if (ts.isClassDeclaration(statement)) return staticsOf(statement);
		if (!ts.isVariableStatement(statement)) return [];
		const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;

		return statement.declarationList.declarations.filter(({ name, initializer }) => !isConst || isInstance(initializer) || changed.has(name.getText())).map(({ name }) => name.getText());
	});
}

function staticsOf(declaration: ts.ClassDeclaration): string[] {
	const has = (member: ts.PropertyDeclaration, kind: ts.SyntaxKind) => member.modifiers?.some((modifier) => modifier.kind === kind) === true;

	return declaration.members
		.filter(ts.isPropertyDeclaration)
		.filter((member) => has(member, ts.SyntaxKind.StaticKeyword) && !has(member, ts.SyntaxKind.ReadonlyKeyword))
		.map((member) => `${declaration.name?.text ?? ''}.${member.name.getText()}`);
}

/** An object of a class whose methods may change it. */
function isInstance(initializer: ts.Expression | undefined): boolean {
	return initializer !== undefined && ts.isNewExpression(initializer) && !COLLECTIONS.has(initializer.expression.getText());
}

/** Names through which something is changed anywhere in a file. */
function changedNames(file: ts.SourceFile): Set<string> {
	const names = new Set<string>();
	const note = (target: ts.Expression) => {
		if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) names.add(target.expression.getText());
	};
	const visit = (node: ts.Node) => {
		if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && CHANGING.has(node.expression.name.text)) note(node.expression);
		if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) note(node.left);
		if (ts.isPostfixUnaryExpression(node) || (ts.isPrefixUnaryExpression(node) && (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken))) note(node.operand);
		if (ts.isDeleteExpression(node)) note(node.expression);
		ts.forEachChild(node, visit);
	};
	visit(file);

	return names;
}
