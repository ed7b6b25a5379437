import { gradedFields, operationsOf } from './contract.mjs';
import { retryOf } from './endpoints.mjs';

/** The page docs/api.md: what is known of the API, and what is not. */
export function docsPage(contract) {
	const points = contract['x-unknowns'];
	const topics = [...new Set(points.map(({ topic }) => topic))];

	return `${[
		`# What is known of the Memberspot API, and what is not

[All pages](README.md)

${checked(contract)} It is put together from public material, and every
statement says how sure it is. Where sources disagree, or say nothing, the node takes every reading
that is listed under "Open points".

Whoever has a key can settle most of these points in ten minutes: see
[how to check the API](check-api.md).`,

		`## How sure a statement is

${table(
	['Grade', 'Meaning'],
	Object.entries(contract['x-certainty-grades']).map(([grade, meaning]) => [code(grade), meaning]),
)}`,

		`## Calls

All paths are relative to ${code(contract.servers[0].url)}. The key goes into the header
${code(contract.components.securitySchemes.apiKey.name)}.

${table(
	['Call', 'What it does', 'Path and input', 'Answer', 'Repeated by the node'],
	operationsOf(contract).map(({ method, path, operation }) => [
		`${code(`${method} ${path}`)}<br>${operation.operationId}`,
		operation.summary,
		`${operation['x-certainty']}<br>${operation['x-source']}`,
		`${operation['x-answer'].certainty}<br>${operation['x-answer'].source}`,
		retryWords(retryOf(operation)),
	]),
)}

What "repeated by the node" means. This is our own rule, not a fact about the API:

${Object.entries(contract['x-retry-classes'])
	.map(([name, meaning]) => `- ${code(name)}: ${meaning}`)
	.join('\n')}

${limits(contract)}`,

		`## Parameters and fields

${table(
	['Where', 'Meaning', 'How sure', 'Source', 'Open point'],
	gradedFields(contract).map(({ where, node }) => [
		where,
		node.description ?? '',
		node['x-certainty'],
		node['x-source'],
		node['x-unknown'] === undefined ? '' : `[${node['x-unknown']}](#${node['x-unknown']})`,
	]),
)}`,

		`## Open points

Each with the answers that are possible, what the node does about it, and how someone with a key could
settle it.`,

		...topics.map((topic) =>
			[`### ${topic}`, ...points.filter((point) => point.topic === topic).map(pointText)].join(
				'\n\n',
			),
		),

		`## Sources

${table(
	['Name', 'What', 'Kind'],
	contract['x-sources'].map(({ name, what, url, kind }) => [
		url === undefined ? name : `[${name}](${url})`,
		what,
		kind,
	]),
)}`,
	].join('\n\n')}\n`;
}

/** Whether anything was checked, in one sentence. */
function checked(contract) {
	return contract['x-unknowns'].some(({ settled }) => settled !== undefined)
		? 'What is graded `measured` was checked against the live API; nothing else was.'
		: 'Nothing here was checked against the live API.';
}

function pointText({ id, question, appliesTo, variants, handling, settledBy, settled = [] }) {
	return [
		`<a id="${id}"></a>\n\n#### ${question}`,
		`${code(id)}${appliesTo.length === 0 ? '' : `, concerns ${appliesTo.join(', ')}`}`,
		...(variants.length === 0
			? []
			: [variants.map(({ name, description }) => `- ${code(name)}: ${description}`).join('\n')]),
		`What the node does: ${handling}`,
		`To settle it: ${settledBy}`,
		...settled.map(settledText),
	].join('\n\n');
}

function settledText({ what, verdict, reading, from, day }) {
	const found = reading === undefined ? '' : `: ${code(reading)}`;

	return `Settled for ${code(what)} on ${day}, by ${from}${found}. The assumption was ${verdict === 'held' ? 'right' : 'wrong'}.`;
}

function limits(contract) {
	const limited = operationsOf(contract).filter(
		({ operation }) => operation['x-pace'].perSecond !== undefined,
	);

	return limited
		.map(({ operation }) => {
			const { perSecond, certainty, source } = operation['x-pace'];

			return `Limit of ${operation.operationId}: ${perSecond} requests a second (${certainty}: ${source}). No other limit is known.`;
		})
		.join('\n');
}

function retryWords({ default: usual, withoutActive }) {
	return withoutActive === undefined
		? code(usual)
		: `${code(usual)}; ${code(withoutActive)} without ${code('active')}`;
}

function table(head, rows) {
	const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;

	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text) {
	return String(text)
		.trim()
		.replace(/\s*\n\s*/g, ' ')
		.replaceAll('|', '\\|');
}

function code(text) {
	return `\`${text}\``;
}
