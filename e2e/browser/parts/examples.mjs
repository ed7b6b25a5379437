/** The example workflows on the canvas, as whoever imports one sees it first. */
import { chosenNames, readExample } from '../../lib/examples.mjs';

/** @param {import('../context.mjs').Context} context */
export async function lookAtExamples({ api, editor, page, pictures, verdicts }) {
	for (const name of await chosenNames()) {
		const example = await readExample(name);
		const working = example.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote');
		await editor.open(await api.createWorkflow(example));
		await editor.id('zoom-to-fit').click();
		await pictures.take(`example-${name}`, page, async () => await canvasOf(page));
		const shown = await editor.id('canvas-node').count();
		const unknown = await page.getByText('Unrecognized node type').count();
		verdicts.add(`The example ${name} on the canvas`, `${shown} nodes`, {
			[`every node is drawn (${working.length})`]: shown > 0 && shown === working.length,
			'each node is known': unknown === 0,
		});
	}
}

/** The canvas without the bars around it. */
async function canvasOf(page) {
	const box = await page.locator('[data-test-id="canvas"]').first().boundingBox();

	return { x: box.x, y: box.y, width: box.width, height: box.height };
}
