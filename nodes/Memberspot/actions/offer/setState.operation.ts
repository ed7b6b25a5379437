import { keepEmailCase, maximumUsersPerRun, offerLocator, userLocator } from '../../descriptions';
import type { OfferChoice } from '../../school';
import { endpoints } from '../../transport';
import { activeField, DEACTIVATION_GUARD, DEFAULT_DEACTIVATIONS, type StateInput } from '../access';
import { preparedItemOperation } from '../operation';
import { ACCEPTED, stated, targetOf, userLane, type Target } from '../write';

interface Input extends StateInput {
	offer: OfferChoice;
}

interface Ready {
	target: Target;
	offerId: string;
	active: boolean;
}

/** Switches the access to one offer on or off. Course progress is kept (documented). */
export const setOfferState = preparedItemOperation<Input, Ready>({
	value: 'setState',
	name: 'Activate or Deactivate',
	action: 'Activate or deactivate offer of user',
	description: 'Switch the access of a user to an offer on or off. Course progress is kept.',
	builderHint: 'Use to pause access, for example after a failed payment, and to switch it on again. Course progress is kept.',
	fields: [userLocator(), offerLocator(), activeField],
	options: [keepEmailCase, maximumUsersPerRun(DEFAULT_DEACTIVATIONS, 'deactivate an offer for')],
	endpoints: ['setOfferState', 'listOffers', 'listUsers'],
	access: ({ active }) => (active ? 'grant' : 'write'),
	writes: true,
	guard: DEACTIVATION_GUARD,
	read: (params) => ({
		user: params.user('user'),
		offer: params.offer('offer'),
		active: params.boolean('active', 'Active'),
	}),
	async prepare({ school }, { user, offer, active }) {
		return { target: await targetOf(school, user), offerId: await school.offerId(offer), active };
	},
	lane: ({ user }) => userLane(user),
	async run(_run, { target, offerId, active }, scope) {
		const answer = await scope.call(endpoints.setOfferState, { body: { email: target.email, offerId, active } });
		const outcome = stated(answer, target.email, (data) => data.active === active && data.offerId === offerId);

		return {
			success: true,
			...target,
			offerId,
			active,
			outcome,
			...(outcome === 'accepted' ? { note: ACCEPTED.offer } : {}),
		};
	},
});
