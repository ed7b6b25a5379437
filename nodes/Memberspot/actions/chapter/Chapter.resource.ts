import type { Resource } from '../operation';
import * as operations from './operations';

/** Chapters of a course. */
export const chapter: Resource = {
	value: 'chapter',
	name: 'Chapter',
	description: 'A part of a course, called module in the menus (Modul)',
	operations: Object.values(operations),
};
