import type { FastifyReply } from 'fastify';
import type { Answer } from './answers';
import type { Clock } from './clock';
import { retryAfterHeader, type Fault } from './faults';

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

const SMALL_PAGE =
	'<!DOCTYPE html>\n<html><head><title>Bitte anmelden</title></head><body><h1>Bitte anmelden</h1></body></html>\n';
const LARGE_PAGE = `<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>${'<!-- padding of a gateway -->\n'.repeat(1_430)}</body></html>\n`;

/** Sends an answer as it is. */
export function sendAnswer(reply: FastifyReply, { status, body, headers }: Answer): void {
	reply.code(status).headers(headers ?? {});
	if (body.kind === 'json')
		reply.header('content-type', JSON_TYPE).send(JSON.stringify(body.value));
	else if (body.kind === 'text') reply.header('content-type', HTML_TYPE).send(body.text);
	else reply.send();
}

/**
 * Plays a fault on a request.
 *
 * @param answer what the work came to, where it was done
 * @param closing ends requests that hang, when the stand-in closes
 */
export async function playFault(
	reply: FastifyReply,
	{ spec, status, removed }: Fault,
	answer: Answer | undefined,
	clock: Clock,
	closing: Promise<void>,
): Promise<void> {
	const right = answer?.body.kind === 'json' ? JSON.stringify(answer.body.value) : '{}';
	switch (spec.kind) {
		case 'status': {
			const retryAfter = retryAfterHeader(spec.retryAfter, clock);
			reply.code(spec.status);
			if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
			if (typeof spec.body === 'string') reply.header('content-type', HTML_TYPE).send(spec.body);
			else if (spec.status === 204) reply.send();
			else
				reply
					.header('content-type', JSON_TYPE)
					.send(JSON.stringify(spec.body ?? errorOf(spec.status)));
			return;
		}
		case 'html200':
			reply.code(200).header('content-type', HTML_TYPE).send(SMALL_PAGE);
			return;
		case 'html502':
			reply.code(502).header('content-type', HTML_TYPE).send(LARGE_PAGE);
			return;
		case 'brokenJson':
			reply
				.code(200)
				.header('content-type', JSON_TYPE)
				.send(`${right.slice(0, Math.max(1, right.length - 1))},`);
			return;
		case 'emptyBody':
			reply.code(200).send();
			return;
		case 'wrongShape':
			reply
				.code(200)
				.header('content-type', JSON_TYPE)
				.send(JSON.stringify(spec.body ?? { error: 'x' }));
			return;
		case 'redirect':
			reply
				.code(status ?? 307)
				.header('location', spec.to)
				.send();
			return;
		case 'cutJson': {
			reply.hijack();
			const whole = Buffer.from(
				right.length > 20 ? right : JSON.stringify({ data: 'x'.repeat(100) }),
			);
			reply.raw.writeHead(200, {
				'content-type': JSON_TYPE,
				'content-length': String(whole.length),
			});
			// The half must be on its way before the connection ends, else the client sees no answer at all.
			await new Promise<void>((resolve) =>
				reply.raw.write(whole.subarray(0, whole.length >> 1), () => resolve()),
			);
			reply.raw.socket?.end();
			return;
		}
		case 'hang':
			reply.hijack();
			await Promise.race([
				removed,
				closing,
				new Promise<void>((resolve) => reply.raw.once('close', resolve)),
			]);
			reply.raw.socket?.resetAndDestroy();
			return;
		case 'resetBefore':
		case 'resetAfter':
			reply.hijack();
			reply.raw.socket?.resetAndDestroy();
			return;
		default:
			throw new Error(`the fault ${spec.kind} does not replace an answer`);
	}
}

const TEXTS: { readonly [status: number]: string | undefined } = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden resource',
	404: 'Not Found',
	429: 'ThrottlerException: Too Many Requests',
	500: 'Internal server error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

function errorOf(status: number): object {
	return { statusCode: status, message: TEXTS[status] ?? `Status ${status}` };
}
