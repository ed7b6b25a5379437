/** From a fresh n8n to the node: the owner's account, the search, the list of actions, both icons. */
import path from 'node:path';
import { installPackage, startN8n } from '../../../demo/lib/n8n.mjs';
import { onCleanup } from '../../../demo/lib/processes.mjs';
import { Editor } from '../editor.mjs';
import { openSession } from '../session.mjs';
import { actionWorkflow, TYPES } from '../workflows.mjs';

/** Where the list of nodes lies in the window: on its right. */
const NODE_LIST = { x: 1055, y: 0, width: 385, height: 900 };

/**
 * An n8n that nobody has used yet: its owner signs up with the form, leaves, and comes back.
 *
 * @param {import('../context.mjs').Context} context
 */
export async function setUpOwner(context) {
	const { verdicts, browser, pictures, tarball, installation, node, runFolder, owner } = context;
	const userFolder = path.join(runFolder, 'fresh');
	await installPackage(tarball, userFolder);
	const n8n = await startN8n({ installation, node, userFolder });
	onCleanup(async () => await n8n.stop());

	const session = await openSession(browser, { url: n8n.url });
	const editor = new Editor(session);
	await editor.setUpOwner(owner);
	await editor.ready();
	await pictures.take('owner-set-up', session.page);
	const [cookie] = (await session.page.context().cookies()).filter(
		({ name }) => name === 'n8n-auth',
	);
	await session.close();

	const again = await openSession(browser, { url: n8n.url });
	const back = new Editor(again);
	await back.signIn(owner);
	await back.ready();
	verdicts.add('Setting up the owner in the browser', `at ${new URL(again.page.url()).pathname}`, {
		'the owner is let in after the form': cookie !== undefined,
		'the owner can sign in again': !again.page.url().includes('signin'),
		'the code of the editor throws no error': [...session.faults, ...again.faults].length === 0,
	});
	context.outside.push(...session.outside, ...again.outside);
	await again.close();
	await n8n.stop();
}

/** @param {import('../context.mjs').Context} context */
export async function findNode(context) {
	const { api, verdicts, browser, pictures, credential, n8n } = context;
	const workflow = { resource: 'offer', operation: 'setState' };
	const found = {};
	for (const theme of ['light', 'dark']) {
		const session = await openSession(browser, { url: n8n.url, api, theme });
		const editor = new Editor(session);
		await editor.open(
			await api.createWorkflow(actionWorkflow(`Search, ${theme}`, workflow, credential)),
		);
		const subtitle = await editor.subtitle('Memberspot');
		const icon = await editor.icon('Memberspot');
		const entries = await editor.searchNodes('memberspot');
		await pictures.take(`search-${theme}`, session.page);
		found[theme] = { entries, icon, subtitle };
		if (theme === 'light') {
			found.actions = await editor.openActions('Memberspot');
			await pictures.take('actions', session.page, async () => NODE_LIST);
		}
		context.outside.push(...session.outside);
		context.faults.push(...session.faults);
		await session.close();
	}

	const { light, dark, actions } = found;
	const description = (await api.nodeTypes()).find(({ name }) => name === TYPES.action);
	const expected = description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options }) => options)
		.map(({ action }) => action)
		.filter((action) => action !== undefined);
	const lacking = expected.filter((action) => !actions.includes(action));
	verdicts.add(
		'Looking for "memberspot" in the list of nodes',
		light.entries.map(({ name }) => name).join(', '),
		{
			// n8n shows a node and its trigger as one entry, under the trigger's description.
			'the node and the polling trigger are found':
				light.entries.map(({ name }) => name).join() === 'Memberspot,Memberspot Polling',
			'the entry of the node speaks of what the node does': /access/.test(
				light.entries[0]?.description ?? '',
			),
			'the entry of the node speaks of starting a workflow': /start/i.test(
				light.entries[0]?.description ?? '',
			),
			'every entry has an icon': [...light.entries, ...dark.entries].every(({ icon }) =>
				icon.endsWith('.svg'),
			),
			'the dark theme has icons of its own': dark.entries.every(({ icon }) =>
				icon.includes('dark'),
			),
			'the node on the canvas has the icon of its theme':
				!light.icon.includes('dark') && dark.icon.includes('dark'),
			'the icons can be loaded': await allLoad(n8n.url, [
				light.icon,
				dark.icon,
				...light.entries.map(({ icon }) => icon),
				...dark.entries.map(({ icon }) => icon),
			]),
			'the node on the canvas says what it does in words':
				light.subtitle === 'Offer: Activate or Deactivate',
			[`every operation is in the list of actions (${lacking.join(', ')})`]: lacking.length === 0,
		},
	);
}

async function allLoad(base, paths) {
	const answers = await Promise.all(
		[...new Set(paths)].map(async (address) => {
			const response = await fetch(new URL(address, base), { signal: AbortSignal.timeout(30_000) });

			return response.ok && (await response.text()).includes('<svg');
		}),
	);

	return answers.every((fine) => fine);
}
