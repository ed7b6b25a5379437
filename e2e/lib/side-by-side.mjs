/** The check that the workflows for two platforms side by side share. */
import { EVERY_FIVE_SECONDS } from '../../demo/lib/poll-times.mjs';
import { waitFor } from '../../demo/lib/processes.mjs';
import { LEFT_OUT } from '../../examples/build/moving-in/moveIn.mjs';
import { PAIRS } from '../../examples/build/moving-in/sideBySide.mjs';

const SECRET = 'a-long-random-text';
const OFFER = 'Excel Basics';
const COURSE = 'Excel, the first steps';
const MEMBER = 'side.by.side@example.com';
const PATIENCE = { timeoutMs: 180_000 };

/**
 * @param {string} id of the platform
 * @param {object} platform
 * @param {string} platform.title
 * @param {(what: 'gained' | 'lost', person: { email: string, course: string }) => unknown} platform.event
 *   the body of a call of its webhook; undefined where it has no such event
 * @param {(workflow: object, url: string) => void} platform.changes points its requests to the services
 * @param {object} platform.pair what its row of the table holds beside course and offer
 * @param {(services: object) => { has: (email: string) => boolean }} platform.serve plays its API;
 *   `has`: whether somebody has the course there
 * @param {import('./examples.mjs').ExampleContext} context
 */
export async function checkSideBySide(id, { title, event, changes, pair, serve }, context) {
	const { api, standIn, services, dataTable, importExample } = context;
	await dataTable(LEFT_OUT.name, LEFT_OUT.columns);
	await dataTable(PAIRS.name, PAIRS.columns, [
		{ platform: id, course: COURSE, offer: OFFER, targetOff: '', ...pair(services.url) },
	]);
	const offer = (await standIn.offers()).find(({ name }) => name === OFFER);
	const there = serve(services);
	const workflow = await importExample((content) => {
		const node = (name) => content.nodes.find((each) => each.name === name).parameters;
		node('Settings').assignments.assignments[0].value = SECRET;
		const trigger = node('Offer Got or Lost');
		trigger.offers = [offer.id];
		trigger.pollTimes = { item: EVERY_FIVE_SECONDS };
		trigger.minimumMinutes = 1;
		changes(content, services.url);
	});
	await api.publish(workflow);
	const school = {
		...context,
		workflow,
		offer,
		there,
		path: `memberspot-side-by-side-${id}`,
		title,
	};

	await followsEvents(school, event);
	await tellsTheOther(school);
}

async function followsEvents(school, event) {
	const { api, standIn, expect, rows, path, workflow, offer } = school;
	const send = async (body, query = `?secret=${SECRET}`) => {
		const known = await api.executionIds(workflow);
		const answer = await api.callWebhook(path + query, body);
		const execution = await api.nextExecution(workflow, known);

		return { answer, execution };
	};
	const grants = async () => await standIn.grantsOf(MEMBER).catch(() => []);
	const gained = event('gained', { email: MEMBER, course: COURSE });

	await standIn.clearLog();
	const stranger = await send(gained, '?secret=guessed');
	expect(
		'a call without the secret is refused and does nothing',
		stranger.answer.status === 401 && (await standIn.requests()).length === 0,
	);
	await send(gained);
	expect(
		'who gets the course there gets the offer here',
		(await grants()).some(({ offerId, active }) => offerId === offer.id && active),
	);
	await standIn.clearLog();
	await send(gained);
	expect('the same event twice gives it once', (await grants()).length === 1);
	await send(event('gained', { email: MEMBER, course: 'A Course Nobody Knows' }));
	expect(
		'a course that is not in the table is kept with the reason',
		(await rows(LEFT_OUT.name)).some(({ reason }) => /no offer for this course/.test(reason)),
	);
	const lost = event('lost', { email: MEMBER, course: COURSE });
	if (lost === undefined) return;
	await send(lost);
	expect(
		'who loses the course there has the offer paused here, and keeps the progress',
		(await grants()).some(({ offerId, active }) => offerId === offer.id && !active),
	);
}

async function tellsTheOther({ standIn, expect, there, offer, title, services }) {
	const someone = 'carla@example.com';
	await standIn.control(`/users/${encodeURIComponent(someone)}/grants`, 'POST', {
		offerId: offer.id,
	});
	await waitFor(
		`${someone} to get the course in ${title}`,
		async () => there.has(someone),
		PATIENCE,
	);
	expect(`who gets the offer here gets the course in ${title}`, there.has(someone));
	await standIn.control(`/users/${encodeURIComponent(someone)}/offers/${offer.id}`, 'DELETE');
	await waitFor(
		`${someone} to lose the course in ${title}`,
		async () => !there.has(someone),
		PATIENCE,
	);
	expect(
		`who loses the offer here loses the course in ${title}`,
		!there.has(someone),
		`${services.requests().length} requests to ${title}`,
	);
}
