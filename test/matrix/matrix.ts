/* eslint-disable @n8n/community-nodes/no-restricted-globals -- says how many cases there were */
import type { RunSpec } from '../support/context';
import { expectToFitSchema } from '../support/schema';
import { linksOf, useStandIn, type Setting } from '../support/setting';
import { defaultVariants, valuesOf, VARIANT_NAMES, type StandIn, type VariantName, type Variants } from '../stand-in';
import { MATRIX, type MatrixCase } from './cases';
import { Loop } from './loop';

/** One switch in one of its positions that is not the default. */
export interface Turn {
	name: VariantName;
	value: string;
}

/** Every switch in every position but the default one. */
export const TURNS: readonly Turn[] = VARIANT_NAMES.flatMap((name) =>
	valuesOf(name)
		.slice(1)
		.map((value) => ({ name, value })),
);

/** The switches with some turned. */
export function turned(turns: readonly Turn[]): Partial<Variants> {
	return Object.fromEntries(turns.map(({ name, value }) => [name, value]));
}

/** All switches, with some turned. */
export function variantsWith(turns: readonly Turn[]): Variants {
	return { ...defaultVariants(), ...turned(turns) };
}

/** Every two switches that are not the same one, in every position but the default ones. */
const PAIRS: ReadonlyArray<readonly [Turn, Turn]> = TURNS.flatMap((first, index) =>
	TURNS.slice(index + 1)
		.filter(({ name }) => name !== first.name)
		.map((second) => [first, second] as const),
);

/** One in so many of the pairs that need no run is run. */
const SAMPLE = 200;
/** Limit for all pairs of an operation, on a slow machine. */
const LONGEST_MS = 600_000;

/** The turned switches, for a message. */
export const label = (turns: readonly Turn[]) => (turns.length === 0 ? 'defaults' : turns.map(({ name, value }) => `${name}=${value}`).join(' '));

/** Parameters for the executor: each item its own. */
function parametersOf(items: ReturnType<MatrixCase['items']>): RunSpec['parameters'] {
	const names = new Set(items.flatMap((item) => Object.keys(item)));

	return Object.fromEntries([...names].map((name) => [name, (item: number) => items[item][name]]));
}

/**
 * Notes which switches the stand-in looks at. A switch that nobody looks at in a run can't change it:
 * so a pair of switches needs no run of its own when one of them alone leaves the other unread.
 */
class Watch {
	private seen = new Set<VariantName>();

	constructor(variants: Variants) {
		for (const name of VARIANT_NAMES) {
			let current: unknown = variants[name];
			Object.defineProperty(variants, name, {
				get: () => {
					this.seen.add(name);
					return current;
				},
				set: (value: unknown) => {
					current = value;
				},
			});
		}
	}

	begin(): void {
		this.seen = new Set();
	}

	end(): ReadonlySet<VariantName> {
		return this.seen;
	}
}

/** Runs one case. @throws where an invariant does not hold */
async function tryCase(setting: Setting, matrixCase: MatrixCase, turns: readonly Turn[]): Promise<void> {
	const { standIn } = setting;
	const variants = variantsWith(turns);
	standIn.setVariants(variants);
	const items = matrixCase.items(variants);
	const before = matrixCase.writes ? standIn.school.snapshot() : undefined;
	const result = await setting.run(matrixCase.name, parametersOf(items), { items: items.map(() => ({})) });

	const forbidden = variants.apiPlan === 'missing' ? /^Memberspot refused this request/ : matrixCase.forbidden?.(variants);
	if (forbidden === undefined) {
		if (result.error !== undefined) throw new Error(`stopped: ${result.error.message}\n${result.error.description ?? ''}`);
		const [resource, operation] = matrixCase.name.split('.');
		expectToFitSchema(resource, operation, result.items);
		const links = linksOf(result).map(Number);
		expect(links).toEqual([...links].sort((a, b) => a - b));
		matrixCase.check({ rows: result.items.map(({ json }) => json), variants, standIn });
	} else {
		expect(result.error?.message).toMatch(forbidden);
		if (variants.apiPlan === 'missing') expect(standIn.school.snapshot()).toEqual(before ?? standIn.school.snapshot());
	}
	expect(standIn.violations).toEqual([]);
	// No run goes on for ever, and none waits where nothing asks for it.
	expect(standIn.log.count()).toBeLessThan(60);
}

/** Prepares for the next case. A school that nobody has changed is kept. */
function tidy(standIn: StandIn, { writes, prepare }: MatrixCase): void {
	if (writes) standIn.reset();
	else standIn.log.clear();
	prepare?.(standIn);
}

/**
 * The matrix of operations and switches: each switch alone, and every pair of two.
 *
 * @param share the part of the operations, so that files can run side by side: `[2, 3]` is the second of three
 */
export function describeMatrix([part, parts]: [part: number, parts: number]): void {
	const cases = MATRIX.filter((_case, index) => index % parts === part - 1);
	const loop = new Loop();
	beforeEach(async () => await loop.begin());
	const setting = useStandIn();
	let watch: Watch;
	const counts = { single: 0, pairs: 0, same: 0 };
	beforeAll(() => {
		watch = new Watch(setting.standIn.variants);
	});
	afterAll(() => {
		process.stdout.write(`matrix ${part}/${parts}: ${counts.single} runs with one switch or none, ${counts.pairs} with two; ${counts.same} more pairs can not differ, since one switch leaves the other unread (one in ${SAMPLE} was run)\n`);
	});

	describe.each(cases.map((matrixCase) => [matrixCase.name, matrixCase] as const))('%s', (_name, matrixCase) => {
		/** What the stand-in looked at, by the switch that was turned. */
		const read = new Map<Turn, ReadonlySet<VariantName>>();
		const attempt = async (turns: readonly Turn[], failures: string[]): Promise<ReadonlySet<VariantName>> => {
			tidy(setting.standIn, matrixCase);
			watch.begin();
			try {
				await tryCase(setting, matrixCase, turns);
			} catch (error) {
				failures.push(`${label(turns)}: ${error instanceof Error ? error.message : String(error)}`);
			}

			return watch.end();
		};

		test(
			'each switch alone',
			async () => {
				const failures: string[] = [];
				await loop.over([undefined, ...TURNS], async (turn) => {
					const looked = await attempt(turn === undefined ? [] : [turn], failures);
					if (turn !== undefined) read.set(turn, looked);
				});
				counts.single += TURNS.length + 1;
				expect(failures).toEqual([]);
			},
			LONGEST_MS,
		);

		test(
			'every two switches together',
			async () => {
				const failures: string[] = [];
				await loop.over(PAIRS, async ([first, second]) => {
					const needed = read.get(first)?.has(second.name) === true && read.get(second)?.has(first.name) === true;
					// A few of those that need none are run all the same, to see that they don't.
					if (needed) counts.pairs++;
					else if (++counts.same % SAMPLE !== 0) return;
					await attempt([first, second], failures);
				});
				expect(failures).toEqual([]);
			},
			LONGEST_MS,
		);
	});
}
