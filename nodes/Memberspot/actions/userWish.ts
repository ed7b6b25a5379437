import type { INodeProperties } from 'n8n-workflow';
import type { Asked, Term } from '../access';
import { emailField } from '../descriptions';
import type { School } from '../school';
import { InputError, passOn } from '../transport';
import { readId } from '../values/id';
import { OptionReader, unwrap, type Params } from './params';
import { readChanges, readPropertyValues, type GivenValues } from './propertyValues';
import { readWantedOffers, type ListedOffer, type OfferName } from './wantedOffers';

/** What an item says about a user, before anything is looked up. */
export interface UserWish {
	uid?: string;
	firstName?: string;
	lastName?: string;
	offers: ListedOffer[];
	given: GivenValues;
}

/** An item: whom it is about, and what it says or why that can't be used. */
export interface AskedUser {
	email: string;
	uid?: string;
	wish: UserWish | { problem: unknown };
}

/** The address of the user an item is about. */
export const userEmailField: INodeProperties = emailField('Address of the user this item is about');

const uidField: INodeProperties = {
	displayName: 'UID',
	name: 'uid',
	type: 'string',
	default: '',
	placeholder: 'e.g. vN3hQ8kXb2TzR5mYw7LcA1dE9fGh',
	description: 'UID of the user in Memberspot. It counts more than the e-mail: a user whose e-mail has changed is found by it.',
};

/** More about the user, where only finding matters. */
export const userDetails: INodeProperties = {
	displayName: 'User Details',
	name: 'details',
	type: 'collection',
	placeholder: 'Add Detail',
	default: {},
	description: 'More about the user',
	options: [uidField],
};

/** More about the user, where the user may be created. */
export const newUserDetails: INodeProperties = {
	...userDetails,
	options: [
		{
			displayName: 'First Name',
			name: 'firstName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Anna',
			description: 'First name of a new user. Not sent for users who exist.',
		},
		{
			displayName: 'Last Name',
			name: 'lastName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Schmidt',
			description: 'Last name of a new user. Not sent for users who exist.',
		},
		{
			displayName: 'Order ID',
			name: 'orderId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 0004711',
			description: 'ID of the order in your shop, stored with offers that are newly granted. Left out when empty.',
		},
		uidField,
	],
};

/**
 * Reads an item. Only the address must be right: whatever else is wrong is kept beside it, since an
 * item that can't be used must also stop what other items say about the same user.
 *
 * @throws InputError when the address can't be read
 */
export function readAskedUser(params: Params): AskedUser {
	const email = params.email('email', 'E-Mail');
	try {
		const details = new OptionReader(params.collection('details'));
		const id = (name: string, label: string) => (details.has(name) ? unwrap(readId(params.collection('details')[name]), label) : undefined);
		const orderId = id('orderId', 'Order ID');
		const uid = id('uid', 'UID');
		const wish: UserWish = {
			uid,
			firstName: details.text('firstName', 'First Name'),
			lastName: details.text('lastName', 'Last Name'),
			offers: readWantedOffers(params).map((listed) => ({ ...listed, orderId: listed.orderId ?? orderId })),
			given: readPropertyValues(params),
		};

		return { email, uid, wish };
	} catch (problem) {
		if (!(problem instanceof InputError)) throw passOn(problem);

		return { email, wish: { problem } };
	}
}

/** Whether an item names an offer in a way that takes the list of offers. */
export function namesOffers({ wish }: AskedUser): boolean {
	return !('problem' in wish) && wish.offers.some(({ offer }) => offer.by !== 'id');
}

/**
 * Puts items into the form in which they are compared. What is wrong with one stays its own problem.
 *
 * @param findOffer the id behind a name; throws InputError where there is none
 * @param controlled the offers that may be wanted; undefined for any
 */
export async function askedFor(
	school: School,
	entries: ReadonlyArray<{ item: number; asked: AskedUser }>,
	findOffer: (name: OfferName) => string,
	controlled: ReadonlySet<string> | undefined,
): Promise<Asked[]> {
	const givesValues = entries.some(({ asked: { wish } }) => !('problem' in wish) && Object.keys(wish.given.values).length > 0);
	const definitions = givesValues ? await school.properties() : [];

	return entries.map(({ item, asked: { email, uid, wish } }): Asked => {
		if ('problem' in wish) return { item, email, uid, mustKnow: false, problem: wish.problem };
		try {
			const offers = termsOf(email, wish.offers, findOffer, controlled);
			const properties = readChanges(definitions, wish.given, false);
			const { firstName, lastName } = wish;

			return { item, email, uid, mustKnow: offers.size > 0 || properties.length > 0, wish: { item, email, uid, firstName, lastName, offers, properties } };
		} catch (problem) {
			if (!(problem instanceof InputError)) throw passOn(problem);

			return { item, email, uid, mustKnow: false, problem };
		}
	});
}

function termsOf(email: string, listed: readonly ListedOffer[], findOffer: (name: OfferName) => string, controlled: ReadonlySet<string> | undefined): Map<string, Term> {
	const terms = new Map<string, Term>();
	for (const { offer, ...term } of listed) {
		const id = findOffer(offer);
		if (controlled !== undefined && !controlled.has(id)) {
			throw new InputError(`The offer "${offer.value}" is wanted for ${email}, but is not among the chosen offers`, 'Add it to the chosen offers, or leave it out');
		}
		const before = terms.get(id);
		if (before !== undefined && (before.active !== term.active || before.until !== term.until || before.orderId !== term.orderId)) {
			throw new InputError(`The offer "${offer.value}" is listed twice for ${email}, with different details`, 'List it once');
		}
		terms.set(id, term);
	}

	return terms;
}
