import type { Resource } from '../operation';
import * as operations from './operations';

/** Courses, as far as the offers name them. */
export const course: Resource = {
	value: 'course',
	name: 'Course',
	description: 'A course, as far as the offers name it (Kurs)',
	operations: Object.values(operations),
};
