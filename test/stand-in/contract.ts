/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- the stand-in is a server of its own, not a part of the package */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import type { ErrorObject } from 'ajv';
import { OpenAPIBackend, ValidationContext, type Document } from 'openapi-backend';
import { parse } from 'yaml';

const FILE = join(__dirname, '..', '..', 'api', 'memberspot.openapi.yaml');

/** A request as the contract sees it. `path` is as it was sent, still percent-encoded. */
export interface RequestToCheck {
	method: string;
	path: string;
	query: { [name: string]: string | string[] };
	body: unknown;
}

/** An answer as the contract sees it. Without a body, `value` is null and `contentType` undefined. */
export interface AnswerToCheck {
	status: number;
	contentType?: string;
	value: unknown;
}

/** The contract, compiled once per process: what may be asked and what may be answered. */
export interface Contract {
	/** Every operation with its path, parameters in braces. */
	readonly operations: ReadonlyArray<{ id: string; method: string; path: string }>;
	/** What is wrong with a request, in the words of the framework the API is made with; empty when right. */
	problemsOfRequest(operationId: string, request: RequestToCheck): string[];
	/** What is wrong with an answer; empty when right. */
	problemsOfAnswer(operationId: string, answer: AnswerToCheck): string[];
}

let loaded: Promise<Contract> | undefined;

/** Reads and compiles the contract; once for all stand-ins of the process. */
export async function loadContract(): Promise<Contract> {
	loaded ??= readFile(FILE, 'utf8').then(async (text) => await compileContract(parse(text)));

	return await loaded;
}

/** Compiles an OpenAPI 3.1 document. What an operation needs is compiled when it is first met. */
export async function compileContract(definition: Document): Promise<Contract> {
	const backend = new OpenAPIBackend({
		definition,
		strict: true,
		// Compiles on first use. The document itself is linted elsewhere; the check here knows 3.0 only.
		quick: true,
		ajvOpts: { strict: false },
		// OpenAPI 3.1 is written in the JSON Schema of 2020, which the default class does not know. A
		// refused request names all that is wrong with it; for an answer the first is enough.
		customizeAjv: (_ajv, options, context) =>
			new Ajv2020({ ...options, allErrors: context !== ValidationContext.Response }),
	});
	await backend.init();
	const { validator, router } = backend;
	const operations = router.getOperations().map((operation) => ({
		id: operation.operationId ?? '',
		method: operation.method.toUpperCase(),
		path: operation.path,
		// Handed over as a whole: by its id it would be looked for anew each time.
		operation,
		answers: readAnswers(operation.responses),
	}));
	// openapi-backend checks JSON only. Ajv keeps what it has compiled, by the schema itself.
	const ajv = new Ajv2020({ strict: false });
	const byId = new Map(operations.map((operation) => [operation.id, operation]));

	return {
		operations,
		problemsOfRequest(operationId, { method, path, query, body }) {
			const { errors } = validator.validateRequest(
				{ method, path, query, body, headers: { 'content-type': 'application/json' } },
				byId.get(operationId)?.operation,
			);
			const real = (errors ?? []).filter(({ keyword }) => !UMBRELLAS.has(keyword));

			return [...new Set(real.map(inTheFrameworksWords))];
		},
		problemsOfAnswer(operationId, { status, contentType, value }) {
			const { operation, answers } = byId.get(operationId) ?? {};
			const answer =
				answers?.get(String(status)) ??
				answers?.get(`${String(status)[0]}XX`) ??
				answers?.get('default');
			if (operation === undefined || answer === undefined)
				return [`status ${status} is not in the contract`];
			if (answer.size === 0)
				return value === null && contentType === undefined
					? []
					: [`status ${status} has no body in the contract`];
			if (contentType === undefined || contentType === JSON_TYPE) {
				if (!answer.has(JSON_TYPE)) return [`no JSON in the contract for status ${status}`];

				return (validator.validateResponse(value, operation, status).errors ?? []).map(plainly);
			}
			const schema = answer.get(contentType);
			if (schema === undefined)
				return [`the type ${contentType} is not in the contract for status ${status}`];

			return ajv.validate(schema, value) ? [] : (ajv.errors ?? []).map(plainly);
		},
	};
}

const JSON_TYPE = 'application/json';

/** Keywords that only say that something inside is wrong. */
const UMBRELLAS = new Set(['oneOf', 'anyOf', 'allOf', 'if']);

/** What may be answered: schemas by status and type. */
function readAnswers(responses: unknown): Map<string, Map<string, object>> {
	const answers = new Map<string, Map<string, object>>();
	for (const [status, response] of entriesOf(responses)) {
		const types = new Map<string, object>();
		for (const [type, media] of entriesOf(Object.fromEntries(entriesOf(response)).content)) {
			const { schema } = Object.fromEntries(entriesOf(media));
			types.set(type, typeof schema === 'object' && schema !== null ? schema : {});
		}
		answers.set(status, types);
	}

	return answers;
}

function entriesOf(value: unknown): Array<[string, unknown]> {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The messages of the framework's validation, in the form that its users know. */
function inTheFrameworksWords({ instancePath, keyword, params, message }: ErrorObject): string {
	const steps = instancePath
		.split('/')
		.slice(2)
		.map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
	const at = steps.length === 0 ? '' : `${steps.join('.')}.`;
	if (keyword === 'additionalProperties')
		return `${at}property ${String(params.additionalProperty)} should not exist`;
	if (keyword === 'required') return `${at}${String(params.missingProperty)} should not be empty`;
	const field = steps.join('.') || 'body';
	if (keyword === 'type')
		return `${field} must be ${Array.isArray(params.type) ? params.type.join(' or ') : `a ${String(params.type)}`}`;
	if (keyword === 'minLength' || keyword === 'minItems') return `${field} should not be empty`;
	if (keyword === 'pattern' && /email/i.test(field)) return `${field} must be an email`;

	return `${field} ${message ?? keyword}`;
}

function plainly({ instancePath, message, params }: ErrorObject): string {
	return `${instancePath === '' ? 'the answer' : instancePath} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
}
