/** A Postgres server of its own for one run: empty, on this machine only, gone afterwards. */
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeFolder } from '../../demo/lib/cache.mjs';
import { freePorts } from '../../demo/lib/n8n.mjs';
import {
	onCleanup,
	PlainError,
	run,
	start,
	tail,
	waitFor,
	within,
} from '../../demo/lib/processes.mjs';
import { toolPath } from './tools.mjs';

const READY_TIMEOUT = 60_000;
const QUERY_TIMEOUT = 30_000;
const STOP_GRACE = 10_000;
const USER = 'n8n';

/**
 * @typedef {object} Postgres
 * @property {Record<string, string>} settings for n8n
 * @property {(text: string, values?: unknown[]) => Promise<object[]>} query reads rows
 */

/**
 * Starts the server on a free port, with an empty database for n8n.
 *
 * @param {import('../../demo/lib/install.mjs').Installation} installation n8n brings the client
 * @returns {Promise<Postgres>}
 */
export async function startPostgres(installation) {
	const bin = toolPath('postgres');
	const as = await unprivileged();
	// Not in the cache: the server's own user must be able to reach it, and the cache may lie in a home folder.
	const parent = path.join(tmpdir(), 'memberspot-e2e');
	await mkdir(parent, { recursive: true });
	await chmod(parent, 0o755);
	const folder = await takeFolder(parent, 'postgres');
	onCleanup(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	if (as.ids !== undefined) await chown(folder, as.ids.uid, as.ids.gid);

	const data = path.join(folder, 'data');
	await run(
		...as.command(path.join(bin, 'initdb'), [
			...['-D', data, '-A', 'trust', '-U', USER],
			...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
		]),
		{ cwd: folder, timeoutMs: 2 * 60_000, what: 'Making a Postgres database' },
	);
	const [port] = await freePorts(1);
	const child = start(
		...as.command(path.join(bin, 'postgres'), [
			...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
			// What a power cut would do to it does not matter.
			...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
			...['-c', 'max_connections=200'],
		]),
		{ cwd: folder },
	);
	onCleanup(async () => {
		// To the server alone, which ends its helpers itself. SIGTERM would wait for every client.
		if (child.isRunning()) process.kill(child.pid, 'SIGINT');
		if ((await within(child.ended, STOP_GRACE)) === undefined) await child.stop(1_000);
	});

	const { Pool } = installation.require('pg');
	const pool = new Pool({
		host: '127.0.0.1',
		port,
		user: USER,
		database: 'postgres',
		max: 2,
		query_timeout: QUERY_TIMEOUT,
		connectionTimeoutMillis: QUERY_TIMEOUT,
	});
	// A connection that breaks off at the end must not end this program.
	pool.on('error', () => {});
	onCleanup(async () => await pool.end());
	const query = async (text, values) => (await pool.query(text, values)).rows;

	const answer = await waitFor(
		'Postgres to be ready',
		async () =>
			child.isRunning()
				? await query('select 1').then(
						() => 'ready',
						() => false,
					)
				: 'ended',
		{ timeoutMs: READY_TIMEOUT },
	);
	if (answer === 'ended')
		throw new PlainError(`Postgres ended while it was starting.\n${tail(child.output())}`);

	return {
		settings: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: USER,
			DB_POSTGRESDB_PASSWORD: 'not-asked-for',
		},
		query,
	};
}

/** Postgres refuses to run as root; Debian's package brings a user for it. */
async function unprivileged() {
	if (process.getuid() !== 0) return { command: (program, args) => [program, args] };
	const id = async (kind) =>
		Number(await run('id', [kind, 'postgres'], { timeoutMs: 10_000, what: 'Looking for a user' }));

	return {
		ids: { uid: await id('-u'), gid: await id('-g') },
		command: (program, args) => [
			'setpriv',
			['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args],
		],
	};
}
