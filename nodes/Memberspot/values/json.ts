import type { IDataObject } from 'n8n-workflow';
import { isRecord } from './text';

/**
 * Whether a value that was parsed from JSON is an object, and so can be the data of an item.
 *
 * JSON has no other members than n8n's own type for item data allows, so the check is complete for
 * parsed text.
 */
export function isJsonObject(value: unknown): value is IDataObject {
	return isRecord(value);
}

/** Parses JSON; undefined when the text is none, which is no value that JSON can have. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
