import { operationsOf } from './contract.mjs';

/** The retry classes of an operation in one form: a default, and another where `active` is left out. */
export function retryOf(operation) {
	const retry = operation['x-retry'];
	if (typeof retry === 'string') return { default: retry };

	return { default: retry.withActive, withoutActive: retry.withoutActive };
}

/** Source of the endpoint table. Formatted by the caller. */
export function endpointsSource(contract) {
	const union = (names) => names.map((name) => JSON.stringify(name)).join(' | ');
	const meanings = (key) =>
		Object.entries(contract[key])
			.map(([name, meaning]) => ` * - \`${name}\`: ${meaning}`)
			.join('\n');
	const list = (key) => `${JSON.stringify(contract[key])} as const`;
	const rows = operationsOf(contract).map(({ method, path, operation }) => {
		const { group, perSecond } = operation['x-pace'];
		const endpoint = {
			id: operation.operationId,
			method,
			path,
			retry: retryOf(operation),
			pace: perSecond === undefined ? { group } : { group, perSecond },
			certainty: operation['x-certainty'],
		};

		return `/** ${operation.summary}. */\n${endpoint.id}: ${JSON.stringify(endpoint)},`;
	});
	const methods = [...new Set(operationsOf(contract).map(({ method }) => method))];

	return `
import type { operations } from './types';

/** Name of an operation of the API. */
export type OperationId = keyof operations;

/**
 * Whether a call may be repeated. Our rule, no fact about the API.
 *
${meanings('x-retry-classes')}
 */
export type RetryClass = ${union(Object.keys(contract['x-retry-classes']))};

/**
 * How sure the path, the parameters and the body of an endpoint are.
 *
${meanings('x-certainty-grades')}
 */
export type Certainty = ${union(Object.keys(contract['x-certainty-grades']))};

/** One endpoint, as far as calling it goes. */
export interface Endpoint {
	readonly id: OperationId;
	readonly method: ${union(methods)};
	/** From the root of the API, with \`{name}\` for what is filled in. */
	readonly path: string;
	readonly retry: {
		readonly default: RetryClass;
		/** For a body without \`active\`, where that means something else. */
		readonly withoutActive?: RetryClass;
	};
	/** Calls of one group share one pace. Requests a second, where a limit is known. */
	readonly pace: { readonly group: string; readonly perSecond?: number };
	readonly certainty: Certainty;
}

/** JSON body of an operation; never for one that takes none. */
export type RequestBody<Id extends OperationId> = operations[Id] extends {
	readonly requestBody: { readonly content: { readonly 'application/json': infer Body } };
} ? Body : never;

/** Every endpoint by its operation id. */
export const endpoints = {
${rows.join('\n')}
} as const satisfies { readonly [Id in OperationId]: Endpoint };

/** Keys of an envelope under which its list may sit. */
export const listKeys = ${list('x-list-keys')};

/** Keys of an envelope under which the cursor of the next page may sit. */
export const cursorKeys = ${list('x-cursor-keys')};

/** Keys that may name the property in a property write, in the order in which they are tried. */
export const propertyItemKeys = ${list('x-property-item-keys')};

/** Keys under which a login token may sit. */
export const loginTokenKeys = ${list('x-login-token-keys')};

/** Keys under which the address of a login token may sit. */
export const loginUrlKeys = ${list('x-login-url-keys')};
`;
}
