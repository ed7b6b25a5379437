/* eslint-disable @n8n/community-nodes/no-restricted-imports -- the stand-in is a server of its own, not a part of the package */
import { setTimeout as pause } from 'node:timers/promises';

/** Time as the stand-in sees it. Tests pass a clock of their own, so that no test waits for real. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Resolves after `ms` milliseconds, or at once when `signal` is aborted. Never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
	now: () => Date.now(),
	async sleep(ms, signal) {
		await pause(ms, undefined, { signal }).catch(() => undefined);
	},
};
