import { resources } from '../../nodes/Memberspot/actions/registry';
import { lint, sourceOf, type Wanted } from './lint';
import { choicesOf, fieldsOf, nodes, type FieldFact } from './node';

/**
 * The properties of the node are derived, so n8n's linter does not see them in the source. Here they
 * are written out as the literal that the linter knows, and its own rules are run over that.
 */

const WANTED: Wanted[] = [
	{
		rule: 'node-param-default-wrong-for-limit',
		reason: 'an AI model gets fewer rows by default: they would not fit into its memory',
		place: /default: 20\b/,
	},
];

describe.each(nodes())('$className', (node) => {
	const fields = fieldsOf(node.description);

	test('n8n\'s rules for texts and order hold for the derived description', () => {
		expect(lint(sourceOf(node), node.source, WANTED)).toEqual([]);
	});

	test('B124: it has outputs, and inputs unless it begins a workflow', () => {
		const isTrigger = node.description.group.includes('trigger');
		expect([node.description.inputs, node.description.outputs]).toEqual([isTrigger ? [] : ['main'], ['main']]);
	});

	test('B116: only a node that does something on demand is a tool for AI agents', () => {
		expect(node.description.usableAsTool === true).toBe(!node.description.group.includes('trigger'));
	});

	test('every field has a description, or is a notice', () => {
		expect(fields.filter(({ field }) => !explained(field)).map(placeOf)).toEqual([]);
	});

	test('every choice with a name that is not plain says what it means', () => {
		const silent = fields.flatMap((fact) => choicesOf(fact.field).map((choice) => ({ fact, choice })))
			.filter(({ fact, choice }) => choice.description === undefined && !PLAIN_CHOICES.has(`${fact.path}=${String(choice.value)}`));
		expect(silent.map(({ fact, choice }) => `${placeOf(fact)} = ${String(choice.value)}`)).toEqual([]);
	});

	test('what the editor has little room for is short enough to be read in full', () => {
		// n8n writes "From list" by itself, in the place of the name of a list.
		const ways = fields.flatMap(({ field }) => (field.modes ?? []).filter(({ type, name }) => type !== 'list' || name !== 'list')).map(({ displayName }) => displayName);
		expect(ways.filter((name) => name.length > 6)).toEqual([]);
		const within = fields.filter(({ path }) => path.includes('.')).map(({ field }) => field.displayName);
		expect(within.filter((label) => label.length > 31)).toEqual([]);
	});

	test('a notice uses no tags but those that n8n keeps there', () => {
		const tags = fields.filter(({ field }) => field.type === 'notice').flatMap(({ field }) => [...field.displayName.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag));
		expect(tags.filter((tag) => !['a', 'ul', 'li'].includes(tag))).toEqual([]);
	});

	test('what an AI model gets to read is plain ASCII and short enough', () => {
		const actions = fields.flatMap(({ field }) => (field.name === 'operation' ? choicesOf(field) : []));
		// n8n hands the action over as the tool's description, with the name of the node behind it.
		expect(actions.map(({ action }) => action ?? '').filter((action) => action === '' || !isAscii(action))).toEqual([]);
		// n8n's editor makes the tool's name of the same words, and cuts it off after 64 characters.
		const given = actions.map(({ action }) => `${action ?? ''} in ${String(node.description.defaults.name)}`.replace(/[^a-zA-Z0-9_-]+/g, '_'));
		expect(given.filter((name) => name.length > 64)).toEqual([]);
		expect(new Set(given).size).toBe(given.length);
		// The tool's name is made of the node's; some users add resource and operation to tell tools apart.
		const names = fields.flatMap(({ field, resource }) => (field.name === 'operation' ? choicesOf(field) : []).map(({ value }) => `${String(node.description.defaults.name)} ${resource ?? ''} ${String(value)} Tool`.replaceAll(' ', '_')));
		expect(names.filter((name) => !/^[A-Za-z0-9_-]{1,64}$/.test(name))).toEqual([]);
		// The model's arguments get their names from the labels.
		expect(fields.filter(({ field }) => field.type !== 'notice').map(({ field }) => field.displayName).filter((label) => !isAscii(label) || label.length > 64)).toEqual([]);
	});

	test('arguments of one tool have names of their own', () => {
		const doubles = fields
			.filter(({ field, path }) => field.type !== 'notice' && !path.includes('.'))
			.map(({ field, resource, operation }) => `${resource ?? ''}/${operation ?? ''}: ${argumentName(field.displayName)} (${JSON.stringify(field.displayOptions?.show?.['@tool'] ?? 'both')})`)
			.filter((name, place, all) => all.indexOf(name) !== place);
		expect(doubles).toEqual([]);
	});

	test('one name of a field means one type and one label, whatever the operation', () => {
		const seen = new Map<string, Set<string>>();
		for (const { path, field } of fields) {
			if (field.type === 'notice') continue;
			seen.set(path, (seen.get(path) ?? new Set()).add(`${field.type} "${field.displayName}"`));
		}
		expect([...seen].filter(([, meanings]) => meanings.size > 1).map(([path, meanings]) => `${path}: ${[...meanings].join(', ')}`)).toEqual([]);
	});
});

test.each([
	['node-param-display-name-miscased', "displayName: 'Return All'", "displayName: 'return all'"],
	['node-param-description-boolean-without-whether', "description: 'Whether to return all", "description: 'If to return all"],
	['node-param-description-excess-final-period', "'Only users who have this course'", "'Only users who have this course.'"],
	['node-param-options-type-unsorted-items', "name: 'Chapter'", "name: 'Zebra'"],
	['node-param-operation-option-without-action', /\n\s*action: '[^']*',/, ''],
])('the check by n8n\'s rules sees a planted fault: %s', (rule, sound, faulty) => {
	const [node] = nodes();
	const source = sourceOf(node);
	expect(source.replace(sound, faulty)).not.toBe(source);
	expect(lint(source.replace(sound, faulty), node.source, WANTED).join('\n')).toContain(rule);
});

describe('resources', () => {
	test.each(resources.map(({ value, description }) => ({ value, description })))('$value has its German menu word once, in the description', ({ value, description }) => {
		expect([...description.matchAll(/\(([^)]+)\)/g)].map(([, word]) => word)).toEqual([GERMAN_WORDS[value]]);
	});
});

/** Memberspot's words in its German menus. */
const GERMAN_WORDS: { [resource: string]: string } = {
	chapter: 'Modul',
	course: 'Kurs',
	courseProgress: 'Fortschritt',
	customProperty: 'Benutzerdefinierte Eigenschaft',
	exam: 'Prüfung',
	loginToken: 'Login-Link',
	offer: 'Zugang',
	order: 'Bestellung',
	user: 'Mitglied',
};

/** Choices whose name says it all. */
const PLAIN_CHOICES = new Set(['filters.active=active', 'filters.active=all', 'filters.active=inactive']);

function explained(field: FieldFact['field']): boolean {
	// A notice is a text itself. What these three hold is explained entry by entry.
	if (field.type === 'notice' || field.type === 'collection' || field.name === 'resource' || field.name === 'operation') return true;

	return typeof field.description === 'string' && field.description.trim() !== '' && field.description !== field.displayName;
}

function placeOf({ resource, operation, path }: FieldFact): string {
	return `${resource ?? '*'}/${operation ?? '*'}: ${path}`;
}

/** How n8n makes a tool argument's name of a label. */
function argumentName(label: string): string {
	return label.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, 64);
}

function isAscii(text: string): boolean {
	return [...text].every((character) => character.charCodeAt(0) < 128);
}
