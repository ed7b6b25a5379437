/**
 * Does work for each task, at most `width` at a time, in the order of the list. Ends early when
 * `stopped` says so: what runs is let end, and nothing new is started.
 */
export async function inParallel<T>(tasks: readonly T[], width: number, stopped: () => boolean, work: (task: T) => Promise<void>): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < tasks.length && !stopped()) await work(tasks[next++]);
	};
	await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker));
}
