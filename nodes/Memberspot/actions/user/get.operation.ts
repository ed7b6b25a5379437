import { outputFields, userLocator } from '../../descriptions';
import { unknownUser } from '../../school';
import { itemOperation } from '../operation';
import { putOutUsers, readOutputChoice, type OutputChoice } from '../output';
import type { UserChoice } from '../params';

interface Input {
	user: UserChoice;
	output: OutputChoice;
	ifNotFound: 'error' | 'returnNotFound';
}

const NOT_FOUND_OPTIONS = [
	{ name: 'Return Not Found', value: 'returnNotFound', description: 'Put out one item with "found": false, and go on' },
	{ name: 'Stop With an Error', value: 'error', description: 'Let the item fail' },
];

/** One member by e-mail or UID. */
export const getUser = itemOperation<Input>({
	value: 'get',
	name: 'Get',
	action: 'Get one user by email or UID',
	description: 'Get one user by e-mail or UID',
	fields: [
		userLocator(),
		{
			displayName: 'If Not Found',
			name: 'ifNotFound',
			type: 'options',
			default: 'error',
			description: 'What to do when Memberspot has no such user',
			options: NOT_FOUND_OPTIONS,
			displayOptions: { show: { '@tool': [false] } },
		},
		{
			displayName: 'If Not Found',
			name: 'ifNotFound',
			type: 'options',
			default: 'returnNotFound',
			description: 'What to do when Memberspot has no such user',
			options: NOT_FOUND_OPTIONS,
			displayOptions: { show: { '@tool': [true] } },
		},
		...outputFields(),
	],
	endpoints: ['findUserByMail', 'listUsers', 'listCustomUserProperties'],
	access: () => 'read',
	writes: false,
	read: (params) => ({
		user: params.user('user'),
		output: readOutputChoice(params),
		ifNotFound: params.choice('ifNotFound', 'If Not Found', ['error', 'returnNotFound'], 'error'),
	}),
	async run(run, { user, output, ifNotFound }) {
		const found = user.by === 'email' ? await run.school.userByEmail(user.value) : await run.school.userByUid(user.value);
		const cost = found.by === 'list' ? { pagesRead: found.pagesRead } : {};
		if (found.by === 'list') {
			run.hint(
				user.by === 'uid'
					? 'Memberspot has no look-up by UID. The user list was read until the user was found; pagesRead says how many pages that took.'
					: 'This API key may not look users up by e-mail. The user list was read instead; pagesRead says how many pages that took.',
			);
		}

		if (found.found) {
			const [row] = await putOutUsers(run, [found.user], output);

			return { ...(ifNotFound === 'returnNotFound' ? { found: true } : {}), ...row, ...cost };
		}
		const asked = user.by === 'email' ? { email: user.value } : { uid: user.value };
		if (ifNotFound === 'returnNotFound') return { found: false, ...asked, ...cost };

		throw unknownUser(user, { orElse: 'set If Not Found to go on without an error', details: cost });
	},
});
