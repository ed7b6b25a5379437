/**
 * A completed course is noticed by looking at the lists: nothing at first, one event when it happens,
 * and after a restart of n8n only what is new.
 *
 * The workflow is examples/polling-course-completed.json without its mail, since there is no mail
 * server here, and with the shortest times that n8n and the node allow.
 */
import { EVERY_FIVE_SECONDS } from '../lib/poll-times.mjs';
import { POLLING_TYPE } from '../lib/environment.mjs';
import { importExample, nodeOf } from './shared.mjs';

const MAIL = 'n8n-nodes-base.emailSend';
const COURSE_NAME = 'Excel Basics';
/** Has completed the course before the trigger looks for the first time. */
const EARLIER = 'jürgen@example.com';
const FIRST = 'anna@example.com';
const SECOND = 'dora@example.com';

/** @param {import('./shared.mjs').Story} story */
export async function courseCompleted(story) {
	const workflow = await importExample(story, 'polling-course-completed', (example) => {
		const { parameters } = nodeOf(example, POLLING_TYPE);
		parameters.pollTimes = { item: EVERY_FIVE_SECONDS };
		// The least that the node allows. It takes a poll that comes up to half a minute too early.
		parameters.minimumMinutes = 1;
		nodeOf(example, MAIL).disabled = true;
	});
	const course = (await story.standIn.control('/courses')).find(({ name }) => name === COURSE_NAME);
	const chapter = { ...story, workflow, course, trigger: nodeOf(workflow, POLLING_TYPE) };

	await firstLook(chapter);
	await completes(chapter);
	await completesWhileDown(chapter);
}

/** Publishing polls for the first time, and takes note of what is there. */
async function firstLook({ api, standIn, verdicts, workflow, course }) {
	await standIn.clearLog();
	await api.publish(workflow);
	const reads = (await standIn.requests()).length;
	const runs = await api.executionIds(workflow);
	const earlier = await standIn.user(EARLIER);

	verdicts.add(
		'Polling: the first look',
		`${reads} requests; ${EARLIER} has completed "${course.name}" already; runs: ${runs.length}`,
		{
			'the user list was read': reads > 0,
			'somebody had completed the course before': hasCompleted(earlier, course),
			'no run was started': runs.length === 0,
		},
	);
}

async function completes(chapter) {
	const { api, standIn, verdicts, workflow, course, trigger } = chapter;
	await complete(standIn, FIRST, course);
	const execution = await api.nextExecution(workflow, []);
	const events = eventsOf(execution, trigger);
	const runs = await api.executionIds(workflow);

	verdicts.add('Polling: a user reaches 100 %', describe(events, runs), {
		'the run succeeded': execution.status === 'success' && execution.mode === 'trigger',
		'exactly one run was started': runs.length === 1,
		'it has exactly one event, about this user and course': isOnly(events, FIRST, course),
	});
}

/**
 * What happens while n8n is down is noticed only if the trigger goes on from where it was: one that
 * began anew would take it for old.
 */
async function completesWhileDown(chapter) {
	const { api, standIn, n8n, verdicts, workflow, course, trigger } = chapter;
	const before = await api.executionIds(workflow);
	await n8n.restart(async () => await complete(standIn, SECOND, course));
	const execution = await api.nextExecution(workflow, before);
	const events = eventsOf(execution, trigger);
	const runs = await api.executionIds(workflow);

	verdicts.add('Polling: 100 % while n8n is down', describe(events, runs), {
		'the run succeeded': execution.status === 'success',
		'exactly one run was added': runs.length === before.length + 1,
		'it has exactly one event, about this user and not the earlier one': isOnly(
			events,
			SECOND,
			course,
		),
	});
}

async function complete(standIn, email, { id, activePosts }) {
	await standIn.control(`/users/${encodeURIComponent(email)}/progress/${id}`, 'PUT', {
		completedPosts: activePosts,
	});
}

function hasCompleted(user, { id, activePosts }) {
	return (user?.progress[id] ?? 0) >= activePosts;
}

/** What the trigger put out, before anything is sorted out behind it. */
function eventsOf(execution, trigger) {
	return execution.items(trigger.name).map(({ json }) => json);
}

function isOnly(events, email, course) {
	const [event] = events;

	return (
		events.length === 1 &&
		event.event === 'courseCompleted' &&
		event.user?.email === email &&
		event.course?.courseId === course.id
	);
}

function describe(events, runs) {
	const who = events.map(({ event, user }) => `${event} of ${user?.email}`).join(', ');

	return `events: ${events.length} (${who}); runs so far: ${runs.length}`;
}
