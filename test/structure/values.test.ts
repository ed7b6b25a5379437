import { currentValues } from './values';
import { read } from './node';

/**
 * What stands in saved workflows and credentials: values of resources, operations and choices, names
 * and types of fields, and names of output fields that later nodes refer to. values.json keeps them
 * all. It only grows: a saved workflow must go on working after an update.
 *
 * `npm run docs` adds what is new. Nothing takes anything away.
 */
const frozen: unknown = JSON.parse(read('test/structure/values.json'));

describe('values in saved workflows', () => {
	const kept = Array.isArray(frozen) ? frozen.map(String) : [];
	const current = currentValues();

	test('nothing that was released has gone or changed', () => {
		expect(kept.filter((line) => !current.includes(line))).toEqual([]);
		expect(kept.length).toBeGreaterThan(100);
	});

	test('what is new has been added to the list', () => {
		expect(current.filter((line) => !kept.includes(line))).toEqual([]);
	});

	test('the list is sorted and has no doubles, so that a change is easy to see', () => {
		expect(kept).toEqual([...new Set(kept)].sort());
	});
});
