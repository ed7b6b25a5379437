import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { failureOf } from '../../nodes/Memberspot/transport';
import { syncAccess } from '../../nodes/Memberspot/actions/user/syncAccess.operation';
import type { School } from '../stand-in/school';
import { CONTROLLED, itemsOf, MEANINGS, OFFERS, schoolOf, stateOf, users, wishes, type ModelUser, type ModelWish } from './model';
import { overWire, type Fate, type WireResult } from './wire';

/** Cases tried for each property. The whole file is to end within half a minute on two cores. */
const RUNS = 80;

// Many schools in one test: on a busy machine they take longer than one test may by default.
jest.setTimeout(120_000);

const settings = fc.record({
	unlisted: fc.constantFrom('deactivate' as const, 'remove' as const, 'leave' as const),
	ifMissing: fc.constantFrom('report' as const, 'create' as const),
	options: fc.constantFrom({}, { pausedAccess: 'findOut' }),
});
type Chosen = { unlisted: 'deactivate' | 'remove' | 'leave'; ifMissing: 'report' | 'create'; options?: IDataObject };
const TRYING = { pausedAccess: 'findOut' };
type State = ReturnType<typeof stateOf>;

/** A run of Sync Access, which is expected to go through. */
async function sync(school: School, active: (typeof MEANINGS)[number], items: IDataObject[], kept: { text?: string }): Promise<WireResult> {
	const result = await overWire(syncAccess, { school, variants: { active }, items, kept });
	expect(result.errors).toEqual([]);
	expect(result.stopped).toBeUndefined();

	return result;
}

/** Offers that a row says can't be told. */
function unknownOf(result: WireResult, email: string): ReadonlySet<string> {
	const row = result.rows.find((each) => each.email === email);

	return new Set(Array.isArray(row?.unknown) ? row.unknown.map(String) : []);
}

/**
 * What must be true of every pair after a sync, whatever `active` means.
 *
 * @param failed users whose steps were broken off: for them only that nothing went the wrong way
 */
function expectRight(before: State, after: State, list: readonly ModelWish[], set: Chosen, result: WireResult, failed: ReadonlySet<string> = new Set()): void {
	const wished = new Map(list.map((wish) => [wish.email, wish]));
	const wrong: string[] = [];
	for (const email of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const wish = wished.get(email);
		const was = before[email]?.grants ?? {};
		const is = after[email]?.grants ?? {};
		const unknown = failed.has(email) ? new Set<string>(CONTROLLED) : unknownOf(result, email);
		for (const offer of OFFERS) {
			const must = (holds: boolean, rule: string) => {
				if (!holds) wrong.push(`${email} ${offer}: ${was[offer] ?? 'none'} to ${is[offer] ?? 'none'}, but ${rule}`);
			};
			if (wish === undefined || !CONTROLLED.some((each) => each === offer)) must(is[offer] === was[offer], 'it is not to be touched');
			else if (wish.offers.includes(offer)) {
				must(was[offer] !== 'on' || is[offer] === 'on', 'what is wanted is never taken');
				must(is[offer] === 'on' || unknown.has(offer) || (before[email] === undefined && set.ifMissing === 'report'), 'it is wanted');
			} else {
				must(was[offer] === 'on' || is[offer] !== 'on', 'what is not wanted is never given');
				must(set.unlisted !== 'leave' || is[offer] === was[offer], 'nothing is to be taken');
				must(is[offer] !== 'on' || unknown.has(offer) || set.unlisted === 'leave', 'it is not wanted');
				must(set.unlisted !== 'deactivate' || (is[offer] === undefined) === (was[offer] === undefined), 'pausing does not remove');
			}
		}
		const company = wish?.company === undefined || after[email] === undefined ? before[email]?.company : wish.company;
		if (!failed.has(email) && after[email]?.company !== company) wrong.push(`${email}: the property is ${String(after[email]?.company)}`);
		if ((after[email]?.enabled ?? true) !== (before[email]?.enabled ?? true)) wrong.push(`${email}: the account was switched`);
	}
	expect(wrong).toEqual([]);
}

/** How many pairs and properties differ between two moments. */
function differences(before: State, after: State): number {
	let count = 0;
	for (const [email, { grants, company }] of Object.entries(after)) {
		for (const offer of OFFERS) if (before[email]?.grants[offer] !== grants[offer]) count++;
		if (company !== before[email]?.company) count++;
	}

	return count;
}

/** Whether the lists of the controlled offers can prove that `active` speaks of the access. */
function isProvable(model: readonly ModelUser[]): boolean {
	return model.some(({ grants }) => {
		const states = Object.entries(grants);

		return states.some(([offer, state]) => state === 'paused' && CONTROLLED.some((each) => each === offer)) && states.some(([, state]) => state === 'active');
	});
}

describe.each(MEANINGS)('with active: %s', (active) => {
	test('the end is as wanted, nothing else is touched, and the second run sends nothing', async () => {
		await fc.assert(
			fc.asyncProperty(users(6), wishes(6), settings, async (model, list, set) => {
				const school = schoolOf(model);
				const before = stateOf(school);
				const kept = {};
				const items = itemsOf(list, set);
				const result = await sync(school, active, items, kept);
				const after = stateOf(school);
				expectRight(before, after, list, set, result);

				// As many requests as differences. Only where the lists do not show what is on, some may find it so already.
				const WITHOUT_EFFECT = 1 + model.filter(({ enabled }) => !enabled).length * CONTROLLED.length;
				const trials = result.writes.length - differences(before, after);
				expect(trials).toBeGreaterThanOrEqual(0);
				expect(trials).toBeLessThanOrEqual(active === 'user' ? WITHOUT_EFFECT : 0);

				const again = await sync(school, active, items, kept);
				expect(again.writes).toEqual([]);
				expect(stateOf(school)).toEqual(after);
				// A third time, when the memory of the first run has been gone through.
				expect((await sync(school, active, items, kept)).writes).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});

	test('users not in the input lose what is not wanted, within the limit only', async () => {
		await fc.assert(
			fc.asyncProperty(users(7), wishes(3), fc.constantFrom('everyone', 'property'), fc.constantFrom({}, TRYING), async (model, list, limitTo, options) => {
				const school = schoolOf(model);
				const before = stateOf(school);
				const set: Chosen = { unlisted: 'deactivate', ifMissing: 'report' };
				const items = itemsOf(list, { ...set, notInInput: 'takeAway', confirmNotInInput: true, limitTo, limitProperty: 'Firma', limitValue: 'Alpha', options });
				const kept = {};
				const result = await sync(school, active, items, kept);
				const inScope = model.filter(({ email, company }) => list.every((wish) => wish.email !== email) && (limitTo === 'everyone' || company === 'Alpha'));
				const all = [...list, ...inScope.map(({ email }) => ({ email, offers: [], over: [] }))];
				expectRight(before, stateOf(school), all, set, result);
				expect(result.links.filter(({ json }) => json.inInput === false).every(({ item }) => item === list.length - 1)).toBe(true);
				expect((await sync(school, active, items, kept)).writes).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});

	test('a run that ends after any request, and is repeated, ends like one that was not disturbed', async () => {
		await fc.assert(
			fc.asyncProperty(users(4), wishes(4), settings, async (model, list, set) => {
				const items = itemsOf(list, set);
				const undisturbed = schoolOf(model);
				const { sent } = await sync(undisturbed, active, items, {});
				const wanted = stateOf(undisturbed);
				for (let cut = 0; cut < sent.length; cut++) {
					for (const fate of ['killBefore', 'killAfter'] as const) {
						const school = schoolOf(model);
						const killed = await overWire(syncAccess, { school, variants: { active }, items, kept: {}, fate: ({ number }) => (number === cut ? fate : undefined) });
						expect(killed.killed).toBe(true);
						await sync(school, active, items, {});
						expect(stateOf(school)).toEqual(wanted);
					}
				}
			}),
			{ numRuns: Math.ceil(RUNS / 8) },
		);
	});

	test('faults at random requests fail their users only, and repeating the run mends it', async () => {
		const fates = fc.array(
			fc.tuple(
				fc.integer({ min: 0, max: 40 }),
				fc.constantFrom<Fate>({ status: 500 }, { status: 400 }, { status: 503 }, { status: 429, retryAfter: '2' }, 'lostBefore', 'lostAfter', 'htmlAfter'),
			),
			{ minLength: 1, maxLength: 6 },
		);
		await fc.assert(
			fc.asyncProperty(users(5), wishes(5), settings, fates, async (model, list, set, planned) => {
				const school = schoolOf(model);
				const before = stateOf(school);
				const kept = {};
				const items = itemsOf(list, set);
				const faults = new Map(planned);
				const faulty = await overWire(syncAccess, { school, variants: { active }, items, kept, fate: ({ number }) => faults.get(number) });
				const between = stateOf(school);
				// A list that can't be read stops everything before the first write.
				if (faulty.stopped !== undefined) {
					expect(failureOf(faulty.stopped)).toBeDefined();
					expect(between).toEqual(before);
				} else expectRight(before, between, list, set, faulty, new Set(faulty.errors.map(({ item }) => list[item].email)));

				const clean = await sync(school, active, items, kept);
				const after = stateOf(school);
				expectRight(before, after, list, set, clean);
				// However often an answer was lost, nobody holds the same offer twice.
				for (const user of school.users()) expect(new Set(user.grants.map(({ offerId }) => offerId)).size).toBe(user.grants.length);
				expect((await sync(school, active, items, kept)).writes).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
	});
});

test.each(['grant', 'inactiveNotListed'] as const)('with active: %s everything ends exactly as wanted, where one may be tried', async (active) => {
	await fc.assert(
		fc.asyncProperty(users(6), wishes(6), settings, async (model, list, set) => {
			const school = schoolOf(model);
			await sync(school, active, itemsOf(list, { ...set, options: TRYING }), {});
			const after = stateOf(school);
			for (const { email, offers } of list) {
				if (after[email] === undefined) continue;
				for (const offer of CONTROLLED) {
					const isOn = after[email].grants[offer] === 'on';
					if (offers.includes(offer)) expect([email, offer, isOn]).toEqual([email, offer, true]);
					else if (set.unlisted !== 'leave') expect([email, offer, isOn]).toEqual([email, offer, false]);
				}
			}
		}),
		{ numRuns: RUNS },
	);
});

test('where a row proves what active means, nothing is left unknown', async () => {
	await fc.assert(
		fc.asyncProperty(
			users(6).filter((model) => isProvable(model)),
			wishes(6),
			settings,
			async (model, list, set) => {
				const result = await sync(schoolOf(model), 'grant', itemsOf(list, set), {});
				expect(result.rows.flatMap((row) => row.unknown)).toEqual([]);
			},
		),
		{ numRuns: RUNS },
	);
});
