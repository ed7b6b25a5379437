import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A run that takes longer hangs. */
const HANG_MS = 10 * 60_000;

/**
 * Starts a script as a child process and sends it a first message.
 *
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, answer: any }>} with its first answer
 */
async function start(script, message, execArgv = []) {
	const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
		execArgv,
		// A proxy named in the environment must not stand between n8n and the stand-in.
		env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
	});
	const timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS);
	try {
		const answer = await new Promise((resolve, reject) => {
			child.once('message', resolve);
			child.once('error', reject);
			child.once('exit', (code, signal) =>
				reject(new Error(`${script} ended with ${signal ?? code}`)),
			);
			child.send(message);
		});

		return { child, answer };
	} finally {
		clearTimeout(timer);
	}
}

/** Waits until a child has ended, so that it does not take time from the next one. */
async function end(child) {
	if (child.exitCode === null && child.signalCode === null)
		await new Promise((resolve) => child.once('exit', resolve));
}

/**
 * Runs one subject in one scenario in a fresh process.
 *
 * @param {object} task see measure.mjs
 * @returns {Promise<object>} its figures
 * @throws when the subject could not be run at all
 */
export async function measure(task) {
	const { child, answer } = await start('./measure.mjs', task, ['--expose-gc']);
	await end(child);
	if (answer.broken !== undefined) throw new Error(answer.broken);

	return answer;
}

/**
 * Loads a built package in a fresh process.
 *
 * @param {string} folder where package.json and dist stand
 * @returns {Promise<{ ms: number, cpuMs: number, heapBytes: number, made: number, modules: number }>}
 */
export async function measureLoading(folder) {
	const { child, answer } = await start('./load.mjs', folder, ['--expose-gc']);
	await end(child);

	return answer;
}

/** A stand-in in a process of its own, seen through its control routes. */
export class StandIn {
	constructor(child, facts) {
		this.child = child;
		this.facts = facts;
	}

	/** @param {{ users: number, delayMs: number }} options */
	static async start(options) {
		const { child, answer } = await start('./stand-in.mjs', options);

		return new StandIn(child, answer);
	}

	/**
	 * Addresses of users who hold the offer of the scenarios. Fixtures are left out: some of them are
	 * there to be odd.
	 */
	async emails(count) {
		const { offerId, fixtures } = this.facts;
		const users = await this.control(
			'GET',
			`users?offerId=${offerId}&active=true&limit=${count + fixtures.length}`,
		);
		const emails = users.map(({ email }) => email).filter((email) => !fixtures.includes(email));
		if (emails.length < count)
			throw new Error(`The school has only ${emails.length} users of the offer`);

		return emails.slice(0, count);
	}

	/** Forgets the requests so far, and what they changed where that matters. */
	async clear({ changed }) {
		await this.control(changed ? 'POST' : 'DELETE', changed ? 'reset' : 'log');
	}

	/** What the stand-in saw since the last `clear`. */
	async seen() {
		const [log, { maxInFlight }] = [
			await this.control('GET', 'log'),
			await this.control('GET', ''),
		];

		return {
			requests: log.length,
			refused: log.filter(({ status }) => status === 429).length,
			maxInFlight,
		};
	}

	async close() {
		this.child.disconnect();
		await end(this.child);
	}

	async control(method, path) {
		const answer = await fetch(`${this.facts.url}/__control/${path}`, { method });
		if (!answer.ok) throw new Error(`The stand-in answered ${answer.status} to ${method} ${path}`);

		return await answer.json();
	}
}
