/** The check can't be run, or can't go on. The message is for the person at the terminal. */
export class CannotRun extends Error {}

/** A property of something thrown. It need not be an Error of this realm: Node's own ones may not be. */
export function partOf(thrown: unknown, name: string): unknown {
	if (typeof thrown !== 'object' || thrown === null) return undefined;

	const value: unknown = Reflect.get(thrown, name);

	return value;
}
