/** A CRM for the demo: it hands out its contacts, and keeps what is sent to it. */
import http from 'node:http';
import { onCleanup } from './processes.mjs';

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
	const server = http.createServer(async (request, response) => {
		const path = request.url.split('?')[0];
		let text = '';
		for await (const part of request.setEncoding('utf8')) text += part;
		const isReading = request.method === 'GET' && path === '/contacts';
		if (!isReading) received.push({ method: request.method, path, body: parseJson(text) });
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(isReading ? contacts : { id: received.length }));
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	onCleanup(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	return {
		url: `http://127.0.0.1:${server.address().port}`,
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
