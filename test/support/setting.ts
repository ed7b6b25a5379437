/* eslint-disable @n8n/community-nodes/no-restricted-imports -- shows all of a value, to look for secrets */
import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject, INodeExecutionData } from 'n8n-workflow';
import { systemClock } from '../../nodes/Memberspot/transport/clock';
import { startStandIn, type StandIn, type StandInOptions } from '../stand-in';
import { FakeClock } from './clock';
import { requestsUnderWay, runExecutor, type RunResult, type RunSpec } from './context';

/** Long enough that nothing a test before has taught the pace of the key still counts. */
const QUIET_MS = 7_200_000;

/** A request as a test compares it: method, path with query, and the body where there is one. */
export type SeenRequest = [method: string, target: string] | [method: string, target: string, body: unknown];

/** A stand-in and the executor that talks to it, on one clock that jumps over every pause. */
export interface Setting {
	readonly standIn: StandIn;
	readonly clock: FakeClock;
	/**
	 * Runs an operation.
	 *
	 * @param name `resource.operation`
	 * @param parameters of the node; a function gives each item its own value
	 */
	run(name: string, parameters?: RunSpec['parameters'], more?: Partial<Omit<RunSpec, 'parameters'>>): Promise<RunResult>;
	/** The requests since the last call of `reset`, in the order in which they arrived. */
	requests(): SeenRequest[];
	/** Number of requests since the last call of `reset`. */
	count(): number;
	/** Adds users who hold an offer, or nothing, and gives their addresses. */
	addUsers(count: number, offerId?: string): string[];
	/** Back to the generated school with default switches, an empty log, and a pace that has forgotten. */
	reset(): Promise<void>;
}

/**
 * Starts a stand-in for the tests of a file and resets it before each. At the end it must have seen
 * nothing, and answered nothing, that the contract does not know.
 */
export function useStandIn(options: Omit<StandInOptions, 'clock'> = {}): Setting {
	const clock = new FakeClock();
	let standIn: StandIn;
	const setting: Setting = {
		get standIn() {
			return standIn;
		},
		clock,
		async run(name, parameters = {}, { credentials, ...more } = {}) {
			const [resource, operation] = name.split('.');
			const spec: RunSpec = {
				...more,
				parameters: { resource, operation, ...parameters },
				credentials: { apiKey: standIn.apiKey, baseUrl: standIn.url, allowedActions: 'fullAccess', allowLoginLinks: true, ...credentials },
			};

			return await clock.run(runExecutor(spec), () => requestsUnderWay() > 0);
		},
		requests: () => standIn.log.entries.map(({ method, path, query, body }) => asSeen(method, path, query, body)),
		count: () => standIn.log.entries.length,
		addUsers(count, offerId) {
			return Array.from({ length: count }, (_, number) => {
				const email = `added${number}@example.com`;
				standIn.school.addUser({ email, uid: `Added${number}Uid`, grants: offerId === undefined ? [] : [{ offerId, active: true }] });

				return email;
			});
		},
		async reset() {
			standIn.reset();
			await clock.advance(QUIET_MS);
		},
	};
	beforeAll(async () => {
		standIn = await startStandIn({ ...options, clock });
	});
	beforeEach(async () => {
		jest.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
		jest.spyOn(systemClock, 'random').mockImplementation(() => clock.random());
		jest.spyOn(systemClock, 'sleep').mockImplementation(async (ms, signal) => await clock.sleep(ms, signal));
		await setting.reset();
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});
	afterAll(async () => {
		await standIn.close();
	});

	return setting;
}

function asSeen(method: string, path: string, query: object, body: unknown): SeenRequest {
	const text = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString();
	const target = text === '' ? path : `${path}?${text}`;

	return body === undefined || body === null || body === '' ? [method, target] : [method, target, body];
}

/** The data of the output items, in order. Fails with the error where the run was stopped by one. */
export function rowsOf({ items, error }: RunResult): Array<INodeExecutionData['json']> {
	if (error !== undefined) throw new Error(`the run stopped: ${error.message}\n${error.description ?? ''}`);

	return items.map(({ json }) => json);
}

/** The one row of a run that puts out one. */
export function rowOf(result: RunResult): INodeExecutionData['json'] {
	const rows = rowsOf(result);
	if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one: ${inspect(rows)}`);

	return rows[0];
}

/** The input items that the output items are linked to. */
export function linksOf({ items }: RunResult): unknown[] {
	return items.map(({ pairedItem }) => (typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : pairedItem));
}

/** The error that stopped a run, with all that the user reads. Fails where the run went through. */
export function stopOf({ error, items }: RunResult): { message: string; description: string; httpCode: string | null } {
	if (error === undefined) throw new Error(`the run was not stopped, and put out ${inspect(items, { depth: 4 })}`);

	return { message: error.message, description: error.description ?? '', httpCode: error.httpCode ?? null };
}

/** Everything that a person or a log could see of a run, as one text, to look for secrets in. */
export function everythingOf(result: RunResult): string {
	return inspect(result, { depth: 10, maxArrayLength: null, maxStringLength: null, showHidden: true }) + JSON.stringify(result);
}

/** A stand-in on the machine's clock, for runs in n8n's own engine. */
export interface Server {
	readonly standIn: StandIn;
	/** The credential for it, with everything allowed. */
	credential(more?: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject;
}

/** Starts a stand-in for the tests of a file and resets it before each. */
export function useServer(options: StandInOptions = {}): Server {
	let standIn: StandIn;
	beforeAll(async () => {
		standIn = await startStandIn(options);
	});
	beforeEach(() => {
		standIn.reset();
	});
	afterAll(async () => {
		await standIn.close();
	});

	return {
		get standIn() {
			return standIn;
		},
		credential: (more = {}) => ({ apiKey: standIn.apiKey, baseUrl: standIn.url, allowedActions: 'fullAccess', allowLoginLinks: true, ...more }),
	};
}
