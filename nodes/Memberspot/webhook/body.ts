import { isJsonObject, parseJson } from '../values/json';

/**
 * The body of a call, also where n8n has not read it.
 *
 * n8n goes by the content type: text stays text, and of a type that it does not know, or of none, an
 * empty object is left. Which content type Memberspot names is not public, so JSON counts as JSON
 * whatever it is called, and anything else comes as text: no delivery may get lost for its label.
 *
 * @param parsed what n8n made of it
 * @param raw the bytes as they came, where n8n keeps them
 */
export function readBody(parsed: unknown, raw: Buffer | undefined): unknown {
	const text = typeof parsed === 'string' ? parsed : isNothing(parsed) ? textOf(raw) : '';
	if (text === '') return parsed;
	const value = parseJson(text);

	return typeof value === 'object' && value !== null ? value : text;
}

function isNothing(parsed: unknown): boolean {
	return (
		parsed === undefined ||
		parsed === null ||
		(isJsonObject(parsed) && Object.keys(parsed).length === 0)
	);
}

function textOf(raw: Buffer | undefined): string {
	return raw === undefined ? '' : raw.toString('utf8').replace(/^\uFEFF/, '');
}
