import type { Contract } from '../../test/stand-in/contract';
import type { ContractFacts } from './contract';
import type { AnswerEvidence, Emptiness, ErrorEvidence, Evidence, ListName } from './evidence';
import type { Answer, Http, Question } from './http';
import { fieldsOf, fieldName, shapeOf, shapeText } from './shape';

/** A JSON object. */
export interface Row {
	readonly [name: string]: unknown;
}

/** Asks, keeps what an answer looks like, and hands the answer on. */
export interface Observer {
	readonly facts: ContractFacts;
	readonly evidence: Evidence;
	ask(question: Question): Promise<Answer>;
	/** Takes down an answer that is an error. */
	noteError(what: string, answer: Answer): void;
}

/** Watches every answer. */
export function createObserver(
	http: Http,
	contract: Contract,
	facts: ContractFacts,
	evidence: Evidence,
): Observer {
	return {
		facts,
		evidence,
		async ask(question) {
			const answer = await http.ask(question);
			const { operationId } = question;
			for (const [name, value] of Object.entries(answer.headers)) {
				// Numbers only: any other text might hold something of the school's.
				if (/^(x-)?ratelimit/i.test(name) && /^[\d ,;=a-z]{1,60}$/i.test(value))
					evidence.reads.limits[name] = value;
			}
			if (operationId !== undefined && isOk(answer.status)) {
				const seen = summary(contract, facts, operationId, answer);
				const before = evidence.answers[operationId];
				if (before === undefined || (before.fits && !seen.fits))
					evidence.answers[operationId] = seen;
			}

			return answer;
		},
		noteError(what, answer) {
			evidence.reads.errors.push(errorOf(what, answer));
		},
	};
}

/** Whether a status says that it was done. */
export function isOk(status: number): boolean {
	return status >= 200 && status < 300;
}

/** Whether a value is a JSON object. */
export function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows of a list, its envelope and its cursor. Undefined where the answer is no list. */
export function readList(
	{ listKeys, cursorKeys }: ContractFacts,
	name: ListName,
	value: unknown,
): { rows: Row[]; envelope: string; cursorKey?: string; cursor: unknown } | undefined {
	if (Array.isArray(value))
		return { rows: value.filter(isRow), envelope: 'array', cursor: undefined };
	if (!isRow(value)) return undefined;
	const known = listKeys.filter((key) => Array.isArray(value[key]));
	const other = Object.keys(value).filter((key) => Array.isArray(value[key]));
	const key = known[0] ?? other[0];
	const list = key === undefined ? undefined : value[key];
	if (!Array.isArray(list)) return undefined;
	const envelope = key === name ? 'named' : (fieldName(key) ?? 'a key that is no name');
	const cursorKey = cursorKeys.find((candidate) => candidate in value);

	return {
		rows: list.filter(isRow),
		envelope,
		...(cursorKey === undefined ? {} : { cursorKey }),
		cursor: cursorKey === undefined ? undefined : value[cursorKey],
	};
}

/** What an answer says, if anything. */
export function emptinessOf({ kind, value }: Answer): Emptiness {
	if (kind === 'none') return 'emptyBody';
	if (kind === 'text') return String(value).trim().toLowerCase() === 'ok' ? 'okText' : 'other';
	if (kind === 'html') return 'other';
	if (value === null) return 'null';
	if (typeof value === 'string') return value.toLowerCase() === 'ok' ? 'okJson' : 'other';
	if (!isRow(value)) return 'other';

	return Object.keys(value).length === 0 ? 'emptyObject' : 'object';
}

/** Whether an error says that the endpoint is unknown. */
export function saysNoEndpoint({ status, value }: Answer): boolean {
	const message = isRow(value) ? value.message : value;

	return status === 404 && /^Cannot [A-Z]+ \//.test(String(message));
}

function errorOf(what: string, answer: Answer): ErrorEvidence {
	const { status, value } = answer;
	const message = isRow(value) ? value.message : undefined;
	const allowed = ['statusCode', 'message', 'error'];

	return {
		what,
		status,
		message: typeof message === 'string' ? 'text' : Array.isArray(message) ? 'list' : 'none',
		framework:
			isRow(value) &&
			value.statusCode === status &&
			message !== undefined &&
			Object.keys(value).every((key) => allowed.includes(key)),
		noEndpoint: saysNoEndpoint(answer),
	};
}

function summary(
	contract: Contract,
	facts: ContractFacts,
	operationId: string,
	answer: Answer,
): AnswerEvidence {
	const { status, kind, value } = answer;
	const shape = shapeOf(kind === 'none' ? null : value);
	const known = facts.fieldsOfAnswer(operationId);

	return {
		status,
		kind,
		shape: kind === 'json' ? shapeText(shape) : kind === 'none' ? 'nothing' : kind,
		fits:
			contract.problemsOfAnswer(operationId, {
				status,
				contentType: {
					json: 'application/json',
					text: 'text/html',
					html: 'text/html',
					none: undefined,
				}[kind],
				value: kind === 'none' ? null : value,
			}).length === 0 && kind !== 'html',
		unknownFields:
			known === 'any'
				? []
				: fieldsOf(shape).filter(
						(path) => !known.has(path.split('.').at(-1)?.replaceAll('[]', '') ?? ''),
					),
	};
}
