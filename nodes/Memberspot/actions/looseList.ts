import type { IDataObject } from 'n8n-workflow';
import { readPages, type Client, type Endpoint } from '../transport';
import { isJsonObject } from '../values/json';

/**
 * Reads a list whose answer is not documented (course progress, exam results): an array, an envelope
 * with an array, or a single object, which then is the one row. A further page is read only where
 * the answer names one. Rows that are no objects are kept under `value`.
 */
export async function readLooseList(client: Client, endpoint: Endpoint, path: { [slot: string]: string }, limit: number): Promise<IDataObject[]> {
	const rows: IDataObject[] = [];
	const pages = readPages<IDataObject>(
		client,
		endpoint,
		{ path, bulk: true },
		{
			parse: (row) => (isJsonObject(row) ? row : isPlain(row) ? { value: row } : undefined),
			without: (value) => (isJsonObject(value) ? { rows: Object.keys(value).length === 0 ? [] : [value], next: { kind: 'silent' } } : undefined),
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
