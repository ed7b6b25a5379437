import type { Variants } from './variants';

/** A query as it came: parsed, not yet checked. */
export interface Query {
	readonly [name: string]: string | string[];
}

/** An answer before it is sent. */
export interface Answer {
	status: number;
	body: { kind: 'json'; value: unknown } | { kind: 'text'; text: string } | { kind: 'none' };
	headers?: { [name: string]: string };
}

/** Thrown by an operation that refuses. `message` is a list where the framework would give one. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly said: string | string[],
	) {
		super(String(said));
	}
}

const NAMES: { readonly [status: number]: string | undefined } = {
	400: 'Bad Request',
	403: 'Forbidden',
	404: 'Not Found',
};

/** A refusal in the framework's form: `{ statusCode, message, error? }`. */
export function refusal({ status, said }: Refusal, form: Variants['errorMessageForm']): Answer {
	const message = {
		nest: said,
		text: Array.isArray(said) ? said.join(', ') : said,
		list: Array.isArray(said) ? said : [said],
	}[form];
	const error = NAMES[status];

	return json({ statusCode: status, message, ...(error === undefined ? {} : { error }) }, status);
}

/** An answer with JSON. */
export function json(value: unknown, status = 200): Answer {
	return { status, body: { kind: 'json', value } };
}

/** An answer with a text, which the framework sends as HTML. */
export function text(value: string, status = 200): Answer {
	return { status, body: { kind: 'text', text: value } };
}

/** An answer without a body. */
export function nothing(status = 200): Answer {
	return { status, body: { kind: 'none' } };
}

/** A list in its envelope. `name` is the list's own name; without a cursor the list ends here. */
export function list(
	rows: unknown[],
	form: Variants['usersEnvelope'],
	name: string,
	variants: Variants,
	cursor?: string | false,
): Answer {
	if (form === 'array') return json(rows);
	const key = form === 'named' ? name : form;
	const end = { absent: undefined, emptyPage: undefined, null: null, empty: '' }[
		variants.endOfList
	];
	// A list that is not paged at all has no cursor, not even an empty one.
	const next = cursor === false ? undefined : (cursor ?? end);

	return json({ [key]: rows, ...(next === undefined ? {} : { [variants.cursorName]: next }) });
}

/** Where a page begins, for a list that is made anew for each request. */
export function pageOf<Row>(
	rows: Row[],
	query: Query,
	variants: Variants,
	idOf: (row: Row) => string,
): { rows: Row[]; cursor?: string } {
	const length = pageLength(query, variants);
	const start = startOf(rows, query.lastLoadedId, idOf);
	const page = rows.slice(start, start + length);
	const more =
		start + length < rows.length || (variants.endOfList === 'emptyPage' && page.length > 0);
	if (!more) return { rows: page };

	return {
		rows: page,
		cursor:
			variants.cursorForm === 'lastUid'
				? idOf(page[page.length - 1])
				: writeCursor(start + page.length),
	};
}

function startOf<Row>(
	rows: Row[],
	cursor: Query[string] | undefined,
	idOf: (row: Row) => string,
): number {
	if (typeof cursor !== 'string') return 0;
	const index = rows.findIndex((row) => idOf(row) === cursor);
	const place = index === -1 ? readCursor(cursor) : index + 1;
	if (place === undefined) throw badCursor();

	return place;
}

/** Rows of a page: what was asked for, 10 by default, and never more than the cap. */
export function pageLength(query: Query, { pageSizeCap }: Variants): number {
	const asked = typeof query.pageLength === 'string' ? Number.parseInt(query.pageLength, 10) : 10;
	const wanted = Number.isFinite(asked) && asked > 0 ? asked : 10;

	return pageSizeCap === 'none' ? wanted : Math.min(wanted, Number(pageSizeCap));
}

/** A cursor that tells its reader nothing. */
export function writeCursor(place: number): string {
	return Buffer.from(`page after ${place}`).toString('base64url');
}

/** The place in a cursor; undefined when it is none of ours. */
export function readCursor(cursor: string): number | undefined {
	const found = /^page after (\d+)$/.exec(Buffer.from(cursor, 'base64url').toString());

	return found === null ? undefined : Number(found[1]);
}

/** What a cursor that is none is answered with. How the API takes one is not known. */
export function badCursor(): Refusal {
	return new Refusal(400, ['lastLoadedId is not valid']);
}
