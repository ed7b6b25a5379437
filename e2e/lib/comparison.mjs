/** Writes docs/comparison.md from what a run has seen. */
import { markdownTable, shorten } from '../../demo/lib/table.mjs';

const SHOWN = 260;
const OWN = 'This package';
/** Times after this one come from the run itself, not from the school's history. */
const RECENT = new Date(Date.now() - 60 * 60_000);

/**
 * @param {Array<import('./peer-cases.mjs').PeerCase & { own: object, peer: object }>} results
 * @param {{ name: string, version: string, both: { own: string, peer: string } }} peer `both`: how a run
 *   ended with both packages in one n8n
 * @returns {string} Markdown
 */
export function comparisonPage(results, { name, version, both }) {
	const other = `${name} ${version}`;
	const done = results.filter(({ isTrouble }) => !isTrouble);
	const trouble = results.filter(({ isTrouble }) => isTrouble);

	return `<!-- Made by npm run e2e -- --only peer from what it saw. Do not edit. -->

# Beside the other public package

[All pages](README.md)

There is another n8n package for Memberspot, \`${name}\`. This page puts what it does in version ${version} beside what this package does: the same input, in n8n 2.41.1, against the same server, once for each operation that both have. The server is this repository's stand-in, not Memberspot: where Memberspot behaves otherwise, so may both packages. Operations and triggers that only one of the two has are not on this page.

“Linked” counts the output items for which a later node can tell the input item they came from.

## At a glance

${markdownTable(
	done.map((result) => ({
		Operation: result.title,
		'Tried on': result.about,
		[OWN]: figures(result.own),
		[other]: figures(result.peer),
	})),
	['Operation', 'Tried on', OWN, other],
)}

## When something is wrong

${trouble.map((result) => section(result, other)).join('\n\n')}

## Both in one n8n

Both packages call their credential type \`memberspotApi\`, and n8n keeps one of that name. With both in one n8n, a workflow that lists the offers came out like this:

${markdownTable([{ '': 'Result', [OWN]: clean(both.own), [other]: clean(both.peer) }], ['', OWN, other])}

## Outputs

${done.map((result) => section(result, other)).join('\n\n')}
`;
}

function figures({ status, rows, requests, linkedTo }) {
	return status === 'success'
		? `${count(rows.length, 'item')}${listWithin(rows)}, ${linkedTo.filter(Boolean).length} linked, ${count(requests.length, 'request')}`
		: `fails, ${count(requests.length, 'request')}`;
}

/** A single item may hold everything as one list. */
function listWithin(rows) {
	if (rows.length !== 1) return '';
	const found = [rows[0], rows[0]?.data].find(Array.isArray);

	return found === undefined ? '' : ` (a list of ${found.length})`;
}

function count(number, word) {
	return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function section({ title, about, own, peer }, other) {
	const line = (what, show) => ({ '': what, [OWN]: show(own), [other]: show(peer) });
	const lines = [
		line('Result', figures),
		...(own.error || peer.error ? [line('Error', ({ error }) => errorText(error))] : []),
		...(own.rows.length + peer.rows.length > 0
			? [line('First item', ({ rows }) => first(rows))]
			: []),
		...(own.rows.some(isFailed) || peer.rows.some(isFailed)
			? [line('Failed item', ({ rows }) => first(rows.filter(isFailed)))]
			: []),
		...(own.state === undefined ? [] : [line('Afterwards', ({ state }) => clean(state))]),
	];

	return `### ${title}\n\n${about[0].toUpperCase()}${about.slice(1)}.\n\n${markdownTable(lines, ['', OWN, other])}`;
}

function isFailed(row) {
	return typeof row === 'object' && row !== null && 'error' in row;
}

function errorText(error) {
	if (error === undefined) return 'none';
	const { message, description } = error;

	return clean(description ? `${message}: ${description}` : message);
}

function first(rows) {
	return rows.length === 0
		? 'none'
		: `\`${shorten(clean(JSON.stringify(rows[0], hideTokens)), SHOWN).replaceAll('`', "'")}\``;
}

/** Tokens sign their holder in, also at a stand-in: none stands in a file. */
function hideTokens(key, value) {
	return /token|link|url/i.test(key) && typeof value === 'string' ? '(hidden)' : value;
}

/** What changes with each run, and addresses of made-up people, are left out. */
function clean(text) {
	return text
		.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => (new Date(time) > RECENT ? '(time)' : time))
		.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'https://api.memberspot.de')
		.replace(/127\.0\.0\.1:\d+/g, 'api.memberspot.de')
		.replace(/[^\s"'<>:]+@(?!example\.com)[\p{L}\d.-]+/gu, 'someone@example.com');
}
