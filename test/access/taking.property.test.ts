import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { syncAccess } from '../../nodes/Memberspot/actions/user/syncAccess.operation';
import { defaultVariants, valuesOf, type Variants } from '../stand-in/variants';
import { CONTROLLED, itemsOf, MEANINGS, schoolOf, stateOf, users, wishes, type ModelUser, type ModelWish } from './model';
import { overWire, type Sent, type WireResult } from './wire';

/**
 * Every way on which Sync Access takes something away:
 *
 * 1. an offer that no item lists, or that is over, of a user in the input: `deactivate` and `remove`;
 * 2. the same of a user whom no item is about, with Take Access Away;
 * 3. the trial, and what follows it, with Try on One User;
 * 4. without comparing: what an item itself says is to be off.
 *
 * For all of them, under all three meanings of `active`: it is sent only to somebody who stands in
 * the list of the offer and should not have it, and the output claims nothing that is not so.
 */
const RUNS = 150;

// Many schools in one test: on a busy machine they take longer than one test may by default.
jest.setTimeout(120_000);

type Meaning = (typeof MEANINGS)[number];
type State = ReturnType<typeof stateOf>;

/** What the user of the node would say who knows what `active` means. */
const TRUE_WORD: { [meaning in Meaning]: string } = { grant: 'listedInactive', user: 'looksActive', inactiveNotListed: 'notListed' };

const unlisted = fc.constantFrom('deactivate' as const, 'remove' as const);
const others = fc.constantFrom(undefined, 'everyone' as const, 'property' as const);

interface Take {
	email: string;
	offerId: string;
	kind: 'deactivate' | 'remove';
}

function takesOf({ writes }: WireResult): Take[] {
	return writes.flatMap(({ id, body }: Sent): Take[] =>
		id !== 'setOfferState' || body?.active === true ? [] : [{ email: String(body?.email), offerId: String(body?.offerId), kind: body?.active === false ? 'deactivate' : 'remove' }],
	);
}

/** Whether the list of an offer holds a user. */
function isListed(model: readonly ModelUser[], { email, offerId }: Take, active: Meaning): boolean {
	return schoolOf(model)
		.page({ offerId }, active, 0, 1_000)
		.users.some((user) => user.email === email);
}

/** Whether a user should not have an offer, by what the input says and who is in scope. */
function isUnwanted(list: readonly ModelWish[], model: readonly ModelUser[], { email, offerId }: Take, scope: 'everyone' | 'property' | undefined): boolean {
	if (!CONTROLLED.some((each) => each === offerId)) return false;
	const wish = list.find((each) => each.email === email);
	if (wish !== undefined) return !wish.offers.includes(offerId);

	return scope === 'everyone' || (scope === 'property' && model.some((user) => user.email === email && user.company === 'Alpha'));
}

function settingsOf(scope: 'everyone' | 'property' | undefined, more: IDataObject): IDataObject {
	return scope === undefined ? more : { ...more, notInInput: 'takeAway', confirmNotInInput: true, limitTo: scope, limitProperty: 'Firma', limitValue: 'Alpha' };
}

async function sync(model: readonly ModelUser[], active: Meaning, items: IDataObject[]): Promise<{ before: State; after: State; result: WireResult; again: WireResult }> {
	const school = schoolOf(model);
	const before = stateOf(school);
	const kept = {};
	const result = await overWire(syncAccess, { school, variants: { active }, items, kept });
	expect([result.errors, result.stopped]).toEqual([[], undefined]);
	const after = stateOf(school);
	const again = await overWire(syncAccess, { school, variants: { active }, items, kept });
	expect(stateOf(school)).toEqual(after);

	return { before, after, result, again };
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What a row says of a user's offers, against what is so. */
function expectNoWrongWord(before: State, after: State, rows: readonly IDataObject[], wishes_: readonly ModelWish[]): void {
	const wrong: string[] = [];
	for (const row of rows) {
		const email = String(row.email);
		const was = before[email]?.grants ?? {};
		const is = after[email]?.grants ?? {};
		const wanted = wishes_.find((wish) => wish.email === email)?.offers ?? [];
		const unknown = list(row.unknown);
		const say = (offers: unknown, holds: (offer: string) => boolean, what: string) => {
			for (const offer of list(offers)) if (!holds(offer)) wrong.push(`${email}: ${what} ${offer}, which was ${was[offer] ?? 'none'} and is ${is[offer] ?? 'none'}`);
		};
		say(row.granted, (offer) => is[offer] === 'on', 'granted');
		say(row.activated, (offer) => is[offer] === 'on', 'activated');
		say(row.deactivated, (offer) => was[offer] !== undefined && is[offer] === 'off', 'deactivated');
		say(row.removed, (offer) => was[offer] !== undefined && is[offer] === undefined, 'removed');
		say(row.unchanged, (offer) => (is[offer] === 'on') === wanted.includes(offer), 'as wanted');
		say(row.notTaken, (offer) => unknown.includes(offer) && was[offer] !== undefined && is[offer] === was[offer] && !wanted.includes(offer), 'not taken');
		// What is not as it should be is said to be unknown.
		for (const offer of CONTROLLED) {
			const isRight = (is[offer] === 'on') === wanted.includes(offer);
			if (!isRight && !unknown.includes(offer) && row.found !== false) wrong.push(`${email}: nothing is said about ${offer}, which is ${is[offer] ?? 'none'}`);
		}
	}
	expect(wrong).toEqual([]);
}

describe.each(MEANINGS)('with active: %s', (active) => {
	test('unless a trial is wished, only what is proven to be in use is paused, and only who is listed loses an offer', async () => {
		let taken = 0;
		await fc.assert(
			fc.asyncProperty(users(7), wishes(5), unlisted, others, async (model, wishList, policy, scope) => {
				const { before, after, result, again } = await sync(model, active, itemsOf(wishList, settingsOf(scope, { unlisted: policy })));
				for (const take of takesOf(result)) {
					taken++;
					expect([take, isListed(model, take, active), isUnwanted(wishList, model, take, scope)]).toEqual([take, true, true]);
					expect(take.kind === 'remove' || policy === 'deactivate').toBe(true);
					// Proof is there only where the lists tell access by access, and then it was in use.
					if (take.kind === 'deactivate') expect([take, active, before[take.email].grants[take.offerId]]).toEqual([take, 'grant', 'on']);
				}
				expectNoWrongWord(before, after, result.rows, wishList);
				expect(takesOf(again)).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
		expect(taken).toBeGreaterThan(0);
	});

	test('a trial, where it is wished, is one request, and all that follows it is as sure', async () => {
		await fc.assert(
			fc.asyncProperty(users(7), wishes(5), others, async (model, wishList, scope) => {
				const { before, after, result, again } = await sync(model, active, itemsOf(wishList, settingsOf(scope, { unlisted: 'deactivate', options: { pausedAccess: 'findOut' } })));
				const takes = takesOf(result);
				for (const take of takes) expect([take, isListed(model, take, active), isUnwanted(wishList, model, take, scope)]).toEqual([take, true, true]);
				const inVain = takes.filter(({ email, offerId }) => before[email].grants[offerId] !== 'on');
				expect(inVain.length).toBeLessThanOrEqual(active === 'user' ? 1 : 0);
				if (active === 'user') expect(takes.length).toBeLessThanOrEqual(1);
				expectNoWrongWord(before, after, result.rows, wishList);
				expect(again.writes).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});

	test('what the user of the node rightly says is enough for all that can be told', async () => {
		await fc.assert(
			fc.asyncProperty(users(7), wishes(5), unlisted, others, async (model, wishList, policy, scope) => {
				const { before, after, result, again } = await sync(model, active, itemsOf(wishList, settingsOf(scope, { unlisted: policy, options: { pausedAccess: TRUE_WORD[active] } })));
				for (const take of takesOf(result)) {
					expect([take, isListed(model, take, active), isUnwanted(wishList, model, take, scope)]).toEqual([take, true, true]);
					if (take.kind === 'deactivate') expect([take, before[take.email].grants[take.offerId]]).toEqual([take, 'on']);
				}
				expectNoWrongWord(before, after, result.rows, wishList);
				if (active !== 'user') expect(result.rows.flatMap(({ unknown }) => list(unknown))).toEqual([]);
				expect(again.writes).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});

	test('without comparing, only what an item itself says is to be off is paused, and nothing is removed', async () => {
		await fc.assert(
			fc.asyncProperty(users(5), wishes(5), unlisted, fc.constantFrom(...valuesOf('unheldOffer')), async (model, wishList, policy, unheldOffer) => {
				const school = schoolOf(model);
				const before = stateOf(school);
				const variants: Partial<Variants> = { active, unheldOffer: unheldOffer as Variants['unheldOffer'] };
				const result = await overWire(syncAccess, { school, variants, items: itemsOf(wishList, { comparing: 'without', unlisted: policy }) });
				for (const { email, offerId, kind } of takesOf(result)) {
					expect([kind, wishList.find((wish) => wish.email === email)?.over]).toEqual(['deactivate', expect.arrayContaining([offerId])]);
				}
				// A refusal (404 for an offer the user does not have) ends what was to be done for its user, and is reported.
				const failed = new Set(result.errors.map(({ item }) => wishList[item].email));
				for (const [email, { grants }] of Object.entries(stateOf(school))) {
					if (failed.has(email)) continue;
					const wish = wishList.find((each) => each.email === email);
					for (const [offer, state] of Object.entries(grants)) {
						if (wish?.over.includes(offer)) expect([email, offer, state]).toEqual([email, offer, 'off']);
						else if (!wish?.offers.includes(offer)) expect([email, offer, state]).toEqual([email, offer, before[email].grants[offer]]);
					}
					for (const offer of Object.keys(before[email]?.grants ?? {})) expect(grants).toHaveProperty(offer);
				}
			}),
			{ numRuns: RUNS },
		);
	});

	test('rows and requests do not depend on the order in which answers come', async () => {
		const sorted = ({ writes }: WireResult) => writes.map(({ path, body }) => JSON.stringify([path, body])).sort();
		await fc.assert(
			fc.asyncProperty(
				users(8),
				wishes(7),
				unlisted,
				others,
				fc.constantFrom(...valuesOf('lookUpPlan')),
				fc.constantFrom(undefined, 1, 2),
				fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 10, maxLength: 40 }),
				async (model, wishList, policy, scope, lookUpPlan, pages, delays) => {
					const items = itemsOf(wishList, settingsOf(scope, { unlisted: policy, ifMissing: 'create', options: { ...(pages === undefined ? {} : { maximumPages: pages }) } }));
					const variants: Partial<Variants> = { ...defaultVariants(), active, lookUpPlan: lookUpPlan as Variants['lookUpPlan'], pageSizeCap: '10' };
					// A bigger school, so that lists have more than one page.
					const crowd: ModelUser[] = Array.from({ length: 25 }, (_, n) => ({ email: `crowd${n}@example.com`, enabled: n % 7 > 0, grants: { offerA: n % 5 > 0 ? 'active' : 'paused', offerB: 'active' } }));
					const runs = [undefined, ({ number }: Sent) => delays[number % delays.length]].map(async (delayMs) => {
						const school = schoolOf([...crowd, ...model]);
						const result = await overWire(syncAccess, { school, variants, items, delayMs });

						// In which order new users are made, and so their UIDs, is of no matter.
						const rows = result.rows.map((row) => ({ ...row, uid: undefined }));

						return { rows, errors: result.errors.map(({ item }) => item), writes: sorted(result), state: stateOf(school) };
					});
					const [steady, shuffled] = await Promise.all(runs);
					expect(shuffled).toEqual(steady);
				},
			),
			{ numRuns: RUNS / 2 },
		);
	});
});
