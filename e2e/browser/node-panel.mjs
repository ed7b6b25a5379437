/** The window of one node: its fields in the middle, its input on the left, its output on the right. */
import { waitFor } from '../../demo/lib/processes.mjs';
import { openChoices, takeChoice } from './choices.mjs';
import { CredentialDialog } from './credential-dialog.mjs';
import { List } from './list.mjs';

const TIMEOUT = 60_000;

/** Texts that a person must never read: keys of translations, values that were not there. */
const RAW = /\bundefined\b|\bNaN\b|\[object \w+\]|\b[a-z][A-Za-z]+(?:\.[a-z][A-Za-z]+){2,}\b/;

/** Entries of the menu that is open; the editor has others beside it. */
const OPEN_MENU = '[role="menu"][data-state="open"] [role="menuitem"]';

export class NodePanel {
	/** @param {import('playwright-core').Page} page */
	constructor(page) {
		this.page = page;
		this.window = this.id('ndv').first();
		this.fields = this.id('node-parameters').first();
	}

	id(name) {
		return this.page.locator(`[data-test-id="${name}"]`);
	}

	/** Waits until the fields are there and no list is being loaded. */
	async ready() {
		await this.window.waitFor();
		await this.fields.waitFor();
		await this.#settled();
	}

	/** Where the fields of the node lie in the page, without the empty space below them. */
	async place() {
		return await this.fields.evaluate((fields) => {
			const { x, width } = fields.getBoundingClientRect();
			const top =
				document.querySelector('[data-test-id="tab-params"]').getBoundingClientRect().y - 8;
			const bottoms = [...fields.querySelectorAll('label, input, textarea, button, .notice')]
				.filter((element) => element.closest('[data-test-id="node-feature-request"]') === null)
				.map((element) => element.getBoundingClientRect().bottom);

			return { x, y: top, width, height: Math.max(...bottoms) + 20 - top };
		});
	}

	/**
	 * The labels of all fields that are shown, from top to bottom.
	 *
	 * @returns {Promise<string[]>}
	 */
	async labels() {
		return await this.fields
			.locator('label.n8n-input-label')
			.evaluateAll((labels) =>
				labels
					.filter((label) => label.getClientRects().length > 0)
					.map((label) => label.innerText.split('\n')[0].trim()),
			);
	}

	/** What the notices say. */
	async notices() {
		return (await this.fields.locator('.notice-content').allInnerTexts()).map((text) =>
			text.trim(),
		);
	}

	/** All that can be read in the middle of the window. */
	async text() {
		return await this.fields.innerText();
	}

	/** The raw texts that can be read in the window: none should be. */
	async rawTexts() {
		return (await this.window.innerText()).split('\n').filter((line) => RAW.test(line));
	}

	/**
	 * Texts that are cut off, with dots or without.
	 *
	 * @returns {Promise<string[]>}
	 */
	async clipped() {
		return await this.fields.evaluate((root) => {
			const cut = [];
			for (const element of root.querySelectorAll('label *, input, .notice-content, .n8n-text')) {
				if (element.getClientRects().length === 0) continue;
				// Placeholders are examples, and may be longer than the field.
				const text = element instanceof HTMLInputElement ? element.value : element.textContent;
				// A part of a pixel is rounded up to a whole one.
				if (text.trim() === '' || element.scrollWidth <= element.clientWidth + 1) continue;
				const { overflowX, display } = getComputedStyle(element);
				if (display === 'inline' || (overflowX === 'visible' && element.tagName !== 'INPUT'))
					continue;
				cut.push(text.trim());
			}

			return [...new Set(cut)];
		});
	}

	/** Names of the fields that n8n marks as missing a value. */
	async missing() {
		return await this.page.evaluate(() =>
			[...document.querySelectorAll('[data-test-id="parameter-issues"]')]
				.map((mark) =>
					mark
						.closest('[data-test-id="parameter-item"], .parameter-item')
						?.querySelector(
							'[data-test-id^="parameter-input-"]:not([data-test-id="parameter-input-field"])',
						)
						?.getAttribute('data-test-id')
						.slice('parameter-input-'.length),
				)
				.filter((name) => name !== undefined),
		);
	}

	/** @param {string} name of a parameter */
	field(name) {
		return this.id(`parameter-input-${name}`).first();
	}

	/**
	 * Opens a field with choices and reads them.
	 *
	 * @returns {Promise<Array<{ name: string, description: string }>>}
	 */
	async choices(name) {
		return await openChoices(this.page, this.field(name));
	}

	/** Takes a choice of a field whose choices are open. */
	async choose(name, choice) {
		await takeChoice(this.page, this.field(name), choice);
		await this.#settled();
	}

	/**
	 * Opens the list of a field that chooses one record.
	 *
	 * @param {string} name
	 * @returns {Promise<List>}
	 */
	async openList(name) {
		await this.id(`resource-locator-${name}`).locator('[data-test-id="rlc-input"]').click();
		const list = new List(this.page);
		await list.loaded();

		return list;
	}

	/** What a field that chooses one record shows. */
	async chosen(name) {
		return await this.id(`resource-locator-${name}`)
			.locator('input[data-test-id="rlc-input"], [data-test-id="rlc-input"] input')
			.first()
			.inputValue();
	}

	/**
	 * Goes through the ways of choosing a record that a field offers.
	 *
	 * @returns {Promise<Array<{ name: string, clipped: string[] }>>} with what is cut off in each
	 */
	async modes(name) {
		const selector = this.id(`resource-locator-${name}`).locator(
			'[data-test-id="rlc-mode-selector"]',
		);
		const modes = [];
		for (const { name: mode } of await openChoices(this.page, selector)) {
			if (modes.length > 0) await openChoices(this.page, selector);
			await takeChoice(this.page, selector, mode);
			modes.push({ name: mode, clipped: await this.clipped() });
		}

		return modes;
	}

	/**
	 * Opens the menu of the properties that can be added to the mapper.
	 *
	 * @returns {Promise<string[]>} its entries
	 */
	async openMapper() {
		await this.id('add-fields-select').click();
		const entries = this.page.locator(OPEN_MENU);
		await entries.first().waitFor();

		return (await entries.allInnerTexts()).map((text) => text.trim());
	}

	/** Adds an entry of the open menu to the mapper. */
	async addToMapper(entry) {
		await this.page.locator(OPEN_MENU).filter({ hasText: entry }).first().click();
		await this.id('mapping-fields-container').getByText(entry, { exact: true }).waitFor();
	}

	/** Fills in a field of text. */
	async fill(name, value) {
		const input = this.field(name).locator('input, textarea, [contenteditable="true"]').first();
		await input.fill(value);
		await input.blur();
	}

	/** The button's words. */
	async buttonText() {
		return (await this.id('node-execute-button').first().innerText()).trim();
	}

	/** Runs the node, and waits for its output or its error. */
	async execute() {
		await this.id('node-execute-button').first().click();
		await this.page
			.locator(
				'[data-test-id="node-run-status-success"], [data-test-id="node-run-status-danger"], [data-test-id="node-error-message"]',
			)
			.first()
			.waitFor();
		await this.#settled();
	}

	/** Presses the button of a trigger, and waits until it listens. */
	async listen() {
		await this.id('node-execute-button').first().click();
		await this.id('trigger-listening').waitFor();
	}

	/** Closes the window of the node. */
	async close() {
		await this.id('ndv-close-button').first().click();
		await this.window.waitFor({ state: 'hidden' });
	}

	/** Clears away the note in the corner that tells how a run has ended. */
	async closeNotes() {
		const notes = this.page.locator('.el-notification__closeBtn:visible');
		while ((await notes.count()) > 0) {
			await notes.first().click();
			await this.page.waitForTimeout(200);
		}
	}

	/** Shows the output in another way: Schema, Table or JSON. */
	async showOutput(way) {
		await this.id('output-panel')
			.locator(`[data-test-id="radio-button-${way.toLowerCase()}"]`)
			.click();
	}

	/** @returns {Promise<{ count: number, columns: string[], rows: string[][] }>} the output as a table */
	async output() {
		const panel = this.id('output-panel');
		await panel.locator('table').first().waitFor();
		const text = await panel.locator('[data-test-id="ndv-items-count"]').innerText();
		const table = await panel
			.locator('table')
			.first()
			.evaluate((element) => ({
				columns: [...element.querySelectorAll('thead th')]
					.map((cell) => cell.innerText.trim())
					.filter((name) => name !== ''),
				rows: [...element.querySelectorAll('tbody tr')]
					.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim()))
					.filter((row) => row.some((cell) => cell !== '')),
			}));

		return { count: Number(text.match(/\d+/)?.[0] ?? Number.NaN), ...table };
	}

	/** @returns {Promise<{ message: string, description: string }>} what the error panel says */
	async error() {
		const read = async (name) => (await this.id(name).first().innerText()).trim();

		return {
			message: await read('node-error-message'),
			description: await read('node-error-description'),
		};
	}

	/**
	 * The fields that the input side foretells before anything has run.
	 *
	 * @returns {Promise<string[]>}
	 */
	async preview() {
		await this.id('schema-preview-warning').first().waitFor();

		return (await this.id('run-data-schema-item').allInnerTexts()).map((text) =>
			text.split('\n')[0].trim(),
		);
	}

	/** Opens the webhook's addresses and reads both. */
	async webhookUrls() {
		await this.page.getByText('Webhook URLs', { exact: true }).click();
		const read = async (which) => {
			await this.id(`radio-button-${which}`).click();
			await this.page.waitForTimeout(200);

			return (await this.fields.innerText()).match(/https?:\/\/\S+(?:\n\S+)*?\/memberspot/)?.[0];
		};

		return { test: await read('test'), production: await read('production') };
	}

	/** Opens the explanation beside a trigger's fields and reads it. */
	async triggerHelp() {
		const head = this.page.getByText('When will this node trigger my flow?');
		await head.click();
		await this.page.waitForTimeout(300);

		return await this.window.innerText();
	}

	/** Opens the credential that the node uses. */
	async openCredential() {
		await this.id('credential-edit-button').click();
		const dialog = new CredentialDialog(this.page);
		await dialog.ready();

		return dialog;
	}

	/** Begins a new credential for the node. */
	async newCredential() {
		await this.id('node-credentials-select').click();
		await this.id('node-credentials-select-item-new').first().click();
		const dialog = new CredentialDialog(this.page);
		await dialog.ready();

		return dialog;
	}

	/** Waits until nothing is being loaded: neither lists nor the properties of the mapper. */
	async #settled() {
		const loading = this.fields
			.locator('.el-loading-mask:visible, .n8n-loading:visible, .is-loading:visible')
			.or(this.fields.getByText(/^\s*Fetching /));
		await waitFor(
			'the lists of the panel to be loaded',
			async () => (await loading.count()) === 0,
			{ timeoutMs: TIMEOUT },
		);
	}
}
