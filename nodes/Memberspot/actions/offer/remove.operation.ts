import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, maximumUsersPerRun, offerLocator, userLocator } from '../../descriptions';
import type { OfferChoice } from '../../school';
import { endpoints } from '../../transport';
import { DEFAULT_PAGES, DEFAULT_REMOVALS, listingOf, maximumPages, REMOVAL_GUARD } from '../access';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { removeWithReadBack } from '../remove';
import { ACCEPTED, targetOf, userLane, type Target } from '../write';

interface Input {
	user: UserChoice;
	offer: OfferChoice;
	maxPages: number;
}

interface Ready {
	target: Target;
	offerId: string;
	maxPages: number;
}

/**
 * Takes an offer away for good: `active` is left out of the request, which removes the access
 * completely (documented). Whether course progress goes with it is disputed.
 */
export const removeOffer = preparedItemOperation<Input, Ready>({
	value: 'remove',
	name: 'Remove Permanently',
	action: 'Remove offer from user permanently',
	description: 'Take an offer away from a user for good. Course progress may be lost. To keep it, deactivate.',
	builderHint: 'Cannot be undone, and course progress may be lost. Prefer Activate or Deactivate.',
	fields: [
		userLocator(),
		offerLocator(),
		{
			displayName: 'Course progress may be lost. To keep it, use the operation Activate or Deactivate.',
			name: 'removeNotice',
			type: 'notice',
			default: '',
		},
	],
	options: [keepEmailCase, maximumPages, maximumUsersPerRun(DEFAULT_REMOVALS, 'remove an offer from')],
	endpoints: ['setOfferState', 'listOffers', 'listUsers'],
	access: () => 'full',
	writes: true,
	alwaysAudited: true,
	guard: REMOVAL_GUARD,
	read: (params) => ({
		user: params.user('user'),
		offer: params.offer('offer'),
		maxPages: params.options().number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? DEFAULT_PAGES,
	}),
	async prepare({ school }, { user, offer, maxPages }) {
		return { target: await targetOf(school, user), offerId: await school.offerId(offer), maxPages };
	},
	lane: ({ user }) => userLane(user),
	async run({ school }, { target, offerId, maxPages }, scope) {
		const row: IDataObject = { ...target, offerId };
		const sent = await removeWithReadBack(
			async () => await scope.call(endpoints.setOfferState, { body: { email: target.email, offerId } }),
			async () => await listingOf(school, offerId, target.email, maxPages),
		);
		if (sent.answered) return { success: true, ...row, removed: true, outcome: 'accepted', note: ACCEPTED.removal };

		return {
			...row,
			outcome: 'unknown',
			afterwards: 'notListed',
			note: 'The answer was lost. The list of users of this offer does not show the user now, so there is no active access. Whether the access was removed, or was paused before and is not listed, can not be told.',
		};
	},
});
