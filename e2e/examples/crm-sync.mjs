/** What the nightly sync of a CRM has to do, whichever CRM it is: the same story for all of them. */

const TABLE = 'memberspot_crm_contacts';
/** The offers that the workflows control. */
const CONTROLLED = ['Excel Basics', 'Office Bundle'];
/** @type {Contact[]} */
const CONTACTS = [
	contact('1', 'anna@example.com', ['Excel Basics', 'Office Bundle']),
	contact('2', 'ben@example.com', ['Excel Basics']),
	contact('3', 'dora@example.com', []),
	contact('4', 'new@example.com', ['Excel Basics'], { firstName: 'Nora', lastName: 'Neu' }),
	contact('5', 'frida@example.com', ['Office Bundle'], { company: 'Frida GmbH' }),
	contact('6', 'last@example.com', [], { managed: false }),
];

/**
 * @typedef {object} Contact
 * @property {string} id
 * @property {string} email
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} company
 * @property {boolean} managed whether the sync looks after this contact
 * @property {string[]} offers names
 */

/**
 * Drives the sync of one CRM.
 *
 * @param {import('../lib/examples.mjs').ExampleContext} context
 * @param {{
 *   play: (contacts: Contact[]) => void,
 *   breakDown: () => void,
 *   cutOff: (contacts: Contact[]) => void,
 * }} crm `play` makes the CRM hold these contacts, `breakDown` makes it answer with errors, `cutOff`
 *   makes it give less than it holds
 */
export async function checkCrmSync(context, crm) {
	const { api, standIn, variants, services, mail, importExample, expect, dataTable, rows } =
		context;
	/** Under the others the lists of this school prove nothing, and nothing may be taken away. */
	const isProven = variants.active === 'grant';
	/** What the user has in the end who loses an offer in the CRM, and still has it where nothing is proven. */
	const after = (...names) => (isProven ? names.slice(1) : names);
	await dataTable(TABLE, { contactId: 'string', uid: 'string', email: 'string' });
	const offers = await standIn.offers();
	/** Whether of the offers in the sync the user has exactly these. */
	const has = async (email, ...names) => {
		const grants = await standIn.grantsOf(email);

		return CONTROLLED.every(
			(name) =>
				names.includes(name) ===
				grants.some(
					({ offerId, active }) => active && offers.find(({ id }) => id === offerId).name === name,
				),
		);
	};
	const others = async () =>
		JSON.stringify(
			(await standIn.control('/users')).filter(
				({ email }) => !CONTACTS.some((each) => each.managed && each.email === email),
			),
		);
	const importIt = async (live) =>
		await importExample(({ nodes }) => {
			const node = (wanted) => nodes.find(({ name }) => name === wanted).parameters;
			for (const assignment of node('Settings').assignments.assignments) {
				if (assignment.name === 'crmUrl') assignment.value = services.url;
				if (assignment.name === 'live') assignment.value = live;
			}
			for (const name of ['1. Dry Run', '2. Real Run'])
				node(name).properties.value = { Firma: node(name).properties.value.Company };
		});
	const run = async (workflow) => {
		mail.clear();
		await standIn.clearLog();
		const execution = await api.runWorkflow(workflow, 'By Hand');
		const [report] = mail.messages();

		return {
			ok: execution.status === 'success' && mail.messages().length === 1,
			text: report?.text ?? '',
			subject: report?.subject ?? '',
			writes: (await standIn.requests()).filter(({ method }) => method !== 'GET'),
		};
	};

	crm.play(CONTACTS);
	const planOnly = await importIt(false);
	const othersBefore = await others();
	const plan = await run(planOnly);
	expect(
		'without live only the plan is mailed, and nothing is sent',
		plan.ok && plan.writes.length === 0 && plan.subject.includes('nothing was sent'),
		plan.text.split('\n')[0],
	);
	expect(
		'the plan names who would get and lose what',
		/anna@example\.com: grant Office Bundle/.test(plan.text) &&
			/dora@example\.com: deactivate Excel Basics/.test(plan.text) === isProven,
	);

	const live = await importIt(true);
	const real = await run(live);
	expect(
		'the real run gives and takes what the CRM says',
		real.ok &&
			(await has('anna@example.com', 'Excel Basics', 'Office Bundle')) &&
			(await has('ben@example.com', ...(variants.active === 'user' ? [] : ['Excel Basics']))) &&
			(await has('dora@example.com', ...after('Excel Basics'))) &&
			(await has('new@example.com', 'Excel Basics')),
		`${real.writes.length} writes`,
	);
	const untold = real.text.split('Can not be told, nothing was done')[1] ?? '';
	expect(
		'the mail names for whom it can not be told, and nobody else',
		untold.includes('dora@') === !isProven &&
			untold.includes('ben@') === (variants.active === 'user') &&
			!untold.includes('new@'),
	);
	expect(
		'taking away keeps the access, paused',
		(await standIn.grantsOf('dora@example.com')).length === 2,
	);
	const created = await standIn.user('new@example.com');
	expect(
		'a new user has the name of the contact',
		created?.firstname === 'Nora' && created?.name === 'Neu',
	);
	const { id: company } = (await standIn.control('/properties')).find(
		({ name }) => name === 'Firma',
	);
	expect(
		'the property is written where the CRM has a value',
		(await standIn.user('frida@example.com')).properties[company] === 'Frida GmbH',
	);
	expect('nobody else was touched', (await others()) === othersBefore);

	const again = await run(live);
	expect('the next night sends nothing', again.ok && again.writes.length === 0);
	expect(
		'the table keeps which contact is which user',
		(await rows(TABLE)).find(({ contactId }) => contactId === '4')?.uid === created?.uid,
	);

	// Anna has a new address in the CRM, and no longer the bundle.
	crm.play(
		CONTACTS.map((each) =>
			each.id === '1' ? { ...each, email: 'anna.new@example.com', offers: ['Excel Basics'] } : each,
		),
	);
	const users = (await standIn.summary()).users;
	const moved = await run(live);
	expect(
		'a changed address makes no second user, and the old one is kept in step',
		(await standIn.summary()).users === users &&
			(await has('anna@example.com', ...after('Office Bundle'), 'Excel Basics')) &&
			moved.writes.length === (isProven ? 1 : 0),
	);
	expect(
		'the mail asks for the change by hand',
		moved.text.includes('anna@example.com is anna.new@example.com'),
	);

	// Memberspot refuses the one grant that is due.
	crm.play(
		CONTACTS.map((each) =>
			each.id === '5' ? { ...each, offers: ['Excel Basics', 'Office Bundle'] } : each,
		),
	);
	await standIn.control('/faults', 'POST', {
		kind: 'status',
		status: 403,
		operationId: 'grantUserOfferByMail',
		times: 99,
	});
	const refused = await run(live);
	await standIn.control('/faults', 'DELETE');
	expect('what failed stands in the mail', refused.ok && /Failed: \d/.test(refused.text));
	await run(live);
	expect(
		'and is made up for in the next night',
		await has('frida@example.com', 'Excel Basics', 'Office Bundle'),
	);

	const state = JSON.stringify(await standIn.control('/users'));
	crm.play([]);
	const none = await run(live);
	crm.breakDown();
	const broken = await run(live);
	expect(
		'a CRM that is empty or down changes nothing, and the mail says so',
		[none, broken].every(({ ok, subject }) => ok && subject.includes('did not run')) &&
			JSON.stringify(await standIn.control('/users')) === state,
	);
	crm.cutOff(CONTACTS);
	const cut = await run(live);
	expect(
		'an answer of the CRM with something missing changes nothing',
		cut.ok && cut.subject.includes('did not run') && cut.writes.length === 0,
		cut.text.trim(),
	);
}

/** A contact the sync looks after. */
function contact(id, email, offers, more = {}) {
	const firstName = email.split('@')[0];

	return { id, email, firstName, lastName: 'Example', company: '', managed: true, offers, ...more };
}
