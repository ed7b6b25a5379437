import fc from 'fast-check';
import { ageOf, decode, encode, LARGEST_STATE, newest } from '../../nodes/Memberspot/polling/codec';
import { EVENT_KINDS, type Watch } from '../../nodes/Memberspot/polling/events';
import {
	keyOf,
	schoolMark,
	showKey,
	valueHash,
	type Person,
	type State,
	type Unfinished,
} from '../../nodes/Memberspot/polling/state';
import { anyPerson, EVERYTHING, stateOf, watchOf } from './people';

/** Values that are all undefined may come back as none at all; both mean the same. */
const normal = (state: State | undefined) =>
	state && {
		...state,
		people: [...state.people]
			.map(([key, person]) => [
				key,
				{
					...person,
					values: person.values.some((value) => value !== undefined) ? person.values : [],
				},
			])
			.sort(),
	};

const anyWatch = fc.record<Watch>({
	events: fc.subarray([...EVENT_KINDS]),
	readsUsers: fc.boolean(),
	offers: fc.uniqueArray(fc.string(), { maxLength: 9 }),
	properties: fc.uniqueArray(fc.string(), { maxLength: 10 }),
});

const anyState = anyWatch.chain((watch) =>
	fc.array(fc.tuple(fc.string(), anyPerson(watch)), { maxLength: 40 }).map(
		(people): State => ({
			...stateOf(watch, {}),
			counts: [1],
			people: new Map(people.map(([uid, person]) => [keyOf(uid), person])),
		}),
	),
);

test('what is written is read again, whatever it is', () => {
	fc.assert(
		fc.property(anyState, fc.boolean(), (state, withSweep) => {
			const unfinished: Unfinished | undefined = withSweep
				? {
						...state,
						step: 2,
						from: { cursor: 'ä\n"', guessed: true },
						stops: [7],
						rows: [[keyOf('x'), '{"uid":"x"}']],
						left: [keyOf('y')],
					}
				: undefined;
			const text = encode({ state, unfinished }, 5);
			const read = decode(text);
			expect(normal(read?.state)).toEqual(
				normal(JSON.parse(JSON.stringify(state, keepMap), reviveMap)),
			);
			expect(read?.unfinished?.people.size).toBe(unfinished?.people.size);
			expect(read?.unfinished?.rows).toEqual(unfinished?.rows);
			expect(read?.unfinished?.from).toEqual(unfinished?.from);
		}),
		{ numRuns: 300 },
	);
});

function keepMap(_key: string, value: unknown): unknown {
	return value instanceof Map
		? { map: [...value] }
		: value === undefined
			? { nothing: true }
			: value;
}

function reviveMap(_key: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if ('nothing' in value) return undefined;

	return 'map' in value && Array.isArray(value.map) ? new Map(value.map) : value;
}

test('a damaged text is never read as something else', () => {
	const people = Object.fromEntries(
		Array.from({ length: 50 }, (_, n): [string, Partial<Person>] => [
			`u${n}`,
			{ standings: [1, 2, 0], reached: [4 * n + 1], values: [n, undefined] },
		]),
	);
	const text = encode({ state: stateOf(EVERYTHING, people) }, 1);
	for (const broken of [
		'',
		'x',
		'{}',
		'null',
		'[]',
		'{"format":1}',
		text.split('\n')[0],
		text.slice(0, -9),
		`${text}AAAA`,
		text.replace('"format":1', '"format":2'),
		text.replace('newUser', 'oldUser'),
		`${text.slice(0, 500)}A${text.slice(501)}`,
	]) {
		expect([broken.slice(0, 40), decode(broken)]).toEqual([broken.slice(0, 40), undefined]);
	}
});

test('nothing but an unfinished sweep, as in a first baseline', () => {
	const { people, watch } = stateOf(EVERYTHING, { u1: {} });
	const text = encode(
		{
			unfinished: {
				watch,
				school: 's',
				stamp: 1,
				counts: [0],
				courses: [],
				people,
				step: 0,
				stops: [],
				rows: [],
				left: [],
			},
		},
		9,
	);
	expect(decode(text)).toMatchObject({ unfinished: { step: 0 } });
	expect(decode(text)?.state).toBeUndefined();
	expect(ageOf(text)).toEqual({ sequence: 0, savedAt: 9 });
});

test('the newest: what has emitted more often, then what was saved later, then the first', () => {
	const text = (sequence: number, savedAt: number) =>
		encode({ state: stateOf(EVERYTHING, {}, { sequence }) }, savedAt);
	expect(newest([text(1, 100), text(2, 50), undefined, 'junk', text(2, 40)])).toBe(text(2, 50));
	expect(newest([text(2, 50), text(2, 51)])).toBe(text(2, 51));
	expect(newest([undefined, 'junk'])).toBeUndefined();
});

describe('size', () => {
	const users = 100_000;
	const keys = Array.from({ length: users }, (_, n) => keyOf(`uid-${n}`));
	/** Everybody is active; half have an offer; two courses have been begun, one is completed by a third. */
	function school(watch: Watch): State {
		const people = new Map<string, Person>();
		for (let n = 0; n < users; n++) {
			people.set(keys[n], {
				known: true,
				standings: [
					n % 50 === 0 ? 2 : 1,
					...watch.offers.map((_, offer): 0 | 1 => ((n + offer) % 2 === 0 ? 1 : 0)),
				],
				missing: n % 1_000 === 0 ? [0] : [],
				reached: watch.events.includes('courseCompleted')
					? [
							...(n % 3 === 0 ? [4 * (n % 20) + 3] : []),
							...(n % 2 === 0 && watch.percent !== undefined ? [4 * 21 + 1] : []),
						]
					: [],
				values: watch.properties.map((_, property) =>
					n % 5 === 0 ? undefined : valueHash(`${n}/${property}`),
				),
			});
		}

		return { ...stateOf(watch, {}), people };
	}

	test.each<[string, Watch, number]>([
		['new users', watchOf({ events: ['newUser'] }), 900_000],
		['completed courses', watchOf({ events: ['courseCompleted'] }), 1_000_000],
		['one property', watchOf({ events: ['customPropertyChanged'], properties: ['p'] }), 1_500_000],
		[
			'everything, with two offers and one property',
			{ ...EVERYTHING, properties: ['p'] },
			LARGEST_STATE,
		],
	])('%s of 100,000 users', (_name, watch, atMost) => {
		const text = encode({ state: school(watch) }, 1);
		expect(text.length).toBeLessThan(atMost);
		// One byte a character, so that the length is the size.
		expect(Buffer.byteLength(text)).toBe(text.length);
		expect(decode(text)?.state?.people.size).toBe(users);
	});
});

describe('keys and hashes', () => {
	test('a key is six bytes that do not tell the uid, and its text form can be compared', () => {
		expect(keyOf('u1')).toHaveLength(6);
		expect(showKey(keyOf('u1'))).toMatch(/^[0-9a-f]{12}$/);
		expect(keyOf('u1')).not.toBe(keyOf('u2'));
		expect(schoolMark('0123456789abcdef')).toBe('0123456789ab');
	});

	test.each([undefined, null, ''])('%j is no value', (value) => {
		expect(valueHash(value)).toBeUndefined();
	});

	test('equal values have equal hashes, in whatever order their keys come', () => {
		expect(valueHash({ a: 1, b: [1, { c: null }] })).toBe(valueHash({ b: [1, { c: null }], a: 1 }));
		expect(valueHash('1')).not.toBe(valueHash(1));
		expect(valueHash(false)).not.toBeUndefined();
		expect(valueHash([1, 2])).not.toBe(valueHash([2, 1]));
	});
});
