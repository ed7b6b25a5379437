/** Most nodes that are remembered in one process. */
const REMEMBERED = 500;
/** A poll that has been under way for longer than this has been abandoned. */
const ABANDONED_MS = 3_600_000;

/** What one process remembers of one trigger. */
export interface Note {
	/** When the poll under way began. */
	running?: number;
	/** The last poll, where it failed: when, and what it was to watch with which key. */
	failure?: { at: number; what: string };
	/** What the last poll was to watch, where a list in it was half empty. */
	suspicion?: string;
	/** The state after the last poll, where n8n does not save it. */
	saved?: string;
}

/** What reading a list took. */
export interface Cost {
	pages: number;
	users: number;
}

/**
 * What this process remembers of its polling triggers.
 *
 * n8n saves the state of a polling trigger when it emits something, and lets polls overlap. So the
 * result of a poll without events, a failed attempt and the poll under way are kept here. Everything
 * works without it, with more requests: another process, or this one after a restart, starts from the
 * last saved state.
 */
export class PollMemory {
	private readonly notes = new Map<string, Note>();
	private readonly costs = new Map<string, Cost>();

	/** What reading a list of a school took the last time, where it is known. */
	cost(list: string): Cost | undefined {
		return this.costs.get(list);
	}

	/** Notes what reading a list took. `list` names the school, the filters and the page size. */
	noteCost(list: string, cost: Cost): void {
		this.costs.delete(list);
		this.costs.set(list, cost);
		for (const oldest of this.costs.keys()) {
			if (this.costs.size <= REMEMBERED) break;
			this.costs.delete(oldest);
		}
	}

	/** Number of triggers remembered. */
	get size(): number {
		return this.notes.size;
	}

	/** The notes on a trigger, by workflow and node. */
	of(workflowId: string, nodeId: string): Note {
		const key = `${workflowId}/${nodeId}`;
		const note = this.notes.get(key) ?? {};
		this.notes.delete(key);
		this.notes.set(key, note);
		for (const [oldest, other] of this.notes) {
			if (this.notes.size <= REMEMBERED) break;
			if (other.running === undefined) this.notes.delete(oldest);
		}

		return note;
	}
}

/**
 * Runs a poll if none is under way for this trigger.
 *
 * @returns undefined when one is
 */
export async function oneAtATime<T>(
	note: Note,
	now: number,
	poll: () => Promise<T>,
): Promise<T | undefined> {
	if (note.running !== undefined && Math.abs(now - note.running) < ABANDONED_MS) return undefined;
	note.running = now;
	try {
		return await poll();
	} finally {
		// A poll that came back after it had been given up must not open the door to a third one.
		if (note.running === now) note.running = undefined;
	}
}

/** The name under which a list's cost is noted. */
export function costName(
	school: string,
	query: { offerId?: string; courseId?: string },
	pageLength: number,
): string {
	return JSON.stringify([school, query.offerId ?? 0, query.courseId ?? 0, pageLength]);
}
