import { parseJson } from '../values/json';
import { isRecord } from '../values/text';
import { cursorKeys, listKeys } from './contract/endpoints';

const LONGEST_MESSAGE = 300;
const LONGEST_PLAIN_TEXT = 5_000;

/** The body of an answer, by what it turned out to be. */
export type Body =
	| { kind: 'empty' }
	| { kind: 'json'; value: unknown }
	| { kind: 'text'; text: string }
	| { kind: 'html' }
	| { kind: 'brokenJson' };

/**
 * Tells what a body is by looking at it. The content type is not asked: user deletion answers the
 * bare text `ok` (one client), gateways answer HTML under any type, and an empty body with a JSON
 * type is common.
 */
export function readBody(text: string): Body {
	const trimmed = text.replace(/^\ufeff/, '').trim();
	if (trimmed === '') return { kind: 'empty' };
	if (trimmed.startsWith('<')) return { kind: 'html' };

	const value = parseJson(trimmed);
	if (value !== undefined) return { kind: 'json', value };
	if (/^[[{"]/.test(trimmed) || trimmed.length > LONGEST_PLAIN_TEXT) return { kind: 'brokenJson' };

	return { kind: 'text', text: trimmed };
}

/**
 * The API's own words in an error body. NestJS, on which the API is built by all signs, writes
 * `{ statusCode, message, error }` with `message` as text or as a list (inferred).
 */
export function readApiMessage(body: Body): string | undefined {
	if (body.kind === 'text') return shorten(body.text);
	if (body.kind !== 'json') return undefined;
	if (typeof body.value === 'string') return shorten(body.value);
	if (!isRecord(body.value)) return undefined;

	const { message, error } = body.value;
	if (Array.isArray(message)) {
		const parts = message.filter((part) => typeof part === 'string');
		if (parts.length > 0) return shorten(parts.join('; '));
	}
	if (typeof message === 'string' && message !== '') return shorten(message);
	if (isRecord(message) && typeof message.message === 'string') return shorten(message.message);
	if (typeof error === 'string' && error !== '') return shorten(error);
	if (isRecord(error) && typeof error.message === 'string') return shorten(error.message);

	return undefined;
}

function shorten(text: string): string {
	const plain = text
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();

	return plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE)}…` : plain;
}

/** Whether a JSON answer with a 2xx status is an error all the same, as some gateways send it. */
export function isErrorInDisguise(value: unknown): boolean {
	if (!isRecord(value)) return false;
	const { statusCode, error } = value;
	if (typeof statusCode === 'number' && statusCode >= 400) return true;

	return error !== undefined && error !== null && error !== false && Object.keys(value).every((key) => ['error', 'message', 'statusCode'].includes(key));
}

/** Where the next page begins, as far as the answer says. */
export type NextPage =
	| { kind: 'cursor'; cursor: string }
	/** The answer says that there is no further page: the key is there, and empty. */
	| { kind: 'end' }
	/** The answer says nothing: it is a bare list, or an envelope without such a key. */
	| { kind: 'silent'; bare: boolean }
	/** The answer says something that is no cursor. Taken for an end, a part would be passed off as the whole. */
	| { kind: 'strange' };

/** One page of a list, taken out of its envelope. */
export interface Page {
	rows: unknown[];
	next: NextPage;
}

/**
 * Opens the envelope of a list. Which one the API uses is disputed between clients, so every form
 * of the contract is taken: a bare array, or an object with the array under one of `listKeys` and
 * the cursor under one of `cursorKeys`.
 *
 * @returns undefined when there is no list in the answer. It is never read as an empty list: that
 * would turn a strange answer into "nobody is there".
 */
export function readPage(value: unknown): Page | undefined {
	if (Array.isArray(value)) return { rows: value, next: { kind: 'silent', bare: true } };
	if (!isRecord(value)) return undefined;

	const key = listKeys.find((name) => Array.isArray(value[name]));
	const rows = key === undefined ? undefined : value[key];
	if (!Array.isArray(rows)) return undefined;

	return { rows, next: readCursor(value) };
}

function readCursor(envelope: { [key: string]: unknown }): NextPage {
	const present = cursorKeys.filter((name) => name in envelope);
	for (const name of present) {
		const cursor = envelope[name];
		if (typeof cursor === 'string' && cursor !== '') return { kind: 'cursor', cursor };
		if (typeof cursor === 'number') return { kind: 'cursor', cursor: String(cursor) };
	}
	if (present.some((name) => typeof envelope[name] === 'object' ? envelope[name] !== null : envelope[name] === true)) return { kind: 'strange' };

	return present.length > 0 ? { kind: 'end' } : { kind: 'silent', bare: false };
}
