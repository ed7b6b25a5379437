/**
 * A new member arrives by webhook: Memberspot's part is played by the stand-in, which validates the
 * address as "Validate Now" does, and sends what its automation tells it to.
 *
 * The workflow is examples/webhook-new-member.json with what a user fills in: a secret in the address,
 * the address of the CRM, its data table, and Ignore Duplicate Deliveries.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { webhookPath } from '../lib/api.mjs';
import { DataTables } from '../lib/data-tables.mjs';
import { TRIGGER_TYPE } from '../lib/environment.mjs';
import { PlainError } from '../lib/processes.mjs';
import { importExample, nodeOf, OFFER_NAME, offerNamed } from './shared.mjs';

const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
/** What the event of the automation is called. The name is invented: Memberspot's own are not public. */
const EVENT = 'member_added';
/** What the example notes its members in. */
const TABLE = 'memberspot_members_in_crm';
const COLUMNS = { uid: 'string', email: 'string', addedBy: 'string' };
const BROKEN_JSON = '{"event":';
const DOCUMENTS = ['triggers.md', 'triggers.de.md'];

/**
 * @param {import('./shared.mjs').Story} story whose n8n takes bodies up to `payloadLimitMb`
 * @param {{ payloadLimitMb: number }} settings the value of N8N_PAYLOAD_SIZE_MAX
 * @returns {Promise<{ secret: string }>} what callers of the webhook have to show
 */
export async function newMember(story, { payloadLimitMb }) {
	const secret = randomBytes(12).toString('hex');
	await new DataTables(story.api).create(TABLE, COLUMNS);
	const workflow = await importExample(story, 'webhook-new-member', (example) => {
		const trigger = nodeOf(example, TRIGGER_TYPE);
		Object.assign(trigger.parameters, {
			secretIn: 'query',
			fieldName: 'secret',
			secret,
			options: { ...trigger.parameters.options, ignoreRepeats: true },
		});
		nodeOf(example, HTTP_REQUEST).parameters.url = `${story.crm.url}/contacts`;
	});
	const trigger = nodeOf(workflow, TRIGGER_TYPE);
	const path = webhookPath(trigger);
	const chapter = { ...story, workflow, trigger, path, secret };

	const app = await validateAddress(chapter);
	await story.standIn.control('/webhooks/automations', 'POST', {
		on: 'memberAdded',
		app: app.id,
		event: EVENT,
	});
	await memberArrives(chapter, 'lena.new@example.com');
	await deliveredTwice(chapter, 'mia.new@example.com');
	await wrongSecret(chapter);
	await answersOfN8n(chapter, payloadLimitMb);

	return { secret };
}

/** "Validate Now" in Memberspot, before and after the workflow is published. */
async function validateAddress(chapter) {
	const { api, verdicts, workflow, path, secret } = chapter;
	const url = `${api.webhookUrl(path)}?secret=${secret}`;
	const before = await register(chapter, url);
	await api.publish(workflow);
	const after = await register(chapter, url);

	verdicts.add(
		'"Validate Now" in Memberspot',
		`before publishing: ${before.refusal ?? 'accepted'}; after: ${after.refusal ?? 'accepted'}; runs: ${(await api.executionIds(workflow)).length}`,
		{
			'it is refused before the workflow is published': /\b404\b/.test(before.refusal ?? ''),
			'it is accepted afterwards': after.app !== undefined,
			'the test starts no run': (await api.executionIds(workflow)).length === 0,
		},
	);
	if (after.app === undefined)
		throw new PlainError(`Memberspot's part did not accept the webhook: ${after.refusal}`);

	return after.app;
}

/** Adds a webhook app, or says why the address was not accepted. */
async function register({ standIn }, url) {
	try {
		return { app: await standIn.control('/webhooks/apps', 'POST', { url }) };
	} catch (error) {
		const reason = /did not accept the test: ([^"]+)/.exec(error.message)?.[1];
		if (reason === undefined) throw error;

		return { refusal: `refused (${reason})` };
	}
}

async function memberArrives(chapter, email) {
	const { verdicts, trigger, crm } = chapter;
	const { deliveries, execution, started } = await addMember(chapter, email);
	const items = execution.items(trigger.name).map(({ json }) => json);

	verdicts.add('A new member in Memberspot', cameOut(deliveries, started, sentTo(crm, email)), {
		'Memberspot sent one delivery, and it was accepted at once':
			deliveries.length === 1 && deliveries[0].accepted && deliveries[0].attempt === 1,
		'exactly one run was started': started === 1,
		'the run succeeded': execution.status === 'success' && execution.mode === 'webhook',
		'the trigger gave one item, about this member':
			items.length === 1 && items[0].event === EVENT && items[0].email === email,
		'the CRM got the member once': sentTo(crm, email) === 1,
	});
}

/** A sender that delivers each event twice, as some do when they miss the answer. */
async function deliveredTwice(chapter, email) {
	const { standIn, verdicts, crm } = chapter;
	const { copies } = await standIn.control('/webhooks/settings', 'PATCH', {});
	await standIn.control('/webhooks/settings', 'PATCH', { copies: 2 });
	const { deliveries, execution, started } = await addMember(chapter, email);
	await standIn.control('/webhooks/settings', 'PATCH', { copies });

	verdicts.add('A delivery that comes twice', cameOut(deliveries, started, sentTo(crm, email)), {
		'both were accepted': deliveries.length === 2 && deliveries.every(({ accepted }) => accepted),
		'exactly one run was started': started === 1,
		'the run succeeded': execution.status === 'success',
		'the CRM got the member once': sentTo(crm, email) === 1,
	});
}

async function wrongSecret(chapter) {
	const { api, verdicts, path } = chapter;
	const { answers, started } = await callEach(chapter, async () => [
		await api.callWebhook(`${path}?secret=guessed`, { event: EVENT, email: 'eve@example.com' }),
		await api.callWebhook(path, { event: EVENT, email: 'eve@example.com' }),
		await api.callWebhook(path, { event: 'auth_test' }),
	]);

	verdicts.add(
		'Calls with a wrong secret, or none',
		`answered ${statuses(answers)}; runs: ${started}`,
		{
			'all of them get 401': answers.every(({ status }) => status === 401),
			'no run was started': started === 0,
		},
	);
}

/** What n8n answers by itself, before the node sees anything; docs/triggers.md names these answers. */
async function answersOfN8n(chapter, payloadLimitMb) {
	const { api, verdicts, path, secret } = chapter;
	const address = `${path}?secret=${secret}`;
	const justBelow = 'x'.repeat(payloadLimitMb * 1024 * 1024 - 100);
	const { answers, started } = await callEach(chapter, async () => [
		await api.callWebhook(address, BROKEN_JSON),
		await api.callWebhook(address, { event: EVENT, text: `${justBelow}${'x'.repeat(200)}` }),
		// So that the status before is surely that of the limit.
		await api.callWebhook(address, { event: 'auth_test', text: justBelow }),
	]);
	const [broken, tooLong, fitting] = answers.map(({ status }) => status);
	const documented = await Promise.all(DOCUMENTS.map(documentedAnswers));

	verdicts.add(
		'Broken JSON; a body over the limit of n8n',
		`n8n answered ${broken}; ${tooLong} (and ${fitting} just below ${payloadLimitMb} MB); runs: ${started}`,
		{
			'no run was started': started === 0,
			'a body just below the limit is taken': fitting === 200,
			'docs/triggers.md says the same in both languages': documented.every(
				(answer) => answer.broken === broken && answer.tooLong === tooLong,
			),
		},
	);
}

/** Reads the answers of n8n itself from the table in a document on triggers. */
async function documentedAnswers(name) {
	const text = await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
	const status = (call) =>
		Number(new RegExp(`^\\|[^|]*${call}[^|]*\\| (\\d{3}), `, 'm').exec(text)?.[1]);

	return { broken: status('JSON'), tooLong: status('N8N_PAYLOAD_SIZE_MAX') };
}

/** Creates a member by giving an offer, as somebody at the school would, and finds what that started. */
async function addMember({ api, standIn, workflow }, email) {
	const known = await api.executionIds(workflow);
	await standIn.control('/webhooks/deliveries', 'DELETE');
	const { id } = await offerNamed(standIn, OFFER_NAME);
	await standIn.control(`/users/${encodeURIComponent(email)}/grants`, 'POST', { offerId: id });
	const deliveries = await standIn.control('/webhooks/settled', 'POST');
	const execution = await api.nextExecution(workflow, known);
	// n8n makes a run before it answers, so what is not there by now is not coming.
	const started = (await api.executionIds(workflow)).length - known.length;

	return { deliveries, execution, started };
}

async function callEach({ api, workflow }, call) {
	const before = (await api.executionIds(workflow)).length;
	const answers = await call();

	return { answers, started: (await api.executionIds(workflow)).length - before };
}

function cameOut(deliveries, started, contacts) {
	return `deliveries: ${deliveries.length}, answered ${statuses(deliveries)}; runs: ${started}; sent to the CRM: ${contacts}`;
}

function statuses(answers) {
	return answers.map(({ status }) => status).join(', ');
}

/** How often something about this member was sent to the CRM. */
function sentTo({ received }, email) {
	return received.filter(({ body }) => JSON.stringify(body).includes(email)).length;
}
