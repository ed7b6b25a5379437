import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, maximumUsersPerRun } from '../../descriptions';
import { endpoints, failureOf, passOn, RequestFailed } from '../../transport';
import { emailKey } from '../../values/email';
import { bulkOperation, type Entry, type Row, type Run } from '../operation';
import { inChunks } from '../chunks';

interface Input {
	emails: string[];
	checkFirst: boolean;
}

/** What happened to one address. */
type Fate = { json: IDataObject } | { error: unknown };

const DEFAULT_BATCH = 100;
const DEFAULT_MAXIMUM = 10;

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
	action: 'Delete user',
	description: 'Delete one or many users for good, with all their data and course progress',
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
			description: 'Whether to look each address up before, and say which were deleted and which were not found. Memberspot itself ignores unknown addresses without a word.',
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
			description: 'Whether to look each deleted address up once more. How long a deletion takes to show is not documented, so an address that can still be seen is marked, not failed.',
		},
		keepEmailCase,
		maximumUsersPerRun(DEFAULT_MAXIMUM, 'delete'),
	],
	endpoints: ['deleteUsers', 'deleteUsersPost', 'findUserByMail'],
	access: () => 'full',
	writes: true,
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
		const places = placesByAddress(entries);
		const checkFirst = new Set(entries.filter(({ input }) => input.checkFirst).flatMap(({ input }) => input.emails.map(emailKey)));
		const fates = new Map<string, Fate>();
		const settle = (key: string, fate: Fate) => {
			fates.set(key, fate);
			for (const row of rowsOf(places.get(key), fate)) report(row);
		};

		const toDelete = await lookUpFirst(run, [...places.values()], checkFirst, settle);
		const size = run.options.number('batchSize', 'Batch Size', { min: 1, max: 1_000 }) ?? DEFAULT_BATCH;
		const after = run.options.boolean('checkAfterwards', 'Check Afterwards', false);
		for (const batch of inChunks(toDelete, size)) {
			if (run.stopOnError && [...fates.values()].some((fate) => 'error' in fate)) return;
			await deleteBatch(run, batch, after, settle);
		}
	},
});

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
function rowsOf(place: Place | undefined, fate: Fate): Row[] {
	if (place === undefined) return [];
	const [first, ...others] = place.items;
	const row = (item: number, extra: IDataObject): Row => ('error' in fate ? { item, error: fate.error } : { item, json: { ...fate.json, ...extra } });

	return [row(first, {}), ...others.map((item) => row(item, { mergedWith: first }))];
}

/** Looks addresses up, and settles those that are not there or could not be looked up. */
async function lookUpFirst(run: Run, places: Place[], checkFirst: Set<string>, settle: (key: string, fate: Fate) => void): Promise<Doomed[]> {
	const doomed = await Promise.all(
		places.map(async (place): Promise<Doomed | undefined> => {
			if (!checkFirst.has(place.key)) return place;
			try {
				const found = await run.school.lookUp(place.email);
				if (found === undefined) return place;
				if (found.found) return { ...place, seen: true };
				settle(place.key, { json: { email: place.email, deleted: false, reason: 'notFound', outcome: 'unchanged' } });
			} catch (error) {
				// What could not be looked up is not deleted: the user asked to check first.
				settle(place.key, { error: passOn(error) });
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

async function deleteBatch(run: Run, batch: Doomed[], checkAfterwards: boolean, settle: (key: string, fate: Fate) => void): Promise<void> {
	try {
		await sendDeletion(run, batch);
	} catch (error) {
		if (failureOf(error)?.maybeDone !== true) {
			for (const { key } of batch) settle(key, { error: passOn(error) });
			return;
		}
		await settleAfterLostAnswer(run, batch, error, settle);
		return;
	}
	await Promise.all(batch.map(async (place) => settle(place.key, { json: await fateOf(run, place, checkAfterwards) })));
}

/**
 * Sends one batch. Some proxies strip the body of a DELETE; the API has a POST twin for that (one
 * client). A refusal that speaks of the addresses, though they were sent, is the sign of it, and
 * nothing was deleted then.
 */
async function sendDeletion(run: Run, batch: Doomed[]): Promise<void> {
	const body = { emails: batch.map(({ email }) => email) };
	if (run.memory.get('deleteBy') === 'post') {
		await run.client.call(endpoints.deleteUsersPost, { body });
		return;
	}
	try {
		await run.client.call(endpoints.deleteUsers, { body });
	} catch (error) {
		const failure = failureOf(error);
		if (failure?.kind !== 'invalid' || !/email|body/i.test(failure.apiMessage ?? '')) throw passOn(error);
		await run.client.call(endpoints.deleteUsersPost, { body });
		run.memory.set('deleteBy', 'post');
	}
}

/**
 * After a lost answer each address is looked up: gone is proof, and what is still there is sent
 * once more. What stays unclear is reported as such.
 */
async function settleAfterLostAnswer(run: Run, batch: Doomed[], lost: unknown, settle: (key: string, fate: Fate) => void): Promise<void> {
	const stillThere: Doomed[] = [];
	for (const place of batch) {
		const there = await isThere(run, place.email);
		if (there === undefined) settle(place.key, { error: lost });
		else if (there) stillThere.push(place);
		else if (place.seen === true) settle(place.key, { json: { email: place.email, deleted: true, outcome: 'confirmed' } });
		else settle(place.key, { json: { email: place.email, deletionRequested: true, outcome: 'confirmed', stillVisible: false } });
	}
	if (stillThere.length === 0) return;
	try {
		await sendDeletion(run, stillThere);
	} catch (error) {
		for (const { key } of stillThere) settle(key, { error: passOn(error) });
		return;
	}
	for (const place of stillThere) settle(place.key, { json: await fateOf(run, { ...place, seen: true }, false) });
}

/** Whether a member can be seen; undefined where it can't be told. */
async function isThere(run: Run, email: string): Promise<boolean | undefined> {
	try {
		return (await run.school.lookUp(email))?.found;
	} catch (error) {
		if (error instanceof RequestFailed) return undefined;
		throw passOn(error);
	}
}

async function fateOf(run: Run, place: Doomed, checkAfterwards: boolean): Promise<IDataObject> {
	const base: IDataObject = { email: place.email, ...(place.seen === true ? { deleted: true } : { deletionRequested: true }) };
	if (!checkAfterwards) return { ...base, outcome: 'accepted' };

	const there = await isThere(run, place.email);
	if (there === undefined) return { ...base, outcome: 'accepted' };

	return there ? { ...base, outcome: 'accepted', stillVisible: true } : { ...base, outcome: 'confirmed', stillVisible: false };
}
