/**
 * Every command of the pages, run as the page has it, in a clean clone of what is committed. Which of
 * them run here, and which elsewhere: e2e/docs/plan.mjs.
 *
 *   DOCS='stand-in|bench' npm run e2e -- --only docs   only these, and what comes before all of them
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, takeFolder } from '../../demo/lib/cache.mjs';
import { nodeEnvironment } from '../../demo/lib/machine.mjs';
import { freePorts } from '../../demo/lib/n8n.mjs';
import { onCleanup, run, start, tail, waitFor, within } from '../../demo/lib/processes.mjs';
import { startStandIn } from '../../demo/lib/stand-in.mjs';
import commands from '../docs/commands.cjs';
import { fillIn, SUBSTITUTIONS } from '../docs/data.mjs';
import { readFacts, wayOf } from '../docs/plan.mjs';
import { manifestOf, ruleFor } from '../docs/rules.mjs';
import { npmFolders } from '../lib/npm.mjs';
import { readScenarios } from '../lib/scenarios.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;

export default {
	title: 'Every command in the docs, run in a clean clone',
	order: 90,
	minutes: 18,
	ci: true,
	tools: [],

	async run({ stage, verdicts }) {
		const context = await stage('Clone what is committed', prepare);
		const planned = await planOf(context);
		verdicts.add('The commands of all pages', `${planned.length} to be run here`, {
			'there are many': planned.length > 30,
			'every substitution is needed': SUBSTITUTIONS.every(({ fits }) =>
				planned.some(({ command }) => fits.test(command)),
			),
		});

		const only = new RegExp(process.env.DOCS ?? '');
		let last;
		for (const entry of planned.filter(({ rule, command }) => rule.first || only.test(command))) {
			// What one page has changed is not there for the next.
			if (entry.page !== last && last !== undefined) await context.restore();
			last = entry.page;
			await tryCommand(entry, context, stage, verdicts);
		}
	},
};

/** @returns {Promise<import('../docs/rules.mjs').Context & object>} */
async function prepare() {
	const runs = path.join(cacheFolder(), 'runs');
	const folder = await takeFolder(runs, 'docs');
	onCleanup(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const [clone, home] = [path.join(folder, 'clone'), path.join(folder, 'home')];
	await mkdir(home);
	const env = {
		...nodeEnvironment({ bin: process.execPath }),
		HOME: home,
		// n8n is not installed again, nor is anything downloaded that npm knows already.
		DEMO_CACHE: cacheFolder(),
		...(await npmFolders()),
	};
	const git = async (...args) =>
		await run('git', args, { cwd: clone, env, timeoutMs: MINUTE, what: `git ${args[0]}` });
	await run('git', ['clone', '--quiet', REPOSITORY, clone], {
		timeoutMs: 5 * MINUTE,
		what: 'Cloning the repository',
	});
	const standIn = await startStandIn();
	const [offer, otherOffer] = await standIn.offers();
	const [port] = await freePorts(1);

	return {
		clone,
		home,
		runs,
		env,
		standIn,
		processesOf,
		scenarios: await readScenarios(),
		facts: {
			standIn: standIn.url,
			offer: offer.id,
			otherOffer: otherOffer.id,
			port: String(port),
			version: (await manifestOf(clone)).version,
		},
		snapshot: async () => await snapshot(git, env, folder, clone),
		changedSince: async (tree, now) =>
			(await git('diff', '--name-only', tree, now)).split('\n').filter(Boolean),
		async restore() {
			await git('checkout', '--quiet', '--', '.');
			await git('clean', '--quiet', '-fd');
		},
	};
}

/** The state of all files that git would keep, as the name of a tree. */
async function snapshot(git, env, folder, clone) {
	const index = { ...env, GIT_INDEX_FILE: path.join(folder, 'index') };
	const withIndex = async (...args) =>
		await run('git', args, { cwd: clone, env: index, timeoutMs: MINUTE, what: `git ${args[0]}` });
	await withIndex('read-tree', 'HEAD');
	await withIndex('add', '--all');

	return (await withIndex('write-tree')).trim();
}

/** The processes of a group. */
async function processesOf(group) {
	const list = await run('ps', ['-e', '-o', 'pid=,pgid='], { timeoutMs: MINUTE, what: 'ps' });

	return list
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number))
		.filter(([, pgid]) => pgid === group)
		.map(([pid]) => pid);
}

/** What is to be run here, each once, in the order of the pages. */
async function planOf({ clone }) {
	const facts = await readFacts();
	const seen = new Set();
	const planned = commands
		.allCommands(clone)
		.filter((entry) => wayOf(entry, facts).by === 'docs')
		.map((entry) => ({ ...entry, rule: ruleFor(entry.command) }))
		.filter(({ page, command, rule }) => {
			const key = rule.everyTime ? `${page} ${command}` : command;
			const isNew = !seen.has(key);
			seen.add(key);

			return isNew;
		});

	return [
		...planned.filter(({ rule }) => rule.first),
		...planned.filter(({ rule }) => !rule.first),
	];
}

async function tryCommand({ page, command, rule }, context, stage, verdicts) {
	const filled = fillIn(command, context.facts);
	const tried = `${page}: ${command}`;
	await rule.before?.(context);
	const before = await context.snapshot();
	const began = Date.now();
	const end = await stage(
		filled === command ? tried : `${tried} (as ${filled})`,
		async () => await (rule.open === undefined ? runToEnd : runUntilStopped)(filled, rule, context),
	);
	const after = await context.snapshot();
	const outcome = {
		...end,
		command: filled,
		changedBefore: await context.changedSince('HEAD', before),
		changed: await context.changedSince(before, after),
	};
	const allowed = rule.changes?.(outcome) ?? [];
	const strange = outcome.changed.filter((file) => !allowed.includes(file));
	const claims = {
		...(rule.open !== undefined
			? { 'it ends when Ctrl-C is pressed, and says nothing more': end.quietly }
			: !rule.mayFail && { 'it ends without an error': end.code === 0 }),
		...(end.failure === undefined ? await rule.claims(outcome, context) : { [end.failure]: false }),
		'no other file of the repository changes': strange.length === 0,
	};
	const cameOut = [
		end.code === null ? (end.signal ?? 'stopped') : `exit code ${end.code}`,
		`${((Date.now() - began) / 1000).toFixed(0)} s`,
		...(strange.length > 0 ? [`changed: ${strange.join(', ')}`] : []),
	];
	verdicts.add(tried, cameOut.join(', '), claims);
	if (!Object.values(claims).every(Boolean))
		console.log(`\n---- ${filled}\n${tail(end.output, 60)}\n----`);
}

async function runToEnd(command, { minutes = 10 }, { clone, env }) {
	const child = start('sh', ['-c', command], { cwd: clone, env });
	const end = await within(child.ended, minutes * MINUTE);
	if (end === undefined) await child.stop(5_000);

	return {
		code: end?.code ?? null,
		signal: end?.signal,
		output: child.output(),
		...(end === undefined && { failure: `it ends within ${minutes} minutes` }),
	};
}

/** Waits until it says that it is ready, looks at it, and presses Ctrl-C. */
async function runUntilStopped(command, rule, context) {
	const { clone, env } = context;
	const { minutes = 10, open, whileOpen } = rule;
	const child = start('sh', ['-c', `exec ${command}`], { cwd: clone, env });
	let seen;
	let failure;
	try {
		const state = await waitFor(
			`"${command}" to be ready`,
			async () => (child.isRunning() ? open.test(child.output()) && 'open' : 'ended'),
			{ timeoutMs: minutes * MINUTE },
		);
		if (state === 'ended') failure = 'it stays until it is stopped';
		else seen = await whileOpen({ output: child.output(), group: child.pid, context });
	} catch (error) {
		failure = `it can be looked at (${error.message})`;
	}
	// Ctrl-C reaches every process of the terminal's group.
	if (child.isRunning()) child.kill('SIGINT');
	const end = await within(child.ended, MINUTE);
	if (end === undefined) await child.stop(5_000);
	const afterwards = child.output().split(open).at(-1);

	return {
		code: end?.code ?? null,
		signal: end?.signal,
		output: child.output(),
		seen,
		failure,
		// npm itself ends by the signal, whatever the program ends with: what it says must do.
		quietly:
			(end?.code === 0 || end?.signal === 'SIGINT') &&
			afterwards.replace('Stopping ...', '').trim() === '',
	};
}
