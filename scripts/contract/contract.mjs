import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The contract, from the root of the repository. */
export const CONTRACT = 'api/memberspot.openapi.yaml';

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Reads the contract afresh. References stay references; aliases become shared objects. */
export function readContract(path = join(ROOT, CONTRACT)) {
	return parse(readFileSync(path, 'utf8'));
}

/** All operations in the order of the contract: `{ method, path, operation }`, the method in upper case. */
export function operationsOf(contract) {
	return Object.entries(contract.paths).flatMap(([path, item]) =>
		Object.entries(item)
			.filter(([method]) => METHODS.has(method))
			.map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
	);
}

/**
 * Every parameter, header and field that carries a grade, once, with words for where it stands.
 * Operations are left out.
 *
 * @returns {{ where: string, node: object }[]}
 */
export function gradedFields(contract) {
	const fields = [];
	const seen = new Set();
	for (const { operation } of operationsOf(contract)) {
		const { parameters = [], responses } = operation;
		for (const parameter of parameters) {
			collect(parameter, `${operation.operationId}, ${parameter.in} \`${parameter.name}\``);
		}
		collect(responses, `${operation.operationId}, answer`);
	}
	const { parameters, headers, schemas } = contract.components;
	for (const parameter of Object.values(parameters)) {
		collect(parameter, `several lists, ${parameter.in} \`${parameter.name}\``);
	}
	for (const [name, header] of Object.entries(headers)) collect(header, `header \`${name}\``);
	for (const [name, schema] of Object.entries(schemas)) collect(schema, name);

	return fields;

	function collect(node, where) {
		if (typeof node !== 'object' || node === null || seen.has(node)) return;
		seen.add(node);
		if (node['x-certainty'] !== undefined) fields.push({ where, node });
		for (const [key, child] of Object.entries(node)) {
			if (key.startsWith('x-') || key === 'example' || key === 'examples') continue;
			if (key === 'properties') {
				for (const [name, property] of Object.entries(child)) collect(property, `${where}.${name}`);
			} else {
				collect(child, where);
			}
		}
	}
}
