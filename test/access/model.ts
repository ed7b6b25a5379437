import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { School } from '../stand-in/school';
import type { Grant, SchoolRules } from '../stand-in/types';
import type { Variants } from '../stand-in/variants';

/** The moment at which every modelled school is looked at. */
export const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** The offers of every modelled school. The last two are never controlled. */
export const OFFERS = ['offerA', 'offerB', 'offerC', 'offerX', 'offerY'] as const;
export const CONTROLLED = OFFERS.slice(0, 3);

/** The three readings of `active` that public material allows. */
export const MEANINGS = ['grant', 'user', 'inactiveNotListed'] as const satisfies ReadonlyArray<Variants['active']>;

/** One user of a modelled school. */
export interface ModelUser {
	email: string;
	enabled: boolean;
	/** By offer. */
	grants: { [offerId: string]: 'active' | 'paused' };
	company?: string;
}

/** What should be, for one user of the input. */
export interface ModelWish {
	email: string;
	offers: string[];
	/** Offers that were wanted until a moment that has passed. */
	over: string[];
	company?: string;
}

const grants = (offers: readonly string[]) =>
	fc.array(fc.tuple(fc.constantFrom(...offers), fc.constantFrom('active' as const, 'paused' as const)), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));

/** Users 0 to n-1, of whom some hold offers. */
export const users = (most: number): fc.Arbitrary<ModelUser[]> =>
	fc
		.array(fc.record({ enabled: fc.boolean().chain((usually) => (usually ? fc.constant(true) : fc.boolean())), grants: grants(OFFERS), company: fc.constantFrom(undefined, 'Alpha', 'Beta') }), { minLength: 1, maxLength: most })
		.map((list) => list.map((user, number) => ({ email: `user${number}@example.com`, ...user })));

/** What is wanted for some users of a school, and for some who do not exist. */
export const wishes = (most: number): fc.Arbitrary<ModelWish[]> =>
	fc
		.uniqueArray(
			fc.record({
				number: fc.integer({ min: 0, max: most + 1 }),
				offers: fc.subarray([...CONTROLLED]),
				over: fc.subarray([...CONTROLLED]),
				company: fc.constantFrom(undefined, 'Alpha', 'Beta'),
			}),
			{ minLength: 1, maxLength: most + 2, selector: ({ number }) => number },
		)
		.map((list) => list.map(({ number, offers, over, company }) => ({ email: `user${number}@example.com`, offers: offers.filter((offer) => !over.includes(offer)), over, company })));

const RULES: SchoolRules = { activeAfterTerm: 'turnsFalse', lateDeletion: false, removalDeletesProgress: true };

/** Makes a school of a model. */
export function schoolOf(model: readonly ModelUser[], rules: Partial<SchoolRules> = {}): School {
	const school = new School({ now: () => NOW, sleep: async () => await Promise.resolve() });
	school.configure({ ...RULES, ...rules });
	for (const id of OFFERS) school.offers.push({ id, name: `Name of ${id}`, courseIds: [] });
	school.properties.push({ id: 'propCompany', name: 'Firma', type: 'text' });
	for (const [number, { email, enabled, grants: held, company }] of model.entries()) {
		school.addUser({
			email,
			uid: `uid${number}`,
			enabled,
			grants: Object.entries(held).map(([offerId, state]): Grant => ({ offerId, active: state === 'active' })),
			properties: company === undefined ? undefined : { propCompany: company },
		});
	}

	return school;
}

/** Parameters of Sync Access for each wish. */
export function itemsOf(list: readonly ModelWish[], settings: IDataObject = {}): IDataObject[] {
	return list.map(({ email, offers, over, company }) => ({
		email,
		offersFrom: 'list',
		offerList: [...offers, ...over.map((offer) => ({ offer, until: new Date(NOW - DAY).toISOString() }))],
		controls: 'chosen',
		chosenOffers: { values: CONTROLLED.map((offer) => ({ offer })) },
		...(company === undefined ? {} : { properties: { mappingMode: 'defineBelow', value: { propCompany: company } } }),
		...settings,
		options: { mostLosses: 1_000, moreThanHalf: true, ...(settings.options as IDataObject | undefined) },
	}));
}

/** The state of a school that a sync may touch, for comparison: by user, what is held and whether it is on. */
export function stateOf(school: School): { [email: string]: { enabled: boolean; company: unknown; grants: { [offerId: string]: string } } } {
	const state: ReturnType<typeof stateOf> = {};
	for (const user of school.users()) {
		const held: { [offerId: string]: string } = {};
		for (const grant of user.grants) held[grant.offerId] = held[grant.offerId] === 'on' || grant.active ? 'on' : 'off';
		state[user.email] = { enabled: user.enabled, company: user.properties.propCompany, grants: held };
	}

	return state;
}
