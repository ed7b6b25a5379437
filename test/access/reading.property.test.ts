import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { auditAccess } from '../../nodes/Memberspot/actions/user/auditAccess.operation';
import { getAccess } from '../../nodes/Memberspot/actions/user/getAccess.operation';
import { CONTROLLED, MEANINGS, NOW, schoolOf, stateOf, users, wishes } from './model';
import { overWire } from './wire';

const RUNS = 100;

// Many schools in one test: on a busy machine they take longer than one test may by default.
jest.setTimeout(120_000);

const chosen = { offersToRead: 'chosen', chosenOffers: { values: CONTROLLED.map((offer) => ({ offer })) } };
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What may be said about the lists: nothing, or what is so. */
const TRUE_WORD = { grant: 'listedInactive', user: 'looksActive', inactiveNotListed: 'notListed' } as const;

describe.each(MEANINGS)('with active: %s', (active) => {
	const said = fc.constantFrom(undefined, 'provenOnly', 'findOut', TRUE_WORD[active]);
	const options = (pausedAccess: string | undefined): IDataObject => (pausedAccess === undefined ? {} : { pausedAccess });

	test('Get Access says nothing that is not so, and leaves out only what no list can show', async () => {
		await fc.assert(
			fc.asyncProperty(users(6), said, async (model, word) => {
				const school = schoolOf(model);
				const items = [...model.map(({ email }) => email), 'nobody@example.com'].map((email) => ({ usersFrom: 'many', emails: email, ...chosen, options: options(word) }));
				const { rows, writes, errors } = await overWire(getAccess, { school, variants: { active }, items });
				expect([rows.length, writes, errors]).toEqual([model.length + 1, [], []]);
				expect(rows.at(-1)).toMatchObject({ found: false, access: [] });
				const wrong: string[] = [];
				for (const [place, { email, grants }] of model.entries()) {
					const row = rows[place];
					const say = (name: string, holds: (state: string | undefined) => boolean) => {
						for (const offer of list(row[name])) if (!holds(grants[offer])) wrong.push(`${email}: ${offer} is ${grants[offer] ?? 'none'}, and said to be ${name}`);
					};
					say('active', (state) => state === 'active');
					say('inactive', (state) => state === 'paused');
					say('unknown', (state) => state !== undefined);
					const shown = [...list(row.active), ...list(row.inactive), ...list(row.unknown)];
					for (const offer of CONTROLLED) {
						if (grants[offer] === undefined || shown.includes(offer)) continue;
						if (grants[offer] === 'active' || row.pausedListed === true) wrong.push(`${email}: ${offer} is ${grants[offer]}, and left out`);
					}
				}
				expect(wrong).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});

	test('Audit Access says nothing that is not so', async () => {
		await fc.assert(
			fc.asyncProperty(users(6), wishes(5), said, async (model, wishList, word) => {
				const school = schoolOf(model);
				const items = wishList.map(({ email, offers, over }) => ({
					email,
					offersFrom: 'list',
					offerList: [...offers, ...over.map((offer) => ({ offer, until: new Date(NOW - 1).toISOString() }))],
					...chosen,
					options: options(word),
				}));
				const { rows, writes, errors } = await overWire(auditAccess, { school, variants: { active }, items });
				expect([writes, errors]).toEqual([[], []]);
				const state = stateOf(school);
				const wrong: string[] = [];
				for (const { status, email, offerId, likely, mayBePaused } of rows) {
					const is = state[String(email)]?.grants[String(offerId)];
					const isWanted = wishList.find((wish) => wish.email === email)?.offers.includes(String(offerId)) === true;
					const usable = CONTROLLED.some((offer) => state[String(email)]?.enabled && state[String(email)].grants[offer] === 'on');
					const holds: { [status: string]: boolean } = {
						ok: offerId === undefined || (isWanted && is === 'on'),
						missing: isWanted && (is === undefined || (is === 'off' && (mayBePaused === true || word === 'notListed'))),
						inactive: isWanted && is === 'off',
						extra: !isWanted && is === 'on',
						unknown: is !== undefined,
						unknownUser: state[String(email)] === undefined,
						noActiveAccess: !usable,
						totals: true,
					};
					if (!holds[String(status)]) wrong.push(`${String(email)} ${String(offerId)} is ${is ?? 'none'}, ${isWanted ? 'wanted' : 'not wanted'}, and said to be ${String(status)}${likely === undefined ? '' : `, likely ${String(likely)}`}`);
				}
				// Nobody who should have something and does not is passed over.
				for (const { email, offers } of wishList) {
					for (const offer of offers) {
						if (state[email] !== undefined && !rows.some((row) => row.email === email && row.offerId === offer)) wrong.push(`${email} ${offer}: nothing is said`);
					}
				}
				expect(wrong).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});
});
