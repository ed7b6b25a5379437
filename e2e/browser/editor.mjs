/** n8n's editor as a whole: signing up, the canvas, the list of nodes. */
import { waitFor } from '../../demo/lib/processes.mjs';
import { NodePanel } from './node-panel.mjs';

export class Editor {
	/** @param {import('./session.mjs').Session} session */
	constructor(session) {
		this.session = session;
		this.page = session.page;
	}

	/** @param {string} name value of data-test-id */
	id(name) {
		return this.page.locator(`[data-test-id="${name}"]`);
	}

	/** Fills in the form that a fresh n8n begins with, and waits until it lets the owner in. */
	async setUpOwner({ email, firstName, lastName, password }) {
		await this.page.goto(`${this.session.url}/setup`);
		await this.page.locator('input[name="email"]').fill(email);
		await this.page.locator('input[name="firstName"]').fill(firstName);
		await this.page.locator('input[name="lastName"]').fill(lastName);
		await this.page.locator('input[name="password"]').fill(password);
		await this.id('form-submit-button').click();
		await this.page.waitForURL((url) => !url.pathname.includes('setup'));
	}

	/** Signs in with the form, as somebody does who comes back. */
	async signIn({ email, password }) {
		await this.page.goto(`${this.session.url}/signin`);
		await this.page.locator('input[name="emailOrLdapLoginId"]').fill(email);
		await this.page.locator('input[name="password"]').fill(password);
		await this.id('form-submit-button').click();
		await this.page.waitForURL((url) => !url.pathname.includes('signin'));
	}

	/** Opens a workflow and waits for its nodes. */
	async open(workflow) {
		await this.page.goto(`${this.session.url}/workflow/${workflow.id}`);
		await this.id('canvas-node').first().waitFor();
	}

	/** Waits until the editor has drawn its own frame. */
	async ready() {
		await this.id('universal-add').first().waitFor();
	}

	/** What stands under the name of a node on the canvas. */
	async subtitle(name) {
		const lines = (await this.node(name).innerText()).split('\n').map((line) => line.trim());

		return lines.filter((line) => line !== '').at(-1);
	}

	/** Address of the icon of a node on the canvas. */
	async icon(name) {
		return (await this.node(name).locator('img').first().getAttribute('src')) ?? '';
	}

	/** @param {string} name of a node on the canvas */
	node(name) {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/**
	 * Opens a node of a workflow.
	 *
	 * @returns {Promise<NodePanel>}
	 */
	async openNode(workflow, name) {
		await this.open(workflow);

		return await this.openNodeHere(name);
	}

	/** Opens a node of the workflow that is open. */
	async openNodeHere(name) {
		await this.node(name).dblclick();
		const panel = new NodePanel(this.page);
		await panel.ready();

		return panel;
	}

	/**
	 * Opens the list of nodes and types into its search.
	 *
	 * @returns {Promise<Array<{ name: string, description: string, icon: string }>>} what it finds
	 */
	async searchNodes(text) {
		await this.id('node-creator-plus-button').click();
		await this.id('node-creator-search-bar').waitFor();
		await this.page.keyboard.type(text);
		const entries = this.id('node-creator-item-name');
		await entries
			.filter({ hasText: new RegExp(text, 'i') })
			.first()
			.waitFor();

		return await this.page
			.locator('[data-test-id="node-creator"] [data-test-id="item-iterator-item"]')
			.evaluateAll((elements) =>
				elements.map((element) => {
					const read = (name) =>
						element
							.querySelector(`[data-test-id="node-creator-item-${name}"]`)
							?.textContent.trim() ?? '';

					return {
						name: read('name'),
						description: read('description'),
						icon: element.querySelector('img')?.getAttribute('src') ?? '',
					};
				}),
			);
	}

	/**
	 * Opens an entry of the list of nodes.
	 *
	 * @returns {Promise<string[]>} the actions it offers
	 */
	async openActions(name) {
		await this.id('node-creator-item-name')
			.filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) })
			.first()
			.click();
		await this.id('node-creator-category-item').first().waitFor();

		// The entries of the categories are drawn one after the other: until two looks see the same.
		let before = [];
		return await waitFor(
			'the list of actions',
			async () => {
				const now = await this.id('node-creator-item-name').allInnerTexts();
				const isWhole = now.length > 0 && now.join() === before.join();
				before = now;

				return isWhole && now.map((text) => text.trim());
			},
			{ timeoutMs: 15_000, everyMs: 500 },
		);
	}

	/** Whether a text can be read anywhere in the page, or stands in its source. */
	async holds(text) {
		const inFields = await this.page
			.locator('input, textarea')
			.evaluateAll((fields, wanted) => fields.some(({ value }) => value.includes(wanted)), text);

		return inFields || (await this.page.content()).includes(text);
	}
}
