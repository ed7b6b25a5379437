import { failureOf, InputError, passOn, RequestFailed } from '../transport';

/** Whom an item names. */
export interface NamedUser {
	by: 'email' | 'uid';
	value: string;
}

/**
 * The error for a user whom Memberspot does not have. Every operation says it alike, whether it was
 * told by a look-up, by the list of users or by a request of its own: with the reason of a 404, with
 * `found: false` and what was asked for.
 *
 * @param more the field that names the user, what else can be done, and further facts for the error output
 */
export function unknownUser({ by, value }: NamedUser, { field = 'User', orElse, details }: { field?: string; orElse?: string; details?: { [name: string]: unknown } } = {}): InputError {
	return new InputError(
		`Memberspot has no user with the ${by === 'email' ? 'e-mail' : 'UID'} "${value}"`,
		`Check the ${by === 'email' ? 'e-mail' : 'UID'} in ${field}${orElse === undefined ? '' : `, or ${orElse}`}`,
		{ reason: 'notFound', found: false, [by]: value, ...details },
	);
}

/**
 * Sends a request that names a user and nothing else, so that "not found" can only be about the user.
 *
 * @throws RequestFailed which then says so
 */
export async function aboutUser<T>(user: NamedUser, send: () => Promise<T>): Promise<T> {
	try {
		return await send();
	} catch (error) {
		const failure = failureOf(error);
		throw failure?.kind === 'notFound' ? new RequestFailed({ ...failure, about: unknownUser(user) }) : passOn(error);
	}
}
