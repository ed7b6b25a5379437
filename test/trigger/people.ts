import fc from 'fast-check';
import { EVENT_KINDS, listCount, type Watch } from '../../nodes/Memberspot/polling/events';
import {
	keyOf,
	type People,
	type Person,
	type Standing,
	type State,
} from '../../nodes/Memberspot/polling/state';

/** A watch of everything, with two offers and two properties. */
export const EVERYTHING: Watch = {
	events: [...EVENT_KINDS],
	readsUsers: true,
	offers: ['o1', 'o2'],
	percent: 50,
	properties: ['p1', 'p2'],
};

/** A watch with some of the settings. */
export function watchOf(changes: Partial<Watch>): Watch {
	return { events: [], readsUsers: true, offers: [], properties: [], ...changes };
}

/** A state of given people. */
export function stateOf(
	watch: Watch,
	people: { [uid: string]: Partial<Person> },
	changes: Partial<State> = {},
): State {
	const all: People = new Map(
		Object.entries(people).map(([uid, person]) => [keyOf(uid), personOf(watch, person)]),
	);
	const counts = Array.from(
		{ length: listCount(watch) },
		(_, list) => [...all.values()].filter(({ standings }) => standings[list] !== 0).length,
	);

	return {
		watch,
		school: 'school',
		sequence: 3,
		stamp: 1_000,
		counts,
		courses: ['c1', 'c2'],
		people: all,
		...changes,
	};
}

/** A person who is known, in no list, and has nothing. */
export function personOf(watch: Watch, person: Partial<Person>): Person {
	return {
		known: true,
		standings: new Array<Standing>(listCount(watch)).fill(0),
		missing: [],
		reached: [],
		values: watch.properties.map(() => undefined),
		...person,
	};
}

/** Any person that a state of the watch can hold. */
export function anyPerson(watch: Watch): fc.Arbitrary<Person> {
	const lists = listCount(watch);

	return fc.record({
		known: fc.boolean(),
		standings: fc.array(fc.constantFrom<Standing>(0, 1, 2, 3), {
			minLength: lists,
			maxLength: lists,
		}),
		missing: fc.uniqueArray(fc.nat(lists - 1)),
		reached: fc.uniqueArray(fc.nat(5_000)).map((entries) => entries.sort((a, b) => a - b)),
		values: fc.array(fc.option(fc.nat(0xffffffff), { nil: undefined }), {
			minLength: watch.properties.length,
			maxLength: watch.properties.length,
		}),
	});
}
