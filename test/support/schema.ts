/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- reads schema files */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import type { INodeExecutionData } from 'n8n-workflow';

/** Folder with the output schemas, as n8n looks for them. */
export const SCHEMAS = join(__dirname, '..', '..', 'nodes', 'Memberspot', '__schema__', 'v1.0.0');

/** An output schema file. `version` is n8n's own key. */
export interface OutputSchema {
	version: number;
	type: string;
	properties: { [name: string]: OutputField };
	required?: string[];
	anyOf?: Array<{ required?: string[] }>;
	additionalProperties: boolean;
}

/** A field of an output schema. */
export interface OutputField {
	type?: string | string[];
	description?: string;
	properties?: { [name: string]: OutputField };
	items?: OutputField;
	enum?: string[];
}

/** What a test says about the rows it has. */
export interface SchemaOptions {
	/**
	 * Which output was chosen. `simplified` is the default. With `selected` (only as an AI tool) no
	 * field is required. With `raw` the rows are Memberspot's own, which the contract describes, so
	 * only that they are objects is checked.
	 */
	form?: 'simplified' | 'selected' | 'raw';
	/** The node ran as an AI tool, where an empty output becomes one row that says so. */
	asTool?: boolean;
}

/** Every failed item has this form, or n8n does not send it to the error output. */
const ERROR_ITEM = {
	type: 'object',
	properties: {
		error: { type: 'string', minLength: 1 },
		message: {
			type: 'object',
			properties: { description: { type: 'string' }, reason: { type: 'string' } },
			required: ['description', 'reason'],
			additionalProperties: { type: ['string', 'number', 'boolean'] },
		},
	},
	required: ['error', 'message'],
	additionalProperties: false,
};

/** Instead of nothing, an AI model is told that there is nothing. */
const EMPTY_TOOL_ANSWER = {
	type: 'object',
	properties: { found: { const: false }, message: { type: 'string', minLength: 1 } },
	required: ['found', 'message'],
	additionalProperties: false,
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
ajv.addKeyword({ keyword: 'version', schemaType: 'number' });
const compiled = new Map<string, ValidateFunction>();

/** Reads the output schema of an operation. */
export function readSchema(resource: string, operation: string): OutputSchema {
	const parsed: unknown = JSON.parse(readFileSync(join(SCHEMAS, resource, `${operation}.json`), 'utf8'));
	if (!isOutputSchema(parsed)) throw new Error(`${resource}/${operation}.json is no schema of an object with properties`);

	return parsed;
}

/** Compiles a schema, once. @throws when it is no valid JSON Schema */
export function validatorOf(resource: string, operation: string, options: SchemaOptions = {}): ValidateFunction {
	const key = `${resource}/${operation}/${options.form === 'selected' ? 'selected' : 'whole'}`;
	const known = compiled.get(key);
	if (known !== undefined) return known;

	const schema = readSchema(resource, operation);
	const validate = ajv.compile(options.form === 'selected' ? { ...schema, required: [], anyOf: [{}] } : schema);
	compiled.set(key, validate);

	return validate;
}

/**
 * Expects that every item fits the output schema of its operation, or is a well-formed error item.
 * A schema is shown in the editor before a node has run, and people build on it.
 */
export function expectToFitSchema(
	resource: string,
	operation: string,
	items: ReadonlyArray<Pick<INodeExecutionData, 'json'>>,
	options: SchemaOptions = {},
): void {
	const failures: string[] = [];
	for (const [index, { json }] of items.entries()) {
		const validate = validatorFor(json, resource, operation, options);
		if (!validate(json)) failures.push(`item ${index}: ${ajv.errorsText(validate.errors, { dataVar: 'json' })}\n${JSON.stringify(json)}`);
	}
	if (failures.length > 0) throw new Error(`Output that does not fit the schema of ${resource}/${operation}:\n${failures.join('\n')}`);
}

const anyObject = ajv.compile({ type: 'object' });
const errorItem = ajv.compile(ERROR_ITEM);
const emptyToolAnswer = ajv.compile(EMPTY_TOOL_ANSWER);

function validatorFor(json: INodeExecutionData['json'], resource: string, operation: string, options: SchemaOptions): ValidateFunction {
	if ('error' in json) return errorItem;
	if (options.asTool && 'message' in json && json.found === false) return emptyToolAnswer;
	if (options.form === 'raw') return anyObject;

	return validatorOf(resource, operation, options);
}

function isOutputSchema(value: unknown): value is OutputSchema {
	return typeof value === 'object' && value !== null && 'type' in value && value.type === 'object' && 'properties' in value && typeof value.properties === 'object';
}
