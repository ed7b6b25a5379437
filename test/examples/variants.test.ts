/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- reads the checks of the examples, which are modules of another kind */
import { execFileSync } from 'node:child_process';
import { ROOT } from '../structure/node';
import { valuesOf, VARIANT_NAMES, type VariantName } from '../stand-in';
import { files } from './workflows';

interface Run {
	switches: { [name: string]: string };
	because: string;
}

/** What the checks of the examples and the list of what is not tried say, read by a process of its own. */
const { runs, notTried } = JSON.parse(
	execFileSync(
		process.execPath,
		[
			'--input-type=module',
			'--eval',
			`import { exampleNames, readCheck } from './e2e/lib/examples.mjs';
import { NOT_TRIED } from './e2e/lib/variants.mjs';
const runs = {};
for (const name of await exampleNames()) runs[name] = (await readCheck(name))?.variants ?? [];
console.log(JSON.stringify({ runs, notTried: NOT_TRIED }));`,
		],
		{ cwd: ROOT, encoding: 'utf8' },
	),
) as { runs: { [example: string]: Run[] }; notTried: { [name: string]: string } };

const all = Object.values(runs).flat();
const tried = new Set(all.flatMap(({ switches }) => Object.keys(switches)));

test('every switch of the stand-in is tried with an example, or is said not to be, with the reason', () => {
	expect(Object.keys(runs)).toEqual(files.map(({ name }) => name).sort());
	expect([...tried, ...Object.keys(notTried)].sort()).toEqual([...VARIANT_NAMES].sort());
	for (const reason of [...Object.values(notTried), ...all.map(({ because }) => because)])
		expect(reason).toMatch(/\w{3,} \w+/);
});

test('the runs turn switches to values that are there and are not the default', () => {
	const isName = (name: string): name is VariantName => VARIANT_NAMES.some((each) => each === name);
	for (const { switches } of all)
		for (const [name, value] of Object.entries(switches))
			expect([name, isName(name) && valuesOf(name).slice(1).includes(value)]).toEqual([name, true]);
});
