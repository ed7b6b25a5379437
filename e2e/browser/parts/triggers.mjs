/** The panels of both triggers: what to do where, in the words of Memberspot's menus, and what comes in. */
import { plain } from '../expected.mjs';
import { NODE, triggerWorkflow } from '../workflows.mjs';

/** @param {import('../context.mjs').Context} context */
export async function lookAtTriggers(context) {
	await webhook(context);
	await polling(context);
}

async function webhook({ api, n8n, verdicts, editor, pictures, page }) {
	const panel = await editor.openNode(
		await api.createWorkflow(triggerWorkflow('Webhook trigger', 'webhook', {})),
		NODE,
	);
	const urls = await panel.webhookUrls();
	const notices = (await panel.notices()).map(plain);
	const steps = notices.find((notice) => notice.includes('Memberspot')) ?? '';
	const button = await panel.buttonText();
	const help = await panel.triggerHelp();
	const clipped = await panel.clipped();
	const raw = await panel.rawTexts();
	await pictures.take('trigger-webhook', page);

	// The test address takes one call while the panel waits for it.
	await panel.listen();
	const response = await fetch(withHost(urls.test, n8n.url), {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ event: 'member_added', email: 'anna@example.com' }),
		signal: AbortSignal.timeout(30_000),
	});
	const { count, columns } = await panel.output();
	await panel.closeNotes();
	await pictures.take('trigger-webhook-delivery', page);

	verdicts.add('The panel of the webhook trigger', `${urls.test} / ${urls.production}`, {
		'it shows the address for tests': /\/webhook-test\/[\w-]+\/memberspot$/.test(urls.test ?? ''),
		'it shows the address for real use': /\/webhook\/[\w-]+\/memberspot$/.test(
			urls.production ?? '',
		),
		'the steps are told one by one': /1\. .* 2\. .* 3\. .* 4\. /.test(steps),
		'they name the menus in English and in German': [
			'Settings › Integrations',
			'Einstellungen › Integrationen',
			'Validate Now',
			'Jetzt validieren',
			'Automatisierung',
		].every((word) => steps.includes(word)),
		'it says that Memberspot can only reach a public address': notices.some((notice) =>
			notice.includes('public address'),
		),
		'the explanation names the button as it is labelled': help.includes(`"${button}"`),
		[`no text is cut off (${clipped.join(' | ')})`]: clipped.length === 0,
		[`nothing raw is shown (${raw.join(' | ')})`]: raw.length === 0,
	});
	verdicts.add('A delivery to the test address', `status ${response.status}, ${count} item`, {
		'it is answered with success': response.ok,
		'it shows up in the panel': count === 1 && columns.includes('event'),
	});
}

async function polling({ api, verdicts, editor, credential, pictures, page }) {
	const parameters = { triggerOn: ['newUser', 'userGotOffer'], minimumMinutes: 15 };
	const offer = 'ofrExcelBasics000001';
	const panel = await editor.openNode(
		await api.createWorkflow(
			triggerWorkflow('Polling trigger', 'polling', { ...parameters, offers: [offer] }, credential),
		),
		NODE,
	);
	const clipped = await panel.clipped();
	const raw = await panel.rawTexts();
	const button = await panel.buttonText();
	const help = await panel.triggerHelp();
	await pictures.take('trigger-polling', page);
	const list = await panel.openList('requestsPerPoll');
	const cost = await list.names();
	const cut = await list.clipped();
	await pictures.take('trigger-polling-cost', page);
	await page.keyboard.press('Escape');

	const run = await editor.openNode(
		await api.createWorkflow(
			triggerWorkflow('Polling trigger, run', 'polling', { triggerOn: ['newUser'] }, credential),
		),
		NODE,
	);
	await run.execute();
	await run.closeNotes();
	const { count, columns } = await run.output();

	verdicts.add('The panel of the polling trigger', cost.join('; '), {
		'it counts the requests of one poll': /^\d+ requests? for each poll$/.test(cost[0] ?? ''),
		'it counts the requests of a day': /requests a day/.test(cost[1] ?? ''),
		'it names the offer that is watched, not its ID':
			cost.some((line) => line.includes('Excel Basics')) &&
			cost.every((line) => !line.includes(offer)),
		[`no line of the count is cut off (${cut.join(' | ')})`]: cut.length === 0,
		'the explanation names the button as it is labelled': help.includes(`"${button}"`),
		[`no text is cut off (${clipped.join(' | ')})`]: clipped.length === 0,
		[`nothing raw is shown (${raw.join(' | ')})`]: raw.length === 0,
	});
	verdicts.add('An example fetched by the polling trigger', `${count} item`, {
		'there is one item for the one event': count === 1,
		'it says which event it is': columns.includes('event'),
	});
}

/** The same address at the host of this machine: the panel shows the public one. */
function withHost(address, base) {
	const url = new URL(address);

	return new URL(url.pathname, base);
}
