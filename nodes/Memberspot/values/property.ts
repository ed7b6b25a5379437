import { readBoolean, readMoment } from './scalar';
import { isRecord, trimInvisible, type Reading } from './text';

/** Kinds of property values this node can check. Which types the API has is not public. */
export type PropertyKind = 'text' | 'number' | 'date' | 'boolean' | 'choice';

/** Common names of types, for each kind. A type that is not among them is treated as text. */
const KINDS: { [kind in Exclude<PropertyKind, 'text'>]: readonly string[] } = {
	number: ['number', 'integer', 'int', 'float', 'decimal', 'numeric'],
	date: ['date', 'datetime', 'timestamp'],
	boolean: ['boolean', 'bool', 'checkbox', 'toggle', 'switch'],
	choice: ['select', 'dropdown', 'choice', 'enum', 'radio'],
};

/** The kind of a property from its type, and from its allowed values if it has any. */
export function propertyKind(type: string, choices: readonly string[] | undefined): PropertyKind {
	const name = type.trim().toLowerCase();
	if (choices !== undefined) return 'choice';
	for (const kind of ['number', 'date', 'boolean'] as const) if (KINDS[kind].includes(name)) return kind;

	// A choice without known values can't be checked.
	return 'text';
}

/** A value to send, as text and as JSON of its own type. */
export interface PropertyValue {
	text: string;
	typed: string | number | boolean;
}

/**
 * Reads a value for a property. Only forms that can't be misread are taken: "1.234,56" is one
 * thousand or one, "31.12.2026" is a date in some countries, so both are refused with the form that
 * is understood.
 *
 * @returns undefined for '', null and undefined: those are never sent, clearing is a choice of its own
 */
export function readPropertyValue(raw: unknown, kind: PropertyKind, choices: readonly string[] = []): Reading<PropertyValue | undefined> {
	if (raw === undefined || raw === null) return { ok: true, value: undefined };
	if (typeof raw === 'string' && trimInvisible(raw) === '') return { ok: true, value: undefined };

	switch (kind) {
		case 'number':
			return readNumberValue(raw);
		case 'boolean': {
			const reading = readBoolean(raw);
			return reading.ok ? { ok: true, value: { text: String(reading.value), typed: reading.value } } : reading;
		}
		case 'date':
			return readDateValue(raw);
		case 'choice': {
			const reading = readTextValue(raw);
			if (!reading.ok || reading.value === undefined || choices.includes(reading.value.text)) return reading;
			return { ok: false, reason: 'is none of the allowed values', nextStep: `Allowed values: ${choices.join(', ')}` };
		}
		default:
			return readTextValue(raw);
	}
}

function readNumberValue(raw: unknown): Reading<PropertyValue> {
	const text = typeof raw === 'string' ? trimInvisible(raw) : raw;
	if (typeof text === 'number' && Number.isFinite(text)) return { ok: true, value: { text: String(text), typed: text } };
	if (typeof text === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && Number.isFinite(Number(text))) return { ok: true, value: { text, typed: Number(text) } };

	return { ok: false, reason: 'is not a plain number', nextStep: 'Give digits with a point for decimals and nothing else, for example 1234.56' };
}

function readDateValue(raw: unknown): Reading<PropertyValue> {
	const reading = readMoment(raw);
	if (!reading.ok) return { ...reading, nextStep: 'Give the date as year-month-day, for example 2026-12-31' };
	const text = typeof raw === 'string' ? trimInvisible(raw) : new Date(reading.value).toISOString();

	return { ok: true, value: { text, typed: text } };
}

function readTextValue(raw: unknown): Reading<PropertyValue> {
	if (typeof raw === 'string') return { ok: true, value: { text: raw, typed: raw } };
	if ((typeof raw === 'number' && Number.isFinite(raw)) || typeof raw === 'boolean') return { ok: true, value: { text: String(raw), typed: String(raw) } };
	const date = dateText(raw);
	if (date !== undefined) return { ok: true, value: { text: date, typed: date } };
	if (typeof raw === 'number' || raw instanceof Date || (isRecord(raw) && typeof raw.toISO === 'function')) {
		return { ok: false, reason: 'is what a calculation gives that went wrong, not a text', nextStep: 'Check the expression' };
	}

	return { ok: false, reason: 'is a list or an object, not a text', nextStep: 'Give a text, or join the list into one' };
}

/** A Date or a DateTime of n8n as text; undefined for what is neither, and for one that is invalid. */
function dateText(raw: unknown): string | undefined {
	if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? undefined : raw.toISOString();
	if (!isRecord(raw) || typeof raw.toISO !== 'function') return undefined;
	const text: unknown = raw.toISO();

	return typeof text === 'string' ? text : undefined;
}
