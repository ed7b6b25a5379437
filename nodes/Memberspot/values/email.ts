import { parseJson } from './json';
import { describe, hasControlCharacter, hasInvisible, standsForNoValue, trimInvisible, type Reading } from './text';

/** How addresses are read. */
export interface EmailOptions {
	/** Keep upper and lower case as given. By default an address is written in lower case. */
	keepCase?: boolean;
}

/**
 * Reads one e-mail address.
 *
 * Trimmed (no-break and zero-width characters too), Unicode NFC, lower case unless asked otherwise.
 * Plus signs, dots and umlauts are kept as they are. What is not plainly one address is refused:
 * a strict pattern would turn away real customers, a loose one would send half an address.
 */
export function readEmail(raw: unknown, options: EmailOptions = {}): Reading<string> {
	if (typeof raw !== 'string') {
		return { ok: false, reason: raw === undefined || raw === null ? 'is empty' : `is ${describe(raw)}, not a text` };
	}
	const text = normalizeEmail(raw, options);
	if (text === '' || standsForNoValue(text)) return { ok: false, reason: 'is empty' };
	if (hasControlCharacter(text) || /[\s,;<>]/.test(text)) {
		return (text.match(/@/g) ?? []).length > 1
			? { ok: false, reason: 'holds more than one address', nextStep: 'Give one address for each item' }
			: { ok: false, reason: 'has a blank, a line break, a comma, a semicolon or a bracket in it', nextStep: 'Give the bare address, for example name@example.com' };
	}
	if (hasInvisible(text)) return { ok: false, reason: 'has an invisible character in the middle', nextStep: 'Type the address anew instead of copying it' };
	if (/["()[\]\\:]/.test(text)) {
		return { ok: false, reason: 'has a quote, a colon or a bracket in it', nextStep: 'Give the bare address, for example name@example.com' };
	}
	if (!/^[^@]+@[^@]+$/.test(text) || /@\.|@.*\.(?:\.|$)/.test(text)) {
		return { ok: false, reason: 'is not an e-mail address', nextStep: 'Give a full address, for example name@example.com' };
	}
	if (text.length > 320) return { ok: false, reason: 'is longer than any e-mail address' };

	return { ok: true, value: text };
}

/** Brings an address into the form that is compared and sent. Applying it twice changes nothing. */
export function normalizeEmail(text: string, options: EmailOptions = {}): string {
	const tidy = trimInvisible(text).normalize('NFC');
	if (options.keepCase) return tidy;

	return trimInvisible(tidy.toLowerCase().normalize('NFC'));
}

/**
 * The form under which two spellings of an address count as the same person. A domain with umlauts and
 * the same domain as the network writes it (xn--…) are one.
 */
export function emailKey(email: string): string {
	const key = normalizeEmail(email);
	const at = key.lastIndexOf('@');
	if (at < 0 || !/[^ -~]/.test(key.slice(at + 1)) || /[/?#%]/.test(key.slice(at + 1))) return key;

	return `${key.slice(0, at + 1)}${asciiDomain(key.slice(at + 1))}`;
}

function asciiDomain(domain: string): string {
	try {
		return new URL(`https://${domain}`).hostname;
	} catch {
		return domain;
	}
}

/**
 * Takes a list of addresses apart: a text with commas, semicolons, blanks or line breaks, an array,
 * or JSON text of an array. Empty places are dropped, order and doubles are kept.
 *
 * @returns the parts as given, each still to be read with `readEmail`
 */
export function splitAddresses(raw: unknown): Reading<string[]> {
	if (Array.isArray(raw)) {
		const parts: string[] = [];
		for (const entry of raw) {
			if (typeof entry !== 'string') return { ok: false, reason: `has ${describe(entry)} in the list`, nextStep: 'Give a list of plain addresses' };
			parts.push(...splitText(entry));
		}

		return { ok: true, value: parts };
	}
	if (typeof raw !== 'string') {
		return { ok: false, reason: raw === undefined || raw === null ? 'is empty' : `is ${describe(raw)}, not a text or a list` };
	}
	const text = trimInvisible(raw);
	if (!text.startsWith('[')) return { ok: true, value: splitText(text) };

	const list = parseJsonList(text);

	return list === undefined
		? { ok: false, reason: 'begins with [ but is not a JSON list', nextStep: 'Give addresses with commas between them, or a JSON list' }
		: splitAddresses(list);
}

function splitText(text: string): string[] {
	return text
		.split(/[\s,;]+/)
		.map(trimInvisible)
		.filter((part) => part !== '');
}

function parseJsonList(text: string): unknown[] | undefined {
	const value = parseJson(text);

	return Array.isArray(value) ? value : undefined;
}
