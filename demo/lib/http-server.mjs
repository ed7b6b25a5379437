/** Small HTTP servers of demo and tests: on a free port of this machine, until the run ends. */
import http from 'node:http';
import { onCleanup } from './processes.mjs';

/**
 * Starts a server. Requests may take as long as they need: a restart of n8n takes longer than Node.js
 * lets one wait otherwise.
 *
 * @param {http.RequestListener} listener
 * @returns {Promise<string>} its address, without slash at the end
 */
export async function serveHere(listener) {
	const server = http.createServer({ requestTimeout: 0 }, listener);
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	onCleanup(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	return `http://127.0.0.1:${server.address().port}`;
}
