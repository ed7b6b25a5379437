/**
 * A member is deleted only after a human approved, only this member, and only once; what came out stands
 * in a receipt without the address, also when the answer of Memberspot was lost.
 */
import { waitFor } from '../../demo/lib/processes.mjs';
import { BROWSER, decideInForm, openForm } from '../lib/approval.mjs';

const TABLE = 'memberspot_deletions';
const MEMBER = 'anna@example.com';
const PATIENCE = { timeoutMs: 60_000 };
const LOGIN = { user: 'privacy', password: 'only-for-the-test' };

export default {
	example: 'gdpr-deletion',
	variants: [
		{
			switches: { lookUpPlan: 'forbidden', deleteAnswer: 'emptyBody' },
			because: 'a receipt may say "deleted" or "no such member" only where that was seen',
		},
		{
			switches: { deletionDelay: 'late' },
			because:
				'a member who still shows for a while must not be told wrongly, nor deleted blindly again',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, variants, mail, n8n, importExample, expect, dataTable, rows }) {
		/** Whether a look tells that a member was there, and is gone. */
		const canLook = variants.lookUpPlan === 'allowed';
		await dataTable(
			TABLE,
			Object.fromEntries(
				[
					...['request', 'emailHash', 'status', 'before', 'afterwards'],
					...['outcome', 'approvedBy', 'note', 'record'],
				].map((column) => [column, 'string']),
			),
		);
		await api.ensureCredential('Deletion form', 'httpBasicAuth', LOGIN);
		const workflow = await importExample();
		await api.publish(workflow);
		const { webhookId } = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'));
		const url = `${n8n.url}/form/${webhookId}`;
		const authorization = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;
		await waitFor(
			'the form',
			async () => (await fetch(url, { headers: { ...BROWSER, authorization } })).ok,
			PATIENCE,
		);
		const submit = async (request, email, headers = { authorization }, identified = 'by phone') => {
			const form = new FormData();
			for (const [place, value] of [request, email, identified].entries())
				form.append(`field-${place}`, value);

			return await fetch(url, { method: 'POST', body: form, headers: { ...BROWSER, ...headers } });
		};
		const askedAbout = async (request) =>
			await mail.next(
				({ subject }) => subject === `Approve deletion ${request}?`,
				`the mail that asks about ${request}`,
			);
		const decide = async (request, approved) =>
			await decideInForm(await askedAbout(request), approved ? 'Delete for good' : 'Do not delete');
		const receipt = async (request) => (await rows(TABLE)).find((row) => row.request === request);
		const settled = async (request) =>
			await waitFor(
				`the receipt of ${request}`,
				async () => {
					const row = await receipt(request);

					return row !== undefined && row.status !== 'waiting for approval' && row;
				},
				PATIENCE,
			);
		const deletions = async () =>
			(await standIn.requests()).filter(({ method }) => method !== 'GET').length;

		const stranger = await submit('G-0', MEMBER, {});
		expect(
			'the form takes nothing without the password',
			stranger.status === 401 && (await rows(TABLE)).length === 0,
		);

		await submit('G-1', MEMBER, undefined, 'by <b>phone</b>');
		const question = await askedAbout('G-1');
		expect(
			'what was typed can not dress up the mail',
			question.html.includes('by &#60;b&#62;phone') && !question.html.includes('<b>phone'),
		);
		await decide('G-1', false);
		await settled('G-1');
		expect(
			'a no deletes nothing and leaves a receipt',
			(await receipt('G-1')).status === 'not approved' &&
				(await deletions()) === 0 &&
				(await standIn.user(MEMBER)) !== undefined,
		);

		const before = await standIn.summary();
		await submit('G-2', ` ${MEMBER.toUpperCase()}`);
		const page = await openForm(await askedAbout('G-2'));
		expect(
			'opening the link, as a mail scanner does, deletes nothing and leaves the question open',
			(await standIn.user(MEMBER)) !== undefined &&
				(await receipt('G-2')).status === 'waiting for approval' &&
				page.includes('Delete for good'),
		);
		await decide('G-2', true);
		const done = await settled('G-2');
		/** The person hears of what was seen; otherwise a human looks. */
		const isTold = (request, address) => (message) =>
			canLook ? message.to.includes(address) : message.subject.includes(`${request} needs`);
		await mail.next(isTold('G-2', MEMBER), 'the mail to the person, or to a human');
		const after = await standIn.summary();
		expect(
			'after a yes exactly this member is gone',
			(await standIn.user(MEMBER)) === undefined && after.users === before.users - 1,
		);
		expect(
			'the receipt says what was seen before and after',
			done.status === (canLook ? 'deleted' : 'accepted, not proven') &&
				done.before === (canLook ? 'existed' : 'notRead') &&
				done.afterwards === (canLook ? 'gone' : 'notRead') &&
				done.approvedBy === 'privacy@example.com' &&
				/^[0-9a-f]{64}$/.test(done.emailHash),
			`receipt: ${done.status}, ${done.before}, ${done.afterwards}`,
		);
		expect(
			'no receipt holds an address of a member',
			!/anna@/i.test(JSON.stringify(await rows(TABLE))),
		);

		const asked = mail.messages().length;
		await submit('G-2', 'ben@example.com');
		await submit('G-3', 'nobody@example.com');
		await decide('G-3', true);
		expect(
			'an address without a member is said to have none',
			(await settled('G-3')).status === (canLook ? 'no such member' : 'accepted, not proven'),
		);
		await mail.next(isTold('G-3', 'nobody@example.com'), 'the mail to the person, or to a human');
		expect(
			'nobody is told what was not seen',
			canLook ||
				mail
					.messages()
					.every(({ to }) => !to.some((each) => [MEMBER, 'nobody@example.com'].includes(each))),
		);
		expect(
			'a number that was worked off starts nothing again',
			mail.messages().length === asked + 2 && (await standIn.user('ben@example.com')) !== undefined,
		);

		// No answer comes back, and the member is still there: whether it will be deleted is not known.
		await standIn.clearLog();
		await standIn.control('/faults', 'POST', {
			kind: 'resetBefore',
			operationId: 'deleteUsers',
			times: 99,
		});
		await submit('G-4', 'ben@example.com');
		await decide('G-4', true);
		const lost = await settled('G-4');
		await mail.next(({ subject }) => subject.includes('G-4 needs'), 'the warning');
		await standIn.control('/faults', 'DELETE');
		const sent = (await standIn.requests()).map(({ method }) => method);
		expect(
			'without an answer the receipt says unknown, and a human is told',
			lost.status === 'outcome unknown',
		);
		expect(
			'no deletion is repeated without a look whether it is still needed',
			sent.every((method, place) => method === 'GET' || sent[place - 1] === 'GET'),
			`${sent.join(' ')}`,
		);

		// The member is deleted, and only the answer is lost.
		await standIn.clearLog();
		await standIn.control('/faults', 'POST', { kind: 'resetAfter', operationId: 'deleteUsers' });
		await submit('G-5', 'ben@example.com');
		await decide('G-5', true);
		const shown = await settled('G-5');
		expect(
			'where only the answer is lost, it is sent again only if the member is still to be seen, and a look settles it',
			(await deletions()) === (variants.deletionDelay === 'late' ? 2 : 1) &&
				(await standIn.user('ben@example.com')) === undefined &&
				(canLook ? shown.afterwards === 'gone' : shown.status === 'outcome unknown'),
			`after a lost answer: ${shown.status}`,
		);
		await waitFor(
			'n8n to drop the executions',
			async () => (await api.executionIds(workflow)).length === 0,
			PATIENCE,
		);
		expect('n8n keeps no execution', (await api.executionIds(workflow)).length === 0);
	},
};
