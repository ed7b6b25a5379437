import type { Resource } from '../operation';
import * as operations from './operations';

/** Members of the school. */
export const user: Resource = {
	value: 'user',
	name: 'User',
	description: 'A member of your school (Mitglied)',
	operations: Object.values(operations),
};
