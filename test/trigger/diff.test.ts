import fc from 'fast-check';
import { adapt, compare, judge, type Seen } from '../../nodes/Memberspot/polling/diff';
import { EVENT_KINDS, type EventKind, type Watch } from '../../nodes/Memberspot/polling/events';
import {
	emptyState,
	keyOf,
	type Person,
	type Standing,
	type State,
} from '../../nodes/Memberspot/polling/state';
import { anyPerson, EVERYTHING, stateOf, watchOf } from './people';

/** What a sweep has seen of given people. */
function seenOf(
	watch: Watch,
	people: { [uid: string]: Partial<Person> },
	changes: Partial<Seen> = {},
): Seen {
	const { people: all, counts, courses } = stateOf(watch, people);

	return { people: all, counts, courses, left: new Set(), ...changes };
}

/** The changes in short: `kind` with a question mark where it is not certain, and how. */
function happened(state: State | undefined, seen: Seen, watch: Watch): string[] {
	return compare(state, seen, watch).changes.map(
		({ kind, certain, how }) => `${kind}${certain ? '' : '?'} ${how}`,
	);
}

/** The next state, as `compare` and the poll make it. */
function next(state: State, seen: Seen, watch: Watch): State {
	return { ...state, watch, people: compare(state, seen, watch).people, counts: seen.counts };
}

describe('a first look', () => {
	test('is a baseline without events', () => {
		const seen = seenOf(EVERYTHING, {
			u1: { standings: [1, 1, 0], reached: [3, 4], values: [1, 2] },
		});
		expect(compare(undefined, seen, EVERYTHING)).toEqual({
			changes: [],
			// What is at zero is not kept.
			people: new Map([[keyOf('u1'), { ...seen.people.get(keyOf('u1')), reached: [3] }]]),
		});
	});

	test('leaves out whoever has to wait for the next sweep', () => {
		expect(
			compare(
				undefined,
				seenOf(EVERYTHING, { u1: {} }, { left: new Set([keyOf('u1')]) }),
				EVERYTHING,
			).people.size,
		).toBe(0);
	});

	test('emits what is there where the state is an empty one', () => {
		const seen = seenOf(EVERYTHING, {
			u1: { standings: [1, 1, 2], reached: [3], values: [1, undefined] },
		});
		expect(happened(emptyState(EVERYTHING, 'school'), seen, EVERYTHING).sort()).toEqual([
			'courseCompleted reached',
			'courseProgressReached reached',
			'customPropertyChanged changed',
			'newUser listed',
			'userGotOffer listed',
			'userGotOffer? listed',
		]);
	});
});

describe('a user in the user list', () => {
	const users = watchOf({ events: ['newUser', 'userBecameActive', 'userBecameInactive'] });
	const filtered = { ...users, offerId: 'o1' };
	const known = (standing: Standing) => stateOf(users, { u1: { standings: [standing] } });

	test('who was not there before is new, whatever active says, and nothing else', () => {
		for (const standing of [1, 2, 3] as const) {
			expect(
				happened(stateOf(users, {}), seenOf(users, { u1: { standings: [standing] } }), users),
			).toEqual(['newUser listed']);
		}
	});

	test.each<[Standing, Standing, string[]]>([
		[1, 1, []],
		[1, 2, ['userBecameInactive inactive']],
		[1, 3, []],
		[2, 1, ['userBecameActive active']],
		[2, 2, []],
		[2, 3, []],
		[3, 1, []],
		[3, 2, []],
		[3, 3, []],
	])('whose active turns from %s to %s: %j, and with a filter not certain', (was, is, events) => {
		const seen = seenOf(users, { u1: { standings: [is] } });
		expect(happened(known(was), seen, users)).toEqual(events);
		expect(happened({ ...known(was), watch: filtered }, seen, filtered)).toEqual(
			events.map((event) => event.replace(' ', '? ')),
		);
	});

	test('who is gone is forgotten at the second time, without an event', () => {
		const once = next(known(1), seenOf(users, {}), users);
		expect(once.people.get(keyOf('u1'))).toMatchObject({ standings: [1], missing: [0] });
		expect(compare(once, seenOf(users, {}), users)).toEqual({ changes: [], people: new Map() });
	});

	test('who was missing once and is back is not new', () => {
		const once = next(known(1), seenOf(users, {}), users);
		const seen = seenOf(users, { u1: { standings: [1] } });
		expect(compare(once, seen, users)).toEqual({ changes: [], people: seen.people });
	});

	test('who leaves a filtered list may be inactive, and who comes back is not new', () => {
		const state = stateOf(filtered, { u1: { standings: [1] } });
		const once = next(state, seenOf(filtered, {}), filtered);
		expect(happened(once, seenOf(filtered, {}), filtered)).toEqual([
			'userBecameInactive? notListed',
		]);
		const twice = next(once, seenOf(filtered, {}), filtered);
		expect(twice.people.get(keyOf('u1'))).toMatchObject({
			known: true,
			standings: [0],
			missing: [],
		});
		// Being away for longer is no news.
		expect(happened(twice, seenOf(filtered, {}), filtered)).toEqual([]);
		expect(happened(twice, seenOf(filtered, { u1: { standings: [1] } }), filtered)).toEqual([
			'userBecameActive? listed',
		]);
		expect(happened(twice, seenOf(filtered, { u1: { standings: [2] } }), filtered)).toEqual([]);
	});
});

/**
 * What a list of an offer shows under each reading of `active`, by what is really the case: the
 * access (none, paused, in use) and the account (on, off).
 */
const READINGS: { [name: string]: (access: Access, enabled: boolean) => Standing } = {
	perOffer: (access) => (access === 'none' ? 0 : access === 'paused' ? 2 : 1),
	perUser: (access, enabled) => (access === 'none' ? 0 : enabled ? 1 : 2),
	onlyActive: (access) => (access === 'inUse' ? 1 : 0),
};
type Access = 'none' | 'paused' | 'inUse';

describe('a user in the list of an offer', () => {
	const watch = watchOf({
		events: ['userGotOffer', 'userLostOffer'],
		readsUsers: false,
		offers: ['o1'],
	});
	const listed = (standing: Standing): { [uid: string]: Partial<Person> } =>
		standing === 0 ? {} : { u1: { known: false, standings: [0, standing] } };

	test.each<[Standing, Standing, string[]]>([
		[0, 1, ['userGotOffer listed']],
		[0, 2, ['userGotOffer? listed']],
		[0, 3, ['userGotOffer? listed']],
		[1, 2, ['userLostOffer? inactive']],
		[1, 3, []],
		[2, 1, ['userGotOffer? active']],
		[2, 3, []],
		[3, 1, []],
		[3, 2, []],
		[1, 1, []],
		[2, 2, []],
		[3, 3, []],
	])('%s, then %s: %j', (was, is, events) => {
		expect(happened(stateOf(watch, listed(was)), seenOf(watch, listed(is)), watch)).toEqual(events);
	});

	test.each<[Standing, string]>([
		[1, 'userLostOffer notListed'],
		[2, 'userLostOffer? notListed'],
		[3, 'userLostOffer? notListed'],
	])('%s, then missing: nothing at first, at the second time %s, then nothing', (was, event) => {
		const state = stateOf(watch, listed(was));
		expect(happened(state, seenOf(watch, {}), watch)).toEqual([]);
		const once = next(state, seenOf(watch, {}), watch);
		expect(happened(once, seenOf(watch, {}), watch)).toEqual([event]);
		const twice = next(once, seenOf(watch, {}), watch);
		expect(twice.people.size).toBe(0);
		expect(happened(twice, seenOf(watch, {}), watch)).toEqual([]);
	});

	test.each(Object.keys(READINGS))(
		'if active is read as %s, a certain event is true, and no gain or loss of the offer goes unsaid',
		(reading) => {
			const shows = READINGS[reading];
			const accesses: Access[] = ['none', 'paused', 'inUse'];
			for (const before of accesses) {
				for (const after of accesses) {
					for (const wasEnabled of [true, false]) {
						for (const isEnabled of [true, false]) {
							const state = stateOf(watch, listed(shows(before, wasEnabled)));
							const seen = seenOf(watch, listed(shows(after, isEnabled)));
							const once = compare(state, seen, watch).changes;
							const changes = [...once, ...compare(next(state, seen, watch), seen, watch).changes];
							const certain = changes.filter((change) => change.certain).map(({ kind }) => kind);
							const got = before !== 'inUse' && after === 'inUse';
							const lost = before === 'inUse' && after !== 'inUse';
							// Who holds an offer that is paused is not told from others by a list that speaks of users.
							const gotSome = before === 'none' && after !== 'none';
							const lostAll = before !== 'none' && after === 'none';
							if (certain.includes('userGotOffer'))
								expect(got || (reading === 'perUser' && gotSome)).toBe(true);
							if (certain.includes('userLostOffer'))
								expect(lost || (reading === 'perUser' && lostAll)).toBe(true);
							const kinds = changes.map(({ kind }) => kind);
							const visible = shows(before, wasEnabled) !== shows(after, isEnabled);
							if (got && visible && wasEnabled === isEnabled)
								expect(kinds).toContain('userGotOffer');
							if (lost && visible && wasEnabled === isEnabled)
								expect(kinds).toContain('userLostOffer');
						}
					}
				}
			}
		},
	);
});

describe('courses', () => {
	const watch = watchOf({ events: ['courseCompleted', 'courseProgressReached'], percent: 50 });
	const with_ = (...reached: number[]) => ({ u1: { standings: [1 as Standing], reached } });

	test.each<[number[], number[], string[], number[]]>([
		[[], [1], ['courseProgressReached reached'], [1]],
		[[1], [3], ['courseCompleted reached'], [3]],
		[[], [3], ['courseProgressReached reached', 'courseCompleted reached'], [3]],
		// New lessons: no longer complete, but reported once.
		[[3], [1], [], [3]],
		[[3], [], [], [3]],
		[[3], [3], [], [3]],
		// Nothing done any more: begun anew.
		[[3], [0], [], []],
		[[3, 5], [0, 7], ['courseCompleted reached'], [7]],
		// The same course twice in a row.
		[[], [3, 3], ['courseProgressReached reached', 'courseCompleted reached'], [3]],
	])('%j, then %j: %j, kept %j', (was, is, events, kept) => {
		const comparison = compare(stateOf(watch, with_(...was)), seenOf(watch, with_(...is)), watch);
		expect(comparison.changes.map(({ kind, how }) => `${kind} ${how}`)).toEqual(events);
		expect(comparison.people.get(keyOf('u1'))?.reached).toEqual(kept);
	});

	test('stay as they are for a user who is not in the user list now', () => {
		const both = { ...watch, offers: ['o1'] };
		const comparison = compare(
			stateOf(both, { u1: { standings: [1, 1], reached: [3] } }),
			seenOf(both, { u1: { standings: [0, 1], reached: [] } }),
			both,
		);
		expect(comparison.people.get(keyOf('u1'))).toMatchObject({ reached: [3], missing: [0] });
	});
});

describe('custom properties', () => {
	const watch = watchOf({ events: ['customPropertyChanged'], properties: ['p1', 'p2'] });
	const valued = (...values: Array<number | undefined>) => ({
		u1: { standings: [1 as Standing], values },
	});

	test.each<[Array<number | undefined>, Array<number | undefined>, number[]]>([
		[[1, 2], [1, 2], []],
		[[1, 2], [3, 2], [0]],
		[[1, 2], [undefined, 2], [0]],
		[
			[undefined, undefined],
			[1, 2],
			[0, 1],
		],
		[[], [undefined, 2], [1]],
		[[], [undefined, undefined], []],
	])('%j, then %j: property %j', (was, is, properties) => {
		const { changes } = compare(
			stateOf(watch, valued(...was)),
			seenOf(watch, valued(...is)),
			watch,
		);
		expect(changes.map(({ property, value }) => [property, value])).toEqual(
			properties.map((property) => [property, is[property]]),
		);
	});

	test('a new user had none', () => {
		expect(
			compare(stateOf(watch, {}), seenOf(watch, valued(1, undefined)), watch).changes,
		).toMatchObject([{ kind: 'customPropertyChanged', property: 0 }]);
	});
});

describe('who has to wait', () => {
	test('stays as before, without an event, and has it the next time', () => {
		const state = stateOf(EVERYTHING, { u1: { standings: [1, 0, 0] } });
		const people = {
			u1: { standings: [1, 1, 0] as Standing[] },
			u2: { standings: [1, 0, 0] as Standing[] },
		};
		const waiting = seenOf(EVERYTHING, people, { left: new Set([keyOf('u1'), keyOf('u2')]) });
		const comparison = compare(state, waiting, EVERYTHING);
		expect(comparison).toEqual({ changes: [], people: state.people });
		expect(
			happened(next(state, waiting, EVERYTHING), seenOf(EVERYTHING, people), EVERYTHING),
		).toEqual(['userGotOffer listed', 'newUser listed']);
	});

	test('is not forgotten when missing', () => {
		const state = stateOf(EVERYTHING, { u1: { standings: [0, 1, 0], missing: [1] } });
		expect(
			compare(state, seenOf(EVERYTHING, {}, { left: new Set([keyOf('u1')]) }), EVERYTHING),
		).toEqual({ changes: [], people: new Map() });
	});
});

describe('other settings', () => {
	const before = (watch: Watch) =>
		stateOf(watch, {
			u1: {
				standings: [1, ...watch.offers.map((): Standing => 0)],
				reached: [1],
				values: watch.properties.map(() => 1),
			},
		});
	const after = (watch: Watch) =>
		seenOf(watch, {
			u1: {
				standings: [2, ...watch.offers.map((): Standing => 1)],
				reached: [3],
				values: watch.properties.map(() => 2),
			},
			u2: { standings: [1, ...watch.offers.map((): Standing => 1)] },
		});
	const old = watchOf({
		events: ['courseProgressReached', 'customPropertyChanged', 'newUser', 'userGotOffer'],
		offers: ['o1'],
		percent: 50,
		properties: ['p1'],
	});

	test('nothing new is silent', () => {
		expect(happened(before(old), after(old), old)).toHaveLength(4);
	});

	test.each<[string, Partial<Watch>, EventKind[]]>([
		[
			'an event that is newly chosen',
			{ events: [...old.events, 'userBecameInactive', 'courseCompleted'] },
			['newUser', 'userGotOffer', 'customPropertyChanged'],
		],
		['another percentage', { percent: 80 }, ['newUser', 'userGotOffer', 'customPropertyChanged']],
		['another course', { course: 'c1' }, ['newUser', 'userGotOffer', 'customPropertyChanged']],
		['another offer', { offers: ['o2'] }, ['newUser', 'customPropertyChanged']],
		['another property', { properties: ['p2'] }, ['newUser', 'userGotOffer']],
		['another filter', { offerId: 'o1' }, ['userGotOffer']],
		['another course filter', { courseId: 'c1' }, ['userGotOffer']],
		['fewer events', { events: ['newUser'] }, ['newUser']],
	])('%s is taken over silently', (_name, changes, kinds) => {
		const watch = { ...old, ...changes };
		const comparison = compare(before(old), after(watch), watch);
		expect([...new Set(comparison.changes.map(({ kind }) => kind))].sort()).toEqual(
			[...kinds].sort(),
		);
		// And nothing of it comes later.
		expect(happened(next(before(old), after(watch), watch), after(watch), watch)).toEqual([]);
	});

	test('offers and properties are found in whatever order they stand', () => {
		const two = { ...EVERYTHING };
		const state = stateOf(two, { u1: { standings: [1, 1, 2], missing: [2], values: [7, 8] } });
		const turned = adapt(state, { ...two, offers: ['o2', 'o1', 'o3'], properties: ['p2', 'p1'] });
		expect(turned.people.get(keyOf('u1'))).toMatchObject({
			standings: [1, 2, 1, 0],
			missing: [1],
			values: [8, 7],
		});
		expect(turned.counts).toEqual([1, 1, 1, 0]);
		expect(adapt(state, two)).toBe(state);
	});

	test('who is in no list of the new watch is dropped', () => {
		const state = stateOf(EVERYTHING, { u1: { standings: [0, 1, 0], known: false } });
		expect(adapt(state, { ...EVERYTHING, offers: ['o2'] }).people.size).toBe(0);
	});
});

describe('a sick answer', () => {
	const watch = watchOf({ events: ['newUser'], offers: ['o1'] });
	const school = (from: number, to: number, list = 0) =>
		Object.fromEntries(
			Array.from({ length: to - from }, (_, n): [string, Partial<Person>] => [
				`u${from + n}`,
				{ standings: list === 0 ? [1, 0] : [1, 1] },
			]),
		);
	const judged = (before: object, now: object, changes: { key?: string; again?: boolean } = {}) =>
		judge(
			stateOf(watch, { ...before }),
			seenOf(watch, { ...now }),
			changes.key ?? 'school',
			changes.again ?? false,
		).kind;

	/** Lists that show a part of the school only. */
	const parts: Array<[string, Watch, (from: number, to: number) => object]> = [
		[
			'the list of an offer',
			watchOf({ events: ['userGotOffer'], readsUsers: false, offers: ['o1'] }),
			(from, to) =>
				Object.fromEntries(
					Object.entries(school(from, to)).map(([uid]) => [uid, { standings: [0, 1] }]),
				),
		],
		[
			'a filtered user list',
			watchOf({ events: ['newUser'], offerId: 'o1' }),
			(from, to) =>
				Object.fromEntries(
					Object.entries(school(from, to)).map(([uid]) => [uid, { standings: [1] }]),
				),
		],
	];

	test.each(parts)('of %s: everybody exchanged at once is refused once', (_name, part, people) => {
		const kind = (from: number, to: number, key = 'school', again = false) =>
			judge(stateOf(part, { ...people(0, 12) }), seenOf(part, { ...people(from, to) }), key, again)
				.kind;
		expect(kind(100, 112)).toBe('exchanged');
		expect(kind(100, 112, 'school', true)).toBe('healthy');
		expect(kind(0, 30)).toBe('healthy');
		expect(kind(100, 109)).toBe('healthy');
		expect(kind(100, 112, 'other')).toBe('otherSchool');
		expect(kind(100, 112, 'other', true)).toBe('otherSchool');
	});

	test.each<[string, string, object, object, { key?: string; again?: boolean }]>([
		['healthy', 'the same people', school(0, 20), school(0, 20), {}],
		['healthy', 'half of the list', school(0, 20), school(0, 10), {}],
		['halfEmpty', 'less than half of the list', school(0, 20), school(0, 9), {}],
		['halfEmpty', 'nobody', school(0, 20), {}, {}],
		['healthy', 'less than half, seen before', school(0, 20), school(0, 9), { again: true }],
		[
			'halfEmpty',
			'less than half of an offer',
			school(0, 20, 1),
			{ ...school(0, 20), ...school(0, 9, 1) },
			{},
		],
		['healthy', 'a small list that gets smaller', school(0, 9), school(0, 1), {}],
		['healthy', 'nobody where nobody was', {}, {}, {}],
		['healthy', 'one user who goes while another one comes', school(0, 1), school(1, 2), {}],
		['otherSchool', 'nobody of the last time', school(0, 20), school(100, 130), {}],
		['otherSchool', 'one in twenty of the last time', school(0, 20), school(19, 39), {}],
		['healthy', 'one in ten of the last time', school(0, 20), school(18, 38), {}],
		['healthy', 'another key, nobody where nobody was', {}, {}, { key: 'other' }],
		['healthy', 'many new users', school(0, 20), school(0, 500), {}],
		['healthy', 'another key of the same school', school(0, 20), school(0, 21), { key: 'other' }],
		['otherSchool', 'another key, one user', school(0, 1), school(1, 2), { key: 'other' }],
		['halfEmpty', 'another key, nobody', school(0, 20), {}, { key: 'other' }],
		[
			'otherSchool',
			'another key, nobody, seen before',
			school(0, 20),
			{},
			{ key: 'other', again: true },
		],
		[
			'otherSchool',
			'another key, a small school becomes an empty one',
			school(0, 3),
			{},
			{ key: 'other' },
		],
	])('%s: %s', (kind, _name, before, now, changes) => {
		expect(judged(before, now, changes)).toBe(kind);
	});
});

describe('any two states', () => {
	const anySchool = fc
		.array(fc.tuple(fc.nat(30), anyPerson(EVERYTHING)), { maxLength: 25 })
		.map((people) => Object.fromEntries(people.map(([n, person]) => [`u${n}`, person])));
	/** People as a sweep gives them: seen in some list, nobody missing. */
	const anySweep = anySchool.map((people) =>
		seenOf(
			EVERYTHING,
			Object.fromEntries(
				Object.entries(people)
					.map(([uid, person]): [string, Person] => [
						uid,
						{ ...person, missing: [], known: person.standings[0] !== 0 },
					])
					.filter(([, { standings }]) => standings.some((standing) => standing !== 0)),
			),
		),
	);

	test('the same comparison gives the same, and the sweep again gives nothing but what was missing', () => {
		fc.assert(
			fc.property(anySchool, anySweep, (before, seen) => {
				const state = stateOf(EVERYTHING, before);
				const first = compare(state, seen, EVERYTHING);
				expect(compare(state, seen, EVERYTHING)).toEqual(first);
				const after = next(state, seen, EVERYTHING);
				const second = compare(after, seen, EVERYTHING);
				expect(second.changes.every(({ how }) => how === 'notListed')).toBe(true);
				expect(compare(next(after, seen, EVERYTHING), seen, EVERYTHING).changes).toEqual([]);
			}),
			{ numRuns: 300 },
		);
	});

	test('only watched events come, each once for user, offer, course and property', () => {
		fc.assert(
			fc.property(anySchool, anySweep, fc.subarray([...EVENT_KINDS]), (before, seen, events) => {
				const watch = { ...EVERYTHING, events };
				const { changes } = compare(stateOf(watch, before), seen, watch);
				expect(changes.every(({ kind }) => events.includes(kind))).toBe(true);
				const names = changes.map(({ kind, key, offer, course, property }) =>
					JSON.stringify([kind, key, offer, course, property]),
				);
				expect(new Set(names).size).toBe(names.length);
			}),
			{ numRuns: 300 },
		);
	});
});
