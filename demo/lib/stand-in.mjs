/** Starts the stand-in for Memberspot as a process of its own, and looks into its school. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onCleanup, PlainError, start, tail, waitFor } from './processes.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const START_TIMEOUT = 60_000;
const CALL_TIMEOUT = 15_000;

/**
 * @typedef {object} Request an entry of the stand-in's log; the key's value never stands in it
 * @property {string} method
 * @property {string} path
 * @property {object} query
 * @property {unknown} body
 * @property {number} status
 */

/** The stand-in, seen from another process. */
export class StandIn {
	#child;

	/**
	 * @param {{ url: string, apiKey: string }} address
	 * @param {import('./processes.mjs').Child} child
	 */
	constructor({ url, apiKey }, child) {
		this.url = url;
		this.apiKey = apiKey;
		this.#child = child;
	}

	/** Settles when the process has ended. */
	get ended() {
		return this.#child.ended;
	}

	/** @returns {Promise<{ users: number, grants: number, activeGrants: number, welcomeMails: number }>} */
	async summary() {
		const [{ welcomeMails }, users] = await Promise.all([
			this.control('/'),
			this.control('/users'),
		]);
		const grants = users.flatMap((user) => user.grants);

		return {
			users: users.length,
			grants: grants.length,
			activeGrants: grants.filter(({ active }) => active).length,
			welcomeMails,
		};
	}

	/** @returns {Promise<Array<{ id: string, name: string, courseIds: string[] }>>} */
	async offers() {
		return await this.control('/offers');
	}

	/** Users who hold an offer, whether it is switched on or off. */
	async holders(offerId) {
		return await this.control(`/users?offerId=${encodeURIComponent(offerId)}`);
	}

	/** A user with everything the school knows of him or her, or undefined. */
	async user(email) {
		return (await this.control('/users')).find((user) => user.email === email);
	}

	/** @returns {Promise<Array<{ offerId: string, orderId?: string, active: boolean }>>} */
	async grantsOf(email) {
		return await this.control(`/users/${encodeURIComponent(email)}/grants`);
	}

	/** @returns {Promise<Request[]>} what came in since the log was emptied */
	async requests() {
		return await this.control('/log');
	}

	async clearLog() {
		await this.control('/log', 'DELETE');
	}

	/** Where an answer or a request broke the contract of the API. */
	async violations() {
		return await this.control('/violations');
	}

	/**
	 * Calls a control route of the stand-in.
	 *
	 * @param {string} path below /__control
	 * @param {string} [method]
	 * @param {unknown} [body]
	 */
	async control(path, method = 'GET', body) {
		const response = await fetch(`${this.url}/__control${path}`, {
			method,
			...(body !== undefined && {
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			}),
			signal: AbortSignal.timeout(CALL_TIMEOUT),
		});
		const text = await response.text();
		if (!response.ok) {
			throw new PlainError(
				`The stand-in refused ${method} ${path} (${response.status}): ${text.slice(0, 300)}`,
			);
		}

		return JSON.parse(text);
	}
}

/**
 * Starts the stand-in on a free port, with a key made up for this run.
 *
 * @param {{ users?: number, delayMs?: number, variants?: Record<string, string> }} [options]
 *   `delayMs`: how long it takes for each answer
 * @returns {Promise<StandIn>}
 */
export async function startStandIn({ users = 250, delayMs = 0, variants = {} } = {}) {
	const child = start(
		process.execPath,
		[
			'scripts/run-ts.cjs',
			'test/stand-in/main.ts',
			'--json',
			...[
				'--users',
				String(users),
				'--delay',
				String(delayMs),
				'--key',
				`demo-key-${randomBytes(12).toString('hex')}`,
			],
			...Object.entries(variants).flatMap(([name, value]) => ['--variant', `${name}=${value}`]),
		],
		{ cwd: REPOSITORY },
	);
	onCleanup(async () => await child.stop(5_000));

	const line = await waitFor(
		'the stand-in to start',
		async () => (child.isRunning() ? child.output().match(/^\{.*\}$/m)?.[0] : 'ended'),
		{ timeoutMs: START_TIMEOUT },
	);
	if (line === 'ended') {
		throw new PlainError(`The stand-in ended while it was starting.\n${tail(child.output())}`);
	}

	return new StandIn(JSON.parse(line), child);
}
