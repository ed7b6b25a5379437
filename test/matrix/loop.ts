/**
 * A loop over many runs that share one stand-in, as the body of a test.
 *
 * A test that overruns its limit is failed by Jest, but its body goes on: its next runs would reset
 * the stand-in and turn its switches under the hands of the test after it. That showed up once, on a
 * busy machine, as a user who was activated where the lists could not tell.
 */
export class Loop {
	private round = 0;
	private running: Promise<void> = Promise.resolve();

	/** Before each test: lets no loop of an earlier test go on, and waits for the run that is under way. */
	async begin(): Promise<void> {
		this.round++;
		await this.running;
	}

	/** Does work for each entry, one after another, until the next test begins. */
	async over<T>(entries: Iterable<T>, work: (entry: T) => Promise<void>): Promise<void> {
		const { round } = this;
		const all = (async () => {
			for (const entry of entries) {
				if (round !== this.round) return;
				await work(entry);
			}
		})();
		this.running = all.catch(() => undefined);
		await all;
	}
}
