/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions -- a tool of the repository, not a part of the package */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml';
import { CONTRACT } from './contract';
import type { Finding } from './findings';
import { PROBES } from './probes';

/** The grade for what the live API showed. */
const GRADE = 'measured';
/** Name of this tool among the sources of the contract. */
const SOURCE = 'check-api';

interface Edit {
	from: number;
	to: number;
	text: string;
}

/**
 * The contract with what was found out: grades of what held, and a note at every open point that is
 * settled. Everything else stays as it is, to the letter. Pure.
 *
 * @param day like 2026-01-31
 */
export function regrade(text: string, findings: readonly Finding[], day: string): string {
	const document = parseDocument(text);
	const edits: Edit[] = [];
	const held = new Set(
		findings
			.filter(({ verdict, from }) => verdict === 'held' && from === 'calls')
			.map(({ id }) => id),
	);
	for (const { id, grades = [] } of PROBES)
		if (held.has(id)) for (const path of grades) edits.push(...raise(document, path));
	for (const operation of operationsOf(document)) {
		const id = String(operation.get('operationId'));
		const called = findings.some((finding) => finding.id === `answer/${id}`);
		if (called) edits.push(...raiseMap(operation, 'x-certainty', 'x-source'));
		const answer = operation.get('x-answer');
		if (held.has(`answer/${id}`) && isMap(answer))
			edits.push(...raiseMap(answer, 'certainty', 'source'));
	}
	edits.push(...settle(document, findings, day));

	return edits
		.sort((one, other) => other.from - one.from)
		.reduce(
			(changed, { from, to, text: put }) => changed.slice(0, from) + put + changed.slice(to),
			text,
		);
}

/**
 * A unified diff that `git apply` takes, made by git; empty when nothing changed, undefined where git
 * is not there.
 */
export function diffOf(before: string, after: string): string | undefined {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-'));
	try {
		for (const [side, text] of [
			['a', before],
			['b', after],
		]) {
			const file = join(folder, side, CONTRACT);
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, text);
		}
		const { status, stdout } = spawnSync(
			'git',
			[
				'diff',
				'--no-index',
				'--no-prefix',
				'--no-color',
				'--no-ext-diff',
				`a/${CONTRACT}`,
				`b/${CONTRACT}`,
			],
			{ cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
		);
		// 1 says that there are differences.
		return status === 0 || status === 1 ? stdout : undefined;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function raise(document: Document, path: readonly string[]): Edit[] {
	const node = document.getIn(path);
	if (!isMap(node)) throw new Error(`the contract has nothing at ${path.join(' > ')}`);

	return raiseMap(node, 'x-certainty', 'x-source');
}

function raiseMap(map: YAMLMap, gradeKey: string, sourceKey: string): Edit[] {
	if (map.get(gradeKey) === GRADE) return [];
	const source = String(map.get(sourceKey));

	return [
		replace(map, gradeKey, GRADE),
		replace(map, sourceKey, quoted(source.includes(SOURCE) ? source : `${source}; ${SOURCE}`)),
	];
}

function replace(map: YAMLMap, key: string, text: string): Edit {
	const node = map.get(key, true);
	if (!isScalar(node) || !node.range) throw new Error(`the contract has no plain value for ${key}`);

	return { from: node.range[0], to: node.range[1], text };
}

/** Notes at the open points what they turned out to be. */
function settle(document: Document, findings: readonly Finding[], day: string): Edit[] {
	const points = document.get('x-unknowns');
	if (!isSeq(points)) throw new Error('the contract has no open points');

	return points.items.filter(isMap).flatMap((point) => {
		const settled = findings.filter(
			(finding) => finding.point === point.get('id') && finding.verdict !== 'open',
		);
		if (settled.length === 0) return [];
		const rows = settled.map(({ id, verdict, reading, from }) => {
			const facts = [`what: ${quoted(id)}`, `verdict: ${verdict}`];
			if (reading !== undefined) facts.push(`reading: ${quoted(reading)}`);
			facts.push(`from: ${quoted(from)}`, `day: ${quoted(day)}`);

			return `      - { ${facts.join(', ')} }`;
		});
		const note = `settled:\n${rows.join('\n')}`;
		const old = point.items.find(({ key }) => isScalar(key) && key.value === 'settled');
		if (old !== undefined && isScalar(old.key) && old.key.range && isSeq(old.value)) {
			const last = old.value.items.at(-1);
			const end = isMap(last) ? last.range?.[1] : undefined;
			if (end !== undefined) return [{ from: old.key.range[0], to: end, text: note }];
		}
		const last = point.items.at(-1)?.value;
		if (!isScalar(last) || !last.range) throw new Error('an open point does not end with a text');

		return [{ from: last.range[1], to: last.range[1], text: `\n    ${note}` }];
	});
}

function operationsOf(document: Document): YAMLMap[] {
	const paths = document.get('paths');
	if (!isMap(paths)) throw new Error('the contract has no paths');

	return paths.items
		.map(({ value }) => value)
		.filter(isMap)
		.flatMap((item) => item.items.map(({ value }) => value))
		.filter(isMap);
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
