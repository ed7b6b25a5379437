import { EVENTS, RULES } from '../../examples/build/advanced.mjs';
import { ensureHeader } from './other-shop.mjs';
import { grantsOf, OTHER_OFFER, TO_CHECK } from './payments.mjs';

const SECRET = 'sample-secret';
const PATH = 'memberspot-event';

/**
 * A member attends a webinar: the property is set, then the advanced offer is on, once. Strangers,
 * events without a rule and calls without the secret get nothing; what fails is tried again.
 */
export default {
	example: 'event-advanced-offer',
	variants: [
		{
			switches: { partialPropertyUpdate: 'replaces', propertyItemKey: 'propertyId' },
			because: 'the property of the event must not cost the member the other properties',
		},
		{
			switches: { unknownUserWrite: 'status400', unknownUserLookUp: 'emptyObject' },
			because: 'a stranger must go to a human whatever Memberspot answers',
		},
	],
	async check({ api, standIn, expect, importExample, dataTable, rows, mail }) {
		await ensureHeader(api, { credential: 'Platform header', name: 'X-Platform', value: SECRET });
		await dataTable(RULES.name, RULES.columns, [
			{ event: 'webinar.attended', value: 'Gold', offer: OTHER_OFFER },
		]);
		await dataTable(EVENTS.name, EVENTS.columns);
		await dataTable(TO_CHECK.name, TO_CHECK.columns);
		const workflow = await importExample();
		await api.publish(workflow);
		const again = await importExample((copy) => {
			const trigger = copy.nodes.find(({ name }) => name === 'Every 15 Minutes');
			trigger.type = 'n8n-nodes-base.manualTrigger';
			trigger.typeVersion = 1;
			trigger.parameters = {};
			copy.nodes.find(({ name }) => name === 'When the Platform Calls').disabled = true;
			copy.name += ' (now)';
		});
		const send = async (body) => {
			const known = await api.executionIds(workflow);
			const answer = await api.callWebhook(PATH, body, { 'x-platform': SECRET });

			return { answer, execution: await api.nextExecution(workflow, known) };
		};
		const offer = (await standIn.offers()).find(({ name }) => name === OTHER_OFFER);
		const level = (await standIn.control('/properties')).find(({ name }) => name === 'Stufe');
		const has = async (email) =>
			(await grantsOf(standIn, email)).some((grant) => grant.offerId === offer.id && grant.active);
		const writes = async () =>
			(await standIn.requests()).filter(({ method }) => method !== 'GET').map(({ path }) => path);

		const stranger = await api.callWebhook(PATH, { event: 'webinar.attended' }, {});
		expect('a call without the secret is refused', stranger.status === 403);

		const company = (await standIn.control('/properties')).find(({ name }) => name === 'Firma');
		await standIn.control(`/users/carla@example.com/properties/${company.id}`, 'PUT', {
			value: 'Rossi GmbH',
		});
		const carla = { event: 'webinar.attended', eventId: 'W-1', email: 'Carla@example.com' };
		const { answer } = await send(carla);
		expect('the platform gets its answer', answer.status === 200 && answer.body === 'OK');
		expect(
			'the property is set and the offer is on',
			(await standIn.user('carla@example.com')).properties[level.id] === 'Gold' &&
				(await has('carla@example.com')),
			'webinar → Stufe = Gold, offer on',
		);
		expect(
			'the other properties of the member are as before',
			(await standIn.user('carla@example.com')).properties[company.id] === 'Rossi GmbH',
		);
		expect(
			'the property came first',
			/set-custom-user-properties/.test((await writes()).at(-2)) &&
				/grant-user-offer/.test((await writes()).at(-1)),
		);
		await standIn.clearLog();
		await send(carla);
		await send({ ...carla, eventId: ' W-1' });
		expect('the same event again sends nothing', (await standIn.requests()).length === 0);

		const counted = { ...carla, eventId: 17, email: 'ben@example.com' };
		await send(counted);
		const given = await has('ben@example.com');
		await standIn.clearLog();
		await send(counted);
		expect(
			'an event whose ID is a number counts once as well',
			given && (await standIn.requests()).length === 0,
		);

		mail.clear();
		await send({ ...carla, eventId: 'W-2', email: 'nobody@example.com' });
		expect(
			'somebody who is no member gets nothing, and a human is told',
			(await standIn.user('nobody@example.com')) === undefined &&
				(await rows(TO_CHECK.name)).length === 1 &&
				mail.messages().length === 1,
			'stranger → human',
		);
		await send({ ...carla, eventId: 'W-3', event: 'unknown.event' });
		expect('nor does an event without a rule', (await rows(TO_CHECK.name)).length === 2);

		await standIn.control('/faults', 'POST', { kind: 'status', status: 500, times: 50 });
		await send({ ...carla, eventId: 'W-4', email: 'max+kurs@example.com' });
		await standIn.control('/faults', 'DELETE');
		const open = (await rows(EVENTS.name)).find(({ eventKey }) => eventKey === 'W-4');
		expect(
			'while Memberspot fails the event stays open',
			open.status === 'open' && open.attempts === 1 && !(await has('max+kurs@example.com')),
		);
		const run = await api.runWorkflow(again, 'Every 15 Minutes');
		expect(
			'and the next try works it off',
			(await has('max+kurs@example.com')) &&
				(await rows(EVENTS.name)).every(({ status }) => status !== 'open'),
			run.error?.message ?? 'down → up: given',
		);

		await standIn.clearLog();
		const dry = await api.runWorkflow(workflow, 'Try It by Hand');
		expect(
			'by hand it is a dry run',
			dry.status === 'success' && (await writes()).length === 0,
			dry.error?.message,
		);
	},
};
