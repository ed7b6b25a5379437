/**
 * A member gets a link by mail, a stranger gets nothing, and the form's answers to the two can not be
 * told apart: the same page, given before Memberspot is asked. Nothing of it is kept in n8n.
 */
import { waitFor } from '../../demo/lib/processes.mjs';

const TABLE = 'memberspot_login_requests';
const COLUMNS = { addressHash: 'string' };
const MEMBER = 'anna@example.com';
const STRANGER = 'nobody@example.com';
const PATIENCE = { timeoutMs: 60_000 };
/** The form turns programs away, and knows them by this header. */
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0' };

export default {
	example: 'login-link-by-mail',
	variants: [
		{
			switches: { lookUpPlan: 'forbidden', usersEnvelope: 'named', pageSizeCap: '10' },
			because: 'without the look-up by e-mail the member has to be found in the list',
		},
		{
			switches: { loginTokenAnswer: 'tokenOnly' },
			because: 'no link may be made up where Memberspot gives none, and the team must hear of it',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, variants, mail, importExample, expect, dataTable, rows, n8n }) {
		await dataTable(TABLE, COLUMNS);
		const workflow = await importExample();
		await api.publish(workflow);
		const { webhookId } = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'));
		const url = `${n8n.url}/form/${webhookId}`;
		await waitFor('the form', async () => (await fetch(url, { headers: BROWSER })).ok, PATIENCE);
		const mailsTo = (address) => mail.messages().filter(({ to }) => to.includes(address));

		// Memberspot stays silent: were the form to wait for it, it could not answer.
		await standIn.control('/faults', 'POST', { kind: 'hang', operationId: 'findUserByMail' });
		const silent = await submit(url, 'silent@example.com');
		expect('the form answers while Memberspot is silent', silent.status === 200);
		await waitFor('the look-up', async () => await wasLookedUp(standIn, 'silent'), PATIENCE);
		await standIn.control('/faults', 'DELETE');
		// The look-up comes again, and has to be answered before the next fault.
		await waitFor(
			'the end of this run',
			async () => (await api.executionIds(workflow)).length === 0,
			PATIENCE,
		);

		await standIn.control('/faults', 'POST', { kind: 'status', status: 403, times: 9 });
		await submit(url, 'refused@example.com');
		const alarm = await mail.next(({ to }) => to.includes('team@example.com'), 'the alarm');
		await standIn.control('/faults', 'DELETE');
		expect(
			'when Memberspot refuses, the team is told, without the address',
			alarm.text.includes('forbidden') && !alarm.text.includes('refused@'),
		);
		const mailsBefore = mail.messages().length;

		const stranger = await submit(url, STRANGER);
		await waitFor('the look-up', async () => await wasLookedUp(standIn, 'nobody'), PATIENCE);
		const member = await submit(url, MEMBER.toUpperCase());
		if (variants.loginTokenAnswer !== 'both') {
			const told = await mail.next(({ text }) => text.includes('no link'), 'the mail to the team');
			expect(
				'without a link in the answer the team is told, without the address, and nobody else',
				told.to.includes('team@example.com') &&
					!/anna/i.test(told.text) &&
					mail.messages().length === mailsBefore + 1,
			);

			return;
		}
		await waitFor('the mail with the link', async () => mailsTo(MEMBER).length > 0, PATIENCE);
		expect('member and stranger see the same page', member.page === stranger.page);
		expect('member and stranger get the same status and headers', member.head === stranger.head);

		const link = mailsTo(MEMBER)[0].text.match(/https:\S+/)?.[0] ?? '';
		const tokens = await standIn.control('/login-tokens');
		expect(
			'the mail has the one link that Memberspot made',
			tokens.length === 1 && link.includes(tokens[0].token),
		);

		await submit(url, MEMBER);
		// Whoever asks last is served last: when this mail is there, the request before has ended.
		await submit(url, 'carla@example.com');
		await waitFor('the last mail', async () => mailsTo('carla@example.com').length > 0, PATIENCE);
		expect('a second request within 15 minutes sends nothing', mailsTo(MEMBER).length === 1);
		expect(
			'the stranger got no mail, and nobody was told',
			mail.messages().length === mailsBefore + 2,
		);
		expect(
			'the table holds hashes, and no address',
			(await rows(TABLE)).length >= 4 &&
				(await rows(TABLE)).every(({ addressHash }) => /^[0-9a-f]{64}$/.test(addressHash)),
		);
		await waitFor(
			'n8n to drop the executions',
			async () => (await api.executionIds(workflow)).length === 0,
			PATIENCE,
		);
		expect('n8n keeps no execution', (await api.executionIds(workflow)).length === 0);
		expect(
			'the link stands nowhere in the log of n8n',
			!(await n8n.log()).includes(tokens[0].token),
		);

		// A credential that may make no login links is no stranger's mistake.
		const [create] = workflow.nodes.filter(({ name }) => name === 'Create Login Link');
		const readOnly = (await api.get('/rest/credentials')).find(
			({ name }) => name === 'Memberspot read only',
		);
		create.credentials = { memberspotApi: { id: readOnly.id, name: readOnly.name } };
		await api.publish(await api.saveWorkflow(workflow));
		mail.clear();
		await submit(url, 'last@example.com');
		const notAllowed = await mail.next(
			({ to }) => to.includes('team@example.com'),
			'the mail about the credential',
		);
		expect(
			'when the credential may make no login links, the team is told, without the address',
			notAllowed.text.includes('Allow Login Links') && !notAllowed.text.includes('last@'),
		);
	},
};

/** Sends the form as a browser does. */
async function submit(url, address) {
	const form = new FormData();
	form.append('field-0', address);
	const response = await fetch(url, {
		method: 'POST',
		body: form,
		headers: BROWSER,
		signal: AbortSignal.timeout(30_000),
	});
	const headers = [...response.headers].filter(([name]) => name !== 'date');

	return {
		status: response.status,
		page: await response.text(),
		head: JSON.stringify([response.status, headers]),
	};
}

async function wasLookedUp(standIn, part) {
	return (await standIn.requests()).some(({ path }) => path.includes(part));
}
