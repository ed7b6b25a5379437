/** How large the scenarios are. */
export const SIZES = {
	full: {
		users: 10_000,
		manyUsers: 100_000,
		writes: 1_000,
		deletions: 1_000,
		limited: 60,
		reads: 5_000,
	},
	quick: { users: 1_000, manyUsers: 5_000, writes: 100, deletions: 200, limited: 8, reads: 200 },
};

const PAGE = 100;
const BATCH = 100;
const PARALLEL = 10;
/** The node's default for Maximum Parallel Requests. */
const DEFAULT_PARALLEL = 5;
const MB = 1_000_000;

/**
 * @typedef {object} Figures medians over the runs; counts are the largest of any run
 * @property {number} wallMs
 * @property {number} cpuMs
 * @property {number} rssGrowthBytes
 * @property {number} requests
 * @property {number} refused answers 429
 * @property {number} maxInFlight
 * @property {number} items
 * @property {number} failed
 * @property {number} linked items that n8n links to the input item they are about
 */

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} job one of jobs.mjs
 * @property {{ users: number, delayMs: number }} school
 * @property {number} emails input items; 0 for one empty item
 * @property {boolean} [changes] whether the school must be made anew before each run
 * @property {string[]} subjects in the order in which they run
 * @property {string} [asSetFirst] what is on in a new node, and off for the subject `node`
 * @property {object} input beside the addresses
 * @property {(subject: string, run: Figures) => Record<string, boolean>} holds what must be true of
 *   every run but the published package's, by its name
 * @property {string} target
 * @property {(figures: Record<string, Figures>) => Array<{ measured: string, met: boolean }>} judge the
 *   parts of the target that a clock or a meter decides
 */

/**
 * The scenarios with their targets.
 *
 * @param {typeof SIZES.full} size
 * @returns {Scenario[]}
 */
export function scenarios(size) {
	const slow = { users: size.users, delayMs: 50 };
	const fast = { users: size.manyUsers, delayMs: 0 };
	const input = { pageLength: PAGE, batch: BATCH, parallel: PARALLEL };
	const inCase = (condition, checks) => (condition ? checks : {});
	const isOurs = (subject) => subject === 'node' || subject === 'asSetFirst';
	/** Simplify gives custom properties their names, which one more request brings. */
	const names = (subject) => (subject === 'asSetFirst' ? 1 : 0);
	const simplify = 'Simplify on';
	const allOk = (run, count) => ({
		[`${count} items out`]: run.items === count,
		'none failed': run.failed === 0,
		'every item linked': run.linked === count,
	});
	const readAll = (users) => (subject, run) => ({
		[`${pages(users) + names(subject)} requests`]: run.requests === pages(users) + names(subject),
		...allOk(run, users),
		...inCase(isOurs(subject), {
			[`at most ${DEFAULT_PARALLEL} in flight`]: run.maxInFlight <= DEFAULT_PARALLEL,
		}),
	});

	return [
		{
			id: '1',
			title: `Read all of ${count(size.users)} users, 50 ms an answer`,
			job: 'readAll',
			school: slow,
			emails: 0,
			subjects: ['raw', 'min', 'node', 'asSetFirst', 'peer'],
			asSetFirst: simplify,
			input,
			holds: readAll(size.users),
			target: 'at most 1.10 × raw in time',
			judge: ({ raw, node }) => [ratio('time', node.wallMs / raw.wallMs, 'raw', 1.1)],
		},
		{
			id: '1b',
			title: `Read all of ${count(size.manyUsers)} users, 0 ms an answer: memory`,
			job: 'readAll',
			school: fast,
			emails: 0,
			subjects: ['raw', 'min', 'node', 'asSetFirst'],
			asSetFirst: simplify,
			input,
			holds: readAll(size.manyUsers),
			target: 'at most 250 MB of growth, one item for each user',
			judge: ({ node }) => [
				{
					measured: `${Math.round(node.rssGrowthBytes / MB)} MB`,
					met: node.rssGrowthBytes <= 250 * MB,
				},
			],
		},
		{
			id: '2',
			title: `${count(size.writes)} writes (activate an offer), 50 ms an answer, ${PARALLEL} at a time`,
			job: 'setState',
			school: slow,
			emails: size.writes,
			subjects: ['raw', 'min', 'node', 'peer'],
			input,
			holds: (_subject, run) => ({
				[`${size.writes} requests`]: run.requests === size.writes,
				...allOk(run, size.writes),
				[`at most ${PARALLEL} in flight`]: run.maxInFlight <= PARALLEL,
			}),
			target: 'at most 1.15 × min node in time',
			judge: ({ min, node }) => [ratio('time', node.wallMs / min.wallMs, 'min node', 1.15)],
		},
		{
			id: '3',
			title: `Delete ${count(size.deletions)} users, one address in each item, 50 ms an answer`,
			job: 'deleteUsers',
			school: slow,
			emails: size.deletions,
			changes: true,
			subjects: ['raw', 'min', 'node', 'asSetFirst', 'peer'],
			asSetFirst: 'Check Each Address First on',
			input,
			holds: (subject, run) => {
				const looks = subject === 'asSetFirst' ? size.deletions : 0;
				const requests = looks + Math.ceil(size.deletions / BATCH);

				return {
					[`${requests} requests`]: run.requests === requests,
					...allOk(run, size.deletions),
					...inCase(isOurs(subject), {
						[`at most ${DEFAULT_PARALLEL} in flight`]: run.maxInFlight <= DEFAULT_PARALLEL,
					}),
				};
			},
			target: 'at most 1 s',
			judge: ({ node }) => [{ measured: seconds(node.wallMs), met: node.wallMs <= 1_000 }],
		},
		{
			id: '4',
			title: `${size.limited} reads of course progress, at most 4 accepted in any second, 50 ms an answer`,
			job: 'progress',
			school: slow,
			emails: size.limited,
			subjects: ['raw', 'node', 'peer'],
			input,
			holds: (subject, run) =>
				inCase(isOurs(subject), {
					[`${size.limited} requests accepted`]: run.requests - run.refused === size.limited,
					...allOk(run, size.limited),
					[`at most ${DEFAULT_PARALLEL} in flight`]: run.maxInFlight <= DEFAULT_PARALLEL,
				}),
			target: 'at most 16 s, few or no 429 (taken as at most 3)',
			judge: ({ node }) => [
				{ measured: seconds(node.wallMs), met: node.wallMs <= 16_000 },
				{ measured: `${node.refused} × 429`, met: node.refused <= 3 },
			],
		},
		{
			id: '5',
			title: `${count(size.reads)} users looked up by e-mail, 0 ms an answer, one after the other: CPU`,
			job: 'find',
			school: fast,
			emails: size.reads,
			subjects: ['raw', 'min', 'node', 'asSetFirst', 'peer'],
			asSetFirst: simplify,
			input: { ...input, parallel: 1 },
			holds: (subject, run) => ({
				[`${size.reads + names(subject)} requests`]: run.requests === size.reads + names(subject),
				...allOk(run, size.reads),
				'at most 1 in flight': run.maxInFlight <= 1,
			}),
			target: 'at most 1.15 × min node in CPU time',
			judge: ({ min, node }) => [ratio('CPU', node.cpuMs / min.cpuMs, 'min node', 1.15)],
		},
	];
}

/** What loading and size are held against. */
export const LOAD_TARGET = {
	text: 'a few ms to load (taken as at most 5), at most 225 KB unpacked',
	ms: 5,
	bytes: 225_000,
};

/** Requests that a list of so many users takes. */
function pages(users) {
	return Math.ceil(users / PAGE);
}

function ratio(what, value, of, most) {
	return { measured: `${value.toFixed(2)} × ${of} in ${what}`, met: value <= most };
}

/** @param {number} value */
export function count(value) {
	return value.toLocaleString('en-US');
}

/** @param {number} ms */
export function seconds(ms) {
	return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
	return `${Math.round(bytes / MB)} MB`;
}
