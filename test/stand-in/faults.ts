import type { Answer, Query } from './answers';
import type { Clock } from './clock';
import type { LogEntry } from './log';

/**
 * When to come back, in an answer: seconds, a moment as an HTTP date (in seconds from now), or a text
 * as it stands, for example junk. Left out, the answer does not say.
 */
export type RetryAfter = number | { dateIn: number } | string;

/** To which requests a fault happens. */
export interface FaultTarget {
	/** Only to this operation; otherwise to every request. */
	operationId?: string;
	/** Only to requests for which this is true. */
	match?: (entry: LogEntry) => boolean;
	/** The first so many requests that fit are spared. */
	after?: number;
	/** To how many requests it happens. 1 where left out, without end for faults of paging. */
	times?: number;
	/** Whether the work is done before the fault happens. Each kind has its own default. */
	afterWork?: boolean;
}

/** A fault. The comment says what the client meets, and whether the work is done by default. */
export type FaultSpec = FaultTarget &
	(
		| /** The answer takes longer. Waits before the work. */ { kind: 'latency'; ms: number }
		| /** This status, with an error of the framework or the body given. Not done. */ {
				kind: 'status';
				status: number;
				retryAfter?: RetryAfter;
				body?: unknown;
		  }
		| /** A web page with 200. Not done. */ { kind: 'html200' }
		| /** A web page of 40 kB with 502. Not done. */ { kind: 'html502' }
		| /** Text that is not JSON, with 200. Done. */ { kind: 'brokenJson' }
		| /** The connection ends within the body. Done. */ { kind: 'cutJson' }
		| /** 200 without a body. Done. */ { kind: 'emptyBody' }
		| /** No answer, until the client gives up or the stand-in is closed. Not done. */ {
				kind: 'hang';
		  }
		| /** The connection is reset. Not done. */ { kind: 'resetBefore' }
		| /** The connection is reset. Done. */ { kind: 'resetAfter' }
		| /** To another address, by default with 307. Not done. */ {
				kind: 'redirect';
				to: string;
				status?: number;
		  }
		| /** 200 with JSON of another form. Done. */ { kind: 'wrongShape'; body?: unknown }
		| /** Every page after the first is the first again, with the same cursor. */ {
				kind: 'repeatedCursor';
		  }
		| /** After so many pages (2 where left out) the list begins again, and its cursors with it. */ {
				kind: 'cyclingCursor';
				pages?: number;
		  }
		| /** Every page begins with the last row of the page before. */ { kind: 'duplicateRows' }
	);

/** The kinds of faults. */
export type FaultKind = FaultSpec['kind'];

/** A fault that was ordered. */
export interface FaultHandle {
	readonly id: number;
	/** To how many requests it has happened. */
	readonly hits: number;
	/** Ends it. Requests that hang are let go, with a reset connection. */
	remove(): void;
}

/** Whether the work is done before the fault, for kinds that replace the answer. */
const AFTER_WORK: { readonly [kind in FaultKind]: boolean } = {
	latency: false,
	status: false,
	html200: false,
	html502: false,
	brokenJson: true,
	cutJson: true,
	emptyBody: true,
	hang: false,
	resetBefore: false,
	resetAfter: true,
	redirect: false,
	wrongShape: true,
	repeatedCursor: true,
	cyclingCursor: true,
	duplicateRows: true,
};

const PAGING: ReadonlySet<FaultKind> = new Set<FaultKind>([
	'repeatedCursor',
	'cyclingCursor',
	'duplicateRows',
]);

const NO_STATUS: ReadonlySet<FaultKind> = new Set<FaultKind>(['hang', 'resetBefore', 'resetAfter']);

/** A fault that is in force. */
export class Fault implements FaultHandle {
	hits = 0;
	/** Resolves when the fault is ended, for requests that hang. */
	readonly removed: Promise<void>;
	private readonly end: () => void;
	private seen = 0;
	private gone = false;
	/** Cursors met, in order, by list: the key is the query without its cursor. */
	private readonly cursors = new Map<string, string[]>();
	private readonly lastRows = new Map<string, unknown>();

	constructor(
		readonly id: number,
		readonly spec: FaultSpec,
		private readonly forget: (fault: Fault) => void,
	) {
		let end = () => {};
		this.removed = new Promise((resolve) => {
			end = resolve;
		});
		this.end = end;
	}

	get afterWork(): boolean {
		return this.spec.kind === 'resetBefore'
			? false
			: (this.spec.afterWork ?? AFTER_WORK[this.spec.kind]);
	}

	/** Whether it only touches the paging of an answer that is otherwise right. */
	get isPaging(): boolean {
		return PAGING.has(this.spec.kind);
	}

	/** Whether it happens to this request; counts it then. */
	takes(entry: LogEntry): boolean {
		const { operationId, match, after = 0, times = this.isPaging ? Infinity : 1 } = this.spec;
		if (this.gone || this.hits >= times) return false;
		if (operationId !== undefined && operationId !== entry.operationId) return false;
		if (match !== undefined && !match(entry)) return false;
		if (++this.seen <= after) return false;
		this.hits++;

		return true;
	}

	remove(): void {
		this.gone = true;
		this.forget(this);
		this.end();
	}

	/** Status that the client gets; null where it gets none. For faults that replace the answer. */
	get status(): number | null {
		const { spec } = this;
		if (spec.kind === 'status') return spec.status;
		if (spec.kind === 'redirect') return spec.status ?? 307;
		if (spec.kind === 'html502') return 502;

		return NO_STATUS.has(spec.kind) ? null : 200;
	}

	/** The query that the list is really read with, for faults of paging. */
	rewrite(entry: LogEntry): Query {
		const { spec } = this;
		if (spec.kind !== 'repeatedCursor' && spec.kind !== 'cyclingCursor') return entry.query;
		const pages = spec.kind === 'repeatedCursor' ? 1 : (spec.pages ?? 2);
		const { lastLoadedId, ...rest } = entry.query;
		if (typeof lastLoadedId !== 'string') return rest;
		const key = listKey(entry);
		const met = this.cursors.get(key) ?? [];
		this.cursors.set(key, met);
		if (!met.includes(lastLoadedId)) met.push(lastLoadedId);

		// The cursor of the last page of the round leads to the first page again.
		return met.indexOf(lastLoadedId) + 1 >= pages ? rest : entry.query;
	}

	/** Puts the last row of the page before in front of this one. */
	repeatRow(entry: LogEntry, answer: Answer): Answer {
		if (this.spec.kind !== 'duplicateRows' || answer.body.kind !== 'json') return answer;
		const { value } = answer.body;
		const found = rowsIn(value);
		if (found === undefined) return answer;
		const key = listKey(entry);
		const before = this.lastRows.get(key);
		const rows =
			before === undefined || entry.query.lastLoadedId === undefined
				? found.rows
				: [before, ...found.rows];
		if (found.rows.length > 0) this.lastRows.set(key, found.rows[found.rows.length - 1]);

		return { ...answer, body: { kind: 'json', value: found.put(rows) } };
	}
}

function listKey({ path, query }: LogEntry): string {
	return JSON.stringify([path, Object.entries(query).filter(([name]) => name !== 'lastLoadedId')]);
}

function rowsIn(
	value: unknown,
): { rows: unknown[]; put: (rows: unknown[]) => unknown } | undefined {
	if (Array.isArray(value)) return { rows: value, put: (rows) => rows };
	if (typeof value !== 'object' || value === null) return undefined;
	const entry = Object.entries(value).find(([, list]) => Array.isArray(list));

	return entry === undefined
		? undefined
		: { rows: entry[1], put: (rows) => ({ ...value, [entry[0]]: rows }) };
}

/** All faults that are ordered, in their order. */
export class FaultBook {
	private faults: Fault[] = [];
	private made = 0;

	add(spec: FaultSpec): FaultHandle {
		const fault = new Fault(++this.made, spec, (gone) => {
			this.faults = this.faults.filter((other) => other !== gone);
		});
		this.faults.push(fault);

		return fault;
	}

	get all(): readonly Fault[] {
		return this.faults;
	}

	clear(): void {
		for (const fault of [...this.faults]) fault.remove();
	}

	/** What happens to a request: every latency that fits, and the first other fault. */
	take(entry: LogEntry): { delays: Fault[]; fault?: Fault } {
		const delays = this.faults.filter(
			(fault) => fault.spec.kind === 'latency' && fault.takes(entry),
		);
		const fault = this.faults.find((other) => other.spec.kind !== 'latency' && other.takes(entry));

		return { delays, fault };
	}
}

/** The value of a Retry-After header; undefined where there is none. */
export function retryAfterHeader(
	retryAfter: RetryAfter | undefined,
	clock: Clock,
): string | undefined {
	if (retryAfter === undefined || typeof retryAfter === 'string') return retryAfter;
	if (typeof retryAfter === 'number') return String(retryAfter);

	return new Date(clock.now() + retryAfter.dateIn * 1_000).toUTCString();
}

const TARGET_FIELDS = ['kind', 'operationId', 'after', 'times', 'afterWork'];
const OWN_FIELDS: { readonly [kind in FaultKind]: readonly string[] } = {
	latency: ['ms'],
	status: ['status', 'retryAfter', 'body'],
	html200: [],
	html502: [],
	brokenJson: [],
	cutJson: [],
	emptyBody: [],
	hang: [],
	resetBefore: [],
	resetAfter: [],
	redirect: ['to', 'status'],
	wrongShape: ['body'],
	repeatedCursor: [],
	cyclingCursor: ['pages'],
	duplicateRows: [],
};

/** The kinds of faults, for lists and tests. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(OWN_FIELDS).filter(isKind);

/**
 * Reads a fault that comes from outside. `match` can't come this way.
 *
 * @throws Error that says what is wrong
 */
export function readFaultSpec(value: unknown): FaultSpec {
	if (typeof value !== 'object' || value === null)
		throw new Error('a fault is an object with a kind');
	const given = new Map<string, unknown>(Object.entries(value));
	const kind = given.get('kind');
	if (typeof kind !== 'string' || !isKind(kind))
		throw new Error(`there is no fault "${String(kind)}"; there are: ${FAULT_KINDS.join(', ')}`);
	const allowed = [...TARGET_FIELDS, ...OWN_FIELDS[kind]];
	for (const name of given.keys()) {
		if (!allowed.includes(name))
			throw new Error(`the fault ${kind} has no "${name}"; it has: ${allowed.join(', ')}`);
	}
	const target: FaultTarget = {
		operationId: optionalOf(given, 'operationId', isText),
		after: optionalOf(given, 'after', isNumber),
		times: optionalOf(given, 'times', isNumber),
		afterWork: optionalOf(given, 'afterWork', isBoolean),
	};
	switch (kind) {
		case 'latency':
			return { ...target, kind, ms: needed(given, 'ms', isNumber) };
		case 'status':
			return {
				...target,
				kind,
				status: needed(given, 'status', isNumber),
				retryAfter: optionalOf(given, 'retryAfter', isRetryAfter),
				body: given.get('body'),
			};
		case 'redirect':
			return {
				...target,
				kind,
				to: needed(given, 'to', isText),
				status: optionalOf(given, 'status', isNumber),
			};
		case 'wrongShape':
			return { ...target, kind, body: given.get('body') };
		case 'cyclingCursor':
			return { ...target, kind, pages: optionalOf(given, 'pages', isNumber) };
		default:
			return { ...target, kind };
	}
}

function isKind(kind: string): kind is FaultKind {
	return Object.hasOwn(OWN_FIELDS, kind);
}

function needed<T>(
	given: Map<string, unknown>,
	name: string,
	is: (value: unknown) => value is T,
): T {
	const value = given.get(name);
	if (!is(value)) throw new Error(`"${name}" is missing or of a wrong type`);

	return value;
}

function optionalOf<T>(
	given: Map<string, unknown>,
	name: string,
	is: (value: unknown) => value is T,
): T | undefined {
	return given.get(name) === undefined ? undefined : needed(given, name, is);
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
	return typeof value === 'number';
}

function isBoolean(value: unknown): value is boolean {
	return typeof value === 'boolean';
}

function isRetryAfter(value: unknown): value is RetryAfter {
	return (
		isText(value) ||
		isNumber(value) ||
		(typeof value === 'object' && value !== null && 'dateIn' in value && isNumber(value.dateIn))
	);
}
