/**
 * The same tools through n8n's MCP Server Trigger, called by the official client of the Model
 * Context Protocol.
 */
import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { waitFor } from '../../demo/lib/processes.mjs';
import {
	givingTools,
	node,
	nodeName,
	readingTools,
	readOperations,
	readSchool,
	toolClaims,
	toolCredentials,
	toolName,
	toolNode,
	workflow,
	WRONG_KEY,
} from '../lib/agent-tools.mjs';

const TRIGGER = 'Memberspot for Assistants';
const PATH = 'memberspot-mcp';
const TIMEOUT = 30_000;

export default {
	title: 'The node as tools of an MCP server, with the official client',
	order: 45,
	minutes: 2,
	ci: true,
	tools: [],

	async run({ stage, verdicts, open }) {
		const { api, standIn, n8n } = await open();
		const operations = await readOperations(api);
		const school = await readSchool(standIn);
		const token = randomBytes(24).toString('hex');
		const { reads, writes, wrong } = await toolCredentials(api, standIn);
		const bearer = await api.createCredential('MCP token', 'httpBearerAuth', { token });

		const reading = readingTools(school);
		const giving = givingTools(school);
		const cases = [...reading, ...giving];
		const withWrongKey = {
			...toolNode(operations, reading[0], wrong),
			name: 'User with the wrong key',
		};
		const tools = [
			...reading.map((each) => toolNode(operations, each, reads)),
			...giving.map((each) => toolNode(operations, each, writes)),
			withWrongKey,
		];
		const server = node(
			TRIGGER,
			'@n8n/n8n-nodes-langchain.mcpTrigger',
			{ path: PATH, authentication: 'bearerAuth' },
			{ typeVersion: 2.1, webhookId: PATH, credentials: { httpBearerAuth: bearer } },
		);
		const made = await api.createWorkflow(
			workflow(
				'Memberspot as an MCP server',
				[server, ...tools],
				tools.map(({ name }) => [name, TRIGGER, 'ai_tool']),
			),
		);
		const url = new URL(`${n8n.url}/mcp/${PATH}`);
		await api.publish(made);
		const client = await stage('Connect the client', async () => await connect(url, token));

		await stage('List the tools', async () => {
			const { tools: offered } = await client.listTools(undefined, { timeout: TIMEOUT });
			verdicts.add('tools/list', `${offered.length} tools`, {
				'it has exactly the tools of the workflow': same(
					offered.map(({ name }) => name),
					tools.map(({ name }) => toolName(name)),
				),
				"the server has the trigger's name":
					client.getServerVersion()?.name.includes('Memberspot') ?? false,
				'no key stands in it': !JSON.stringify(offered).includes(standIn.apiKey),
			});
			for (const each of cases) {
				const name = toolName(nodeName(operations, each));
				const tool = offered.find((candidate) => candidate.name === name);
				verdicts.add(
					`tools/list: ${each.operation}`,
					tool?.description ?? 'missing',
					toolClaims(
						each,
						operations.get(each.operation).action,
						tool && { ...tool, parameters: tool.inputSchema },
					),
				);
			}
		});

		await stage('Call each tool', async () => {
			for (const each of cases) {
				const name = toolName(nodeName(operations, each));
				for (const call of each.calls) {
					await standIn.control('/reset', 'POST');
					const answer = await ask(client, name, call.arguments);
					const rows = valueOf(answer.text);
					verdicts.add(`tools/call: ${each.operation}, ${call.says}`, shorten(answer.text), {
						'it is no error': !answer.isError,
						'what reaches the client is right':
							Array.isArray(rows) && rows.length > 0 && (await call.right(rows, standIn)),
						'no key is in it': !answer.text.includes(standIn.apiKey),
					});
				}
			}
		});

		await stage('Errors', async () => {
			for (const { title, tool, call, says, sends } of errorCases({
				operations,
				reading,
				giving,
				withWrongKey,
				school,
			})) {
				await standIn.control('/reset', 'POST');
				const answer = await ask(client, toolName(tool), call);
				const requests = await standIn.requests();
				verdicts.add(`Error: ${title}`, shorten(answer.text), {
					'it is marked as an error': answer.isError,
					...Object.fromEntries(
						says.map((part) => [`the client reads "${part}"`, answer.text.includes(part)]),
					),
					'nothing is told twice': says.every((part) => answer.text.split(part).length === 2),
					'no key is in it':
						!answer.text.includes(standIn.apiKey) && !answer.text.includes(WRONG_KEY),
					...(sends !== undefined && {
						[`${sends} requests are sent`]: requests.length === sends,
					}),
				});
			}
		});

		await stage('Calls without the token', async () => {
			await standIn.clearLog();
			for (const [title, headers] of [
				['no token', {}],
				['a wrong token', { authorization: 'Bearer wrong' }],
			]) {
				const response = await fetch(url, {
					method: 'POST',
					headers: {
						'content-type': 'application/json',
						accept: 'application/json, text/event-stream',
						...headers,
					},
					body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
					signal: AbortSignal.timeout(TIMEOUT),
				});
				const text = await response.text();
				verdicts.add(title, `status ${response.status}`, {
					'it is refused with 403': response.status === 403,
					'no tool is named': !text.includes('Memberspot'),
					'nothing reaches Memberspot': (await standIn.requests()).length === 0,
				});
			}
		});
		await client.close();

		const ids = await api.executionIds(made);
		const violations = await standIn.violations();
		verdicts.add('All calls', `${violations.length} breaches of the contract`, {
			[`the API's contract was kept (${violations[0] ?? ''})`]: violations.length === 0,
			'n8n has kept a run of the calls': ids.length > 0,
		});
	},
};

/** n8n registers the address a moment after it has said that the workflow is published. */
async function connect(url, token) {
	return await waitFor(
		'the MCP server to answer',
		async () => {
			const client = new Client({ name: 'end-to-end-test', version: '1.0.0' });
			const transport = new StreamableHTTPClientTransport(url, {
				requestInit: { headers: { authorization: `Bearer ${token}` } },
			});
			try {
				await client.connect(transport, { timeout: TIMEOUT });
			} catch (error) {
				if (error.code !== 404) throw error;

				return undefined;
			}

			return client;
		},
		{ timeoutMs: TIMEOUT },
	);
}

async function ask(client, name, given) {
	const { content, isError = false } = await client.callTool(
		{ name, arguments: given },
		undefined,
		{ timeout: TIMEOUT },
	);

	return { isError, text: content.map(({ text }) => text ?? '').join('') };
}

function errorCases({ operations, reading, giving, withWrongKey, school }) {
	const named = (cases, operation) =>
		nodeName(
			operations,
			cases.find((each) => each.operation === operation),
		);

	return [
		{
			title: 'a wrong key',
			tool: withWrongKey.name,
			call: { email: school.anna.email },
			says: ['Memberspot did not accept the API key', 'Check the API Key'],
		},
		{
			title: 'an offer that does not exist',
			tool: named(giving, 'offer.grant'),
			call: { email: 'new.member@example.com', offer: 'No Such Offer' },
			says: ['There is no offer called "No Such Offer"', 'Offers of your school'],
		},
		{
			title: 'a user who does not exist',
			tool: named(reading, 'courseProgress.getAll'),
			call: { email: 'nobody@example.com' },
			says: ['Memberspot does not know this record', 'Check the e-mail address'],
		},
		{
			title: 'something that is no address',
			tool: named(reading, 'user.get'),
			call: { email: 'the one who wrote' },
			says: ['User has a blank', 'Give the bare address'],
			sends: 0,
		},
		{
			title: 'an empty address',
			tool: named(giving, 'offer.setState'),
			call: { email: '' },
			says: ['User is empty', 'Fill in User'],
			sends: 0,
		},
		{
			title: 'a missing argument',
			tool: named(giving, 'offer.setState'),
			call: {},
			says: ['did not match expected schema'],
			sends: 0,
		},
	];
}

function same(one, other) {
	return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}

function valueOf(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function shorten(text) {
	return text.length <= 110 ? text : `${text.slice(0, 107)}...`;
}
