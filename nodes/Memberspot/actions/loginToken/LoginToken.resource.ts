import type { Resource } from '../operation';
import * as operations from './operations';

/** Login tokens: they sign a member in. */
export const loginToken: Resource = {
	value: 'loginToken',
	name: 'Login Token',
	description: 'A link that signs a user in (Login-Link)',
	operations: Object.values(operations),
};
