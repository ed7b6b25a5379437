/** The workflows that carry payments of shops over to Memberspot, and the one that tries again. */
import { decide, planRows } from './logic.mjs';
import { addLookUp } from './lookUp.mjs';
import { emailsIn, nested, paymentEvent, timeOf } from './shops/shared.mjs';
import { sureness } from './sources.mjs';
import { ORDERS, PRODUCTS, PURPOSES, RETRY, TO_CHECK } from './tables.mjs';
import {
	answer,
	code,
	describeTable,
	getRows,
	mail,
	memberspot,
	offerByName,
	route,
	updateRows,
	upsertRow,
	userByEmail,
	when,
	Workflow,
} from './workflow.mjs';

export const RETRY_WORKFLOW = 'Memberspot: failed grants are tried again';

/** Tries before a human is asked. */
const MOST_ATTEMPTS = 8;

const MANUAL = { type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };

/** Columns of the table of orders that an event may change; what was done stays. */
export const EVENT_COLUMNS = Object.keys(ORDERS.columns).filter(
	(column) => !['applied', 'appliedAs', 'note'].includes(column),
);

export const fromJson = (columns) =>
	Object.fromEntries(columns.map((column) => [column, `={{ $json.${column} }}`]));

/** @param {string} name of the code's node that made the items */
const item = (name) => `$('${name}').item.json`;

/**
 * A shop's workflow.
 *
 * @param {object} shop see shops/
 */
export function paymentWorkflow(shop) {
	const workflow = new Workflow(`Memberspot: payments of ${shop.title} give access`);
	const trigger = `When ${shop.title} Calls`;
	const verified = addVerification(workflow, shop, trigger);
	const sample = addSamples(workflow, shop);

	workflow.add(
		'Read the Event',
		[5, 0],
		code(
			[
				shop.read,
				...[paymentEvent, emailsIn, timeOf, nested].filter(({ name }) =>
					shop.read.toString().includes(`${name}(`),
				),
			],
			`
// Turns what ${shop.title} sends into events that all shops share: one for each product.
const call = $('${trigger}').isExecuted ? $('${trigger}').first().json : $('Sample Event').first().json;
const events = ${shop.read.name}(call.body ?? {}, call.headers ?? {}, new Date().toISOString(), DateTime);

return (events.length > 0 ? events : [{ event: 'none' }]).map((json) => ({ json }));`,
		),
	);
	workflow.connect(verified, 'Read the Event', 0);
	workflow.connect(sample, 'Read the Event');
	workflow.add('Is It About Access?', [6, 0], when(`={{ $json.event !== 'none' }}`));
	workflow.add('Answer: Nothing to Do', [7, 1], answer('OK'));
	workflow.connect('Is It About Access?', 'Answer: Nothing to Do', 1);

	workflow.add(
		'Offers of the Product',
		[7, 0],
		getRows(PRODUCTS, [
			['shop', 'eq', '={{ $json.shop }}'],
			['productId', 'eq', '={{ $json.productId }}'],
		]),
	);
	const order = `$('Read the Event').first().json`;
	workflow.add(
		'Rows of the Order',
		[8, 0],
		getRows(
			ORDERS,
			[
				['orderId', 'eq', `={{ ${order}.orderId }}`],
				['paymentId', 'eq', `={{ ${order}.orderId }}`],
				// A refund may have come before anybody knew which order its payment belongs to.
				['orderId', 'eq', `={{ ${order}.paymentId || ${order}.orderId }}`],
			],
			'anyCondition',
		),
		{ executeOnce: true },
	);
	workflow.add(
		'Plan',
		[9, 0],
		code(
			[planRows],
			`
// What the newest event means for each member. Rows with checkKind are for a human.
const rowsOf = (name) => $(name).all().map(({ json }) => json);
const known = (rows) => rows.filter((row) => row.id !== undefined);

return planRows(
	rowsOf('Read the Event'),
	known(rowsOf('Offers of the Product')),
	known($input.all().map(({ json }) => json)),
).map((json) => ({ json }));`,
		),
	);
	const save = upsertRow(ORDERS, 'rowKey', fromJson(EVENT_COLUMNS));
	workflow.add('Save the Order', [10, 0], save);
	workflow.add('Answer the Shop', [11, 0], answer('OK'));
	workflow.chain(
		'Read the Event',
		'Is It About Access?',
		'Offers of the Product',
		'Rows of the Order',
		'Plan',
		'Save the Order',
		'Answer the Shop',
	);
	const at = shop.lookUp === undefined ? 12 : 17;
	workflow.add('Rows of the Members', [at, 0], rowsOfMembers());
	if (shop.lookUp === undefined) workflow.connect('Answer the Shop', 'Rows of the Members');
	else
		addLookUp(workflow, shop.lookUp, {
			from: 'Answer the Shop',
			to: 'Rows of the Members',
			save,
		});
	workflow.add(
		'Decide',
		[at + 1, 0],
		decision(
			'Save the Order',
			true,
			shop.lookUp && { plan: 'Plan Again', save: 'Save That Order' },
		),
	);
	workflow.connect('Rows of the Members', 'Decide');
	addTasks(workflow, { at: at + 2, dryRun: true, check: true });
	addFailures(workflow, at + 5);
	addShopNotes(workflow, shop);

	return workflow.toJson();
}

/** The workflow that works off the retry table. */
export function retryWorkflow() {
	const workflow = new Workflow(RETRY_WORKFLOW);
	workflow.add('Every 15 Minutes', [0, 0], {
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
	});
	workflow.add('Try It by Hand', [0, 1], MANUAL);
	workflow.add(
		'Open Retries',
		[1, 0],
		getRows(RETRY, [
			['status', 'eq', 'open'],
			['nextTry', 'lte', `={{ $now.toUTC().toISO() }}`],
		]),
	);
	workflow.connect('Every 15 Minutes', 'Open Retries');
	workflow.connect('Try It by Hand', 'Open Retries');
	workflow.add(
		'Paid Back but Still On',
		[2, 0],
		getRows(ORDERS, [
			['applied', 'eq', 'on'],
			['state', 'neq', 'paid'],
		]),
		{ executeOnce: true },
	);
	workflow.add(
		'Rows to Work Off',
		[3, 0],
		code(
			[],
			`
// At most 25 in a run. The rows that are on although they should not be come from events that
// arrived while an older one was still at work.
const due = $('Open Retries').all().map(({ json }) => json).filter(({ rowKey }) => rowKey);
const left = $input.all().map(({ json }) => json).filter(({ rowKey }) => rowKey);
const attempts = new Map();
for (const row of due) attempts.set(row.rowKey, Math.max(attempts.get(row.rowKey) ?? 0, row.attempts ?? 0));
const keys = [...new Set([...due, ...left].map(({ rowKey }) => rowKey))].slice(0, 25);

return keys.map((rowKey) => ({ json: { rowKey, attempts: attempts.get(rowKey) ?? 0 } }));`,
		),
	);
	workflow.add('Rows of the Orders', [4, 0], {
		...getRows(ORDERS, [['rowKey', 'eq', '={{ $json.rowKey }}']]),
	});
	workflow.add('Rows of the Members', [5, 0], rowsOfMembers());
	workflow.add('Decide', [6, 0], decision('Rows of the Orders', false));
	workflow.chain(
		'Open Retries',
		'Paid Back but Still On',
		'Rows to Work Off',
		'Rows of the Orders',
		'Rows of the Members',
		'Decide',
	);
	addTasks(workflow, { at: 7, dryRun: false, check: false });

	workflow.add(
		'Close the Retry',
		[10, -3],
		updateRows(
			RETRY,
			[
				['rowKey', 'eq', `={{ ${item('Decide')}.rowKey }}`],
				// Its end, which is still to come, stays.
				['nextTry', 'lte', `={{ $now.toUTC().toISO() }}`],
			],
			{ status: 'done', message: `={{ 'Done: ' + ${item('Decide')}.task }}` },
		),
	);
	workflow.connect('Note What Was Done', 'Close the Retry');
	workflow.connect('What to Do', 'Close the Retry', 4);

	const row = item('Decide');
	// Somebody has paid and waits: a wrong name or a missing field does not become right by trying
	// again. A key or a credential that may not is put right by a human only, who hears of it at the
	// first try, also where access should go off.
	const givesUp = (json) =>
		`(${json}.attempts >= ${MOST_ATTEMPTS} || (${row}.active === true && ['input', 'invalid'].includes(${json}.reason)))`;
	const isTold = (json) =>
		`(${givesUp(json)} || (['forbidden', 'notAllowed'].includes(${json}.reason) && ${json}.attempts === 2))`;
	const attempts = `$('Rows to Work Off').all().find(({ json }) => json.rowKey === ${item('Decide')}.rowKey)?.json.attempts ?? 0`;
	workflow.add('Count the Attempt', [10, -1], {
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: {
				assignments: [
					['rowKey', 'string', `={{ ${item('Decide')}.rowKey }}`],
					['attempts', 'number', `={{ (${attempts}) + 1 }}`],
					['reason', 'string', `={{ $json.message?.reason ?? 'other' }}`],
					['text', 'string', `={{ ${ERROR_TEXT} }}`],
				].map(([name, type, value]) => ({ id: `count-${name}`, name, type, value })),
			},
			includeOtherFields: true,
			options: {},
		},
	});
	workflow.connect('Is There Nothing to Take?', 'Count the Attempt', 1);
	workflow.add(
		'Put Back into the Retry Table',
		[11, -1],
		upsertRow(RETRY, 'retryKey', {
			retryKey: '={{ $json.rowKey }}',
			rowKey: '={{ $json.rowKey }}',
			status: `={{ ${givesUp('$json')} ? 'gaveUp' : 'open' }}`,
			nextTry: `={{ $now.plus({ minutes: Math.min(15 * 2 ** ($json.attempts - 1), 1440) }).toUTC().toISO() }}`,
			reason: '={{ $json.reason }}',
			message: '={{ $json.text }}',
			attempts: '={{ $json.attempts }}',
		}),
	);
	addFailureNote(workflow, [11, -2]);
	workflow.connect('Count the Attempt', ['Put Back into the Retry Table', 'Note the Failure']);
	workflow.add('Given Up?', [12, -1], when(`={{ ${isTold(item('Count the Attempt'))} }}`));
	workflow.connect('Put Back into the Retry Table', 'Given Up?');
	workflow.add(
		'Put on the List to Check',
		[13, -1],
		upsertRow(TO_CHECK, 'checkKey', {
			checkKey: `={{ 'gaveUp|' + ${row}.rowKey }}`,
			status: 'open',
			kind: 'gaveUp',
			shop: `={{ ${row}.shop }}`,
			orderId: `={{ ${row}.orderId }}`,
			productId: `={{ ${row}.productId }}`,
			email: `={{ ${row}.memberEmail }}`,
			message: `={{ (${givesUp(item('Count the Attempt'))} ? 'Given up after ' + ${item('Count the Attempt')}.attempts + ' tries.' : 'Memberspot refuses it. It is tried again, ${MOST_ATTEMPTS} times in all.') + ' Wanted: ' + (${row}.active ? 'access' : 'no access') + ' to ' + ${row}.offer + '. Last error: ' + $('Count the Attempt').item.json.text }}`,
		}),
	);
	workflow.connect('Given Up?', 'Put on the List to Check', 0);
	addMail(workflow, [14, -1]);
	addRetryNotes(workflow);

	return workflow.toJson();
}

/** What an error item of the Memberspot node says. */
export const ERROR_TEXT = `[$json.error, $json.message?.description].filter((each) => typeof each === 'string' && each !== '').join(' ') || 'Unknown error'`;

const TASK_NODES = ['Give the Offer', 'Switch the Order', 'Switch the Offer'];

export function rowsOfMembers() {
	return getRows(ORDERS, [
		['memberEmail', 'eq', '={{ $json.memberEmail }}'],
		['offer', 'eq', '={{ $json.offer }}'],
	]);
}

/**
 * The Code node that decides, on the rows that another node put out.
 *
 * @param {string} rowsFrom
 * @param {boolean} withChecks whether what a human has to look at is passed on
 * @param {{ plan: string, save: string }} [again] nodes that count in place of the first ones where
 *   they have run
 */
export function decision(rowsFrom, withChecks, again) {
	const either = (second, first) =>
		again === undefined ? `'${first}'` : `$('${again.save}').isExecuted ? '${second}' : '${first}'`;

	return code(
		[decide],
		`
// One item for each thing to do in Memberspot; see "task".
const rowsOf = (items) => items.map(({ json }) => json).filter(({ rowKey }) => rowKey);
const rows = rowsOf($(${either(again?.save, rowsFrom)}).all());
const tasks = decide(rows, rowsOf($input.all()), new Date().toISOString());
${
	withChecks
		? `const checks = rowsOf($(${either(again?.plan, 'Plan')}).all()).filter(({ checkKind }) => checkKind !== '');

return [...tasks, ...checks.map((row) => ({ ...row, task: 'check' }))].map((json) => ({ json }));`
		: `const idle = rows.filter(({ rowKey }) => !tasks.some((task) => task.rowKey === rowKey));

return [...tasks, ...idle.map((row) => ({ ...row, task: 'nothing' }))].map((json) => ({ json }));`
}`,
	);
}

/** The part from "What to Do" on that shops and retry share. */
export function addTasks(workflow, { at, dryRun, check }) {
	const options = dryRun ? { dryRun: `={{ $('Try It by Hand').isExecuted }}` } : {};
	const failing = { onError: 'continueErrorOutput' };
	workflow.add(
		'What to Do',
		[at, 0],
		route('$json.task', {
			grant: 'give the offer',
			order: 'switch by order',
			offer: 'switch by offer',
			note: 'note only',
			[check ? 'check' : 'nothing']: check ? 'ask a human' : 'nothing',
			later: 'come back later',
		}),
	);
	workflow.connect('Decide', 'What to Do');
	workflow.add(
		'Give the Offer',
		[at + 1, -3],
		memberspot('offer', 'grant', {
			email: '={{ $json.memberEmail }}',
			offer: offerByName('={{ $json.offer }}'),
			firstName: '={{ $json.firstName }}',
			lastName: '={{ $json.lastName }}',
			orderId: '={{ $json.accessId }}',
			ifHeld: 'makeActive',
			options,
		}),
		failing,
	);
	workflow.add(
		'Switch the Order',
		[at + 1, -2],
		memberspot('order', 'setState', {
			user: userByEmail('={{ $json.memberEmail }}'),
			orderId: '={{ $json.accessId }}',
			active: '={{ $json.active }}',
			options,
		}),
		failing,
	);
	workflow.add(
		'Switch the Offer',
		[at + 1, -1],
		memberspot('offer', 'setState', {
			user: userByEmail('={{ $json.memberEmail }}'),
			offer: offerByName('={{ $json.offer }}'),
			active: '={{ $json.active }}',
			options,
		}),
		failing,
	);
	const row = item('Decide');
	workflow.add(
		'Note What Was Done',
		[at + 2, -2],
		updateRows(ORDERS, [['rowKey', 'eq', `={{ ${row}.rowKey }}`]], {
			applied: `={{ ${row}.nowApplied }}`,
			appliedAs: `={{ ${row}.task !== 'grant' ? ${row}.appliedAs ?? '' : $json.action === 'granted' ? (${row}.again || $json.before === 'notSettled' ? '' : 'order') : ${row}.appliedAs || (${row}.applied === 'unknown' ? '' : 'offer') }}`,
			note: `={{ ${row}.nowNote ?? [$json.action, $json.outcome, $json.dryRun ? 'dry run' : ''].filter((each) => each).join(', ') }}`,
		}),
	);
	workflow.add(
		'Is There Nothing to Take?',
		[at + 2, -1],
		when(
			`={{ $json.message?.reason === 'notFound' && ${row}.active === false && ${row}.applied === 'unknown' }}`,
		),
	);
	workflow.connect('Is There Nothing to Take?', 'Note What Was Done', 0);
	for (const task of TASK_NODES) {
		workflow.connect(task, 'Note What Was Done', 0);
		workflow.connect(task, 'Is There Nothing to Take?', 1);
	}
	for (const [index, task] of TASK_NODES.entries()) workflow.connect('What to Do', task, index);
	workflow.connect('What to Do', 'Note What Was Done', 3);
	workflow.add(
		'Come Back When It Ends',
		[at + 1, 1],
		upsertRow(RETRY, 'retryKey', {
			retryKey: `={{ 'ends|' + $json.rowKey }}`,
			rowKey: '={{ $json.rowKey }}',
			status: 'open',
			nextTry: '={{ $json.endsAt }}',
			reason: 'ends',
			message: 'The access ends then.',
			attempts: '={{ 0 }}',
		}),
	);
	workflow.connect('What to Do', 'Come Back When It Ends', 5);
	if (!check) return;

	workflow.add(
		'Put on the List to Check',
		[at + 1, 0],
		upsertRow(TO_CHECK, 'checkKey', {
			checkKey: `={{ [$json.checkKind, $json.rowKey, $json.eventTime].join('|') }}`,
			status: 'open',
			kind: '={{ $json.checkKind }}',
			shop: '={{ $json.shop }}',
			orderId: '={{ $json.orderId }}',
			productId: '={{ $json.productId }}',
			email: '={{ $json.memberEmail || $json.buyerEmail }}',
			message: '={{ $json.checkMessage }}',
		}),
	);
	workflow.connect('What to Do', 'Put on the List to Check', 4);
	addMail(workflow, [at + 2, 0]);
}

export function addMail(workflow, place) {
	workflow.add(
		'Tell a Human',
		place,
		mail(
			`=Memberspot: {{ $json.kind }}, order {{ $json.orderId }}`,
			`=Shop: {{ $json.shop }}\nOrder: {{ $json.orderId }}\nProduct: {{ $json.productId }}\nE-mail: {{ $json.email }}\n\n{{ $json.message }}\n\nIt stands in the data table memberspot_to_check as well.`,
		),
		{ onError: 'continueRegularOutput' },
	);
	workflow.connect('Put on the List to Check', 'Tell a Human');
}

/** What happens to a task that failed: it is noted, and tried again later. */
export function addFailures(workflow, at) {
	const row = item('Decide');
	workflow.add(
		'Put into the Retry Table',
		[at, -1],
		upsertRow(RETRY, 'retryKey', {
			retryKey: `={{ ${row}.rowKey }}`,
			rowKey: `={{ ${row}.rowKey }}`,
			status: 'open',
			nextTry: `={{ $now.plus({ minutes: 15 }).toUTC().toISO() }}`,
			reason: `={{ $json.message?.reason ?? 'other' }}`,
			message: `={{ ${ERROR_TEXT} }}`,
			attempts: `={{ 1 }}`,
		}),
	);
	addFailureNote(workflow, [at, -2]);
	workflow.connect(
		'Is There Nothing to Take?',
		['Put into the Retry Table', 'Note the Failure'],
		1,
	);
}

/**
 * Whatever was asked may have been carried out when the answer was lost: access that was given must
 * be switched off by a refund, and access that was switched off must come back with a new payment.
 */
function addFailureNote(workflow, place) {
	const row = item('Decide');
	workflow.add(
		'Note the Failure',
		place,
		updateRows(ORDERS, [['rowKey', 'eq', `={{ ${row}.rowKey }}`]], {
			applied: `={{ $json.message?.outcome !== 'notDone' ? 'unknown' : ${row}.applied ?? '' }}`,
			note: `={{ 'Failed: ' + (${ERROR_TEXT}) }}`,
		}),
	);
}

/** How a call is shown to come from the shop. Gives the node whose first output is the genuine one. */
function addVerification(workflow, { id, title, verify }, trigger) {
	const raw = ['hmac', 'stripe'].includes(verify.by);
	const path = `memberspot-payment-${id}`;
	const checksAddress = { thrivecart: 'HEAD', sha512: 'GET' }[verify.by];
	workflow.add(
		trigger,
		[0, 0],
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			parameters: {
				...(checksAddress === undefined
					? { httpMethod: 'POST' }
					: { multipleMethods: true, httpMethod: ['POST', checksAddress] }),
				path,
				...(verify.by === 'header' && { authentication: 'headerAuth' }),
				responseMode: 'responseNode',
				options: raw ? { rawBody: true } : {},
			},
			...(verify.by === 'header' && {
				credentials: { httpHeaderAuth: { id: null, name: verify.credential } },
			}),
		},
		{ webhookId: path },
	);
	// n8n itself refuses calls without the right header.
	if (verify.by === 'header') return trigger;

	const genuine = {
		hmac: () => {
			let from = trigger;
			if (verify.ping) {
				workflow.add(
					'Is It Only a Check?',
					[1, 0],
					when(
						`={{ $json.headers['${verify.header}'] === undefined && $json.body?.webhook_id !== undefined }}`,
					),
				);
				workflow.add('Answer the Check', [2, -1], answer('OK'));
				workflow.connect(trigger, 'Is It Only a Check?');
				workflow.connect('Is It Only a Check?', 'Answer the Check', 0);
				from = 'Is It Only a Check?';
			}
			workflow.add(
				'Sign the Body',
				[3, 0],
				hmac(
					{ binaryData: true, binaryPropertyName: 'data', encoding: 'base64' },
					verify.credential,
				),
			);
			workflow.connect(from, 'Sign the Body', verify.ping ? 1 : 0);

			return ['Sign the Body', `$json.signature === $json.headers['${verify.header}']`];
		},
		stripe: () => {
			workflow.add('Body as Text', [1, 0], {
				type: 'n8n-nodes-base.extractFromFile',
				typeVersion: 1,
				parameters: {
					operation: 'text',
					binaryPropertyName: 'data',
					destinationKey: 'rawBody',
					options: {},
				},
			});
			const header = `String($('${trigger}').item.json.headers['stripe-signature'] ?? '')`;
			workflow.add(
				'Sign the Body',
				[3, 0],
				hmac(
					{
						value: `={{ (${header}.match(/(?:^|,)t=(\\d+)/)?.[1] ?? '') + '.' + $json.rawBody }}`,
						encoding: 'hex',
					},
					'Stripe signing secret',
				),
			);
			workflow.chain(trigger, 'Body as Text', 'Sign the Body');

			return [
				'Sign the Body',
				`${header}.split(',').includes('v1=' + $json.signature) && Math.abs(Date.now() / 1000 - Number(${header}.match(/(?:^|,)t=(\\d+)/)?.[1] ?? 0)) <= 300`,
			];
		},
		sha512: () => {
			addSettings(workflow, trigger, 'passphrase');
			workflow.add('Answer the Check', [2, 1], answer('OK'));
			workflow.connect(trigger, 'Answer the Check', 1);
			// Digistore24 can sign the names as they are sent, or in capitals.
			const sign = (name, place, key, dataPropertyName) =>
				workflow.add(name, place, {
					type: 'n8n-nodes-base.crypto',
					typeVersion: 2,
					parameters: {
						action: 'hash',
						type: 'SHA512',
						value: `={{ Object.keys($json.body).filter((key) => !['sha_sign', 'SHASIGN'].includes(key) && $json.body[key] !== '' && $json.body[key] !== null).map((key) => [${key}, $json.body[key]]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => key + '=' + value + $json.passphrase).join('') }}`,
						dataPropertyName,
						encoding: 'hex',
					},
				});
			workflow.chain(
				'Settings',
				sign('Sign the Fields', [2, 0], 'key', 'signature'),
				sign('Sign in Capitals', [3, 0], 'key.toUpperCase()', 'signatureInCapitals'),
			);

			return [
				'Sign in Capitals',
				`$json.passphrase !== '' && [$json.signature, $json.signatureInCapitals].includes(String($json.body.sha_sign ?? $json.body.SHASIGN ?? '').toLowerCase())`,
			];
		},
		query: () => {
			addSettings(workflow, trigger, 'secret');

			return ['Settings', `$json.secret !== '' && $json.query?.secret === $json.secret`];
		},
		thrivecart: () => {
			addSettings(workflow, trigger, 'secret');
			workflow.add('Answer the Check', [2, 1], answer(''));
			workflow.connect(trigger, 'Answer the Check', 1);

			return ['Settings', `$json.secret !== '' && $json.body?.thrivecart_secret === $json.secret`];
		},
	};
	const [from, expression] = genuine[verify.by]();
	const name = `Is It from ${title}?`;
	workflow.add(name, [4, 0], when(`={{ ${expression} }}`));
	workflow.connect(from, name);
	workflow.add('Refuse', [5, 1], answer('Refused', 401));
	workflow.connect(name, 'Refuse', 1);

	return name;
}

function hmac(parameters, credential) {
	return {
		type: 'n8n-nodes-base.crypto',
		typeVersion: 2,
		parameters: { action: 'hmac', type: 'SHA256', dataPropertyName: 'signature', ...parameters },
		credentials: { crypto: { id: null, name: credential } },
	};
}

function addSettings(workflow, trigger, name) {
	workflow.add('Settings', [1, 0], {
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: { assignments: [{ id: `setting-${name}`, name, type: 'string', value: '' }] },
			includeOtherFields: true,
			options: {},
		},
	});
	workflow.connect(trigger, 'Settings');
}

/** A manual start with an event made up for trying. */
function addSamples(workflow, { title, samples, headers = {}, sampleHeaders = {} }) {
	workflow.add('Try It by Hand', [0, 2], MANUAL);
	workflow.add('Sample Event', [1, 2], {
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: {
			jsCode: `// An event as ${title} would send it. Choose one: payment or refund.
const choose = 'payment';

const headers = ${JSON.stringify({ payment: headers, refund: sampleHeaders.refund ?? headers }, undefined, 2)};
const bodies = ${JSON.stringify(samples, undefined, 2)};

return [{ json: { headers: headers[choose], body: bodies[choose] } }];`,
		},
	});
	workflow.connect('Try It by Hand', 'Sample Event');
	return 'Sample Event';
}

function addShopNotes(workflow, shop) {
	const top = { top: -980, height: 400 };
	workflow.note(
		'What It Does',
		{ columns: [0, 3], ...top },
		`## Payments of ${shop.title} give access

A payment gives the offer of the product; Memberspot creates the member when the address is new. A failed instalment, a cancellation or a refund switches the access off, a new payment on again. A chargeback switches it off at once and a human is told. **Nothing is ever removed**: course progress is kept.

The order is saved first, then ${shop.title} gets its answer, then Memberspot is called. What fails goes into a table and is tried again by the workflow *${RETRY_WORKFLOW.replace('Memberspot: ', '')}*.

**Do not leave a native link between ${shop.title} and Memberspot switched on for the same products.** Both would give the access, under two order IDs, and a refund here would leave the other one open.`,
	);
	workflow.note(
		'Before You Use It',
		{ columns: [4, 8], ...top, color: 3 },
		`## Before you use it

1. Import *payment-retry.json* too, and publish both.
2. Make four **data tables** in n8n (*Overview → Data tables*), with exactly these names:
${[PRODUCTS, ORDERS, RETRY, TO_CHECK].map((table) => `   - ${describeTable(table, PURPOSES[table.name]).replaceAll('\n', ' ')}`).join('\n')}
3. Fill **memberspot_products**, for example: shop \`${shop.id}\`, productId \`4711\`, offer \`Excel Basics\`.
4. Credentials: **Memberspot account** (Read and Write) and **Mail account** (SMTP). Enter your addresses in **Tell a Human**.`,
	);
	workflow.note(
		`Set Up ${shop.title}`,
		{ columns: [9, 12], ...top, color: 3 },
		`## Set up ${shop.title}

${shop.setUp}

${`${sureness(shop.id)} Test payments give access like real ones.`.trim()}`,
	);
	workflow.note(
		'How It Decides',
		{ columns: [0, 4], top: -560, height: 340 },
		`## How it decides

${shop.events}

For each order and product the **newest event by the shop's own time** counts, in whatever order events arrive: when a refund comes before its payment, nobody gets access. The same event twice changes nothing. A member keeps an offer as long as one paid order gives it. After a chargeback the access stays off until a human sets \`state\` of the rows in **memberspot_orders** to \`paid\`.

${shop.limits}`,
	);
	workflow.note(
		'Gifts and Seats',
		{ columns: [5, 9], top: -560, height: 340 },
		`## Gifts and seats

Who gets the access: the addresses in ${shop.members}; otherwise the buyer. Not more than were paid for.

**memberspot_orders** keeps for each order and product who has the access, so that a refund finds the **member and not the buyer**. To pass a seat on, see *corporate-seats.json*.

The order ID in Memberspot is \`order-product\`, for example \`A1B2C3-4711\`: a refund of one product leaves the others of the same order alone.`,
	);
	workflow.note(
		'Try It',
		{ columns: [0, 4], top: 560, height: 160, color: 5 },
		`## Try it
**Execute workflow** with *Try It by Hand* runs a made-up event. The Memberspot nodes then make a **dry run**: they look and change nothing. The tables are written, for orders that begin with SAMPLE or 99000: delete these rows afterwards.`,
	);
	workflow.note(
		'What It Cannot Do',
		{ columns: [10, 14], top: -560, height: 350 },
		`## Good to know

- Orders from before this workflow are not in the table. A refund of such an order goes to **memberspot_to_check**, and a human decides.
- A member who **had the offer before** the order (by hand, or by a native link) gets no second grant. When that order is refunded, the offer is switched off as a whole; \`note\` in memberspot_orders says so.
- An unknown product gives nobody access and goes to **memberspot_to_check**. Add the product, then let the shop send the event again.
- Two events of one order within the same second can both start. Memberspot is asked first whether the member has the offer, so a second grant is unlikely. In busy shops set n8n's *concurrency* for production executions to 1.
- n8n saves each event with its personal data in the executions, as long as you tell it to.`,
	);
}

function addRetryNotes(workflow) {
	workflow.note(
		'What It Does',
		{ columns: [0, 3], top: -920, height: 320 },
		`## Failed grants are tried again

Works off **memberspot_retry**, which the payment workflows fill. For each row it looks up what is wanted **now**: an order that was refunded in the meantime is not granted any more.

After each failure it waits longer: 30 minutes, 1 hour, … up to a day. After ${MOST_ATTEMPTS} tries it gives up, puts the row into **memberspot_to_check** and tells a human; for somebody who has paid at once, where trying again can not help.

It also ends access whose time is over (a cancelled subscription on its last day, a fixed term), and switches off what is on although it was paid back.`,
	);
	workflow.note(
		'Before You Use It',
		{ columns: [4, 8], top: -920, height: 320, color: 3 },
		`## Before you use it

One workflow for all shops. It needs the tables of the payment workflows (see there): **memberspot_orders**, **memberspot_retry**, **memberspot_to_check**.

Credentials: **Memberspot account** (Read and Write) and **Mail account** (SMTP). Enter your addresses in **Tell a Human**.

*Try It by Hand* is no dry run: it does what the schedule does.

To try a row again that was given up, set its \`status\` to \`open\` and its \`attempts\` to 0.`,
	);
	workflow.note(
		'What Is Repeated',
		{ columns: [9, 13], top: -920, height: 320 },
		`## What is repeated, and how

A grant whose answer was lost is not repeated blindly: the node looks first whether the member has the offer. Until that is known the row counts as \`unknown\`, so that a refund switches it off in any case. It then switches off the offer **as a whole**, also what was given by hand: under which order ID the access is, nobody can tell.

When the answer to switching on or off was lost, the row is \`unknown\` too: what is wanted is asked again.

At most 25 rows in a run, which keeps below the limit of 50 members who may lose access in one run.`,
	);
}
