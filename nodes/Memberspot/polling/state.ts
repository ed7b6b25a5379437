import { createHash } from 'node:crypto';
import { isRecord } from '../values/text';
import { EVENT_KINDS, listCount, type EventKind, type Watch } from './events';

/** Version of the form in which a state is saved. A state of another version is not read. */
const FORMAT = 1;

/** Largest state that is saved, in characters (one byte each). n8n writes it with every emission. */
export const LARGEST_STATE = 2_000_000;

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

const KEY_BYTES = 6;
const NO_NUMBERS: readonly number[] = [];
const NO_VALUES: readonly undefined[] = [];

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

/**
 * Writes what is to be saved as one text: a line of JSON with the small facts, then the people, about
 * ten bytes each, in base64. One text is cheap for n8n, which would wrap each entry of an object.
 *
 * @param savedAt milliseconds since 1970, greater with every text that follows another
 */
export function encode({ state, unfinished }: Saved, savedAt: number): string {
	const head: Head = { format: FORMAT, sequence: state?.sequence ?? 0, savedAt };
	const bodies: string[] = [];
	if (state !== undefined) {
		const { people, ...facts } = state;
		head.state = facts;
		bodies.push(encodePeople(people, state.watch));
	}
	if (unfinished !== undefined) {
		const { people, ...facts } = unfinished;
		head.unfinished = facts;
		bodies.push(encodePeople(people, unfinished.watch));
	}

	return [JSON.stringify(head), ...bodies].join('\n');
}

/** Reads a saved text; undefined when it is none, is damaged, or has another format. */
export function decode(text: string): Saved | undefined {
	const [line, ...bodies] = text.split('\n');
	const head = readHead(line);
	if (head === undefined) return undefined;

	const saved: Saved = {};
	if (head.state !== undefined) {
		const people = decodePeople(bodies.shift() ?? '', head.state.watch);
		if (people === undefined) return undefined;
		saved.state = { ...head.state, people };
	}
	if (head.unfinished !== undefined) {
		const people = decodePeople(bodies.shift() ?? '', head.unfinished.watch);
		// A sweep that can't be read is begun again; nothing is lost by that.
		if (people !== undefined) saved.unfinished = { ...head.unfinished, people };
	}

	return saved;
}

/** What tells how new a saved text is. */
export interface Age {
	sequence: number;
	savedAt: number;
}

/** Which of several saved texts is the newest: how often it has emitted, then when it was saved. */
export function newest(texts: ReadonlyArray<string | undefined>): string | undefined {
	let best: { text: string; age: Age } | undefined;
	for (const text of texts) {
		const age = text === undefined ? undefined : ageOf(text);
		if (text === undefined || age === undefined) continue;
		if (best === undefined || isNewer(age, best.age)) best = { text, age };
	}

	return best?.text;
}

/** The age of a saved text; undefined for a text of another format. */
export function ageOf(text: string): Age | undefined {
	const head = readHead(text.split('\n', 1)[0]);

	return head === undefined ? undefined : { sequence: head.sequence, savedAt: head.savedAt };
}

function isNewer(one: Age, other: Age): boolean {
	if (one.sequence !== other.sequence) return one.sequence > other.sequence;

	return one.savedAt > other.savedAt;
}

interface Head extends Age {
	format: number;
	state?: Omit<State, 'people'>;
	unfinished?: Omit<Unfinished, 'people'>;
}

function readHead(line: string): Head | undefined {
	const value = parseJson(line);

	return isHead(value) ? value : undefined;
}

/** The head was written by `encode` in this format, so its outline is enough to tell. */
function isHead(value: unknown): value is Head {
	if (!isRecord(value) || value.format !== FORMAT) return false;
	if (typeof value.sequence !== 'number' || typeof value.savedAt !== 'number') return false;

	return [value.state, value.unfinished].every((part) => part === undefined || hasWatch(part));
}

function hasWatch(part: unknown): boolean {
	if (!isRecord(part) || !isRecord(part.watch) || !Array.isArray(part.courses)) return false;
	const { events, offers, properties } = part.watch;

	return (
		Array.isArray(events) &&
		events.every(isKind) &&
		Array.isArray(offers) &&
		Array.isArray(properties)
	);
}

function isKind(value: unknown): value is EventKind {
	return EVENT_KINDS.some((kind) => kind === value);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const FLAG = { users: 3, known: 4, missing: 8, offers: 16, reached: 32, values: 64 } as const;

/**
 * People as bytes, in the order of their keys. For each: the distance from the key before, a byte of
 * flags with the standing in the user list, and only where there is something: the standings in the
 * offers' lists (two bits each), the missing bits, what was reached, the hashes of property values.
 */
function encodePeople(people: People, watch: Watch): string {
	const bytes = new Writer();
	const keys = [...people.keys()].sort();
	bytes.number(keys.length);
	let before = 0;
	for (const key of keys) {
		const person = people.get(key);
		if (person === undefined) continue;
		const { standings, missing, reached, values } = person;
		const place = Buffer.from(key, 'latin1').readUIntBE(0, KEY_BYTES);
		bytes.number(place - before);
		before = place;
		const holdsOffer = standings.some((standing, list) => list > 0 && standing !== STANDING.absent);
		const hasValue = values.some((value) => value !== undefined);
		bytes.byte(
			standings[0] |
				(person.known ? FLAG.known : 0) |
				(missing.length > 0 ? FLAG.missing : 0) |
				(holdsOffer ? FLAG.offers : 0) |
				(reached.length > 0 ? FLAG.reached : 0) |
				(hasValue ? FLAG.values : 0),
		);
		if (missing.length > 0) bytes.numbers(missing);
		if (holdsOffer)
			bytes.packed(
				watch.offers.map((_, offer) => standings[offer + 1]),
				2,
			);
		if (reached.length > 0) bytes.numbers(reached);
		if (hasValue) {
			bytes.packed(
				watch.properties.map((_, property) => (values[property] === undefined ? 0 : 1)),
				1,
			);
			for (const value of values) if (value !== undefined) bytes.word(value);
		}
	}

	return bytes.toText();
}

function decodePeople(text: string, watch: Watch): People | undefined {
	const bytes = new Reader(Buffer.from(text, 'base64'));
	const people: People = new Map();
	const count = bytes.number();
	const offers = watch.offers.length;
	const nowhere = new Array<Standing>(offers).fill(STANDING.absent);
	let place = 0;
	for (let n = 0; n < count; n++) {
		place += bytes.number();
		if (bytes.failed || place >= 2 ** (8 * KEY_BYTES)) return undefined;
		const key = Buffer.alloc(KEY_BYTES);
		key.writeUIntBE(place, 0, KEY_BYTES);
		const flags = bytes.byte();
		const missing = flags & FLAG.missing ? bytes.numbers() : NO_NUMBERS;
		const held = flags & FLAG.offers ? bytes.packed(offers, 2).map(toStanding) : nowhere;
		const reached = flags & FLAG.reached ? bytes.numbers() : NO_NUMBERS;
		const values =
			flags & FLAG.values
				? bytes
						.packed(watch.properties.length, 1)
						.map((bit) => (bit === 1 ? bytes.word() : undefined))
				: NO_VALUES;
		people.set(key.toString('latin1'), {
			known: (flags & FLAG.known) !== 0,
			standings: [toStanding(flags & FLAG.users), ...held],
			missing,
			reached,
			values,
		});
	}

	return bytes.failed || !bytes.atEnd ? undefined : people;
}

function toStanding(bits: number): Standing {
	return bits === 0 ? 0 : bits === 1 ? 1 : bits === 2 ? 2 : 3;
}

class Writer {
	private buffer = Buffer.alloc(4096);
	private length = 0;

	byte(value: number): void {
		if (this.length === this.buffer.length) {
			this.buffer = Buffer.concat([this.buffer, Buffer.alloc(this.buffer.length)]);
		}
		this.buffer[this.length++] = value;
	}

	/** A whole number from 0 to 2^53, in as few bytes as it takes. */
	number(value: number): void {
		let rest = value;
		while (rest >= 128) {
			this.byte((rest % 128) + 128);
			rest = Math.floor(rest / 128);
		}
		this.byte(rest);
	}

	/** A list of whole numbers. */
	numbers(values: readonly number[]): void {
		this.number(values.length);
		for (const value of values) this.number(value);
	}

	/** Four bytes. */
	word(value: number): void {
		for (const shift of [24, 16, 8, 0]) this.byte((value >>> shift) & 255);
	}

	/** Small numbers of `bits` bits each. */
	packed(values: number[], bits: 1 | 2): void {
		const perByte = 8 / bits;
		for (let first = 0; first < values.length; first += perByte) {
			let byte = 0;
			for (let n = 0; n < perByte; n++) byte |= (values[first + n] ?? 0) << (n * bits);
			this.byte(byte);
		}
	}

	toText(): string {
		return this.buffer.subarray(0, this.length).toString('base64');
	}
}

class Reader {
	/** Whether more was asked for than there is. What was read is worth nothing then. */
	failed = false;
	private at = 0;

	constructor(private readonly buffer: Buffer) {}

	get atEnd(): boolean {
		return this.at === this.buffer.length;
	}

	byte(): number {
		if (this.at >= this.buffer.length) {
			this.failed = true;
			return 0;
		}

		return this.buffer[this.at++];
	}

	number(): number {
		let value = 0;
		for (let factor = 1; ; factor *= 128) {
			const byte = this.byte();
			value += (byte % 128) * factor;
			if (byte < 128) return value;
		}
	}

	numbers(): number[] {
		const values: number[] = [];
		for (let left = this.number(); left > 0 && !this.failed; left--) values.push(this.number());

		return values;
	}

	word(): number {
		let value = 0;
		for (let n = 0; n < 4; n++) value = value * 256 + this.byte();

		return value;
	}

	packed(count: number, bits: 1 | 2): number[] {
		const perByte = 8 / bits;
		const values: number[] = [];
		for (let n = 0, byte = 0; n < count; n++) {
			if (n % perByte === 0) byte = this.byte();
			values.push((byte >> ((n % perByte) * bits)) & (2 ** bits - 1));
		}

		return values;
	}
}
