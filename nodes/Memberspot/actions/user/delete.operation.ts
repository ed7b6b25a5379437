import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, maximumUsersPerRun } from '../../descriptions';
import { endpoints, failureOf, passOn, RequestFailed, type AttemptRecord, type Call } from '../../transport';
import { emailKey } from '../../values/email';
import { bulkOperation, type Entry, type Row, type Run } from '../operation';
import { inChunks } from '../chunks';
import type { OptionReader } from '../params';

interface Input {
	emails: string[];
	checkFirst: boolean;
}

/** What happened to one address, and the requests that were made for it. */
type Fate = ({ json: IDataObject } | { error: unknown }) & { calls: readonly AttemptRecord[] };

const DEFAULT_BATCH = 100;
const DEFAULT_MAXIMUM = 10;
const DEFAULT_CHECK_SECONDS = 15;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Deletes members for good.
 *
 * Memberspot leaves out addresses it does not know and does not say which (one client), so each
 * address is looked up first. Without that, or where the plan refuses the look-up, the output only
 * claims that the deletion was requested.
 */
export const deleteUser = bulkOperation<Input>({
	value: 'delete',
	name: 'Delete',
	action: 'Delete users permanently',
	description: 'Delete one or many users for good. This can not be undone.',
	builderHint: 'Cannot be undone. To take access away and keep course progress, use the resource Offer with the operation Activate or Deactivate.',
	fields: [
		{
			displayName: 'E-Mails',
			name: 'emails',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. anna@example.com, ben@example.com',
			description: 'One address or several, as a text with commas, semicolons or line breaks, or as a list. All items of the run are deleted together in batches. This can not be undone.',
		},
		{
			displayName: 'Check Each Address First',
			name: 'checkFirst',
			type: 'boolean',
			default: true,
			description: 'Whether to look each address up before, and say which were deleted and which were not found. Memberspot itself is said to pass over unknown addresses without a word.',
		},
	],
	options: [
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1000 },
			default: DEFAULT_BATCH,
			description: 'How many addresses to delete with one request. The largest number Memberspot accepts is not documented. Read from the first item.',
		},
		{
			displayName: 'Check Afterwards',
			name: 'checkAfterwards',
			type: 'boolean',
			default: false,
			description: 'Whether to look each deleted address up again, so that the output is a receipt. An address that can still be seen is marked, not failed: how long a deletion takes to show is not documented.',
		},
		{
			displayName: 'Check for up to (Seconds)',
			name: 'checkAfterwardsFor',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 600 },
			default: 15,
			description: 'How long to go on looking, together with Check Afterwards, until the address is gone. Read from the first item.',
		},
		keepEmailCase,
		maximumUsersPerRun(DEFAULT_MAXIMUM, 'delete'),
	],
	endpoints: ['deleteUsers', 'deleteUsersPost', 'findUserByMail'],
	access: () => 'full',
	writes: true,
	alwaysAudited: true,
	guard: {
		users: ({ emails }) => emails.map(emailKey),
		verb: 'delete',
		nothing: 'Nothing was deleted',
		defaultLimit: DEFAULT_MAXIMUM,
	},
	read: (params) => ({
		emails: params.emails('emails', 'E-Mails'),
		checkFirst: params.boolean('checkFirst', 'Check Each Address First', true),
	}),
	async run(run, entries, report) {
		const settings = readSettings(run.options);
		const places = placesByAddress(entries);
		const checkFirst = new Set(entries.filter(({ input }) => input.checkFirst).flatMap(({ input }) => input.emails.map(emailKey)));
		const fates = new Map<string, Fate>();
		const settle: Settle = (place, fate) => fates.set(place.key, fate);
		try {
			const doomed = await lookUpFirst(run, [...places.values()], checkFirst, settle);
			for (const batch of inChunks(doomed, settings.batchSize)) {
				const failed = [...fates.values()].some((fate) => 'error' in fate);
				if (run.client.signal?.aborted || (run.stopOnError && failed)) break;
				await deleteBatch(run, batch, settings, settle);
			}
		} finally {
			// In the order of the input, whatever was settled first.
			for (const place of places.values()) {
				const fate = fates.get(place.key);
				if (fate !== undefined) for (const row of rowsOf(place, fate)) report(row, fate.calls);
			}
		}
	},
});

type Settle = (place: Place, fate: Fate) => unknown;

interface Settings {
	batchSize: number;
	/** How long to look afterwards, in milliseconds; undefined for not at all. */
	checkForMs: number | undefined;
}

/** Reads the options of the run. Done before anything is sent: a mistake in one must not be found after the deletion. */
function readSettings(options: OptionReader): Settings {
	const seconds = options.number('checkAfterwardsFor', 'Check for up to (Seconds)', { min: 0, max: 600 }) ?? DEFAULT_CHECK_SECONDS;

	return {
		batchSize: options.number('batchSize', 'Batch Size', { min: 1, max: 1_000 }) ?? DEFAULT_BATCH,
		checkForMs: options.boolean('checkAfterwards', 'Check Afterwards', false) ? seconds * 1_000 : undefined,
	};
}

/** One address, and the items that name it. */
interface Place {
	key: string;
	email: string;
	/** Item indices in input order, each once. */
	items: number[];
}

/** An address that is to be deleted. */
interface Doomed extends Place {
	/** Whether the look-up saw the member; undefined where there was no look-up. */
	seen?: boolean;
	calls: AttemptRecord[];
}

function placesByAddress(entries: Array<Entry<Input>>): Map<string, Place> {
	const places = new Map<string, Place>();
	for (const { item, input } of entries) {
		for (const email of input.emails) {
			const key = emailKey(email);
			const place = places.get(key) ?? { key, email, items: [] };
			if (!place.items.includes(item)) place.items.push(item);
			places.set(key, place);
		}
	}

	return places;
}

/** One row for each item that named the address: the first has the outcome, the others repeat it. */
function rowsOf(place: Place, fate: Fate): Row[] {
	const [first, ...others] = place.items;
	const row = (item: number, extra: IDataObject): Row => ('error' in fate ? { item, error: fate.error } : { item, json: { ...fate.json, ...extra } });

	return [row(first, {}), ...others.map((item) => row(item, { mergedWith: first }))];
}

/** Looks addresses up, and settles those that are not there or could not be looked up. */
async function lookUpFirst(run: Run, places: Place[], checkFirst: Set<string>, settle: Settle): Promise<Doomed[]> {
	const doomed = await Promise.all(
		places.map(async (place): Promise<Doomed | undefined> => {
			const calls: AttemptRecord[] = [];
			if (!checkFirst.has(place.key)) return { ...place, calls };
			try {
				const found = await run.school.lookUp(place.email, (attempt) => calls.push(attempt));
				if (found === undefined) return { ...place, calls };
				if (found.found) return { ...place, seen: true, calls };
				settle(place, { json: notThere(place.email), calls });
			} catch (error) {
				// What could not be looked up is not deleted: the user asked to check first.
				settle(place, { error: passOn(error), calls });
			}

			return undefined;
		}),
	);
	const left = doomed.filter((place) => place !== undefined);
	if (left.some(({ key, seen }) => seen === undefined && checkFirst.has(key))) {
		run.hint('This API key may not look users up by e-mail, so it can not be told which addresses existed. The deletion was requested for all of them.');
	}

	return left;
}

function notThere(email: string): IDataObject {
	return {
		email,
		deleted: false,
		reason: 'notFound',
		before: 'notFound',
		outcome: 'unchanged',
		note: 'Memberspot has no user with this address, so there was nothing to delete. This is no proof that data was deleted.',
	};
}

async function deleteBatch(run: Run, batch: Doomed[], settings: Settings, settle: Settle): Promise<void> {
	if (run.dryRun) {
		for (const place of batch) settle(place, { json: { ...baseOf(place, 'wouldDelete'), outcome: 'unchanged' }, calls: place.calls });
		return;
	}
	try {
		await sendDeletion(run, batch);
	} catch (error) {
		if (failureOf(error)?.maybeDone === true) await settleAfterLostAnswer(run, batch, error, settings, settle);
		else for (const place of batch) settle(place, { error: passOn(error), calls: place.calls });
		return;
	}
	await settleDeleted(run, batch, settings, settle);
}

/**
 * Sends one batch. Some proxies strip the body of a DELETE; the API has a POST twin for that (one
 * client). A refusal that speaks of the addresses, though they were sent, is the sign of it, and
 * nothing was deleted then.
 */
async function sendDeletion(run: Run, batch: Doomed[]): Promise<void> {
	const call: Call = {
		body: { emails: batch.map(({ email }) => email) },
		onAttempt: (attempt) => batch.forEach(({ calls }) => calls.push(attempt)),
	};
	if (run.memory.get('deleteBy') === 'post') {
		await run.client.call(endpoints.deleteUsersPost, call);
		return;
	}
	try {
		await run.client.call(endpoints.deleteUsers, call);
	} catch (error) {
		const failure = failureOf(error);
		if (failure?.kind !== 'invalid' || !/email|body/i.test(failure.apiMessage ?? '')) throw passOn(error);
		await run.client.call(endpoints.deleteUsersPost, call);
		run.memory.set('deleteBy', 'post');
	}
}

/**
 * After a lost answer each address is looked up: gone is proof, and what is still there is sent
 * once more. What stays unclear is reported as such.
 */
async function settleAfterLostAnswer(run: Run, batch: Doomed[], lost: unknown, settings: Settings, settle: Settle): Promise<void> {
	const stillThere: Doomed[] = [];
	for (const place of batch) {
		const there = await isThere(run, place);
		if (there === undefined) settle(place, { error: lost, calls: place.calls });
		else if (there) stillThere.push({ ...place, seen: true });
		else settle(place, { json: { ...baseOf(place, 'deleted'), afterwards: 'gone', stillVisible: false, outcome: 'confirmed' }, calls: place.calls });
	}
	if (stillThere.length === 0) return;
	try {
		await sendDeletion(run, stillThere);
	} catch (error) {
		for (const place of stillThere) settle(place, { error: passOn(error), calls: place.calls });
		return;
	}
	await settleDeleted(run, stillThere, settings, settle);
}

/** Settles addresses whose deletion was accepted, after looking again where that is wished. */
async function settleDeleted(run: Run, batch: Doomed[], { checkForMs }: Settings, settle: Settle): Promise<void> {
	if (checkForMs === undefined) {
		for (const place of batch) settle(place, { json: { ...baseOf(place, 'deleted'), outcome: 'accepted' }, calls: place.calls });
		return;
	}
	const until = run.client.clock.now() + checkForMs;
	await Promise.all(
		batch.map(async (place) => {
			const there = await waitUntilGone(run, place, until);
			const seen: IDataObject =
				there === undefined
					? { afterwards: 'notRead', outcome: 'accepted' }
					: there
						? { afterwards: 'stillVisible', stillVisible: true, outcome: 'accepted' }
						: { afterwards: 'gone', stillVisible: false, outcome: 'confirmed' };
			settle(place, { json: { ...baseOf(place, 'deleted'), ...seen }, calls: place.calls });
		}),
	);
}

/** Looks again with growing pauses until the member is gone, or time is up. */
async function waitUntilGone(run: Run, place: Doomed, until: number): Promise<boolean | undefined> {
	const { clock, signal } = run.client;
	for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
		const there = await isThere(run, place);
		if (there !== true || signal?.aborted || clock.now() + pauseMs > until) return there;
		await clock.sleep(pauseMs, signal);
	}
}

/** Whether a member can be seen; undefined where it can't be told. */
async function isThere(run: Run, place: Doomed): Promise<boolean | undefined> {
	try {
		return (await run.school.lookUp(place.email, (attempt) => place.calls.push(attempt)))?.found;
	} catch (error) {
		if (error instanceof RequestFailed) return undefined;
		throw passOn(error);
	}
}

/** What may be claimed: that a member is deleted only where the member was seen before. */
function baseOf({ email, seen }: Doomed, claim: 'deleted' | 'wouldDelete'): IDataObject {
	if (claim === 'wouldDelete') return { email, wouldDelete: true, before: seen ? 'existed' : 'notRead' };

	return seen ? { email, deleted: true, before: 'existed' } : { email, deletionRequested: true, before: 'notRead' };
}
