/** The workflow that turns an event on another platform into a property and an advanced offer. */
import { ERROR_TEXT } from './payments.mjs';
import { TO_CHECK } from './tables.mjs';
import {
	answer,
	code,
	describeTable,
	getRows,
	mail,
	memberspot,
	offerByName,
	updateRows,
	upsertRow,
	userByEmail,
	when,
	Workflow,
} from './workflow.mjs';

/** @type {import('./workflow.mjs').Table} */
export const RULES = {
	name: 'memberspot_event_rules',
	columns: { event: 'string', value: 'string', offer: 'string' },
};

/** @type {import('./workflow.mjs').Table} */
export const EVENTS = {
	name: 'memberspot_events',
	columns: {
		eventKey: 'string',
		status: 'string',
		event: 'string',
		email: 'string',
		value: 'string',
		offer: 'string',
		message: 'string',
		attempts: 'number',
	},
};

const MOST_ATTEMPTS = 8;

/**
 * What an event means.
 *
 * @param {object} body what the platform sent
 * @param {Array<object>} rules rows of the table of rules for this event
 * @param {Array<object>} known rows of the table of events with this key
 * @returns {Array<object>} one row to save; `task` says what to do: give, check or nothing
 */
export function planEvent(body, rules, known) {
	const text = (value) => (value === undefined || value === null ? '' : String(value).trim());
	const email = text(body.email).toLowerCase();
	const row = {
		eventKey: text(body.eventId) || [text(body.event), email].join('|'),
		event: text(body.event),
		email,
		value: '',
		offer: '',
		attempts: 0,
	};
	if (known.length > 0) return [{ ...known[0], task: 'nothing' }];
	const refuse = (message) => [{ ...row, status: 'failed', message, task: 'check' }];
	if (rules.length === 0)
		return refuse(`No row of memberspot_event_rules is about "${row.event}". Nothing was done.`);
	if (rules.length > 1)
		return refuse(
			`${rules.length} rows of memberspot_event_rules are about "${row.event}". Nothing was done.`,
		);
	if (!/^[^\s@]+@[^\s@]+$/.test(email))
		return refuse('The event has no e-mail address. Nothing was done.');

	return [
		{
			...row,
			value: text(rules[0].value),
			offer: text(rules[0].offer),
			status: 'open',
			message: '',
			task: 'give',
		},
	];
}

/** @returns {object} the workflow */
export function advancedOfferWorkflow() {
	const workflow = new Workflow('Memberspot: an event elsewhere opens the advanced offer');
	const trigger = 'When the Platform Calls';
	workflow.add(
		trigger,
		[0, 0],
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			parameters: {
				httpMethod: 'POST',
				path: 'memberspot-event',
				authentication: 'headerAuth',
				responseMode: 'responseNode',
				options: {},
			},
			credentials: { httpHeaderAuth: { id: null, name: 'Platform header' } },
		},
		{ webhookId: 'memberspot-event' },
	);
	workflow.add('Try It by Hand', [0, 1], {
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	});
	workflow.add('Sample Event', [1, 1], {
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: {
			jsCode: `// An event as the other platform would send it.
return [{ json: { body: { event: 'webinar.attended', eventId: 'SAMPLE-1', email: 'erika@example.com' } } }];`,
		},
	});
	workflow.connect('Try It by Hand', 'Sample Event');
	workflow.add(
		'Rules of the Event',
		[2, 0],
		getRows(RULES, [['event', 'eq', `={{ String($json.body?.event ?? '').trim() }}`]]),
	);
	workflow.connect(trigger, 'Rules of the Event');
	workflow.connect('Sample Event', 'Rules of the Event');
	const call = `($('${trigger}').isExecuted ? $('${trigger}') : $('Sample Event')).first().json.body`;
	// The key is made as in Plan: an ID may come as a number, or with spaces around it.
	const plain = (name) => `String(${call}?.${name} ?? '').trim()`;
	workflow.add(
		'Events Before',
		[3, 0],
		getRows(EVENTS, [
			[
				'eventKey',
				'eq',
				`={{ ${plain('eventId')} || ${plain('event')} + '|' + ${plain('email')}.toLowerCase() }}`,
			],
		]),
		{ executeOnce: true },
	);
	workflow.add(
		'Plan',
		[4, 0],
		code(
			[planEvent],
			`
// One row: what this event means. The same event twice means nothing the second time.
const rowsOf = (items) => items.map(({ json }) => json).filter(({ id }) => id !== undefined);
const body = ${call} ?? {};

return planEvent(body, rowsOf($('Rules of the Event').all()), rowsOf($input.all())).map((json) => ({ json }));`,
		),
	);
	workflow.add('Is It New?', [5, 0], when(`={{ $json.task !== 'nothing' }}`));
	workflow.add('Answer: Known Already', [6, 1], answer('OK'));
	workflow.add(
		'Save the Event',
		[6, 0],
		upsertRow(EVENTS, 'eventKey', {
			eventKey: '={{ $json.eventKey }}',
			status: '={{ $json.status }}',
			event: '={{ $json.event }}',
			email: '={{ $json.email }}',
			value: '={{ $json.value }}',
			offer: '={{ $json.offer }}',
			message: '={{ $json.message }}',
			attempts: '={{ $json.attempts }}',
		}),
	);
	workflow.add('Answer the Platform', [7, 0], answer('OK'));
	workflow.add('Is There a Rule?', [8, 0], when(`={{ $json.status === 'open' }}`));
	workflow.chain(
		'Rules of the Event',
		'Events Before',
		'Plan',
		'Is It New?',
		'Save the Event',
		'Answer the Platform',
		'Is There a Rule?',
	);
	workflow.connect('Is It New?', 'Answer: Known Already', 1);

	workflow.add('Every 15 Minutes', [7, 2], {
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
	});
	workflow.add('Events Still Open', [8, 2], {
		...getRows(EVENTS, [['status', 'eq', 'open']]),
		alwaysOutputData: false,
	});
	workflow.connect('Every 15 Minutes', 'Events Still Open');
	workflow.add('Event to Work Off', [9, 0], {
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		parameters: {},
	});
	workflow.connect('Is There a Rule?', 'Event to Work Off', 0);
	workflow.connect('Events Still Open', 'Event to Work Off');

	const options = { dryRun: `={{ $('Try It by Hand').isExecuted }}` };
	const row = `$('Event to Work Off').item.json`;
	workflow.add(
		'Set the Property',
		[10, 0],
		memberspot('customProperty', 'set', {
			user: userByEmail('={{ $json.email }}'),
			properties: {
				mappingMode: 'defineBelow',
				value: { Stufe: '={{ $json.value }}' },
				matchingColumns: [],
				schema: [],
				attemptToConvertTypes: false,
				convertFieldsToString: true,
			},
			options,
		}),
		{ onError: 'continueErrorOutput' },
	);
	workflow.connect('Event to Work Off', 'Set the Property');
	workflow.add(
		'Give the Advanced Offer',
		[11, 0],
		memberspot('offer', 'grant', {
			email: `={{ ${row}.email }}`,
			offer: offerByName(`={{ ${row}.offer }}`),
			orderId: `={{ 'event-' + ${row}.eventKey }}`,
			ifHeld: 'makeActive',
			options,
		}),
		{ onError: 'continueErrorOutput' },
	);
	workflow.connect('Set the Property', 'Give the Advanced Offer', 0);
	const key = [['eventKey', 'eq', `={{ ${row}.eventKey }}`]];
	workflow.add(
		'Note What Was Done',
		[12, 0],
		updateRows(EVENTS, key, {
			status: 'done',
			message: `={{ [$json.action, $json.outcome, $json.dryRun ? 'dry run' : ''].filter((each) => each).join(', ') }}`,
		}),
	);
	workflow.connect('Give the Advanced Offer', 'Note What Was Done', 0);
	workflow.add(
		'Note the Failure',
		[12, 1],
		updateRows(EVENTS, key, {
			// Somebody who is no member, or a wrong name, does not become right by trying again.
			status: `={{ ['notFound', 'input', 'invalid', 'forbidden', 'notAllowed'].includes($json.message?.reason) || ${row}.attempts + 1 >= ${MOST_ATTEMPTS} ? 'failed' : 'open' }}`,
			message: `={{ ${ERROR_TEXT} }}`,
			attempts: `={{ ${row}.attempts + 1 }}`,
		}),
	);
	workflow.connect('Set the Property', 'Note the Failure', 1);
	workflow.connect('Give the Advanced Offer', 'Note the Failure', 1);
	workflow.add('Given Up?', [13, 1], when(`={{ $json.status === 'failed' }}`));
	workflow.connect('Note the Failure', 'Given Up?');
	workflow.add(
		'Put on the List to Check',
		[14, 1],
		upsertRow(TO_CHECK, 'checkKey', {
			checkKey: `={{ 'event|' + $json.eventKey }}`,
			status: 'open',
			kind: 'event',
			shop: '',
			orderId: '={{ $json.eventKey }}',
			productId: '={{ $json.event }}',
			email: '={{ $json.email }}',
			message: '={{ $json.message }}',
		}),
	);
	workflow.connect('Given Up?', 'Put on the List to Check', 0);
	workflow.connect('Is There a Rule?', 'Put on the List to Check', 1);
	workflow.add(
		'Tell a Human',
		[15, 1],
		mail(
			`=Memberspot: event {{ $json.productId }} needs a look`,
			`=Event: {{ $json.orderId }}\nE-mail: {{ $json.email }}\n\n{{ $json.message }}\n\nIt stands in the data table memberspot_to_check as well.`,
		),
		{ onError: 'continueRegularOutput' },
	);
	workflow.connect('Put on the List to Check', 'Tell a Human');

	workflow.note(
		'What It Does',
		{ columns: [0, 4], top: -480, height: 380 },
		`## An event elsewhere opens the advanced offer

Another platform reports that somebody has done something: attended a webinar, passed a test, booked a coaching. The member in Memberspot gets a **property** that says so, and then the **advanced offer**.

The property comes first: when it cannot be set, because there is no such member, nothing is given and a human is told. The event is saved, then the platform gets its answer, then Memberspot is called. The same event twice does nothing. What fails is tried again every 15 minutes, eight times in all.

The address comes from the platform, which is known by its secret header.`,
	);
	workflow.note(
		'Before You Use It',
		{ columns: [5, 10], top: -480, height: 380, color: 3 },
		`## Before you use it

1. A credential of the type **Header Auth** named **Platform header**, with a name and a long random value. Let the platform send this header. n8n refuses calls without it.
2. ${describeTable(RULES, 'one row for each event: the value of the property, and the name of the offer. For example `webinar.attended`, `Gold`, `Office Bundle`.').replaceAll('\n', ' ')}
3. ${describeTable(EVENTS, 'the workflow fills it.').replaceAll('\n', ' ')}
4. **${TO_CHECK.name}**: as for the payment workflows, see examples/README.md.
5. Choose your own property in **Set the Property**; *Stufe* is only an example.
6. Credentials: **Memberspot account** (Read and Write), **Mail account** (SMTP). Enter your addresses in **Tell a Human**.`,
	);
	workflow.note(
		'The Event',
		{ columns: [11, 15], top: -480, height: 380, color: 5 },
		`## The event

\`{ "event": "webinar.attended", "eventId": "W-1", "email": "erika@example.com" }\`

Change the names in **Plan** to those of your platform. Without an \`eventId\`, each event counts once for each person.

*Try It by Hand* runs such an event as a **dry run**: Memberspot is not changed. It leaves a row SAMPLE-1 in memberspot_events; delete it to try again.`,
	);

	return workflow.toJson();
}
