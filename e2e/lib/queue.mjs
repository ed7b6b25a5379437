/**
 * n8n in queue mode, all on this machine: Postgres, Redis, a main process that takes the calls, and
 * workers that do the work.
 */
import path from 'node:path';
import { freePorts, installPackage, newSecret, startN8n } from '../../demo/lib/n8n.mjs';
import { onCleanup, PlainError, start, tail, waitFor } from '../../demo/lib/processes.mjs';
import { startPostgres } from './postgres.mjs';
import { toolPath } from './tools.mjs';

const READY_TIMEOUT = 30_000;
const CONCURRENCY = 5;

/**
 * @typedef {import('../../demo/lib/n8n.mjs').RunningN8n & { workers: Worker[], addWorker: () => Promise<void>, executions: () => Promise<ExecutionRow[]> }} QueueMode
 *   the main process, with the rest of it
 */

/**
 * @typedef {import('../../demo/lib/n8n.mjs').RunningN8n & { name: string, started: () => Promise<string[]>, finished: () => Promise<string[]> }} Worker
 *   `started` and `finished` give the ids of executions that it says it has begun and ended
 */

/**
 * @typedef {object} ExecutionRow a line of n8n's table of executions
 * @property {string} id
 * @property {string} workflowId
 * @property {string} status
 * @property {string} mode
 * @property {Date | null} startedAt
 * @property {Date | null} stoppedAt
 * @property {object | undefined} data what was saved of the run
 */

/**
 * Starts everything. Made for `open({ startMain: ... })`, which makes the first user folder.
 *
 * @param {import('../../demo/lib/environment.mjs').StartParts} parts
 * @param {{ workers?: number }} [options]
 * @returns {Promise<QueueMode>}
 */
export async function startQueueMode(
	{ installation, node, userFolder, runFolder, packages, extra },
	{ workers: count = 2 } = {},
) {
	const postgres = await startPostgres(installation);
	const redisPort = await startRedis();
	const encryptionKey = newSecret();
	const settings = {
		...postgres.settings,
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		...extra,
	};
	// The main process sets the database up, so the workers come after it.
	const main = await startN8n({
		installation,
		node,
		userFolder,
		encryptionKey,
		extra: settings,
	});
	onCleanup(async () => await main.stop());

	const workers = [];
	const addWorker = async () => {
		const number = workers.length + 1;
		workers.push(
			await startWorker({
				name: `worker ${number}`,
				installation,
				node,
				userFolder: path.join(runFolder, `worker-${number}`),
				packages,
				encryptionKey,
				settings,
			}),
		);
	};
	for (let number = 0; number < count; number++) await addWorker();

	const { parse } = installation.require('flatted');

	return {
		...main,
		workers,
		addWorker,
		async executions() {
			const rows = await postgres.query(
				`select e.id::text, e."workflowId", e.status, e.mode, e."startedAt", e."stoppedAt", d.data
				   from execution_entity e left join execution_data d on d."executionId" = e.id
				  where e."deletedAt" is null order by e.id`,
			);

			return rows.map((row) => ({
				...row,
				data: typeof row.data === 'string' ? parse(row.data) : undefined,
			}));
		},
	};
}

async function startWorker({ name, packages, settings, userFolder, ...parts }) {
	// Each process loads community packages from its own folder.
	for (const file of packages) await installPackage(file, userFolder);
	const [healthPort] = await freePorts(1);
	const worker = await startN8n({
		...parts,
		userFolder,
		command: ['worker', `--concurrency=${CONCURRENCY}`],
		extra: {
			...settings,
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(healthPort),
		},
		answers: async () => await isHealthy(healthPort),
	});
	onCleanup(async () => await worker.stop());
	const idsAfter = async (words) =>
		[...(await worker.log()).matchAll(new RegExp(`${words} execution (\\d+)`, 'g'))].map(
			([, id]) => id,
		);

	return {
		...worker,
		name,
		started: async () => await idsAfter('Worker started'),
		finished: async () => await idsAfter('Worker finished'),
	};
}

async function isHealthy(port) {
	try {
		const response = await fetch(`http://127.0.0.1:${port}/healthz/readiness`, {
			signal: AbortSignal.timeout(5_000),
		});
		await response.text();

		return response.ok;
	} catch {
		return false;
	}
}

async function startRedis() {
	const [port] = await freePorts(1);
	const child = start(toolPath('redis'), [
		...['--port', String(port), '--bind', '127.0.0.1'],
		...['--save', '', '--appendonly', 'no'],
	]);
	onCleanup(async () => await child.stop(5_000));
	const answer = await waitFor(
		'Redis to be ready',
		async () => (child.isRunning() ? /Ready to accept connections/.test(child.output()) : 'ended'),
		{ timeoutMs: READY_TIMEOUT },
	);
	if (answer === 'ended')
		throw new PlainError(`Redis ended while it was starting.\n${tail(child.output())}`);

	return port;
}
