/**
 * The plain work of every scenario, written once. The raw loop and the smallest node both do exactly
 * this and differ only in how a request is sent, so that the difference between them is what n8n's
 * engine and request helper cost.
 *
 * @typedef {{ method: 'GET' | 'POST' | 'DELETE', path: string, query?: Record<string, string>, body?: object }} Request
 * @typedef {(request: Request) => Promise<any>} Send resolves with the parsed body, rejects for any status but 2xx
 * @typedef {{ json: object, pairedItem: { item: number } }} Item
 * @typedef {{ emails: string[], offerId: string, courseId: string, pageLength: number, parallel: number, batch: number }} Input
 */

/** The window that the limit of course progress counts in, with a margin for requests that arrive late. */
const WINDOW_MS = 1_010;
const STARTS_PER_WINDOW = 4;

/** @type {Record<string, (send: Send, input: Input) => Promise<Item[]>>} */
export const jobs = {
	/** Reads the user list to its end, page by page: the cursor of one page is needed for the next. */
	async readAll(send, { pageLength }) {
		const items = [];
		let cursor = '';
		do {
			const query = { pageLength: String(pageLength), ...(cursor ? { lastLoadedId: cursor } : {}) };
			const page = await send({ method: 'GET', path: '/v1/users/list', query });
			for (const json of page.data) items.push({ json, pairedItem: { item: 0 } });
			cursor = page.nextPage;
		} while (cursor);

		return items;
	},

	/** Switches an offer on, one request for each user, several at a time. */
	async setState(send, { emails, offerId, parallel }) {
		return await each(emails, parallel, async (email) => {
			const body = { email, offerId, active: true };

			return await send({ method: 'POST', path: '/v1/users/set-offer-state', body });
		});
	},

	/** Deletes users in batches, one batch after the other. */
	async deleteUsers(send, { emails, batch }) {
		const items = [];
		for (let from = 0; from < emails.length; from += batch) {
			const some = emails.slice(from, from + batch);
			await send({ method: 'DELETE', path: '/v1/users/delete-users', body: { emails: some } });
			some.forEach((email, place) => items.push(itemOf(from + place, { email, deleted: true })));
		}

		return items;
	},

	/** Reads course progress as fast as four starts in a second allow. A refusal is not repeated. */
	async progress(send, { emails, courseId }) {
		const began = performance.now();

		return await each(emails, emails.length, async (email, index) => {
			const startsAt = began + Math.floor(index / STARTS_PER_WINDOW) * WINDOW_MS;
			await new Promise((resolve) => setTimeout(resolve, startsAt - performance.now()));
			const path = `/v1/users/course-progress/${courseId}/${encodeURIComponent(email)}`;

			return await send({ method: 'GET', path });
		});
	},

	/** Looks users up, one after the other. */
	async find(send, { emails }) {
		return await each(emails, 1, async (email) => {
			return await send({
				method: 'GET',
				path: `/v1/users/find-by-mail/${encodeURIComponent(email)}`,
			});
		});
	},
};

/**
 * Does work for each address, at most `parallel` at a time. A failure becomes an item with `error`.
 *
 * @returns {Promise<Item[]>} in the order of the addresses
 */
async function each(emails, parallel, work) {
	const items = new Array(emails.length);
	let next = 0;
	const worker = async () => {
		for (let index = next++; index < emails.length; index = next++) {
			try {
				items[index] = itemOf(index, await work(emails[index], index));
			} catch (error) {
				items[index] = itemOf(index, { error: error.message });
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(parallel, emails.length) }, worker));

	return items;
}

function itemOf(index, json) {
	return { json, pairedItem: { item: index } };
}
