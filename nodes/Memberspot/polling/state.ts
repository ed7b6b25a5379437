import { createHash } from 'node:crypto';
import { isRecord } from '../values/text';
import { listCount, type Watch } from './events';

/** How a user stands in a list: not in it, or in it with `active` true, false, or not given. */
export const STANDING = { absent: 0, active: 1, inactive: 2, unclear: 3 } as const;
export type Standing = (typeof STANDING)[keyof typeof STANDING];

/** What has been reached in a course, as bits. */
export const REACHED = { percent: 1, all: 2 } as const;

/** What is kept of one user. */
export interface Person {
	/** Whether the user has ever been in the user list. */
	known: boolean;
	/** In each list of the watch. */
	standings: readonly Standing[];
	/** Numbers of the lists in which the user was missing the last time: it counts the second time. */
	missing: readonly number[];
	/** What has been reached, as `course number * 4 + bits`, in order. */
	reached: readonly number[];
	/** Hash of each watched property's value; undefined for none. */
	values: ReadonlyArray<number | undefined>;
}

/** Persons by key, see `keyOf`. */
export type People = Map<string, Person>;

/** What has been seen of a school: the checkpoint of a polling trigger. */
export interface State {
	/** What it was made for. */
	watch: Watch;
	/** Names the API key that it was read with, see `schoolMark`. */
	school: string;
	/** How many polls have emitted something. Part of the id of events. */
	sequence: number;
	/** When its sweep began, in milliseconds since 1970. Decides when to poll again, nothing else. */
	stamp: number;
	/** Rows in each list at the last sweep. */
	counts: number[];
	/** Ids of courses in which something was reached. */
	courses: string[];
	people: People;
}

/** A sweep that stopped at n8n's time budget and is to be gone on with. */
export interface Unfinished {
	/** As in the state. */
	watch: Watch;
	school: string;
	stamp: number;
	counts: number[];
	courses: string[];
	people: People;
	/** Number of the step that is being read. */
	step: number;
	/** Where its next page begins; from its first page where left out. */
	from?: { cursor: string; guessed: boolean };
	/** Hashes of the places where earlier parts of this sweep stopped, to notice a list without an end. */
	stops: number[];
	/** Rows of users with changes, by key. */
	rows: Array<[key: string, row: string]>;
	/** Keys of users whose rows did not fit in: their changes are left to the next sweep. */
	left: string[];
}

/** What is saved. */
export interface Saved {
	state?: State;
	unfinished?: Unfinished;
}

/** Bytes of a key. With 100,000 users, two of them share a key once in 50,000 schools. */
export const KEY_BYTES = 6;

/** The key of a user: six bytes of a hash of the uid, so that a state holds no personal data. */
export function keyOf(uid: string): string {
	return createHash('sha256').update(uid, 'utf8').digest().toString('latin1', 0, KEY_BYTES);
}

/** A key for people to read and compare: twelve hex digits. */
export function showKey(key: string): string {
	return Buffer.from(key, 'latin1').toString('hex');
}

/** Names an API key by a part of its hash. */
export function schoolMark(keyHash: string): string {
	return keyHash.slice(0, 12);
}

/** The hash of a value, of a custom property for example; undefined for nothing, null and the empty text. */
export function valueHash(value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;

	return createHash('sha256').update(canonical(value), 'utf8').digest().readUInt32BE(0);
}

/** JSON whose keys are in order, so that equal values give equal texts. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
	const keys = Object.keys(value).sort();

	return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** A state in which nothing has been seen yet. */
export function emptyState(watch: Watch, school: string): State {
	return {
		watch,
		school,
		sequence: 0,
		stamp: 0,
		counts: new Array<number>(listCount(watch)).fill(0),
		courses: [],
		people: new Map(),
	};
}
