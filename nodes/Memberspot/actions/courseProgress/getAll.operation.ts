import type { IDataObject } from 'n8n-workflow';
import { keepEmailCase, returnAllOrLimit, userLocator } from '../../descriptions';
import { withPercent } from '../../school';
import { endpoints } from '../../transport';
import { readLimit } from '../limit';
import { readLooseList } from '../looseList';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { targetOf, type Target } from '../write';

interface Input {
	user: UserChoice;
	limit: number;
}

/** Progress of one member in all courses. */
export const getManyCourseProgress = preparedItemOperation<Input, { target: Target; limit: number }>({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get progress of user in each course',
	description: 'List the progress of one user, with one entry for each course',
	fields: [userLocator(), ...returnAllOrLimit()],
	options: [keepEmailCase],
	endpoints: ['listCourseProgress', 'listUsers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ user: params.user('user'), limit: readLimit(params) }),
	async prepare({ school }, { user, limit }) {
		return { target: await targetOf(school, user), limit };
	},
	async run({ client }, { target, limit }): Promise<IDataObject[]> {
		const rows = await readLooseList(client, endpoints.listCourseProgress, { email: target.email }, limit, 'courseId');

		return rows.map((row) => withPercent({ ...target, ...row }));
	},
});
