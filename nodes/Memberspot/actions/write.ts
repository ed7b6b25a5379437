import type { IDataObject } from 'n8n-workflow';
import { unknownUser, type School } from '../school';
import { InputError, type Answer } from '../transport';
import { emailKey } from '../values/email';
import { isJsonObject } from '../values/json';
import type { Outcome } from './operation';
import type { UserChoice } from './params';

/** A member a write is meant for. */
export interface Target {
	email: string;
	uid?: string;
}

/**
 * The e-mail of a chosen user, which is what the API's writes take. A UID costs reading the list.
 *
 * @throws InputError when no member has this UID, or the member has no e-mail
 */
export async function targetOf(school: School, choice: UserChoice): Promise<Target> {
	if (choice.by === 'email') return { email: choice.value };

	const found = await school.userByUid(choice.value);
	if (!found.found) throw unknownUser(choice, { details: { pagesRead: found.pagesRead } });
	if (found.user.email === '') throw new InputError(`Memberspot gives no e-mail for the user "${choice.value}"`, 'Choose the user by e-mail');

	return { email: found.user.email, uid: choice.value };
}

/** The lane of a user: writes for one user keep their order. */
export function userLane(choice: UserChoice): string {
	return choice.by === 'email' ? emailKey(choice.value) : `uid ${choice.value}`;
}

/** The answer as data, or nothing where it was empty, a text, or no object. */
export function answerData(answer: Answer): IDataObject | undefined {
	return answer.body.kind === 'json' && isJsonObject(answer.body.value) ? answer.body.value : undefined;
}

/** A plain text answer, such as `ok`. */
export function answerText(answer: Answer): string | undefined {
	if (answer.body.kind === 'text') return answer.body.text;

	return answer.body.kind === 'json' && typeof answer.body.value === 'string' ? answer.body.value : undefined;
}

/** Words for an outcome that is less than confirmed. */
export const ACCEPTED = {
	offer: 'Memberspot accepted the request. Its answer does not show the new state.',
	order: 'Memberspot accepted the request. The API does not show whether this order exists for this user.',
	property: 'Memberspot accepted the request. Its answer does not show the stored values.',
	chapter: 'Memberspot accepted the request. The API does not show chapter access.',
	grant: 'Memberspot accepted the request. Its answer does not show the user.',
	removal: 'Memberspot accepted the request. The API does not show whether there was anything to remove.',
} as const;

/**
 * What a write is known to have done: confirmed when the answer states it for this user, accepted
 * otherwise. An answer about another address is no confirmation.
 */
export function stated(answer: Answer, email: string, holds: (data: IDataObject) => boolean): Outcome {
	const data = answerData(answer);
	if (data === undefined) return 'accepted';
	const aboutOther = typeof data.email === 'string' && emailKey(data.email) !== emailKey(email);

	return !aboutOther && holds(data) ? 'confirmed' : 'accepted';
}
