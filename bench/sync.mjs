import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTypeScript } from '../scripts/lib/load-typescript.mjs';
import { ROOT } from '../scripts/lib/run.mjs';
import { StandIn } from './lib/run.mjs';

const USAGE = `Syncs many users of whom a few differ, beside a loop that sends one request for each user.

  node bench/sync.mjs                          10,000 users, 1 % drift
  node bench/sync.mjs --users 2000 --drift 20  other sizes; drift is a number of users

Exits with 1 when a sync sends more or fewer writes than there are differences, or its second run any.
`;
const PARALLEL = 5;
const MOST_LOSSES = 1_000_000;
/** Enough users in the school for those who hold the offer of the bench: somewhat more than a third does. */
const SCHOOL_FACTOR = 3;

const { values } = parseArgs({ options: { users: { type: 'string', default: '10000' }, drift: { type: 'string', default: '100' }, help: { type: 'boolean' } } });
if (values.help) {
	console.log(USAGE);
	process.exit(0);
}
const count = Number(values.users);
const drift = Number(values.drift);

loadTypeScript();
const require = createRequire(import.meta.url);
const axios = require('axios');
const { runExecutor } = require(join(ROOT, 'test/support/context.ts'));

const standIn = await StandIn.start({ users: count * SCHOOL_FACTOR, delayMs: 0 });
const broken = [];
try {
	const { offerId } = standIn.facts;
	const holders = await standIn.emails(count - Math.ceil(drift / 2));
	// One half of the drift should lose the offer, the other half should get it and does not hold it.
	const losers = Math.floor(drift / 2);
	const everyone = await standIn.control('GET', `users?limit=${count * SCHOOL_FACTOR}`);
	const anyHolder = new Set((await standIn.control('GET', `users?offerId=${offerId}&limit=${count * SCHOOL_FACTOR}`)).map(({ email }) => email));
	const others = everyone.map(({ email }) => email).filter((email) => !anyHolder.has(email) && !standIn.facts.fixtures.includes(email));
	const wishes = [
		...holders.map((email, place) => ({ email, wanted: place >= losers })),
		...others.slice(0, count - holders.length).map((email) => ({ email, wanted: true })),
	];

	const first = await timed(async () => await sync(wishes, offerId));
	const second = await timed(async () => await sync(wishes, offerId));
	await standIn.clear({ changed: true });
	const naive = await timed(async () => await loop(wishes, offerId));

	const rows = [
		['Sync Access, first run', first],
		['Sync Access, second run', second],
		['Loop of grant and deactivate', naive],
	];
	console.log(`${count.toLocaleString('en-US')} users, ${drift} differences, ${PARALLEL} requests at a time\n`);
	console.log('| | Requests | Writes | Seconds |\n|---|---|---|---|');
	for (const [name, { requests, writes, seconds }] of rows) console.log(`| ${name} | ${requests.toLocaleString('en-US')} | ${writes.toLocaleString('en-US')} | ${seconds.toFixed(1)} |`);
	if (first.writes !== drift) broken.push(`${first.writes} writes instead of ${drift}`);
	if (second.writes !== 0) broken.push(`${second.writes} writes in the second run`);
	if (naive.writes !== count) broken.push(`the loop sent ${naive.writes} writes instead of ${count}`);
} finally {
	await standIn.close();
}
if (broken.length > 0) {
	console.error(`\nCounts that do not hold:\n${broken.map((line) => `  ${line}`).join('\n')}`);
	process.exitCode = 1;
}

/** Takes the time of some work, and counts what the stand-in saw of it. */
async function timed(work) {
	await standIn.clear({ changed: false });
	const began = performance.now();
	await work();
	const seconds = (performance.now() - began) / 1_000;
	const log = await standIn.control('GET', 'log');

	return { seconds, requests: log.length, writes: log.filter(({ method }) => method !== 'GET').length };
}

async function sync(wishes, offerId) {
	const offer = { __rl: true, mode: 'id', value: offerId };
	const { items, error } = await runExecutor({
		parameters: {
			resource: 'user',
			operation: 'syncAccess',
			email: (item) => wishes[item].email,
			offersFrom: 'list',
			offerList: (item) => (wishes[item].wanted ? [offerId] : []),
			controls: 'chosen',
			chosenOffers: { values: [{ offer }] },
			options: { mostLosses: MOST_LOSSES, maxParallelRequests: PARALLEL },
		},
		items: wishes.map(() => ({})),
		credentials: { apiKey: standIn.facts.apiKey, baseUrl: standIn.facts.url, allowedActions: 'readAndWrite' },
	});
	if (error !== undefined) throw error;
	if (items.length !== wishes.length) throw new Error(`${items.length} rows for ${wishes.length} users`);
}

/** What people build without a sync: a request for each user, whether or not anything is to be done. */
async function loop(wishes, offerId) {
	let next = 0;
	const worker = async () => {
		while (next < wishes.length) {
			const { email, wanted } = wishes[next++];
			const [path, data] = wanted ? ['grant-user-offer-by-mail', { email, grantOffer: offerId }] : ['set-offer-state', { email, offerId, active: false }];
			await axios.post(`${standIn.facts.url}/v1/users/${path}`, data, { headers: { 'X-API-KEY': standIn.facts.apiKey } });
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
}
