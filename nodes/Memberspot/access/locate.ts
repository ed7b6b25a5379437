import { unknownUser } from '../school';
import { failureOf, InputError, passOn } from '../transport';
import { emailKey } from '../values/email';
import type { Directory, Member } from './directory';
import { isProof, provesPerOffer, type Reading } from './standing';

/** Up to this many users each is looked up first, and lists are read only as far as needed. */
export const FEW_USERS = 20;
/** Up to this many users that no list shows are looked up one by one; for more the list of all users is read. */
const LOOK_UPS = 50;
/** How many users are compared with their own record in the search for proof. */
const SAMPLE = 10;

/** Somebody to be found in Memberspot. */
export interface Seeker {
	/** Left out where only the UID is known. */
	email?: string;
	/** Counts more than the e-mail where both are given. */
	uid?: string;
	/** Whether it matters if somebody whom no list shows exists at all. */
	mustKnow: boolean;
}

/** What was found: a member, nobody, nothing certain, or a reason why it can't be said who is meant. */
export type Found = { state: 'member'; member: Member } | { state: 'nobody' } | { state: 'unknown' } | { state: 'problem'; problem: unknown };

/**
 * Finds users, and how they stand in the lists of offers.
 *
 * @param whole read the lists to their end even for few users, as it must be where others than those
 * sought are concerned
 * @throws RequestFailed when a list can't be read: nothing may be planned on a part of it
 */
export async function locate<S extends Seeker>(directory: Directory, seekers: readonly S[], offerIds: readonly string[], whole: boolean): Promise<Map<S, Found>> {
	const problems = new Map<S, unknown>();
	const few = seekers.length <= FEW_USERS && !whole;
	const withUid = seekers.filter(({ uid }) => uid !== undefined);
	const uidsKnown = () => withUid.every((seeker) => problems.has(seeker) || isKnownByUid(directory, seeker));

	if (few) {
		await lookUpAll(directory, seekers, problems);
		if (!uidsKnown()) await directory.readEveryone(uidsKnown);
	}
	await readOffers(directory, offerIds, (offerId) => few && seekers.every((seeker) => problems.has(seeker) || isSettled(directory, seeker, offerId)));
	// For many, looking after each page whether all are found would cost more than the rest of the list.
	if (!uidsKnown()) await directory.readEveryone(withUid.length > LOOK_UPS ? undefined : uidsKnown);

	const open = () => seekers.filter((seeker) => seeker.mustKnow && !problems.has(seeker) && seeker.uid === undefined && isOpen(directory, seeker));
	const many = open().length > LOOK_UPS;
	if (!many) await lookUpAll(directory, open(), problems);
	if (open().length > 0) await directory.readEveryone(many ? undefined : () => open().length === 0);

	return results(directory, seekers, problems);
}

/**
 * Finds users by their addresses alone: one look-up for each, and no list.
 */
export async function locateByAddress<S extends Seeker>(directory: Directory, seekers: readonly S[]): Promise<Map<S, Found>> {
	const problems = new Map<S, unknown>();
	await lookUpAll(directory, seekers, problems);
	for (const seeker of seekers) {
		if (problems.has(seeker) || isKnownByUid(directory, seeker)) continue;
		problems.set(
			seeker,
			new InputError(
				`The UID "${seeker.uid ?? ''}" is not that of ${seeker.email ?? 'this user'}`,
				'Finding a user by UID takes the list of users: leave the UID out, or set Comparing to Compare First',
			),
		);
	}

	return results(directory, seekers, problems);
}

/** Reads lists side by side. Once one can't be read, the others end as well: nobody waits for them any more. */
async function readOffers(directory: Directory, offerIds: readonly string[], enough: (offerId: string) => boolean): Promise<void> {
	let broken = false;
	const reads = await Promise.allSettled(
		offerIds.map(async (offerId) => {
			try {
				await directory.readOffer(offerId, () => broken || enough(offerId));
			} catch (error) {
				broken = true;
				throw passOn(error);
			}
		}),
	);
	const failed = reads.find((read) => read.status === 'rejected');
	if (failed !== undefined) throw passOn(failed.reason);
}

function results<S extends Seeker>(directory: Directory, seekers: readonly S[], problems: ReadonlyMap<S, unknown>): Map<S, Found> {
	return new Map(seekers.map((seeker) => [seeker, problems.has(seeker) ? { state: 'problem', problem: problems.get(seeker) } : found(directory, seeker)]));
}

function isKnownByUid(directory: Directory, { uid }: Seeker): boolean {
	return uid === undefined || directory.byUid(uid) !== undefined;
}

function memberOf(directory: Directory, { email, uid }: Seeker): Member | undefined {
	return uid === undefined ? directory.byEmail(email ?? '')[0] : directory.byUid(uid);
}

function isOpen(directory: Directory, { email = '' }: Seeker): boolean {
	return directory.byEmail(email).length === 0 && !directory.isUnknown(email);
}

/** Whether reading on in an offer's list can bring nothing more about this user. */
function isSettled(directory: Directory, seeker: Seeker, offerId: string): boolean {
	const member = memberOf(directory, seeker);
	if (member !== undefined) return directory.listing(member, offerId) !== 'notSettled';

	return seeker.uid === undefined && directory.isUnknown(seeker.email ?? '');
}

function found(directory: Directory, seeker: Seeker): Found {
	const { email = '', uid } = seeker;
	if (uid !== undefined) {
		const member = directory.byUid(uid);
		if (member !== undefined) return { state: 'member', member };

		return {
			state: 'problem',
			problem: directory.knowsEveryone
				? unknownUser({ by: 'uid', value: uid }, email === '' ? {} : { field: 'User Details', orElse: 'go by the e-mail alone', details: { email } })
				: new InputError(`The user with the UID "${uid}" was not found within the pages that may be read`, 'Raise Maximum Pages to Read in the options'),
		};
	}
	const [member, ...others] = directory.byEmail(email);
	if (others.length > 0) {
		const uids = directory.byEmail(email).map((each) => each.uid ?? 'no UID');
		return { state: 'problem', problem: new InputError(`Memberspot has ${uids.length} users with the e-mail ${email}`, `Give the UID of the one you mean: ${uids.join(', ')}`) };
	}
	if (member !== undefined) return { state: 'member', member };

	return directory.isUnknown(email) ? { state: 'nobody' } : { state: 'unknown' };
}

/** Looks users up by e-mail. A look-up that fails is a problem of that user only. */
async function lookUpAll<S extends Seeker>(directory: Directory, seekers: readonly S[], problems: Map<S, unknown>): Promise<void> {
	await Promise.all(
		seekers.map(async (seeker) => {
			try {
				if (seeker.email !== undefined) await directory.lookUp(seeker.email);
			} catch (error) {
				// Without its answer the run may go on for others; once it was stopped, for nobody.
				if (failureOf(error)?.kind === 'cancelled') throw passOn(error);
				problems.set(seeker, error);
			}
		}),
	);
}

/** What the lists mean, and how far that is known. */
export interface Learned {
	reading: Reading;
	/** Whether rows of this school prove it. */
	proven: boolean;
	/** Where they do: the members whose rows are proof, by the key of their e-mail. */
	witnesses: ReadonlySet<string>;
}

/**
 * Learns what the lists mean: from proof in what was read, from what the user of the node says, or
 * from what an earlier run has seen, in this order.
 *
 * Where users are listed as inactive but no two rows of one user differ, some of them are compared
 * with their own records as well.
 */
export async function learnReading(directory: Directory, said: Reading, seenBefore?: Reading): Promise<Learned> {
	if (provesPerOffer(directory.witnesses())) return { reading: 'perOffer', proven: true, witnesses: witnessesIn(directory) };
	if (said !== 'notProven') return { reading: said, proven: false, witnesses: NOBODY };
	if (seenBefore !== undefined) return { reading: seenBefore, proven: false, witnesses: NOBODY };

	await readOwnRecords(directory, directory.listedInactive(SAMPLE));
	const proven = provesPerOffer(directory.witnesses());

	return { reading: proven ? 'perOffer' : 'notProven', proven, witnesses: witnessesIn(directory) };
}

const NOBODY: ReadonlySet<string> = new Set();

function witnessesIn(directory: Directory): ReadonlySet<string> {
	return new Set([...directory.witnesses()].filter(isProof).map(({ email }) => emailKey(email)));
}

/** Reads the members' own records. That it fails only means that there is no proof. */
async function readOwnRecords(directory: Directory, members: readonly Member[]): Promise<void> {
	try {
		const answers = await Promise.all(members.map(async ({ email }) => email !== '' && (await directory.lookUp(email))));
		if (!answers.includes(false)) return;
		await directory.readEveryone(() => members.every(({ own }) => own !== undefined));
	} catch (error) {
		if (failureOf(error) === undefined || failureOf(error)?.kind === 'cancelled') throw passOn(error);
	}
}
