import type { INodeParameters } from 'n8n-workflow';
import { createEngine, ENGINE_LINES, type Engine } from '../support/engine';
import { by } from '../support/operations';
import { useServer } from '../support/setting';
import { OFFERS, USERS } from '../stand-in/fixtures';

const server = useServer({ users: 60 });
const fromAi = (name: string, description: string, type = 'string') => `={{ $fromAI('${name}', '${description}', '${type}') }}`;

/** The answer as data; the model gets it as text. */
function answerOf(answer: Awaited<ReturnType<Engine['tool']>>['answers'][number]): unknown {
	if ('error' in answer) throw new Error(answer.error.message);

	return JSON.parse(answer.text);
}

/** What the model reads of an answer that is an error, whichever way n8n hands it over. */
const errorOf = (answer: Awaited<ReturnType<Engine['tool']>>['answers'][number]) => ('error' in answer ? answer.error.message : answer.text);

describe.each(ENGINE_LINES)('as an AI tool in n8n %s', (line) => {
	let engine: Engine;
	beforeAll(async () => {
		engine = await createEngine({ line });
	});
	const tool = async (parameters: { [name: string]: unknown }, calls: object[], name?: string) =>
		await engine.tool({ parameters: parameters as INodeParameters, credentials: server.credential(), ...(name === undefined ? {} : { name }) }, calls);

	test('a model sees the arguments with their descriptions, and gets the rows', async () => {
		const { schema, answers } = await tool({ resource: 'user', operation: 'get', user: by('email', fromAi('email', 'Address of the user')) }, [{ email: USERS.anna.email }]);
		expect(schema).toMatchObject({ type: 'object', properties: { email: { type: 'string', description: 'Address of the user' } }, required: ['email'] });
		expect(answerOf(answers[0])).toMatchObject([{ email: USERS.anna.email, firstName: 'Anna', properties: { Firma: 'Schmidt GmbH' } }]);
	});

	test('B112: the name of the tool has letters, digits and underscores only', async () => {
		const { name } = await tool({ resource: 'user', operation: 'getAll' }, [], 'Memberspot – Zugänge & Kurse');
		expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
	});

	test('B114: nobody found is an answer that says so, not an error and not nothing', async () => {
		const { answers } = await tool({ resource: 'user', operation: 'get', user: by('email', fromAi('email', 'x')), ifNotFound: 'returnNotFound' }, [{ email: 'nobody@example.com' }]);
		expect(answerOf(answers[0])).toEqual([{ found: false, email: 'nobody@example.com' }]);
	});

	test('B114: an empty list is an answer that says so', async () => {
		const { answers } = await tool({ resource: 'user', operation: 'getAll', filters: { search: fromAi('search', 'x') } }, [{ search: 'nobody is called this' }]);
		expect(answerOf(answers[0])).toEqual([{ found: false, message: 'Nothing was found for this request' }]);
	});

	test('B114: a write whose answer is empty is an answer that says so', async () => {
		server.standIn.setVariants({ writeStatus: '204' });
		const { answers } = await tool({ resource: 'offer', operation: 'setState', user: by('email', fromAi('email', 'x')), offer: by('id', OFFERS.excel.id), active: true }, [{ email: USERS.anna.email }]);
		expect(answerOf(answers[0])).toMatchObject([{ success: true, outcome: 'accepted' }]);
	});

	test('a list has 20 rows unless more are asked for', async () => {
		const { answers } = await tool({ resource: 'user', operation: 'getAll' }, [{}]);
		expect(answerOf(answers[0])).toHaveLength(20);
		const more = await tool({ resource: 'user', operation: 'getAll', limit: fromAi('limit', 'x', 'number') }, [{ limit: 30 }]);
		expect(answerOf(more.answers[0])).toHaveLength(30);
	});

	test('an audit shows a model the users it asks about, and no more than 20 rows about others', async () => {
		const parameters = { resource: 'user', operation: 'auditAccess', email: fromAi('email', 'x'), offersFrom: 'list', offerList: OFFERS.excel.name, offersToRead: 'all', options: { usersWithoutAccess: false } };
		const { answers } = await tool(parameters, [{ email: USERS.anna.email }]);
		const rows = answerOf(answers[0]) as Array<{ email?: string; status: string; inInput?: boolean; totals?: { ok: number; extra: number; notShown?: number } }>;
		expect(rows.filter(({ inInput }) => inInput === true)).toMatchObject([{ email: USERS.anna.email, status: 'ok' }]);
		expect(rows.filter(({ inInput }) => inInput === false)).toHaveLength(20);
		const { extra = 0, notShown } = rows.at(-1)?.totals ?? {};
		expect(extra).toBeGreaterThan(20);
		expect(notShown).toBe(extra - 20);
	});

	test('selected fields keep the answer short', async () => {
		const { answers } = await tool({ resource: 'user', operation: 'getAll', limit: 2, output: 'selectedFields', outputFields: 'email' }, [{}]);
		expect(answerOf(answers[0])).toEqual([{ email: USERS.anna.email }, { email: USERS.ben.email }]);
	});

	test.each<[string, { [name: string]: unknown }]>([
		['user.delete', { emails: fromAi('email', 'x') }],
		['offer.remove', { user: by('email', fromAi('email', 'x')), offer: by('id', OFFERS.excel.id) }],
		['offer.grant', { email: fromAi('email', 'x'), offer: by('id', OFFERS.excel.id) }],
		['offer.setState', { user: by('uid', fromAi('email', 'x')), offer: by('id', OFFERS.excel.id), active: false }],
	])('%s: empty arguments, as an approval gate may hand them on, are refused before any request', async (name, parameters) => {
		const [resource, operation] = name.split('.');
		const { answers } = await tool({ resource, operation, ...parameters }, [{ email: '' }, { email: ' ' }, { email: 'undefined' }]);
		expect(answers).toHaveLength(3);
		for (const answer of answers) expect(errorOf(answer)).toMatch(/is empty/);
		expect(server.standIn.log.count()).toBe(0);
	});

	test('B66: a state that the model leaves out is refused', async () => {
		const { answers } = await tool({ resource: 'offer', operation: 'setState', user: by('email', USERS.anna.email), offer: by('id', OFFERS.excel.id), active: fromAi('active', 'x', 'string') }, [{ active: '' }, { active: 'maybe' }]);
		for (const answer of answers) expect(errorOf(answer)).toMatch(/Active is /);
		expect(server.standIn.log.count()).toBe(0);
	});

	test('B87: a login link is hidden from the model, and shown where the user of the node allows it', async () => {
		const parameters = { resource: 'loginToken', operation: 'create', user: by('email', fromAi('email', 'x')) };
		const hidden = await tool(parameters, [{ email: USERS.anna.email }]);
		expect(answerOf(hidden.answers[0])).toMatchObject([{ created: true, note: expect.stringContaining('hidden from the AI model') as string }]);
		expect(JSON.stringify([hidden.answers, hidden.run.runData])).not.toContain(server.standIn.school.loginTokens[0].token);

		const shown = await tool({ ...parameters, showToModel: true }, [{ email: USERS.anna.email }]);
		expect(answerOf(shown.answers[0])).toMatchObject([{ token: server.standIn.school.loginTokens[1].token }]);
	});

	test('B87: a model can not open the login link for itself', async () => {
		const parameters = { resource: 'loginToken', operation: 'create', user: by('email', fromAi('email', 'x')), showToModel: fromAi('show', 'x', 'boolean') };
		const { answers } = await tool(parameters, [{ email: USERS.anna.email, show: true }]);
		expect(errorOf(answers[0])).toContain('Show Login Link to the AI Model is an expression. Turn it on or off by hand');
		expect(server.standIn.log.count()).toBe(0);
	});

	test('the limit on taking away holds for a model too', async () => {
		const emails = Array.from({ length: 11 }, (_, i) => `user${i}@example.com`).join(', ');
		const { answers } = await tool({ resource: 'user', operation: 'delete', emails: fromAi('emails', 'x') }, [{ emails }]);
		expect(errorOf(answers[0])).toContain('This run would delete 11 users, but at most 10 are allowed.');
		expect(server.standIn.log.count()).toBe(0);
	});

	test('a failure tells the model what to do', async () => {
		const { answers } = await tool({ resource: 'offer', operation: 'grant', email: fromAi('email', 'x'), offer: by('name', fromAi('offer', 'x')) }, [{ email: 'neu@example.com', offer: 'Nope' }]);
		expect(errorOf(answers[0])).toContain('There is no offer called "Nope"');
	});

	test('the message alone says what to do, once: an agent hands nothing else on to its model', async () => {
		const { answers } = await tool({ resource: 'user', operation: 'get', user: by('email', fromAi('email', 'x')) }, [{ email: 'not an address' }]);
		const said = errorOf(answers[0]);
		expect(said).toContain('User has a blank, a line break, a comma, a semicolon or a bracket in it. Give the bare address, for example name@example.com.');
		expect(said.match(/Give the bare address/g)).toHaveLength(1);
		expect(said).not.toContain('[item');
	});

	test.each([
		['email', 'e-mail', 'nobody@example.com'],
		['uid', 'UID', 'nobody'],
	] as const)('a login link for a user who does not exist, by %s: the message says so', async (mode, word, value) => {
		const { answers } = await tool({ resource: 'loginToken', operation: 'create', user: by(mode, fromAi('user', 'x')) }, [{ user: value }]);
		expect(errorOf(answers[0])).toContain(`Memberspot has no user with the ${word} "${value}". Check the ${word} in User`);
		expect(errorOf(answers[0])).not.toContain('[item');
	});

	test('so does the message of a refusal by Memberspot, and it holds no key', async () => {
		server.standIn.fault({ kind: 'status', operationId: 'listOffers', status: 403, body: { message: 'Not in your plan' } });
		const { answers } = await tool({ resource: 'offer', operation: 'getAll' }, [{}]);
		expect(errorOf(answers[0])).toMatch(/^(NodeApiError: |NodeOperationError: )?Memberspot refused this request\. The API key is not allowed to do this\..*Memberspot replied: "Not in your plan"\./);
		expect(errorOf(answers[0])).not.toContain(String(server.credential().apiKey));
	});

	test('a write whose answer was lost is told as such, and not in n8n\'s words for the code of the fault', async () => {
		server.standIn.fault({ kind: 'resetAfter', operationId: 'grantUserOfferByMail' });
		const { answers } = await tool({ resource: 'offer', operation: 'grant', email: fromAi('email', 'x'), offer: by('id', OFFERS.excel.id) }, [{ email: 'neu@example.com' }]);
		const said = errorOf(answers[0]);
		expect(said).toContain('The connection to Memberspot broke off. Try again later. It is not known whether Memberspot carried this out. Look at the user in Memberspot before you repeat it.');
		expect(said.match(/It is not known/g)).toHaveLength(1);
	});
});
