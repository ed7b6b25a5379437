import type { Resource } from '../operation';
import * as operations from './operations';

/** Custom properties: fields of the school on each member. */
export const customProperty: Resource = {
	value: 'customProperty',
	name: 'Custom Property',
	description: 'A field of your own on each user (Benutzerdefinierte Eigenschaft)',
	operations: Object.values(operations),
};
