/** Lets at most `size` tasks run at once; the others wait in line. */
export class Slots {
	private readonly waiting: Array<() => void> = [];
	private taken = 0;

	/** @param signal when it is aborted, everybody in line is let go without running */
	constructor(
		private readonly size: number,
		private readonly signal?: AbortSignal,
	) {
		signal?.addEventListener('abort', () => this.waiting.splice(0).forEach((go) => go()), { once: true });
	}

	/**
	 * Runs a task as soon as there is room.
	 *
	 * @returns what the task returns, or undefined when the signal was aborted before its turn
	 */
	async use<T>(task: () => Promise<T>): Promise<T | undefined> {
		while (this.taken >= this.size && !this.signal?.aborted) {
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
		if (this.signal?.aborted) return undefined;
		this.taken++;
		try {
			return await task();
		} finally {
			this.taken--;
			this.waiting.shift()?.();
		}
	}
}
