import { createHash } from 'node:crypto';
import { parseJson } from '../values/json';
import { isRecord } from '../values/text';
import type { Watch } from './events';
import {
	KEY_BYTES,
	STANDING,
	type People,
	type Saved,
	type Standing,
	type State,
	type Unfinished,
} from './state';

/** Version of the form in which a state is saved. A state of another version is not read. */
const FORMAT = 1;

/** Largest state that is saved, in characters (one byte each). n8n writes it with every emission. */
export const LARGEST_STATE = 2_000_000;

const NO_NUMBERS: readonly number[] = [];
const NO_VALUES: readonly undefined[] = [];

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

	const text = [JSON.stringify(head), ...bodies].join('\n');

	return `${text}\n${checksum(text)}`;
}

/** Reads a saved text; undefined when it is none, is damaged, or has another format. */
export function decode(text: string): Saved | undefined {
	if (!isWhole(text)) return undefined;
	const [line, ...bodies] = text.slice(0, text.lastIndexOf('\n')).split('\n');
	const head = readHead(line);
	if (head === undefined) return undefined;

	const { state, unfinished } = head;
	const saved: Saved = {};
	if (state !== undefined) {
		saved.state = { ...state, people: decodePeople(bodies.shift() ?? '', state.watch) };
	}
	if (unfinished !== undefined) {
		saved.unfinished = {
			...unfinished,
			people: decodePeople(bodies.shift() ?? '', unfinished.watch),
		};
	}

	return saved;
}

/** Whether a text is as it was written. */
export function isWhole(text: string): boolean {
	const end = text.lastIndexOf('\n');

	return end >= 0 && text.slice(end + 1) === checksum(text.slice(0, end));
}

/** Eight hex digits that a damaged text does not have. */
function checksum(text: string): string {
	return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 8);
}

/** What tells how new a saved text is. */
export interface Age {
	sequence: number;
	savedAt: number;
}

/**
 * Which of several saved texts is the newest: how often it has emitted, then when it was saved. A
 * damaged one does not count, or it would hide all that are written after it.
 */
export function newest(texts: ReadonlyArray<string | undefined>): string | undefined {
	let best: { text: string; age: Age } | undefined;
	for (const text of texts) {
		const age = text === undefined ? undefined : ageOf(text);
		if (text === undefined || age === undefined) continue;
		if ((best === undefined || isNewer(age, best.age)) && isWhole(text)) best = { text, age };
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

/** What follows in it is as `encode` wrote it, which the checksum makes sure of. */
function isHead(value: unknown): value is Head {
	return (
		isRecord(value) &&
		value.format === FORMAT &&
		typeof value.sequence === 'number' &&
		typeof value.savedAt === 'number'
	);
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

function decodePeople(text: string, watch: Watch): People {
	const bytes = new Reader(Buffer.from(text, 'base64'));
	const people: People = new Map();
	const offers = watch.offers.length;
	const nowhere = new Array<Standing>(offers).fill(STANDING.absent);
	const key = Buffer.alloc(KEY_BYTES);
	let place = 0;
	for (let left = bytes.number(); left > 0; left--) {
		place += bytes.number();
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

	return people;
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
	private at = 0;

	constructor(private readonly buffer: Buffer) {}

	byte(): number {
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
		for (let left = this.number(); left > 0; left--) values.push(this.number());

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
