import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, userLocator } from '../../descriptions';
import { loginTokenKeys, loginUrlKeys } from '../../transport/contract/endpoints';
import { endpoints, InputError, type Answer } from '../../transport';
import { aboutUser, unexpected, unknownUser, type School, type User } from '../../school';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { answerData, answerText } from '../write';

interface Input {
	user: UserChoice;
	showToModel: boolean;
	onlyActive: boolean;
}

interface Ready {
	uid: string;
	email?: string;
	showToModel: boolean;
	/** Why no link is made, where "Only Active Users" rules the user out. */
	leftOut?: 'inactive' | 'stateUnknown';
}

/** How long a token is valid (one client): one hour. */
const VALID_MS = 60 * 60 * 1_000;

/**
 * Makes a token that signs its holder in as the user.
 *
 * The API call is a GET, but it is no read: whoever has its answer is signed in as that user. So it
 * needs a right of its own on the credential.
 */
export const createLoginToken = preparedItemOperation<Input, Ready>({
	value: 'create',
	name: 'Create',
	action: 'Create login link for user',
	description: 'Create a token that signs its holder in as the user, with a link where Memberspot gives one',
	builderHint: 'The output is a secret. Send it to the user only, and turn off saving executions for the workflow.',
	fields: [
		{
			displayName:
				'Anyone with this link is signed in as this user, for one hour as far as is known. n8n keeps it in the execution data; turn off saving executions for this workflow.',
			name: 'loginNotice',
			type: 'notice',
			default: '',
		},
		userLocator(),
		{
			displayName: 'Show Login Link to the AI Model',
			name: 'showToModel',
			type: 'boolean',
			// The choice must not be left to the model itself.
			noDataExpression: true,
			default: false,
			description: 'Whether the AI model gets the token and the link. It then stands in the conversation and in its memory, and the model can pass it on.',
			displayOptions: { show: { '@tool': [true] } },
		},
	],
	options: [
		keepEmailCase,
		{
			displayName: 'Only Active Users',
			name: 'onlyActive',
			type: 'boolean',
			default: false,
			description: 'Whether to leave out users whom Memberspot does not show as active. They come out marked as left out, without a link.',
		},
	],
	endpoints: ['createLoginToken', 'findUserByMail', 'listUsers'],
	access: () => 'loginLink',
	writes: true,
	read: (params) => ({
		user: params.user('user'),
		showToModel: params.fixedBoolean('showToModel', 'Show Login Link to the AI Model', false),
		onlyActive: params.options().boolean('onlyActive', 'Only Active Users', false),
	}),
	async prepare({ school }, { user, showToModel, onlyActive }) {
		// A UID is taken as it is, unless the user's state is asked for: that costs reading the list.
		if (user.by === 'uid' && !onlyActive) return { uid: user.value, showToModel };

		const found = await findUser(school, user);
		const { uid, email, raw } = found;
		if (uid === undefined) throw new InputError(`Memberspot gives no UID for "${user.value}"`, 'Choose the user by UID');
		const leftOut = !onlyActive || raw.active === true ? undefined : raw.active === false ? 'inactive' : 'stateUnknown';

		return { uid, email, showToModel, leftOut };
	},
	async run({ client, isTool }, { uid, email, showToModel, leftOut }, scope) {
		if (leftOut !== undefined) return { uid, ...(email === undefined ? {} : { email }), created: false, reason: leftOut, outcome: 'unchanged' };

		const send = async () => await scope.call(endpoints.createLoginToken, { path: { uid } });
		// Without an e-mail nobody has looked yet whether there is such a user.
		const answer = email === undefined ? await aboutUser({ by: 'uid', value: uid }, send) : await send();
		const secret = readSecret(answer);
		if (secret === undefined) throw unexpected(endpoints.createLoginToken, client, answer, 'There was no login token in the answer.');

		const row: IDataObject = { uid, ...(email === undefined ? {} : { email }), expiresAt: new Date(client.clock.now() + VALID_MS).toISOString() };
		if (isTool && !showToModel) {
			return { ...row, created: true, outcome: 'confirmed', note: 'The login link was created. It is hidden from the AI model; the user of the node can allow it with Show Login Link to the AI Model.' };
		}

		return { ...row, created: true, outcome: 'confirmed', ...secret };
	},
});

async function findUser(school: School, user: UserChoice): Promise<User> {
	const found = user.by === 'email' ? await school.userByEmail(user.value) : await school.userByUid(user.value);
	if (found.found) return found.user;
	throw unknownUser(user);
}

/** The token, and the link where the API gives one. A link is never built here: its form is not known. */
function readSecret(answer: Answer): { token: string | null; loginUrl: string | null } | undefined {
	const data = answerData(answer);
	const token = data === undefined ? answerText(answer) : firstText(data, loginTokenKeys);
	const loginUrl = data === undefined ? undefined : firstText(data, loginUrlKeys);

	return token === undefined && loginUrl === undefined ? undefined : { token: token ?? null, loginUrl: loginUrl ?? null };
}

function firstText(data: IDataObject, keys: readonly string[]): string | undefined {
	for (const key of keys) {
		const value = data[key];
		if (typeof value === 'string' && value !== '') return value;
	}

	return undefined;
}
