/** A server that plays whatever other service a workflow calls: a CRM, a shop, a learning platform. */
import Fastify from 'fastify';
import { onCleanup } from '../../demo/lib/processes.mjs';

/**
 * @typedef {object} ServiceRequest
 * @property {string} method
 * @property {string} path without the query
 * @property {Record<string, string>} query
 * @property {Record<string, string>} headers
 * @property {unknown} body JSON and forms are read, anything else is text
 */

/**
 * @callback Handler
 * @param {ServiceRequest & { params: Record<string, string> }} request
 * @returns {unknown} the answer's body, or { status, headers, body } for another status than 200
 */

/**
 * Starts the server on a free port. An address nobody has set answers 404 and is logged.
 */
export async function startServices() {
	const app = Fastify({ logger: false, forceCloseConnections: true });
	/** @type {Array<{ method: string, pattern: string[], handler: Handler }>} */
	let routes = [];
	/** @type {ServiceRequest[]} */
	let requests = [];

	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) =>
		done(null, readBody(request.headers['content-type'] ?? '', text)),
	);
	app.all('/*', async (incoming, reply) => {
		const request = {
			method: incoming.method,
			path: incoming.url.split('?')[0],
			query: incoming.query,
			headers: incoming.headers,
			body: incoming.body,
		};
		requests.push(request);
		for (const { method, pattern, handler } of [...routes].reverse()) {
			const params = method === request.method ? match(pattern, request.path) : undefined;
			if (params === undefined) continue;
			const answer = await handler({ ...request, params });
			const { status = 200, headers = {}, body } = isReply(answer) ? answer : { body: answer };

			return reply
				.status(status)
				.headers(headers)
				.send(body ?? '');
		}

		return reply.status(404).send({ message: `No ${request.method} ${request.path} here` });
	});
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	onCleanup(async () => await app.close());

	return {
		url,
		/**
		 * Sets the answer of an address; one set later wins.
		 *
		 * @param {string} method
		 * @param {string} path parts that begin with ":" take any value
		 * @param {Handler} handler
		 */
		on(method, path, handler) {
			routes.push({ method, pattern: path.split('/'), handler });
		},
		requests: () => [...requests],
		clear() {
			requests = [];
			routes = [];
		},
	};
}

function match(pattern, path) {
	const parts = path.split('/');
	if (parts.length !== pattern.length) return undefined;
	const params = {};
	for (const [place, part] of pattern.entries()) {
		if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(parts[place]);
		else if (part !== parts[place]) return undefined;
	}

	return params;
}

function isReply(answer) {
	return typeof answer === 'object' && answer !== null && typeof answer.status === 'number';
}

function readBody(type, text) {
	if (text === '') return undefined;
	try {
		if (type.includes('json')) return JSON.parse(text);
	} catch {
		return text;
	}
	if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));

	return text;
}
