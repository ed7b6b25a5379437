import type { IDataObject } from 'n8n-workflow';
import { OFFERS, USERS } from '../stand-in/fixtures';
import type { RunResult, RunSpec } from '../support/context';
import { by } from '../support/operations';
import { expectToFitSchema } from '../support/schema';
import { linksOf, rowsOf, stopOf, useStandIn } from '../support/setting';

const setting = useStandIn({ users: 12, variants: { endOfList: 'null' } });
const { excel, bundle, yoga, safety } = OFFERS;

/** Runs Audit Access: for each item an address, and the offers that were paid for. */
async function audit(items: Array<[email: string, offers: unknown, details?: IDataObject]>, settings: IDataObject = {}, more: Partial<Omit<RunSpec, 'parameters'>> = {}): Promise<RunResult> {
	return await setting.run(
		'user.auditAccess',
		{ email: (item: number) => items[item][0], offersFrom: 'list', offerList: (item: number) => items[item][1], details: (item: number) => items[item][2] ?? {}, ...settings },
		{ items: items.map(() => ({})), ...more },
	);
}

const only = (...offers: Array<{ id: string }>) => ({ offersToRead: 'chosen', chosenOffers: { values: offers.map(({ id }) => ({ offer: by('id', id) })) } });
const short = (result: RunResult) => rowsOf(result).map(({ status, email, offerId }) => [status, email, offerId]);
const totalsOf = (result: RunResult) => rowsOf(result).at(-1)?.totals as IDataObject;
const withoutSeats = { options: { usersWithoutAccess: false } };

test('every kind of finding, with totals in the last row', async () => {
	const result = await audit(
		[
			['anna@example.com', [excel.id]],
			['ben@example.com', [excel.id]],
			['carla@example.com', [excel.id]],
			['new@example.com', [excel.id]],
			[USERS.juergen.email, []],
			['max+kurs@example.com', []],
			[USERS.dora.email, [{ id: excel.id, until: '2025-06-30' }]],
		],
		only(excel),
	);
	expect(short(result)).toEqual([
		['ok', 'anna@example.com', excel.id],
		['inactive', 'ben@example.com', excel.id],
		['noActiveAccess', 'ben@example.com', undefined],
		['missing', 'carla@example.com', excel.id],
		['noActiveAccess', 'carla@example.com', undefined],
		['unknownUser', 'new@example.com', undefined],
		['extra', USERS.juergen.email, excel.id],
		['ok', 'max+kurs@example.com', undefined],
		['noActiveAccess', 'max+kurs@example.com', undefined],
		['extra', USERS.dora.email, excel.id],
		['extra', USERS.gerd.email, excel.id],
		['extra', USERS.last.email, excel.id],
		...['emil@example.com', 'frida@example.com', 'Helga.Mixed@Example.com', 'ivo@müller-kurse.example'].map((email) => ['noActiveAccess', email, undefined]),
		['totals', undefined, undefined],
	]);
	expect(rowsOf(result)[0]).toEqual({ status: 'ok', wanted: true, email: 'anna@example.com', uid: USERS.anna.uid, offerId: excel.id, offer: 'Excel Basics', listedAs: 'listedActive', inInput: true });
	expect(rowsOf(result)[9]).toMatchObject({ ended: true, wanted: false, inInput: true });
	expect(rowsOf(result)[10]).toMatchObject({ inInput: false });
	expect(totalsOf(result)).toMatchObject({ ok: 2, missing: 1, inactive: 1, extra: 4, unknown: 0, unknownUser: 1, noActiveAccess: 7, offers: 1, complete: true, paused: 'perOffer' });
	// Rows about nobody in the input, and the totals, belong to the last item.
	expect(linksOf(result)).toEqual([0, 1, 1, 2, 2, 3, 4, 5, 5, ...Array.from({ length: 8 }, () => 6)]);
	expectToFitSchema('user', 'auditAccess', result.items);
});

test('it only reads, and each list once', async () => {
	await audit([['anna@example.com', [excel.id]], ['new@example.com', [yoga.id]]]);
	expect(setting.standIn.log.writes()).toEqual([]);
	const lists = setting.standIn.log.of('listUsers').map(({ query }) => String(query.offerId ?? 'all'));
	expect(new Set(lists).size).toBe(lists.length);
	expect(lists).toHaveLength(setting.standIn.school.offers.length + 1);
});

test('a credential that may only read is enough', async () => {
	const result = await audit([['anna@example.com', [excel.id]]], only(excel), { credentials: { apiKey: setting.standIn.apiKey, baseUrl: setting.standIn.url, allowedActions: 'readOnly' } });
	expect(short(result)[0]).toEqual(['ok', 'anna@example.com', excel.id]);
});

test('only differences: what is as it should be is counted, and left out', async () => {
	const result = await audit([['anna@example.com', [excel.id]], ['ben@example.com', [excel.id]]], { ...only(excel), options: { onlyDifferences: true, usersWithoutAccess: false } });
	expect(short(result).slice(0, 1)).toEqual([['inactive', 'ben@example.com', excel.id]]);
	expect(totalsOf(result)).toMatchObject({ ok: 1, inactive: 1 });
	expectToFitSchema('user', 'auditAccess', result.items);
});

test('several items for one user are joined; contradictions are errors of that user', async () => {
	const result = await audit(
		[
			['anna@example.com', [excel.id]],
			['Anna@Example.com', [bundle.id]],
			['carla@example.com', [excel.id]],
			['carla@example.com', [{ id: excel.id, until: '2030-01-01' }]],
			['no address', []],
		],
		{ ...only(excel, bundle), ...withoutSeats },
		{ continueOnFail: true },
	);
	const rows = rowsOf(result).filter(({ inInput, error }) => inInput === true || error !== undefined);
	expect(rows).toMatchObject([
		{ status: 'ok', offerId: excel.id },
		{ status: 'missing', offerId: bundle.id },
		{ status: 'ok', offerId: excel.id, mergedWith: 0 },
		{ status: 'missing', offerId: bundle.id, mergedWith: 0 },
		{ error: 'The input contradicts itself about how long the offer ofrExcelBasics000001 is wanted of carla@example.com' },
		{ error: expect.stringContaining('contradicts itself') as unknown },
		{ error: 'E-Mail has a blank, a line break, a comma, a semicolon or a bracket in it' },
	]);
	expect(totalsOf(result)).toMatchObject({ ok: 1, missing: 1 });
	expectToFitSchema('user', 'auditAccess', result.items);
});

test('a UID finds the user under another address', async () => {
	const rows = rowsOf(await audit([['anna.neu@example.com', [excel.id], { uid: USERS.anna.uid }]], { ...only(excel), ...withoutSeats }));
	expect(rows[0]).toMatchObject({ status: 'ok', email: 'anna@example.com', emailDiffers: true, otherEmails: ['anna.neu@example.com'] });
});

describe('what the lists do not tell is unknown', () => {
	test('under active: user, with what it is likely to be', async () => {
		setting.standIn.setVariants({ active: 'user' });
		const items: Array<[string, unknown]> = [['anna@example.com', [excel.id]], [USERS.emil.email, [excel.id]], [USERS.gerd.email, [excel.id]], [USERS.juergen.email, []], ['carla@example.com', [excel.id]]];
		const result = await audit(items, { ...only(excel), ...withoutSeats });
		expect(rowsOf(result).slice(0, 5)).toMatchObject([
			{ status: 'unknown', likely: 'ok' },
			// His access is paused, and nothing shows it.
			{ status: 'unknown', likely: 'ok' },
			{ status: 'unknown', likely: 'inactive' },
			{ status: 'unknown', likely: 'extra' },
			{ status: 'missing' },
		]);
		expect(result.hints[0]).toContain('it can not be told');
		expectToFitSchema('user', 'auditAccess', result.items);

		const differences = await audit(items, { ...only(excel), options: { usersWithoutAccess: false, onlyDifferences: true } });
		expect(rowsOf(differences).filter(({ inInput }) => inInput === true)).toHaveLength(3);
	});

	test('where paused access is not listed, until that is said', async () => {
		setting.standIn.setVariants({ active: 'inactiveNotListed' });
		const items: Array<[string, unknown]> = [['anna@example.com', [excel.id]], ['ben@example.com', [excel.id]]];
		expect(short(await audit(items, { ...only(excel), ...withoutSeats })).slice(0, 2)).toEqual([['unknown', 'anna@example.com', excel.id], ['missing', 'ben@example.com', excel.id]]);
		expect(short(await audit(items, { ...only(excel), options: { usersWithoutAccess: false, pausedAccess: 'notListed' } })).slice(0, 2)).toEqual([['ok', 'anna@example.com', excel.id], ['missing', 'ben@example.com', excel.id]]);
	});

	test('lists that were not read to their end are said to be so', async () => {
		setting.standIn.setVariants({ pageSizeCap: '10' });
		for (let n = 0; n < 20; n++) setting.standIn.school.addUser({ email: `more${n}@example.com`, uid: `more${n}`, grants: [{ offerId: safety.id, active: true }] });
		const result = await audit([['more19@example.com', [safety.id]]], { ...only(safety), options: { maximumPages: 1 } });
		expect(rowsOf(result)[0]).toMatchObject({ status: 'unknown', listedAs: 'notSettled' });
		expect(totalsOf(result)).toMatchObject({ complete: false });
		expect(result.hints.join('\n')).toContain('Not all lists were read to their end');
		expectToFitSchema('user', 'auditAccess', result.items);
	});
});

test('a list that can not be read is an error, not an audit of the rest', async () => {
	setting.standIn.fault({ kind: 'status', status: 500, operationId: 'listUsers', after: 1, times: 1 });
	expect(stopOf(await audit([['anna@example.com', [excel.id]]])).message).toContain('Memberspot could not answer');
});
