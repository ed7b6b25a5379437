/** Something with a fixed place in the order of all. */
export interface Placed {
	readonly place: number;
}

/**
 * A part of all users, in the order of all users. Reading a page takes as long as the page is, not as
 * long as the school is large.
 */
export class IndexList<T extends Placed> {
	private readonly rows: T[] = [];

	get size(): number {
		return this.rows.length;
	}

	/** Adds a row in its place. At the end, where new users go, this takes no time. */
	add(row: T): void {
		const last = this.rows.at(-1);
		if (last === undefined || last.place < row.place) this.rows.push(row);
		else this.rows.splice(this.firstAfter(row.place), 0, row);
	}

	remove(row: T): void {
		const index = this.firstAfter(row.place) - 1;
		if (this.rows[index] === row) this.rows.splice(index, 1);
	}

	has(row: T): boolean {
		return this.rows[this.firstAfter(row.place) - 1] === row;
	}

	/** The rows behind a place, one after another. */
	*after(place: number): Generator<T, void, undefined> {
		for (let index = this.firstAfter(place); index < this.rows.length; index++)
			yield this.rows[index];
	}

	/** Index of the first row whose place is behind this one. */
	private firstAfter(place: number): number {
		let low = 0;
		let high = this.rows.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.rows[middle].place <= place) low = middle + 1;
			else high = middle;
		}

		return low;
	}
}
