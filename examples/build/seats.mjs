/** The workflow that gives the seats of companies to the people in a list. */
import {
	addFailures,
	addMail,
	addTasks,
	decision,
	EVENT_COLUMNS,
	fromJson,
	rowsOfMembers,
} from './payments.mjs';
import { ORDERS, RETRY, TO_CHECK } from './tables.mjs';
import { code, describeTable, getRows, upsertRow, when, Workflow } from './workflow.mjs';

/** @type {import('./workflow.mjs').Table} */
export const COMPANIES = {
	name: 'memberspot_companies',
	columns: { company: 'string', offer: 'string', seats: 'number', until: 'string' },
};

/** @type {import('./workflow.mjs').Table} */
export const SEATS = {
	name: 'memberspot_seats',
	columns: { company: 'string', email: 'string', firstName: 'string', lastName: 'string' },
};

/**
 * Compares the list of people with the seats that were given.
 *
 * Whoever has a seat and is in the list keeps it; whoever is not in the list any more frees it; the
 * others get what is free, in the order of the list. Where the list looks broken, nobody loses a seat.
 *
 * @param {Array<object>} companies rows of the table of companies
 * @param {Array<object>} people rows of the list
 * @param {Array<object>} rows rows of the table of orders with the shop "seats"
 * @param {string} now ISO 8601
 * @returns {Array<object>} rows to save, and entries with `checkKind` for a human
 */
export function planSeats(companies, people, rows, now) {
	const text = (value) => (value === undefined || value === null ? '' : String(value).trim());
	const result = [];
	const check = (company, kind, message, email = '') =>
		result.push({
			checkKey: ['seats', company, kind, email, now.slice(0, 10)].join('|'),
			checkKind: kind,
			checkMessage: message,
			shop: 'seats',
			orderId: company,
			productId: 'seat',
			memberEmail: email,
		});
	const names = new Set(companies.map(({ company }) => text(company)));
	for (const company of new Set(people.map((each) => text(each.company))))
		if (!names.has(company))
			check(
				company,
				'unknownCompany',
				`The list names a company that is not in memberspot_companies: "${company}". Nobody of it gets a seat.`,
			);

	for (const contract of companies) {
		const company = text(contract.company);
		const offer = text(contract.offer);
		const most = Math.floor(Number(contract.seats)) || 0;
		if (company === '' || offer === '') continue;
		const until = text(contract.until);
		// A plain date means that whole day.
		const end = new Date(/^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T23:59:59Z` : until);
		if (until !== '' && Number.isNaN(end.getTime())) {
			check(
				company,
				'badDate',
				`"${until}" in the row of ${company} is no date like 2026-12-31. Nobody of it got or lost a seat.`,
			);
			continue;
		}
		const listed = new Map();
		for (const person of people.filter((each) => text(each.company) === company)) {
			const email = text(person.email).toLowerCase();
			if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) listed.set(email, person);
			else
				check(
					company,
					'badAddress',
					`"${text(person.email)}" in the list of ${company} is no e-mail address.`,
					text(person.email),
				);
		}
		const given = rows.filter(
			(row) => row.orderId === company && row.offer === offer && row.state === 'paid',
		);
		const keeping = given.filter((row) => listed.has(row.memberEmail));
		const leaving = given.filter((row) => !listed.has(row.memberEmail));
		// An empty or halved list is more likely a broken one than a firm that dismissed everybody.
		const broken =
			leaving.length > 0 &&
			(listed.size === 0 || (leaving.length > 5 && leaving.length > given.length / 2));
		if (broken)
			check(
				company,
				'manyLeaving',
				`${leaving.length} of ${given.length} people with a seat are not in the list of ${company}. Nobody lost a seat. If it is right, set the state of their rows in memberspot_orders to cancelled.`,
			);
		const free = Math.max(most - keeping.length - (broken ? leaving.length : 0), 0);
		const waiting = [...listed.keys()].filter(
			(email) => !keeping.some((row) => row.memberEmail === email),
		);
		if (waiting.length > free)
			check(
				company,
				'tooManySeats',
				`${company} has ${most} seats, and ${waiting.length - free} people of the list got none: ${waiting.slice(free).join(', ')}.`,
			);
		const seat = (email, state, person = {}) => ({
			rowKey: ['seats', company, 'seat', offer, email].join('|'),
			shop: 'seats',
			orderId: company,
			paymentId: '',
			productId: 'seat',
			offer,
			memberEmail: email,
			buyerEmail: '',
			firstName: text(person.firstName),
			lastName: text(person.lastName),
			state,
			eventTime: now,
			endsAt: state === 'paid' && until !== '' ? end.toISOString() : '',
			seen: '',
			accessId: `seat-${company}`,
			checkKind: '',
		});
		result.push(
			...keeping.map((row) => seat(row.memberEmail, 'paid', listed.get(row.memberEmail))),
			...waiting.slice(0, free).map((email) => seat(email, 'paid', listed.get(email))),
			...(broken ? [] : leaving.map((row) => seat(row.memberEmail, 'cancelled', row))),
		);
	}

	return result;
}

/** @returns {object} the workflow */
export function seatsWorkflow() {
	const workflow = new Workflow('Memberspot: seats of companies');
	workflow.add('Every Night', [0, 0], {
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'days', daysInterval: 1, triggerAtHour: 3 }] } },
	});
	workflow.add('Only Show the Plan', [0, 1], {
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	});
	workflow.add('Companies', [1, 0], getRows(COMPANIES, []));
	workflow.connect('Every Night', 'Companies');
	workflow.connect('Only Show the Plan', 'Companies');
	workflow.add('People with a Seat', [2, 0], getRows(SEATS, []), { executeOnce: true });
	workflow.add('Seats Given So Far', [3, 0], getRows(ORDERS, [['shop', 'eq', 'seats']]), {
		executeOnce: true,
	});
	workflow.add(
		'Plan',
		[4, 0],
		code(
			[planSeats],
			`
// Who keeps, gets or frees a seat; and what a human should look at.
const rowsOf = (items) => items.map(({ json }) => json).filter((row) => Object.keys(row).length > 0);

return planSeats(
	rowsOf($('Companies').all()),
	rowsOf($('People with a Seat').all()),
	rowsOf($input.all()),
	new Date().toISOString(),
).map((json) => ({ json }));`,
		),
	);
	workflow.add(
		'Is It More Than a Plan?',
		[5, 0],
		when(`={{ !$('Only Show the Plan').isExecuted }}`),
	);
	workflow.add('Is It for a Human?', [6, 0], when(`={{ $json.checkKind !== '' }}`));
	workflow.add('Save the Seats', [7, 0], upsertRow(ORDERS, 'rowKey', fromJson(EVENT_COLUMNS)));
	workflow.add('Rows of the Members', [8, 0], rowsOfMembers());
	workflow.add('Decide', [9, 0], decision('Save the Seats', false));
	workflow.chain(
		'Companies',
		'People with a Seat',
		'Seats Given So Far',
		'Plan',
		'Is It More Than a Plan?',
		'Is It for a Human?',
	);
	workflow.connect('Is It for a Human?', 'Save the Seats', 1);
	workflow.chain('Save the Seats', 'Rows of the Members', 'Decide');
	addTasks(workflow, { at: 10, dryRun: false, check: false });
	addFailures(workflow, 13);
	workflow.add(
		'Put on the List to Check',
		[7, -1],
		upsertRow(TO_CHECK, 'checkKey', {
			checkKey: '={{ $json.checkKey }}',
			status: 'open',
			kind: '={{ $json.checkKind }}',
			shop: 'seats',
			orderId: '={{ $json.orderId }}',
			productId: 'seat',
			email: '={{ $json.memberEmail }}',
			message: '={{ $json.checkMessage }}',
		}),
	);
	workflow.connect('Is It for a Human?', 'Put on the List to Check', 0);
	addMail(workflow, [8, -1]);

	workflow.note(
		'What It Does',
		{ columns: [0, 4], top: -920, height: 420 },
		`## Seats of companies

A company has bought seats, for example 40. A list says who has one. Every night the list is compared with the seats that were given: new people get access, people who are gone lose it (paused, never removed), and their seats are free for others **during the whole year**.

**When the list looks broken, nobody loses a seat**: when it is empty for a company, or when more than half of its people are gone at once. When there are more people than seats, those who have one keep it, and the rest get what is free in the order of the list. In all these cases a human is told by mail, once a day.

Whoever bought the same offer too keeps it when the seat is taken. What fails is tried again by *payment-retry.json*.`,
	);
	workflow.note(
		'Before You Use It',
		{ columns: [5, 9], top: -920, height: 420, color: 3 },
		`## Before you use it

1. Import *payment-retry.json* and publish both. Make the tables of the payment workflows: **${ORDERS.name}**, **${RETRY.name}**, **${TO_CHECK.name}** (see examples/README.md).
2. ${describeTable(COMPANIES, 'one row for each company: its offer (name in Memberspot), how many seats, and until when (`2026-12-31`, or empty).').replaceAll('\n', ' ')}
3. ${describeTable(SEATS, 'one row for each person.').replaceAll('\n', ' ')}
4. Credentials: **Memberspot account** (Read and Write) and **Mail account** (SMTP). Enter your addresses in **Tell a Human**.
5. Run **Only Show the Plan** and look at the output of *Plan*. It changes nothing.`,
	);
	workflow.note(
		'Use Google Sheets Instead',
		{ columns: [10, 13], top: -920, height: 240, color: 5 },
		`## Google Sheets or a CSV file instead

Replace **People with a Seat** by a *Google Sheets* node (*Get Row(s)*) of the same name, or by *Read Files* and *Extract from File* for a CSV. The columns must be \`company\`, \`email\`, \`firstName\`, \`lastName\`. Switch on *Always Output Data* and *Execute Once* in its settings.`,
	);

	return workflow.toJson();
}
