/** The workflow that pauses a course once a larger offer has taken its place. */
import {
	memberspot,
	offerByName,
	userByEmail,
	code,
	describeTable,
	getRows,
	updateRows,
	upsertRow,
	when,
	Workflow,
} from './workflow.mjs';
import { ORDERS, TO_CHECK } from './tables.mjs';

/** @type {import('./workflow.mjs').Table} */
export const UPGRADES = {
	name: 'memberspot_upgrades',
	columns: { fromOffer: 'string', toOffer: 'string' },
};

/**
 * What has to be paused or brought back.
 *
 * The smaller offer is paused only while the larger one is on: a member is never without both.
 *
 * @param {Array<object>} upgrades rows of the table of upgrades
 * @param {Array<object>} rows rows of the table of orders
 * @param {string} now ISO 8601
 * @returns {Array<object>} rows with `active` and `nowApplied`; `first` marks the one to send
 */
export function planUpgrades(upgrades, rows, now) {
	const text = (value) => (value === undefined || value === null ? '' : String(value));
	const wanted = (row) => {
		const ends = text(row.endsAt);
		if (ends !== '' && ends <= now) return false;

		return row.state === 'paid' || (row.state === 'cancelled' && ends !== '');
	};
	const tasks = [];
	for (const { fromOffer, toOffer } of upgrades) {
		if (text(fromOffer) === '' || text(toOffer) === '' || fromOffer === toOffer) continue;
		const members = new Set(
			rows.filter(({ offer }) => offer === fromOffer).map(({ memberEmail }) => memberEmail),
		);
		for (const memberEmail of members) {
			const mine = rows.filter((row) => row.memberEmail === memberEmail && wanted(row));
			const larger = mine.some((row) => row.offer === toOffer && row.applied === 'on');
			const affected = mine.filter(
				(row) => row.offer === fromOffer && row.applied === (larger ? 'on' : 'upgraded'),
			);
			for (const [index, row] of affected.entries())
				tasks.push({
					...row,
					toOffer,
					first: index === 0,
					active: !larger,
					nowApplied: larger ? 'upgraded' : 'on',
				});
		}
	}

	return tasks;
}

/** @returns {object} the workflow */
export function upgradeWorkflow() {
	const workflow = new Workflow('Memberspot: an upgrade pauses the smaller offer');
	workflow.add('Every 15 Minutes', [0, 0], {
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 15 }] } },
	});
	workflow.add('Try It by Hand', [0, 1], {
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	});
	workflow.add('Upgrades', [1, 0], getRows(UPGRADES, []));
	workflow.connect('Every 15 Minutes', 'Upgrades');
	workflow.connect('Try It by Hand', 'Upgrades');
	workflow.add(
		'Rows of the Offers',
		[2, 0],
		getRows(
			ORDERS,
			[
				['offer', 'eq', '={{ $json.fromOffer }}'],
				['offer', 'eq', '={{ $json.toOffer }}'],
			],
			'anyCondition',
		),
	);
	workflow.add(
		'Plan',
		[3, 0],
		code(
			[planUpgrades],
			`
// Whose smaller offer is paused, and whose is brought back.
const rowsOf = (items) => [...new Map(items.map(({ json }) => [json.id, json])).values()].filter(({ id }) => id !== undefined);

return planUpgrades(rowsOf($('Upgrades').all()), rowsOf($input.all()), new Date().toISOString()).map((json) => ({ json }));`,
		),
	);
	workflow.add('Is It the First Row?', [4, 0], when('={{ $json.first }}'));
	workflow.add(
		'Pause or Bring Back',
		[5, 0],
		memberspot('offer', 'setState', {
			user: userByEmail('={{ $json.memberEmail }}'),
			offer: offerByName('={{ $json.offer }}'),
			active: '={{ $json.active }}',
			options: { dryRun: `={{ $('Try It by Hand').isExecuted }}` },
		}),
		{ onError: 'continueErrorOutput' },
	);
	workflow.add('Was It Real?', [6, 0], when('={{ $json.dryRun !== true }}'));
	const row = `$('Plan').item.json`;
	workflow.add(
		'Note What Was Done',
		[7, 0],
		updateRows(
			ORDERS,
			[
				['memberEmail', 'eq', `={{ ${row}.memberEmail }}`],
				['offer', 'eq', `={{ ${row}.offer }}`],
				['applied', 'eq', `={{ ${row}.applied }}`],
			],
			{
				applied: `={{ ${row}.nowApplied }}`,
				note: `={{ ${row}.active ? 'Brought back: ' + ${row}.toOffer + ' is over.' : 'Paused: replaced by ' + ${row}.toOffer + '.' }}`,
			},
		),
	);
	workflow.add(
		'Put on the List to Check',
		[6, 1],
		upsertRow(TO_CHECK, 'checkKey', {
			checkKey: `={{ ['upgrade', ${row}.rowKey, ${row}.nowApplied].join('|') }}`,
			status: 'open',
			kind: 'upgrade',
			shop: `={{ ${row}.shop }}`,
			orderId: `={{ ${row}.orderId }}`,
			productId: `={{ ${row}.productId }}`,
			email: `={{ ${row}.memberEmail }}`,
			message: `={{ 'Could not ' + (${row}.active ? 'bring back ' : 'pause ') + ${row}.offer + '. It is tried again every 15 minutes. ' + ($json.error ?? '') }}`,
		}),
	);
	workflow.chain(
		'Upgrades',
		'Rows of the Offers',
		'Plan',
		'Is It the First Row?',
		'Pause or Bring Back',
		'Was It Real?',
		'Note What Was Done',
	);
	workflow.connect('Pause or Bring Back', 'Put on the List to Check', 1);

	workflow.note(
		'What It Does',
		{ columns: [0, 3], top: -480, height: 380 },
		`## An upgrade pauses the smaller offer

Somebody has **Excel Basics** and buys the **Office Bundle**, which holds the same course. The payment workflow gives the bundle. This one then pauses the smaller offer.

**Give first, take then**: the smaller offer is paused only while the larger one is on in *memberspot_orders*. When the bundle is refunded, its instalment fails or its time is over, the smaller offer is switched on again, if it is still paid. Nothing is removed, and course progress is kept.

Instalments of the smaller offer that still come do not switch it on while it is replaced.`,
	);
	workflow.note(
		'Before You Use It',
		{ columns: [4, 8], top: -480, height: 380, color: 3 },
		`## Before you use it

It works on the tables of the payment workflows (**memberspot_orders**, **memberspot_to_check**); import one of them first.

1. Make a data table. ${describeTable(UPGRADES, 'one row for each upgrade, with the names of both offers in Memberspot, for example `Excel Basics` and `Office Bundle`.').replaceAll('\n', ' ')}
2. Credential: **Memberspot account** (Read and Write).

Only members whose smaller offer stands in memberspot_orders are touched: of others it is not known whether they paid for it.

*Try It by Hand* makes a **dry run**: it shows whom it is about and changes nothing.`,
	);

	return workflow.toJson();
}
