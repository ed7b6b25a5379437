import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';
import { isRecord } from '../values/text';
import { createClient, DEFAULT_SETTINGS, type Client, type ClientSettings, type HttpAnswer, type Send } from './client';
import { systemClock, type Clock } from './clock';
import { CREDENTIAL_TYPE, readCredential } from './credential';
import { PaceBook } from './pacing';

/** The n8n contexts from which requests are sent. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** What a client is bound to beside the context. */
export interface ConnectOptions {
	settings?: Partial<ClientSettings>;
	signal?: AbortSignal;
	/** Lets no write out. */
	dryRun?: boolean;
	clock?: Clock;
	paces?: PaceBook;
}

const processPaces = new PaceBook(systemClock);

/**
 * Makes a client for an n8n context, with the credential chosen in the node.
 *
 * @throws InputError when the credential can't be used
 */
export async function connect(context: RequestContext, options: ConnectOptions = {}): Promise<Client> {
	const credential = readCredential(await context.getCredentials(CREDENTIAL_TYPE));

	return createClient({
		send: sendThroughN8n(context),
		credential,
		settings: { ...DEFAULT_SETTINGS, ...options.settings },
		clock: options.clock ?? systemClock,
		paces: options.paces ?? processPaces,
		signal: options.signal,
		dryRun: options.dryRun,
	});
}

/**
 * Sends through n8n's request helper, which adds the key, knows the instance's proxy and honours
 * its protection against requests into the private network.
 *
 * Redirects are off, since n8n would send the key header on to another host. Statuses do not throw,
 * so that they can be judged as values; the body is asked for as text, so that an HTML page, a cut
 * JSON text and the bare `ok` can be told apart.
 */
function sendThroughN8n(context: RequestContext): Send {
	return async (request) => {
		const options: IHttpRequestOptions = {
			method: request.method,
			url: request.url,
			qs: request.query,
			headers: { Accept: 'application/json' },
			encoding: 'text',
			timeout: request.timeoutMs,
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: true,
			returnFullResponse: true,
			abortSignal: request.signal,
		};
		if (request.body !== undefined) {
			options.headers = { ...options.headers, 'Content-Type': 'application/json' };
			options.body = JSON.stringify(request.body);
		}
		const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL_TYPE, options);

		return readHttpAnswer(answer);
	};
}

function readHttpAnswer(answer: unknown): HttpAnswer {
	const { statusCode, headers, body } = isRecord(answer) ? answer : {};

	return {
		status: typeof statusCode === 'number' ? statusCode : 0,
		headers: isRecord(headers) ? headers : {},
		text: bodyText(body),
	};
}

/** The body as text. A version of n8n that parses it all the same gives it back as data. */
function bodyText(body: unknown): string {
	if (typeof body === 'string') return body;
	if (body === undefined || body === null) return '';

	return JSON.stringify(body) ?? '';
}
