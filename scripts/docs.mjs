import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readErrorTexts } from './lib/error-texts.mjs';
import { ROOT, run } from './lib/run.mjs';
import { loadTypeScript } from './lib/load-typescript.mjs';

/**
 * Writes what is derived from the node's own description: docs/operations.md, the table of operations
 * in README.md, the table of tools in docs/ai.md, the table of texts in docs/troubleshooting.md, and the
 * list of values that stand in saved workflows (only new ones are added).
 *
 *     npm run docs               writes
 *     npm run docs -- --check    names what is stale, and exits with 1
 *     npm run docs -- --record   runs the examples of the operations in n8n's engine first, and keeps
 *                                what came out; needs the engines (npm run engines)
 */

const require = createRequire(import.meta.url);
loadTypeScript();
const { resources } = require(join(ROOT, 'nodes/Memberspot/actions/registry.ts'));
const { auditOptions, dryRunOption, runOptions } = require(join(ROOT, 'nodes/Memberspot/descriptions/index.ts'));
const { endpoints } = require(join(ROOT, 'nodes/Memberspot/transport/index.ts'));
const { ALLOWED_ACTIONS_LABELS } = require(join(ROOT, 'nodes/Memberspot/transport/credential.ts'));
const { currentValues } = require(join(ROOT, 'test/structure/values.ts'));
const { readSchema } = require(join(ROOT, 'test/support/schema.ts'));

const RECORDINGS = 'test/docs/recordings.json';
if (process.argv.includes('--record')) {
	const code = await run('jest', ['test/docs/examples.test.ts'], { env: { RECORD_EXAMPLES: '1' } });
	if (code !== 0) process.exit(code);
}
/** What a test saw of each operation, and compares with a new run. */
const recordings = JSON.parse(readOrEmpty(RECORDINGS));

const byName = (a, b) => a.name.localeCompare(b.name);
const sortedResources = [...resources].sort(byName).map((resource) => ({ ...resource, operations: [...resource.operations].sort(byName) }));

function readOrEmpty(path) {
	try {
		return readFileSync(join(ROOT, path), 'utf8');
	} catch {
		return '';
	}
}

/** Puts a generated part between its two markers. */
function between(path, text, name, part) {
	const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`${path} has no markers ${begin} and ${end}`);

	return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`;
}

/** Values are added and never taken away: saved workflows hold them. */
function valuesList(before) {
	const kept = before === '' ? [] : JSON.parse(before);

	return `${JSON.stringify([...new Set([...kept, ...currentValues()])].sort(), null, '\t')}\n`;
}

function operationsTable() {
	const rows = sortedResources.flatMap((resource) =>
		resource.operations.map((operation) => [resource.name, `[${operation.name}](docs/operations.md#${anchor(titleOf(resource, operation))})`, operation.description, rightsOf(operation)]),
	);

	return table(['Resource', 'Operation', 'What it does', 'Allowed Actions needed'], rows);
}

/** What an AI model gets to read of each operation, and what it can be left to fill in. */
function toolsTable() {
	const rows = sortedResources.flatMap((resource) =>
		resource.operations.map((operation) => [
			`[${titleOf(resource, operation)}](operations.md#${anchor(titleOf(resource, operation))})`,
			`${operation.action} in Memberspot`,
			approvalOf(operation),
			operation.fields.flatMap((field) => modelFields(field)).join(', '),
		]),
	);

	return table(['Operation', 'Description the model gets', 'Approval', 'Fields that can be left to the model'], rows);
}

/** How much a person should look at a call, by the right it needs. */
const APPROVAL = { read: 'no', grant: 'worth it', write: 'yes', full: 'yes', loginLink: 'yes' };

function approvalOf(operation) {
	const { access } = whole(operation);
	const [usual, ...others] = SAMPLES.map(({ input, says }) => ({ word: APPROVAL[access(input)], says }));
	const more = others.find(({ word }) => word !== usual.word);

	return more === undefined ? usual.word : `${usual.word}, ${more.says} ${more.word}`;
}

/** Fields that take an expression and no drop-down: n8n leaves no others to a model. */
function modelFields(field, prefix = '') {
	if (['notice', 'options', 'multiOptions'].includes(field.type) || field.noDataExpression === true || field.displayOptions?.show?.['@tool']?.[0] === false) return [];
	if (field.type === 'collection') return field.options.flatMap((each) => modelFields(each, `${field.displayName} → `));
	if (field.type === 'fixedCollection') return field.options.flatMap(({ values }) => values.flatMap((each) => modelFields({ ...each, required: false }, `${field.displayName} → `)));
	const name = `${prefix}${field.displayName}`;

	return [field.required ? `**${name}**` : name];
}

function operationsPage() {
	return [
		'<!-- Made by scripts/docs.mjs from the node itself. Change the texts there, then run: npm run docs -->',
		'# Operations of the Memberspot node',
		'[All pages](README.md)',
		'What each operation needs, what it can be told, what it puts out, and an example. How to install the node and how to begin stands in the [README](../README.md). What is known of the API behind it stands in [api.md](api.md).',
		'“Allowed Actions” is the setting in the credential: each level includes the ones before it. Login links need a setting of their own.',
		sortedResources.map((resource) => `- [${resource.name}](#${anchor(resource.name)}): ${resource.operations.map((operation) => `[${operation.name}](#${anchor(titleOf(resource, operation))})`).join(', ')}`).join('\n'),
		'The examples are from real runs in n8n’s engine (2.41), against the stand-in of this repository, which plays Memberspot: its users, IDs and names are made up, and a test repeats every run. Fields that an example does not name have their defaults. Long tokens are cut.',
		'## Options of every operation',
		'They stand under Options in the node, and hold for the whole run.',
		fieldsTable(runOptions),
		'## Options of every writing operation',
		'An operation that takes something away for good always makes the audit record, so it has no switch for it.',
		fieldsTable([dryRunOption, ...auditOptions(false)]),
		'These options add fields to the output:',
		outputTable(COMMON_OUTPUT.map((name) => [name, readSchema('offer', 'grant').properties[name]]), () => false),
		'## Failed items',
		'With On Error set to continue, a failed item comes out as `{ "error": …, "message": { … } }`. `message.description` says what to do, `message.reason` is a word to branch on, and for writes `message.outcome` is `notDone` or `unknown`.',
		...sortedResources.flatMap((resource) => [`## ${resource.name}`, `${resource.description}.`.replace('..', '.'), ...resource.operations.flatMap((operation) => operationSection(resource, operation))]),
		'',
	].join('\n\n');
}

function operationSection(resource, operation) {
	const { anyOf = [], required = [], ...schema } = readSchema(resource.value, operation.value);
	const fields = operation.fields.filter(({ type }) => type !== 'notice');
	const notices = operation.fields.filter(({ type }) => type === 'notice').map(({ displayName }) => `> ${displayName}`);
	const forms = anyOf.map((form) => form.required ?? []).filter((names) => !names.includes('dryRun'));
	const always = (name) => required.includes(name) || (forms.length > 0 && forms.every((names) => names.includes(name)));
	const calls = operation.endpoints.map((id) => `\`${endpoints[id].method} ${endpoints[id].path}\``).join(', ');
	const { guard } = whole(operation);

	return [
		`### ${titleOf(resource, operation)}`,
		`${operation.description}${/[.!?]$/.test(operation.description) ? '' : '.'}`,
		...notices,
		[
			`- Allowed Actions needed: ${rightsOf(operation)}`,
			...(guard === undefined ? [] : [`- Takes something away. Without another setting, a run that would ${guard.verb} more than ${guard.defaultLimit} users sends nothing`]),
			`- Requests it may send: ${calls}`,
		].join('\n'),
		...(fields.length === 0 ? [] : [fieldsTable(fields)]),
		...(operation.options?.length ? ['Options of its own:', fieldsTable([...operation.options].sort((a, b) => a.displayName.localeCompare(b.displayName)))] : []),
		schema.additionalProperties ? 'Output, beside whatever else Memberspot sends:' : 'Output:',
		outputTable(
			Object.entries(schema.properties).filter(([name]) => !COMMON_OUTPUT.includes(name)),
			always,
		),
		...exampleOf(resource, operation),
	];
}

/** Rows of an output that are shown in full; of more, the first ones and the last. */
const SHOWN_ROWS = 3;

/** A run of the operation: what came in, what stood in the fields, what was sent, what came out. */
function exampleOf(resource, operation) {
	const { items, parameters, requests, output } = recordings.find(({ name }) => name === `${resource.value}.${operation.value}`);
	const rows = output.length > SHOWN_ROWS + 1 ? [...output.slice(0, SHOWN_ROWS), output.at(-1)] : output;
	const said = rows.length < output.length ? `Output, ${output.length} items, of which the first ${SHOWN_ROWS} and the last are shown:` : `Output, ${output.length === 1 ? 'one item' : `${output.length} items`}:`;
	const input = items.some((item) => Object.keys(item).length > 0);

	return [
		`**Example**${pictureOf(resource, operation)}`,
		input ? `Input, ${items.length === 1 ? 'one item' : `${items.length} items`}:` : 'The input is one empty item.',
		...(input ? [json(items)] : []),
		'What is set in the node:',
		table(['Field', 'Value'], Object.entries(parameters).flatMap(([name, value]) => settingRows(fieldNamed(operation, name), value))),
		`Sent: ${inGroups(requests).join(', ')}`,
		said,
		json(rows),
	];
}

/** Every text of the node, by what goes wrong. */
function textsPart() {
	const { failures, input, values, credential, webhook, hints } = readErrorTexts();
	const withStep = (texts) => table(['Text', 'What to do'], texts.map(({ text, step }) => [text, step]));
	const alone = (texts) => table(['Text'], texts.map(({ text }) => [text]));

	return [
		'## Memberspot does not do what was asked',
		withStep(failures),
		'## Something in the node or its input is not right',
		'Nothing is changed in Memberspot for such an item. Most are found before anything is sent, some only by reading.',
		withStep(input.filter(({ text }) => !failures.some((failure) => failure.text === text))),
		'These begin with the name of the field, for example “E-Mail is empty”:',
		withStep(values.map(({ text, step }) => ({ text: `… ${text}`, step }))),
		'## The credential test',
		alone(credential),
		'## The webhook trigger',
		withStep(webhook.map(({ text, step }) => ({ text, step: step || 'This is what the caller is answered. See [what a call is answered](triggers.md#what-a-call-is-answered).' }))),
		'## Hints above the output',
		'They are no errors.',
		alone(hints),
	].join('\n\n');
}

/** A link to the picture of the operation's fields, where the browser scenario has taken one. */
function pictureOf(resource, operation) {
	const name = `operation-${resource.value}-${operation.value}.png`.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

	return existsSync(join(ROOT, 'docs/images', name)) ? ` ([the fields in the editor](images/${name}))` : '';
}

function json(value) {
	return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** Requests in a row to the same place as one, with their number. */
function inGroups(requests) {
	const groups = [];
	for (const text of requests) {
		const last = groups.at(-1);
		if (last?.text === text) last.count++;
		else groups.push({ text, count: 1 });
	}

	return groups.map(({ text, count }) => `\`${text}\`${count === 1 ? '' : ` (${count} times)`}`);
}

function fieldNamed(operation, name) {
	if (name === 'options') return { displayName: 'Options', type: 'collection', options: [...runOptions, ...(operation.options ?? [])] };
	const field = operation.fields.find((each) => each.name === name);
	if (field === undefined) throw new Error(`The example of ${operation.name} sets ${name}, which is no field of it`);

	return field;
}

/** Fields with their values as a user sees them. */
function settingRows(field, value, prefix = '') {
	const label = `${prefix}${field.displayName}`;
	if (field.type === 'collection') return Object.entries(value).flatMap(([name, each]) => settingRows(field.options.find((option) => option.name === name), each, `${label} → `));
	if (field.type === 'fixedCollection') return value.values.flatMap((entry) => Object.entries(entry).flatMap(([name, each]) => settingRows(field.options[0].values.find((option) => option.name === name), each, `${label} → `)));
	if (field.type === 'resourceMapper') return Object.entries(value.value).map(([id, each]) => [`${label} → \`${id}\``, shown(each)]);
	if (field.type === 'boolean') return [[label, value ? 'on' : 'off']];
	if (field.type === 'options') return [[label, field.options.find((option) => option.value === value).name]];
	if (field.type === 'resourceLocator') return [[label, `${field.modes.find(({ name }) => name === value.mode).displayName}: ${shown(value.value)}`]];

	return [[label, shown(value)]];
}

function shown(value) {
	return `\`${String(value).replace(/^=/, '')}\``;
}

function outputTable(fields, isAlways) {
	return table(
		['Output', 'Type', 'Meaning', 'Always there'],
		fields.map(([name, field]) => [`\`${name}\``, typeWord(field), meaningOf(name, field), isAlways(name) ? 'yes' : '']),
	);
}

/** The description, with the possible words where it does not tell them itself. */
function meaningOf(name, { description, enum: words = [] }) {
	return words.length === 0 || name === 'outcome' ? description : `${description}<br>One of: ${words.map((word) => `\`${word}\``).join(', ')}`;
}

/** Output that every writing operation can have, told once. */
const COMMON_OUTPUT = ['wouldSend', 'dryRun', 'audit'];

function titleOf(resource, operation) {
	return `${resource.name}: ${operation.name}`;
}

/** The operation with the parts that only the executor sees: it hands them over when it is bound. */
function whole(operation) {
	let seen;
	const take = async (each) => {
		seen = each;
		return [];
	};
	operation.bind({ items: take, bulk: take });

	return seen;
}

/** Items that need different rights, where an operation's right depends on its item. */
const SAMPLES = [
	{ says: '', input: { active: true, settings: { unlisted: 'deactivate' } } },
	{ says: 'to deactivate', input: { active: false, settings: { unlisted: 'deactivate' } } },
	{ says: 'to remove', input: { active: true, settings: { unlisted: 'remove' } } },
];
const LABELS = { read: ALLOWED_ACTIONS_LABELS.readOnly, grant: ALLOWED_ACTIONS_LABELS.readAndGrant, write: ALLOWED_ACTIONS_LABELS.readAndWrite, full: ALLOWED_ACTIONS_LABELS.fullAccess, loginLink: 'Allow Login Links' };

function rightsOf(operation) {
	const { access } = whole(operation);
	const [usual, ...others] = SAMPLES.map(({ input, says }) => ({ right: LABELS[access(input)], says }));
	const more = others.filter(({ right }) => right !== usual.right).map(({ right, says }) => `, ${says} ${right}`);

	return `${usual.right}${more.join('')}`;
}

function fieldsTable(fields) {
	return table(['Field', 'What it is for', 'Default'], fields.flatMap((field) => fieldRows(field, '')));
}

function fieldRows(field, prefix) {
	const name = `${prefix}${field.displayName}`;
	if (field.type === 'collection') return field.options.flatMap((each) => fieldRows(each, `${field.displayName} → `));
	if (field.type === 'fixedCollection') return field.options.flatMap(({ values }) => values.flatMap((each) => fieldRows(each, `${field.displayName} → `)));

	return [[`${name}${field.required ? ' (required)' : ''}${audience(field)}`, explanation(field), defaultOf(field)]];
}

function audience({ displayOptions }) {
	const tool = displayOptions?.show?.['@tool'];

	return tool === undefined ? '' : tool[0] ? ' (AI tool only)' : ' (not as AI tool)';
}

function explanation(field) {
	const choices = field.type === 'options' ? (field.options ?? []).map(({ name, description }) => (description === undefined ? name : `${name}: ${description}`)) : [];
	const modes = (field.modes ?? []).map(({ displayName }) => displayName);
	const parts = [field.description ?? '', ...(field.hint === undefined ? [] : [field.hint]), ...(modes.length > 0 ? [`Ways to choose: ${modes.join(', ')}`] : []), ...choices];

	return parts.map((part) => part.replace(/<a href="([^"]+)">([^<]+)<\/a>/g, '[$2]($1)')).join('<br>');
}

function defaultOf(field) {
	if (field.type === 'boolean') return field.default ? 'on' : 'off';
	if (field.type === 'options') return field.options?.find(({ value }) => value === field.default)?.name ?? '';

	return typeof field.default === 'string' || typeof field.default === 'number' ? String(field.default) : '';
}

function typeWord(field) {
	const words = [field.type].flat().map((type) => ({ array: 'list', object: 'object', null: 'empty', string: 'text', integer: 'number', number: 'number', boolean: 'true or false' })[type]);

	return [...new Set(words)].join(' or ');
}

function table(head, rows) {
	const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The anchor GitHub gives a heading. */
function anchor(heading) {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\- _]/gu, '')
		.replaceAll(' ', '-');
}

const targets = [
	['docs/operations.md', operationsPage],
	['README.md', (before) => between('README.md', before, 'operations', operationsTable())],
	['docs/ai.md', (before) => between('docs/ai.md', before, 'tools', toolsTable())],
	['docs/troubleshooting.md', (before) => between('docs/troubleshooting.md', before, 'texts', textsPart())],
	['test/structure/values.json', valuesList],
];

const check = process.argv.includes('--check');
const stale = [];
for (const [path, make] of targets) {
	const before = readOrEmpty(path);
	const after = make(before);
	if (after === before) continue;
	stale.push(path);
	if (!check) writeFileSync(join(ROOT, path), after);
}
if (check && stale.length > 0) {
	console.error(`Not up to date: ${stale.join(', ')}. Run: npm run docs`);
	process.exit(1);
}
console.log(stale.length === 0 ? 'The generated documents are up to date.' : `Written: ${stale.join(', ')}`);
