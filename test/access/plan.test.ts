import fc from 'fast-check';
import { checkLosses, countPlan, planAccess, planWithoutComparing, summaryOf, takes, type Facts, type Listing, type Person, type PlanSettings, type PropertyWish, type Reading, type Term } from '../../nodes/Memberspot/access';
import { holdsValue } from '../../nodes/Memberspot/access/plan';
import type { Outcome } from '../../nodes/Memberspot/actions/operation';
import { syncRow } from '../../nodes/Memberspot/actions/syncRows';

const NOW = Date.UTC(2026, 0, 1);
const OFFERS = ['a', 'b', 'c'] as const;
const LISTINGS: Listing[] = ['listedActive', 'listedInactive', 'listed', 'notListed', 'notSettled'];
const READINGS: Reading[] = ['perOffer', 'onlyActive', 'perUser', 'notProven'];

const base: PlanSettings = { controlled: OFFERS, unlisted: 'deactivate', create: false, reading: 'perOffer', mayTry: true, now: NOW, doneBefore: () => false };

function person(listings: { [offer: string]: Listing }, wanted: { [offer: string]: Partial<Term> } | undefined, facts: Partial<Facts> = {}, properties: PropertyWish[] = []): Person {
	return {
		facts: { exists: 'yes', email: 'anna@example.com', listings: new Map(Object.entries(listings)), ...facts },
		wanted: wanted === undefined ? undefined : { items: [0], email: 'anna@example.com', offers: new Map(Object.entries(wanted).map(([offer, term]) => [offer, { active: true, ...term }])), properties },
	};
}

const arbitraryPerson = fc
	.record({
		listings: fc.dictionary(fc.constantFrom(...OFFERS), fc.constantFrom(...LISTINGS)),
		wanted: fc.option(fc.dictionary(fc.constantFrom(...OFFERS), fc.record({ active: fc.boolean(), until: fc.constantFrom(undefined, NOW - 1, NOW, NOW + 1) })), { nil: undefined }),
		exists: fc.constantFrom('yes' as const, 'no' as const, 'unknown' as const),
	})
	.map(({ listings, wanted, exists }) => person(listings, wanted, { exists }));
const arbitrarySettings = fc
	.record({ unlisted: fc.constantFrom('deactivate' as const, 'remove' as const, 'leave' as const), create: fc.boolean(), reading: fc.constantFrom(...READINGS), mayTry: fc.boolean(), done: fc.boolean() })
	.map(({ done, ...settings }): PlanSettings => ({ ...base, ...settings, doneBefore: () => done }));

describe('every plan', () => {
	test('gives before it takes, takes nothing that is wanted, and gives nothing that is not', () => {
		fc.assert(
			fc.property(arbitraryPerson, arbitrarySettings, (who, settings) => {
				const [{ steps, unchanged, unknown, ended }] = planAccess([who], settings);
				const order = steps.map((step) => ({ grant: 0, activate: 0, setProperties: 1, deactivate: 2, remove: 2 })[step.do]);
				expect(order).toEqual([...order].sort());
				for (const step of steps) {
					if (step.do === 'setProperties') continue;
					const term = who.wanted?.offers.get(step.offerId);
					const isWanted = term !== undefined && term.active && !(term.until !== undefined && term.until <= NOW);
					expect([step.do, isWanted]).toEqual([step.do, step.do === 'grant' || step.do === 'activate']);
					expect(settings.controlled).toContain(step.offerId);
				}
				// Each offer has one fate at most.
				const fates = [...steps.map((step) => ('offerId' in step ? step.offerId : '')), ...unchanged, ...unknown.map(({ offerId }) => offerId)];
				expect(new Set(fates).size).toBe(fates.length);
				expect(ended.every((offerId) => (who.wanted?.offers.get(offerId)?.until ?? Infinity) <= NOW)).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});

	test('takes nothing that was not read to its end, and nothing doubtful unless one may be tried', () => {
		fc.assert(
			fc.property(arbitraryPerson, arbitrarySettings, (who, settings) => {
				for (const step of planAccess([who], settings)[0].steps) {
					if (step.do !== 'deactivate' && step.do !== 'remove') continue;
					expect(who.facts.listings.get(step.offerId) ?? 'notSettled').toMatch(/^listed/);
					if (step.do === 'deactivate' && step.doubtful) expect([settings.mayTry, settings.reading]).toEqual([true, 'notProven']);
					if (settings.reading === 'perUser') expect(step.do).toBe('remove');
				}
			}),
			{ numRuns: 2_000 },
		);
	});

	test('is the same for the same facts', () => {
		fc.assert(fc.property(fc.array(arbitraryPerson, { maxLength: 5 }), arbitrarySettings, (people, settings) => expect(planAccess(people, settings)).toEqual(planAccess(people, settings))), { numRuns: 200 });
	});
});

describe('what was done before and left no trace', () => {
	const again: PlanSettings = { ...base, doneBefore: ({ user, offerId }) => user === 'anna@example.com' && offerId === 'a' };

	test.each<[string, Listing, Partial<Term> | undefined, Partial<PlanSettings>, string]>([
		['an access that is to be on is not switched on again', 'listedInactive', {}, {}, 'noEffect'],
		['an access that is to be there is not granted again', 'notListed', {}, {}, 'noEffect'],
		['an access that looks on is not taken away again', 'listedActive', undefined, { reading: 'notProven' }, 'noEffect'],
		['unless the list proves that it is on', 'listedActive', undefined, {}, 'deactivate'],
		['another offer is as ever', 'notListed', undefined, {}, 'nothing'],
	])('%s', (_what, listing, term, settings, expected) => {
		const [plan] = planAccess([person({ a: listing, b: 'notListed', c: 'notListed' }, term === undefined ? {} : { a: term })], { ...again, ...settings });
		expect(plan.steps[0]?.do ?? plan.unknown[0]?.why ?? 'nothing').toBe(expected);
	});
});

describe('properties', () => {
	const wish = (kind: string, value: PropertyWish['value']): PropertyWish => ({ id: 'p', name: 'Property', kind, value });

	test.each<[unknown, string, PropertyWish['value'], boolean]>([
		['5', 'number', '5', true],
		[5, 'number', '5.0', true],
		['', 'number', '0', false],
		['x', 'number', '5', false],
		[true, 'boolean', 'true', true],
		['2026-12-31', 'date', '2026-12-31T00:00:00.000Z', true],
		[{ _seconds: 1_798_675_200 }, 'date', '2026-12-31', true],
		['2026-12-30', 'date', '2026-12-31', false],
		['someday', 'date', 'someday', true],
		['someday', 'date', 'never', false],
		['Gold', 'choice', 'Gold', true],
		['gold', 'text', 'Gold', false],
		[['Gold'], 'text', 'Gold', false],
		[undefined, 'text', 'Gold', false],
		[null, 'text', 'null', false],
	])('%j holds a %s of %j: %s', (stored, kind, value, holds) => {
		expect(holdsValue(stored, wish(kind, value))).toBe(holds);
	});

	test('are sent after what gives, and only where the user is or will be there', () => {
		const company = [wish('text', 'A')];
		const stepsOf = (who: Person, create = true) => planAccess([who], { ...base, create })[0].steps.map((step) => step.do);
		const nowhere = { a: 'notListed', b: 'notListed', c: 'notListed' } as const;
		expect(stepsOf(person(nowhere, { a: {} }, {}, company))).toEqual(['grant', 'setProperties']);
		expect(stepsOf(person(nowhere, {}, { properties: { p: 'A' } }, company))).toEqual([]);
		expect(stepsOf(person(nowhere, {}, { properties: { Property: 'A' } }, company))).toEqual([]);
		expect(stepsOf(person({}, {}, { exists: 'no' }, company))).toEqual([]);
		expect(stepsOf(person({}, { a: {} }, { exists: 'no' }, company))).toEqual(['grant', 'setProperties']);
		expect(stepsOf(person(nowhere, {}, { exists: 'unknown' }, company))).toEqual([]);
	});
});

describe('without comparing', () => {
	test('each listed offer has one step, whatever the facts', () => {
		fc.assert(
			fc.property(arbitraryPerson, fc.boolean(), (who, create) => {
				const [{ steps, unknown, missing }] = planWithoutComparing([who], { create, now: NOW });
				const listed = [...(who.wanted?.offers.keys() ?? [])];
				expect(steps.every((step) => step.do === 'grant' || step.do === 'deactivate')).toBe(true);
				expect(steps.length + unknown.length).toBeLessThanOrEqual(listed.length);
				if (who.facts.exists === 'yes') expect(steps).toHaveLength(listed.length);
				if (who.facts.exists === 'no' && !create) expect(steps).toEqual([]);
				if (missing) expect(who.facts.exists).toBe('no');
			}),
		);
	});
});

describe('counts', () => {
	test('in one line', () => {
		const totals = { users: 12_000, get: 3, lose: 1, properties: 0, unchanged: 11_996, unsure: 0, missing: 0 };
		expect(summaryOf(totals)).toBe('3 get access, 1 loses it, 11,996 unchanged');
		expect(summaryOf({ ...totals, get: 1, lose: 2, properties: 1, missing: 4, unsure: 5 })).toBe(
			'1 gets access, 2 lose it, 1 gets other properties, 4 not in Memberspot, 11,996 unchanged, for 5 of all users the lists do not tell everything',
		);
		expect(summaryOf({ ...totals, properties: 2 })).toContain('2 get other properties');
	});

	test('of a plan, by users', () => {
		const plans = planAccess(
			[
				person({ a: 'listedActive', b: 'notListed', c: 'notListed' }, { b: {} }),
				person({ a: 'listedActive', b: 'notListed', c: 'notListed' }, { a: {} }),
				person({}, { a: {} }, { exists: 'no' }),
				person({ a: 'notSettled' }, { a: {} }),
			],
			base,
		);
		expect(countPlan(plans)).toEqual({ users: 4, get: 1, lose: 1, properties: 0, unchanged: 2, unsure: 1, missing: 1 });
		expect(plans.map(takes)).toEqual([true, false, false, false]);
	});

	test.each([
		[100, 25, {}, true],
		[100, 26, {}, false],
		[100, 26, { most: 30 }, true],
		[20, 10, {}, true],
		[20, 11, {}, false],
		[20, 11, { moreThanHalf: true }, true],
		// Below 20 users only the number counts.
		[19, 19, {}, true],
		[1, 1, { most: 0 }, false],
	])('of %i users %i may lose access with %j: %s', (users, losers, limit, ok) => {
		expect(checkLosses(users, losers, { most: 25, moreThanHalf: false, ...limit }).ok).toBe(ok);
	});
});

test('nothing is granted to somebody who may not exist, unless users are to be created', () => {
	const who = person({ a: 'notListed' }, { a: {} }, { exists: 'unknown' });
	const stepsWith = (create: boolean) => planAccess([who], { ...base, controlled: ['a'], create })[0].steps;
	expect(stepsWith(false)).toEqual([]);
	expect(stepsWith(true)).toEqual([{ do: 'grant', offerId: 'a' }]);
});

test('an offer that an item lists as not active is paused also where offers that are not listed are left', () => {
	const who = person({ a: 'listedActive', b: 'listedActive' }, { a: { active: false } });
	expect(planAccess([who], { ...base, unlisted: 'leave' })[0].steps).toEqual([{ do: 'deactivate', offerId: 'a' }]);
});

test('a row claims no more than its weakest write', () => {
	const facts: Facts = { exists: 'yes', email: 'anna@example.com', listings: new Map() };
	const [plan] = planAccess([{ facts }], base);
	const outcomes = (...all: Outcome[]) => {
		const done = all.map((outcome) => ({ step: { do: 'activate' as const, offerId: 'a' }, outcome }));
		return syncRow({ person: { facts }, otherEmails: [] }, plan, { plan, done, left: [], calls: [] }, { names: new Map(), compared: true, dryRun: false }).outcome;
	};
	expect(outcomes('confirmed', 'unknown', 'accepted')).toBe('unknown');
	expect(outcomes('confirmed', 'accepted')).toBe('accepted');
	expect(outcomes('confirmed')).toBe('confirmed');
	expect(outcomes()).toBe('unchanged');
});
