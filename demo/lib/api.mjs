/**
 * A client for n8n's own interface: what the editor does, without the editor.
 *
 * These addresses are n8n's internal ones; they were read from and tried with n8n 2.41.1, and where
 * older lines differ, with those that e2e/versions pins.
 */
import { randomUUID } from 'node:crypto';
import { TRIGGER_TYPE } from './names.mjs';
import { PlainError, waitFor } from './processes.mjs';

const CALL_TIMEOUT = 30_000;
const EXECUTION_TIMEOUT = 60_000;
const PUBLISH_TIMEOUT = 30_000;
/** More than any run of the demo makes, and all that n8n lists at once. */
const MOST_RUNS = 100;
const FINISHED = new Set(['success', 'error', 'crashed', 'canceled']);

/** An answer other than 2xx. */
export class N8nApiError extends PlainError {
	constructor(message, status, body) {
		super(message);
		this.status = status;
		this.body = body;
	}
}

/**
 * @typedef {object} Execution a finished run of a workflow
 * @property {string} id
 * @property {string} status success, error, crashed or canceled
 * @property {string} mode manual, webhook, ...
 * @property {(node: string) => Array<{ json: object, pairedItem?: unknown }>} items what a node put
 *   out last, on its first output
 * @property {(node: string) => boolean} ran
 * @property {{ message: string, description?: string, node?: { name: string } } | undefined} error
 * @property {string} raw everything n8n has saved of it, as text
 * @property {object} run the saved data
 */

/**
 * @typedef {object} WorkflowNode
 * @property {string} name
 * @property {string} type
 * @property {Record<string, unknown>} parameters
 * @property {string} [webhookId]
 * @property {boolean} [disabled]
 */

export class N8nApi {
	#base;
	#cookie = '';
	/** A session belongs to the browser it was opened in, which n8n knows by this header. */
	#browserId = randomUUID();
	#parse;

	/**
	 * @param {string} base n8n's URL
	 * @param {import('./install.mjs').Installation} installation n8n saves executions in a format of
	 *   the library "flatted", which is taken from the same installation
	 */
	constructor(base, installation) {
		this.#base = base;
		this.#parse = installation.require('flatted').parse;
	}

	/**
	 * Sets up the owner of a fresh n8n and keeps the session. (n8n allows five logins a minute, so
	 * one session serves a whole run.)
	 *
	 * @param {{ email: string, password: string, firstName: string, lastName: string }} owner
	 */
	async setUpOwner(owner) {
		await this.post('/rest/owner/setup', owner);
	}

	/** Signs in where the owner exists already. */
	async signIn({ email, password }) {
		await this.post('/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** Cookie and browser id of the session, for a browser that shall share it. */
	session() {
		return { cookie: this.#cookie, browserId: this.#browserId };
	}

	async get(path) {
		return await this.request('GET', path);
	}

	async post(path, body) {
		return await this.request('POST', path, body);
	}

	/**
	 * One call. Gives what stands under "data" in the answer.
	 *
	 * @throws N8nApiError
	 */
	async request(method, path, body) {
		const response = await reach(this.#base + path, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': this.#browserId,
				...(this.#cookie !== '' && { cookie: this.#cookie }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(CALL_TIMEOUT),
		});
		for (const cookie of response.headers.getSetCookie())
			if (cookie.startsWith('n8n-auth=')) this.#cookie = cookie.split(';')[0];

		const text = await response.text();
		const answer = parseJson(text);
		if (!response.ok)
			throw new N8nApiError(
				`n8n refused ${method} ${path} (${response.status}): ${text.slice(0, 500)}`,
				response.status,
				answer,
			);

		return answer?.data ?? answer;
	}

	/** Types of nodes that n8n has loaded, for example to see that the package is there. */
	async nodeTypes() {
		return await this.get('/types/nodes.json');
	}

	/** @returns {Promise<{ id: string, name: string }>} */
	async createCredential(name, type, data) {
		const { id } = await this.post('/rest/credentials', { name, type, data });

		return { id, name };
	}

	/** Makes a credential where none of the name is there: a name that two have is not found by an import. */
	async ensureCredential(name, type, data) {
		const all = await this.get('/rest/credentials');
		if (!all.some((each) => each.name === name)) await this.createCredential(name, type, data);
	}

	/**
	 * What the button "Retry" in the credential's window does.
	 *
	 * @returns {Promise<{ status: 'OK' | 'Error', message: string }>}
	 */
	async testCredential({ id, name }, type, data) {
		return await this.post('/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	/**
	 * Imports a workflow as it stands in a file. A credential that is named there without an id is
	 * found by its name, as n8n does when a workflow is imported.
	 */
	async createWorkflow(workflow) {
		const { name, nodes, connections, settings } = workflow;

		return await this.post('/rest/workflows', {
			name,
			nodes,
			connections,
			settings,
			active: false,
		});
	}

	/**
	 * Saves a workflow that was changed in the editor.
	 *
	 * @param {{ id: string, versionId: string, nodes: WorkflowNode[], connections: object }} workflow
	 * @returns {Promise<object>} as n8n has saved it
	 */
	async saveWorkflow({ id, versionId, name, nodes, connections, settings }) {
		return await this.request('PATCH', `/rest/workflows/${id}`, {
			versionId,
			name,
			nodes,
			connections,
			settings,
		});
	}

	/**
	 * Publishes a workflow and waits until its webhooks answer: n8n registers them a moment after it
	 * has said yes.
	 *
	 * @param {{ id: string, name: string, versionId: string, nodes: WorkflowNode[] }} workflow
	 */
	async publish(workflow) {
		const { versionId } = workflow;
		// Before 2.0 a workflow is switched on like any other change of it.
		await unlessMissing(
			async () => await this.post(`/rest/workflows/${workflow.id}/activate`, { versionId }),
			async () =>
				await this.request('PATCH', `/rest/workflows/${workflow.id}`, { active: true, versionId }),
		);
		await waitFor(
			`the workflow "${workflow.name}" to be published`,
			async () =>
				await unlessMissing(
					async () =>
						(await this.get(`/rest/workflows/${workflow.id}/publication-status`)).status ===
						'published',
					// Older lines publish before they answer.
					async () => true,
				),
			{ timeoutMs: PUBLISH_TIMEOUT },
		);
		const listening = workflow.nodes.filter(({ disabled }) => disabled !== true).map(webhookPath);
		for (const path of listening.filter((place) => place !== undefined)) {
			await waitFor(`the webhook "${path}"`, async () => await this.#answersAt(path), {
				timeoutMs: PUBLISH_TIMEOUT,
			});
		}
	}

	/** Whether a webhook listens there, found out without starting its workflow. */
	async #answersAt(path) {
		const response = await reach(this.webhookUrl(path), {
			method: 'OPTIONS',
			// n8n answers every address with success; only to an origin it tells what may be called there.
			headers: { origin: this.#base },
			signal: AbortSignal.timeout(CALL_TIMEOUT),
		});
		await response.text();
		const methods = response.headers.get('access-control-allow-methods') ?? '';

		return methods.split(', ').some((method) => method !== '' && method !== 'OPTIONS');
	}

	/** The address that the outside calls once the workflow is published. */
	webhookUrl(path) {
		return `${this.#base}/webhook/${path}`;
	}

	/**
	 * Calls a published webhook, as a shop would.
	 *
	 * @param {string} path
	 * @param {unknown} body sent as JSON; a text is sent as it is
	 * @param {Record<string, string>} [headers] for example a signature, or another content type
	 * @returns {Promise<{ status: number, body: unknown }>}
	 */
	async callWebhook(path, body, headers = {}) {
		const response = await reach(this.webhookUrl(path), {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			signal: AbortSignal.timeout(EXECUTION_TIMEOUT),
		});

		return { status: response.status, body: parseJson(await response.text()) };
	}

	/**
	 * Runs a workflow by hand and waits for its end.
	 *
	 * @param {{ id: string }} workflow as n8n has given it
	 * @param {string} trigger the node to begin with
	 * @returns {Promise<Execution>}
	 */
	async runWorkflow(workflow, trigger) {
		const { executionId } = await this.post(`/rest/workflows/${workflow.id}/run`, {
			// Older lines run what they are sent; 2.41 runs what is saved.
			workflowData: workflow,
			triggerToStartFrom: { name: trigger },
		});

		return await this.execution(executionId);
	}

	/**
	 * Waits for a run to end and reads it.
	 *
	 * @param {string} id
	 * @param {{ timeoutMs?: number }} [limits]
	 * @returns {Promise<Execution>}
	 */
	async execution(id, { timeoutMs = EXECUTION_TIMEOUT } = {}) {
		const { saved, run } = await waitFor(
			`the execution ${id} to end`,
			async () => {
				const answer = await this.get(`/rest/executions/${id}`);
				if (!FINISHED.has(answer.status)) return false;
				const { data } = answer;
				const read = typeof data === 'string' ? this.#parse(data) : data;

				// Older lines save the status a moment before the data.
				return isSaved(answer, read) && { saved: answer, run: read };
			},
			{ timeoutMs },
		);
		const { runData = {}, error } = run.resultData;

		return {
			id: String(saved.id),
			status: saved.status,
			mode: saved.mode,
			items: (node) => runData[node]?.at(-1)?.data?.main?.[0] ?? [],
			ran: (node) => node in runData,
			error,
			raw: JSON.stringify(saved),
			run,
		};
	}

	/**
	 * Ids of the newest runs, at most 100, newest first.
	 *
	 * @param {{ id: string }} [workflow] only of this one
	 * @returns {Promise<string[]>}
	 */
	async executionIds(workflow) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow?.id }));
		const { results } = await this.get(`/rest/executions?filter=${filter}&limit=${MOST_RUNS}`);

		return results.map(({ id }) => String(id)).sort((a, b) => Number(b) - Number(a));
	}

	/**
	 * Waits for a run of a workflow that was not there before, and for its end.
	 *
	 * @param {{ id: string, name: string }} workflow
	 * @param {string[]} known ids that were there before
	 * @returns {Promise<Execution>}
	 */
	async nextExecution(workflow, known) {
		const id = await waitFor(
			`a run of the workflow "${workflow.name}"`,
			async () =>
				(await this.executionIds(workflow)).find((candidate) => !known.includes(candidate)),
			{ timeoutMs: EXECUTION_TIMEOUT },
		);

		return await this.execution(id);
	}
}

function isSaved({ status }, run) {
	if (run?.resultData === undefined) return false;

	return status !== 'success' || Object.keys(run.resultData.runData ?? {}).length > 0;
}

/** Does something else where this n8n does not know the address. */
async function unlessMissing(call, otherwise) {
	try {
		return await call();
	} catch (error) {
		if (error instanceof N8nApiError && error.status === 404) return await otherwise();
		throw error;
	}
}

/**
 * Where a node listens in a published workflow, or undefined when it is no webhook that the demo knows.
 * (n8n's own node has the whole path in its parameters; others get their id before their fixed path.)
 *
 * @param {WorkflowNode} node
 * @returns {string | undefined}
 */
export function webhookPath({ type, parameters, webhookId }) {
	if (type === 'n8n-nodes-base.webhook') return String(parameters.path);

	return type === TRIGGER_TYPE ? `${webhookId}/memberspot` : undefined;
}

/** A call whose failure says what was called, and why it failed. */
async function reach(url, options) {
	try {
		return await fetch(url, options);
	} catch (error) {
		const reason = error.cause?.message ?? error.message;
		throw new PlainError(`n8n gave no answer to ${options.method} ${url}: ${reason}`);
	}
}

function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
