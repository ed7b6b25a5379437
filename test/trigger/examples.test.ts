import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import pollingExample from '../../examples/polling-course-completed.json';
import webhookExample from '../../examples/webhook-new-member.json';
import { MemberspotPollingTrigger } from '../../nodes/Memberspot/MemberspotPollingTrigger.node';
import { MemberspotTrigger } from '../../nodes/Memberspot/MemberspotTrigger.node';
import { createEngine, testCredential } from '../support/engine';
import { fixtures, startStandIn } from '../stand-in';

interface Example {
	nodes: Array<{ name: string; type: string; parameters: object; credentials?: object }>;
}

function parametersOf({ nodes }: Example, type: string): INodeParameters {
	const node = nodes.find((each) => each.type.endsWith(`.${type}`));

	return Object.fromEntries(Object.entries(node?.parameters ?? {}));
}

const names = (properties: INodeProperties[]) => new Set(properties.map(({ name }) => name));

test.each<[string, Example, string, INodeProperties[]]>([
	['webhook', webhookExample, 'memberspotTrigger', new MemberspotTrigger().description.properties],
	[
		'polling',
		pollingExample,
		'memberspotPollingTrigger',
		new MemberspotPollingTrigger().description.properties,
	],
])(
	'the %s example uses parameters that there are, names credentials, and writes to nobody real',
	(_name, example, type, properties) => {
		const known = names(properties);
		const used = Object.keys(parametersOf(example, type)).filter((name) => name !== 'pollTimes');
		expect(used.length).toBeGreaterThan(2);
		expect(used.filter((name) => !known.has(name))).toEqual([]);
		expect(JSON.stringify(example)).not.toMatch(/"credentials":\{"\w+":\{"id":"/);
		const hosts = [...JSON.stringify(example).matchAll(/[@/]([a-z0-9.-]+\.[a-z]{2,})/g)].map(
			([, host]) => host,
		);
		expect(hosts.filter((host) => !/(^|\.)example\.com$/.test(host))).toEqual([]);
	},
);

test('the examples run: a delivery, and a completed course', async () => {
	const standIn = await startStandIn({ users: 5 });
	const engine = await createEngine({ line: '2.41' });
	const spec = {
		type: 'memberspotTrigger',
		parameters: parametersOf(webhookExample, 'memberspotTrigger'),
		webhookId: 'w1',
	};
	const server = await engine.serveWebhook(spec);
	await standIn.webhooks.registerWebhookApp(server.url);
	const poll = {
		type: 'memberspotPollingTrigger',
		parameters: parametersOf(pollingExample, 'memberspotPollingTrigger'),
		credentials: { memberspotApi: testCredential(standIn) },
	};
	const { staticData } = await engine.poll(poll);
	const [user] = standIn.school.users();
	standIn.school.setProgress(user.email, fixtures.COURSES.pivot.id, 0);
	standIn.school.setProgress(user.email, fixtures.COURSES.pivot.id, 999);
	const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 20 * 60_000);
	const { items } = await engine.poll({ ...poll, staticData });
	clock.mockRestore();
	await server.close();
	await standIn.close();
	expect(items?.[0].map(({ json }) => json)).toMatchObject([
		{ event: 'courseCompleted', user: { email: user.email } },
	]);
});
