/* eslint-disable @n8n/community-nodes/require-node-api-error -- a test fails with a plain error */
import { InputError } from '../../nodes/Memberspot/transport';
import type { Params } from '../../nodes/Memberspot/actions/params';
import { paramsOf } from '../support/context';

type Read = (params: Params) => unknown;

/** What a reading gave: a value, or the refusal's message with what to do. */
function tried(value: unknown, read: Read): unknown {
	try {
		return read(paramsOf({ field: value }));
	} catch (error) {
		if (error instanceof InputError) return `! ${error.message} -> ${error.nextStep}`;
		throw new Error(`not an InputError: ${String(error)}`);
	}
}

const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

describe('true or false', () => {
	const read: Read = (params) => params.boolean('field', 'Active');

	test.each<[unknown, boolean]>([[true, true], [false, false], ['false', false], ['0', false], [0, false], ['true', true], [1, true]])('B65: %p is %p', (raw, expected) => {
		expect(tried(raw, read)).toBe(expected);
	});

	test.each<[unknown, string]>([
		['', '! Active is empty -> Give true or false'],
		[null, '! Active is empty -> Give true or false'],
		[undefined, '! Active is empty -> Give true or false'],
		['nein', '! Active is a text other than true or false -> Give true or false'],
		[2, '! Active is a number other than true or false -> Give true or false'],
	])('B65, B66: %p is refused, since for Memberspot a missing value deletes', (raw, refusal) => {
		expect(tried(raw, read)).toBe(refusal);
	});

	test('B37: a field that an old workflow lacks has its default', () => {
		expect(paramsOf({}).boolean('field', 'Simplify', true)).toBe(true);
		expect(paramsOf({}).number('field', 'Limit', { min: 1 }, 50)).toBe(50);
		expect(paramsOf({}).choice('field', 'Output', ['raw', 'simplified'], 'raw')).toBe('raw');
		expect(paramsOf({}).text('field', 'First Name')).toBeUndefined();
		expect(paramsOf({}).optionalId('field', 'Order ID')).toBeUndefined();
		expect(paramsOf({}).collection('options')).toEqual({});
	});

	test('a field that is there, with an expression that gives nothing, is refused: the default may be what was not wanted', () => {
		const nothing = () => undefined;
		expect(() => paramsOf({ field: nothing }).boolean('field', 'Confirm', false)).toThrow('Confirm is empty');
		expect(() => paramsOf({ field: nothing }).choice('field', 'Policy', ['take', 'leave'], 'take')).toThrow('Policy is not one of: take, leave');
		for (const broken of ['{"dryRun":true}', nothing, () => null, [{ dryRun: true }]]) expect(() => paramsOf({ options: broken }).options()).toThrow(/^Options is .*, not a collection of fields/);
	});
});

describe('one address', () => {
	const read: Read = (params) => params.email('field', 'Email');

	test.each<[unknown, string]>([
		['anna@example.com', 'anna@example.com'],
		['\u00a0Anna@Example.com\u200b', 'anna@example.com'],
		[locator('email', ' max+kurs@example.com'), 'max+kurs@example.com'],
	])('%j is %s', (raw, email) => {
		expect(tried(raw, read)).toBe(email);
	});

	test.each<[unknown, RegExp]>([
		['', /^! Email is empty/],
		[null, /^! Email is empty/],
		[locator('list', ''), /^! Email is empty/],
		['a@example.com, b@example.com', /^! Email holds more than one address -> Give one address/],
	])('B56: %j is refused', (raw, refusal) => {
		expect(tried(raw, read)).toMatch(refusal);
	});

	test('keeps its case when Keep E-Mail Case is on', () => {
		expect(paramsOf({ field: 'Anna@Example.com', options: { keepEmailCase: true } }).email('field', 'Email')).toBe('Anna@Example.com');
	});
});

describe('a list of addresses', () => {
	const read: Read = (params) => params.emails('field', 'E-Mails');

	test.each<[unknown, string[]]>([
		['a@example.com; b@example.com\nc@example.com,,', ['a@example.com', 'b@example.com', 'c@example.com']],
		[['A@example.com', 'a@example.com'], ['a@example.com', 'a@example.com']],
		['["a@example.com"]', ['a@example.com']],
	])('B61: %j', (raw, emails) => {
		expect(tried(raw, read)).toEqual(emails);
	});

	test.each<[unknown, RegExp]>([
		['', /^! E-Mails is empty -> Give at least one address/],
		[' ,; ', /^! E-Mails is empty/],
		[[], /^! E-Mails is empty/],
		['[]', /^! E-Mails is empty/],
		[null, /^! E-Mails is empty/],
		['a@example.com, b', /^! Address 2 in E-Mails is not an e-mail address/],
		['b', /^! E-Mails is not an e-mail address/],
	])('B58: %j is refused', (raw, refusal) => {
		expect(tried(raw, read)).toMatch(refusal);
	});
});

describe('a user', () => {
	const read: Read = (params) => params.user('field');

	test.each<[unknown, unknown]>([
		[locator('uid', ' u1 '), { by: 'uid', value: 'u1' }],
		[locator('email', 'Anna@example.com'), { by: 'email', value: 'anna@example.com' }],
		[locator('list', 'anna@example.com'), { by: 'email', value: 'anna@example.com' }],
		['anna@example.com', { by: 'email', value: 'anna@example.com' }],
		[{ value: 'anna@example.com' }, { by: 'email', value: 'anna@example.com' }],
	])('%j', (raw, choice) => {
		expect(tried(raw, read)).toEqual(choice);
	});

	test.each<[unknown, RegExp]>([
		[locator('uid', ''), /^! User \(UID\) is empty/],
		[locator('uid', undefined), /^! User \(UID\) is empty/],
		[locator('list', ''), /^! User is empty/],
		[{ mode: 'list' }, /^! User is an object, not a text/],
	])('%j is refused', (raw, refusal) => {
		expect(tried(raw, read)).toMatch(refusal);
	});
});

describe('an offer', () => {
	const read: Read = (params) => params.offer('field');

	test.each<[unknown, unknown]>([
		[locator('list', 'o1'), { by: 'id', value: 'o1' }],
		[locator('id', 4711), { by: 'id', value: '4711' }],
		[locator('name', ' Excel Basics '), { by: 'name', value: 'Excel Basics' }],
		['o1', { by: 'id', value: 'o1' }],
	])('%j', (raw, choice) => {
		expect(tried(raw, read)).toEqual(choice);
	});

	test.each<[unknown, RegExp]>([
		[locator('id', ''), /^! Offer is empty/],
		[locator('name', ' '), /^! Offer is empty -> Fill in the name of the offer/],
		[locator('name', {}), /^! Offer is an object, not a text/],
		[locator('id', 2 ** 53), /^! Offer is a number that may have been rounded -> Pass the ID as text/],
	])('%j is refused', (raw, refusal) => {
		expect(tried(raw, read)).toMatch(refusal);
	});
});

describe('courses and chapters', () => {
	const page = 'https://school.mymemberspot.de/library/c1/k2/p3';

	test('are read from the address of a page, or as ids', () => {
		expect(tried(locator('url', page), (params) => params.course('field'))).toBe('c1');
		expect(tried(locator('id', 'c1'), (params) => params.course('field'))).toBe('c1');
		expect(tried(locator('url', page), (params) => params.chapter('field'))).toEqual({ chapterId: 'k2', courseId: 'c1' });
		expect(tried(locator('id', 'k2'), (params) => params.chapter('field'))).toEqual({ chapterId: 'k2' });
	});

	test('the address of a course is no chapter', () => {
		expect(tried(locator('url', 'https://school.mymemberspot.de/library/c1'), (params) => params.chapter('field'))).toMatch(/^! Chapter is the address of a course/);
		expect(tried(locator('url', ''), (params) => params.chapter('field'))).toMatch(/^! Chapter is empty/);
		expect(tried(5, (params) => params.course('field'))).toBe('5');
	});
});

describe('ids that may be left out', () => {
	const read: Read = (params) => params.optionalId('field', 'Order ID');

	test.each<[unknown, unknown]>([['0004711', '0004711'], [4711, '4711'], ['', undefined], [' \u200b', undefined], [null, undefined]])('%p is %p', (raw, expected) => {
		expect(tried(raw, read)).toBe(expected);
	});

	test.each<[unknown, RegExp]>([['undefined', /is empty/], [{}, /is an object/], [2 ** 53, /rounded/]])('%p is refused, not left out', (raw, refusal) => {
		expect(tried(raw, read)).toMatch(refusal);
	});
});

test('a drop-down takes its own values only', () => {
	expect(tried('b', (params) => params.choice('field', 'Output', ['a', 'b'], 'a'))).toBe('b');
	expect(tried('c', (params) => params.choice('field', 'Output', ['a', 'b'], 'a'))).toBe('! Output is not one of: a, b -> Choose one of these values');
});

test('whether a field holds anything', () => {
	for (const empty of ['', ' ', undefined, null, locator('id', ''), {}]) expect(tried(empty, (params) => params.has('field'))).toBe(false);
	for (const full of ['x', 0, locator('id', 'x')]) expect(tried(full, (params) => params.has('field'))).toBe(true);
});

describe('entries of a collection', () => {
	const options = (entries: { [name: string]: unknown }) => paramsOf({ options: entries }).options();

	test('that were not added, or are empty, are not set', () => {
		const none = options({ n: '', m: null, o: locator('id', ''), c: ' ' });
		expect(none.number('n', 'N', { min: 1 })).toBeUndefined();
		expect(none.moment('m', 'M')).toBeUndefined();
		expect(none.offer('o', 'O')).toBeUndefined();
		expect(none.course('c', 'C')).toBeUndefined();
		expect(none.text('t', 'T')).toBeUndefined();
		expect(none.boolean('b', 'B', true)).toBe(true);
		expect(none.choice('x', 'X', ['a', 'b'], 'b')).toBe('b');
		expect(none.limit('l', 'L', { min: 1 })).toBeUndefined();
	});

	test('that were added, with an expression that gives nothing, are no choice and no limit', () => {
		const nothing = options({ b: undefined, x: undefined, l: undefined, m: '', k: null });
		expect(() => nothing.boolean('b', 'Dry Run', false)).toThrow('Dry Run is empty');
		expect(() => nothing.choice('x', 'X', ['a', 'b'], 'b')).toThrow('X is not one of: a, b');
		for (const name of ['l', 'm', 'k']) expect(() => nothing.limit(name, 'Maximum Users', { min: 1 })).toThrow('Maximum Users is empty');
	});

	test('are read as strictly as fields', () => {
		const some = options({ n: '5', m: '2026-01-31', o: locator('name', 'Excel'), c: 'c1', t: ' x ', b: 'false', x: 'a' });
		expect(some.number('n', 'N', { min: 1 })).toBe(5);
		expect(some.moment('m', 'M')).toBe(Date.UTC(2026, 0, 31));
		expect(some.offer('o', 'O')).toEqual({ by: 'name', value: 'Excel' });
		expect(some.course('c', 'C')).toBe('c1');
		expect(some.text('t', 'T')).toBe('x');
		expect(some.boolean('b', 'B', true)).toBe(false);
		expect(some.choice('x', 'X', ['a', 'b'], 'b')).toBe('a');
		expect(() => options({ b: '' }).boolean('b', 'Dry Run', false)).toThrow('Dry Run is empty');
		expect(() => options({ n: 0 }).number('n', 'Timeout', { min: 1 })).toThrow('Timeout is less than 1');
		expect(() => options({ x: 'c' }).choice('x', 'X', ['a', 'b'], 'b')).toThrow('X is not one of: a, b');
		expect(() => options({ m: '31.12.2026' }).moment('m', 'Created After')).toThrow('Created After is not a date');
	});
});
