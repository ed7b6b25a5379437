import type { IDataObject } from 'n8n-workflow';
import { isJsonObject } from '../values/json';
import { passesFilter, type EventFilter } from './filter';
import { isSecret } from './secret';

/** The name that Memberspot sends to validate an address (help centre, webhooks). */
const TEST_EVENT = 'auth_test';

/** Headers that hold a secret of the sender or of a proxy on the way. */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

/**
 * Where the secret is looked for. `name` is a header or a parameter of the address. `unclear`: the
 * setting is none of the choices, as an expression can leave it.
 */
export type SecretRule =
	| { in: 'nowhere' }
	| { in: 'unclear' }
	| { in: 'header' | 'query'; name: string; value: string };

/** How the trigger is set up. */
export interface ReceiveSettings {
	secret: SecretRule;
	filter: EventFilter;
	/** Whether the test of the address starts the workflow, too. */
	passOnTest: boolean;
	/** The body's fields side by side with `event`, instead of the body as it came under `body`. */
	simplify: boolean;
	/** Adds the headers, without secrets. Only where the output is not simplified. */
	includeHeaders: boolean;
}

/** What is known of one call. */
export interface Delivery {
	body: unknown;
	/** Names in lower case, as Node gives them. */
	headers: { readonly [name: string]: unknown };
	query: { readonly [name: string]: unknown };
	/** Whether the address has a part that nobody can guess (n8n's webhook id). */
	addressIsSecret: boolean;
}

/** What to do with a call. */
export type Decision =
	/** Answer 200 and start the workflow with this item. */
	| { do: 'start'; event: string | undefined; json: IDataObject }
	/** Answer 200 and start nothing. */
	| { do: 'ignore'; event: string | undefined; because: 'test' | 'filter' }
	/** Answer with this status and start nothing. */
	| { do: 'refuse'; status: 401 | 403; message: string };

/**
 * Decides what a call of the webhook means.
 *
 * Memberspot counts only 200 and 201 as success, so everything that comes from it is answered with
 * 200, and no name and no form of a body is refused: names and fields are not public. What is refused
 * is a call that does not show the secret, and any call where neither the address nor a secret keeps
 * strangers out.
 */
export function receive(delivery: Delivery, settings: ReceiveSettings): Decision {
	const { secret } = settings;
	if (secret.in === 'unclear' || (secret.in !== 'nowhere' && !showsSecret(delivery, secret))) {
		return { do: 'refuse', status: 401, message: 'Not authorized' };
	}
	if (secret.in === 'nowhere' && !delivery.addressIsSecret) {
		return { do: 'refuse', status: 403, message: 'This webhook needs a secret' };
	}

	const event = eventOf(delivery.body);
	if (event === TEST_EVENT) {
		return settings.passOnTest
			? { do: 'start', event, json: output(delivery, settings) }
			: { do: 'ignore', event, because: 'test' };
	}
	if (!passesFilter(settings.filter, event)) return { do: 'ignore', event, because: 'filter' };

	return { do: 'start', event, json: output(delivery, settings) };
}

/** The name of the event: the text field `event` at the top, by the form of the documented test. */
function eventOf(body: unknown): string | undefined {
	return isJsonObject(body) && typeof body.event === 'string' ? body.event : undefined;
}

function showsSecret({ headers, query }: Delivery, secret: PlacedSecret): boolean {
	if (secret.in === 'query') return isSecret(query[secret.name], secret.value);
	const given = headers[secret.name.toLowerCase()];

	return isSecret(given, secret.value) || isSecret(asUtf8(given), secret.value);
}

type PlacedSecret = Extract<SecretRule, { value: string }>;

/** Node reads each byte of a header as one character; senders write an umlaut as two bytes. */
function asUtf8(given: unknown): unknown {
	return typeof given === 'string' ? Buffer.from(given, 'latin1').toString('utf8') : given;
}

function output(delivery: Delivery, settings: ReceiveSettings): IDataObject {
	const { body } = delivery;
	const event = eventOf(body) ?? null;
	if (settings.simplify)
		return isJsonObject(body) ? { event, ...body } : { event, body: asData(body) };

	return {
		event,
		body: asData(body),
		...(settings.includeHeaders ? { headers: publicHeaders(delivery, settings.secret) } : {}),
	};
}

/** The headers without those that hold secrets, wherever ours turns up in them. */
function publicHeaders({ headers }: Delivery, secret: SecretRule): IDataObject {
	const kept: IDataObject = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined || SECRET_HEADERS.has(name)) continue;
		if (secret.in === 'header' && name === secret.name.toLowerCase()) continue;
		const text = Array.isArray(value) ? value.join(', ') : String(value);
		// A proxy may pass the whole address on in a header, with the secret in it, encoded or not.
		if ('value' in secret && holds(text, secret.value)) continue;
		kept[name] = text;
	}

	return kept;
}

/** An encoded secret has many forms (`+` or `%20`, `%c3` or `%C3`), so the text is decoded instead. */
function holds(text: string, secret: string): boolean {
	return [text, decoded(text), decoded(text.replaceAll('+', ' '))].some((form) =>
		form.includes(secret),
	);
}

function decoded(text: string): string {
	return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
		Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
	);
}

/** A parsed body as a field of an item. JSON, forms and plain text have no other values. */
function asData(body: unknown): IDataObject[string] {
	if (body === undefined || body === null) return null;
	if (isJsonObject(body)) return body;
	if (isList(body)) return body;

	return typeof body === 'number' || typeof body === 'boolean' ? body : String(body);
}

/** JSON lists hold nothing that n8n's own type for item data does not allow. */
function isList(value: unknown): value is IDataObject[] {
	return Array.isArray(value);
}
