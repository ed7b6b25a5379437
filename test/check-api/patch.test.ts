/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- applies patches in a folder of its own */
import { spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { CONTRACT, contractText, ROOT } from '../../scripts/check-api/contract';
import { regrade } from '../../scripts/check-api/patch';
import { fixtures, startStandIn } from '../stand-in';
import { reportOf, runTool, SleptClock, type Run } from './run';

/** What the contract's own tools need. */
const PARTS = [
	'api',
	'docs/api.md',
	'nodes/Memberspot/transport/contract',
	'scripts/contract',
	'package.json',
	'redocly.yaml',
	'.prettierrc.js',
];

let run: Run;

beforeAll(async () => {
	const clock = new SleptClock();
	const standIn = await startStandIn({
		clock,
		variants: { offersEnvelope: 'data', uidCase: 'lower' },
	});
	run = await runTool({ url: standIn.url, apiKey: standIn.apiKey, clock }, [
		...[
			'--allow-writes',
			'--user',
			'throw-away@example.com',
			'--offer',
			fixtures.OFFERS.empty.id,
			'--yes',
			'--delete-user',
		],
		...['--seen', 'webhooks-exist=yes', '--exam', fixtures.EXAMS.excel.id],
	]);
	await standIn.close();
}, 60_000);

/** Everything but what the patch may change. */
function rest(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (key, part: unknown) =>
			['settled', 'x-certainty', 'x-source', 'certainty', 'source'].includes(key)
				? undefined
				: part,
		),
	);
}

test('raises what held, notes what is settled, and touches nothing else', () => {
	const before = contractText();
	const { findings } = reportOf(run);
	const after = regrade(before, findings, '2026-06-01');
	const contract = parse(after);

	expect(rest(contract)).toEqual(rest(parse(before)));
	expect(contract.components.schemas.UserList).toMatchObject({
		'x-certainty': 'measured',
		'x-source': expect.stringMatching(/; check-api$/),
	});
	// These were wrong: their text is for people to change.
	expect(contract.components.schemas.OfferList['x-certainty']).toBe('two-clients');
	expect(contract.components.schemas.User.properties.uid['x-certainty']).toBe('one-client');
	expect(contract.paths['/v1/offers'].get['x-certainty']).toBe('measured');
	expect(contract.paths['/v1/chapters/chapter-access/enable'].post['x-certainty']).toBe(
		'two-clients',
	);
	const settled = (id: string) =>
		contract['x-unknowns'].find((point: { id: string }) => point.id === id).settled;
	expect(settled('list-envelope')).toHaveLength(5);
	expect(settled('uid-case')).toEqual([
		{ what: 'uid-case', verdict: 'wrong', reading: 'lower', from: 'calls', day: '2026-06-01' },
	]);
	expect(settled('webhooks-exist')).toEqual([
		{
			what: 'webhooks-exist',
			verdict: 'held',
			reading: 'yes',
			from: 'a person',
			day: '2026-06-01',
		},
	]);
	expect(settled('cursor-lifetime')).toBeUndefined();
	expect(regrade(after, findings, '2026-06-01')).toBe(after);
});

test('a later run replaces the notes of an earlier one', () => {
	const { findings } = reportOf(run);
	const early = regrade(contractText(), findings, '2026-01-01');
	const late = regrade(early, findings, '2026-06-01');

	expect(late).toBe(regrade(contractText(), findings, '2026-06-01'));
});

test('is taken by git, and the contract is well afterwards', () => {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-patch-'));
	const call = (command: string, ...args: string[]) => {
		const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });

		return [status, status === 0 ? '' : stdout + stderr];
	};
	try {
		for (const part of PARTS) {
			mkdirSync(dirname(join(folder, part)), { recursive: true });
			cpSync(join(ROOT, part), join(folder, part), { recursive: true });
		}
		symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
		writeFileSync(join(folder, 'contract.patch'), run.files['contract.patch']);

		expect(call('git', 'init', '--quiet')).toEqual([0, '']);
		expect(call('git', 'apply', 'contract.patch')).toEqual([0, '']);
		expect(call(process.execPath, 'scripts/contract/generate.mjs')).toEqual([0, '']);
		expect(call(process.execPath, 'scripts/contract/generate.mjs', '--check')).toEqual([0, '']);
		expect(call(process.execPath, 'scripts/contract/lint.mjs')).toEqual([0, '']);
		expect(readFileSync(join(folder, CONTRACT), 'utf8')).toBe(
			regrade(contractText(), reportOf(run).findings, '2026-06-01'),
		);
		const docs = readFileSync(join(folder, 'docs', 'api.md'), 'utf8');
		expect(docs).toContain(
			'Settled for `uid-case` on 2026-06-01, by calls: `lower`. The assumption was wrong.',
		);
		expect(docs).toContain('What is graded `measured` was checked against the live API');
	} finally {
		rmSync(folder, { recursive: true });
	}
}, 60_000);
