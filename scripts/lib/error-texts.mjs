import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './run.mjs';

/**
 * @typedef {object} Text
 * @property {string} text as a user reads it, with `…` for what differs from case to case
 * @property {string} step what to do, likewise; empty where the text says it itself
 * @property {string} file where it stands
 */

/** What stands for a value that is not known before the run. */
const GAP = '…';
/** What is said where a text has no next step of its own: see `unwrap` in actions/params.ts. */
const USUAL_STEP = { values: `Fill in ${GAP}, or check the expression behind it`, webhook: '', credential: '', hints: '' };
const READERS_TEXT = '`${label} ${reading.reason}`';

/**
 * Every text that the package gives when something is wrong, read from the sources, so that none can
 * be forgotten in the documentation.
 *
 * @returns {{ input: Text[], values: Text[], failures: Text[], credential: Text[], webhook: Text[], hints: Text[] }}
 *   wrong input as a whole message; what readers of values say of a field; failures of a request; the
 *   credential test; the webhook trigger; hints above the output
 * @throws {Error} where a message can not be told from the source: then the reader of this file has to learn it
 */
export function readErrorTexts() {
	const found = { input: [], values: [], failures: [], credential: [], webhook: [], hints: [] };
	for (const file of sources()) {
		const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ES2022, true);
		const visit = (node) => {
			const hit = textOf(node, file);
			if (hit !== undefined) {
				const [kind, message, step] = hit;
				const text = said(message);
				// A field's name and what a reader of values says about it: the readers' texts are a kind of their own.
				if (message.getText() === READERS_TEXT) return;
				if (/^[\s…]*$/.test(text)) throw new Error(`${file}: the text of ${message.getText()} can not be told`);
				found[kind].push({ text, step: step === undefined ? USUAL_STEP[kind] : said(step).replace(/\{\w+\}/g, GAP), file });
			}
			ts.forEachChild(node, visit);
		};
		visit(source);
	}

	return Object.fromEntries(Object.entries(found).map(([kind, texts]) => [kind, unique(texts)]));
}

function sources() {
	return ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true })
			.map((name) => `${folder}/${name}`)
			.filter((name) => name.endsWith('.ts'))
			.sort(),
	);
}

/** The kind of a text with its two parts, where a node of the source is one. */
function textOf(node, file) {
	if (ts.isNewExpression(node) && node.expression.getText() === 'InputError') return ['input', node.arguments[0], node.arguments[1]];
	if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'hint') return ['hints', node.arguments[0]];
	if (!ts.isObjectLiteralExpression(node)) return undefined;
	const part = (name) => node.properties.find((property) => ts.isPropertyAssignment(property) && property.name.getText() === name)?.initializer;
	// A reason without a blank is a word for the code, not for a reader.
	if (part('ok')?.kind === ts.SyntaxKind.FalseKeyword && part('reason') !== undefined && said(part('reason')).includes(' ')) return ['values', part('reason'), part('nextStep')];
	const message = part('message');
	if (message === undefined) return undefined;
	if (file.startsWith('credentials/')) return ['credential', message];
	if (file.endsWith('transport/errors.ts') && part('description') !== undefined && ts.isStringLiteral(message)) return ['failures', message, part('description')];
	if (file.includes('/webhook/') && !isAcknowledgement(message)) return ['webhook', message, part('description')];

	return undefined;
}

/** What an accepted call is answered. */
function isAcknowledgement(message) {
	return ts.isStringLiteral(message) && message.text === 'OK';
}

/** An expression as text. */
function said(node) {
	if (ts.isStringLiteralLike(node)) return node.text;
	if (ts.isParenthesizedExpression(node)) return said(node.expression);
	if (ts.isTemplateExpression(node)) return tidy(node.head.text + node.templateSpans.map((span) => said(span.expression) + span.literal.text).join(''));
	if (ts.isConditionalExpression(node)) return either(said(node.whenTrue), said(node.whenFalse));
	if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return tidy(said(node.left) + said(node.right));
	if (ts.isIdentifier(node)) {
		const initializer = declarationOf(node);

		return initializer === undefined ? GAP : said(initializer);
	}

	return GAP;
}

/** Two words as both of them; of a part that may be left out, what it says. */
function either(one, other) {
	if (one === '' || other === '') return GAP;

	return one === other ? one : `${one} / ${other}`;
}

function tidy(text) {
	return text.replace(/…(?:[\s,]*…)+/g, GAP);
}

/** What a constant of the same file begins with, where its name is declared once. */
function declarationOf(identifier) {
	const found = [];
	const visit = (node) => {
		if (ts.isVariableDeclaration(node) && node.name.getText() === identifier.text && node.initializer !== undefined) found.push(node.initializer);
		ts.forEachChild(node, visit);
	};
	visit(identifier.getSourceFile());

	return found.length === 1 ? found[0] : undefined;
}

function unique(texts) {
	const seen = new Map();
	for (const each of texts) {
		const key = each.text;
		const before = seen.get(key);
		if (before === undefined) seen.set(key, each);
		else if (each.step !== '' && !before.step.includes(each.step)) seen.set(key, { ...before, step: before.step === '' ? each.step : `${before.step}. Or: ${each.step}` });
	}

	return [...seen.values()].sort((a, b) => a.text.localeCompare(b.text, 'en'));
}
