/** What a person sees of a run: what is foretold, what came out, what went wrong. */
import { CREDENTIAL_TYPE, credentialData } from '../../../demo/lib/environment.mjs';
import { freePorts } from '../../../demo/lib/n8n.mjs';
import { actionWorkflow, NEXT, NODE } from '../workflows.mjs';

const READ_USERS = { resource: 'user', operation: 'getAll', returnAll: false, limit: 20 };

/** @param {import('../context.mjs').Context} context */
export async function lookAtResults(context) {
	await foretold(context);
	await putOut(context);
	await wentWrong(context);
}

/** Before any run, the next node shows which fields to expect. n8n takes them from the package. */
async function foretold({ api, verdicts, editor, credential, pictures, page }) {
	const panel = await editor.openNode(
		await api.createWorkflow(actionWorkflow('Fields to expect', READ_USERS, credential)),
		NEXT,
	);
	const fields = await panel.preview();
	await pictures.take('fields-to-expect', page);
	verdicts.add('The fields to expect, before any run', fields.join(', '), {
		'the next node shows the fields of the operation': [
			'uid',
			'email',
			'firstName',
			'lastName',
			'active',
			'properties',
		].every((name) => fields.includes(name)),
	});
}

async function putOut({ api, standIn, verdicts, editor, credential, pictures, page }) {
	const panel = await editor.openNode(
		await api.createWorkflow(actionWorkflow('Output', READ_USERS, credential)),
		NODE,
	);
	await panel.execute();
	await panel.closeNotes();
	const { count, columns, rows } = await panel.output();
	await pictures.take('output-table', page);
	const email = columns.indexOf('email');
	verdicts.add('An executed step', `${count} items, columns ${columns.join(', ')}`, {
		'as many items came out as were asked for': count === READ_USERS.limit,
		'each has a row of its own': rows.length === READ_USERS.limit,
		'each row has the address of a user': rows.every((row) => row[email]?.includes('@')),
		'the key can not be read in the page': !(await editor.holds(standIn.apiKey)),
	});
}

async function wentWrong(context) {
	const { api, standIn, verdicts, editor, credential, pictures, page } = context;
	const [deadPort] = await freePorts(1);
	const wrongKey = 'a-key-that-memberspot-does-not-know';
	const readOnly = await api.createCredential(
		'Memberspot read only',
		CREDENTIAL_TYPE,
		credentialData(standIn, { allowedActions: 'readOnly' }),
	);
	const refused = await api.createCredential(
		'Memberspot account, wrong key',
		CREDENTIAL_TYPE,
		credentialData(standIn, { apiKey: wrongKey }),
	);
	const dead = await api.createCredential(
		'Memberspot account, no answer',
		CREDENTIAL_TYPE,
		credentialData(standIn, { baseUrl: `http://127.0.0.1:${deadPort}` }),
	);
	const byEmail = (value) => ({ __rl: true, mode: 'email', value });
	const getUser = { resource: 'user', operation: 'get', user: byEmail('nobody@example.com') };
	const cases = [
		{
			title: 'a user who does not exist',
			parameters: getUser,
			message: 'Memberspot has no user with the e-mail "nobody@example.com"',
			advice: 'If Not Found',
			picture: 'error-not-found',
		},
		{
			title: 'a wrong key',
			parameters: { resource: 'offer', operation: 'getAll' },
			with: refused,
			message: 'Memberspot did not accept the API key',
			advice: 'credential',
			picture: 'error-wrong-key',
		},
		{
			title: 'a host that does not answer',
			parameters: { resource: 'customProperty', operation: 'getAll' },
			with: dead,
			message: 'The server can not be reached',
			advice: 'Base URL',
			options: { giveUpAfter: 2 },
		},
		{
			title: 'a write with a credential that may only read',
			parameters: {
				resource: 'offer',
				operation: 'setState',
				user: byEmail('anna@example.com'),
				offer: { __rl: true, mode: 'name', value: 'Excel Basics' },
				active: false,
			},
			with: readOnly,
			message: 'Read and Write',
			advice: 'Allowed Actions',
			picture: 'error-not-allowed',
		},
	];
	for (const { title, parameters, with: other, message, advice, picture, options } of cases) {
		const panel = await editor.openNode(
			await api.createWorkflow(
				actionWorkflow(
					`Error: ${title}`,
					{ ...parameters, ...(options !== undefined && { options }) },
					other ?? credential,
				),
			),
			NODE,
		);
		await panel.execute();
		await panel.closeNotes();
		const error = await panel.error();
		if (picture !== undefined) await pictures.take(picture, page);
		const all = `${error.message} ${error.description}`;
		verdicts.add(`The error panel: ${title}`, `${error.message} / ${error.description}`, {
			[`it says "${message}"`]: all.includes(message),
			[`its description says what to do (${advice})`]: error.description.includes(advice),
			'no key can be read in the page':
				!(await editor.holds(standIn.apiKey)) && !(await editor.holds(wrongKey)),
		});
	}
}
