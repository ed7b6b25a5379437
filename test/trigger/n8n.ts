/* eslint-disable @n8n/community-nodes/require-node-api-error -- a test fails with a plain error */
import {
	ObservableObject,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import { LARGEST_STATE } from '../../nodes/Memberspot/polling/codec';
import { PollMemory } from '../../nodes/Memberspot/polling/memory';
import { pollMemberspot } from '../../nodes/Memberspot/polling/poll';
import type { HttpAnswer } from '../../nodes/Memberspot/transport/client';
import { FakeClock } from '../support/clock';

/** What the API answers to a request: path from /v1 on, and query. */
export type Api = (
	path: string,
	query: { [name: string]: string },
) => Promise<Partial<HttpAnswer>> | Partial<HttpAnswer>;

/**
 * How n8n keeps the state of a polling trigger, as read in n8n-core and n8n 2.41 (2.8 is as `regular`).
 *
 * - `regular`: one workflow object in memory for as long as it is published. Its data is saved at the
 *   end of an activation and when something is emitted, the latter without waiting for it.
 * - `durable`: the scheduler that is an option of 2.41. A new object for every poll, from what is
 *   saved; saved when something is emitted. A time budget.
 * - `cursors`: the same with the option of durable cursors. The node's own data is a copy of its own,
 *   saved with the execution when something is emitted and also where nothing is; but not by the poll
 *   of an activation that emits nothing.
 */
export type Keeping = 'regular' | 'durable' | 'cursors';

/** What goes wrong when something is emitted. */
export interface Mishap {
	/** The data is not saved: n8n ends before, or the database refuses. */
	saveLost?: boolean;
	/** The execution is not started. */
	runLost?: boolean;
}

/** What came of a poll. */
export interface PollOutcome {
	/** Items that started an execution. */
	emitted: IDataObject[];
	/** Items whose execution was lost, by a mishap. */
	lost: IDataObject[];
	error?: Error & { description?: string | null };
}

type Observed = IDataObject & { __dataChanged?: boolean };

/** n8n with one workflow that begins with the polling trigger. */
export class N8n {
	readonly clock: FakeClock;
	/** What is in the database, as JSON. */
	saved = '{}';
	/** The durable cursor in the database, as JSON. */
	cursor: string | undefined;
	node: INode;
	parameters: IDataObject = {};
	apiKey = 'KEY-1';
	budgetMs: number | undefined;
	largestState = LARGEST_STATE;
	private memory = new PollMemory();
	private workflow: Observed | undefined;

	constructor(
		private readonly api: Api,
		readonly keeping: Keeping = 'regular',
		start?: number,
	) {
		this.clock = new FakeClock(start);
		this.node = {
			id: 'node-1',
			name: 'Trigger',
			type: 'n8n-nodes-memberspot-sync.memberspotPollingTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
	}

	/** Publishes the workflow, or publishes it again: the first poll, and what it noted is saved. */
	async activate(mishap: Mishap = {}): Promise<PollOutcome> {
		const workflow = this.load();
		const outcome = await this.run(workflow, true, mishap);
		if (outcome.error !== undefined) return outcome;
		this.workflow = workflow;
		if (!mishap.saveLost) this.save(workflow);

		return outcome;
	}

	/** A poll at its time. */
	async poll(mishap: Mishap = {}): Promise<PollOutcome> {
		if (this.workflow === undefined) throw new Error('the workflow is not published');

		return await this.run(this.keeping === 'regular' ? this.workflow : this.load(), false, mishap);
	}

	/** Several polls at the same time. */
	async pollTogether(times: number): Promise<PollOutcome[]> {
		return await Promise.all(Array.from({ length: times }, async () => await this.poll()));
	}

	/** Ends n8n without warning, and starts it: what is in memory is gone, the workflow is activated. */
	async restart(): Promise<PollOutcome> {
		this.memory = new PollMemory();

		return await this.activate();
	}

	/** Publishes again while the poll of the version before is under way: its result is dropped. */
	async supersede(): Promise<PollOutcome> {
		const workflow = this.workflow;
		if (workflow === undefined) throw new Error('the workflow is not published');
		await this.clock.run(this.callPoll(workflow, undefined));

		return await this.activate();
	}

	/** A run by hand in the editor. */
	async test(): Promise<IDataObject[]> {
		const result = await this.clock.run(
			pollMemberspot(this.context(this.load(), undefined, 'manual'), this.parts()),
		);

		return (result?.[0] ?? []).map(({ json }) => json);
	}

	rename(name: string): void {
		this.node = { ...this.node, name };
	}

	private parts() {
		return { clock: this.clock, memory: this.memory, largestState: this.largestState };
	}

	private load(): Observed {
		return ObservableObject.create(JSON.parse(this.saved), undefined, {
			ignoreEmptyOnFirstChild: true,
		});
	}

	private save(workflow: Observed): void {
		if (workflow.__dataChanged !== true) return;
		this.saved = JSON.stringify(workflow);
		workflow.__dataChanged = false;
	}

	private async run(workflow: Observed, activating: boolean, mishap: Mishap): Promise<PollOutcome> {
		const own = this.keeping === 'cursors' ? this.loadCursor(workflow) : undefined;
		const before = JSON.stringify(own);
		let items: IDataObject[] | null;
		try {
			items = await this.clock.run(this.callPoll(workflow, own));
		} catch (error) {
			if (!(error instanceof Error)) throw new Error(String(error));
			return { emitted: [], lost: [], error };
		}
		const changed = own !== undefined && JSON.stringify(own) !== before;
		if (items === null) {
			if (changed && !activating) this.cursor = JSON.stringify(own);
			return { emitted: [], lost: [] };
		}
		if (!mishap.saveLost) this.save(workflow);
		// The cursor and the execution are saved in one transaction.
		if (changed && !mishap.runLost) this.cursor = JSON.stringify(own);

		return mishap.runLost ? { emitted: [], lost: items } : { emitted: items, lost: [] };
	}

	private loadCursor(workflow: Observed): IDataObject {
		this.cursor ??= JSON.stringify(this.staticData(workflow, `node:${this.node.name}`));

		return JSON.parse(this.cursor);
	}

	private async callPoll(
		workflow: Observed,
		own: IDataObject | undefined,
	): Promise<IDataObject[] | null> {
		const result = await pollMemberspot(this.context(workflow, own, 'trigger'), this.parts());

		return result === null
			? null
			: result[0].map(({ json }: INodeExecutionData) => JSON.parse(JSON.stringify(json)));
	}

	private staticData(workflow: Observed, key: string): IDataObject {
		if (workflow[key] === undefined)
			workflow[key] = ObservableObject.create(
				{},
				Object.assign(workflow, { __dataChanged: workflow.__dataChanged === true }),
			);
		const data = workflow[key];
		if (typeof data !== 'object' || data === null || Array.isArray(data) || data instanceof Date)
			throw new Error('static data is an object');

		return Object.assign(data);
	}

	private context(
		workflow: Observed,
		own: IDataObject | undefined,
		mode: 'trigger' | 'manual',
	): IPollFunctions {
		const context = {
			getMode: () => mode,
			getNode: () => this.node,
			getWorkflow: () => ({ id: 'workflow-1', name: 'Test', active: true }),
			getPollBudgetMs: this.budgetMs === undefined ? undefined : () => this.budgetMs,
			getNodeParameter: (name: string, fallback?: unknown) => this.parameters[name] ?? fallback,
			getWorkflowStaticData: (type: string) =>
				type === 'global'
					? this.staticData(workflow, 'global')
					: (own ?? this.staticData(workflow, `node:${this.node.name}`)),
			getCredentials: async () => ({ apiKey: this.apiKey, baseUrl: 'https://api.example.com' }),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
					const query = Object.fromEntries(
						Object.entries(options.qs ?? {}).map(([name, value]) => [name, String(value)]),
					);
					const {
						status = 200,
						headers = {},
						text = '',
					} = await this.api(new URL(options.url).pathname.replace(/^\/v1/, ''), query);

					return { statusCode: status, headers, body: text };
				},
			},
		};

		// Only what a poll uses is there; a use of anything else fails with its name.
		return new Proxy(context, {
			get(target, name) {
				if (name in target) return Reflect.get(target, name) as unknown;
				throw new Error(`the test context has no ${String(name)}`);
			},
		}) as unknown as IPollFunctions;
	}
}
