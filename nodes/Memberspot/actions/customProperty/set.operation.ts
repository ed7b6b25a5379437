import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, userLocator } from '../../descriptions';
import { InputError } from '../../transport';
import { isJsonObject } from '../../values/json';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { ACCEPTED, stated, targetOf, userLane, type Target } from '../write';
import { findProperty, propertyMapper, readChanges, readPropertyValues, sendProperties, type GivenValues, type PropertyChange } from '../propertyValues';

interface Input extends GivenValues {
	user: UserChoice;
	/** Ids or names of properties to clear. */
	clear: string[];
	typed: boolean;
}

interface Ready {
	target: Target;
	changes: PropertyChange[];
	cleared: Array<Pick<PropertyChange, 'id' | 'name' | 'value'>>;
}

/** What clearing a property takes is not known; an empty text is the best guess of the contract. */
const CLEARED = '';

/** Writes custom properties of a member. That the others stay is seen to by `sendProperties`, where they can be read. */
export const setCustomProperties = preparedItemOperation<Input, Ready>({
	value: 'set',
	name: 'Set',
	action: 'Set custom properties of user',
	description: 'Write values into the custom properties of a user. The node sees to it that the others stay, where it can read them.',
	fields: [
		userLocator(),
		propertyMapper,
		{
			displayName: 'Properties to Clear: Names or IDs',
			name: 'propertiesToClear',
			type: 'multiOptions',
			default: [],
			description:
				'Properties to empty. Which value empties one is not documented, so an empty text is sent. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			typeOptions: { loadOptionsMethod: 'getProperties' },
		},
	],
	options: [
		keepEmailCase,
		{
			displayName: 'Send Values As',
			name: 'valueFormat',
			type: 'options',
			default: 'text',
			description: 'How values are written into the request. Known clients of the API send text for every type.',
			options: [
				{ name: 'Own Type', value: 'typed', description: 'Numbers and true or false as such' },
				{ name: 'Text', value: 'text', description: 'Every value as text' },
			],
		},
	],
	endpoints: ['setCustomUserProperties', 'listCustomUserProperties', 'findUserByMail', 'listUsers'],
	access: () => 'write',
	writes: true,
	read: (params) => ({
		user: params.user('user'),
		...readPropertyValues(params),
		clear: readClear(params.raw('propertiesToClear', [])),
		typed: params.options().choice('valueFormat', 'Send Values As', ['text', 'typed'] as const, 'text') === 'typed',
	}),
	async prepare({ school }, input) {
		const definitions = await school.properties();
		const cleared = input.clear.map((key) => {
			const { id, name } = findProperty(definitions, key);

			return { id, name, value: CLEARED };
		});
		const changes = readChanges(definitions, input, input.typed);
		const both = changes.find((change) => cleared.some(({ id }) => id === change.id));
		if (both !== undefined) {
			throw new InputError(`The property "${both.name}" has a value and is to be cleared`, 'Take it out of Properties or out of Properties to Clear');
		}

		return { target: await targetOf(school, input.user), changes, cleared };
	},
	lane: ({ user }) => userLane(user),
	async run(run, { target, changes, cleared }, scope) {
		const row: IDataObject = {
			success: true,
			...target,
			properties: Object.fromEntries(changes.map(({ name, value }) => [name, value])),
			cleared: cleared.map(({ name }) => name),
		};
		const all = [...changes, ...cleared];
		if (all.length === 0) return { ...row, outcome: 'unchanged', note: 'There was no value to write, so nothing was sent.' };

		const answer = await sendProperties(run, async (endpoint, call) => await scope.call(endpoint, call), target.email, all);
		const outcome = stated(answer, target.email, (data) => showsAll(data, changes) && cleared.length === 0);

		return { ...row, outcome, ...(outcome === 'accepted' ? { note: ACCEPTED.property } : {}) };
	},
});

function readClear(raw: unknown): string[] {
	const list = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split(',') : [];

	return list.map((entry) => String(entry).trim()).filter((entry) => entry !== '');
}

/** Whether an answer shows the member with all values that were written. */
function showsAll(data: IDataObject, changes: PropertyChange[]): boolean {
	const stored = data.customUserProperties;

	return isJsonObject(stored) && changes.every(({ id, name, value }) => String(stored[id] ?? stored[name]) === String(value));
}
