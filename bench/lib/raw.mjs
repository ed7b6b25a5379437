import http from 'node:http';
import axios from 'axios';
import { jobs } from './jobs.mjs';

/**
 * The limit: a plain loop in Node with axios, the library that n8n itself uses, and with connections
 * kept open, which n8n does not do.
 *
 * @param {{ job: string, server: { url: string, apiKey: string }, input: import('./jobs.mjs').Input }} task
 * @returns {Promise<() => Promise<{ items: import('./jobs.mjs').Item[] }>>} does the work when called
 */
export async function prepareRaw({ job, server, input }) {
	const client = axios.create({
		baseURL: server.url,
		headers: { 'X-API-KEY': server.apiKey },
		httpAgent: new http.Agent({ keepAlive: true }),
	});
	const send = async ({ method, path, query, body }) => {
		const answer = await client.request({ method, url: path, params: query, data: body });

		return answer.data;
	};

	return async () => ({ items: await jobs[job](send, input) });
}
