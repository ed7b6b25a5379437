/**
 * The three workflows of demo/workflows: the users of an offer are listed, a shop reports a payment,
 * the same payment again, and a cancellation.
 */
import { CREDENTIAL_TYPE, NODE_TYPE, readWorkflow } from '../lib/environment.mjs';
import { hasOnly, OFFER_NAME, offerNamed, writes } from './shared.mjs';

const BUYER = { email: 'erika.buyer@example.com', firstName: 'Erika', lastName: 'Müller' };
const ORDER = '0012345';

/**
 * @param {import('./shared.mjs').Story} story
 * @param {{ id: string }} credential that the workflows must find by its name
 */
export async function payments(story, credential) {
	const workflows = await importWorkflows(story, credential);
	const offer = await offerNamed(story.standIn, OFFER_NAME);
	const chapter = { ...story, workflows, offer };

	await listUsers(chapter, 'List all users of the offer');
	await story.api.publish(workflows.payment);
	await story.api.publish(workflows.cancellation);
	await firstPayment(chapter);
	await otherEvent(chapter);
	await paymentWithoutAddress(chapter);
	await samePaymentAgain(chapter);
	await listUsers(chapter, 'List again: one user more');
	await cancellation(chapter);
}

async function importWorkflows({ api, verdicts }, credential) {
	const files = {
		list: 'list-users-of-offer',
		payment: 'payment-grants-offer',
		cancellation: 'cancellation-deactivates-order',
	};
	const workflows = {};
	const claims = {};
	for (const [key, file] of Object.entries(files)) {
		workflows[key] = await api.createWorkflow(await readWorkflow(file));
		const own = workflows[key].nodes.filter(({ type }) => type === NODE_TYPE);
		claims[`${file} has found its credential by name`] =
			own.length > 0 &&
			own.every(({ credentials }) => credentials[CREDENTIAL_TYPE].id === credential.id);
	}
	verdicts.add(
		'Import of the credential and three workflows',
		Object.values(workflows)
			.map(({ name }) => name.replace('Memberspot: ', ''))
			.join('; '),
		claims,
	);

	return workflows;
}

async function listUsers({ api, standIn, verdicts, workflows, offer }, title) {
	const expected = (await standIn.holders(offer.id)).map(({ email }) => email).sort();
	const execution = await api.runWorkflow(workflows.list, 'Start');
	const listed = execution.items('Users of the Offer').map(({ json }) => json.email);

	verdicts.add(
		title,
		`${listed.length} users of "${offer.name}": ${listed.slice(0, 3).join(', ')}${listed.length > 3 ? ', …' : ''}`,
		{
			'the execution succeeded': execution.status === 'success',
			[`the school has exactly these ${expected.length}`]:
				expected.length > 0 && JSON.stringify([...listed].sort()) === JSON.stringify(expected),
			'every item is linked to its input item': execution
				.items('Users of the Offer')
				.every(({ pairedItem }) => pairedItem !== undefined),
		},
	);
}

async function firstPayment(story) {
	const { standIn, verdicts, offer } = story;
	const before = await standIn.summary();
	const { answer, execution, requests } = await callShop(story, 'payment', paymentEvent(ORDER));
	const [row] = execution.items('Give Access').map(({ json }) => json);
	const after = await standIn.summary();
	const grants = await standIn.grantsOf(BUYER.email);

	verdicts.add('Payment event, unknown buyer', describe(answer, row), {
		'the webhook answered 200': answer.status === 200,
		'the execution succeeded': execution.status === 'success',
		'one user more': after.users === before.users + 1,
		'the buyer has the offer under this order, active': hasOnly(grants, [
			{ offerId: offer.id, orderId: ORDER, active: true },
		]),
		'the name was taken over': await namesMatch(standIn),
		'one write was sent': writes(requests).length === 1,
		'the output names the user': row?.email === BUYER.email && row?.offerId === offer.id,
	});
}

async function otherEvent(story) {
	const { verdicts } = story;
	const { answer, execution, requests } = await callShop(story, 'payment', {
		...paymentEvent('0009999'),
		event: 'invoice.created',
	});

	verdicts.add('Another event of the shop', 'ignored, nothing sent to Memberspot', {
		'the webhook answered 200': answer.status === 200,
		'the execution succeeded': execution.status === 'success',
		'the Memberspot node did not run': !execution.ran('Give Access'),
		'no request': requests.length === 0,
	});
}

async function paymentWithoutAddress(story) {
	const { verdicts } = story;
	const { answer, execution, requests } = await callShop(story, 'payment', {
		...paymentEvent('0009998'),
		customer: { email: '', firstName: 'Nobody' },
	});

	verdicts.add(
		'Payment event without an e-mail',
		`the shop got ${answer.status}; the execution says: ${execution.error?.message ?? '(no error)'}`,
		{
			'the shop is told that it failed': answer.status >= 500,
			'the execution failed': execution.status === 'error',
			'the error speaks of the e-mail': /e-?mail/i.test(execution.error?.message ?? ''),
			'nothing was written': writes(requests).length === 0,
		},
	);
}

async function samePaymentAgain(story) {
	const { standIn, verdicts, offer } = story;
	const before = await standIn.summary();
	const { answer, execution } = await callShop(story, 'payment', paymentEvent(ORDER));
	const [row] = execution.items('Give Access').map(({ json }) => json);
	const after = await standIn.summary();

	verdicts.add('The same payment event once more', describe(answer, row), {
		'the webhook answered 200': answer.status === 200,
		'the execution succeeded': execution.status === 'success',
		'the output says that nothing was granted again': row?.action === 'activated',
		'no user and no access more': after.users === before.users && after.grants === before.grants,
		'no second welcome e-mail': after.welcomeMails === before.welcomeMails,
		'the buyer has the offer as before': hasOnly(await standIn.grantsOf(BUYER.email), [
			{ offerId: offer.id, orderId: ORDER, active: true },
		]),
	});
}

async function cancellation(story) {
	const { standIn, verdicts, offer } = story;
	const before = await standIn.summary();
	const { answer, execution, requests } = await callShop(story, 'cancellation', {
		event: 'order.cancelled',
		orderId: ORDER,
		customer: { email: BUYER.email },
	});
	const [row] = execution.items('Pause Access').map(({ json }) => json);
	const after = await standIn.summary();

	verdicts.add('Cancellation of the order', describe(answer, row), {
		'the webhook answered 200': answer.status === 200,
		'the execution succeeded': execution.status === 'success',
		'the access of this order is off': hasOnly(await standIn.grantsOf(BUYER.email), [
			{ offerId: offer.id, orderId: ORDER, active: false },
		]),
		'nothing else changed':
			after.users === before.users &&
			after.grants === before.grants &&
			after.activeGrants === before.activeGrants - 1,
		'one write, with "active" sent as false':
			writes(requests).length === 1 && writes(requests)[0].body.active === false,
		'the output claims no more than is known':
			row?.outcome === 'accepted' && row?.orderId === ORDER,
	});
}

/** Sends an event to a published webhook, as the shop does, and finds the run it started. */
async function callShop({ api, standIn, workflows }, key, event) {
	const workflow = workflows[key];
	const { path } = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.webhook').parameters;
	const known = await api.executionIds(workflow);
	await standIn.clearLog();
	const answer = await api.callWebhook(path, event);
	const execution = await api.nextExecution(workflow, known);

	return { answer, execution, requests: await standIn.requests() };
}

function paymentEvent(orderId) {
	return { event: 'payment.completed', orderId, customer: BUYER };
}

function describe({ status }, row) {
	if (row === undefined) return `the shop got ${status}; no output`;
	const done = row.action ?? (row.active === false ? 'switched off' : 'done');

	return `the shop got ${status}; ${row.email}: ${done}, outcome: ${row.outcome}`;
}

async function namesMatch(standIn) {
	const user = await standIn.user(BUYER.email);

	return user?.firstname === BUYER.firstName && user?.name === BUYER.lastName;
}
