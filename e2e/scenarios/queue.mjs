/**
 * Queue mode: payments on two workers, both triggers, a sync, and workers that are stopped in the
 * middle. Nothing is repeated blindly: what n8n did with each event is read from its own records,
 * and what Memberspot would hold from the stand-in.
 *
 * n8n was seen to lose answers of webhooks in queue mode while heavy jobs ran beside it, with the
 * execution done all the same. So an answer that does not come is counted and shown, and what is
 * claimed rests on the records.
 */
import {
	CREDENTIAL_NAME,
	CREDENTIAL_TYPE,
	credentialData,
	NODE_TYPE,
	readWorkflow,
} from '../../demo/lib/environment.mjs';
import { waitFor, within } from '../../demo/lib/processes.mjs';
import { inParallel, mostInASecond } from '../lib/load.mjs';
import { startQueueMode } from '../lib/queue.mjs';

const OFFER = 'Excel Basics';
const GRANT_NODE = 'Give Access';
const SHOP_NODE = 'Shop Event';
/** Payments under way at the same time: more than one worker takes, less than both. */
const AT_ONCE = 8;
const SETTLE_TIMEOUT = 120_000;
const PACE = 5;
/**
 * How long a job of a worker that is gone counts as running: n8n's own setting, 60 seconds by
 * default, shortened so that the scenario does not wait for minutes.
 */
const STALLED = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

export default {
	title: '500 payments over two workers, both triggers, a sync, and a worker stopped in the middle',
	order: 90,
	minutes: 6,
	ci: true,
	tools: ['redis', 'postgres'],

	async run({ stage, verdicts, open }) {
		const environment = await open({ startMain: startQueueMode, extra: STALLED });
		const { api, standIn, n8n } = environment;
		await api.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, credentialData(standIn));
		const offer = (await standIn.offers()).find(({ name }) => name === OFFER);
		const workflow = await api.createWorkflow(await readWorkflow('payment-grants-offer'));
		await api.publish(workflow);
		const context = { ...environment, verdicts, stage, offer, workflow };

		const polling = await beginPolling(context);
		await stage('500 payments', async () => await payments(context));
		await stage('Payments at a pace', async () => await pacedPayments(context));
		await stage('Two events at once', async () => await twins(context));
		await stage('Webhook trigger', async () => await webhookTrigger(context));
		await stage('Sync', async () => await sync(context));
		await stage('Polling trigger', async () => await polling());
		await stage('A worker is told to stop', async () => await stopWorker(context, 'SIGTERM'));
		await n8n.addWorker();
		await stage('A worker is killed', async () => await stopWorker(context, 'SIGKILL'));

		const violations = await standIn.violations();
		verdicts.add('All requests and answers', `${violations.length} breaches of the contract`, {
			[`the API's contract was kept (${violations[0] ?? ''})`]: violations.length === 0,
		});
	},
};

function payment(name, order) {
	return {
		event: 'payment.completed',
		orderId: order,
		customer: { email: `${name}@example.com`, firstName: name, lastName: 'Buyer' },
	};
}

/**
 * Sends events to a workflow, and reads what became of each.
 *
 * @returns {Promise<Array<{ event: object, status: number | undefined, runs: object[] }>>} `status` is
 *   undefined where no answer came, `runs` are the executions whose event has this order
 */
async function send({ api, n8n }, workflow, events, { atOnce = AT_ONCE, during } = {}) {
	const { path } = workflow.nodes.find(({ name }) => name === SHOP_NODE).parameters;
	const before = new Set((await n8n.executions()).map(({ id }) => id));
	const answers = await inParallel(events, atOnce, async (event, index) => {
		during?.(index);

		return await api.callWebhook(path, event).then(
			({ status }) => status,
			() => undefined,
		);
	});
	const own = async () =>
		(await n8n.executions()).filter(
			({ id, workflowId }) => workflowId === workflow.id && !before.has(id),
		);
	const all = await waitFor(
		'all executions to end',
		async () => {
			const found = await own();

			return found.every(({ status }) => !['new', 'running', 'waiting'].includes(status)) && found;
		},
		{ timeoutMs: SETTLE_TIMEOUT, everyMs: 1_000 },
	);
	const byOrder = groupBy(all, orderOf);

	return events.map((event, index) => ({
		event,
		status: answers[index],
		runs: byOrder.get(event.orderId) ?? [],
	}));
}

function groupBy(list, keyOf) {
	const groups = new Map();
	for (const entry of list) {
		const key = keyOf(entry);
		groups.set(key, [...(groups.get(key) ?? []), entry]);
	}

	return groups;
}

/** What a node put out in a run, as n8n has saved it. */
function output({ data }, node) {
	return data?.resultData?.runData?.[node]?.at(-1)?.data?.main?.[0] ?? [];
}

function orderOf(run) {
	return output(run, SHOP_NODE)[0]?.json.body.orderId;
}

/** Grants of the offer that people hold, and the requests that made them, by e-mail. */
async function accessOf({ standIn, offer }, emails) {
	const users = await standIn.control('/users');
	const requests = await standIn.requests();
	const wanted = new Set(emails);
	const held = new Map();
	for (const { email, grants } of users)
		if (wanted.has(email))
			held.set(
				email,
				grants.filter(({ offerId }) => offerId === offer.id),
			);
	const sent = new Map();
	for (const { operationId, body } of requests)
		if (operationId === 'grantUserOfferByMail' && wanted.has(body.email))
			sent.set(body.email, (sent.get(body.email) ?? 0) + 1);

	return {
		once: emails.filter((email) => held.get(email)?.length === 1 && held.get(email)[0].active),
		more: emails.filter((email) => (held.get(email)?.length ?? 0) > 1),
		none: emails.filter((email) => (held.get(email)?.length ?? 0) === 0),
		sentTwice: emails.filter((email) => (sent.get(email) ?? 0) > 1),
	};
}

function emailsOf(results) {
	return [...new Set(results.map(({ event }) => event.customer.email))];
}

function list(entries, most = 5) {
	return `${entries.slice(0, most).join(', ')}${entries.length > most ? ', …' : ''}`;
}

/** How many runs ended in which way, in words. */
function endings(runs) {
	const counts = new Map();
	for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);

	return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

async function startedBy(workers, ids) {
	const wanted = new Set(ids);

	return await Promise.all(
		workers.map(async (worker) => (await worker.started()).filter((id) => wanted.has(id))),
	);
}

async function payments(context) {
	const { n8n, standIn, verdicts } = context;
	// 450 people; 50 of them buy a second time, long after the first.
	const people = Array.from({ length: 450 }, (_none, index) => `buyer${index}`);
	const events = [
		...people.map((name, index) => payment(name, `A-${index}`)),
		...people.slice(0, 50).map((name, index) => payment(name, `B-${index}`)),
	];
	await standIn.clearLog();
	const begin = Date.now();
	const results = await send(context, context.workflow, events);
	const seconds = (Date.now() - begin) / 1000;

	const runs = results.flatMap(({ runs: found }) => found);
	const split = await startedBy(
		n8n.workers,
		runs.map(({ id }) => id),
	);
	const lost = results.filter(({ status }) => status === undefined);
	const emails = emailsOf(results);
	const access = await accessOf(context, emails);
	const again = results.slice(people.length);
	verdicts.add(
		`${events.length} payment events, ${AT_ONCE} at a time`,
		`${endings(runs)} in ${seconds.toFixed(0)} s; ${lost.length} answers lost by n8n`,
		{
			'each event has exactly one execution': results.every(
				({ runs: found }) => found.length === 1,
			),
			'each execution ended as success': runs.every(({ status }) => status === 'success'),
			'each answer that came is 200': results.every(
				({ status }) => status === undefined || status === 200,
			),
			'each execution names the person of its event': results.every(
				({ event, runs: [run] }) =>
					run !== undefined && output(run, GRANT_NODE)[0]?.json.email === event.customer.email,
			),
		},
	);
	verdicts.add(
		'Who did the work',
		split.map((ids, index) => `${n8n.workers[index].name}: ${ids.length}`).join(', '),
		{
			'every worker took part': split.every((ids) => ids.length > 0),
			'each execution was begun once':
				split.flat().length === events.length && new Set(split.flat()).size === events.length,
		},
	);
	verdicts.add(
		`Access of the ${emails.length} buyers`,
		`${access.once.length} have it once, ${access.more.length} twice, ${access.none.length} not`,
		{
			'everybody has the offer exactly once, active': access.once.length === emails.length,
			[`nobody was granted it twice (${list(access.sentTwice)})`]: access.sentTwice.length === 0,
			'a second order of the same person grants nothing again': again.every(
				({ runs: [run] }) => output(run, GRANT_NODE)[0]?.json.action === 'activated',
			),
		},
	);
}

/** Requests per Second holds for each process: two workers together are faster. */
async function pacedPayments(context) {
	const { api, n8n, standIn, verdicts, offer } = context;
	const file = await readWorkflow('payment-grants-offer');
	const path = 'paced-payment';
	for (const node of file.nodes) {
		if (node.name === SHOP_NODE) {
			node.parameters.path = path;
			node.webhookId = path;
		}
		if (node.name === GRANT_NODE) {
			// By ID, so that every request names the person it is about.
			node.parameters.offer = { __rl: true, mode: 'id', value: offer.id };
			node.parameters.options = { requestsPerSecond: PACE };
		}
	}
	const workflow = await api.createWorkflow({ ...file, name: 'Payments at a pace' });
	await api.publish(workflow);
	await standIn.clearLog();
	const events = Array.from({ length: 40 }, (_none, index) =>
		payment(`paced${index}`, `P-${index}`),
	);
	const results = await send(context, workflow, events);
	const split = await startedBy(
		n8n.workers,
		results.flatMap(({ runs }) => runs.map(({ id }) => id)),
	);
	const requests = await standIn.requests();
	const emailOfRun = new Map(
		results.flatMap(({ event, runs }) => runs.map(({ id }) => [id, event.customer.email])),
	);
	const perWorker = split.map((ids) => {
		const emails = new Set(ids.map((id) => emailOfRun.get(id)));

		return mostInASecond(
			requests.filter(({ path: to, body }) =>
				emails.has(body?.email ?? to.slice(to.lastIndexOf('/') + 1)),
			),
		);
	});
	verdicts.add(
		`${events.length} payments with Requests per Second ${PACE}`,
		`most in a second: ${perWorker.map((most, index) => `${n8n.workers[index].name} ${most}`).join(', ')}, together ${mostInASecond(requests)}`,
		{
			'each execution ended as success': results.every(
				({ runs }) => runs.length === 1 && runs[0].status === 'success',
			),
			'no worker goes beyond it': perWorker.every((most) => most <= PACE),
			'the workers do not share it': mostInASecond(requests) > PACE,
		},
	);
}

/** Two events of the same new person at the same moment: what comes of it is told, not wished for. */
async function twins(context) {
	const { standIn, verdicts } = context;
	await standIn.clearLog();
	const people = Array.from({ length: 20 }, (_none, index) => `twin${index}`);
	const events = people.flatMap((name, index) => [
		payment(name, `T-${index}-1`),
		payment(name, `T-${index}-2`),
	]);
	const results = await send(context, context.workflow, events, { atOnce: 2 });
	const access = await accessOf(context, emailsOf(results));
	verdicts.add(
		`${people.length} times two orders of one new person at the same moment`,
		`${access.once.length} people have the offer once, ${access.more.length} twice: README, Queue mode`,
		{
			'each event has one execution, and it ended as success': results.every(
				({ runs }) => runs.length === 1 && runs[0].status === 'success',
			),
			'everybody has the offer': access.none.length === 0,
		},
	);
}

function triggerWorkflow(name, node) {
	return {
		name,
		nodes: [
			{ id: 'trigger', name: 'Trigger', typeVersion: 1, position: [0, 0], ...node },
			{
				id: 'after',
				name: 'After',
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [240, 0],
				parameters: {},
			},
		],
		connections: { Trigger: { main: [[{ node: 'After', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

async function webhookTrigger({ api, standIn, n8n, verdicts, offer }) {
	const webhookId = '5b1e64a2-6d0f-5c58-9f5c-3a3f5a1c9b10';
	const workflow = await api.createWorkflow(
		triggerWorkflow('Memberspot calls', {
			type: `${NODE_TYPE}Trigger`,
			webhookId,
			parameters: { onlyEvents: 'offer_*', secretIn: 'none', simplify: true, options: {} },
		}),
	);
	await api.publish(workflow);
	const url = api.webhookUrl(`${webhookId}/memberspot`);
	// "Validate Now" in Memberspot: n8n registers an address a moment after the workflow is published.
	const app = await waitFor(
		'the address of the trigger to accept the test',
		async () => await standIn.control('/webhooks/apps', 'POST', { url }).catch(() => undefined),
		{ timeoutMs: 30_000 },
	);
	await standIn.control('/webhooks/automations', 'POST', { on: 'offerGranted', app: app.id });
	await standIn.control('/webhooks/automations', 'POST', { on: 'memberAdded', app: app.id });

	const emails = Array.from({ length: 25 }, (_none, index) => `event${index}@example.com`);
	for (const email of emails) {
		await standIn.control('/users', 'POST', { email });
		await standIn.control(`/users/${encodeURIComponent(email)}/grants`, 'POST', {
			offerId: offer.id,
		});
	}
	const deliveries = await standIn.control('/webhooks/settled', 'POST');
	const runs = await runsOf(n8n, workflow, emails.length);
	const seen = runs.flatMap((run) => output(run, 'After').map(({ json }) => json.email));
	verdicts.add(
		`Webhook trigger: ${emails.length} events that count, ${emails.length} that do not`,
		`${deliveries.length} deliveries, ${endings(runs)}`,
		{
			'every delivery was accepted at once': deliveries.every(
				({ accepted, attempt }) => accepted && attempt === 1,
			),
			'one run for each event that counts, none for the others':
				runs.length === emails.length && sameTexts(seen, emails),
			'each ended as success': runs.every(({ status }) => status === 'success'),
			'the runs were done by workers': (
				await startedBy(
					n8n.workers,
					runs.map(({ id }) => id),
				)
			).every((ids) => ids.length > 0),
		},
	);
	await api.post(`/rest/workflows/${workflow.id}/deactivate`, {});
}

/** Begins with the first look; what it gives waits for the next one and judges. */
async function beginPolling({ api, standIn, n8n, verdicts }) {
	const credential = (await api.get('/rest/credentials')).find(
		({ name }) => name === CREDENTIAL_NAME,
	);
	const workflow = await api.createWorkflow(
		triggerWorkflow('Memberspot is looked at', {
			type: `${NODE_TYPE.replace('.memberspot', '.memberspotPollingTrigger')}`,
			parameters: {
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				triggerOn: ['newUser'],
				minimumMinutes: 1,
				simplify: true,
				filters: {},
				options: {},
			},
			credentials: { [CREDENTIAL_TYPE]: { id: credential.id, name: credential.name } },
		}),
	);
	await api.publish(workflow);
	await waitFor(
		'the first poll',
		async () => (await standIn.requests()).some(({ operationId }) => operationId === 'listUsers'),
		{ timeoutMs: 90_000, everyMs: 500 },
	);
	const email = 'noticed@example.com';
	await standIn.control('/users', 'POST', { email });

	return async () => {
		const found = async () =>
			(await n8n.executions()).filter(
				(run) =>
					run.workflowId === workflow.id &&
					output(run, 'After').some(({ json }) => json.user?.email === email),
			);
		await waitFor('the poll that notices the new user', async () => (await found()).length > 0, {
			timeoutMs: 150_000,
			everyMs: 1_000,
		});
		const runs = await found();
		const [byWorkers, log] = [
			await startedBy(
				n8n.workers,
				runs.map(({ id }) => id),
			),
			await n8n.log(),
		];
		const all = (await n8n.executions())
			.filter(({ workflowId }) => workflowId === workflow.id)
			.flatMap((run) => output(run, 'After').map(({ json }) => json.user?.email));
		verdicts.add(
			'Polling trigger: a new user between two polls',
			`noticed by ${runs.length} run; ${all.length} new users in all`,
			{
				'the user starts one run': runs.length === 1,
				'it ended as success': runs.every(({ status }) => status === 'success'),
				'the main process polls and puts the run in the queue': runs.every(({ id }) =>
					log.includes(`Enqueued execution ${id} `),
				),
				'a worker does the run': byWorkers.flat().length === runs.length,
				'nobody is noticed twice': new Set(all).size === all.length,
				'users who were there before start nothing': !all.includes('anna@example.com'),
			},
		);
		await api.post(`/rest/workflows/${workflow.id}/deactivate`, {});
	};
}

/** Runs of a workflow, once there are as many as expected and all have ended. */
async function runsOf(n8n, workflow, count) {
	const own = async () =>
		(await n8n.executions()).filter(({ workflowId }) => workflowId === workflow.id);
	await waitFor(
		`${count} runs of "${workflow.name}"`,
		async () => {
			const runs = await own();

			return (
				runs.length >= count &&
				runs.every(({ status }) => !['new', 'running', 'waiting'].includes(status))
			);
		},
		{ timeoutMs: SETTLE_TIMEOUT, everyMs: 500 },
	);

	return await own();
}

function sameTexts(some, others) {
	return JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
}

/** A list of members, brought in step by a worker. */
async function sync({ api, standIn, n8n, verdicts }) {
	const names = [OFFER, 'Office Bundle'];
	const offers = (await standIn.offers()).filter(({ name }) => names.includes(name));
	const wanted = Array.from({ length: 60 }, (_none, index) => ({
		email: `sync${index}@example.com`,
		offers: [[names[0]], [names[1]], names][index % 3],
	}));
	const node = (id, name, type, typeVersion, parameters) => ({
		...{ id, name, type, typeVersion, parameters },
		position: [Number(id) * 240, 0],
	});
	const credential = (await api.get('/rest/credentials')).find(
		({ name }) => name === CREDENTIAL_NAME,
	);
	const nodes = [
		node('0', 'Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		node('1', 'Members', 'n8n-nodes-base.set', 3.4, {
			mode: 'raw',
			jsonOutput: JSON.stringify({ members: wanted }),
			options: {},
		}),
		node('2', 'Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'members', options: {} }),
		{
			...node('3', 'Sync', NODE_TYPE, 1, {
				resource: 'user',
				operation: 'syncAccess',
				email: '={{ $json.email }}',
				offersFrom: 'list',
				offerList: '={{ $json.offers }}',
				controls: 'chosen',
				chosenOffers: {
					values: offers.map(({ id }) => ({ offer: { __rl: true, mode: 'id', value: id } })),
				},
				ifMissing: 'create',
				options: {},
			}),
			credentials: { [CREDENTIAL_TYPE]: { id: credential.id, name: credential.name } },
		},
	];
	const workflow = await api.createWorkflow({
		name: 'Sync in queue mode',
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(0, -1)
				.map(({ name }, index) => [
					name,
					{ main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	});

	await standIn.clearLog();
	const first = await api.runWorkflow(workflow, 'Start');
	const writesOf = async () =>
		(await standIn.requests()).filter(({ method }) => method !== 'GET').length;
	const writes = await writesOf();
	await standIn.clearLog();
	const second = await api.runWorkflow(workflow, 'Start');
	const users = new Map((await standIn.control('/users')).map((user) => [user.email, user]));
	const right = wanted.filter(({ email, offers: names }) =>
		sameTexts(
			(users.get(email)?.grants ?? []).filter(({ active }) => active).map(({ offerId }) => offerId),
			offers.filter(({ name }) => names.includes(name)).map(({ id }) => id),
		),
	);
	verdicts.add(
		`Sync of ${wanted.length} members by hand, twice`,
		`${first.status}, ${second.status}; ${writes} writes, then ${await writesOf()}`,
		{
			'both runs succeeded': first.status === 'success' && second.status === 'success',
			'a worker ran them':
				(await startedBy(n8n.workers, [first.id, second.id])).flat().length === 2,
			'one row for each member': first.items('Sync').length === wanted.length,
			'every member has exactly the wanted offers': right.length === wanted.length,
			'the second run sends no write': (await writesOf()) === 0,
		},
	);
}

/**
 * Stops a worker while payments are under way, then lets the shop send again what was not answered
 * with success, as shops do.
 *
 * @param {'SIGTERM' | 'SIGKILL'} signal told to stop as on a deployment, or gone as in a power cut
 */
async function stopWorker(context, signal) {
	const { n8n, standIn, verdicts } = context;
	const worker = n8n.workers.at(-1);
	// Long enough for every job to be in the middle of its requests when the worker goes.
	await standIn.control('/faults', 'POST', { kind: 'latency', ms: 400, times: 100_000 });
	await standIn.clearLog();
	const events = Array.from({ length: 60 }, (_none, index) =>
		payment(`${signal.toLowerCase()}${index}`, `${signal}-${index}`),
	);
	const results = await send(context, context.workflow, events, {
		during(index) {
			if (index === 25) worker.signal(signal);
		},
	});
	const end = await within(worker.ended, 60_000);
	await standIn.control('/faults', 'DELETE');

	const runs = results.flatMap(({ runs: found }) => found);
	// A worker may be gone before it has said that it began a run. Then no other has begun it either.
	const others = n8n.workers.filter((other) => other !== worker);
	const elsewhere = new Set(
		(await Promise.all(others.map(async (other) => await other.started()))).flat(),
	);
	const everything = (await n8n.executions()).filter(
		({ workflowId }) => workflowId === context.workflow.id,
	);
	const failed = everything.filter(({ status }) => status !== 'success');
	const without = results.filter(({ runs: found }) => found.length === 0);
	const lost = results.filter(({ status }) => status === undefined);
	const refused = results.filter(({ status }) => status !== undefined && status !== 200);
	const access = await accessOf(context, emailsOf(results));
	const what = signal === 'SIGTERM' ? 'told to stop' : 'killed';
	verdicts.add(
		`${events.length} payments, a worker is ${what} after 25`,
		`${endings(everything.filter(({ id }) => runs.some((run) => run.id === id) || failed.some((run) => run.id === id)))}; ${refused.length} answered with an error, ${lost.length} not at all; the worker ended with ${end?.signal ?? `code ${end?.code}`}`,
		{
			'the worker is gone': end !== undefined,
			'each event has one execution, or is one of those that were cut off':
				results.every(({ runs: found }) => found.length <= 1) && without.length <= failed.length,
			'only runs of that worker were cut off': failed.every(({ id }) => !elsewhere.has(id)),
			'whatever did not end as success was not answered with success': results.every(
				({ status, runs: found }) =>
					status !== 200 || (found.length === 1 && found[0].status === 'success'),
			),
			[`nobody has the offer twice (${list(access.more)})`]: access.more.length === 0,
			...(signal === 'SIGTERM' && {
				'a worker that is told to stop finishes its runs': failed.length === 0,
			}),
		},
	);
	for (const { id, status, data } of failed)
		verdicts.add(
			`Execution ${id} did not succeed`,
			`${status}: ${data?.resultData?.error?.message ?? 'nothing was saved of it'}`,
			{ 'no other worker had begun it': !elsewhere.has(id) },
		);

	const open = results.filter(({ status }) => status !== 200).map(({ event }) => event);
	if (open.length === 0) return;
	const again = await send(context, context.workflow, open);
	const after = await accessOf(context, emailsOf(results));
	verdicts.add(
		`The shop sends the ${open.length} events without success again`,
		again
			.map(({ runs: [run] }) =>
				run === undefined ? 'lost' : output(run, GRANT_NODE)[0]?.json.action,
			)
			.join(', '),
		{
			'each ended as success': again.every(
				({ runs: found }) => found.length === 1 && found[0].status === 'success',
			),
			[`everybody has the offer exactly once (${list([...after.none, ...after.more])})`]:
				after.once.length === events.length,
			[`no grant was sent twice (${list(after.sentTwice)})`]: after.sentTwice.length === 0,
		},
	);
}
