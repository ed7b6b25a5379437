/* eslint-disable @n8n/community-nodes/no-restricted-globals -- says how many cases there were */
import type { INodeParameterResourceLocator, INodeParameters } from 'n8n-workflow';
import { createEngine, type Engine } from '../support/engine';
import { expectToFitSchema } from '../support/schema';
import { useServer } from '../support/setting';
import { isRecord } from '../../nodes/Memberspot/values/text';
import { systemClock } from '../../nodes/Memberspot/transport/clock';
import { MATRIX, type MatrixCase } from './cases';
import { Loop } from './loop';
import { label, TURNS, turned, variantsWith, type Turn } from './matrix';

/** Nothing here is about time: a pause is over as soon as it has begun, for node and stand-in alike. */
const clock = {
	time: Date.UTC(2026, 0, 1),
	now: () => clock.time,
	async sleep(ms: number) {
		clock.time += ms;
		await Promise.resolve();
	},
};
const loop = new Loop();
beforeEach(async () => await loop.begin());
const server = useServer({ clock });
let engine: Engine;
let runs = 0;
beforeAll(async () => {
	engine = await createEngine({ line: '2.41' });
});
beforeEach(() => {
	jest.spyOn(systemClock, 'now').mockImplementation(clock.now);
	jest.spyOn(systemClock, 'sleep').mockImplementation(clock.sleep);
});
afterEach(() => {
	jest.restoreAllMocks();
});
afterAll(() => {
	process.stdout.write(`matrix in n8n's engine: ${runs} runs with one switch or none\n`);
});

/**
 * Every parameter by expressions that take it from the item. Collections and the mapper hold an
 * expression for each entry, as n8n saves them, also where an entry is a list of entries; a locator is
 * one as a whole, since its mode differs.
 */
function byExpression(items: ReturnType<MatrixCase['items']>): INodeParameters {
	const names = [...new Set(items.flatMap((item) => Object.keys(item)))];

	return Object.fromEntries(names.map((name) => [name, expressionFor(items.map((item) => item[name]), `$json[${JSON.stringify(name)}]`)]));
}

function expressionFor(values: unknown[], path: string): INodeParameterResourceLocator | INodeParameters | INodeParameters[] | string {
	const lists = values.filter((value): value is unknown[] => Array.isArray(value));
	if (path.includes('?.') && lists.some((list) => list.some(isRecord))) {
		const length = Math.max(...lists.map((list) => list.length));

		return Array.from({ length }, (_, place): INodeParameters => ({ ...(expressionFor(lists.map((list) => list[place]), `${path}?.[${place}]`) as INodeParameters) }));
	}
	const objects = values.filter(isRecord);
	if (objects.length === 0 || (!path.includes('?.') && objects.some((object) => '__rl' in object))) return `={{ ${path} }}`;
	const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))];
	const fixed = Object.fromEntries(keys.filter((key) => ['__rl', 'mode', 'mappingMode'].includes(key)).map((key) => [key, objects[0][key]]));
	const entries = keys.filter((key) => !(key in fixed)).map((key) => [key, expressionFor(objects.map((object) => object[key]), `${path}?.[${JSON.stringify(key)}]`)]);

	return { ...(fixed as INodeParameters), ...Object.fromEntries(entries) };
}

async function tryCase({ name, items: itemsOf, prepare, check, forbidden }: MatrixCase, turns: readonly Turn[]): Promise<void> {
	const { standIn } = server;
	const variants = variantsWith(turns);
	standIn.reset();
	standIn.setVariants(turned(turns));
	prepare?.(standIn);
	const [resource, operation] = name.split('.');
	const items = itemsOf(variants).map((item, number) => ({ ...item, number }));
	const run = await engine.memberspot({ resource, operation, ...byExpression(itemsOf(variants)) }, items, { credentials: server.credential() });
	runs++;

	const refusal = variants.apiPlan === 'missing' ? /^Memberspot refused this request/ : forbidden?.(variants);
	if (refusal !== undefined) {
		expect(run.status).toBe('error');
		expect(run.error?.message).toMatch(refusal);
		return;
	}
	if (run.error !== undefined) throw new Error(`stopped: ${run.error.message}\n${run.error.description ?? ''}`);
	expectToFitSchema(resource, operation, run.items);
	// n8n links every row to an item, and the rows are in the order of the items.
	const numbers = run.links.map((link) => ('broken' in link ? link.broken : link.json.number));
	expect(numbers).toEqual([...numbers].sort());
	check({ rows: run.items.map(({ json }) => json), variants, standIn });
	expect(standIn.violations).toEqual([]);
}

test.each(MATRIX.map((matrixCase) => [matrixCase.name, matrixCase] as const))(
	'%s, each switch alone',
	async (_name, matrixCase) => {
		const failures: string[] = [];
		await loop.over([[], ...TURNS.map((turn) => [turn])], async (turns) => {
			await tryCase(matrixCase, turns).catch((error: unknown) => failures.push(`${label(turns)}: ${error instanceof Error ? error.message : String(error)}`));
		});
		expect(failures).toEqual([]);
	},
	// A run takes a tenth of a second, and many times that where other work shares the machine.
	300_000,
);
