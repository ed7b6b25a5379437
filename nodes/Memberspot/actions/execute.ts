import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { openSchool } from '../school';
import {
	checkAccess,
	connect,
	DEFAULT_SETTINGS,
	DryRunStop,
	failureOf,
	FASTEST_PER_SECOND,
	InputError,
	isToolNode,
	readError,
	toNodeError,
	type AttemptRecord,
	type Call,
	type Client,
	type ClientSettings,
	type Endpoint,
} from '../transport';
import { isJsonObject } from '../values/json';
import { auditRecord, auditRun, hashAddressesIn, hashEmails, readAuditSettings } from './audit';
import type { BulkOperation, Entry, Guard, ItemOperation, Operation, Row, Run, Runner, Scope } from './operation';
import { OptionReader, Params } from './params';
import { findOperation } from './registry';

const SECOND = 1_000;

/**
 * Runs the node: the one loop for all operations.
 *
 * First all items are read and checked, then the limit on taking away is checked over the whole run,
 * then what the items need is read from Memberspot, and only then is anything written. Output is in
 * input order, and every line is linked to its item.
 *
 * With "Continue" a failed item becomes an error item. With "Stop" nothing new is started after a
 * failure, what runs is let end, and the error says how far the run came.
 */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];

	const keepGoing = context.continueOnFail();
	let rows: Row[];
	let operation: Operation | undefined;
	let hashEmail = false;
	try {
		operation = findOperation(text(context.getNodeParameter('resource', 0)), text(context.getNodeParameter('operation', 0)));
		hashEmail = operation.writes && readAuditSettings(new Params(context, 0).options(), false).hashEmail;
		rows = await runOperation(context, operation, items.length, keepGoing);
	} catch (error) {
		if (!keepGoing || isCancelled(error)) throw stopError(context, error, operation?.writes ?? false);
		rows = items.map((_item, item) => ({ item, error }));
	}
	const writes = operation?.writes ?? false;
	// An AI model that gets an empty answer makes one up, or asks again.
	if (rows.length === 0 && isToolNode(context.getNode())) rows = [{ item: 0, json: { found: false, message: 'Nothing was found for this request' } }];

	return [rows.map((row) => toItem(row, writes, hashEmail))];
}

/** An error of the whole run: which item it is about, and how far the run came. */
class RunStopped extends Error {
	constructor(
		readonly reason: unknown,
		readonly item: number | undefined,
		readonly progress: string,
	) {
		super('run stopped');
	}
}

function stopRun(reason: unknown, item: number | undefined, progress: string): RunStopped {
	return new RunStopped(reason, item, progress);
}

async function runOperation(context: IExecuteFunctions, operation: Operation, itemCount: number, keepGoing: boolean): Promise<Row[]> {
	const options = new Params(context, 0).options();
	const signal = context.getExecutionCancelSignal();
	const dryRun = operation.writes && options.boolean('dryRun', 'Dry Run', false);
	const client = await connect(context, { settings: readSettings(options), signal, dryRun });
	const hinted = new Set<string>();
	const run: Run = {
		client,
		school: openSchool(client),
		options,
		isTool: isToolNode(context.getNode()),
		dryRun,
		stopOnError: !keepGoing,
		itemCount,
		memory: new Map(),
		kept: keptWithWorkflow(context),
		hint(message) {
			if (hinted.has(message)) return;
			hinted.add(message);
			context.addExecutionHints({ message, location: 'outputPane' });
		},
	};

	return await operation.bind(makeRunner({ context, run, itemCount, keepGoing, finish: finisher(context, operation, run) }));
}

/** Completes a line of output: the audit record, and hashes in the place of addresses. */
interface Finish {
	/** Reads what an item gives for the record, before anything is sent: a mistake in it must not be found after the write. */
	readItem(item: number): void;
	row(row: Row, calls: readonly AttemptRecord[]): Row;
}

function finisher(context: IExecuteFunctions, operation: Operation, run: Run): Finish {
	if (!operation.writes) return { readItem: () => undefined, row: (row) => row };

	const { record, hashEmail } = readAuditSettings(run.options, operation.alwaysAudited === true);
	const facts = auditRun(context, `${text(context.getNodeParameter('resource', 0))}.${operation.value}`, run.dryRun);

	const requestedBy = new Map<number, string | undefined>();

	return {
		readItem(item) {
			if (record) requestedBy.set(item, new Params(context, item).options().text('requestedBy', 'Requested By'));
		},
		row(row, calls) {
			if ('error' in row) return row;
			const json = {
				...row.json,
				...(run.dryRun ? { dryRun: true } : {}),
				...(record ? { audit: auditRecord(facts, row.json, calls, run.client.clock.now(), requestedBy.get(row.item)) } : {}),
			};

			return { item: row.item, json: hashEmail ? hashEmails(json, emailsOf(row.json)) : json };
		},
	};
}

/** The addresses a line of output is about. */
function emailsOf({ email, otherEmails }: IDataObject): string[] {
	return [email, ...(Array.isArray(otherEmails) ? otherEmails : [])].filter((entry) => typeof entry === 'string');
}

/** Under the node's id, since n8n's own store for a node is lost when the node gets another name. */
function keptWithWorkflow(context: IExecuteFunctions): Run['kept'] {
	const name = `memberspot ${context.getNode().id}`;

	return {
		read: () => context.getWorkflowStaticData('global')[name],
		write(value) {
			context.getWorkflowStaticData('global')[name] = value;
		},
	};
}

/** Everything the runners share. */
interface Loop {
	context: IExecuteFunctions;
	run: Run;
	itemCount: number;
	keepGoing: boolean;
	finish: Finish;
}

function makeRunner(loop: Loop): Runner {
	return {
		async items(operation) {
			const { rows, entries } = readAll(loop, operation);
			const settled = await runItems(loop, operation, entries);

			return inOrder([...rows, ...settled]);
		},
		async bulk(operation) {
			const { rows, entries } = readAll(loop, operation);
			if (entries.length === 0) return rows;
			const settled = await runBulk(loop, operation, entries);

			return inOrder([...rows, ...settled]);
		},
	};
}

/** Phase one: parameters, rights and the limit on taking away. Sends nothing. */
function readAll<Input>(loop: Loop, operation: ReadPart<Input>): { rows: Row[]; entries: Array<Entry<Input>> } {
	const rows: Row[] = [];
	const entries: Array<Entry<Input>> = [];
	for (let item = 0; item < loop.itemCount; item++) {
		try {
			const input = operation.read(new Params(loop.context, item));
			checkAccess(loop.run.client.credential, operation.access(input), `"${operation.name}"`);
			loop.finish.readItem(item);
			entries.push({ item, input });
		} catch (error) {
			if (!loop.keepGoing) throw stopRun(error, item, operation.writes ? 'Nothing was sent to Memberspot.' : '');
			rows.push({ item, error });
		}
	}
	if (operation.guard !== undefined) checkGuard(loop.run, operation.guard, entries);

	return { rows, entries };
}

type ReadPart<Input> = Pick<BulkOperation<Input>, 'read' | 'access' | 'guard' | 'writes' | 'name'>;

/**
 * Refuses the whole run when it would take something from more users than allowed. A run with a
 * mistake in its input must not be carried out for the first users either.
 */
function checkGuard<Input>(run: Run, guard: Guard<Input>, entries: Array<Entry<Input>>): void {
	const users = new Set(entries.flatMap(({ input }) => guard.users(input)));
	const limit = run.options.limit('maximumUsersPerRun', 'Maximum Users per Run', { min: 1 }) ?? guard.defaultLimit;
	if (users.size <= limit) return;

	const count = users.size.toLocaleString('en-US');
	throw new InputError(
		`This run would ${guard.verb} ${count} users, but at most ${limit.toLocaleString('en-US')} are allowed. ${guard.nothing}.`,
		'Check the input, or raise Maximum Users per Run in the options',
		{ users: users.size, maximumUsersPerRun: limit },
	);
}

async function runItems<Input, Ready>(loop: Loop, operation: ItemOperation<Input, Ready>, entries: Array<Entry<Input>>): Promise<Row[]> {
	const { run } = loop;
	const rows: Row[] = [];
	const tally = new Tally(entries.length);
	const scopes = new Map(entries.map(({ item }) => [item, new ItemScope(run.client, item)]));
	const scopeOf = (item: number) => scopes.get(item) ?? new ItemScope(run.client, item);
	const failed = (item: number, error: unknown) => {
		tally.fail(item, error, operation.writes);
		rows.push({ item, error });
	};

	const keep = (item: number, json: IDataObject) => rows.push(loop.finish.row({ item, json }, scopeOf(item).attempts));
	const ready: Array<{ item: number; input: Input; ready: Ready }> = [];
	await inLanes(entries, run, () => undefined, loop.keepGoing ? undefined : tally, async ({ item, input }) => {
		try {
			ready.push({ item, input, ready: await operation.prepare(run, input, scopeOf(item)) });
		} catch (error) {
			failed(item, error);
		}
	});
	ready.sort((a, b) => a.item - b.item);
	stopIfNeeded(loop, tally);

	await inLanes(ready, run, ({ input }) => operation.lane?.(input), loop.keepGoing ? undefined : tally, async ({ item, ready: value }) => {
		try {
			const output = await operation.run(run, value, scopeOf(item));
			tally.done++;
			for (const json of Array.isArray(output) ? output : [output]) keep(item, json);
		} catch (error) {
			if (error instanceof DryRunStop) {
				tally.done++;
				keep(item, plannedRow(error));
			} else {
				failed(item, error);
			}
		}
	});
	stopIfNeeded(loop, tally);

	return rows;
}

async function runBulk<Input>(loop: Loop, operation: BulkOperation<Input>, entries: Array<Entry<Input>>): Promise<Row[]> {
	const rows: Row[] = [];
	const tally = new Tally(entries.length);
	try {
		await operation.run(loop.run, entries, (row, calls = []) => rows.push(loop.finish.row(row, calls)));
	} catch (error) {
		// What was settled stays. The rest fails with the reason that stopped the run.
		const settled = new Set(rows.map(({ item }) => item));
		for (const { item } of entries) if (!settled.has(item)) rows.push({ item, error });
	}
	const failedItems = new Set<number>();
	for (const row of rows) {
		if (!('error' in row)) continue;
		if (!failedItems.has(row.item)) tally.fail(row.item, row.error, operation.writes);
		failedItems.add(row.item);
	}
	const settledItems = new Set(rows.map(({ item }) => item));
	tally.done = settledItems.size - failedItems.size;
	stopIfNeeded(loop, tally);

	return rows;
}

/** What a write would have been, as a line of output. */
function plannedRow({ planned }: DryRunStop): IDataObject {
	const { method, path, body } = planned;
	const email = typeof body?.email === 'string' ? { email: body.email } : {};

	return { ...email, wouldSend: { method, path, ...(body === undefined ? {} : { body: withoutUndefined(body) }) } };
}

function withoutUndefined(body: { [name: string]: unknown }): IDataObject {
	const json: unknown = JSON.parse(JSON.stringify(body));

	return isJsonObject(json) ? json : {};
}

/**
 * Runs tasks side by side, at most as many as the run may have requests under way. Tasks of one
 * lane run in order. Once `stopOn` has seen a failure, or the execution was cancelled, nothing new
 * is started.
 */
async function inLanes<T extends { item: number }>(
	tasks: T[],
	run: Run,
	laneOf: (task: T) => string | undefined,
	stopOn: Tally | undefined,
	work: (task: T) => Promise<void>,
): Promise<void> {
	const lanes = new Map<string, T[]>();
	for (const task of tasks) {
		const name = laneOf(task) ?? `item ${task.item}`;
		const lane = lanes.get(name);
		if (lane === undefined) lanes.set(name, [task]);
		else lane.push(task);
	}
	const waiting = lanes.values();
	const stopped = () => run.client.signal?.aborted === true || stopOn?.first !== undefined;
	const worker = async () => {
		for (let next = waiting.next(); !next.done && !stopped(); next = waiting.next()) {
			for (const task of next.value) {
				if (stopped()) return;
				await work(task);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(run.client.settings.maxParallel, lanes.size) }, worker));
}

/** How far a run came, for the message when it stops. */
class Tally {
	done = 0;
	failed = 0;
	unknown = 0;
	first: { item: number; error: unknown } | undefined;

	constructor(private readonly total: number) {}

	fail(item: number, error: unknown, writes: boolean): void {
		if (writes && failureOf(error)?.maybeDone === true) this.unknown++;
		else this.failed++;
		if (this.first === undefined || item < this.first.item) this.first = { item, error };
	}

	text(): string {
		if (this.total === 1) return '';
		const notStarted = this.total - this.done - this.failed - this.unknown;

		return `Items of this run: ${this.done} done, ${this.failed} failed, ${this.unknown} with unknown result, ${notStarted} not started.`;
	}
}

function stopIfNeeded(loop: Loop, tally: Tally): void {
	// The word "canceled" is what n8n tells a stop by the user by.
	if (loop.run.client.signal?.aborted) throw stopRun(new InputError('The execution was canceled', 'No further request was sent'), undefined, tally.text());
	if (!loop.keepGoing && tally.first !== undefined) throw stopRun(tally.first.error, tally.first.item, tally.text());
}

/** One item's calls, noted. */
class ItemScope implements Scope {
	readonly attempts: AttemptRecord[] = [];

	constructor(
		private readonly client: Client,
		readonly index: number,
	) {}

	async call(endpoint: Endpoint, call: Call = {}) {
		return await this.client.call(endpoint, { ...call, onAttempt: (attempt) => this.attempts.push(attempt) });
	}
}

/** Reads the options that say how requests are sent. */
export function readSettings(options: OptionReader): ClientSettings {
	const seconds = (name: string, label: string, fallbackMs: number) => {
		const value = options.number(name, label, { min: 1, max: 3_600, fraction: true });

		return value === undefined ? fallbackMs : value * SECOND;
	};
	const perSecond = options.number('requestsPerSecond', 'Requests per Second', { min: 0, max: FASTEST_PER_SECOND, fraction: true });

	return {
		timeoutMs: seconds('timeout', 'Timeout', DEFAULT_SETTINGS.timeoutMs),
		giveUpAfterMs: seconds('giveUpAfter', 'Give Up After', DEFAULT_SETTINGS.giveUpAfterMs),
		maxParallel: options.number('maxParallelRequests', 'Maximum Parallel Requests', { min: 1, max: 50 }) ?? DEFAULT_SETTINGS.maxParallel,
		requestsPerSecond: perSecond === 0 ? undefined : perSecond,
	};
}

function inOrder(rows: Row[]): Row[] {
	// Array.prototype.sort is stable: lines of one item keep their order.
	return rows.sort((a, b) => a.item - b.item);
}

/**
 * The shape of an error item. Only with `error` and `message` as its keys does it reach the error
 * output in every line of n8n: 2.41 takes `details` beside them, 2.8 then calls it a success.
 */
function toItem(row: Row, writes: boolean, hashEmail: boolean): INodeExecutionData {
	const pairedItem = { item: row.item };
	if (!('error' in row)) return { json: row.json, pairedItem };

	const { message, description, details } = readError(row.error, writes);
	const shown = (value: string) => (hashEmail ? hashAddressesIn(value) : value);
	const kept: IDataObject = { description: shown(description) };
	for (const [key, value] of Object.entries(details)) if (value !== undefined) kept[key] = typeof value === 'string' ? shown(value) : value;

	return { json: { error: shown(message), message: kept }, pairedItem };
}

function isCancelled(error: unknown): boolean {
	return (error instanceof RunStopped && error.item === undefined) || failureOf(error)?.kind === 'cancelled';
}

function stopError(context: IExecuteFunctions, error: unknown, writes: boolean) {
	if (error instanceof RunStopped) return toNodeError(context.getNode(), error.reason, error.item, error.progress, writes);

	return toNodeError(context.getNode(), error, undefined, '', writes);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
