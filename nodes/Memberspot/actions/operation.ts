import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { School } from '../school';
import type { Access, Answer, AttemptRecord, Call, Client, Endpoint, OperationId } from '../transport';
import type { OptionReader, Params } from './params';

/** What is known about a write after it: never more than the API shows. */
export type Outcome = 'confirmed' | 'accepted' | 'unchanged' | 'unknown';

/** What an operation has at hand while it runs. */
export interface Run {
	readonly school: School;
	readonly client: Client;
	/** The run's options, read from the first item. */
	readonly options: OptionReader;
	/** Whether an AI model called the node as a tool. */
	readonly isTool: boolean;
	/** Whether Dry Run is on: the client lets no write out then. */
	readonly dryRun: boolean;
	/** Whether a failure ends the run ("Stop Workflow"), so that nothing new may be started after it. */
	readonly stopOnError: boolean;
	/** Number of input items, those that can't be read included. */
	readonly itemCount: number;
	/** Remembers a value for the rest of the run, for example what the API turned out to accept. */
	readonly memory: Map<string, string>;
	/** One text that n8n keeps with the workflow from run to run. What a manual run writes is dropped by n8n. */
	readonly kept: { read(): unknown; write(text: string): void };
	/** Shows a note beside the node's output, once for each text. */
	hint(message: string): void;
}

/** One item's view of the run: its calls are noted. */
export interface Scope {
	readonly index: number;
	/** Calls an endpoint for this item. */
	call<E extends Endpoint>(endpoint: E, call?: Call<E['id']>): Promise<Answer>;
}

/** One line of output, or one failed item. `item` is the index of the input item it belongs to. */
export type Row = { item: number; json: IDataObject } | { item: number; error: unknown };

/** A limit on how many users one run may take something from. */
export interface Guard<Input> {
	/** The users of an item that would lose something; empty when it takes nothing away. */
	users(input: Input): string[];
	/** What would happen, with the number in front: "delete" gives "This run would delete 12 users". */
	verb: string;
	/** What has not happened when the guard says no, for example "Nothing was deleted". */
	nothing: string;
	/** Used where the field is not set. */
	defaultLimit: number;
}

interface Common<Input> {
	/** Stands in saved workflows: never changes once released. */
	value: string;
	/** Title Case, in the operation drop-down. */
	name: string;
	/** Sentence case with the resource; also what an AI model reads as the tool's description. */
	action: string;
	description: string;
	/** Shown on the option to n8n's workflow builder. */
	builderHint?: string;
	/** Fields of its own, without display rules for resource and operation: the registry adds them. */
	fields: INodeProperties[];
	/** Entries of its own in the "Options" collection. */
	options?: INodeProperties[];
	/** The endpoints it may call, by the contract's operation ids. */
	endpoints: readonly OperationId[];
	/** The right it needs, which may depend on the item. */
	access(input: Input): Access;
	/** Whether it changes anything in Memberspot. */
	writes: boolean;
	/** Whether its audit record can't be switched off, since what it takes can't be given back. */
	alwaysAudited?: boolean;
	guard?: Guard<Input>;
	/** Reads and checks the parameters of one item. Sends nothing. @throws InputError */
	read(params: Params): Input;
}

/** An operation that treats each item for itself. */
export interface ItemOperation<Input, Ready> extends Common<Input> {
	/**
	 * Reads what an item needs from Memberspot before anything is written, for example the id behind
	 * an offer's name. Done for all items before the first write.
	 */
	prepare(run: Run, input: Input, scope: Scope): Promise<Ready>;
	/** Items with the same lane run one after the other, in input order. */
	lane?(input: Input): string | undefined;
	/** Does the work and returns one line of output, or several. */
	run(run: Run, ready: Ready, scope: Scope): Promise<IDataObject | IDataObject[]>;
}

/** An item of a bulk operation. */
export interface Entry<Input> {
	item: number;
	input: Input;
}

/** Takes a settled line, and the calls that were made for it. */
export type Report = (row: Row, calls?: readonly AttemptRecord[]) => void;

/** An operation that treats all items together, for example in batches. */
export interface BulkOperation<Input> extends Common<Input> {
	/**
	 * Does the work for all items.
	 *
	 * @param report called for each line as it is settled, with the calls that were made for it; every
	 * entry must be reported at least once, except those not started after a failure
	 */
	run(run: Run, entries: Array<Entry<Input>>, report: Report): Promise<void>;
}

/** What the executor needs of an operation, whatever its input is. */
export interface Operation extends Omit<Common<unknown>, 'access' | 'guard' | 'read'> {
	readonly mode: 'item' | 'bulk';
	/** Binds the operation to a way of running it. The types of its input stay inside. */
	bind(runner: Runner): Promise<Row[]>;
}

/** The two ways of running an operation; the executor has them. */
export interface Runner {
	items<Input, Ready>(operation: ItemOperation<Input, Ready>): Promise<Row[]>;
	bulk<Input>(operation: BulkOperation<Input>): Promise<Row[]>;
}

/** Makes an operation out of one that treats each item for itself, and needs no reading beforehand. */
export function itemOperation<Input>(operation: Omit<ItemOperation<Input, Input>, 'prepare'>): Operation {
	return preparedItemOperation({ ...operation, prepare: async (_run, input) => input });
}

/** Makes an operation out of one that treats each item for itself, after reading what all items need. */
export function preparedItemOperation<Input, Ready>(operation: ItemOperation<Input, Ready>): Operation {
	return { ...shown(operation), mode: 'item', bind: async (runner) => await runner.items(operation) };
}

/** Makes an operation out of one that treats all items together. */
export function bulkOperation<Input>(operation: BulkOperation<Input>): Operation {
	return { ...shown(operation), mode: 'bulk', bind: async (runner) => await runner.bulk(operation) };
}

function shown<Input>(operation: Common<Input>): Omit<Operation, 'mode' | 'bind'> {
	const { value, name, action, description, builderHint, fields, options, endpoints, writes, alwaysAudited } = operation;

	return { value, name, action, description, builderHint, fields, options, endpoints, writes, alwaysAudited };
}

/** A resource: a group of operations in the node. */
export interface Resource {
	/** Stands in saved workflows: never changes once released. */
	value: string;
	name: string;
	/** What it is, with the German menu word once. */
	description: string;
	operations: readonly Operation[];
}
