import { describe, isRecord, trimInvisible, type Reading } from './text';

const TRUE_TEXTS = new Set(['true', '1']);
const FALSE_TEXTS = new Set(['false', '0']);

/**
 * Reads true or false strictly: true, false, 1, 0 and the same as text. Anything else is refused,
 * an empty value above all: for Memberspot a missing `active` means that the access is deleted.
 */
export function readBoolean(raw: unknown): Reading<boolean> {
	if (typeof raw === 'boolean') return { ok: true, value: raw };
	if (raw === 1 || raw === 0) return { ok: true, value: raw === 1 };
	if (typeof raw === 'string') {
		const text = trimInvisible(raw).toLowerCase();
		if (TRUE_TEXTS.has(text)) return { ok: true, value: true };
		if (FALSE_TEXTS.has(text)) return { ok: true, value: false };
		if (text === '') return { ok: false, reason: 'is empty', nextStep: 'Give true or false' };

		return { ok: false, reason: 'is a text other than true or false', nextStep: 'Give true or false' };
	}

	return { ok: false, reason: raw === undefined || raw === null ? 'is empty' : `is ${describe(raw)} other than true or false`, nextStep: 'Give true or false' };
}

/** Limits of a number field. */
export interface NumberLimits {
	min: number;
	max?: number;
	/** Whether parts of one are allowed. */
	fraction?: boolean;
}

/** Reads a number, or text that is plainly one. */
export function readNumber(raw: unknown, limits: NumberLimits): Reading<number> {
	const value = typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(trimInvisible(raw)) ? Number(trimInvisible(raw)) : raw;
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return { ok: false, reason: raw === undefined || raw === null || raw === '' ? 'is empty' : 'is not a number' };
	}
	if (!limits.fraction && !Number.isInteger(value)) return { ok: false, reason: 'is not a whole number' };
	if (value < limits.min) return { ok: false, reason: `is less than ${limits.min}` };
	if (limits.max !== undefined && value > limits.max) return { ok: false, reason: `is more than ${limits.max}` };

	return { ok: true, value };
}

/** The end of the year 9999, as far as a date as text can go. Microseconds would be beyond it. */
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a moment in time: ISO 8601 text, a Date, a DateTime of n8n, or milliseconds since 1970.
 * A date without a time zone counts as UTC.
 *
 * @returns milliseconds since 1970
 */
export function readMoment(raw: unknown): Reading<number> {
	if (raw instanceof Date) return momentOrRefusal(raw.getTime());
	if (typeof raw === 'number' && raw > 1e11 && raw <= LAST_MOMENT) return { ok: true, value: raw };
	if (isRecord(raw) && typeof raw.toMillis === 'function') return momentOrRefusal(Number(raw.toMillis()));
	if (typeof raw !== 'string' || trimInvisible(raw) === '') {
		return { ok: false, reason: raw === undefined || raw === null || raw === '' ? 'is empty' : `is ${describe(raw)}, not a date` };
	}
	const text = trimInvisible(raw);
	if (!ISO_DATE.test(text)) return { ok: false, reason: 'is not a date like 2026-01-31 or 2026-01-31T12:00:00Z', nextStep: 'Give the date in the form year-month-day' };

	const zoned = /T| /.test(text) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;

	return momentOrRefusal(Date.parse(zoned.replace(' ', 'T')), text);
}

function momentOrRefusal(value: number, text?: string): Reading<number> {
	const day = text === undefined ? undefined : Number(text.slice(8, 10));
	// Date.parse turns the 31st of a short month into the 1st to 3rd of the next one.
	const dayExists = day === undefined || day <= daysInMonth(Number(text?.slice(0, 4)), Number(text?.slice(5, 7)));
	if (Number.isNaN(value) || !dayExists) return { ok: false, reason: 'is a date that does not exist' };

	return { ok: true, value };
}

function daysInMonth(year: number, month: number): number {
	return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Reads a time in an answer of the API, whose form is not known for sure: ISO 8601 text is declared,
 * an object as the Firestore database writes it (`{ _seconds }` or `{ seconds }`) is possible.
 *
 * @returns milliseconds since 1970, or undefined when it can't be read
 */
export function apiMoment(raw: unknown): number | undefined {
	const time = apiTime(raw);

	return time !== undefined && Math.abs(time) <= LAST_MOMENT ? time : undefined;
}

function apiTime(raw: unknown): number | undefined {
	if (typeof raw === 'string') {
		// Date.parse alone would read a time without a zone by the clock of the machine n8n runs on.
		const reading = readMoment(raw);
		return reading.ok ? reading.value : Date.parse(raw);
	}
	if (typeof raw === 'number') return raw > 1e11 ? raw : raw * 1000;
	if (isRecord(raw)) {
		const seconds = raw._seconds ?? raw.seconds;
		return typeof seconds === 'number' ? seconds * 1000 : undefined;
	}

	return undefined;
}
