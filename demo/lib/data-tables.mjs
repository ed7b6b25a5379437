/** n8n's data tables, which some workflows keep their notes in. */
import { PlainError } from './processes.mjs';

/** n8n's data tables, by their names. */
export class DataTables {
	#api;
	#project;
	/** @type {Map<string, { id: string, name: string }>} */
	#tables = new Map();

	/** @param {import('./api.mjs').N8nApi} api signed in */
	constructor(api) {
		this.#api = api;
	}

	/** Makes a table with these rows, in place of one of the same name. */
	async create(name, columns, rows = []) {
		const base = await this.#base();
		const old = this.#tables.get(name);
		if (old !== undefined) await this.#api.request('DELETE', `${base}/${old.id}`);
		const table = await this.#api.post(base, {
			name,
			columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
		});
		this.#tables.set(name, table);
		if (rows.length > 0) await this.#api.post(`${base}/${table.id}/insert`, { data: rows });

		return table;
	}

	/** All rows, in the order they were added. */
	async rows(name) {
		const table = this.#tables.get(name);
		if (table === undefined) throw new PlainError(`No data table "${name}" was made.`);
		const all = [];
		for (;;) {
			const { count, data } = await this.#api.get(
				`${await this.#base()}/${table.id}/rows?skip=${all.length}&take=100`,
			);
			all.push(...data);
			if (data.length === 0 || all.length >= count) return all;
		}
	}

	async #base() {
		this.#project ??= await this.#api.get('/rest/projects/personal');

		return `/rest/projects/${this.#project.id}/data-tables`;
	}
}
