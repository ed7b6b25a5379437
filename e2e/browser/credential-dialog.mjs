/** The window of a credential. */
import { waitFor } from '../../demo/lib/processes.mjs';
import { openChoices } from './choices.mjs';

export class CredentialDialog {
	/** @param {import('playwright-core').Page} page */
	constructor(page) {
		this.page = page;
		this.window = this.id('credential-edit-dialog');
	}

	id(name) {
		return this.page.locator(`[data-test-id="${name}"]`);
	}

	async ready() {
		await this.window.waitFor();
		await this.id('parameter-input-apiKey').waitFor();
	}

	/** @returns {Promise<Array<{ label: string, required: boolean }>>} */
	async fields() {
		return await this.window.locator('label.n8n-input-label').evaluateAll((labels) =>
			labels
				.filter((label) => label.getClientRects().length > 0)
				.map((label) => {
					const [text] = label.innerText.split('\n');

					return { label: text.replace('*', '').trim(), required: text.includes('*') };
				}),
		);
	}

	/** What the question marks beside the labels say, by label. */
	async descriptions() {
		const labels = this.window.locator('label.n8n-input-label');
		const found = {};
		for (let place = 0; place < (await labels.count()); place++) {
			const label = labels.nth(place);
			const [name] = (await label.innerText()).split('\n');
			await label.hover();
			const mark = label.locator('[data-icon="circle-help"]');
			if ((await mark.count()) === 0) continue;
			await mark.first().hover();
			const earlier = Object.values(found);
			const tip = await waitFor(
				`the explanation of ${name}`,
				async () => {
					const texts = await this.id('tooltip-content').allInnerTexts();

					return texts.map((text) => text.trim()).find((text) => !earlier.includes(text));
				},
				{ timeoutMs: 30_000 },
			);
			found[name.replace('*', '').trim()] = tip;
		}

		return found;
	}

	async fill(name, value) {
		const input = this.id(`parameter-input-${name}`).locator('input').first();
		await input.fill(value);
		await input.blur();
	}

	/** @returns {Promise<Array<{ name: string, description: string }>>} choices of a field */
	async choices(name) {
		return await openChoices(this.page, this.id(`parameter-input-${name}`));
	}

	/** Saves, and waits for the test that this begins. */
	async save() {
		const tested = this.page.waitForResponse((response) =>
			response.url().includes('/credentials/test'),
		);
		await this.id('credential-save-button').click();
		await tested;
	}

	/** Waits until the test has gone well. */
	async succeeded() {
		await this.id('credentials-config-container-test-success').waitFor();

		return (await this.id('credentials-config-container-test-success').innerText()).trim();
	}

	/**
	 * Waits until the test has failed, and opens the reason.
	 *
	 * @returns {Promise<string>}
	 */
	async failed() {
		const banner = this.window.locator('.el-tag--danger:visible').filter({ hasText: 'connect' });

		return await waitFor(
			'the reason why the credential does not work',
			async () => {
				if ((await banner.count()) === 0) return false;
				const more = banner.getByText('More details');
				if (await more.isVisible()) {
					await more.click();

					return false;
				}
				const text = (await banner.innerText()).trim();

				return text !== '' && text;
			},
			{ timeoutMs: 60_000 },
		);
	}

	/** A credential that is new and tested well closes its window by itself. */
	async closedByItself() {
		await this.window.waitFor({ state: 'hidden' });
	}
}
