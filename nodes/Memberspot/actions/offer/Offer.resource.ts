import type { Resource } from '../operation';
import * as operations from './operations';

/** Offers: what opens courses for a member. */
export const offer: Resource = {
	value: 'offer',
	name: 'Offer',
	description: 'What opens courses for a user (Zugang)',
	operations: Object.values(operations),
};
