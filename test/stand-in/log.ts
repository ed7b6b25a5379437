/** One request, with what became of it. The key's value stands nowhere in it. */
export interface LogEntry {
	/** Number of the request, from 1. */
	readonly n: number;
	/** By the contract; null for a path that it does not know. */
	readonly operationId: string | null;
	readonly method: string;
	/** Path with decoded parts, without the query. */
	readonly path: string;
	readonly query: { readonly [name: string]: string | string[] };
	/** As sent, but `x-api-key` only says `present`, `missing` or `wrong`. */
	readonly headers: { readonly [name: string]: string };
	/** Parsed where it is JSON, otherwise the text; undefined without a body. */
	body: unknown;
	/** By the stand-in's clock, in milliseconds since 1970. */
	readonly start: number;
	/** When the answer was sent, or the connection ended; undefined while under way. */
	end?: number;
	/** Status of the answer; null where none was sent. */
	status: number | null;
	/** Requests under way when this one came, with it. */
	readonly inFlight: number;
	/** Kind of the fault that was played. */
	fault?: string;
}

/** Requests that change something. A login token counts too: whoever has it is signed in. */
const WRITES: ReadonlySet<string | null> = new Set(['createLoginToken']);

/** Every request to the API since the start or the last `clear`, in the order in which they came. */
export class RequestLog {
	readonly entries: LogEntry[] = [];
	/** Most requests under way at once. */
	maxInFlight = 0;

	/** Number of requests, of all or of one operation. */
	count(operationId?: string): number {
		return operationId === undefined ? this.entries.length : this.of(operationId).length;
	}

	/** The requests of one operation. */
	of(operationId: string): LogEntry[] {
		return this.entries.filter((entry) => entry.operationId === operationId);
	}

	/** The requests that could change something, whether or not they did. */
	writes(): LogEntry[] {
		return this.entries.filter(
			({ method, operationId }) =>
				(method !== 'GET' && method !== 'HEAD') || WRITES.has(operationId),
		);
	}

	/** Forgets all requests. */
	clear(): void {
		this.entries.length = 0;
		this.maxInFlight = 0;
	}

	/** Takes a request down. */
	add(entry: LogEntry): void {
		this.entries.push(entry);
		this.maxInFlight = Math.max(this.maxInFlight, entry.inFlight);
	}
}
