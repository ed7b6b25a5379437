import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { ageOf, decode, encode, newest } from './codec';
import type { Note } from './memory';
import type { Saved } from './state';

/** Where a trigger's state is read from and written to. */
export interface Store {
	/** The newest state there is; undefined when there is none that can be read. */
	read(): Saved | undefined;
	/** The text to be saved, newer than all there are. */
	text(saved: Saved, now: number): string;
	/** Hands a text to n8n, which saves it when something is emitted and at activation. */
	put(text: string): void;
}

/**
 * Opens the store of a trigger.
 *
 * n8n keeps two kinds of data for it. The node's own is small here: when the state was made and how
 * often it has emitted. The state itself is in the workflow's data under the node's id, since the
 * node's own data gets lost when the node is renamed. Where n8n keeps cursors of its own (an option of
 * 2.41), the node's data is a plain object, kept by the node's id and saved after every poll: then the
 * state goes there, and into the workflow's data the first time only, since what the activation's poll
 * puts into a cursor is not saved.
 *
 * The newest of all copies counts.
 */
export function openStore(context: IPollFunctions, note: Note): Store {
	const global = context.getWorkflowStaticData('global');
	const own = context.getWorkflowStaticData('node');
	const name = `memberspotPolling:${context.getNode().id}`;
	const hasCursor = !('__dataChanged' in own);
	const text = newest([textIn(own, 'state'), textIn(global, name), note.saved]);
	const age = text === undefined ? undefined : ageOf(text);

	return {
		read: () => (text === undefined ? undefined : decode(text)),
		text: (saved, now) => encode(saved, Math.max(now, (age?.savedAt ?? 0) + 1)),
		put(written) {
			const made = ageOf(written);
			own.stamp = made?.savedAt;
			own.sequence = made?.sequence;
			if (hasCursor) own.state = written;
			if (!hasCursor || text === undefined) global[name] = written;
		},
	};
}

function textIn(data: IDataObject, name: string): string | undefined {
	const value = data[name];

	return typeof value === 'string' ? value : undefined;
}
