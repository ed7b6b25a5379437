import { readPage, type NextPage, type Page } from './answer';
import type { Call, Client } from './client';
import type { Endpoint } from './contract/endpoints';
import { failureOf, passOn, RequestFailed, type Failure } from './failure';

/** How a list is read. */
export interface PageOptions<Row> {
	/** Checks a row and gives it its type; undefined for a row that is not one. */
	parse(row: unknown): Row | undefined;
	/**
	 * What makes a row itself. Rows seen before are left out, and the last row's key is tried as the
	 * cursor where the answer names none. Without it every row counts, and nothing is tried.
	 */
	key?(row: Row): string;
	/**
	 * Rows asked for in one page. Left out for lists whose paging is not documented: then the first
	 * request asks for nothing.
	 */
	pageLength?: number;
	/** Most pages to read. */
	maxPages?: number;
	/** Where to go on with a list that was read before, up to a page's `next`. Left out: from the beginning. */
	from?: PagePlace;
	/** What an answer without a list means, where that is not documented. */
	without?(value: unknown): Page | undefined;
}

/** A place between two pages, from which the list can be read on later. */
export interface PagePlace {
	cursor: string;
	/** Whether the cursor is the key of the last row, since the answer named none. */
	guessed: boolean;
}

/** One page, without the rows that came before. */
export interface ReadPage<Row> {
	rows: Row[];
	/** From 1, counted from where reading began. */
	number: number;
	/** Whether the list ends here. */
	last: boolean;
	/** Where the next page begins; undefined where the list ends. */
	next?: PagePlace;
}

/** What the answer says of the next page, where that can be read. */
type Onward = Exclude<NextPage, { kind: 'strange' }>;

const END: { rows: never[]; next: Onward } = { rows: [], next: { kind: 'end' } };

/**
 * Reads a list page by page. The cursor decides, never the number of rows: a server may give fewer
 * rows than asked for.
 *
 * Where the answer says nothing about a next page (a bare list), the last row's key is tried as the
 * cursor, since the parameter is called `lastLoadedId`; the list ends when nothing new comes.
 *
 * A cursor that comes back, in a row or in a circle, ends in an error: going on would never end, and
 * stopping would pass off a part of the list as the whole.
 *
 * @throws RequestFailed, with the page's number, when a page can't be read
 */
export async function* readPages<Row>(
	client: Client,
	endpoint: Endpoint,
	call: Call,
	options: PageOptions<Row>,
): AsyncGenerator<ReadPage<Row>, void, undefined> {
	const { from } = options;
	const seenCursors = new Set(from === undefined ? [] : [from.cursor]);
	const seenKeys = new Set<string>();
	let cursor = from?.cursor;
	let cursorWasGuessed = from?.guessed ?? false;
	let everSpoke = from !== undefined && !from.guessed;

	for (let number = 1; number <= (options.maxPages ?? Infinity); number++) {
		const page = await onePage(client, endpoint, call, cursor, number, options).catch((error: unknown) => {
			// A list whose paging is not documented may not take the guess at all; then it ended before it.
			if (cursorWasGuessed && options.pageLength === undefined && failureOf(error)?.kind === 'invalid') return END;
			throw passOn(error);
		});
		const rows: Row[] = [];
		let lastKey: string | undefined;
		for (const row of page.rows) {
			lastKey = options.key?.(row);
			if (lastKey !== undefined && seenKeys.has(lastKey)) continue;
			if (lastKey !== undefined) seenKeys.add(lastKey);
			rows.push(row);
		}

		if (page.next.kind !== 'silent') everSpoke = true;
		if (page.rows.length === 0 || page.next.kind === 'end') return yield { rows, number, last: true };
		if (page.next.kind === 'silent') {
			if (everSpoke || options.key === undefined) return yield { rows, number, last: true };
			if (rows.length === 0) {
				// The guess brought nothing new. An envelope may leave the cursor out on its last page, and a
				// page that is not full was the last one. But a full bare list that comes again can't be
				// told from one that does not page at all.
				const canEnd = !page.next.bare || page.rows.length < (options.pageLength ?? Infinity);
				if (cursorWasGuessed && canEnd) return yield { rows, number, last: true };
				throw repeats(client, endpoint, number);
			}
			cursorWasGuessed = true;
			cursor = lastKey;
		} else {
			cursor = page.next.cursor;
		}
		if (cursor === undefined || seenCursors.has(cursor)) throw repeats(client, endpoint, number);
		seenCursors.add(cursor);

		yield { rows, number, last: false, next: { cursor, guessed: page.next.kind === 'silent' } };
	}
}

async function onePage<Row>(
	client: Client,
	endpoint: Endpoint,
	call: Call,
	cursor: string | undefined,
	number: number,
	options: PageOptions<Row>,
): Promise<{ rows: Row[]; next: Onward }> {
	try {
		const answer = await client.call(endpoint, {
			...call,
			query: { ...call.query, pageLength: options.pageLength === undefined ? undefined : String(options.pageLength), lastLoadedId: cursor },
		});
		const page = answer.body.kind === 'json' ? (readPage(answer.body.value) ?? options.without?.(answer.body.value)) : undefined;
		const rows = page?.rows.map((row) => options.parse(row));
		const next = page?.next;
		if (next === undefined || next.kind === 'strange' || rows === undefined || rows.includes(undefined)) {
			throw new RequestFailed(strange(client, endpoint, answer.status, answer.attempts));
		}

		return { rows: rows.filter((row) => row !== undefined), next };
	} catch (error) {
		throw withPageNumber(error, number);
	}
}

function withPageNumber(error: unknown, number: number): unknown {
	if (!(error instanceof RequestFailed) || number === 1) return error;
	const { failure } = error;
	const note = `This was page ${number} of the list. The pages before it are not passed on, so that a part of the list is not taken for the whole.`;

	return new RequestFailed({ ...failure, note: failure.note === undefined ? note : `${failure.note} ${note}` });
}

function strange(client: Client, endpoint: Endpoint, status: number, attempts: number): Failure {
	return {
		kind: 'unexpectedAnswer',
		method: endpoint.method,
		path: endpoint.path,
		host: client.credential.host,
		status,
		attempts,
		maybeDone: false,
		note: 'There was no list in a known form in the answer.',
	};
}

function repeats(client: Client, endpoint: Endpoint, number: number): RequestFailed {
	return new RequestFailed({
		kind: 'pagingRepeats',
		method: endpoint.method,
		path: endpoint.path,
		host: client.credential.host,
		attempts: 1,
		maybeDone: false,
		note: `After page ${number} Memberspot pointed back to a page that had been read already.`,
	});
}
