import type { INodeProperties } from 'n8n-workflow';
import { offerLocator } from '../../descriptions';
import type { Listing, OfferChoice, School } from '../../school';
import { listingOf, listingWord, maximumPages, showsNoAccess } from '../access';

/** The order the access was given under. */
export const orderIdField: INodeProperties = {
	displayName: 'Order ID',
	name: 'orderId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 0004711',
	description: 'ID the access was given under. Leading zeros count. Which ID the shop connections built into Memberspot store is not documented.',
	hint: 'Concerns the access that was given with this order ID. The payment itself is not touched. If several orders gave the same offer, use the resource Offer.',
};

/** Options of the check by the user list. */
export const checkOptions: INodeProperties[] = [
	maximumPages,
	offerLocator({
		name: 'offerToCheck',
		displayName: 'Offer to Check',
		required: false,
		description: 'The offer this order gave. If set, the list of its users is read before and after, to see whether the state really changed: the API does not say so itself.',
	}),
];

/** What the user list showed before and after. */
export interface Check {
	before: string;
	afterwards: string;
	/** Whether the list proves that the wish was carried out, under every reading of the contract. */
	proven: boolean;
}

/** Reads the list before a change, and gives the function that reads it again after. */
export async function beginCheck(
	school: School,
	offer: OfferChoice,
	email: string,
	maxPages: number,
): Promise<(wished: 'access' | 'noAccess') => Promise<Check>> {
	const offerId = await school.offerId(offer);
	const before = await listingOf(school, offerId, email, maxPages);

	return async (wished) => {
		const after = await listingOf(school, offerId, email, maxPages);

		return { before: listingWord(before), afterwards: listingWord(after), proven: proves(before, after, wished) };
	};
}

/**
 * No access is proven by the list as it is. Access is proven only by a change to "listed and
 * active": a member who was listed as active before may be so because of the member's own state.
 */
function proves(before: Listing, after: Listing, wished: 'access' | 'noAccess'): boolean {
	if (wished === 'noAccess') return showsNoAccess(after);

	return showsNoAccess(before) && after.listed === true && after.active === true;
}
