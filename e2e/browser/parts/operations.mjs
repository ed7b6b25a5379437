/** Each resource and operation, opened in the editor: can a person read and fill in what is there? */
import { createExpectation, plain } from '../expected.mjs';
import { VIEWPORT } from '../session.mjs';
import { actionWorkflow, IN_FULL, NODE, pairWorkflow, TYPES } from '../workflows.mjs';

/** What n8n adds to both lists by itself, for every node whose credential can sign requests. */
const NOT_OURS = 'Custom API Call';

/** High enough for the longest list of fields. */
const TALL = { ...VIEWPORT, height: 1700 };

/** @param {import('../context.mjs').Context} context */
export async function lookAtOperations(context) {
	const { api, installation, verdicts, editor, credential, pictures, page } = context;
	const description = (await api.nodeTypes()).find(({ name }) => name === TYPES.action);
	const expectation = createExpectation(installation, description);
	const resources = description.properties.find(({ name }) => name === 'resource').options;
	const operations = resources
		.filter(({ name }) => name !== NOT_OURS)
		.flatMap((resource) =>
			description.properties
				.filter(
					({ name, displayOptions }) =>
						name === 'operation' && displayOptions.show.resource.includes(resource.value),
				)
				.flatMap(({ options }) => options)
				.filter(({ name }) => name !== NOT_OURS)
				.map((operation) => ({ resource, operation })),
		);
	verdicts.add('Operations of the node', `${operations.length} to look at`, {
		'there are twenty or more': operations.length >= 20,
	});

	for (const { resource, operation } of operations) {
		const title = `${resource.name}: ${operation.name}`;
		const given = { resource: resource.value, operation: operation.value };

		const everything = expectation.withEverything(given);
		const workflow = await api.createWorkflow(pairWorkflow(title, given, everything, credential));

		const panel = await editor.openNode(workflow, NODE);
		const plainLook = await readPanel(panel);
		const expected = expectation.of(given);
		await page.setViewportSize(TALL);
		await pictures.take(
			`operation-${kebab(resource.value)}-${kebab(operation.value)}`,
			page,
			async () => await panel.place(),
		);
		await page.setViewportSize(VIEWPORT);
		await panel.close();

		const fullLook = await readPanel(await editor.openNodeHere(IN_FULL));
		const fullyExpected = expectation.of(everything);

		verdicts.add(title, `${plainLook.labels.length} fields, ${fullLook.labels.length} in full`, {
			...claimsOf(plainLook, expected, ''),
			...claimsOf(fullLook, fullyExpected, ', with every option added'),
		});
	}
	await chooseByHand(context);
}

async function readPanel(panel) {
	return {
		labels: await panel.labels(),
		clipped: await panel.clipped(),
		raw: await panel.rawTexts(),
		missing: await panel.missing(),
		notices: (await panel.notices()).map(plain),
	};
}

function claimsOf(look, expected, where) {
	const absent = expected.labels.filter((label) => !look.labels.includes(label));
	const silent = expected.notices.filter((notice) => !look.notices.includes(notice));
	const unmarked = expected.missing.filter((name) => !look.missing.includes(name));
	const wrongly = look.missing.filter((name) => !expected.missing.includes(name));

	return {
		[`every field has its label${where}${listed(absent)}`]: absent.length === 0,
		[`no label is empty${where}`]: look.labels.every((label) => label !== ''),
		[`no text is cut off${where}${listed(look.clipped)}`]: look.clipped.length === 0,
		[`nothing raw is shown${where}${listed(look.raw)}`]: look.raw.length === 0,
		[`every notice is shown in full${where}${listed(silent)}`]: silent.length === 0,
		...(where === '' && {
			[`what is required and empty is marked${listed(unmarked)}`]: unmarked.length === 0,
			[`nothing else is marked${listed(wrongly)}`]: wrongly.length === 0,
		}),
	};
}

/** Resource and operation chosen with the mouse, as a person does. */
async function chooseByHand({ api, verdicts, editor, credential, pictures, page }) {
	const panel = await editor.openNode(
		await api.createWorkflow(actionWorkflow('By hand', {}, credential)),
		NODE,
	);
	const resources = await panel.choices('resource');
	await pictures.take('resources', page);
	await panel.choose('resource', 'Order');
	const operations = await panel.choices('operation');
	await pictures.take('operations-of-a-resource', page);
	await panel.choose('operation', 'Remove Permanently');
	const labels = await panel.labels();
	verdicts.add(
		'Choosing resource and operation with the mouse',
		`${resources.length} resources, ${operations.length} operations of Order`,
		{
			'every resource says what it is': resources
				.filter(({ name }) => name !== NOT_OURS)
				.every(({ description }) => description !== ''),
			'every operation says what it does': operations
				.filter(({ name }) => name !== NOT_OURS)
				.every(({ description }) => description !== ''),
			'the fields of the chosen operation are shown':
				labels.includes('Order ID') && !labels.includes('Active'),
		},
	);
}

function listed(texts) {
	return texts.length === 0 ? '' : ` (${texts.join(' | ')})`;
}

function kebab(name) {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
