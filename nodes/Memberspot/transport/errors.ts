import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';
import { InputError, RequestFailed, type Failure } from './failure';

/** What the user reads: what happened, and what to do. */
export interface ErrorText {
	message: string;
	description: string;
}

/** The same, with which request it was about. */
interface FailureText extends ErrorText {
	/** The description without the request. */
	advice: string;
}

/** Details of a failed item, beside its message. Plain facts, none of them secret. */
export interface ErrorDetails {
	[key: string]: string | number | boolean | undefined;
}

/** Texts by kind of failure. `{host}` is replaced; the API's own words are added behind. */
const TEXTS: { [kind in Failure['kind']]: ErrorText } = {
	unauthorized: {
		message: 'Memberspot did not accept the API key',
		description: 'Check the API Key in the Memberspot credential. A key that was deleted in Memberspot does not work any more.',
	},
	forbidden: {
		message: 'Memberspot refused this request',
		description: 'The API key is not allowed to do this. Either the key is wrong, or the plan of your school does not include it: which plans include the API is not documented in public, so ask Memberspot.',
	},
	notFound: {
		message: 'Memberspot does not know this record',
		description: 'Check the e-mail address and the IDs of this item.',
	},
	unknownRoute: {
		message: 'The server does not know this part of the Memberspot API',
		description: 'Check Base URL in the Memberspot credential: it is https://api.memberspot.de for every school.',
	},
	invalid: {
		message: 'Memberspot did not accept the values',
		description: 'Check the fields of this item against the reply below.',
	},
	rateLimited: {
		message: 'Memberspot asked to slow down, for longer than this node may wait',
		description: 'Raise Give Up After in the options, or run fewer requests at the same time.',
	},
	serverError: {
		message: 'Memberspot could not answer because of a fault on its side',
		description: 'Try again later.',
	},
	otherStatus: {
		message: 'Memberspot gave an answer this node does not know',
		description: 'Look at the status and the reply below.',
	},
	redirect: {
		message: 'The server sent the request on to another address',
		description: 'This node does not follow, since the API key would go to that address. Check Base URL in the Memberspot credential.',
	},
	timeout: {
		message: 'Memberspot did not answer in time',
		description: 'Raise Timeout in the options, or try again later.',
	},
	unreachable: {
		message: 'The server can not be reached',
		description: 'No connection to {host}. Check Base URL in the Memberspot credential, and the network of your n8n.',
	},
	connectionLost: {
		message: 'The connection to Memberspot broke off',
		description: 'Try again later.',
	},
	html: {
		message: 'The server answered with a web page instead of data',
		description: '{host} does not answer like the Memberspot API. Check Base URL in the Memberspot credential.',
	},
	brokenJson: {
		message: 'The answer of Memberspot can not be read',
		description: 'It was cut off or is not valid JSON. Try again later.',
	},
	unexpectedAnswer: {
		message: 'Memberspot gave an answer in an unknown form',
		description: 'It was not used, so that nothing wrong is passed on. If it happens again, please report it to the makers of this node.',
	},
	pagingRepeats: {
		message: 'The list from Memberspot does not end',
		description: 'Reading was stopped, and nothing of the list is passed on. Try again later, or with another page size.',
	},
	// By the word "canceled" n8n tells a stop by the user from an error; for an error it would mark the
	// execution as failed and start the error workflow.
	cancelled: {
		message: 'The execution was canceled',
		description: 'No further request was sent.',
	},
};

/** Said for writes whose answer was lost, so that nobody repeats them blindly. */
const STATE_UNKNOWN = 'It is not known whether Memberspot carried this out. Look at the user in Memberspot before you repeat it.';

/** Puts a failure into words. `isWrite` adds whether the change may have been made all the same. */
export function failureText(failure: Failure, isWrite: boolean): FailureText {
	const { kind, about } = failure;
	const text = about === undefined ? TEXTS[kind] : { message: about.message, description: `${about.nextStep}.` };
	const parts = [text.description.replace('{host}', failure.host)];
	if (isWrite && failure.maybeDone) parts.push(STATE_UNKNOWN);
	if (failure.note !== undefined) parts.push(failure.note);
	if (failure.retryAfterMs !== undefined && kind === 'rateLimited') {
		parts.push(`The server asked to wait ${Math.ceil(failure.retryAfterMs / 1000)} seconds.`);
	}
	if (failure.apiMessage !== undefined) parts.push(`Memberspot replied: "${failure.apiMessage}".`);
	const advice = parts.join(' ');
	const request = `Request: ${failure.method} ${failure.path} at ${failure.host}${failure.status === undefined ? '' : `, status ${failure.status}`}${failure.code === undefined ? '' : `, ${failure.code}`}.`;

	return { message: text.message, description: `${advice} ${request}`, advice };
}

/** Facts for the error output, where a workflow can branch on them. */
export function failureDetails(failure: Failure, isWrite: boolean): ErrorDetails {
	return {
		reason: failure.kind,
		status: failure.status,
		reply: failure.apiMessage,
		outcome: isWrite ? (failure.maybeDone ? 'unknown' : 'notDone') : undefined,
		attempts: failure.attempts,
		...plain(failure.about?.details ?? {}),
	};
}

/** What an error means for its item, whatever it is. */
export interface ItemError extends FailureText {
	details: ErrorDetails;
	failure?: Failure;
}

/** Reads any error into words and details. Unknown errors keep their message, and nothing else. */
export function readError(error: unknown, isWrite = false): ItemError {
	if (error instanceof RequestFailed) {
		return { ...failureText(error.failure, isWrite), details: failureDetails(error.failure, isWrite), failure: error.failure };
	}
	if (error instanceof InputError) {
		return { message: error.message, description: error.nextStep, advice: error.nextStep, details: { reason: 'input', outcome: isWrite ? 'notDone' : undefined, ...plain(error.details) } };
	}
	if (error instanceof NodeOperationError || error instanceof NodeApiError) {
		const description = typeof error.description === 'string' ? error.description : '';

		return { message: error.message, description, advice: description, details: { reason: 'other' } };
	}

	return { message: error instanceof Error ? error.message : String(error), description: '', advice: '', details: { reason: 'other' } };
}

function plain(details: { [key: string]: unknown }): ErrorDetails {
	const kept: ErrorDetails = {};
	for (const [key, value] of Object.entries(details)) {
		kept[key] = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
	}

	return kept;
}

/**
 * Builds the error that n8n shows.
 *
 * It is built fresh from plain facts: an error of n8n's request helper can't be re-worded once it is
 * made, and it may carry the request.
 *
 * Where the node is a tool, the message holds the next step too: an agent hands only the message on
 * to its model. Items mean nothing to a model, so their number is left out, and so is the request:
 * n8n puts a text of its own in the place of a message with a code like ECONNRESET in it.
 *
 * @param itemIndex the input item it belongs to; left out for an error of the whole run
 */
export function toNodeError(node: INode, error: unknown, itemIndex?: number, more = '', isWrite = false): NodeApiError | NodeOperationError {
	const read = readError(error, isWrite);
	const where = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const isTool = isToolNode(node);
	const said = isTool ? read.advice : read.description;
	const description = more === '' ? said : sentences([said, more]);
	const message = isTool ? sentences([read.message, description]) : `${read.message}${where}`;

	if (read.failure === undefined) return new NodeOperationError(node, message, { itemIndex, description });

	const { status, retryAfterMs } = read.failure;
	const facts: JsonObject = { message, ...(status === undefined ? {} : { httpCode: String(status) }) };
	const failure = FAILURE_CAUSES[read.failure.kind];

	return new NodeApiError(node, facts, {
		message,
		description,
		itemIndex,
		httpCode: status === undefined ? undefined : String(status),
		...(failure === undefined ? {} : { failure: { cause: failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } }),
	});
}

/** n8n runs a node as a tool under a type name of its own. */
export function isToolNode(node: INode): boolean {
	return node.type.endsWith('Tool');
}

function sentences(parts: string[]): string {
	return parts
		.filter((part) => part !== '')
		.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
		.join(' ');
}

/** n8n's own names for a cause (from 2.41; older versions ignore them). */
const FAILURE_CAUSES: { [kind in Failure['kind']]?: 'rate-limited' | 'temporarily-unavailable' | 'credential-invalid' } = {
	unauthorized: 'credential-invalid',
	rateLimited: 'rate-limited',
	serverError: 'temporarily-unavailable',
	timeout: 'temporarily-unavailable',
	connectionLost: 'temporarily-unavailable',
	unreachable: 'temporarily-unavailable',
};
