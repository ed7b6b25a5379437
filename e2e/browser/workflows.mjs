/** Workflows as the editor saves them, made for one look at one node. */
import { CREDENTIAL_TYPE, NODE_TYPE } from '../../demo/lib/environment.mjs';

export const NODE = 'Memberspot';
/** A second node of the same type in the same workflow. */
export const IN_FULL = 'Memberspot in full';
export const NEXT = 'Edit Fields';

/** Names of the package's node types. */
export const TYPES = {
	action: NODE_TYPE,
	webhook: `${NODE_TYPE}Trigger`,
	polling: NODE_TYPE.replace(/memberspot$/, 'memberspotPollingTrigger'),
};

/** n8n makes a webhook's address of it; the same for every run, so that pictures are alike. */
const WEBHOOK_ID = '3f1c9a52-6d0b-4e7a-9c35-8b2d7e4f6a10';

/**
 * Manual start → Memberspot → Edit Fields. A workflow of its own for each look: n8n opens one that
 * another window has left open for reading only.
 *
 * @param {string} name
 * @param {object} parameters of the Memberspot node
 * @param {{ id: string, name: string }} credential
 */
export function actionWorkflow(name, parameters, credential) {
	return workflowOf(name, [
		startNode(),
		memberspot(TYPES.action, parameters, credential),
		nextNode(),
	]);
}

/**
 * Manual start → Memberspot → Memberspot in full → Edit Fields.
 *
 * @param {string} name
 * @param {object} parameters of the first
 * @param {object} everything parameters of the second
 * @param {{ id: string, name: string }} credential
 */
export function pairWorkflow(name, parameters, everything, credential) {
	const first = memberspot(TYPES.action, parameters, credential);
	const second = { ...memberspot(TYPES.action, everything, credential), id: 'full', name: IN_FULL };

	return workflowOf(name, [startNode(), first, { ...second, position: [390, 160] }, nextNode()]);
}

/**
 * A trigger of the package → Edit Fields.
 *
 * @param {string} name
 * @param {'webhook' | 'polling'} kind
 * @param {object} parameters
 * @param {{ id: string, name: string }} [credential] only the polling trigger has one
 */
export function triggerWorkflow(name, kind, parameters, credential) {
	const node = memberspot(TYPES[kind], parameters, credential);

	return workflowOf(name, [
		{ ...node, ...(kind === 'webhook' && { webhookId: WEBHOOK_ID }) },
		nextNode(),
	]);
}

function memberspot(type, parameters, credential) {
	return {
		id: 'memberspot',
		name: NODE,
		type,
		typeVersion: 1,
		position: [260, 0],
		parameters,
		...(credential !== undefined && { credentials: { [CREDENTIAL_TYPE]: credential } }),
	};
}

function startNode() {
	return {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
}

function nextNode() {
	return {
		id: 'next',
		name: NEXT,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [520, 0],
		parameters: {},
	};
}

/** Each node leads to the one after it. */
function workflowOf(name, nodes) {
	return {
		name,
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(0, -1)
				.map((node, place) => [
					node.name,
					{ main: [[{ node: nodes[place + 1].name, type: 'main', index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	};
}
