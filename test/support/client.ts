import { createClient, type Client, type ClientSettings, type HttpAnswer, type HttpRequest } from '../../nodes/Memberspot/transport/client';
import { DEFAULT_SETTINGS } from '../../nodes/Memberspot/transport/client';
import { readCredential } from '../../nodes/Memberspot/transport/credential';
import { PaceBook } from '../../nodes/Memberspot/transport/pacing';
import { FakeClock } from './clock';

/** What a scripted server does with one request: an answer, or a network fault by its code, with more of the error. */
export type Step = Partial<HttpAnswer> | { fault: string; with?: object };

/** A client whose server is a script, on a fake clock. For the transport's own tests only. */
export interface ScriptedClient {
	client: Client;
	clock: FakeClock;
	/** The requests as they would have gone out. */
	sent: HttpRequest[];
	/** Most requests under way at once. */
	mostInFlight(): number;
}

/** @param script what happens to request 1, 2, …; the last step is repeated */
export function scriptedClient(script: Step[] | ((request: HttpRequest, number: number) => Step), settings: Partial<ClientSettings> = {}, signal?: AbortSignal): ScriptedClient {
	const clock = new FakeClock();
	const sent: HttpRequest[] = [];
	let inFlight = 0;
	let most = 0;
	const client = createClient({
		async send(request) {
			sent.push(request);
			const number = sent.length;
			inFlight++;
			most = Math.max(most, inFlight);
			await clock.sleep(1);
			inFlight--;
			const step = typeof script === 'function' ? script(request, number) : script[Math.min(number, script.length) - 1];
			if ('fault' in step) throw Object.assign(new Error(`fault with X-API-KEY SECRET123`), { code: step.fault }, step.with);

			return { status: 200, headers: {}, text: '{}', ...step };
		},
		credential: readCredential({ apiKey: 'SECRET123', baseUrl: 'https://api.example.com/v1/' }),
		settings: { ...DEFAULT_SETTINGS, ...settings },
		clock,
		paces: new PaceBook(clock),
		signal,
	});

	return { client, clock, sent, mostInFlight: () => most };
}

/** An answer with JSON in it. */
export function json(value: unknown, status = 200, headers: HttpAnswer['headers'] = {}): Step {
	return { status, headers, text: JSON.stringify(value) };
}
