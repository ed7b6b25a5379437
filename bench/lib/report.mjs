import { PEER } from './peer.mjs';
import { count, megabytes, seconds } from './scenarios.mjs';

const NAMES = {
	raw: 'raw loop (axios)',
	min: 'min node (engine floor)',
	node: '**this node**',
	peer: `${PEER.name} ${PEER.version} (one run)`,
};

/** One scenario with all its subjects. */
export function scenarioTable({ scenario, figures }) {
	const range = ([low, high], runs) => (runs === 1 ? '' : ` (${seconds(low)}–${seconds(high)})`);
	const times = (value, other) =>
		other === undefined || other === value ? '–' : (value / other).toFixed(2);
	const names = { ...NAMES, asSetFirst: `**this node**, ${scenario.asSetFirst}` };
	const rows = Object.entries(figures).map(([subject, each]) => [
		names[subject],
		count(each.requests),
		String(each.maxInFlight),
		String(each.refused),
		count(each.items),
		String(each.failed),
		`${seconds(each.wallMs)}${range(each.wallRangeMs, each.runs)}`,
		times(each.wallMs, figures.raw?.wallMs),
		`${seconds(each.cpuMs)}${range(each.cpuRangeMs, each.runs)}`,
		times(each.cpuMs, figures.min?.cpuMs),
		megabytes(each.rssGrowthBytes),
	]);
	const head = [
		'',
		'requests',
		'in flight',
		'429',
		'items',
		'failed',
		'time',
		'÷ raw',
		'CPU',
		'÷ min',
		'memory',
	];

	return `### ${scenario.id}. ${scenario.title}\n\n${table(head, rows)}`;
}

/** Loading and size. */
export function sizeTable({ node, peer, packedBytes, unpackedBytes, files }) {
	const load = ({ ms, cpuMs, heapBytes, made, modules }) =>
		`${ms.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)} ms) for ${made} classes in ${modules} files, heap +${Math.round(heapBytes / 1_000)} KB`;
	const rows = [
		['load all nodes and credentials, n8n-workflow already loaded', load(node)],
		...(peer === undefined ? [] : [[`the same for ${PEER.name} ${PEER.version}`, load(peer)]]),
		[
			'package',
			`${count(packedBytes)} B packed, ${count(unpackedBytes)} B unpacked, ${files} files`,
		],
	];

	return `### 6. Loading and size\n\nLoading happens once, when n8n starts. Most of it is Node looking for the files and compiling them one by one; nothing is bundled, so that what is published can be read beside its source.\n\n${table(['', ''], rows)}`;
}

/** What the bench of Sync Access printed. */
export function syncSection(printed) {
	return `### 7. Sync Access\n\nOne run, with the sources in the tests' own context instead of n8n's engine. 0 ms an answer.\n\n${printed}`;
}

/** Each target beside what was measured. Small sizes are not judged: what a process does once weighs too much there. */
export function targetTable({ results, size, quick }) {
	const word = (met) => (quick ? 'small size, not judged' : met ? 'met' : 'missed');
	const rows = results.map(({ scenario, figures }) => {
		const parts = scenario.judge(figures);

		return [
			scenario.id,
			scenario.title,
			scenario.target,
			parts.map(({ measured }) => measured).join(', '),
			word(parts.every(({ met }) => met)),
		];
	});
	if (size !== undefined) {
		const { node, unpackedBytes, target } = size;
		const measured = `${node.ms.toFixed(1)} ms, ${count(Math.round(unpackedBytes / 1_000))} KB`;
		rows.push([
			'6',
			'Loading and size',
			target.text,
			measured,
			word(node.ms <= target.ms && unpackedBytes <= target.bytes),
		]);
	}

	return table(['#', 'scenario', 'target', 'measured', ''], rows);
}

/** The whole page docs/benchmarks.md. */
export function page(report) {
	const { date, machine, after, runs, results, size, sync } = report;
	const peer = results.some(({ figures }) => figures.peer !== undefined);

	return `# Benchmarks

[All pages](README.md)

This page is written by \`npm run bench -- --write\`. Do not edit it.

Measured on ${date.toISOString().slice(0, 10)}: ${machine.cores} cores (${machine.model}), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, n8n-core ${machine.core} with axios ${machine.engineAxios}, the raw loop with axios ${machine.rawAxios}. Median of ${runs} ${runs === 1 ? 'run' : 'runs'}, each in a process of its own. Load average of the machine: ${machine.load.toFixed(1)} at the start, ${after.load.toFixed(1)} at the end${Math.max(machine.load, after.load) > machine.cores ? '. **The machine was busy with other work**, so times are too long and scatter; ratios between rows of one table and CPU time suffer less' : ''}.

## What the numbers mean, and what they do not

- **Nothing here was measured against Memberspot.** The server is this package's own stand-in on the same machine. That an answer takes 50 ms, that a page holds 100 users and how exactly 4 requests a second are counted are assumptions. Real times depend on the network and on Memberspot.
- **raw loop** is a plain Node script with axios. It does the same requests and nothing else: the limit. Its connections stay open. n8n opens a new one for each request, which costs next to nothing on one machine, and real time over the Internet: there, fewer requests count for more than here.
- **min node** is the smallest possible n8n node on n8n's own request helper, without checks, retries or pacing: about what n8n itself costs any node. A row can come out somewhat below it all the same, since runs scatter (most of all those at 0 ms) and no two nodes use memory alike.
- **this node** is the built package in n8n's own engine, with parameters as in a saved workflow. It has Simplify off and Check Each Address First off where the row does not say otherwise, since the other subjects do neither. Both are on in a new node: Simplify gives custom properties their names, which takes one request more; the check looks each address up before deleting it, which takes one request for each.${peer ? `\n- **${PEER.name}** is the other public package for Memberspot, as published. To read all users it needs a loop built by hand; the loop here leaves out the nodes that would split the pages into users, so its items are pages.` : ''}
- *in flight*: most requests under way at once, as the server saw it. *429*: requests that the server refused. *÷ raw*: time beside the raw loop. *÷ min*: CPU time beside the min node. *memory*: growth of the process from the moment before the work to its peak.
- Times and memory change with the machine and from run to run. Requests, items, failures, links and requests in flight do not: \`npm run bench\` fails when they are wrong, and never because something was slow.

## Targets

${targetTable(report)}

## Figures

${results.map(scenarioTable).join('\n\n')}

${sizeTable(size)}

${syncSection(sync)}

## Run it yourself

\`\`\`sh
npm run bench
npm run bench -- --quick
npm run bench -- --only 2,5 --runs 5
npm run bench -- --peer
\`\`\`

The first takes some minutes, the second less than one. \`--peer\` also installs the other package from npm into \`.cache\` and runs it once.
`;
}

function table(head, rows) {
	const line = (cells) => `| ${cells.join(' | ')} |`;

	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
