/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a tool of the repository, not a part of the package */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The repository. */
export const ROOT = join(__dirname, '..', '..');

/** The contract, from the root of the repository. */
export const CONTRACT = 'api/memberspot.openapi.yaml';

/** An open point of the contract. */
export interface Point {
	readonly id: string;
	readonly topic: string;
	readonly question: string;
	readonly variants: ReadonlyArray<{ readonly name: string; readonly description: string }>;
	readonly handling: string;
}

/** What the check needs of the contract. */
export interface ContractFacts {
	readonly points: readonly Point[];
	readonly listKeys: readonly string[];
	readonly cursorKeys: readonly string[];
	/** Names of all fields that an answer to an operation may hold; `any` where it may be anything. */
	fieldsOfAnswer(operationId: string): ReadonlySet<string> | 'any';
}

interface Node {
	readonly [key: string]: unknown;
}

/** The text of the contract as it is now. */
export function contractText(): string {
	return readFileSync(join(ROOT, CONTRACT), 'utf8');
}

/** The open points, the keys of envelopes, and what answers may hold. */
export function contractFacts(): ContractFacts {
	const contract: {
		'x-unknowns': Point[];
		'x-list-keys': string[];
		'x-cursor-keys': string[];
		paths: { [path: string]: { [method: string]: { operationId: string; responses: Node } } };
		components: { schemas: { [name: string]: Node } };
	} = parse(contractText());
	const answers = new Map(
		Object.values(contract.paths)
			.flatMap((item) => Object.values(item))
			.map(({ operationId, responses }) => [operationId, responses]),
	);

	return {
		points: contract['x-unknowns'],
		listKeys: contract['x-list-keys'],
		cursorKeys: contract['x-cursor-keys'],
		fieldsOfAnswer(operationId) {
			const names = new Set<string>();
			const { '200': done } = answers.get(operationId) ?? {};

			return collect(done, names) ? names : 'any';
		},
	};

	/** Collects the names of fields; false where a schema leaves them open. */
	function collect(node: unknown, names: Set<string>): boolean {
		if (Array.isArray(node)) return node.every((child) => collect(child, names));
		if (!isNode(node)) return true;
		if (typeof node.$ref === 'string')
			return collect(contract.components.schemas[node.$ref.split('/').at(-1) ?? ''], names);
		if (isNode(node.content))
			return collect(
				Object.values(node.content).map((media) => (isNode(media) ? media.schema : undefined)),
				names,
			);
		if (!['type', 'anyOf', 'oneOf', 'allOf'].some((key) => key in node)) return false;
		if (node.additionalProperties === true) return false;
		for (const [name, field] of Object.entries(isNode(node.properties) ? node.properties : {})) {
			names.add(name);
			// What may stand in it belongs to the school.
			if (isNode(field) && field.additionalProperties !== true) collect(field, names);
		}

		return [node.items, node.anyOf, node.oneOf].every((child) => collect(child, names));
	}
}

function isNode(value: unknown): value is Node {
	return typeof value === 'object' && value !== null;
}
