import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, maximumUsersPerRun, userLocator } from '../../descriptions';
import type { OfferChoice } from '../../school';
import { endpoints } from '../../transport';
import { activeField, DEACTIVATION_GUARD, DEFAULT_DEACTIVATIONS, DEFAULT_PAGES, type StateInput } from '../access';
import { preparedItemOperation } from '../operation';
import { ACCEPTED, targetOf, userLane, type Target } from '../write';
import { beginCheck, checkOptions, orderIdField } from './fields';

interface Input extends StateInput {
	orderId: string;
	offerToCheck?: OfferChoice;
	maxPages: number;
}

interface Ready extends Input {
	target: Target;
}

/** Switches the access given under an order on or off. Course progress is kept (documented). */
export const setOrderState = preparedItemOperation<Input, Ready>({
	value: 'setState',
	name: 'Activate or Deactivate',
	action: 'Activate or deactivate access by order ID',
	description: 'Switch the access that was given under an order ID on or off. Course progress is kept.',
	builderHint: 'Use for refunds, chargebacks and failed instalments of a shop: it touches exactly the access of that order.',
	fields: [userLocator(), orderIdField, activeField],
	options: [...checkOptions, keepEmailCase, maximumUsersPerRun(DEFAULT_DEACTIVATIONS, 'deactivate an order for')],
	endpoints: ['setOrderState', 'listOffers', 'listUsers'],
	access: ({ active }) => (active ? 'grant' : 'write'),
	writes: true,
	guard: DEACTIVATION_GUARD,
	read(params) {
		const options = params.options();

		return {
			user: params.user('user'),
			orderId: params.id('orderId', 'Order ID'),
			active: params.boolean('active', 'Active'),
			offerToCheck: options.offer('offerToCheck', 'Offer to Check'),
			maxPages: options.number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? DEFAULT_PAGES,
		};
	},
	async prepare({ school }, input) {
		return { ...input, target: await targetOf(school, input.user) };
	},
	lane: ({ user }) => userLane(user),
	async run({ school }, { target, orderId, active, offerToCheck, maxPages }, scope) {
		const check = offerToCheck === undefined ? undefined : await beginCheck(school, offerToCheck, target.email, maxPages);
		await scope.call(endpoints.setOrderState, { body: { email: target.email, orderId, active } });

		// The answer repeats what was asked (one client), which proves nothing about the order.
		const row: IDataObject = { success: true, ...target, orderId, active, outcome: 'accepted' };
		const seen = await check?.(active ? 'access' : 'noAccess');
		if (seen === undefined) return { ...row, note: ACCEPTED.order };
		const { before, afterwards, proven } = seen;

		return { ...row, before, afterwards, ...(proven ? { outcome: 'confirmed' } : { note: ACCEPTED.order }) };
	},
});
