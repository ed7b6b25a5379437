/**
 * A member added in Memberspot reaches the CRM exactly once: also when the delivery comes twice, and
 * not when the delivery was made up by a stranger.
 */
import { waitFor } from '../../demo/lib/processes.mjs';

const TABLE = 'memberspot_members_in_crm';
const PATIENCE = { timeoutMs: 60_000 };

export default {
	example: 'webhook-new-member',
	variants: [
		{
			switches: { lookUpPlan: 'forbidden', usersEnvelope: 'array', pageSizeCap: '10' },
			because: 'without the look-up by e-mail the member has to be found in the list',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, services, n8n, importExample, expect, dataTable, rows }) {
		await dataTable(TABLE, { uid: 'string', email: 'string', addedBy: 'string' });
		const workflow = await importExample(({ nodes }) => {
			nodes.find(({ name }) => name === 'Add to CRM').parameters.url = `${services.url}/contacts`;
		});
		services.on('POST', '/contacts', () => ({ id: 1 }));
		const contacts = () => services.requests().map(({ body }) => body.email);
		const ran = async (node, count) =>
			await waitFor(
				`${count} runs to reach "${node}"`,
				async () =>
					(await executions(api, workflow)).filter((run) => run.ran(node)).length >= count,
				PATIENCE,
			);

		const { webhookId } = workflow.nodes.find(({ type }) => type.endsWith('.memberspotTrigger'));
		const url = `${n8n.url}/webhook/${webhookId}/memberspot`;
		await api.publish(workflow);
		const app = await waitFor(
			'the address to be taken by Memberspot',
			async () => {
				const { id, validated } = await standIn.control('/webhooks/apps', 'POST', { url });

				return validated === false ? undefined : { id };
			},
			PATIENCE,
		);
		await standIn.control('/webhooks/automations', 'POST', { on: 'memberAdded', app: app.id });

		await standIn.control('/users', 'POST', {
			email: 'new@example.com',
			firstname: 'Nora',
			name: 'Neu',
		});
		await ran('Note the Member', 1);
		expect(
			'the new member is in the CRM, with the name that Memberspot holds',
			JSON.stringify(services.requests().map(({ body }) => body)) ===
				JSON.stringify([
					{ email: 'new@example.com', firstName: 'Nora', lastName: 'Neu', source: 'Memberspot' },
				]),
		);
		const noted = await rows(TABLE);
		expect('and noted', noted.length === 1 && noted[0].addedBy === 'webhook');

		await standIn.control('/webhooks/send', 'POST', {
			app: app.id,
			body: { event: 'user.created', email: 'new@example.com' },
			copies: 2,
		});
		await ran('Not in the CRM Yet', 3);
		expect('more deliveries for the same member add nobody', contacts().length === 1);

		await standIn.control('/webhooks/send', 'POST', {
			app: app.id,
			body: { event: 'user.created', user: { email: 'made-up@example.com' } },
		});
		await ran('Not a Member', 1);
		await standIn.control('/webhooks/send', 'POST', { app: app.id, body: { event: 'other' } });
		await ran('No Address', 1);
		expect('a made-up address and a delivery without one add nobody', contacts().length === 1);

		services.on('POST', '/contacts', () => ({ status: 503, body: { message: 'down' } }));
		await standIn.control('/users', 'POST', { email: 'later@example.com' });
		await waitFor(
			'a failed run',
			async () => (await executions(api, workflow)).some(({ status }) => status === 'error'),
			PATIENCE,
		);
		expect(
			'whom the CRM does not take is not noted, so that the reconciliation finds the member',
			(await rows(TABLE)).length === 1,
			`${contacts().length} calls to the CRM for ${(await executions(api, workflow)).length} deliveries`,
		);
		const writes = (await standIn.requests()).filter(({ method }) => method !== 'GET');
		expect('nothing was written to Memberspot', writes.length === 0);
	},
};

async function executions(api, workflow) {
	const all = [];
	for (const id of await api.executionIds(workflow)) all.push(await api.execution(id));

	return all;
}
