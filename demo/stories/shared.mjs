/** What the chapters of the demo have in common. */
import { readWorkflow } from '../lib/environment.mjs';

/**
 * What a chapter is given: the running programs, and where it says what it saw.
 *
 * @typedef {object} Story
 * @property {import('../lib/api.mjs').N8nApi} api signed in; the credentials that the workflows name are there
 * @property {import('../lib/stand-in.mjs').StandIn} standIn
 * @property {import('../lib/n8n.mjs').RunningN8n} n8n
 * @property {import('../lib/crm.mjs').Crm} crm
 * @property {ReturnType<typeof import('../lib/verdicts.mjs').createVerdicts>} verdicts
 */

/** The offer that the workflow files name. */
export const OFFER_NAME = 'Excel Basics';

/**
 * Imports a file of examples/ the way a user does, with what has to be filled in there.
 *
 * @param {Story} story
 * @param {string} name without .json
 * @param {(workflow: { nodes: import('../lib/api.mjs').WorkflowNode[], connections: object }) => void} fillIn
 */
export async function importExample({ api }, name, fillIn) {
	const workflow = await readWorkflow(name, 'examples');
	fillIn(workflow);

	return await api.createWorkflow(workflow);
}

/** The only node of a type in a workflow. */
export function nodeOf({ name, nodes }, type) {
	const found = nodes.filter((node) => node.type === type);
	if (found.length !== 1)
		throw new Error(`The workflow "${name}" has ${found.length} nodes of the type ${type}, not 1`);

	return found[0];
}

/** @returns {Promise<{ id: string, name: string }>} an offer of the school */
export async function offerNamed(standIn, name) {
	return (await standIn.offers()).find((offer) => offer.name === name);
}

/** Requests of the stand-in's log that change something. */
export function writes(requests) {
	return requests.filter(({ method }) => method !== 'GET');
}

/** Whether the grants are exactly these, in any order. */
export function hasOnly(grants, wanted) {
	const key = ({ offerId, orderId, active }) => JSON.stringify([offerId, orderId, active]);

	return JSON.stringify(grants.map(key).sort()) === JSON.stringify(wanted.map(key).sort());
}
