/** The credential is tested and saved, as in its window in the editor, and one for reading beside it. */
import { CREDENTIAL_NAME, CREDENTIAL_TYPE, credentialData } from '../lib/environment.mjs';
import { freePorts } from '../lib/n8n.mjs';

const READ_ONLY_NAME = 'Memberspot read only';

/**
 * @param {import('./shared.mjs').Story} story
 * @returns {Promise<{ id: string, name: string }>} the saved credential
 */
export async function saveCredential({ api, standIn, verdicts }) {
	const credential = await api.createCredential(
		CREDENTIAL_NAME,
		CREDENTIAL_TYPE,
		credentialData(standIn),
	);
	const test = async (changes) =>
		await api.testCredential(credential, CREDENTIAL_TYPE, credentialData(standIn, changes));

	const good = await test({});
	verdicts.add('Credential: test with the right key', good.message, {
		'is accepted': good.status === 'OK',
	});

	const wrong = await test({ apiKey: 'not-the-key' });
	verdicts.add('Credential: test with a wrong key', wrong.message, {
		'is refused': wrong.status === 'Error',
		'the message speaks of the key': /API key/.test(wrong.message),
	});

	const [deadPort] = await freePorts(1);
	const dead = await test({ baseUrl: `http://127.0.0.1:${deadPort}` });
	verdicts.add('Credential: test where no server answers', dead.message, {
		'is refused': dead.status === 'Error' && dead.message !== '',
	});

	// For workflows that only look: the files ask for it by this name.
	await api.createCredential(
		READ_ONLY_NAME,
		CREDENTIAL_TYPE,
		credentialData(standIn, { allowedActions: 'readOnly' }),
	);

	return credential;
}
