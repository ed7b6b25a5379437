/**
 * How a member stands in the list of the users of one offer, as it was read.
 *
 * `listed`: the row has no usable `active`. `notListed`: the whole list was read and the member is
 * not in it. `notSettled`: the list was not read far enough to say.
 */
export type Listing = 'listedActive' | 'listedInactive' | 'listed' | 'notListed' | 'notSettled';

/**
 * What the lists mean. It is not documented whether `active` speaks of the user or of the access,
 * nor whether paused access is listed at all (contract).
 *
 * - `perOffer`: paused access is listed, with `active` false.
 * - `onlyActive`: paused access is not listed.
 * - `perUser`: paused access is listed, and looks like any other.
 * - `notProven`: any of these.
 */
export type Reading = 'perOffer' | 'onlyActive' | 'perUser' | 'notProven';

export type Known = 'yes' | 'no' | 'unknown';

/** What is known of one member and one offer. */
export interface Standing {
	listing: Listing;
	/** Whether the access can be used. */
	active: Known;
	/** Whether there is an access at all, in use or paused. */
	holds: Known;
	/** Where `active` is unknown: what the list says when it is taken at its word. */
	likely?: 'active' | 'inactive';
}

/** What a listing proves under a reading: `active` first, `holds` second. */
const PROVES: { [reading in Reading]: { [listing in Exclude<Listing, 'notSettled'>]: readonly [Known, Known] } } = {
	perOffer: { listedActive: ['yes', 'yes'], listedInactive: ['no', 'yes'], listed: ['unknown', 'yes'], notListed: ['no', 'no'] },
	// A row that says inactive here speaks of the user: then it can't be told whether the access is in use.
	onlyActive: { listedActive: ['yes', 'yes'], listedInactive: ['unknown', 'yes'], listed: ['yes', 'yes'], notListed: ['no', 'unknown'] },
	perUser: { listedActive: ['unknown', 'yes'], listedInactive: ['unknown', 'yes'], listed: ['unknown', 'yes'], notListed: ['no', 'no'] },
	// What holds under all three.
	notProven: { listedActive: ['unknown', 'yes'], listedInactive: ['unknown', 'yes'], listed: ['unknown', 'yes'], notListed: ['no', 'unknown'] },
};

/** Judges a listing. Says no more than the reading proves. */
export function judge(listing: Listing, reading: Reading): Standing {
	if (listing === 'notSettled') return { listing, active: 'unknown', holds: 'unknown' };

	const [active, holds] = PROVES[reading][listing];
	if (active !== 'unknown') return { listing, active, holds };

	return { listing, active, holds, likely: listing === 'listedInactive' ? 'inactive' : 'active' };
}

/** Whether the list of an offer also holds those whose access is paused; undefined where it can't be told. */
export function showsPaused(reading: Reading): boolean | undefined {
	return reading === 'notProven' ? undefined : reading !== 'onlyActive';
}

/** What is looked at for proof: one member's rows. */
export interface Witness {
	/** `active` in the lists of offers. */
	flags: readonly boolean[];
	/** `active` in the member's own record, or in the list without an offer. */
	own?: boolean;
}

/**
 * Whether rows prove that `active` speaks of the access, and that paused access is listed.
 *
 * If `active` spoke of the user, it would be the same in every row of that user. So somebody who is
 * inactive in an offer's list, and active in another offer's list or in the own record, is proof.
 * Rows that agree prove nothing, however many they are.
 */
export function provesPerOffer(witnesses: Iterable<Witness>): boolean {
	for (const witness of witnesses) if (isProof(witness)) return true;

	return false;
}

/** Whether the rows of one member are that proof. */
export function isProof({ flags, own }: Witness): boolean {
	return flags.includes(false) && (own === true || flags.includes(true));
}
