/** The open list of a field that chooses one record: loaded from the server, searched and paged there. */
import { waitFor } from '../../demo/lib/processes.mjs';

const TIMEOUT = 60_000;

export class List {
	/** @param {import('playwright-core').Page} page */
	constructor(page) {
		this.page = page;
		this.entries = page.locator('[data-test-id="rlc-item"]:visible');
		this.search = page.locator('[data-test-id="rlc-search"]:visible');
	}

	/** Waits for the first entry. */
	async loaded() {
		await this.entries.first().waitFor();
	}

	/** @returns {Promise<string[]>} what the entries say */
	async names() {
		return (await this.entries.allInnerTexts()).map((text) => text.trim());
	}

	/** Entries that are cut off. */
	async clipped() {
		return await this.entries.evaluateAll((entries) =>
			entries
				.filter((entry) =>
					[entry, ...entry.querySelectorAll('*')].some(
						(part) =>
							part.scrollWidth > part.clientWidth && getComputedStyle(part).overflowX === 'hidden',
					),
				)
				.map((entry) => entry.innerText.trim()),
		);
	}

	/**
	 * Types into the search, and waits until only what fits is shown.
	 *
	 * @param {string} text
	 * @returns {Promise<string[]>}
	 */
	async find(text) {
		await this.search.fill(text);
		const wanted = text.toLowerCase();

		return await waitFor(
			`the list to show what fits "${text}"`,
			async () => {
				const names = await this.names();

				return (
					names.length > 0 && names.every((name) => name.toLowerCase().includes(wanted)) && names
				);
			},
			{ timeoutMs: TIMEOUT },
		);
	}

	/**
	 * Scrolls to the end as long as that brings more.
	 *
	 * @param {number} wanted entries after which it is enough
	 * @returns {Promise<number>} how many there are then
	 */
	async scroll(wanted) {
		return await waitFor(
			`the list to show ${wanted} entries`,
			async () => {
				const count = await this.entries.count();
				if (count >= wanted) return count;
				await this.entries.last().scrollIntoViewIfNeeded();
				await this.entries.last().hover();
				await this.page.mouse.wheel(0, 2_000);

				return false;
			},
			{ timeoutMs: TIMEOUT, everyMs: 300 },
		);
	}

	/** Takes an entry. */
	async choose(name) {
		await this.entries.filter({ hasText: name }).first().click();
		await this.entries.first().waitFor({ state: 'hidden' });
	}
}
