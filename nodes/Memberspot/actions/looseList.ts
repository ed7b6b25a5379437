import type { IDataObject } from 'n8n-workflow';
import { readPages, type Client, type Endpoint } from '../transport';
import { isJsonObject } from '../values/json';

/**
 * Reads a list whose answer is not documented (course progress, exam results): an array, an envelope
 * with an array, or a single object, which then is the one row. Rows that are no objects are kept
 * under `value`.
 *
 * @param key name of the field that makes a row itself, where there is one: it is tried as the cursor
 * when the answer is a bare list, so that a list that pages is not cut
 */
export async function readLooseList(client: Client, endpoint: Endpoint, path: { [slot: string]: string }, limit: number, key?: string): Promise<IDataObject[]> {
	const rows: IDataObject[] = [];
	const pages = readPages<IDataObject>(
		client,
		endpoint,
		{ path, bulk: true },
		{
			...(key === undefined ? {} : { key: (row: IDataObject) => String(row[key] ?? JSON.stringify(row)) }),
			parse: (row) => (isJsonObject(row) ? row : isPlain(row) ? { value: row } : undefined),
			without: (value) => (isJsonObject(value) ? { rows: Object.keys(value).length === 0 ? [] : [value], next: { kind: 'end' } } : undefined),
		},
	);
	for await (const page of pages) {
		for (const row of page.rows) if (rows.length < limit) rows.push(row);
		if (rows.length >= limit) break;
	}

	return rows;
}

function isPlain(value: unknown): value is string | number | boolean {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
