import { sleep } from 'n8n-workflow';

/** Time as the transport sees it. Tests pass a clock of their own, so that no test waits for real. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Resolves after `ms` milliseconds, or at once when `signal` is aborted. Never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A number from 0 (included) to 1 (excluded), used for jitter. */
	random(): number;
}

/**
 * The clock of the machine.
 *
 * n8n-workflow 2.41 ends a sleep when its signal is aborted, 2.8 ignores the signal and goes on for
 * the whole pause. The race against a listener of our own makes both stop at once, so that a
 * cancelled execution never hangs in a wait.
 */
export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	async sleep(ms, signal) {
		if (signal?.aborted) return;
		if (signal === undefined) return await sleep(ms);

		let stopListening = () => {};
		const aborted = new Promise<void>((resolve) => {
			const listener = () => resolve();
			signal.addEventListener('abort', listener, { once: true });
			stopListening = () => signal.removeEventListener('abort', listener);
		});
		const slept = sleep(ms, signal).catch(() => undefined);

		await Promise.race([slept, aborted]);
		stopListening();
	},
};
