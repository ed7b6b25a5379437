import type { Difference } from './compare';
import type { Evidence } from './evidence';
import type { Finding, Verdict } from './findings';

/** Everything that a run has found out. It holds no key and nobody's data. */
export interface Report {
	/** When the run began, in ISO 8601. */
	began: string;
	/** Host and path that were asked. */
	baseUrl: string;
	requests: number;
	findings: Finding[];
	/** Where the Swagger file came from; none where there was none. */
	swaggerFrom?: 'a file' | 'the API';
	/** Undefined where no Swagger file was compared. */
	differences?: Difference[];
	/** Why the API's own Swagger file could not be compared. */
	swaggerProblem?: string;
	/** What the writes left in Memberspot. */
	leftBehind: string[];
	/** Why the run ended early. */
	interrupted?: string;
	evidence: Evidence;
}

const ORDER: readonly Verdict[] = ['wrong', 'held', 'open'];
const TITLES: { readonly [verdict in Verdict]: string } = {
	wrong: 'Wrong: the API does something else than was assumed',
	held: 'Held: the API does what was assumed',
	open: 'Still open',
};

/** For runs against a server on this machine, such as the stand-in. */
export const LOCAL_NOTICE =
	'A server on this machine was asked, not Memberspot: nothing here is a fact about Memberspot.';

/** Whether a base URL leads to this machine. Plain http is accepted for nothing else. */
export function isLocal(baseUrl: string): boolean {
	return baseUrl.startsWith('http://');
}

/** How many findings have each verdict. */
export function countVerdicts(findings: readonly Finding[]): { [verdict in Verdict]: number } {
	const count = (verdict: Verdict) =>
		findings.filter((finding) => finding.verdict === verdict).length;

	return { held: count('held'), wrong: count('wrong'), open: count('open') };
}

/** The last line: what came out, in numbers. */
export function summaryLine({ findings, differences, requests }: Report): string {
	const { held, wrong, open } = countVerdicts(findings);
	const swagger =
		differences === undefined
			? 'no Swagger file compared'
			: `Swagger file: ${differences.length === 0 ? 'no differences' : `differences in ${differences.length} calls`}`;

	return `${held} held, ${wrong} wrong, ${open} still open; ${swagger}; ${requests} requests.`;
}

/** The table for a terminal. */
export function terminalText(report: Report): string {
	const parts = ORDER.map((verdict) => {
		const findings = report.findings.filter((finding) => finding.verdict === verdict);
		if (findings.length === 0) return '';
		const lines = findings.map((finding) => terminalRow(finding));

		return `${TITLES[verdict]} (${findings.length})\n\n${lines.join('\n')}`;
	});
	if (report.differences !== undefined) parts.push(swaggerText(report.differences));
	if (report.swaggerProblem !== undefined)
		parts.push(`The API shows a Swagger file, but: ${report.swaggerProblem}`);
	if (report.leftBehind.length > 0)
		parts.push(
			`Left behind in Memberspot\n\n${report.leftBehind.map((line) => `  - ${line}`).join('\n')}`,
		);
	if (report.interrupted !== undefined) parts.push(`The run ended early: ${report.interrupted}`);
	if (isLocal(report.baseUrl)) parts.push(LOCAL_NOTICE);
	parts.push(summaryLine(report));

	return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function terminalRow({ id, verdict, assumption, says, reading, forTheNode }: Finding): string {
	const lines = [
		`  ${verdict.toUpperCase().padEnd(5)}  ${id}${reading === undefined ? '' : ` = ${reading}`}`,
	];
	if (verdict !== 'open') lines.push(`         assumed: ${assumption}`);
	lines.push(`         ${says}`);
	if (verdict === 'wrong') lines.push(`         the node: ${forTheNode}`);

	return lines.join('\n');
}

/** The differences between the Swagger file and our description, grouped by call. */
export function swaggerText(differences: readonly Difference[]): string {
	if (differences.length === 0) return 'The Swagger file says what our description says.';

	return `The Swagger file and our description\n\n${differences
		.map(({ call, onlyTheirs, onlyOurs, differs }) =>
			[
				`  ${call}`,
				...onlyTheirs.map((line) => `    only in theirs: ${line}`),
				...onlyOurs.map((line) => `    only in ours:   ${line}`),
				...differs.map((line) => `    differs:        ${line}`),
			].join('\n'),
		)
		.join('\n')}`;
}

/** The page to send to the maintainers. */
export function markdown(report: Report): string {
	const rows = (verdict: Verdict) =>
		report.findings
			.filter((finding) => finding.verdict === verdict)
			.map(
				({ id, assumption, reading, says, forTheNode, from }) =>
					`| ${[code(id), assumption, reading === undefined ? '' : code(reading), says, forTheNode, from].map(cell).join(' | ')} |`,
			);
	const tables = ORDER.filter((verdict) => rows(verdict).length > 0).map(
		(verdict) =>
			`## ${TITLES[verdict]}\n\n| Point | Assumption | Reading | What was seen | For the node | From |\n| --- | --- | --- | --- | --- | --- |\n${rows(verdict).join('\n')}`,
	);
	const swagger =
		report.differences === undefined
			? `## Swagger file\n\nNone was compared.${report.swaggerProblem === undefined ? '' : ` The API shows one, but: ${report.swaggerProblem}`}`
			: `## Swagger file\n\nFrom ${report.swaggerFrom ?? 'a file'}.\n\n\`\`\`\n${swaggerText(report.differences)}\n\`\`\``;

	return `${[
		'# What the Memberspot API was seen to do',
		`${report.began.slice(0, 10)}, ${report.baseUrl}. ${summaryLine(report)}`,
		"Held and wrong speak of the assumption. Nothing in this report is anybody's data: it holds shapes, counts and names of fields.",
		...(isLocal(report.baseUrl) ? [`**${LOCAL_NOTICE}**`] : []),
		...(report.interrupted === undefined ? [] : [`**The run ended early:** ${report.interrupted}`]),
		...tables,
		swagger,
		...(report.leftBehind.length === 0
			? []
			: [
					`## Left behind in Memberspot\n\n${report.leftBehind.map((line) => `- ${line}`).join('\n')}`,
				]),
	].join('\n\n')}\n`;
}

function code(text: string): string {
	return `\`${text}\``;
}

function cell(text: string): string {
	return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
