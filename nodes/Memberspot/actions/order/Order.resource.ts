import type { Resource } from '../operation';
import * as operations from './operations';

/** Orders: access that was given under an order id. */
export const order: Resource = {
	value: 'order',
	name: 'Order',
	description: 'Access that was given under an order ID of your shop (Bestellung)',
	operations: Object.values(operations),
};
