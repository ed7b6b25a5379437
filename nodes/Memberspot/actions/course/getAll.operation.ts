import { returnAllOrLimit } from '../../descriptions';
import { coursesOf } from '../../school';
import { readLimit } from '../limit';
import { itemOperation } from '../operation';

/** Courses. The API lists none, so they are put together from the offers. */
export const getManyCourses = itemOperation<{ limit: number }>({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many courses with their offers',
	description: 'List the courses that are part of an offer. Memberspot gives their IDs only, so each is shown with its offers.',
	fields: [
		...returnAllOrLimit(),
		{
			displayName: 'The API has no list of courses. These are the courses that your offers open, without their names. A course that is in no offer is missing.',
			name: 'courseNotice',
			type: 'notice',
			default: '',
		},
	],
	endpoints: ['listOffers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ limit: readLimit(params) }),
	async run({ school }, { limit }) {
		return coursesOf(await school.offers())
			.slice(0, limit)
			.map(({ courseId, label, offers }) => ({ courseId, label, offers: offers.map(({ id, name }) => ({ id, name })) }));
	},
});
