/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- a tool of the repository, not a part of the package */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../nodes/Memberspot/transport/clock';
import { loadContract } from '../../test/stand-in/contract';
import { compareApis, type Difference } from './compare';
import { contractFacts, contractText } from './contract';
import type { Evidence } from './evidence';
import { judgeAll } from './findings';
import { createHttp } from './http';
import { createObserver, isRow } from './observer';
import { HELP, readOptions, type Options } from './options';
import { diffOf, regrade } from './patch';
import { CannotRun } from './problem';
import { mostReads, observeReads } from './reads';
import {
	countVerdicts,
	isLocal,
	LOCAL_NOTICE,
	markdown,
	terminalText,
	type Report,
} from './report';
import { evidenceOf, readSwagger } from './swagger';
import { checkThrowAway, mostWrites, observeWrites, type WriteOptions } from './writes';

/** The world as the tool sees it. */
export interface Surroundings {
	out(text: string): void;
	err(text: string): void;
	/** Asks the person at the terminal; undefined where nobody is there. */
	prompt(question: string): Promise<string | undefined>;
	env: { readonly [name: string]: string | undefined };
	clock: Pick<Clock, 'now' | 'sleep'>;
	/** How long an answer may take. */
	timeoutMs: number;
	/** Tells the tool to stop, and is told whether it has to be waited for. */
	stop: Stop;
}

/** How a person ends a run early. */
export interface Stop {
	/** Whether the person has asked for it. */
	requested: boolean;
	/** Whether something may have been written that has to be taken back first. */
	holds: boolean;
}

/** Exit codes: all held or open, something is wrong, could not run. */
export type ExitCode = 0 | 1 | 2;

/** The whole tool. It never throws for what can go wrong outside of it. */
export async function checkApi(args: readonly string[], world: Surroundings): Promise<ExitCode> {
	try {
		const facts = contractFacts();
		const options = readOptions(args, world.env, facts.points);
		if (options === 'help') {
			world.out(HELP);

			return 0;
		}
		// Before anything is asked or written, so that no result is lost for want of a folder.
		if (options.out !== undefined) prepareFolder(options.out);
		const report = await examine(options, world);
		if (options.out !== undefined) writeFiles(options.out, report, world);
		world.out(options.json ? `${JSON.stringify(report, null, '\t')}\n` : terminalText(report));
		if (report.interrupted !== undefined) return 2;
		const differs = report.differences !== undefined && report.differences.length > 0;

		return countVerdicts(report.findings).wrong > 0 || differs ? 1 : 0;
	} catch (error) {
		if (!(error instanceof CannotRun)) throw error;
		world.err(`check-api could not run. ${error.message}\n`);

		return 2;
	}
}

async function examine(options: Options, world: Surroundings): Promise<Report> {
	const facts = contractFacts();
	const began = new Date(world.clock.now()).toISOString();
	const mark = `check-api-${randomBytes(6).toString('hex')}`;
	const evidence: Evidence = {
		answers: {},
		reads: { lists: {}, ends: [], errors: [], limits: {}, tooMany: 0 },
		seen: options.seen,
	};
	const http = createHttp({
		baseUrl: options.baseUrl,
		apiKey: options.apiKey,
		wrongKey: `${mark}-is-no-key`,
		clock: world.clock,
		timeoutMs: world.timeoutMs,
	});
	const observer = createObserver(http, await loadContract(), facts, evidence);
	const nobody = `${mark}@example.com`;
	const reading = { ...options, nobody };
	announce(options, mostReads(reading), world);

	// A file that can't be read should say so before anything is asked.
	let theirs = options.swagger === undefined ? undefined : await readSwagger(options.swagger);
	const found = await observeReads(observer, reading);
	evidence.reads.tooMany = http.tooMany;
	let swaggerProblem: string | undefined;
	if (theirs === undefined && isRow(found.swagger)) {
		try {
			theirs = await readSwagger(JSON.stringify(found.swagger));
		} catch (error) {
			// Theirs is no reason to lose what was read.
			if (!(error instanceof CannotRun)) throw error;
			swaggerProblem = error.message;
		}
	}
	let differences: Difference[] | undefined;
	if (theirs !== undefined) {
		differences = compareApis(theirs, await readSwagger(contractText()));
		evidence.swagger = evidenceOf(theirs);
	}

	let leftBehind: string[] = [];
	let interrupted: string | undefined;
	if (options.writes !== undefined) {
		const writing: WriteOptions = {
			...options.writes,
			nobody,
			mark,
			clock: world.clock,
			stopped: () => world.stop.requested,
		};
		const isThere = await checkThrowAway(observer, writing);
		if (!options.writes.yes) await confirm(world, isThere);
		world.stop.holds = true;
		({ leftBehind, interrupted } = await observeWrites(observer, writing));
	}

	return {
		began,
		baseUrl: options.baseUrl,
		requests: http.requests,
		findings: judgeAll(evidence, facts),
		...(differences === undefined
			? {}
			: { swaggerFrom: options.swagger === undefined ? 'the API' : 'a file', differences }),
		...(swaggerProblem === undefined ? {} : { swaggerProblem }),
		leftBehind,
		...(interrupted === undefined ? {} : { interrupted }),
		evidence,
	};
}

function announce({ baseUrl, writes }: Options, reads: number, world: Surroundings): void {
	const lines = [
		`Asks ${baseUrl}, at most ${reads} times for reading, at most four times a second. What is answered with 429 (too many requests) is asked again after a pause.`,
		'It reads offers, properties, up to 250 users and some of their progress. Nothing of it is kept but shapes and counts.',
	];
	if (writes === undefined) lines.push('It writes nothing.');
	else
		lines.push(
			'Then it looks whether the throw-away user may be a real member, for which it reads user lists of the offers.',
			`After that it sends up to ${mostWrites(writes)} writes for the throw-away user, and reads in between: it grants, pauses and removes ${writes.otherOfferId === undefined ? 'the offer' : 'the offers'}, writes property values, makes a login token${writes.deleteUser ? ', and DELETES the user' : ''}. Memberspot may send the user mail.`,
		);
	world.err(`${lines.join('\n')}\n\n`);
}

async function confirm(world: Surroundings, isThere: boolean): Promise<void> {
	const answer = await world.prompt(
		`Reading is done. ${isThere ? 'The throw-away user IS THERE already. ' : ''}Type "write" to go on and write for the throw-away user: `,
	);
	if (answer === undefined)
		throw new CannotRun(
			'Nobody is there to confirm the writes. Give --yes if you are sure. Nothing was written.',
		);
	if (answer.trim() !== 'write')
		throw new CannotRun('The writes were not confirmed. Nothing was written.');
}

/** Stands before the patch, where git passes over it. */
function notice({ baseUrl }: Report): string {
	return isLocal(baseUrl) ? `${LOCAL_NOTICE}\n\n` : '';
}

function prepareFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK);
	} catch {
		throw new CannotRun("The folder named with --out can't be made or written to.");
	}
}

/** The patch for the contract; undefined where it can't be made, which must cost no other result. */
function patchOf(report: Report): string | undefined {
	const before = contractText();
	const after = regrade(before, report.findings, report.began.slice(0, 10));
	try {
		return diffOf(before, after);
	} catch {
		return undefined;
	}
}

function writeFiles(folder: string, report: Report, world: Surroundings): void {
	const files: { [name: string]: string } = {
		'report.md': markdown(report),
		'report.json': `${JSON.stringify(report, null, '\t')}\n`,
	};
	const patch = patchOf(report);
	if (patch === undefined)
		world.err('git is not there or has failed, so there is no contract.patch.\n');
	else files['contract.patch'] = `${notice(report)}${patch}`;
	try {
		for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	} catch {
		// What was found is still printed.
		world.err("The folder named with --out can't be written to any more.\n\n");

		return;
	}
	world.err(`Written to the folder given with --out: ${Object.keys(files).join(', ')}.\n\n`);
}
