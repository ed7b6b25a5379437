/** Lets at most `size` tasks run at once; the others wait in line. */
export class Slots {
	private readonly waiting: Array<() => void> = [];
	private taken = 0;

	constructor(private readonly size: number) {}

	/**
	 * Runs a task as soon as there is room.
	 *
	 * @returns what the task returns, or undefined when the signal was aborted before its turn
	 */
	async use<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T | undefined> {
		if (this.taken >= this.size) await this.room(signal);
		else this.taken++;
		if (signal?.aborted) {
			this.free();
			return undefined;
		}
		try {
			return await task();
		} finally {
			this.free();
		}
	}

	private async room(signal: AbortSignal | undefined): Promise<void> {
		await new Promise<void>((resolve) => {
			const go = () => {
				signal?.removeEventListener('abort', onAbort);
				resolve();
			};
			// The place in line is given up by hand-over: the freed slot counts as taken by this one.
			const onAbort = () => {
				const place = this.waiting.indexOf(go);
				if (place < 0) return;
				this.waiting.splice(place, 1);
				this.taken++;
				resolve();
			};
			this.waiting.push(go);
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	private free(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.taken--;
	}
}
