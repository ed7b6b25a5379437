import { chapterLocator, courseLocator, keepEmailCase, userLocator } from '../../descriptions';
import { endpoints, InputError } from '../../transport';
import { preparedItemOperation } from '../operation';
import type { UserChoice } from '../params';
import { ACCEPTED, answerData, stated, targetOf, userLane, type Target } from '../write';

interface Input {
	user: UserChoice;
	courseId: string;
	chapterId: string;
}

/**
 * Opens a chapter for one member. It concerns chapters that are set to manual in Memberspot, which
 * only members see who were assigned to them (inferred). There is no known way to close one again.
 */
export const enableChapterAccess = preparedItemOperation<Input, { target: Target; courseId: string; chapterId: string }>({
	value: 'enableAccess',
	name: 'Enable Access',
	action: 'Enable chapter access for user',
	description: 'Open a chapter for a user. Probably meant for chapters set to Manual (Manuell) in Memberspot. The API has no known way to close it again.',
	fields: [
		userLocator(),
		chapterLocator(),
		courseLocator({ required: false, description: 'The course the chapter belongs to. Not needed when the chapter is given by its URL.' }),
	],
	options: [keepEmailCase],
	endpoints: ['enableChapterAccess', 'listUsers'],
	access: () => 'grant',
	writes: true,
	read(params) {
		const user = params.user('user');
		const { chapterId, courseId: fromAddress } = params.chapter('chapter');
		const chosen = params.has('course') ? params.course('course') : undefined;
		if (chosen !== undefined && fromAddress !== undefined && chosen !== fromAddress) {
			throw new InputError('The chapter address belongs to another course than the one in Course', 'Clear Course, or use the address of a chapter of that course');
		}
		const courseId = chosen ?? fromAddress;
		if (courseId === undefined) throw new InputError('Course is empty', 'Choose the course, or give the chapter by its URL, which names the course too');

		return { user, courseId, chapterId };
	},
	async prepare({ school }, { user, courseId, chapterId }) {
		return { target: await targetOf(school, user), courseId, chapterId };
	},
	lane: ({ user }) => userLane(user),
	async run(_run, { target, courseId, chapterId }, scope) {
		const answer = await scope.call(endpoints.enableChapterAccess, { body: { email: target.email, courseId, chapterId } });
		const outcome = stated(answer, target.email, (data) => data.chapterId === chapterId && typeof data.email === 'string');
		const data = answerData(answer);

		return {
			success: true,
			...target,
			courseId,
			chapterId,
			outcome,
			...(outcome === 'accepted' ? { note: ACCEPTED.chapter } : {}),
			...(data === undefined || outcome === 'confirmed' ? {} : { reply: data }),
		};
	},
});
