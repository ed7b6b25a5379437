import type { IDataObject } from 'n8n-workflow';
import { emailField, keepEmailCase, offerLocator } from '../../descriptions';
import type { OfferChoice } from '../../school';
import { endpoints } from '../../transport';
import { emailKey } from '../../values/email';
import { preparedItemOperation } from '../operation';
import { ACCEPTED, answerData, stated } from '../write';

interface Input {
	email: string;
	offer: OfferChoice;
	firstName?: string;
	lastName?: string;
	orderId?: string;
}

interface Ready extends Input {
	offerId: string;
}

/**
 * Gives a member an offer, and creates the member when the address is unknown (documented).
 *
 * Never repeated blindly: it is not known whether a second grant restarts a term or mails again.
 */
export const grantOffer = preparedItemOperation<Input, Ready>({
	value: 'grant',
	name: 'Grant',
	action: 'Grant offer to user',
	description: 'Give a user an offer, and create the user in Memberspot if the e-mail is new',
	builderHint: 'Use after a payment. Pass the order ID of the shop, so that a refund can later switch off exactly this access with the resource Order.',
	fields: [
		emailField('Address of the user. If Memberspot does not know it, the user is created.'),
		offerLocator({ description: 'What the user gets' }),
		{
			displayName: 'First Name',
			name: 'firstName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Anna',
			description: 'First name of a new user. Left out when empty. Whether it changes the name of an existing user is not documented.',
		},
		{
			displayName: 'Last Name',
			name: 'lastName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Schmidt',
			description: 'Last name of a new user. Left out when empty. Whether it changes the name of an existing user is not documented.',
		},
		{
			displayName: 'Order ID',
			name: 'orderId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 0004711',
			description: 'ID of the order in your shop, stored with this access. With it, the access can later be paused or removed by order. Left out when empty.',
		},
		{
			displayName: 'Memberspot may send its welcome e-mail to new users. The API has no known way to stop it.',
			name: 'welcomeNotice',
			type: 'notice',
			default: '',
		},
	],
	options: [keepEmailCase],
	endpoints: ['grantUserOfferByMail', 'listOffers'],
	access: () => 'grant',
	writes: true,
	read: (params) => ({
		email: params.email('email', 'Email'),
		offer: params.offer('offer'),
		firstName: params.text('firstName', 'First Name'),
		lastName: params.text('lastName', 'Last Name'),
		orderId: params.optionalId('orderId', 'Order ID'),
	}),
	async prepare({ school }, input) {
		return { ...input, offerId: await school.offerId(input.offer) };
	},
	lane: ({ email }) => emailKey(email),
	async run(_run, { email, offerId, firstName, lastName, orderId }, scope) {
		const body = { email, grantOffer: offerId, firstname: firstName, name: lastName, orderId };
		const answer = await scope.call(endpoints.grantUserOfferByMail, { body });
		const uid = answerData(answer)?.uid;
		const outcome = stated(answer, email, (data) => typeof data.uid === 'string' && data.uid !== '');
		const row: IDataObject = { success: true, email, offerId, outcome };
		if (typeof uid === 'string') row.uid = uid;
		if (orderId !== undefined) row.orderId = orderId;
		if (outcome === 'accepted') row.note = ACCEPTED.grant;

		return row;
	},
});
