import type { IDataObject } from 'n8n-workflow';
import { syncAccess } from '../../nodes/Memberspot/actions/user/syncAccess.operation';
import type { School } from '../stand-in/school';
import { CONTROLLED, itemsOf, MEANINGS, schoolOf, stateOf, type ModelUser, type ModelWish } from './model';
import { overWire, type Sent } from './wire';

// Some hundred runs in a test: on a busy machine they take longer than one test may by default.
jest.setTimeout(120_000);

/** A school in which a sync has everything to do that it can do. */
const MODEL: ModelUser[] = [
	// Proof, where the lists tell access by access: paused for one offer, active for another.
	{ email: 'user0@example.com', enabled: true, grants: { offerA: 'paused', offerB: 'active' }, company: 'Alpha' },
	{ email: 'user1@example.com', enabled: true, grants: { offerA: 'active', offerX: 'active' } },
	{ email: 'user2@example.com', enabled: true, grants: { offerB: 'paused', offerC: 'active' } },
	{ email: 'user3@example.com', enabled: true, grants: {} },
	// Not in the input, and in the scope of those who lose what is not wanted.
	{ email: 'user4@example.com', enabled: true, grants: { offerC: 'active', offerY: 'paused' }, company: 'Alpha' },
	{ email: 'user5@example.com', enabled: false, grants: { offerA: 'active' }, company: 'Beta' },
];

const WISHES: ModelWish[] = [
	{ email: 'user0@example.com', offers: ['offerA', 'offerB'], over: [], company: 'Beta' },
	{ email: 'user1@example.com', offers: [], over: ['offerA'] },
	{ email: 'user2@example.com', offers: ['offerB'], over: [] },
	{ email: 'user3@example.com', offers: ['offerA'], over: [], company: 'Alpha' },
	{ email: 'user9@example.com', offers: ['offerB', 'offerC'], over: [], company: 'Alpha' },
];

const SCOPE = { notInInput: 'takeAway', confirmNotInInput: true, limitTo: 'property', limitProperty: 'Firma', limitValue: 'Alpha', ifMissing: 'create' };

const SETTINGS: Array<[name: string, settings: IDataObject]> = [
	['only what is proven', { unlisted: 'deactivate' }],
	['with a trial', { unlisted: 'deactivate', options: { pausedAccess: 'findOut' } }],
	['removing', { unlisted: 'remove' }],
];

/** What a request does, in a word. */
function kindOf({ id, body }: Sent, before: School): string {
	if (id === 'grantUserOfferByMail') return before.user(String(body?.email)) === undefined ? 'create' : 'grant';
	if (id !== 'setOfferState') return id;

	return body?.active === true ? 'activate' : body?.active === false ? 'deactivate' : 'remove';
}

/** What the user of the node would say who knows what `active` means. */
const TRUE_WORD = { grant: 'listedInactive', user: 'looksActive', inactiveNotListed: 'notListed' } as const;

const seen = new Set<string>();

describe.each(MEANINGS)('with active: %s', (active) => {
	test.each([...SETTINGS, ['told what is so', { unlisted: 'deactivate', options: { pausedAccess: TRUE_WORD[active] } }] as const])('%s: cut off before or after any request and run again, a sync ends where it would have', async (_name, settings) => {
		const items = itemsOf(WISHES, { ...SCOPE, ...settings });
		const run = async (school: School, more: Partial<Parameters<typeof overWire>[1]> = {}) => await overWire(syncAccess, { school, variants: { active }, items, kept: {}, ...more });

		const undisturbed = schoolOf(MODEL);
		const { sent, errors, stopped } = await run(undisturbed);
		expect([errors, stopped]).toEqual([[], undefined]);
		const wanted = stateOf(undisturbed);
		for (const request of sent) seen.add(kindOf(request, schoolOf(MODEL)));

		for (let cut = 0; cut < sent.length; cut++) {
			for (const fate of ['killBefore', 'killAfter'] as const) {
				const school = schoolOf(MODEL);
				const killed = await run(school, { fate: ({ number }) => (number === cut ? fate : undefined) });
				expect(killed.killed).toBe(true);
				// As far as it came, nothing wrong was done: what is wanted was not taken.
				for (const { email, offers } of WISHES) {
					const was = stateOf(schoolOf(MODEL))[email]?.grants ?? {};
					for (const offer of offers) if (was[offer] === 'on') expect([cut, fate, email, offer, stateOf(school)[email].grants[offer]]).toEqual([cut, fate, email, offer, 'on']);
				}
				// n8n keeps nothing of a run that it did not end.
				const kept = {};
				await run(school, { kept });
				expect([cut, fate, stateOf(school)]).toEqual([cut, fate, wanted]);
				expect((await run(school, { kept })).writes).toEqual([]);
				for (const user of school.users()) expect(new Set(user.grants.map(({ offerId }) => offerId)).size).toBe(user.grants.length);
			}
		}
	});
});

test('every kind of request was cut', () => {
	expect([...seen].sort()).toEqual(
		['activate', 'create', 'deactivate', 'findUserByMail', 'grant', 'listCustomUserProperties', 'listOffers', 'listUsers', 'remove', 'setCustomUserProperties'].sort(),
	);
	expect(CONTROLLED).toHaveLength(3);
});
