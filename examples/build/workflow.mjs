/**
 * Small pieces that the example workflows are put together from: nodes, notes, tables, connections.
 * What comes out is a workflow as n8n exports it.
 */
import { createHash } from 'node:crypto';

/** Distance of two nodes on the canvas. */
const COLUMN = 240;
const ROW = 180;

export const MEMBERSPOT = 'n8n-nodes-memberspot-sync.memberspot';
const MEMBERSPOT_CREDENTIAL = { memberspotApi: { id: null, name: 'Memberspot account' } };
export const MAIL_CREDENTIAL = { smtp: { id: null, name: 'Mail account' } };

/**
 * @typedef {object} Node
 * @property {string} name
 * @property {string} type
 * @property {number} typeVersion
 * @property {[number, number]} position
 * @property {object} parameters
 */

/** @typedef {{ name: string, columns: Record<string, 'string' | 'number' | 'boolean' | 'date'> }} Table */

/**
 * Collects the nodes and connections of one workflow.
 *
 * Ids are made from the names, so that the same source gives the same file.
 */
export class Workflow {
	#name;
	#settings;
	/** @type {Node[]} */
	#notes = [];
	/** @type {Node[]} */
	#nodes = [];
	/** @type {Map<string, Array<Array<string>>>} */
	#connections = new Map();

	/** @param {string} name shown in n8n @param {object} [settings] */
	constructor(name, settings = {}) {
		this.#name = name;
		this.#settings = settings;
	}

	/**
	 * Adds a node.
	 *
	 * @param {string} name
	 * @param {[number, number]} place column and row of the grid
	 * @param {{ type: string, typeVersion: number, parameters: object }} kind
	 * @param {object} [more] further keys of the node, for example onError
	 * @returns {string} its name
	 */
	add(name, [column, row], { type, typeVersion, parameters, ...own }, more = {}) {
		if (this.#nodes.some((node) => node.name === name))
			throw new Error(`${this.#name}: two nodes are called "${name}"`);
		this.#nodes.push({
			id: idOf(this.#name, name),
			name,
			type,
			typeVersion,
			position: [column * COLUMN, row * ROW],
			parameters,
			...own,
			...more,
		});

		return name;
	}

	/**
	 * Adds a note. It lies above or behind the nodes from one column to another.
	 *
	 * @param {string} name
	 * @param {{ columns: [number, number], top: number, height: number, color?: number }} place
	 *   columns it covers, both included; top and height in pixels
	 * @param {string} content Markdown
	 */
	note(name, { columns: [first, last], top, height, color }, content) {
		this.#notes.push({
			id: idOf(this.#name, name),
			name,
			type: 'n8n-nodes-base.stickyNote',
			typeVersion: 1,
			position: [first * COLUMN - 60, top],
			parameters: {
				content,
				width: (last - first + 1) * COLUMN - 20,
				height,
				...(color !== undefined && { color }),
			},
		});
	}

	/**
	 * Connects an output with nodes.
	 *
	 * @param {string} from
	 * @param {string | string[]} to
	 * @param {number} [output]
	 */
	connect(from, to, output = 0) {
		const outputs = this.#connections.get(from) ?? [];
		while (outputs.length <= output) outputs.push([]);
		outputs[output].push(...[to].flat());
		this.#connections.set(from, outputs);
	}

	/** Connects nodes one after the other by their first outputs. */
	chain(...names) {
		for (const [index, name] of names.slice(1).entries()) this.connect(names[index], name);
	}

	/** The workflow as n8n imports it. */
	toJson() {
		const names = new Set(this.#nodes.map(({ name }) => name));
		for (const [from, outputs] of this.#connections)
			for (const name of [from, ...outputs.flat()])
				if (!names.has(name)) throw new Error(`${this.#name}: no node is called "${name}"`);

		return {
			name: this.#name,
			nodes: [...this.#notes, ...this.#nodes],
			connections: Object.fromEntries(
				[...this.#connections].map(([from, outputs]) => [
					from,
					{
						main: outputs.map((targets) =>
							targets.map((node) => ({ node, type: 'main', index: 0 })),
						),
					},
				]),
			),
			settings: { executionOrder: 'v1', ...this.#settings },
			active: false,
		};
	}
}

/** An id in the form that n8n uses, made from texts. */
export function idOf(...texts) {
	const hex = createHash('sha256').update(texts.join('\n')).digest('hex');

	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`5${hex.slice(13, 16)}`,
		`8${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join('-');
}

/**
 * A Code node made of functions that are tested on their own, and the lines that call them.
 *
 * @param {Array<(...args: never[]) => unknown>} functions
 * @param {string} body the lines that use them and return items
 */
export function code(functions, body) {
	const jsCode = [body.trim(), ...functions.map((each) => each.toString())].join('\n\n');

	return { type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
}

/** The Memberspot node. */
export function memberspot(resource, operation, parameters) {
	return {
		type: MEMBERSPOT,
		typeVersion: 1,
		parameters: { resource, operation, ...parameters },
		credentials: MEMBERSPOT_CREDENTIAL,
	};
}

/** A user of the Memberspot node, chosen by e-mail. */
export const userByEmail = (value) => ({ __rl: true, mode: 'email', value });

/** An offer of the Memberspot node, chosen by name. */
export const offerByName = (value) => ({ __rl: true, mode: 'name', value });

/** A condition that an expression is true. */
function condition(id, expression) {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [
			{
				id,
				leftValue: expression,
				rightValue: '',
				operator: { type: 'boolean', operation: 'true', singleValue: true },
			},
		],
		combinator: 'and',
	};
}

/** An If node on an expression that gives true or false. */
export function when(expression) {
	return {
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: { conditions: condition(idOf('if', expression), expression), options: {} },
	};
}

/**
 * A Switch node with a named output for each value of an expression; other values go nowhere.
 *
 * @param {string} expression without {{ }}
 * @param {Record<string, string>} outputs label by value
 */
export function route(expression, outputs) {
	return {
		type: 'n8n-nodes-base.switch',
		typeVersion: 3.2,
		parameters: {
			mode: 'rules',
			rules: {
				values: Object.entries(outputs).map(([value, outputKey]) => ({
					conditions: condition(
						idOf('switch', expression, value),
						`={{ ${expression} === '${value}' }}`,
					),
					renameOutput: true,
					outputKey,
				})),
			},
			options: {},
		},
	};
}

/** An answer to whoever called the webhook. */
export function answer(text, responseCode = 200) {
	return {
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.4,
		parameters:
			text === ''
				? { respondWith: 'noData', options: { responseCode } }
				: { respondWith: 'text', responseBody: text, options: { responseCode } },
	};
}

/** A mail to the people who run the school. */
export function mail(subject, text) {
	return {
		type: 'n8n-nodes-base.emailSend',
		typeVersion: 2.1,
		parameters: {
			fromEmail: 'shop@example.com',
			toEmail: 'team@example.com',
			subject,
			emailFormat: 'text',
			text,
			options: { appendAttribution: false },
		},
		credentials: MAIL_CREDENTIAL,
	};
}

/**
 * A mail that asks a person, and waits. Its button opens a form, and only what is sent there decides:
 * n8n takes the mere opening of a button's address for an answer, and mail scanners open addresses.
 *
 * @param {{ subject: string, message: string, about: string, yes: string, no: string }} texts
 *   `message` is HTML; `about` stands above the form
 */
export function askByMail({ subject, message, about, yes, no }) {
	return {
		type: 'n8n-nodes-base.emailSend',
		typeVersion: 2.1,
		parameters: {
			operation: 'sendAndWait',
			fromEmail: 'school@example.com',
			toEmail: 'team@example.com',
			subject,
			message,
			responseType: 'customForm',
			formFields: {
				values: [
					{
						fieldLabel: DECISION,
						fieldType: 'dropdown',
						fieldOptions: { values: [{ option: yes }, { option: no }] },
						requiredField: true,
					},
				],
			},
			options: {
				messageButtonLabel: 'Decide',
				responseFormTitle: subject,
				responseFormDescription: about,
				responseFormButtonLabel: 'Send',
				appendAttribution: false,
			},
		},
		credentials: MAIL_CREDENTIAL,
	};
}

const DECISION = 'Decision';

/** Whether the person of `askByMail` said this; without an answer nobody did. */
export const decided = (choice) => `={{ $json.data?.${DECISION} === '${choice}' }}`;

/** A node of n8n's data tables; the table is found by its name. */
function tableNode(table, operation, parameters) {
	return {
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		parameters: {
			resource: 'row',
			operation,
			dataTableId: { __rl: true, mode: 'name', value: table.name },
			...parameters,
		},
	};
}

function filters(conditions, matchType) {
	return {
		matchType,
		filters: {
			conditions: conditions.map(([keyName, condition, keyValue]) => ({
				keyName,
				condition,
				...(keyValue !== undefined && { keyValue }),
			})),
		},
	};
}

/**
 * The column values of a writing table node.
 *
 * @param {Table} table
 * @param {Record<string, string>} values expression by column
 */
function columns(table, values) {
	return {
		columns: {
			mappingMode: 'defineBelow',
			value: values,
			matchingColumns: [],
			schema: Object.keys(values).map((id) => {
				const type = table.columns[id];
				if (type === undefined) throw new Error(`${table.name} has no column "${id}"`);

				return {
					id,
					displayName: id,
					required: false,
					defaultMatch: false,
					display: true,
					type: type === 'date' ? 'dateTime' : type,
					readOnly: false,
					removed: false,
				};
			}),
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		},
		options: {},
	};
}

/**
 * Reads all rows that fit.
 *
 * @param {Table} table
 * @param {Array<[string, string, string?]>} conditions column, condition, value
 * @param {'allConditions' | 'anyCondition'} [matchType]
 */
export function getRows(table, conditions, matchType = 'allConditions') {
	checkColumns(table, conditions);

	return {
		...tableNode(table, 'get', { ...filters(conditions, matchType), returnAll: true }),
		// Without a row the nodes behind would not run.
		alwaysOutputData: true,
	};
}

/** Writes into the row with this key, or makes one. */
export function upsertRow(table, key, values) {
	return tableNode(table, 'upsert', {
		...filters([[key, 'eq', values[key]]], 'allConditions'),
		...columns(table, values),
	});
}

/** Writes into the rows that fit. */
export function updateRows(table, conditions, values) {
	checkColumns(table, conditions);

	return tableNode(table, 'update', {
		...filters(conditions, 'allConditions'),
		...columns(table, values),
	});
}

function checkColumns(table, conditions) {
	for (const [column] of conditions)
		if (table.columns[column] === undefined)
			throw new Error(`${table.name} has no column "${column}"`);
}

/** How a table is to be made, as Markdown. */
export function describeTable({ name, columns: all }, purpose) {
	const others = Object.entries(all).filter(([, type]) => type !== 'string');
	const texts = Object.keys(all).filter((column) => all[column] === 'string');

	return [
		`**${name}**: ${purpose}`,
		`Columns, all of type *string*: ${texts.map((column) => `\`${column}\``).join(', ')}`,
		...others.map(([column, type]) => `and \`${column}\` of type *${type}*`),
	].join('\n');
}
