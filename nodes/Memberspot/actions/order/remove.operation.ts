import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, maximumUsersPerRun, userLocator } from '../../descriptions';
import type { Listing, OfferChoice } from '../../school';
import { endpoints } from '../../transport';
import { DEFAULT_PAGES, DEFAULT_REMOVALS, listingOf, REMOVAL_GUARD } from '../access';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { removeWithReadBack } from '../remove';
import { ACCEPTED, targetOf, userLane, type Target } from '../write';
import { beginCheck, checkOptions, orderIdField } from './fields';

interface Input {
	user: UserChoice;
	orderId: string;
	offerToCheck?: OfferChoice;
	maxPages: number;
}

interface Ready extends Input {
	target: Target;
	offerId?: string;
}

/**
 * Takes the access of an order away for good: `active` is left out of the request, which deletes it
 * (one client).
 */
export const removeOrder = preparedItemOperation<Input, Ready>({
	value: 'remove',
	name: 'Remove Permanently',
	action: 'Remove access of user by order ID permanently',
	description: 'Take the access that was given under an order ID away for good. Course progress may be lost. To keep it, deactivate.',
	builderHint: 'Cannot be undone, and course progress may be lost. Prefer Activate or Deactivate.',
	fields: [
		userLocator(),
		orderIdField,
		{
			displayName: 'Course progress may be lost. To keep it, use the operation Activate or Deactivate.',
			name: 'removeNotice',
			type: 'notice',
			default: '',
		},
	],
	options: [...checkOptions, keepEmailCase, maximumUsersPerRun(DEFAULT_REMOVALS, 'remove an order from')],
	endpoints: ['setOrderState', 'listOffers', 'listUsers'],
	access: () => 'full',
	writes: true,
	alwaysAudited: true,
	guard: REMOVAL_GUARD,
	read(params) {
		const options = params.options();

		return {
			user: params.user('user'),
			orderId: params.id('orderId', 'Order ID'),
			offerToCheck: options.offer('offerToCheck', 'Offer to Check'),
			maxPages: options.number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? DEFAULT_PAGES,
		};
	},
	async prepare({ school }, input) {
		const offerId = input.offerToCheck === undefined ? undefined : await school.offerId(input.offerToCheck);

		return { ...input, target: await targetOf(school, input.user), offerId };
	},
	lane: ({ user }) => userLane(user),
	async run({ school }, { target, orderId, offerToCheck, offerId, maxPages }, scope) {
		const check = offerToCheck === undefined ? undefined : await beginCheck(school, offerToCheck, target.email, maxPages);
		const look = async (): Promise<Listing> =>
			offerId === undefined ? { listed: undefined } : await listingOf(school, offerId, target.email, maxPages);
		const sent = await removeWithReadBack(async () => await scope.call(endpoints.setOrderState, { body: { email: target.email, orderId } }), look);

		const row: IDataObject = { ...target, orderId };
		if (!sent.answered) {
			return { ...row, outcome: 'unknown', afterwards: 'notListed', note: 'The answer was lost. The list of users of the offer to check does not show the user now, so there is no active access to it.' };
		}
		const seen = await check?.('noAccess');
		if (seen === undefined) return { success: true, ...row, removed: true, outcome: 'accepted', note: ACCEPTED.order };
		const { before, afterwards, proven } = seen;

		return { success: true, ...row, removed: true, before, afterwards, ...(proven ? { outcome: 'confirmed' } : { outcome: 'accepted', note: ACCEPTED.order }) };
	},
});
