/**
 * The workflows that keep Memberspot and another platform in step while both are in use: what happens
 * there opens or pauses access here, and what users get or lose here does the same there.
 */
import {
	answer,
	code,
	describeTable,
	getRows,
	memberspot,
	offerByName,
	route,
	upsertRow,
	userByEmail,
	when,
	Workflow,
} from '../workflow.mjs';
import { eventsHere, eventsThere } from './events.mjs';
import { sureness } from '../sources.mjs';
import { LEFT_OUT } from './moveIn.mjs';

export const PAIRS = {
	name: 'memberspot_side_by_side',
	columns: {
		platform: 'string',
		course: 'string',
		offer: 'string',
		target: 'string',
		targetOff: 'string',
	},
};

/** @param {import('./platforms.mjs').Platform} platform */
export function sideBySide({ id, title, sideBySide: { setUp, tableHint, read, there } }) {
	const workflow = new Workflow(`Memberspot: ${title} and Memberspot side by side`);

	workflow.note(
		'Read This First',
		{ columns: [0, 3], top: -620, height: 400 },
		`## ${title} and Memberspot side by side

For the months in which people are in both.

**Above:** ${title} tells of an event, and Memberspot follows: access is given, or paused where an event says that it has ended. Nothing is ever removed, and a repeated event changes nothing.

**Below:** users who get or lose one of the chosen offers in Memberspot get or lose the course in ${title}. Choose the offers in **Offer Got or Lost**. If you only want one direction, delete the other.

An event that comes back from the other side finds everything as it should be, and ends there.

${sureness(id)}`,
	);
	workflow.note(
		'Set Up',
		{ columns: [4, 7], top: -620, height: 400, color: 5 },
		`## What to set up

${setUp}

Choose a long random text, write it as \`secret\` into **Settings**, and add it to the URL: \`?secret=…\`. Without it every call is refused.

People whom this workflow could not help stand in **${LEFT_OUT.name}**, each with the reason.`,
	);
	workflow.note(
		'Tables',
		{ columns: [8, 10], top: -620, height: 400, color: 5 },
		`## Two data tables

${describeTable(PAIRS, 'one row for each course and its offer.')}

\`platform\` is \`${id}\`, \`course\` the name as ${title} sends it, \`offer\` the name of the offer in Memberspot. ${tableHint}

${describeTable(LEFT_OUT, 'filled by this workflow.')}`,
	);

	fromThere(workflow, id, title, read);
	toThere(workflow, id, there);

	return workflow.toJson();
}

/** Keeps what could not be done, whichever node it comes from. */
function keepLeftOut(workflow, name, place, id, asked) {
	const item = `$('${asked}').item.json`;

	return workflow.add(
		name,
		place,
		upsertRow(LEFT_OUT, 'key', {
			key: `={{ '${id}|event|' + ${item}.email + '|' + ${item}.course }}`,
			platform: id,
			row: 'event',
			email: `={{ ${item}.email }}`,
			course: `={{ ${item}.course }}`,
			reason: `={{ String(${item}.reason ?? $json.error?.message ?? $json.error ?? 'failed') }}`,
		}),
	);
}

function fromThere(workflow, id, title, read) {
	const call = workflow.add(
		`When ${title} Calls`,
		[0, 0],
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: {
				httpMethod: 'POST',
				path: `memberspot-side-by-side-${id}`,
				responseMode: 'responseNode',
				options: {},
			},
		},
		{ webhookId: `memberspot-side-by-side-${id}` },
	);
	const settings = workflow.add('Settings', [1, 0], {
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: {
				assignments: [{ id: 'setting-secret', name: 'secret', type: 'string', value: '' }],
			},
			includeOtherFields: true,
			options: {},
		},
	});
	const genuine = workflow.add(
		`Is It from ${title}?`,
		[2, 0],
		when("={{ $json.secret !== '' && $json.query?.secret === $json.secret }}"),
	);
	const refuse = workflow.add('Refuse', [3, 1], answer('Refused', 401));
	const thanks = workflow.add('Say Thank You', [3, 0], answer('', 200));
	const pairs = workflow.add('Pairs', [4, 0], getRows(PAIRS, [['platform', 'eq', id]]), {
		executeOnce: true,
	});
	const events = workflow.add(
		'What Has to Be Done',
		[5, 0],
		code(
			[read, eventsHere],
			`
const happened = ${read.name}($('${settings}').first().json.body);

return eventsHere(happened, $input.all().map(({ json }) => json)).map((json) => ({ json }));`,
		),
	);
	const task = workflow.add(
		'Task',
		[6, 0],
		route('$json.task', { give: 'Give', pause: 'Pause', leftOut: 'Left Out' }),
	);
	const give = workflow.add(
		'Give Access',
		[7, -1],
		memberspot('offer', 'grant', {
			email: '={{ $json.email }}',
			offer: offerByName('={{ $json.offer }}'),
			firstName: '={{ $json.firstName }}',
			lastName: '={{ $json.lastName }}',
		}),
		{ onError: 'continueErrorOutput' },
	);
	const pause = workflow.add(
		'Pause Access',
		[7, 0],
		memberspot('offer', 'setState', {
			user: userByEmail('={{ $json.email }}'),
			offer: offerByName('={{ $json.offer }}'),
			active: false,
		}),
		{ onError: 'continueErrorOutput' },
	);
	const keep = keepLeftOut(workflow, 'Keep What Was Left Out', [8, 1], id, events);
	workflow.chain(call, settings, genuine, thanks, pairs, events, task, give);
	workflow.connect(genuine, refuse, 1);
	workflow.connect(task, pause, 1);
	workflow.connect(task, keep, 2);
	workflow.connect(give, keep, 1);
	workflow.connect(pause, keep, 1);
}

function toThere(workflow, id, there) {
	const trigger = workflow.add('Offer Got or Lost', [0, 3], {
		type: 'n8n-nodes-memberspot-sync.memberspotPollingTrigger',
		typeVersion: 1,
		parameters: {
			pollTimes: { item: [{ mode: 'everyX', unit: 'minutes', value: 15 }] },
			triggerOn: ['userGotOffer', 'userLostOffer'],
			offers: [],
			minimumMinutes: 15,
			simplify: true,
			filters: {},
			options: {},
		},
		credentials: { memberspotApi: { id: null, name: 'Memberspot account' } },
	});
	const pairs = workflow.add('Pairs Again', [1, 3], getRows(PAIRS, [['platform', 'eq', id]]), {
		executeOnce: true,
	});
	const events = workflow.add(
		'What Has to Be Done There',
		[2, 3],
		code(
			[eventsThere],
			`
const events = $('${trigger}').all().map(({ json }) => json);

return eventsThere(events, $input.all().map(({ json }) => json)).map((json) => ({ json }));`,
		),
	);
	const task = workflow.add(
		'Task There',
		[3, 3],
		route('$json.task', { give: 'Give', take: 'Take', leftOut: 'Left Out' }),
	);
	const keep = keepLeftOut(workflow, 'Keep What Was Left Out There', [8, 4], id, events);
	workflow.chain(trigger, pairs, events, task);
	workflow.connect(task, keep, 2);
	there(workflow, task, keep);
}
