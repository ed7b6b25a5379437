import type { INodeProperties } from 'n8n-workflow';
import { emailField } from '../descriptions';
import { InputError, passOn } from '../transport';
import { readId } from '../values/id';
import { OptionReader, unwrap, type Params } from './params';
import { readPropertyValues, type GivenValues } from './propertyValues';
import { readWantedOffers, type ListedOffer } from './wantedOffers';

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
