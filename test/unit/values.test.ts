import fc from 'fast-check';
import { emailKey, readEmail, splitAddresses } from '../../nodes/Memberspot/values/email';
import { readId, readPageAddress } from '../../nodes/Memberspot/values/id';
import { propertyKind, readPropertyValue } from '../../nodes/Memberspot/values/property';
import { apiMoment, readBoolean, readMoment, readNumber } from '../../nodes/Memberspot/values/scalar';
import { readOptionalText, trimInvisible } from '../../nodes/Memberspot/values/text';

const INVISIBLE = ['\u00a0', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u2028', ' ', '\t', '\n'];

describe('readEmail', () => {
	test.each([
		[' anna@example.com ', 'anna@example.com'],
		['\u00a0anna@example.com\u200b', 'anna@example.com'],
		['\ufeffAnna@Example.COM', 'anna@example.com'],
		['max+kurs@example.com', 'max+kurs@example.com'],
		['info@müller-kurse.example', 'info@müller-kurse.example'],
		['ju\u0308rgen@example.com', 'jürgen@example.com'],
		["o'hara@example.com", "o'hara@example.com"],
		['a/b?c#d@example.com', 'a/b?c#d@example.com'],
	])('reads %j as %j', (raw, email) => {
		expect(readEmail(raw)).toEqual({ ok: true, value: email });
	});

	test.each([
		['', 'is empty'],
		['   ', 'is empty'],
		['\u200b\u00a0', 'is empty'],
		[null, 'is empty'],
		[undefined, 'is empty'],
		['undefined', 'is empty'],
		['[object Object]', 'is empty'],
		[{}, 'is an object, not a text'],
		[['a@example.com'], 'is a list, not a text'],
		[5, 'is a number, not a text'],
		['a@example.com, b@example.com', 'holds more than one address'],
		['a@example.com;b@example.com', 'holds more than one address'],
		['a@example.com b@example.com', 'holds more than one address'],
		['a@example.com\nb@example.com', 'holds more than one address'],
		['Anna <anna@example.com>', 'has a blank, a line break, a comma, a semicolon or a bracket in it'],
		['anna.example.com', 'is not an e-mail address'],
		['anna@example.com.', 'is not an e-mail address'],
		['anna@example..com', 'is not an e-mail address'],
		['anna@.example.com', 'is not an e-mail address'],
		['an\u200bna@example.com', 'has an invisible character in the middle'],
		['anna@exam\u00adple.com', 'has an invisible character in the middle'],
		['"anna@example.com"', 'has a quote, a colon or a bracket in it'],
		['mailto:anna@example.com', 'has a quote, a colon or a bracket in it'],
		['["anna@example.com"', 'has a quote, a colon or a bracket in it'],
		['an\ud800na@example.com', 'has a blank, a line break, a comma, a semicolon or a bracket in it'],
		['@example.com', 'is not an e-mail address'],
		['anna@', 'is not an e-mail address'],
		['a@b@example.com', 'is not an e-mail address'],
		[`${'a'.repeat(320)}@example.com`, 'is longer than any e-mail address'],
	])('refuses %j', (raw, reason) => {
		expect(readEmail(raw)).toMatchObject({ ok: false, reason });
	});

	test('keeps the case when asked to', () => {
		expect(readEmail(' Anna@Example.com', { keepCase: true })).toEqual({ ok: true, value: 'Anna@Example.com' });
	});

	test('reading what was read changes nothing, and the edges never matter', () => {
		const edge = fc.array(fc.constantFrom(...INVISIBLE), { maxLength: 4 }).map((parts) => parts.join(''));
		fc.assert(
			fc.property(fc.emailAddress(), edge, edge, (address, before, after) => {
				const once = readEmail(`${before}${address}${after}`);
				if (!once.ok) throw new Error(`${JSON.stringify(address)} ${once.reason}`);
				expect(readEmail(once.value)).toEqual(once);
				expect(once.value).toBe(address.toLowerCase().normalize('NFC'));
			}),
		);
	});

	test('whatever comes in, an accepted address has one @ and nothing that splits it', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', '@', ' ', ',', ';', '\n', '\u200b', 'Ä') })), (text) => {
				const reading = readEmail(text);
				if (!reading.ok) return;
				expect(reading.value).toMatch(/^[^@\s,;<>]+@[^@\s,;<>]+$/);
				expect(reading.value).toBe(trimInvisible(reading.value));
			}),
		);
	});
});

test.each([
	['info@MÜLLER-kurse.example', 'info@xn--mller-kurse-thb.example', true],
	['info@mu\u0308ller-kurse.example', 'info@xn--mller-kurse-thb.example', true],
	['jürgen@example.com', 'jurgen@example.com', false],
	['info@strasse.example', 'info@straße.example', false],
	['max+a@example.com', 'max@example.com', false],
	['a@mü/x.example', 'a@mü/y.example', false],
	['a@mü .example', 'a@mü .example', true],
])('%j and %j are one person: %s', (one, other, same) => {
	expect(emailKey(one) === emailKey(other)).toBe(same);
	expect(emailKey(emailKey(one))).toBe(emailKey(one));
});

describe('splitAddresses', () => {
	test.each<[unknown, string[]]>([
		['a@example.com; b@example.com\nc@example.com,,', ['a@example.com', 'b@example.com', 'c@example.com']],
		[['a@example.com', ' b@example.com,c@example.com '], ['a@example.com', 'b@example.com', 'c@example.com']],
		['["a@example.com","b@example.com"]', ['a@example.com', 'b@example.com']],
		['', []],
		[[], []],
	])('takes %j apart', (raw, parts) => {
		expect(splitAddresses(raw)).toEqual({ ok: true, value: parts });
	});

	test.each<[unknown, string]>([
		[null, 'is empty'],
		[undefined, 'is empty'],
		[{ a: 1 }, 'is an object, not a text or a list'],
		[['a@example.com', null], 'has empty in the list'],
		['[broken', 'begins with [ but is not a JSON list'],
		['[1]', 'has a number in the list'],
	])('refuses %j', (raw, reason) => {
		expect(splitAddresses(raw)).toMatchObject({ ok: false, reason });
	});

	test('loses no address whatever stands between them', () => {
		const between = fc.array(fc.constantFrom(',', ';', ' ', '\n', '\t', '\u00a0'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.emailAddress().filter((address) => !/[,;\s]/.test(address)), between), { minLength: 1, maxLength: 20 }), (pairs) => {
				expect(splitAddresses(pairs.map(([address, separator]) => address + separator).join(''))).toEqual({ ok: true, value: pairs.map(([address]) => address) });
			}),
		);
	});
});

describe('readId', () => {
	test.each<[unknown, string]>([
		['0004711', '0004711'],
		[' kT9wLr \u200b', 'kT9wLr'],
		[4711, '4711'],
		['a/b', 'a/b'],
		[BigInt('9007199254740993'), '9007199254740993'],
	])('reads %p', (raw, id) => {
		expect(readId(raw)).toEqual({ ok: true, value: id });
	});

	test.each<[unknown, string]>([
		['', 'is empty'],
		[null, 'is empty'],
		[undefined, 'is empty'],
		['null', 'is empty'],
		['NaN', 'is empty'],
		[{}, 'is an object, not a text'],
		[true, 'is true or false, not a text'],
		[2 ** 53, 'is a number that may have been rounded'],
		[1.5, 'is a number that may have been rounded'],
		[Number.NaN, 'is a number that may have been rounded'],
		['.', 'is ".", which is no ID'],
		['..', 'is "..", which is no ID'],
		['a\nb', 'has a line break or another control character in it'],
		['x'.repeat(501), 'is longer than 500 characters'],
	])('refuses %p', (raw, reason) => {
		expect(readId(raw)).toMatchObject({ ok: false, reason });
	});
});

describe('readPageAddress', () => {
	test.each([
		['https://school.mymemberspot.de/library/C1/K2/P3', { courseId: 'C1', chapterId: 'K2', postId: 'P3' }],
		['https://kurse.example.com/library/C1/K2?x=1#y', { courseId: 'C1', chapterId: 'K2', postId: undefined }],
		['https://school.mymemberspot.de/library/C1/', { courseId: 'C1', chapterId: undefined, postId: undefined }],
		['https://school.mymemberspot.de/library/C%201', { courseId: 'C 1', chapterId: undefined, postId: undefined }],
		['https://school.mymemberspot.de/library/%E0%A4%A', { courseId: '%E0%A4%A', chapterId: undefined, postId: undefined }],
		['https://school.mymemberspot.de/other/C1', undefined],
		['https://school.mymemberspot.de/library//', undefined],
		['C1', undefined],
	])('reads %s', (text, ids) => {
		expect(readPageAddress(text)).toEqual(ids);
	});
});

describe('readBoolean', () => {
	test.each<[unknown, boolean]>([[true, true], [false, false], ['true', true], ['FALSE', false], ['0', false], ['1', true], [0, false], [1, true]])('reads %p', (raw, value) => {
		expect(readBoolean(raw)).toEqual({ ok: true, value });
	});

	test.each<[unknown]>([[''], [null], [undefined], ['nein'], ['yes'], [2], [{}], [[]], ['null']])('never guesses what %p means', (raw) => {
		expect(readBoolean(raw).ok).toBe(false);
	});
});

describe('readNumber', () => {
	test.each<[unknown, number]>([[5, 5], ['5', 5], [' 7 ', 7]])('reads %p', (raw, value) => {
		expect(readNumber(raw, { min: 1 })).toEqual({ ok: true, value });
	});

	test.each<[unknown, string]>([
		['', 'is empty'],
		[null, 'is empty'],
		['x', 'is not a number'],
		[Number.NaN, 'is not a number'],
		[1.5, 'is not a whole number'],
		[0, 'is less than 1'],
		[11, 'is more than 10'],
	])('refuses %p', (raw, reason) => {
		expect(readNumber(raw, { min: 1, max: 10 })).toEqual({ ok: false, reason });
	});

	test('takes parts of one where they make sense', () => {
		expect(readNumber('0.5', { min: 0, fraction: true })).toEqual({ ok: true, value: 0.5 });
	});
});

describe('readMoment', () => {
	test.each<[unknown, number]>([
		['2026-01-31', Date.UTC(2026, 0, 31)],
		['2026-01-31T12:00:00', Date.UTC(2026, 0, 31, 12)],
		['2026-01-31 12:00:00', Date.UTC(2026, 0, 31, 12)],
		['2026-01-31T12:00:00+02:00', Date.UTC(2026, 0, 31, 10)],
		['2026-01-31T12:00:00.000Z', Date.UTC(2026, 0, 31, 12)],
		[new Date(Date.UTC(2026, 0, 31)), Date.UTC(2026, 0, 31)],
		[Date.UTC(2026, 0, 31), Date.UTC(2026, 0, 31)],
		[{ toMillis: () => 42 }, 42],
	])('reads %p', (raw, value) => {
		expect(readMoment(raw)).toEqual({ ok: true, value });
	});

	test.each<[unknown]>([['31.12.2026'], ['2026-02-30'], ['2026-13-01'], ['12/31/2026'], [''], [null], [undefined], [true], [new Date('x')], ['tomorrow'], [1_700_000_000], [1.7e15], [Infinity], [Number.NaN], [{ toMillis: () => Number.NaN }]])('refuses %p', (raw) => {
		expect(readMoment(raw).ok).toBe(false);
	});
});

test('apiMoment reads the forms a time may have in an answer', () => {
	expect(apiMoment('2026-01-31T12:00:00Z')).toBe(Date.UTC(2026, 0, 31, 12));
	expect(apiMoment({ _seconds: 10 })).toBe(10_000);
	expect(apiMoment({ seconds: 10 })).toBe(10_000);
	expect(apiMoment(10)).toBe(10_000);
	expect(apiMoment(1_700_000_000_000)).toBe(1_700_000_000_000);
	expect(apiMoment('soon')).toBeUndefined();
	for (const far of [1e20, -1e20, { seconds: 1e18 }, Number.NaN]) expect(apiMoment(far)).toBeUndefined();
	expect(apiMoment({})).toBeUndefined();
	expect(apiMoment(null)).toBeUndefined();
});

test('a time without a zone is not read by the clock of the machine', () => {
	const { parse } = Date;
	// As on a machine in Berlin in summer: what has no zone is two hours earlier.
	jest.spyOn(Date, 'parse').mockImplementation((text) => parse(text) - (/T.*(?:Z|[+-]\d{2}:?\d{2})$|^\d{4}-\d{2}-\d{2}$/.test(text) ? 0 : 7_200_000));
	expect(apiMoment('2026-07-01T00:00:00')).toBe(Date.UTC(2026, 6, 1));
	expect(apiMoment('2026-03-29 02:30:00')).toBe(Date.UTC(2026, 2, 29, 2, 30));
	expect(apiMoment('2026-07-01')).toBe(Date.UTC(2026, 6, 1));
	expect(readMoment('2026-03-29T02:30:00')).toEqual({ ok: true, value: Date.UTC(2026, 2, 29, 2, 30) });
	jest.restoreAllMocks();
});

test('readOptionalText tells empty from text', () => {
	expect(readOptionalText('  ')).toEqual({ ok: true, value: undefined });
	expect(readOptionalText(null)).toEqual({ ok: true, value: undefined });
	expect(readOptionalText(5)).toEqual({ ok: true, value: '5' });
	expect(readOptionalText(' Anna ')).toEqual({ ok: true, value: 'Anna' });
	for (const wrong of [{}, [], Number.NaN, Infinity]) expect(readOptionalText(wrong).ok).toBe(false);
});

describe('readPropertyValue', () => {
	test.each<[unknown, Parameters<typeof readPropertyValue>[1], { text: string; typed: unknown }]>([
		['007', 'text', { text: '007', typed: '007' }],
		[5, 'text', { text: '5', typed: '5' }],
		[' kept as it is ', 'text', { text: ' kept as it is ', typed: ' kept as it is ' }],
		['1234.56', 'number', { text: '1234.56', typed: 1234.56 }],
		[5, 'number', { text: '5', typed: 5 }],
		['2026-12-31', 'date', { text: '2026-12-31', typed: '2026-12-31' }],
		['false', 'boolean', { text: 'false', typed: false }],
		['Gold', 'choice', { text: 'Gold', typed: 'Gold' }],
		[{ toISO: () => '2026-12-31T00:00:00.000Z' }, 'text', { text: '2026-12-31T00:00:00.000Z', typed: '2026-12-31T00:00:00.000Z' }],
		[new Date(Date.UTC(2026, 0, 1)), 'text', { text: '2026-01-01T00:00:00.000Z', typed: '2026-01-01T00:00:00.000Z' }],
	])('reads %p as %s', (raw, kind, value) => {
		expect(readPropertyValue(raw, kind, ['Gold', 'Silver'])).toEqual({ ok: true, value });
	});

	test.each<[unknown, Parameters<typeof readPropertyValue>[1]]>([
		['1.234,56', 'number'],
		['007', 'number'],
		['1e5', 'number'],
		['31.12.2026', 'date'],
		['ja', 'boolean'],
		['gold', 'choice'],
		[{}, 'text'],
		[['a'], 'text'],
		[Number.NaN, 'text'],
		[Infinity, 'text'],
		[new Date('x'), 'text'],
		[{ toISO: () => null }, 'text'],
		[new Date('x'), 'date'],
		[1e300, 'date'],
		['9'.repeat(400), 'number'],
	])('refuses %p as %s, since it can be misread', (raw, kind) => {
		expect(readPropertyValue(raw, kind, ['Gold']).ok).toBe(false);
	});

	test.each([[''], ['  '], [null], [undefined]])('%p is nothing to send, for every kind', (raw) => {
		for (const kind of ['text', 'number', 'date', 'boolean', 'choice'] as const) expect(readPropertyValue(raw, kind)).toEqual({ ok: true, value: undefined });
	});

	test('a type nobody has heard of is text', () => {
		expect(propertyKind('geo-point', undefined)).toBe('text');
		expect(propertyKind('Number', undefined)).toBe('number');
		expect(propertyKind('select', undefined)).toBe('text');
		expect(propertyKind('whatever', ['a'])).toBe('choice');
	});
});
