/* eslint-disable @n8n/community-nodes/require-node-api-error -- a tool of the repository, not a part of the package */
import $RefParser from '@apidevtools/json-schema-ref-parser';
import { parse } from 'yaml';
import type { SwaggerEvidence } from './evidence';
import { isRow, type Row } from './observer';
import { CannotRun } from './problem';

/** A field of a body or an answer, or a parameter. */
export interface Field {
	/** JSON types without null; integer counts as number. Empty where nothing is said. */
	types: ReadonlySet<string>;
	required: boolean;
	/** Allowed values, where they are listed. */
	values: readonly string[];
	maxItems?: number;
}

/** Fields by path, like `data[].uid`; the root has the empty path. */
export type Fields = ReadonlyMap<string, Field>;

/** One call, in a form in which Swagger 2 and OpenAPI 3 look alike. */
export interface Operation {
	/** Like `GET /v1/users/list`. */
	name: string;
	/** The same, without the names of path parameters. */
	key: string;
	text: string;
	parameters: Fields;
	body?: Fields;
	/** One for each alternative of a successful answer; empty where nothing is said. */
	answers: readonly Fields[];
	/** Headers that carry a key; empty for a call that needs none. */
	keys: readonly string[];
}

/** The calls of a description by their key. */
export type Api = ReadonlyMap<string, Operation>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DEEPEST = 12;

/**
 * Reads a Swagger 2 or OpenAPI 3 description, in JSON or YAML. Only references within it are followed.
 *
 * @throws CannotRun when it is none
 */
export async function readSwagger(text: string): Promise<Api> {
	let parsed: unknown;
	try {
		parsed = parse(text);
	} catch {
		throw new CannotRun('The Swagger file is neither JSON nor YAML.');
	}
	if (!isRow(parsed) || !isRow(parsed.paths) || !('swagger' in parsed || 'openapi' in parsed))
		throw new CannotRun('The Swagger file is no Swagger 2 or OpenAPI 3 description.');
	let document: Row;
	try {
		const whole: unknown = await $RefParser.dereference(parsed, {
			resolve: { external: false },
			// Schemas that hold themselves become objects that do; `flatten` stops at them.
			dereference: { circular: true },
		});
		document = isRow(whole) ? whole : parsed;
	} catch {
		throw new CannotRun('The Swagger file has references that lead nowhere.');
	}
	const base = basePath(document);
	const operations = new Map<string, Operation>();
	for (const [path, item] of Object.entries(row(document.paths))) {
		for (const method of METHODS) {
			const operation = row(item)[method];
			if (!isRow(operation)) continue;
			const name = `${method.toUpperCase()} ${base}${path}`;
			const key = name.replace(/\{[^}]*\}/g, '{}');
			const shared = list(row(item).parameters);
			operations.set(key, readOperation(document, name, key, operation, shared));
		}
	}

	return operations;
}

/** What the description says about the open points that it can settle. */
export function evidenceOf(api: Api): SwaggerEvidence {
	const readings: { [point: string]: string } = {};
	const required = (key: string, field: string) => api.get(key)?.body?.get(field)?.required;

	const grant = 'POST /v1/users/grant-user-offer-by-mail';
	if (api.get(grant)?.body !== undefined)
		readings['grant-required-fields'] = required(grant, 'orderId')
			? 'withNamesAndOrder'
			: required(grant, 'firstname') || required(grant, 'name')
				? 'withNames'
				: 'emailAndOffer';
	const state = 'POST /v1/users/set-offer-state';
	if (api.get(state)?.body?.has('active'))
		readings['offer-state-active-required'] = required(state, 'active') ? 'required' : 'optional';
	const items = api.get('POST /v1/users/set-custom-user-properties')?.body;
	const [id, propertyId] = ['id', 'propertyId'].map(
		(key) => items?.has(`properties[].${key}`) ?? false,
	);
	if (id || propertyId)
		readings['property-item-key'] = id && propertyId ? 'both' : id ? 'id' : 'propertyId';
	const deletions = [...api.keys()].filter((key) => /^POST .*\/users\/.*delete/.test(key));
	if (deletions.length > 0)
		readings['post-deletion-path'] = deletions.includes('POST /v1/users/delete-users')
			? 'samePath'
			: 'otherPath';
	for (const [point, key] of [
		['progress-list-paging', 'GET /v1/users/course-progress/list/{}'],
		['exam-results-paging', 'GET /v1/exams/{}/results'],
	]) {
		const operation = api.get(key);
		if (operation !== undefined)
			readings[point] =
				operation.parameters.has('query pageLength') ||
				operation.parameters.has('query lastLoadedId')
					? 'asUsers'
					: 'none';
	}
	const progress = api.get('GET /v1/users/course-progress/{}/{}')?.text ?? '';
	if (/\b(4|four)\b[^.]{0,40}\b(second|sec|s)\b/i.test(progress))
		readings['course-progress-limit'] = 'fourPerSecond';
	const deleteLimit = api.get('DELETE /v1/users/delete-users')?.body?.get('emails')?.maxItems;

	return { readings, ...(deleteLimit === undefined ? {} : { deleteLimit }) };
}

function readOperation(
	document: Row,
	name: string,
	key: string,
	operation: Row,
	shared: unknown[],
): Operation {
	const parameters = new Map<string, Field>();
	let body = bodyOf(operation);
	for (const parameter of [...shared, ...list(operation.parameters)].filter(isRow)) {
		const place = String(parameter.in);
		if (place === 'body') body = flatten(parameter.schema);
		// The key is compared as security, and names of path parts mean nothing to a caller.
		if (!['query', 'header'].includes(place)) continue;
		const field = flatten(parameter.schema ?? parameter).get('');
		parameters.set(`${place} ${String(parameter.name)}`, {
			types: field?.types ?? new Set(),
			values: field?.values ?? [],
			required: parameter.required === true,
		});
	}

	return {
		name,
		key,
		text: `${textOf(operation.summary)} ${textOf(operation.description)}`,
		parameters,
		...(body === undefined ? {} : { body }),
		answers: answersOf(operation),
		keys: keysOf(document, operation),
	};
}

function bodyOf(operation: Row): Fields | undefined {
	const schema = jsonOf(operation.requestBody);

	return schema === undefined ? undefined : flatten(schema);
}

function answersOf(operation: Row): Fields[] {
	const responses = row(operation.responses);
	const status = Object.keys(responses).find((code) => /^2/.test(code));
	const answer = status === undefined ? undefined : responses[status];
	const schema = jsonOf(answer) ?? row(answer).schema;

	return schema === undefined
		? []
		: alternatives(schema)
				.map((one) => flatten(one))
				.filter((one) => one.size > 0);
}

function alternatives(schema: unknown, above: readonly unknown[] = []): unknown[] {
	const { anyOf, oneOf } = row(schema);
	const options = [...list(anyOf), ...list(oneOf)].filter((option) => !above.includes(option));

	return options.length === 0
		? [schema]
		: options.flatMap((option) => alternatives(option, [...above, schema]));
}

function jsonOf(holder: unknown): unknown {
	const { content } = row(holder);
	const [, media] = Object.entries(row(content)).find(([type]) => /json/.test(type)) ?? [];

	return row(media).schema;
}

function keysOf(document: Row, operation: Row): string[] {
	const schemes = row(row(document.components).securitySchemes ?? document.securityDefinitions);
	const wanted = list(operation.security ?? document.security);

	return wanted
		.flatMap((one) => Object.keys(row(one)))
		.map((name) => row(schemes[name]))
		.map((scheme) =>
			scheme.in === 'header' ? textOf(scheme.name).toLowerCase() : textOf(scheme.type),
		);
}

function basePath(document: Row): string {
	const server = row(list(document.servers)[0]).url;
	const base =
		typeof document.basePath === 'string'
			? document.basePath
			: typeof server === 'string'
				? server.replace(/^[a-z]+:\/\/[^/]*/i, '')
				: '';

	return base.replace(/\/+$/, '');
}

/** The fields of a schema by path. Where it has alternatives, a field is required only if all have it. */
export function flatten(schema: unknown): Fields {
	const fields = new Map<string, Field>();
	walk(schema, '', true, []);

	return fields;

	function walk(node: unknown, at: string, required: boolean, above: readonly unknown[]): void {
		if (!isRow(node) || above.includes(node) || above.length > DEEPEST) return;
		const here = [...above, node];
		const own = typesOf(node);
		if (own.size > 0 || at !== '') merge(at, node, own, required);
		for (const part of list(node.allOf)) walk(part, at, required, here);
		const options = [...list(node.anyOf), ...list(node.oneOf)];
		for (const option of options) walkOption(option, options, at, required, here);
		const needed = list(node.required);
		for (const [name, property] of Object.entries(row(node.properties)))
			walk(property, at === '' ? name : `${at}.${name}`, needed.includes(name), here);
		if (node.items !== undefined) walk(node.items, `${at}[]`, required, here);
	}

	function walkOption(
		option: unknown,
		all: unknown[],
		at: string,
		required: boolean,
		above: readonly unknown[],
	): void {
		const before = new Set(fields.keys());
		walk(option, at, required, above);
		for (const [path, field] of fields) {
			if (before.has(path) || path === at) continue;
			const name = path.slice(at === '' ? 0 : at.length + 1);
			if (!all.every((one) => name in row(row(one).properties))) field.required = false;
		}
	}

	function merge(at: string, node: Row, types: ReadonlySet<string>, required: boolean): void {
		const known = fields.get(at);
		fields.set(at, {
			types: new Set([...(known?.types ?? []), ...types]),
			required: (known?.required ?? true) && required,
			values: [...new Set([...(known?.values ?? []), ...list(node.enum).map(String)])].sort(),
			...(typeof node.maxItems === 'number' ? { maxItems: node.maxItems } : {}),
		});
	}
}

function typesOf({ type, properties, items }: Row): Set<string> {
	const named = (Array.isArray(type) ? type : [type]).filter(
		(one) => typeof one === 'string' && one !== 'null',
	);
	if (named.length === 0 && isRow(properties)) named.push('object');
	if (named.length === 0 && items !== undefined) named.push('array');

	return new Set(named.map((one) => (one === 'integer' ? 'number' : String(one))));
}

function row(value: unknown): Row {
	return isRow(value) ? value : {};
}

function list(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
