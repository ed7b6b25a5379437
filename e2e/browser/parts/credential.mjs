/** The window of the credential: a good key, a wrong key, a host that does not answer. */
import { CREDENTIAL_TYPE, credentialData } from '../../../demo/lib/environment.mjs';
import { freePorts } from '../../../demo/lib/n8n.mjs';
import { actionWorkflow, NODE } from '../workflows.mjs';

/** @param {import('../context.mjs').Context} context */
export async function tryCredential(context) {
	const { api, standIn, verdicts, editor, pictures, page, credential } = context;
	const wrongKey = 'a-key-that-memberspot-does-not-know';
	const [deadPort] = await freePorts(1);

	/** Opens the credential from a workflow of its own. n8n tests it at once. */
	async function open(name, changes) {
		const used =
			changes === undefined
				? credential
				: await api.createCredential(name, CREDENTIAL_TYPE, credentialData(standIn, changes));
		const parameters = { resource: 'offer', operation: 'getAll' };
		const workflow = await api.createWorkflow(actionWorkflow(name, parameters, used));

		return await (await editor.openNode(workflow, NODE)).openCredential();
	}

	const withWrongKey = await open('Memberspot account, wrong key', { apiKey: wrongKey });
	const refused = await withWrongKey.failed();
	await pictures.take('credential-wrong-key', page);
	const shownKey = await editor.holds(wrongKey);

	const withDeadHost = await open('Memberspot account, no answer', {
		baseUrl: `http://127.0.0.1:${deadPort}`,
	});
	const dead = await withDeadHost.failed();

	const good = await open('Memberspot account');
	const accepted = await good.succeeded();
	await pictures.take('credential-good-key', page);
	const shownGoodKey = await editor.holds(standIn.apiKey);
	const fields = await good.fields();
	const descriptions = await good.descriptions();
	const allowed = await good.choices('allowedActions');
	await pictures.take('credential-allowed-actions', page);

	const panel = await editor.openNode(
		await api.createWorkflow(
			actionWorkflow('New credential', { resource: 'offer', operation: 'getAll' }, credential),
		),
		NODE,
	);
	const fresh = await panel.newCredential();
	await fresh.fill('apiKey', standIn.apiKey);
	await fresh.fill('baseUrl', standIn.url);
	await fresh.save();
	await fresh.closedByItself();
	const reopened = await panel.openCredential();
	const acceptedAgain = await reopened.succeeded();

	verdicts.add('The credential with a wrong key', oneLine(refused), {
		'it says that Memberspot did not accept the key': refused.includes(
			'Memberspot did not accept the API key',
		),
		'it says what to do': refused.includes('Copy it again, or create a new one'),
		'the key can not be read in the page': !shownKey,
	});
	verdicts.add('The credential with a host that does not answer', oneLine(dead), {
		'it says that there is no connection': dead.includes('connect with these settings'),
		// n8n gives the system's word here, and a credential can't set another one.
		'the word it gives is explained beside Base URL':
			dead.includes('ECONNREFUSED') && (descriptions['Base URL'] ?? '').includes('ECONNREFUSED'),
	});
	verdicts.add('The credential with a good key', oneLine(accepted), {
		'it says that the connection was tested successfully': accepted.includes(
			'Connection tested successfully',
		),
		'the key can not be read in the page': !shownGoodKey,
		'a new one, typed in and saved, is tested and closes by itself': acceptedAgain.includes(
			'Connection tested successfully',
		),
	});
	verdicts.add('The fields of the credential', fields.map(({ label }) => label).join(', '), {
		'they are the four of the node, and the one that n8n adds':
			fields.map(({ label }) => label).join() ===
			'API Key,Base URL,Allowed Actions,Allow Login Links,Allowed HTTP Request Domains',
		'what is required is marked':
			fields
				.filter(({ required }) => required)
				.map(({ label }) => label)
				.join() === 'API Key,Base URL',
		'each is explained': fields.every(({ label }) => (descriptions[label] ?? '') !== ''),
		'the explanation of the key says where to find it': (descriptions['API Key'] ?? '').includes(
			'Settings, API Keys',
		),
		'there are four levels of Allowed Actions, each explained':
			allowed.map(({ name }) => name).join() ===
				'Full Access,Read and Grant,Read and Write,Read Only' &&
			allowed.every(({ description }) => description !== ''),
	});
}

function oneLine(text) {
	return text.replace(/\s+/g, ' ');
}
