/** Credentials that several examples name. */

/**
 * Makes a credential of the type Header Auth, where none of the name is there: a name that two
 * credentials have is not found by an import.
 */
export async function ensureHeader(api, name, header, value) {
	const there = await api.get('/rest/credentials');
	if (!there.some((credential) => credential.name === name))
		await api.createCredential(name, 'httpHeaderAuth', { name: header, value });
}
