import { join } from 'node:path';
import { ENGINE, openEngine } from './engine.mjs';
import { minNode } from './min-node.mjs';
import { PEER_FOLDER } from './peer.mjs';

const EMAIL = '={{ $json.email }}';
const user = { __rl: true, mode: 'email', value: EMAIL };
const byId = (value) => ({ __rl: true, mode: 'id', value });

/**
 * What a user would set in our node for each job. `node` puts out what the raw loop puts out and asks
 * for nothing more; `asSetFirst` leaves on what is on in a new node.
 */
const parametersOf = {
	readAll: ({ pageLength }, simplify) => ({
		resource: 'user',
		operation: 'getAll',
		returnAll: true,
		simplify,
		options: { pageSize: pageLength },
	}),
	setState: ({ offerId, parallel }) => ({
		resource: 'offer',
		operation: 'setState',
		user,
		offer: byId(offerId),
		active: true,
		options: { maxParallelRequests: parallel },
	}),
	deleteUsers: ({ emails, batch }, checkFirst) => ({
		resource: 'user',
		operation: 'delete',
		emails: EMAIL,
		checkFirst,
		options: { batchSize: batch, maximumUsersPerRun: emails.length },
	}),
	progress: ({ courseId }) => ({
		resource: 'courseProgress',
		operation: 'get',
		user,
		course: byId(courseId),
	}),
	find: (_input, simplify) => ({
		resource: 'user',
		operation: 'get',
		user,
		simplify,
		options: { maxParallelRequests: 1 },
	}),
};

/** The same for the published package n8n-nodes-memberspot. */
const peerParametersOf = {
	readAll: ({ pageLength }) => ({
		resource: 'user',
		operation: 'list',
		additionalOptions: { pageLength, lastLoadedId: "={{ $json.nextPage ?? '' }}" },
	}),
	setState: ({ offerId }) => ({
		resource: 'user',
		operation: 'setOfferState',
		email: EMAIL,
		offerId,
		active: true,
	}),
	deleteUsers: () => ({ resource: 'user', operation: 'deleteUsers', emails: EMAIL }),
	progress: ({ courseId }) => ({
		resource: 'user',
		operation: 'courseProgressGet',
		email: EMAIL,
		courseId,
	}),
	find: () => ({ resource: 'user', operation: 'findByMail', email: EMAIL }),
};

/**
 * One node of the bench: which package it is in, and how it stands in the workflow.
 *
 * @type {Record<string, { package: string, type: string, parameters: (job: string, input: object) => object }>}
 */
const subjects = {
	min: {
		package: join(ENGINE, 'package'),
		type: 'bench.min',
		parameters: (job, { offerId, courseId, pageLength, parallel, batch }) => ({
			job,
			email: EMAIL,
			offerId,
			courseId,
			pageLength,
			parallel,
			batch,
		}),
	},
	node: {
		package: join(ENGINE, 'package'),
		type: 'memberspot',
		parameters: (job, input) => parametersOf[job](input, false),
	},
	asSetFirst: {
		package: join(ENGINE, 'package'),
		type: 'memberspot',
		parameters: (job, input) => parametersOf[job](input, true),
	},
	peer: {
		package: PEER_FOLDER,
		type: 'memberspot',
		parameters: (job, input) => peerParametersOf[job](input),
	},
};

/** Goes back for the next page. The published package reads one page in a call. */
const nextPageNode = {
	description: {
		displayName: 'Next Page?',
		name: 'nextPage',
		group: ['transform'],
		version: 1,
		description: 'Stands in for an If node',
		defaults: { name: 'Next Page?' },
		inputs: ['main'],
		outputs: ['main', 'main'],
		properties: [],
	},

	async execute() {
		const items = this.getInputData();

		return items.some(({ json }) => json.nextPage) ? [items, []] : [[], items];
	},
};

/**
 * A node in n8n's own engine.
 *
 * @param {{ subject: string, job: string, server: { url: string, apiKey: string }, input: import('./jobs.mjs').Input }} task
 * @returns {Promise<() => Promise<{ items: import('./jobs.mjs').Item[], error?: string }>>} does the work when called
 */
export async function prepareNode({ subject, job, server, input }) {
	const { package: folder, type, parameters } = subjects[subject];
	const engine = await openEngine(folder);
	engine.add('bench.min', minNode);
	engine.add('bench.nextPage', nextPageNode);

	const to = (node) => [{ node, type: 'main', index: 0 }];
	const looped = subject === 'peer' && job === 'readAll';
	const nodes = [
		{ name: 'Start', type: 'bench.start' },
		{ name: 'Subject', type, parameters: parameters(job, input), onError: 'continueRegularOutput' },
		...(looped ? [{ name: 'Next Page?', type: 'bench.nextPage' }] : []),
	];
	const connections = {
		Start: { main: [to('Subject')] },
		...(looped
			? { Subject: { main: [to('Next Page?')] }, 'Next Page?': { main: [to('Subject')] } }
			: {}),
	};
	const items = job === 'readAll' ? [{}] : input.emails.map((email) => ({ email }));
	const credentials = {
		memberspotApi: { apiKey: server.apiKey, baseUrl: server.url, allowedActions: 'fullAccess' },
	};

	return async () => {
		const { error, runData } = await engine.run({ nodes, connections, items, credentials });
		const runs = runData.Subject ?? [];

		return { items: runs.flatMap(({ data }) => data?.main[0] ?? []), error: error?.message };
	};
}
