/**
 * Spaces and invisible characters that slip in when an address or an id is copied from a mail, a
 * table or a web page: every Unicode space, zero-width characters, the byte order mark and the soft
 * hyphen.
 */
const INVISIBLE = '\\s\\u00a0\\u00ad\\u200b-\\u200f\\u2028-\\u202f\\u2060\\ufeff';
const EDGES = new RegExp(`^[${INVISIBLE}]+|[${INVISIBLE}]+$`, 'g');

/** Texts that an expression or a script leaves behind when there was no value. */
const NO_VALUE_TEXTS = new Set(['undefined', 'null', 'nan', '[object object]']);

/** What a value was read as: usable, or not, with the reason in words that end a sentence. */
export type Reading<T> = { ok: true; value: T } | { ok: false; reason: string; nextStep?: string };

/** Whether an invisible character stands anywhere in the text. Spaces do not count. */
export function hasInvisible(text: string): boolean {
	return /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]/.test(text);
}

/** Removes spaces and invisible characters at both ends. */
export function trimInvisible(text: string): string {
	return text.replace(EDGES, '');
}

/** Whether the text has a line break, a tab or another control character in it, or half a character. */
export function hasControlCharacter(text: string): boolean {
	return [...text].some((character) => {
		const code = character.charCodeAt(0);

		return code < 0x20 || (code >= 0x7f && code < 0xa0) || (character.length === 1 && code >= 0xd800 && code <= 0xdfff);
	});
}

/** Whether a text is what JavaScript writes for a missing value, for example "undefined". */
export function standsForNoValue(text: string): boolean {
	return NO_VALUE_TEXTS.has(text.toLowerCase());
}

/** Whether a value is a plain object, not null and not an array. */
export function isRecord(value: unknown): value is { [key: string]: unknown } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A field that may stay empty.
 *
 * @returns the trimmed text, or undefined for '', blanks, null and undefined
 */
export function readOptionalText(raw: unknown): Reading<string | undefined> {
	if (raw === undefined || raw === null) return { ok: true, value: undefined };
	if ((typeof raw === 'number' && Number.isFinite(raw)) || typeof raw === 'boolean') return { ok: true, value: String(raw) };
	if (typeof raw !== 'string') return { ok: false, reason: typeof raw === 'number' ? 'is not a number that can be written' : `is ${describe(raw)}, not a text` };

	const text = trimInvisible(raw);

	return { ok: true, value: text === '' ? undefined : text };
}

/** Names the kind of a value for a message, without showing what is in it. */
export function describe(value: unknown): string {
	if (value === null || value === undefined) return 'empty';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	if (typeof value === 'boolean') return 'true or false';

	return `a ${typeof value}`;
}
