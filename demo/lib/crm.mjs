/** A CRM for the demo: it hands out its contacts, and keeps what is sent to it. */
import { serveHere } from './http-server.mjs';

/**
 * @typedef {object} Crm
 * @property {string} url without slash at the end
 * @property {Array<{ method: string, path: string, body: unknown }>} received everything but the
 *   reading of contacts, in the order it came
 * @property {(contacts: object[]) => void} setContacts what `GET /contacts` answers from now on
 */

/**
 * Starts the CRM on a free port of this machine.
 *
 * @returns {Promise<Crm>}
 */
export async function startCrm() {
	let contacts = [];
	const received = [];
	const url = await serveHere(async (request, response) => {
		const path = request.url.split('?')[0];
		let text = '';
		for await (const part of request.setEncoding('utf8')) text += part;
		const isReading = request.method === 'GET' && path === '/contacts';
		if (!isReading) received.push({ method: request.method, path, body: parseJson(text) });
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(isReading ? contacts : { id: received.length }));
	});

	return {
		url,
		received,
		setContacts(list) {
			contacts = list;
		},
	};
}

function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
