import type { INodeProperties } from 'n8n-workflow';
import { Roster, type Listing, type School } from '../school';
import type { Guard } from './operation';
import type { UserChoice } from './params';
import { userLane } from './write';

/** Users that one run may deactivate, where the user of the node sets no other number. */
export const DEFAULT_DEACTIVATIONS = 50;
/** Users that one run may remove something from, where the user of the node sets no other number. */
export const DEFAULT_REMOVALS = 10;
/** Pages of a user list that a check may read, where the user of the node sets no other number. */
export const DEFAULT_PAGES = 20;

/** Input of the operations that switch access on or off. */
export interface StateInput {
	user: UserChoice;
	active: boolean;
}

/** The switch itself. It has no default in an expression: an empty value is refused. */
export const activeField: INodeProperties = {
	displayName: 'Active',
	name: 'active',
	type: 'boolean',
	default: true,
	required: true,
	description: 'Whether the user can use the access. Turn off to pause it: course progress is kept. An expression must give true or false; anything else is refused.',
};

/** Only switching off takes something away. */
export const DEACTIVATION_GUARD: Guard<StateInput> = {
	users: ({ user, active }) => (active ? [] : [userLane(user)]),
	verb: 'deactivate access for',
	nothing: 'Nothing was changed',
	defaultLimit: DEFAULT_DEACTIVATIONS,
};

/** Removing always takes something away. */
export const REMOVAL_GUARD: Guard<{ user: UserChoice }> = {
	users: ({ user }) => [userLane(user)],
	verb: 'remove access from',
	nothing: 'Nothing was removed',
	defaultLimit: DEFAULT_REMOVALS,
};

/** For checks that read the list of users. */
export const maximumPages: INodeProperties = {
	displayName: 'Maximum Pages to Read',
	name: 'maximumPages',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: DEFAULT_PAGES,
	description: 'How many pages of 100 users a check may read. What can not be settled within them is reported as not known.',
};

/** Looks for a member among the users of an offer, with a fresh reading of the list. */
export async function listingOf(school: School, offerId: string, email: string, maxPages: number): Promise<Listing> {
	return await new Roster(school.users({ offerId }, { maxPages })).find(email);
}

/** Whether a listing surely shows no usable access, under every reading of the contract. */
export function showsNoAccess(listing: Listing): boolean {
	return listing.listed === false || (listing.listed === true && listing.active === false);
}

/** A listing in a word, for the output. */
export function listingWord(listing: Listing): string {
	if (listing.listed === undefined) return 'notSettled';
	if (!listing.listed) return 'notListed';
	if (listing.active === undefined) return 'listed';

	return listing.active ? 'listedActive' : 'listedInactive';
}
