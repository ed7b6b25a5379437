/** Many calls, a few at a time, and what a server saw of them. */

/**
 * Does work for each entry, so many at a time.
 *
 * @template T, R
 * @param {T[]} entries
 * @param {number} atOnce
 * @param {(entry: T, index: number) => Promise<R>} work
 * @returns {Promise<R[]>} in the order of the entries
 */
export async function inParallel(entries, atOnce, work) {
	const results = new Array(entries.length);
	let next = 0;
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			while (next < entries.length) {
				const index = next++;
				results[index] = await work(entries[index], index);
			}
		}),
	);

	return results;
}

/**
 * The most requests that came within one second, wherever that second begins.
 *
 * @param {Array<{ start: number }>} requests times in milliseconds
 */
export function mostInASecond(requests) {
	const times = requests.map(({ start }) => start).sort((a, b) => a - b);
	let from = 0;
	let most = 0;
	for (const [index, time] of times.entries()) {
		while (time - times[from] >= 1_000) from++;
		most = Math.max(most, index - from + 1);
	}

	return most;
}
