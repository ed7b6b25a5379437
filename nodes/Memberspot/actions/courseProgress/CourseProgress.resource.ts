import type { Resource } from '../operation';
import * as operations from './operations';

/** Course progress of a member. */
export const courseProgress: Resource = {
	value: 'courseProgress',
	name: 'Course Progress',
	description: 'How many lessons of a course a user has done (Fortschritt)',
	operations: Object.values(operations),
};
