/**
 * Child processes and temporary folders that never outlive the program.
 *
 * Each child leads a process group of its own, so that what it starts itself (npm starts make,
 * n8n starts its task runner) ends with it, and so that Ctrl-C reaches this program first.
 */
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';

/** Output kept for error messages, in characters. */
const KEPT_OUTPUT = 200_000;

const running = new Set();
/** Those of the running ones that work towards an end by themselves. */
const commands = new Set();
const cleanups = [];
let cleaning;
let stopping = false;

/** An error whose message is meant for the person at the terminal: no stack trace is printed. */
export class PlainError extends Error {
	name = 'PlainError';
}

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {Promise<{ code: number | null, signal: string | null }>} ended settles when the process is gone
 * @property {() => boolean} isRunning
 * @property {() => string} output the end of what it has written, when no log file was given
 * @property {(graceMs?: number) => Promise<boolean>} stop asks the group to end, and kills it when
 *   it is still there after `graceMs`; resolves with false when it had to be killed
 */

/**
 * Starts a process that runs until it is stopped.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, logFile?: string, onText?: (text: string) => void }} [options]
 *   `logFile` takes its output; without it the output is kept in memory and given to `onText`
 * @returns {Child}
 */
export function start(command, args, { cwd, env, logFile, onText } = {}) {
	const log = logFile === undefined ? undefined : openSync(logFile, 'a');
	const child = spawn(command, args, {
		cwd,
		env: env ?? process.env,
		detached: true,
		stdio: log === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
	});
	if (log !== undefined) closeSync(log);

	let kept = '';
	const take = (chunk) => {
		kept = (kept + chunk).slice(-KEPT_OUTPUT);
		onText?.(chunk);
	};
	for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take);

	let isRunning = true;
	const ended = new Promise((resolve, reject) => {
		child.once('error', (error) => {
			isRunning = false;
			running.delete(handle);
			reject(new PlainError(`"${command}" can't be started: ${error.message}`));
		});
		child.once('close', (code, signal) => {
			isRunning = false;
			running.delete(handle);
			resolve({ code, signal });
		});
	});
	// Whoever waits for the end sees the error; a process nobody waits for must not end this program.
	ended.catch(() => {});

	const handle = {
		pid: child.pid,
		ended,
		isRunning: () => isRunning,
		output: () => kept,
		kill: (signal) => signalGroup(child.pid, signal),
		async stop(graceMs = 20_000) {
			if (!isRunning) return true;
			signalGroup(child.pid, 'SIGTERM');
			if (await within(ended, graceMs)) return true;
			signalGroup(child.pid, 'SIGKILL');
			await within(ended, 5_000);

			return false;
		},
	};
	if (child.pid !== undefined) running.add(handle);

	return handle;
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number, what: string }} options
 *   `what` names the work in error messages, for example "Building the node"
 * @returns {Promise<string>} what it wrote
 * @throws PlainError with the end of its output when it fails or takes too long
 */
export async function run(command, args, { cwd, env, timeoutMs, what }) {
	const child = start(command, args, { cwd, env });
	commands.add(child);
	const end = await within(child.ended, timeoutMs).finally(() => commands.delete(child));
	if (end === undefined) {
		await child.stop(5_000);
		throw new PlainError(
			`${what} took longer than ${Math.round(timeoutMs / 60_000)} minutes and was stopped.\n${tail(child.output())}`,
		);
	}
	if (end.code !== 0) {
		throw new PlainError(
			`${what} failed (${end.signal ?? `exit code ${end.code}`}).\n${tail(child.output())}`,
		);
	}

	return child.output();
}

/** Registers work for the end of the program, however it ends. Last registered, first done. */
export function onCleanup(work) {
	cleanups.push(work);
}

/** Does all registered work and stops all children, once. Never throws. */
export async function cleanUp() {
	cleaning ??= cleanUpOnce();
	await cleaning;
}

/** Whether the program was told to end. What fails from then on fails because of that. */
export function isStopping() {
	return stopping;
}

/**
 * Makes Ctrl-C and the other ways of being told to end clean up first. A second Ctrl-C kills.
 *
 * @param {() => number} exitCode asked when the signal arrives
 */
export function cleanUpOnSignals(exitCode) {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => {
			if (stopping) process.exit(130);
			stopping = true;
			console.log('\nStopping ...');
			const code = exitCode();
			void cleanUp().then(() => process.exit(code));
		});
	}
	process.on('exit', killAll);
}

async function cleanUpOnce() {
	// First, so that none of them writes into a folder that is being removed.
	await Promise.all([...commands].map((child) => child.stop(5_000)));
	while (cleanups.length > 0) {
		try {
			await cleanups.pop()();
		} catch (error) {
			console.error(`Cleaning up: ${error.message}`);
		}
	}
	await Promise.all([...running].map((child) => child.stop(5_000)));
}

/** The last lines of a text. */
export function tail(text, lines = 25) {
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Waits for a promise, but not longer than the given time.
 *
 * @returns what it resolves with, or undefined when the time is over
 */
export async function within(promise, ms) {
	let timer;
	const over = new Promise((resolve) => {
		timer = setTimeout(resolve, ms, undefined);
	});
	try {
		return await Promise.race([promise, over]);
	} finally {
		clearTimeout(timer);
	}
}

/**
 * Asks again and again until there is an answer.
 *
 * @template T
 * @param {string} what named in the error, for example "the workflow to be published"
 * @param {() => Promise<T | undefined | false>} ask
 * @param {{ timeoutMs: number, everyMs?: number }} limits
 * @returns {Promise<T>}
 * @throws PlainError when the time is over
 */
export async function waitFor(what, ask, { timeoutMs, everyMs = 100 }) {
	const until = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) return answer;
		if (Date.now() > until)
			throw new PlainError(`Waited ${Math.round(timeoutMs / 1000)} seconds in vain for ${what}.`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}

function killAll() {
	for (const child of running) child.kill('SIGKILL');
}

function signalGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
	} catch (error) {
		// The group has ended in the meantime.
		if (error.code !== 'ESRCH') throw error;
	}
}
