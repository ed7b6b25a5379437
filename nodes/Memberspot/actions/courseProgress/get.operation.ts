import { courseLocator, keepEmailCase, userLocator } from '../../descriptions';
import { unexpected, withPercent } from '../../school';
import { endpoints } from '../../transport';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { answerData, targetOf, type Target } from '../write';

interface Input {
	user: UserChoice;
	courseId: string;
}

/** Progress of one member in one course. Paced: at most 4 requests a second (one client). */
export const getCourseProgress = preparedItemOperation<Input, { target: Target; courseId: string }>({
	value: 'get',
	name: 'Get',
	action: 'Get progress of user in one course',
	description: 'Get how many lessons of one course a user has done, with the share in percent',
	fields: [userLocator(), courseLocator()],
	options: [keepEmailCase],
	endpoints: ['getCourseProgress', 'listUsers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ user: params.user('user'), courseId: params.course('course') }),
	async prepare({ school }, { user, courseId }) {
		return { target: await targetOf(school, user), courseId };
	},
	async run({ client }, { target, courseId }, scope) {
		const answer = await scope.call(endpoints.getCourseProgress, { path: { courseId, email: target.email } });
		const data = answerData(answer);
		if (data === undefined) throw unexpected(endpoints.getCourseProgress, client, answer, 'There was no course progress in the answer.');

		return withPercent({ ...target, courseId, ...data });
	},
});
