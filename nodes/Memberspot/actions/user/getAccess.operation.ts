import type { IDataObject } from 'n8n-workflow';
import { Directory, judge, learnReading, locate, showsPaused, type Found, type Reading, type Seeker } from '../../access';
import { keepEmailCase, userLocator } from '../../descriptions';
import { emailKey } from '../../values/email';
import { hintReading, maximumPagesPerOffer, pausedAccess, readMaxPages, readSaid } from '../accessReading';
import { bulkOperation, type Report } from '../operation';
import type { UserChoice } from '../params';
import { namesOf } from '../syncRows';
import { idsOf, offersToReadFields, readChosenOffers, type OfferName } from '../wantedOffers';

interface Input {
	users: UserChoice[];
	/** Undefined for all offers. */
	offers?: OfferName[];
}

/** A user to be found, with the items that ask for this user. */
interface Sought extends Seeker {
	choice: UserChoice;
	items: number[];
}

/**
 * All offers of users. The API has no such function, so the list of users of each offer is read, once
 * for the run and only as far as needed; the output says what that took and when it was read.
 */
export const getAccess = bulkOperation<Input>({
	value: 'getAccess',
	name: 'Get Access',
	action: 'Get offers that users have access to',
	description: 'Get the offers of one or many users, active or paused, as far as the lists of Memberspot show them',
	fields: [
		{
			displayName: 'Users',
			name: 'usersFrom',
			type: 'options',
			default: 'one',
			description: 'Whether each item is about one user or about several',
			options: [
				{ name: 'Many', value: 'many', description: 'A list of addresses' },
				{ name: 'One', value: 'one', description: 'One user, by e-mail or UID' },
			],
		},
		{ ...userLocator(), displayOptions: { show: { usersFrom: ['one'] } } },
		{
			displayName: 'E-Mails',
			name: 'emails',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. anna@example.com, ben@example.com',
			description: 'One address or several, as a text with commas, semicolons or line breaks, or as a list',
			displayOptions: { show: { usersFrom: ['many'] } },
		},
		...offersToReadFields,
	],
	options: [keepEmailCase, maximumPagesPerOffer, pausedAccess],
	endpoints: ['listUsers', 'findUserByMail', 'listOffers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({
		users:
			params.choice('usersFrom', 'Users', ['one', 'many'] as const, 'one') === 'one'
				? [params.user('user')]
				: params.emails('emails', 'E-Mails').map((value): UserChoice => ({ by: 'email', value })),
		offers: readChosenOffers(params, 'offersToRead', 'Offers to Read'),
	}),
	async run(run, entries, report) {
		const { school, options } = run;
		const offers = await school.offers();
		const offerIds = [...new Set(entries.flatMap(({ input }) => idsOf(offers, input.offers)))];
		const sought = soughtIn(entries.map(({ item, input }) => ({ item, users: input.users })));
		const directory = new Directory(school, readMaxPages(options, sought.length));
		const found = await locate(directory, sought, offerIds, false);
		const learned = await learnReading(directory, readSaid(options));

		const names = namesOf(offers);
		let unsure = 0;
		for (const each of sought) {
			const answer = found.get(each) ?? { state: 'unknown' };
			if (answer.state === 'problem') {
				for (const item of each.items) report({ item, error: answer.problem });
				continue;
			}
			const row = { ...accessOf(directory, each, answer, offerIds, names, learned.reading), pausedListed: showsPaused(learned.reading) ?? null, ...readingOf(directory, offerIds) };
			if (row.unknown.length > 0) unsure++;
			write(report, each.items, row);
		}
		hintReading(run, learned, readSaid(options), unsure);
	},
});

function soughtIn(entries: Array<{ item: number; users: UserChoice[] }>): Sought[] {
	const sought = new Map<string, Sought>();
	for (const { item, users } of entries) {
		for (const choice of users) {
			const key = choice.by === 'uid' ? `uid ${choice.value}` : emailKey(choice.value);
			const before = sought.get(key);
			if (before === undefined) sought.set(key, { choice, items: [item], mustKnow: true, ...(choice.by === 'uid' ? { uid: choice.value } : { email: choice.value }) });
			else if (!before.items.includes(item)) before.items.push(item);
		}
	}

	return [...sought.values()];
}

/** What the lists show of one user. Offers in whose list the user is not are left out. */
function accessOf(directory: Directory, { choice }: Sought, found: Exclude<Found, { state: 'problem' }>, offerIds: readonly string[], names: ReadonlyMap<string, string>, reading: Reading) {
	const member = found.state === 'member' ? found.member : undefined;
	const active: string[] = [];
	const inactive: string[] = [];
	const unknown: string[] = [];
	const access: IDataObject[] = [];
	for (const offerId of found.state === 'nobody' ? [] : offerIds) {
		const standing = judge(directory.listing(member, offerId), reading);
		if (standing.listing === 'notListed') continue;
		const state = standing.active === 'yes' ? 'active' : standing.active === 'no' ? 'inactive' : 'unknown';
		({ active, inactive, unknown })[state].push(offerId);
		access.push({ offerId, offer: names.get(offerId) ?? offerId, state, ...(standing.likely === undefined ? {} : { likely: standing.likely }), listedAs: standing.listing });
	}

	return {
		email: member?.email ?? (choice.by === 'email' ? choice.value : null),
		uid: member?.uid ?? (choice.by === 'uid' ? choice.value : null),
		found: found.state === 'member' ? true : found.state === 'nobody' ? false : null,
		access,
		active,
		inactive,
		unknown,
	};
}

/** What the reading took, for the whole run, and how old its oldest list is. */
function readingOf(directory: Directory, offerIds: readonly string[]): IDataObject {
	const times = offerIds.map((offerId) => directory.readAt(offerId)).filter((time) => time !== undefined);

	return {
		offersRead: times.length,
		pagesRead: directory.cost.pages,
		lookUps: directory.cost.lookUps,
		readAt: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
	};
}

function write(report: Report, [first, ...others]: readonly number[], row: IDataObject): void {
	report({ item: first, json: row });
	for (const item of others) report({ item, json: { ...row, mergedWith: first } });
}
