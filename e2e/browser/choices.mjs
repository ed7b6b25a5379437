/** A field with a set of choices. */
import { waitFor } from '../../demo/lib/processes.mjs';

/**
 * Opens it and reads its choices.
 *
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} field
 * @returns {Promise<Array<{ name: string, description: string }>>}
 */
export async function openChoices(page, field) {
	const entries = await waitFor(
		'the choices of a field',
		async () => {
			const found = await entriesOf(page, field);
			if ((await found.count()) > 0 && (await found.first().isVisible())) return found;
			// A field whose choices come from the server closes once more when they have come.
			if ((await boxOf(field).getAttribute('aria-expanded')) !== 'true') await field.click();

			return false;
		},
		{ timeoutMs: 60_000, everyMs: 700 },
	);

	return (await entries.allInnerTexts()).map((text) => {
		const [name, ...rest] = text.split('\n').map((line) => line.trim());

		return { name, description: rest.join(' ') };
	});
}

/** Takes one of the choices of an open field, by its name. */
export async function takeChoice(page, field, name) {
	const entries = await entriesOf(page, field);
	await entries
		.filter({ has: page.getByText(name, { exact: true }) })
		.first()
		.click();
	await entries.first().waitFor({ state: 'hidden' });
}

/** The choices stand elsewhere in the page than the field, which names the place. */
async function entriesOf(page, field) {
	const list = await boxOf(field).getAttribute('aria-controls');

	return page.locator(`[id="${list}"] .el-select-dropdown__item`);
}

function boxOf(field) {
	return field.locator('input[aria-controls]').first();
}
