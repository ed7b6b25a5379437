const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random numbers that are the same for the same seed on every machine (the public-domain mulberry32). */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** A number from 0 (included) to 1 (excluded). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = this.state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);

		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	}

	/** A whole number from 0 to `below` - 1. */
	below(below: number): number {
		return Math.floor(this.next() * below);
	}

	/** Whether something happens that happens with this probability. */
	chance(probability: number): boolean {
		return this.next() < probability;
	}

	/** One entry of a list. */
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)];
	}

	/** Letters and digits, as the API's ids are made of. */
	id(length: number): string {
		const codes: number[] = [];
		for (let i = 0; i < length; i++) codes.push(LETTERS.charCodeAt(this.below(LETTERS.length)));

		return String.fromCharCode(...codes);
	}
}
