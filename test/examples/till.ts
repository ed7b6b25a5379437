/* eslint-disable @n8n/community-nodes/no-restricted-imports -- runs the code of the examples as it stands in the files */
import { runInNewContext } from 'node:vm';
import { DateTime } from 'luxon';
import { example, nodeOf } from './workflows';

/** A row of a table, or what an item holds. */
export interface Row {
	[column: string]: string | number | boolean | null | undefined | string[];
}

/**
 * What the Memberspot nodes do with a task. `lostAfter` did the work, `lostBefore` did not; neither is
 * known. `refused` did not either, and the answer says so.
 */
export type Fate = 'works' | 'lostAfter' | 'lostBefore' | 'refused';

/**
 * What is not known of Memberspot, and matters to who has access in the end. Left out: paused access is
 * in the lists, and each order has an access of its own.
 */
export interface Reading {
	/** Users whose access is paused are not in the lists. */
	pausedNotListed?: true;
	/** The offer has more users than the node looks through, and the member is among the last. */
	tooLong?: true;
	/** There is one access to an offer: granting it again switches it on and keeps its first order ID. */
	oneAccess?: true;
}

interface Grant {
	email: string;
	offer: string;
	orderId: string;
	active: boolean;
}

const NOT_OF_EVENTS = ['applied', 'appliedAs', 'note', 'checkKind', 'checkMessage', 'id'];

type CodeNode = (
	node: (name: string) => object,
	input: object,
	dateTime: typeof DateTime,
) => unknown;
const cache = new Map<string, CodeNode>();

/** The code of a node as a function, in a context of its own. */
function compiled(file: string, node: string): CodeNode {
	const key = `${file} ${node}`;
	const known = cache.get(key);
	if (known !== undefined) return known;
	const { jsCode } = nodeOf(example(file), node).parameters;
	const made = runInNewContext(`(($, $input, DateTime) => {${String(jsCode)}\n})`) as CodeNode;
	cache.set(key, made);

	return made;
}

/**
 * Runs the Code node of an example.
 *
 * @param outputs what the nodes before have put out; a node that is not named has not run
 */
export function runCode(
	file: string,
	node: string,
	outputs: { [name: string]: Row[] },
	input: object[],
): Row[] {
	const items = (rows: object[]) => rows.map((json) => ({ json }));
	const result = compiled(file, node)(
		outputsOf(outputs),
		{ all: () => items(input), first: () => items(input)[0] },
		DateTime,
	);

	return (JSON.parse(JSON.stringify(result)) as Array<{ json: Row }>).map(({ json }) => json);
}

type Expression = ($json: object, node: (name: string) => object) => Row[string];
const expressions = new Map<string, Expression>();

/** An expression of n8n, as it stands in a file, as a function. */
function asFunction(expression: unknown): Expression {
	const text = /^=\{\{(.*)\}\}$/s.exec(String(expression))?.[1];
	if (text === undefined) throw new Error(`${String(expression)} is no expression`);

	return runInNewContext(`(($json, $) => (${text}))`) as Expression;
}

/** What an expression that only needs the item gives for it. */
export function evaluate(expression: unknown, $json: object): Row[string] {
	return asFunction(expression)($json, () => ({ item: { json: {} } }));
}

/** The functions by which expressions and code of a workflow reach what the nodes before have put out. */
const outputsOf = (outputs: { [name: string]: Row[] }) => (name: string) => {
	const items = (outputs[name] ?? []).map((json) => ({ json }));

	return { isExecuted: name in outputs, all: () => items, first: () => items[0] };
};

/** Whether the condition of an If node holds, by its expression as it stands in the file. */
function holds(file: string, node: string, outputs: { [name: string]: Row[] }): boolean {
	const { conditions } = nodeOf(example(file), node).parameters as {
		conditions: { conditions: Array<{ leftValue: string }> };
	};
	const expression = asFunction(conditions.conditions[0].leftValue);

	return expression({}, outputsOf(outputs)) === true;
}

/** What a node that updates a table writes after a task, by its expression as it stands in the file. */
function written(
	file: string,
	node: string,
	column: string,
	$json: object,
	task: Row,
): Row[string] {
	const key = [file, node, column].join(' ');
	let expression = expressions.get(key);
	if (expression === undefined) {
		const { columns } = nodeOf(example(file), node).parameters as {
			columns: { value: { [column: string]: string } };
		};
		expression = asFunction(columns.value[column]);
		expressions.set(key, expression);
	}

	return expression($json, () => ({ item: { json: task } }));
}

/**
 * A shop, its payment workflow, the retry workflow, the tables between them and Memberspot, with
 * nothing but the decisions real: they are run as they stand in the examples.
 */
export class PaymentModel {
	orders: Row[] = [];
	checks: Row[] = [];
	grants: Grant[] = [];
	/** Access IDs for which Memberspot was asked to grant, each time. */
	asked: string[] = [];
	private retries = new Set<string>();
	private ids = 0;

	constructor(
		private readonly shop: { file: string; trigger: string },
		readonly products: Row[],
		private readonly reading: Reading = {},
		/** What the shop answers when it is asked for the order of a payment, as the HTTP Request node puts it. */
		public ask?: (payment: string) => object,
	) {}

	/** Delivers what a shop sends. `fates` says how the tasks end, one after the other; then they work. */
	deliver(call: { body: object; headers?: object }, fates: Fate[] = []): void {
		const { file, trigger } = this.shop;
		const outputs: { [name: string]: Row[] } = {};
		const events = runCode(
			file,
			'Read the Event',
			{ [trigger]: [{ ...call } as unknown as Row] },
			[],
		);
		outputs['Read the Event'] = events;
		if (events[0].event === 'none') return;
		outputs['Offers of the Product'] = this.products.filter((row) =>
			events.some(({ shop, productId }) => row.shop === shop && row.productId === productId),
		);
		const [{ orderId, paymentId }] = events;
		const known = this.rowsOf([orderId, paymentId || orderId], [orderId]);
		outputs['Rows of the Order'] = known.length > 0 ? known : [{}];
		const plan = runCode(file, 'Plan', outputs, outputs['Rows of the Order']);
		outputs.Plan = plan;
		outputs['Save the Order'] = plan.map((row) => this.save(row));
		if (this.ask === undefined || holds(file, 'Is the Order Known?', outputs))
			this.work(file, outputs, outputs['Save the Order'], fates);
		else this.lookUp(outputs, outputs['Save the Order'], fates);
	}

	/** The clock of a shop's workflow that asks again for the orders of payments. */
	everyHour(): void {
		this.lookUp(
			{},
			this.orders.filter(({ state }) => state !== 'paid'),
			[],
		);
	}

	private lookUp(outputs: { [name: string]: Row[] }, rows: Row[], fates: Fate[]): void {
		const { file } = this.shop;
		const run = (node: string, input: object[]) =>
			(outputs[node] = runCode(file, node, outputs, structuredClone(input)));
		const asked = run('Payments to Ask About', rows);
		if (asked.length === 0) return;
		const answers = asked.map(({ payment }) => this.ask?.(String(payment)) ?? {});
		const found = run('Which Order It Was', answers);
		const known = found.flatMap(({ payment, orderId }) =>
			this.rowsOf([orderId || payment, payment], [payment]),
		);
		const plan = run('Plan Again', known.length > 0 ? known : [{}]);
		if (plan.length === 0) return;
		outputs['Save That Order'] = plan.map((row) => this.save(row));
		this.work(file, outputs, outputs['Save That Order'], fates);
	}

	private rowsOf(orderIds: Array<Row[string]>, paymentIds: Array<Row[string]>): Row[] {
		// What a node has read stays as it was when the table changes.
		return structuredClone(
			this.orders.filter(
				({ orderId, paymentId }) => orderIds.includes(orderId) || paymentIds.includes(paymentId),
			),
		);
	}

	/** A run of the retry workflow. `fates` says how the tasks end, one after the other; then they work. */
	retry(fates: Fate[] = []): void {
		const left = this.orders.filter(({ applied, state }) => applied === 'on' && state !== 'paid');
		const keys = new Set([...this.retries, ...left.map(({ rowKey }) => String(rowKey))]);
		this.retries.clear();
		const rows = this.orders.filter(({ rowKey }) => keys.has(String(rowKey)));
		if (rows.length > 0) this.work('payment-retry', { 'Rows of the Orders': rows }, rows, fates);
	}

	/** Whether a member has an offer. */
	has(email: string, offer: string): boolean {
		return this.grants.some(
			(grant) => grant.email === email && grant.offer === offer && grant.active,
		);
	}

	private work(file: string, outputs: { [name: string]: Row[] }, rows: Row[], fates: Fate[]): void {
		const members = rows.flatMap(({ memberEmail, offer }) =>
			this.orders.filter((row) => row.memberEmail === memberEmail && row.offer === offer),
		);
		const tasks = runCode(file, 'Decide', outputs, members.length > 0 ? members : [{}]);
		const left = [...fates];
		for (const task of tasks) {
			if (task.task === 'check') this.checks.push(task);
			if (task.task === 'note') this.note(file, task, {});
			if (['grant', 'order', 'offer'].includes(String(task.task)))
				this.send(file, task, left.shift() ?? 'works');
		}
	}

	private send(file: string, task: Row, fate: Fate): void {
		const answer = ['lostBefore', 'refused'].includes(fate) ? {} : this.carryOut(task);
		if (fate === 'works') {
			this.note(file, task, answer);

			return;
		}
		this.retries.add(String(task.rowKey));
		const message = { outcome: fate === 'refused' ? 'notDone' : 'unknown' };
		this.rowOf(task).applied = written(file, 'Note the Failure', 'applied', { message }, task);
	}

	/** What Memberspot does; the node looks first whether the member has the offer. */
	private carryOut({ task, memberEmail, offer, accessId, active }: Row): {
		action?: string;
		before?: string;
	} {
		const { pausedNotListed = false, oneAccess = false, tooLong = false } = this.reading;
		const isMember = this.grants.some((grant) => grant.email === memberEmail);
		const mine = this.grants.filter(
			(grant) => grant.email === memberEmail && grant.offer === offer,
		);
		if (task === 'order') {
			for (const grant of mine.filter(({ orderId }) => orderId === accessId))
				grant.active = active === true;

			return {};
		}
		const isSeen = !tooLong && mine.some((grant) => grant.active || !pausedNotListed);
		if (task === 'grant' && !isSeen) {
			this.asked.push(String(accessId));
			const again = oneAccess ? mine[0] : mine.find(({ orderId }) => orderId === accessId);
			if (again !== undefined) again.active = true;
			else
				this.grants.push({
					email: String(memberEmail),
					offer: String(offer),
					orderId: String(accessId),
					active: true,
				});

			const before = isMember ? (tooLong ? 'notSettled' : 'notListed') : 'userNotFound';

			return { action: 'granted', before };
		}
		for (const grant of mine) grant.active = task === 'grant' || active === true;

		return { action: 'activated' };
	}

	private note(file: string, task: Row, $json: { action?: string; before?: string }): void {
		const row = this.rowOf(task);
		for (const column of ['applied', 'appliedAs'])
			row[column] = written(file, 'Note What Was Done', column, $json, task);
	}

	private rowOf(task: Row): Row {
		const row = this.orders.find(({ rowKey }) => rowKey === task.rowKey);
		if (row === undefined) throw new Error(`no row ${String(task.rowKey)}`);

		return row;
	}

	private save(planned: Row): Row {
		const columns = Object.fromEntries(
			Object.entries(planned).filter(([column]) => !NOT_OF_EVENTS.includes(column)),
		);
		const old = this.orders.find(({ rowKey }) => rowKey === planned.rowKey);
		if (old !== undefined) return Object.assign(old, columns);
		const row: Row = { ...columns, id: ++this.ids, applied: null, appliedAs: null };
		this.orders.push(row);

		return row;
	}
}
