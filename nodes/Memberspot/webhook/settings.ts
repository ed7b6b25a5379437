import { trimInvisible } from '../values/text';
import { readEventFilter } from './filter';
import type { ReceiveSettings, SecretRule } from './receive';

/** The settings of the trigger, and what only the running node needs. */
export interface WebhookSettings extends ReceiveSettings {
	/** How long an equal body counts as a repeat; undefined where repeats are taken. */
	repeatWindowMs: number | undefined;
}

/** Reads a parameter by its name; the fallback where it was never set. */
export type ReadParameter = (name: string, fallback: string | null) => unknown;

/** Reads the trigger's parameters. A value that was never set gets its default. */
export function readWebhookSettings(read: ReadParameter): WebhookSettings {
	const options = asRecord(read('options', null));
	const minutes = Number(options.repeatWindow ?? DEFAULT_REPEAT_MINUTES);

	return {
		secret: readSecretRule(read),
		filter: readEventFilter(textOf(read('onlyEvents', null))),
		passOnTest: options.passOnTest === true,
		simplify: read('simplify', null) !== false,
		includeHeaders: options.includeHeaders === true,
		repeatWindowMs: options.ignoreRepeats === true && minutes > 0 ? minutes * 60_000 : undefined,
	};
}

/** Minutes within which an equal body counts as a repeat, where the user sets none. */
export const DEFAULT_REPEAT_MINUTES = 10;

/**
 * Reads where the secret is expected, and which. Each part may come out empty or as anything, from an
 * expression: what can't be understood must never open the door.
 */
export function readSecretRule(read: ReadParameter): SecretRule {
	const place = read('secretIn', 'none');
	if (place === 'none') return { in: 'nowhere' };
	if (place !== 'header' && place !== 'query') return { in: 'unclear' };
	const name = trimInvisible(textOf(read('fieldName', null)));

	return { in: place, name, value: textOf(read('secret', null)) };
}

function textOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function asRecord(value: unknown): { [name: string]: unknown } {
	return typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value))
		: {};
}
