/**
 * The check that all workflows for moving in share: an export is uploaded, the plan comes by mail, and
 * only the form that it leads to makes the school change.
 */
import { readFile } from 'node:fs/promises';
import { waitFor } from '../../demo/lib/processes.mjs';
import { COURSES, LEFT_OUT } from '../../examples/build/moving-in/moveIn.mjs';
import { decideInForm, openForm } from './approval.mjs';

const SAMPLES = new URL('../../examples/samples/', import.meta.url);
const LOGIN = { user: 'team', password: 'moving-in-example' };
const CALL_TIMEOUT = 60_000;
const OFFERS = { excel: 'Excel Basics', office: 'Office Bundle' };

/**
 * @typedef {object} ByApi
 * @property {string} trigger the node to begin with
 * @property {(workflow: object) => void} changes points its requests to the services
 * @property {(services: object) => void} serve plays the API of the platform
 * @property {string[]} people addresses that it gives, each with the first course
 */

/** Umlauts as they look when UTF-8 was read as Windows-1252 once too often. */
export const mangled = (text) => Buffer.from(text, 'utf8').toString('latin1');

/**
 * @param {string} id of the platform
 * @param {object} platform
 * @param {(people: Person[]) => string} platform.csv writes people the way the platform does, one row
 *   or several for each
 * @param {ByApi} platform.byApi
 * @param {import('./examples.mjs').ExampleContext} context
 */
export async function checkMovingIn(id, { csv, byApi }, context) {
	const { api, standIn, expect, importExample, dataTable } = context;
	await api.ensureCredential('Moving-in form', 'httpBasicAuth', LOGIN);
	await dataTable(LEFT_OUT.name, LEFT_OUT.columns);
	await dataTable(COURSES.name, COURSES.columns, [
		{ platform: id, course: 'Excel, the first steps', offer: OFFERS.excel },
		{ platform: id, course: 'Office Masterclass', offer: OFFERS.office },
		{ platform: id, course: 'Office Masterclass', offer: OFFERS.excel },
		{ platform: id, course: 'Newsletter', offer: '-' },
		{ platform: 'another', course: 'Old Course', offer: OFFERS.excel },
	]);
	const offers = await standIn.offers();
	const idOf = Object.fromEntries(
		Object.entries(OFFERS).map(([key, name]) => [
			key,
			offers.find((offer) => offer.name === name).id,
		]),
	);
	const workflow = await importExample(byApi.changes);
	await api.publish(workflow);
	const school = { ...context, workflow, idOf, formUrl: await formOf(context, id) };

	await refusesStrangers(school);
	await smallExport(school, id);
	await largeExport(school, csv);
	await brokenExport(school);
	await throughApi(school, byApi);
	expect('no take-away was ever sent', !(await standIn.requests()).some(isTakeAway));
}

async function formOf({ n8n }, id) {
	const url = `${n8n.url}/form/memberspot-move-in-${id}`;
	await waitFor(
		'the form',
		async () => (await fetch(url, { signal: AbortSignal.timeout(CALL_TIMEOUT) })).status !== 404,
		{ timeoutMs: 30_000 },
	);

	return url;
}

async function refusesStrangers({ formUrl, expect }) {
	const answer = await fetch(formUrl, {
		method: 'POST',
		body: formWith('Email\nx@example.com'),
		signal: AbortSignal.timeout(CALL_TIMEOUT),
	});
	expect(
		'a stranger can not upload',
		answer.status === 401,
		`without the password: ${answer.status}`,
	);
}

/** The sample that lies beside the workflow, with the dirt of real exports. */
async function smallExport(school, id) {
	const { api, standIn, mail, expect, rows, idOf } = school;
	const sample = await readFile(new URL(`${id}-export.csv`, SAMPLES));
	await standIn.clearLog();
	const declined = await upload(school, sample);
	const plan = await planMail(mail);
	expect(
		'the plan says how many get access',
		/3 get access/.test(plan.text),
		plan.text.split('\n')[0],
	);
	expect('the plan names what could not be mapped', /Old Course/.test(plan.text));
	expect('nothing was written before the approval', (await writes(standIn)).length === 0);
	await openForm(plan);
	expect(
		'opening the link, as a mail scanner does, decides nothing',
		(await api.get(`/rest/executions/${declined}`)).status === 'waiting' &&
			(await writes(standIn)).length === 0,
	);
	await decideInForm(plan, 'Stop');
	const stopped = await api.execution(declined);
	expect(
		'after Stop nothing is changed',
		stopped.status === 'success' &&
			stopped.ran('Nothing Is Changed') &&
			(await writes(standIn)).length === 0,
	);
	const left = await rows(LEFT_OUT.name);
	expect(
		'what was left out stands in the table with its reason',
		['no e-mail', 'no offer for this course in the table', 'not an e-mail address'].every(
			(reason) => left.some((row) => row.reason === reason),
		),
		`left out: ${left.length}`,
	);

	await run(school, sample);
	const held = async (email) =>
		(await standIn.grantsOf(email).catch(() => [])).map(({ offerId }) => offerId).sort();
	expect(
		'names came over with their umlauts',
		await hasName(standIn, 'juergen@example.com', 'Jürgen', 'Müller'),
	);
	expect(
		'mixed case is one person, doubled rows as well',
		same(await held('juergen@example.com'), [idOf.excel, idOf.office]),
	);
	expect(
		'a course name with a comma is one course',
		same(await held('zoe@example.com'), [idOf.excel]),
	);
	expect(
		'who was there keeps what is not in the export',
		(await held('anna@example.com')).includes(idOf.excel),
	);
	await standIn.clearLog();
	const { results } = await run(school, sample);
	expect(
		'the second run writes nothing',
		(await writes(standIn)).length === 0,
		`second run: ${results.unchanged} unchanged`,
	);
	expect('its left-out table did not grow', (await rows(LEFT_OUT.name)).length === left.length);
}

/** 5,000 rows, in the code page of an office program, with semicolons and line breaks in cells. */
async function largeExport(school, csv) {
	const { standIn, expect, idOf } = school;
	const people = manyPeople();
	const text = csv(people).replaceAll('\n', '\r\n');
	const lines = people.length;
	await standIn.clearLog();
	const before = await standIn.summary();
	const { results } = await run(school, Buffer.from(text, 'latin1'));
	const wanted = new Map();
	for (const { email, courses, ended } of people) {
		const key = email.trim().toLowerCase();
		if (!key.includes('@') || ended) continue;
		for (const course of courses)
			for (const offer of course === 'Office Masterclass'
				? ['excel', 'office']
				: course.startsWith('Excel')
					? ['excel']
					: [])
				wanted.set(key, (wanted.get(key) ?? new Set()).add(idOf[offer]));
	}
	const after = await standIn.summary();
	const holders = Object.fromEntries(
		await Promise.all(
			Object.values(idOf).map(async (offerId) => [
				offerId,
				new Set((await standIn.holders(offerId)).map(({ email }) => email)),
			]),
		),
	);
	const missing = [...wanted].flatMap(([email, ids]) =>
		[...ids].filter((offerId) => !holders[offerId].has(email)),
	);
	const requests = await standIn.requests();
	expect(
		`${lines} rows: everybody has what the export says`,
		wanted.size > 3_000 && missing.length === 0,
	);
	expect('nobody else was made', after.users - before.users === [...wanted.keys()].length);
	expect(
		'each access was given once',
		requests.filter(({ method }) => method !== 'GET').length ===
			[...wanted.values()].reduce((sum, ids) => sum + ids.size, 0),
		`${lines} rows: ${results.people} people, ${results.changed} got access, ${requests.length} requests`,
	);
	expect(
		'the report counts them all',
		results.people === wanted.size && results.changed === wanted.size && results.failed === 0,
	);
}

/** Nothing is guessed where a column is missing. */
async function brokenExport(school) {
	const { api, standIn, expect } = school;
	await standIn.clearLog();
	const failed = await api.execution(
		await upload(school, Buffer.from('Telephone,City\n1,Berlin\n')),
	);
	expect(
		'an export without an e-mail column is refused in words',
		failed.status === 'error' &&
			/no column for the e-mail.*Telephone, City/s.test(failed.error?.message ?? ''),
	);
	expect('and sends nothing', (await standIn.requests()).length === 0);
}

async function throughApi(school, { serve, trigger, people }) {
	const { api, standIn, mail, services, expect, idOf, workflow } = school;
	serve(services);
	await standIn.clearLog();
	mail.clear();
	const { executionId } = await api.post(`/rest/workflows/${workflow.id}/run`, {
		triggerToStartFrom: { name: trigger },
	});
	await decideInForm(await planMail(mail), 'Approve');
	const execution = await api.execution(executionId);
	const grants = await Promise.all(people.map(async (email) => await standIn.grantsOf(email)));
	expect(
		'read by the API of the platform, its people get access as well',
		execution.status === 'success' &&
			grants.every((list) => list.some(({ offerId }) => offerId === idOf.excel)),
		`by API: ${people.length} people, ${services.requests().length} requests to the platform`,
	);
}

async function planMail(mail) {
	return await mail.next(({ subject }) => /approve the plan/.test(subject), 'the plan');
}

/** Uploads, approves, and waits for the end. */
async function run(school, bytes) {
	const { api, mail } = school;
	mail.clear();
	const id = await upload(school, bytes);
	await decideInForm(await planMail(mail), 'Approve');
	const execution = await api.execution(id, { timeoutMs: 300_000 });
	if (execution.status !== 'success')
		throw new Error(`The run ended with: ${execution.error?.message}`);

	return { execution, results: execution.items('Count')[0].json };
}

/** @returns {Promise<string>} id of the execution */
async function upload({ api, formUrl, workflow }, bytes) {
	const known = await api.executionIds(workflow);
	const answer = await fetch(formUrl, {
		method: 'POST',
		headers: {
			authorization: `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`,
		},
		body: formWith(bytes),
		signal: AbortSignal.timeout(CALL_TIMEOUT),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`The form answered ${answer.status}: ${text.slice(0, 200)}`);

	return await waitFor(
		'the run that the form starts',
		async () => (await api.executionIds(workflow)).find((id) => !known.includes(id)),
		{ timeoutMs: 30_000 },
	);
}

function formWith(bytes) {
	const form = new FormData();
	form.append('field-0', new Blob([bytes], { type: 'text/csv' }), 'export.csv');
	form.append('field-1', '');

	return form;
}

/** @typedef {{ email: string, firstName: string, lastName: string, courses: string[], note: string, ended: boolean }} Person */

/** People with the dirt of real exports; always the same ones. */
function manyPeople() {
	const people = [];
	for (let number = 0; number < 5_000; number++) {
		// Every tenth row repeats an earlier person, in capitals.
		const who = number % 10 === 9 ? number - 5 : number;
		const email =
			number % 50 === 7 ? '' : number % 50 === 8 ? 'no address' : `moved${who}@example.com`;
		people.push({
			email: number % 10 === 9 ? ` ${email.toUpperCase()}` : email,
			firstName: number % 3 === 0 ? 'Jürgen' : 'Zoë',
			lastName: number % 4 === 0 ? mangled('Größe') : 'O\'Neill "Bo"',
			courses:
				number % 7 === 0
					? ['Office Masterclass', 'Newsletter']
					: number % 11 === 0
						? ['Old Course']
						: ['Excel, the first steps'],
			note: number % 5 === 0 ? 'first line\nsecond; line' : '',
			ended: number % 23 === 0,
		});
	}

	return people;
}

async function writes(standIn) {
	return (await standIn.requests()).filter(({ method }) => method !== 'GET');
}

function isTakeAway({ path, body }) {
	return /delete|remove/.test(path) || (path.endsWith('set-offer-state') && body?.active !== true);
}

async function hasName(standIn, email, firstName, lastName) {
	const user = await standIn.user(email);

	return user?.firstname === firstName && user?.name === lastName;
}

function same(left, right) {
	return JSON.stringify(left) === JSON.stringify([...right].sort());
}

/** One line of a file whose cells may hold anything. */
export function line(cells, delimiter = ';') {
	return cells
		.map((cell) => (/["\n;,\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
		.join(delimiter);
}
