import { describe, hasControlCharacter, standsForNoValue, trimInvisible, type Reading } from './text';

const LONGEST_ID = 500;

/**
 * Reads an id (offer, course, chapter, exam, property, user, order).
 *
 * Ids are text whose form is not documented, so no pattern is demanded. Leading zeros are kept. A
 * number is taken only when it can't have been rounded. What is empty, or is the trace of a missing
 * value, is refused, since an empty id could reach another endpoint or another record.
 */
export function readId(raw: unknown): Reading<string> {
	if (typeof raw === 'number') {
		return Number.isSafeInteger(raw)
			? { ok: true, value: String(raw) }
			: { ok: false, reason: 'is a number that may have been rounded', nextStep: 'Pass the ID as text, in quotes' };
	}
	if (typeof raw === 'bigint') return { ok: true, value: raw.toString() };
	if (typeof raw !== 'string') {
		return { ok: false, reason: raw === undefined || raw === null ? 'is empty' : `is ${describe(raw)}, not a text` };
	}
	const text = trimInvisible(raw);
	if (text === '' || standsForNoValue(text)) return { ok: false, reason: 'is empty' };
	if (text === '.' || text === '..') return { ok: false, reason: `is "${text}", which is no ID` };
	if (hasControlCharacter(text)) return { ok: false, reason: 'has a line break or another control character in it', nextStep: 'Give one ID' };
	if (text.length > LONGEST_ID) return { ok: false, reason: `is longer than ${LONGEST_ID} characters` };

	return { ok: true, value: text };
}

/** Ids as they stand in the address of a page in the member area. */
export interface PageIds {
	courseId: string;
	chapterId?: string;
	postId?: string;
}

/**
 * Reads ids from the address of a page in the member area, which has the form
 * `https://<school>.mymemberspot.de/library/<course>/<chapter>/<lesson>` (seen in public addresses;
 * schools may use a domain of their own, so the host is not looked at).
 *
 * @returns undefined when the text is no such address
 */
export function readPageAddress(text: string): PageIds | undefined {
	const path = /^https?:\/\/[^/?#]+\/(?:[^?#]*\/)?library\/([^?#]+)/.exec(trimInvisible(text));
	if (path === null) return undefined;

	const [courseId, chapterId, postId] = path[1].split('/').map(decode).filter((part) => part !== '');

	return courseId === undefined ? undefined : { courseId, chapterId, postId };
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
