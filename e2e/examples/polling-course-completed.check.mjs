/**
 * Who has completed a course before the workflow was published gets nothing; who completes it afterwards
 * gets one mail, and no more when the next poll comes.
 */
import { EVERY_FIVE_SECONDS } from '../../demo/lib/poll-times.mjs';
import { waitFor } from '../../demo/lib/processes.mjs';

const PATIENCE = { timeoutMs: 150_000 };
const COURSE = 'Excel Basics';

export default {
	example: 'polling-course-completed',
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, mail, importExample, expect }) {
		const course = (await standIn.control('/courses')).find(({ name }) => name === COURSE);
		const workflow = await importExample(({ nodes }) => {
			const trigger = nodes.find(({ type }) => type.endsWith('.memberspotPollingTrigger'));
			trigger.parameters.pollTimes = { item: EVERY_FIVE_SECONDS };
			trigger.parameters.minimumMinutes = 1;
		});
		const complete = async (email) =>
			await standIn.control(`/users/${encodeURIComponent(email)}/progress/${course.id}`, 'PUT', {
				completedPosts: course.activePosts,
			});
		await api.publish(workflow);
		expect(
			'who had completed the course before gets no mail',
			(await standIn.requests()).length > 0 && mail.messages().length === 0,
		);

		await complete('anna@example.com');
		const first = await mail.next(({ to }) => to.includes('anna@example.com'), 'the first mail');
		expect(
			'who completes it gets a mail with the name and the number of lessons',
			first.text.includes('Hello Anna') && first.text.includes(`all ${course.activePosts} lessons`),
		);

		await complete('dora@example.com');
		await waitFor(
			'the mail to the second member',
			async () => mail.messages().some(({ to }) => to.includes('dora@example.com')),
			PATIENCE,
		);
		const mails = mail.messages().map(({ to }) => to[0]);
		expect(
			'each member gets one mail',
			mails.filter((to) => to === 'dora@example.com').length === 1 &&
				mails.filter((to) => to === 'anna@example.com').length === 1,
			`${mails.length} mails in ${(await api.executionIds(workflow)).length} runs`,
		);
		expect(
			'nothing was written to Memberspot',
			(await standIn.requests()).every(({ method }) => method === 'GET'),
		);
	},
};
