import type { ContractFacts, Point } from './contract';
import type { Evidence } from './evidence';
import { PROBES, UNSETTLED, type Conclusion, type Probe } from './probes';

/** Held and wrong speak of the assumption, not of the node. */
export type Verdict = 'held' | 'wrong' | 'open';

/** One row of the table: an assumption and what became of it. */
export interface Finding {
	/** Id of the probe; `answer/<operation>` for the form of an answer. */
	id: string;
	/** Open point of the contract; none for the form of an answer. */
	point?: string;
	assumption: string;
	verdict: Verdict;
	/** The reading that was found, by its name in the contract. */
	reading?: string;
	says: string;
	/** What it means for the node. */
	forTheNode: string;
	/** Where it comes from. */
	from: 'calls' | 'the Swagger file' | 'a person' | 'nothing';
}

/** Judges every probe, every point that is left to people, and the form of every answer. Pure. */
export function judgeAll(evidence: Evidence, facts: ContractFacts): Finding[] {
	return [
		...PROBES.map((probe) => judged(probe, pointOf(facts, probe.point), evidence)),
		...UNSETTLED.map(({ point, why, assumes }) =>
			leftToPeople(pointOf(facts, point), why, assumes, evidence.seen[point]),
		),
		...Object.entries(evidence.answers).map(([operationId, answer]): Finding => {
			const news =
				answer.unknownFields.length === 0
					? ''
					: ` Not in our description: ${answer.unknownFields.join(', ')}.`;

			return {
				id: `answer/${operationId}`,
				assumption: 'The answer is as described.',
				verdict: answer.fits ? 'held' : 'wrong',
				says: `Status ${answer.status}, ${answer.shape}.${news}`,
				forTheNode: answer.fits
					? 'Nothing changes.'
					: 'The node passes unknown fields on, and reads the known ones where they are. The description needs a change.',
				from: 'calls',
			};
		}),
	];
}

function judged(probe: Probe, point: Point, evidence: Evidence): Finding {
	const conclusion = probe.judge(evidence);
	const seen = evidence.seen[probe.point];
	if ('open' in conclusion && seen !== undefined)
		return {
			...verdictOf(probe, point, { reading: seen, says: 'So a person says who looked.' }),
			from: 'a person',
		};

	return {
		...verdictOf(probe, point, conclusion),
		from: originOf(conclusion),
	};
}

function originOf(conclusion: Conclusion): Finding['from'] {
	if ('open' in conclusion) return 'nothing';

	return 'declared' in conclusion ? 'the Swagger file' : 'calls';
}

function verdictOf(probe: Probe, point: Point, conclusion: Conclusion): Omit<Finding, 'from'> {
	const assumed = 'reading' in probe.assumes ? probe.assumes.reading : undefined;
	const base = {
		id: probe.id,
		point: probe.point,
		assumption:
			assumed === undefined ? sentenceOf(probe) : `${assumed}: ${describe(point, assumed)}`,
	};
	if ('open' in conclusion)
		return {
			...base,
			verdict: 'open',
			says: conclusion.open,
			forTheNode: `As before: ${point.handling}`,
		};
	if ('unforeseen' in conclusion)
		return {
			...base,
			verdict: 'wrong',
			says: conclusion.unforeseen,
			forTheNode: `Nobody has thought of this; the node may have to change. So far: ${point.handling}`,
		};
	const held = 'holds' in conclusion ? conclusion.holds : conclusion.reading === assumed;

	return {
		...base,
		verdict: held ? 'held' : 'wrong',
		...('reading' in conclusion ? { reading: conclusion.reading } : {}),
		says: conclusion.says,
		forTheNode:
			held || !('reading' in conclusion)
				? point.handling
				: `It was built for this reading, too: ${point.handling}`,
	};
}

function leftToPeople(
	point: Point,
	why: string,
	assumes: string | undefined,
	seen: string | undefined,
): Finding {
	const base = {
		id: point.id,
		point: point.id,
		assumption:
			assumes === undefined
				? 'None; any answer is possible.'
				: `${assumes}: ${describe(point, assumes)}`,
	};
	if (seen === undefined)
		return {
			...base,
			verdict: 'open',
			says: `Not settled by calls. ${why}`,
			forTheNode: `As before: ${point.handling}`,
			from: 'nothing',
		};

	return {
		...base,
		verdict: seen === assumes ? 'held' : 'wrong',
		reading: seen,
		says: 'So a person says who looked.',
		forTheNode: point.handling,
		from: 'a person',
	};
}

function sentenceOf({ assumes }: Probe): string {
	return 'sentence' in assumes ? assumes.sentence : assumes.reading;
}

function describe(point: Point, reading: string): string {
	return point.variants.find(({ name }) => name === reading)?.description ?? reading;
}

function pointOf({ points }: ContractFacts, id: string): Point {
	const point = points.find((candidate) => candidate.id === id);
	if (point === undefined) throw new Error(`the contract has no open point ${id}`);

	return point;
}
