import type { IDataObject } from 'n8n-workflow';
import { auditPerson, Directory, findOthers, findPeople, hasNoActiveAccess, isFine, learnReading, locate, type Finding, type Member, type Subject } from '../../access';
import { keepEmailCase, TOOL_LIMIT } from '../../descriptions';
import { hintReading, maximumPagesForAll, pausedAccess, readSaid } from '../accessReading';
import { bulkOperation, type Report, type Run } from '../operation';
import { namesOf } from '../syncRows';
import { askedFor, readAskedUser, userDetails, userEmailField, type AskedUser } from '../userWish';
import { idsOf, offerFinder, offersToReadFields, readChosenOffers, wantedOfferFields, type OfferName } from '../wantedOffers';

interface Input {
	asked: AskedUser;
	/** Undefined for all offers. */
	offers?: OfferName[];
}

/**
 * Compares who should have what with who has it, for all users of the offers. Reads only.
 *
 * The lists are read once, to their end, so that 20,000 rows of input cost no more requests than one.
 */
export const auditAccess = bulkOperation<Input>({
	value: 'auditAccess',
	name: 'Audit Access',
	action: 'Audit which users have the offers they should',
	description: 'Compare who should have which offers with who has them. Nothing is changed.',
	builderHint: 'Use to check a shop or CRM against Memberspot: one item for each user, with all offers that were paid for. The last item holds the totals.',
	fields: [userEmailField, ...wantedOfferFields, ...offersToReadFields, userDetails],
	options: [
		keepEmailCase,
		maximumPagesForAll,
		{
			displayName: 'Only Differences',
			name: 'onlyDifferences',
			type: 'boolean',
			default: false,
			description: 'Whether to leave out everything that is as it should be. The totals still count it. Read from the first item.',
		},
		pausedAccess,
		{
			displayName: 'Users Without Access',
			name: 'usersWithoutAccess',
			type: 'boolean',
			default: true,
			description: 'Whether to list users who have no active access to any of these offers, and so take up seats for nothing. Takes the list of all users. Read from the first item.',
		},
	],
	endpoints: ['listUsers', 'findUserByMail', 'listOffers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ asked: readAskedUser(params), offers: readChosenOffers(params, 'offersToRead', 'Offers to Read') }),
	async run(run, entries, report) {
		const { school, options } = run;
		const offers = await school.offers();
		const names = namesOf(offers);
		const offerIds = [...new Set(entries.flatMap(({ input }) => idsOf(offers, input.offers)))];
		const asked = await askedFor(school, entries.map(({ item, input }) => ({ item, asked: input.asked })), offerFinder(offers), new Set(offerIds));
		const directory = new Directory(school, options.number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? Infinity);
		const withoutAccess = options.boolean('usersWithoutAccess', 'Users Without Access', true);
		if (withoutAccess) await directory.readEveryone();
		const people = await findPeople(directory, asked.map((each) => ({ ...each, mustKnow: true })), offerIds, async (seekers) => await locate(directory, seekers, offerIds, true));
		const others = findOthers(directory, people.mentioned, offerIds, () => true);
		const learned = await learnReading(directory, readSaid(options));

		const audit = new Audit(run, report, names, options.boolean('onlyDifferences', 'Only Differences', false), run.itemCount - 1);
		for (const [item, error] of [...people.problems].sort(([one], [other]) => one - other)) report({ item, error });
		const now = run.client.clock.now();
		for (const subject of [...people.subjects, ...others]) audit.add(subject, auditPerson(subject.person, offerIds, learned.reading, now));
		if (withoutAccess) audit.addSeats(directory, offerIds, people.subjects);
		hintReading(run, learned, readSaid(options), audit.unsure);

		const complete = offerIds.every((offerId) => directory.isComplete(offerId)) && (!withoutAccess || directory.knowsEveryone);
		if (!complete) run.hint('Not all lists were read to their end, so users may be missing from this audit. Raise Maximum Pages to Read in the options.');
		audit.close({ offers: offerIds.length, complete, paused: learned.reading, ...directory.cost });
	},
});

/** Writes the rows of an audit and counts them. */
class Audit {
	private readonly counts = { ok: 0, missing: 0, inactive: 0, extra: 0, unknown: 0, unknownUser: 0, noActiveAccess: 0 };
	/** Rows about users whom no item is about, as an AI tool. */
	private others = 0;
	private users = 0;
	/** Users about whom something can't be told. */
	unsure = 0;

	constructor(
		private readonly run: Run,
		private readonly report: Report,
		private readonly names: ReadonlyMap<string, string>,
		private readonly onlyDifferences: boolean,
		/** Item to which rows belong that are about nobody in the input. */
		private readonly last: number,
	) {}

	add(subject: Subject, findings: readonly Finding[]): void {
		if (findings.length === 0) return;
		this.users++;
		if (findings.some(({ status }) => status === 'unknown')) this.unsure++;
		for (const finding of findings) this.write(subject, finding);
	}

	/** Users in the list of all users who can't use any of the offers. */
	addSeats(directory: Directory, offerIds: readonly string[], subjects: readonly Subject[]): void {
		const known = new Map<Member, Subject>();
		for (const subject of subjects) if (subject.member !== undefined) known.set(subject.member, subject);
		for (const member of directory.everyone()) {
			if (!hasNoActiveAccess(offerIds.map((offerId) => directory.listing(member, offerId)))) continue;
			const facts = { exists: 'yes' as const, uid: member.uid, email: member.email, listings: new Map() };
			this.write(known.get(member) ?? { person: { facts }, member, otherEmails: [] }, { status: 'noActiveAccess', wanted: false });
		}
	}

	/** The last row: totals, and what they rest on. */
	close(basis: IDataObject): void {
		const notShown = Math.max(this.others - TOOL_LIMIT, 0);
		const totals = { ...this.counts, users: this.users, ...basis, ...(notShown > 0 ? { notShown } : {}) };
		this.report({ item: this.last, json: { status: 'totals', totals } });
		const found = Object.entries(this.counts).filter(([, count]) => count > 0);
		this.run.hint(`Audit: ${found.map(([status, count]) => `${count.toLocaleString('en-US')} ${status}`).join(', ')}.`);
	}

	private write({ person: { facts, wanted }, otherEmails }: Subject, finding: Finding): void {
		this.counts[finding.status]++;
		if (this.onlyDifferences && isFine(finding)) return;
		// A model asks about the users it names. The others may be thousands, which would not fit into its memory.
		if (this.run.isTool && wanted === undefined && ++this.others > TOOL_LIMIT) return;
		const { offerId, listing, ...rest } = finding;
		const json: IDataObject = {
			...rest,
			email: facts.email,
			...(facts.uid === undefined ? {} : { uid: facts.uid }),
			...(offerId === undefined ? {} : { offerId, offer: this.names.get(offerId) ?? offerId }),
			...(listing === undefined ? {} : { listedAs: listing }),
			...(otherEmails.length === 0 ? {} : { emailDiffers: true, otherEmails: [...otherEmails] }),
			inInput: wanted !== undefined,
		};
		const [first = this.last, ...others] = wanted?.items ?? [];
		this.report({ item: first, json });
		for (const item of others) this.report({ item, json: { ...json, mergedWith: first } });
	}
}
