import { InputError } from './failure';

/** Values for the `{slots}` of a path. */
export type PathValues = { [slot: string]: string };

/**
 * Fills the slots of a path. Each value becomes one segment: slashes, question marks, plus signs and
 * umlauts are encoded, and a value that could point somewhere else is refused.
 *
 * @throws InputError for a missing or empty value, '.' or '..'
 */
export function fillPath(path: string, values: PathValues): string {
	return path.replace(/\{(\w+)\}/g, (_slot, name: string) => {
		const value = values[name];
		if (value === undefined || value.trim() === '' || value === '.' || value === '..') {
			throw new InputError(`The value for ${name} is empty or no name of a record`, 'Check the field in this item');
		}

		return encodeURIComponent(value);
	});
}
