import type { Resource } from '../operation';
import * as operations from './operations';

/** Exams within a course. */
export const exam: Resource = {
	value: 'exam',
	name: 'Exam',
	description: 'A test within a course (Prüfung)',
	operations: Object.values(operations),
};
