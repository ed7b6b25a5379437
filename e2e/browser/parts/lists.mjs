/** The lists that are loaded from Memberspot: opened, searched, scrolled. And the mapper of properties. */
import { actionWorkflow, NODE, triggerWorkflow } from '../workflows.mjs';

/** More than the node hands over at once. */
const MANY = 250;
const AT_ONCE = 100;

/** What no entry should look like: the bare id of a record. */
const BARE_ID = /^[A-Za-z0-9]{20,28}$/;

/** @param {import('../context.mjs').Context} context */
export async function openLists(context) {
	const { standIn } = context;
	await tryList(context, {
		title: 'The list of users',
		field: 'user',
		parameters: { resource: 'user', operation: 'get' },
		first: 'Anna Schmidt (anna@example.com)',
		search: 'weber',
		choice: 'Ben Weber (ben@example.com)',
		picture: 'list-users',
	});
	await tryList(context, {
		title: 'The list of offers',
		field: 'offer',
		parameters: { resource: 'offer', operation: 'grant' },
		first: 'Arbeitsschutz 2026',
		search: 'excel',
		choice: 'Excel Basics',
		picture: 'list-offers',
	});
	await tryList(context, {
		title: 'The list of courses',
		field: 'course',
		parameters: { resource: 'courseProgress', operation: 'get' },
		search: 'yoga',
		picture: 'list-courses',
	});

	// A school with more offers than the node hands over at once.
	const { id } = await standIn.control('/faults', 'POST', {
		kind: 'wrongShape',
		operationId: 'listOffers',
		times: 1_000,
		body: Array.from({ length: MANY }, (_, place) => ({
			id: `ofrMany${String(place).padStart(13, '0')}`,
			name: `Offer number ${String(place).padStart(3, '0')}`,
			hasCourseIds: [`crsMany${String(place).padStart(13, '0')}`],
		})),
	});
	for (const [field, parameters] of [
		['offer', { resource: 'offer', operation: 'grant' }],
		['course', { resource: 'courseProgress', operation: 'get' }],
	])
		await tryList(context, {
			title: `The list of ${field}s of a large school`,
			field,
			parameters,
			search: 'number 207',
			pages: true,
		});
	await standIn.control(`/faults/${id}`, 'DELETE');
	await tryChoicesOfSeveral(context);
	await tryModes(context);
}

/** Opens a list that chooses one record, reads it, scrolls it, searches it, takes an entry. */
async function tryList(
	{ api, verdicts, editor, credential, pictures, page, standIn },
	{ title, field, parameters, first, search, choice, picture, pages = field === 'user' },
) {
	const panel = await editor.openNode(
		await api.createWorkflow(actionWorkflow(title, parameters, credential)),
		NODE,
	);
	await standIn.clearLog();
	const list = await panel.openList(field);
	const names = await list.names();
	const clipped = await list.clipped();
	if (picture !== undefined) await pictures.take(picture, page);
	const scrolled = pages ? await list.scroll(AT_ONCE + 1) : names.length;
	const before = (await standIn.requests()).length;
	const found = await list.find(search);
	const asked = (await standIn.requests()).length - before;
	if (picture !== undefined) await pictures.take(`${picture}-search`, page);
	const wanted = choice ?? found[0];
	await list.choose(wanted);
	const chosen = await panel.chosen(field);

	verdicts.add(
		title,
		`${names.length} entries, ${scrolled} after scrolling, ${found.length} for "${search}"`,
		{
			'it is not empty': names.length > 0,
			...(first !== undefined && { [`"${first}" is in it`]: names.includes(first) }),
			'it shows names and no bare ids': names.every((name) => !BARE_ID.test(name)),
			'no two entries look the same': new Set(names).size === names.length,
			// n8n cuts off long addresses; the search finds them all the same.
			...(field !== 'user' && {
				[`no entry is cut off (${clipped.join(' | ')})`]: clipped.length === 0,
			}),
			...(pages && {
				'it begins with one page': names.length === AT_ONCE,
				'scrolling brings more': scrolled > AT_ONCE,
			}),
			'the search is answered by the node, not by what is loaded': asked > 0,
			'the search finds what fits': found.includes(wanted),
			'the chosen entry stands in the field by its name': chosen === wanted,
		},
	);
}

/** The lists that choose several. */
async function tryChoicesOfSeveral({ api, verdicts, editor, credential }) {
	const set = await editor.openNode(
		await api.createWorkflow(
			actionWorkflow(
				'Properties to clear',
				{ resource: 'customProperty', operation: 'set' },
				credential,
			),
		),
		NODE,
	);
	const properties = (await set.choices('propertiesToClear')).map(({ name }) => name);
	const poll = await editor.openNode(
		await api.createWorkflow(
			triggerWorkflow(
				'Offers and properties to watch',
				'polling',
				{ triggerOn: ['userGotOffer', 'customPropertyChanged'] },
				credential,
			),
		),
		NODE,
	);
	const offers = (await poll.choices('offers')).map(({ name }) => name);
	for (const [title, names, wanted] of [
		['The properties to clear', properties, 'Firma (text)'],
		['The offers of the polling trigger', offers, 'Excel Basics'],
	])
		verdicts.add(title, names.join(', '), {
			[`"${wanted}" is in it`]: names.includes(wanted),
			'it shows names and no bare ids': names.every((name) => !BARE_ID.test(name)),
			'no two entries look the same': new Set(names).size === names.length,
		});
}

/** Every other way of choosing a record. */
async function tryModes({ api, verdicts, editor, credential }) {
	for (const [field, parameters] of [
		['user', { resource: 'user', operation: 'get' }],
		['offer', { resource: 'offer', operation: 'grant' }],
		['course', { resource: 'courseProgress', operation: 'get' }],
		['chapter', { resource: 'chapter', operation: 'enableAccess' }],
	]) {
		const panel = await editor.openNode(
			await api.createWorkflow(actionWorkflow(`Ways to choose: ${field}`, parameters, credential)),
			NODE,
		);
		const modes = await panel.modes(field);
		const cut = modes.flatMap(({ clipped }) => clipped);
		verdicts.add(`Ways to choose: ${field}`, modes.map(({ name }) => name).join(', '), {
			'there are two or more': modes.length >= 2,
			[`none is cut off (${cut.join(', ')})`]: cut.length === 0,
		});
	}
}

/**
 * Custom properties by their names, filled in and written.
 *
 * @param {import('../context.mjs').Context} context
 */
export async function fillMapper(context) {
	const { api, standIn, verdicts, editor, credential, pictures, page } = context;
	const email = 'carla@example.com';
	const panel = await editor.openNode(
		await api.createWorkflow(
			actionWorkflow(
				'Custom properties',
				{
					resource: 'customProperty',
					operation: 'set',
					user: { __rl: true, mode: 'email', value: email },
				},
				credential,
			),
		),
		NODE,
	);
	const offered = await panel.openMapper();
	await pictures.take('properties-to-choose-from', page);
	const wanted = [
		'Firma (text)',
		'Kundennummer (number)',
		'Geburtstag (YYYY-MM-DD)',
		'Newsletter (true or false)',
	];
	for (const [place, entry] of wanted.entries()) {
		if (place > 0) await panel.openMapper();
		await panel.addToMapper(entry);
	}
	const properties = await standIn.control('/properties');
	const idOf = (name) => properties.find((property) => property.name === name).id;
	const values = {
		Firma: 'Muster GmbH',
		Kundennummer: '4711',
		Geburtstag: '1990-05-17',
		Newsletter: 'true',
	};
	for (const [name, value] of Object.entries(values)) await panel.fill(idOf(name), value);
	const clipped = await panel.clipped();
	await pictures.take('properties-filled-in', page);

	await standIn.clearLog();
	await panel.execute();
	const { rows } = await panel.output();
	const stored = (await standIn.user(email)).properties;
	const arrived = Object.entries(values).filter(
		([name, value]) => String(stored[idOf(name)]) === value,
	);
	verdicts.add(
		'Custom properties filled in and written',
		`${offered.length} offered, ${arrived.length} of ${Object.keys(values).length} values arrived`,
		{
			'every property of the school is offered': offered.length === properties.length,
			'no two entries look the same': new Set(offered).size === offered.length,
			'entries say which form a value must have': wanted.every((entry) => offered.includes(entry)),
			[`no label is cut off (${clipped.join(' | ')})`]: clipped.length === 0,
			'the node has run': rows.length === 1,
			'every value arrived in the school': arrived.length === Object.keys(values).length,
		},
	);
}
