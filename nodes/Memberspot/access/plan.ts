import { emailKey } from '../values/email';
import { apiMoment } from '../values/scalar';
import { judge, type Listing, type Reading, type Standing } from './standing';
import type { PropertyWish, Term, Wanted } from './wish';

/** What the sync does about offers that are controlled, and not wanted for a user. */
export type Unlisted = 'deactivate' | 'remove' | 'leave';

/** One request that is planned for a user. */
export type Step =
	| { do: 'grant'; offerId: string; orderId?: string; firstName?: string; lastName?: string }
	| { do: 'activate'; offerId: string }
	/** `doubtful`: the list shows the access as active, but does not prove it. Done only after a trial. */
	| { do: 'deactivate'; offerId: string; doubtful?: boolean }
	| { do: 'remove'; offerId: string }
	| { do: 'setProperties'; properties: readonly PropertyWish[] };

/** An act on one offer of one user, as it is remembered between runs. */
export interface Act {
	kind: 'give' | 'take';
	/** Key of the user's e-mail, which is what writes are addressed to. */
	user: string;
	offerId: string;
}

/** The settings of a run that decide what is planned. */
export interface PlanSettings {
	/** The offers the sync may touch. */
	controlled: readonly string[];
	unlisted: Unlisted;
	/** Whether users that do not exist are created. */
	create: boolean;
	reading: Reading;
	/** Whether one doubtful access may be taken away to see how that shows in the list; only where nothing is proven. */
	mayTry: boolean;
	/** Milliseconds since 1970. */
	now: number;
	/** Whether an earlier run did this already. An act that left no trace in the lists is not repeated. */
	doneBefore(act: Act): boolean;
}

/** What was read about a user. */
export interface Facts {
	/** Whether Memberspot has the user. */
	exists: 'yes' | 'no' | 'unknown';
	uid?: string;
	/** As Memberspot writes it; where the user is not there, as given. */
	email: string;
	/** By offer id, for every controlled offer. */
	listings: ReadonlyMap<string, Listing>;
	/** Custom properties by id or name, where a record of the user was read. */
	properties?: { readonly [key: string]: unknown };
}

/** A user, what is wanted, and what is there. */
export interface Person {
	facts: Facts;
	/** Undefined for a user who is not in the input: then no controlled offer is wanted. */
	wanted?: Wanted;
}

/** Why an offer of a user is left as it is although it may be wrong. */
export type Doubt =
	/** The lists do not tell whether the access is in use. */
	| 'notTold'
	/** The list was not read to its end. */
	| 'notRead'
	/** An earlier run did what is needed, and the lists do not show it. */
	| 'noEffect';

/** What is planned for one user. */
export interface UserPlan {
	person: Person;
	/** In the order in which they are done: what gives comes before what takes. */
	steps: readonly Step[];
	/** Offers that are as wanted. */
	unchanged: readonly string[];
	/** Offers of which it can't be told whether they are as wanted. Nothing is done about them. */
	unknown: ReadonlyArray<{ offerId: string; why: Doubt; wanted: boolean; likelyRight: boolean }>;
	/** Offers whose `until` has passed. */
	ended: readonly string[];
	/** Whether something is wanted for a user who is not there and is not to be created. */
	missing: boolean;
}

/** Counts of a plan, by users. */
export interface PlanTotals {
	users: number;
	get: number;
	lose: number;
	properties: number;
	unchanged: number;
	unsure: number;
	missing: number;
}

/**
 * Plans what has to be done so that users have the offers they should have. Pure: reads nothing,
 * sends nothing, and gives the same plan for the same facts.
 *
 * Where the facts do not tell, nothing is taken. Doubtful take-aways are planned only with `mayTry`,
 * and carried out only after one of them has shown that it can be told.
 */
export function planAccess(people: readonly Person[], settings: PlanSettings): UserPlan[] {
	return people.map((person) => planPerson(person, settings));
}

function planPerson(person: Person, settings: PlanSettings): UserPlan {
	const gives: Step[] = [];
	const takes: Step[] = [];
	const unchanged: string[] = [];
	const unknown: Array<UserPlan['unknown'][number]> = [];
	const ended: string[] = [];
	let missing = false;

	for (const offerId of settings.controlled) {
		const term = person.wanted?.offers.get(offerId);
		const over = hasEnded(term, settings.now);
		if (over) ended.push(offerId);
		const wanted = term !== undefined && term.active && !over;
		const decision = decide({ person, offerId, term, wanted, settings });
		if (decision.kind === 'give') gives.push(decision.step);
		else if (decision.kind === 'take') takes.push(decision.step);
		else if (decision.kind === 'unknown') unknown.push({ offerId, wanted, ...decision.doubt });
		else if (decision.kind === 'missing') missing = true;
		// What is neither wanted nor there is not worth a word.
		else if (wanted || isListed(person.facts.listings.get(offerId))) unchanged.push(offerId);
	}
	const named = withNames(person, gives);
	const properties = propertySteps(person, named.length > 0);
	if (properties === 'missing') missing = true;

	return { person, steps: [...named, ...(properties === 'missing' ? [] : properties), ...takes], unchanged, unknown, ended, missing };
}

/**
 * Plans without having compared: one write for each offer an item lists, whatever its state may be.
 * What is not listed is left alone, and nothing is removed.
 */
export function planWithoutComparing(people: readonly Person[], settings: Pick<PlanSettings, 'create' | 'now'>): UserPlan[] {
	return people.map((person) => {
		const gives: Step[] = [];
		const takes: Step[] = [];
		const ended: string[] = [];
		const unknown: Array<UserPlan['unknown'][number]> = [];
		const { exists } = person.facts;
		let missing = false;
		for (const [offerId, term] of person.wanted?.offers ?? []) {
			const over = hasEnded(term, settings.now);
			if (over) ended.push(offerId);
			if (!term.active || over) {
				if (exists !== 'no') takes.push({ do: 'deactivate', offerId });
			} else if (exists === 'yes' || settings.create) gives.push({ do: 'grant', offerId, orderId: term.orderId });
			else if (exists === 'no') missing = true;
			else unknown.push({ offerId, why: 'notTold', wanted: true, likelyRight: false });
		}
		const named = withNames(person, gives);
		const properties = propertySteps(person, named.length > 0);
		if (properties === 'missing') missing = true;

		return { person, steps: [...named, ...(properties === 'missing' ? [] : properties), ...takes], unchanged: [], unknown, ended, missing };
	});
}

interface Question {
	person: Person;
	offerId: string;
	term: Term | undefined;
	wanted: boolean;
	settings: PlanSettings;
}

type Decision =
	| { kind: 'give' | 'take'; step: Step }
	| { kind: 'nothing' }
	| { kind: 'missing' }
	| { kind: 'unknown'; doubt: { why: Doubt; likelyRight: boolean } };

function decide(question: Question): Decision {
	const { person, offerId, wanted, settings } = question;
	if (person.facts.exists === 'no') {
		if (!wanted) return { kind: 'nothing' };

		return settings.create ? give(question, 'grant') : { kind: 'missing' };
	}
	const standing = judge(person.facts.listings.get(offerId) ?? 'notSettled', settings.reading);

	return wanted ? decideWanted(question, standing) : decideUnwanted(question, standing);
}

function decideWanted(question: Question, standing: Standing): Decision {
	const { person, settings } = question;
	if (standing.active === 'yes') return { kind: 'nothing' };
	// Switching on what is wanted does no harm where it is on already, and a late payer must get in.
	const mayBeOff = standing.likely === 'inactive' && settings.reading === 'notProven';
	if (standing.active === 'unknown' && !mayBeOff) return doubt(standing, standing.likely === 'active');
	if (standing.holds === 'yes') return give(question, 'activate');
	// Nothing is granted to somebody who may not exist, unless users are to be created anyway.
	if (person.facts.exists === 'unknown' && !settings.create) return doubt(standing, false);

	return give(question, 'grant');
}

function give(question: Question, how: 'grant' | 'activate'): Decision {
	const { person, offerId, term, settings } = question;
	// An access whose term has ended in Memberspot looks like a paused one, or is not listed. Granted
	// or switched on again it may stay so: then it must not happen again with every run.
	if (settings.doneBefore({ kind: 'give', user: emailKey(person.facts.email), offerId })) return { kind: 'unknown', doubt: { why: 'noEffect', likelyRight: false } };

	return { kind: 'give', step: how === 'activate' ? { do: 'activate', offerId } : { do: 'grant', offerId, orderId: term?.orderId } };
}

function decideUnwanted(question: Question, standing: Standing): Decision {
	const { offerId, term, settings, person } = question;
	const policy = term !== undefined && !term.active && settings.unlisted === 'leave' ? 'deactivate' : settings.unlisted;
	if (policy === 'leave') return { kind: 'nothing' };
	if (policy === 'remove') {
		// Listed is held, under every reading. What is not listed can't be seen, and gives no access.
		if (standing.holds === 'yes') return { kind: 'take', step: { do: 'remove', offerId } };

		return standing.active === 'no' ? { kind: 'nothing' } : doubt(standing, false);
	}
	if (standing.active === 'no') return { kind: 'nothing' };
	if (standing.active === 'yes') return { kind: 'take', step: { do: 'deactivate', offerId } };
	if (standing.likely !== 'active') return doubt(standing, standing.likely === 'inactive');
	// Taken away before, and listed as if it were not: it may be paused already.
	if (settings.doneBefore({ kind: 'take', user: emailKey(person.facts.email), offerId })) return { kind: 'unknown', doubt: { why: 'noEffect', likelyRight: false } };

	return settings.mayTry && settings.reading === 'notProven' ? { kind: 'take', step: { do: 'deactivate', offerId, doubtful: true } } : doubt(standing, false);
}

function doubt(standing: Standing, likelyRight: boolean): Decision {
	return { kind: 'unknown', doubt: { why: standing.listing === 'notSettled' ? 'notRead' : 'notTold', likelyRight } };
}

function isListed(listing: Listing | undefined): boolean {
	return listing === 'listed' || listing === 'listedActive' || listing === 'listedInactive';
}

/** Whether the time for which an offer is wanted is over. */
export function hasEnded(term: Term | undefined, now: number): boolean {
	return term?.until !== undefined && term.until <= now;
}

/** A new user gets the names with the first grant, which creates the account. Existing names are never sent. */
function withNames({ facts, wanted }: Person, gives: Step[]): Step[] {
	if (facts.exists !== 'no' || wanted === undefined) return gives;
	const { firstName, lastName } = wanted;

	return gives.map((step, place) => (place === 0 && step.do === 'grant' ? { ...step, firstName, lastName } : step));
}

function propertySteps({ facts, wanted }: Person, isGiven: boolean): Step[] | 'missing' {
	if (wanted === undefined || wanted.properties.length === 0) return [];
	if (facts.exists === 'no' && !isGiven) return 'missing';
	if (facts.exists === 'unknown' && !isGiven) return [];
	const stored = facts.properties ?? {};
	const changes = wanted.properties.filter((wish) => !holdsValue(stored[wish.id] ?? stored[wish.name], wish));

	return changes.length === 0 ? [] : [{ do: 'setProperties', properties: changes }];
}

/**
 * Whether a stored value is the one that is wished. In which form the API gives values back is not
 * known, so numbers are compared as numbers and dates as moments: otherwise "5" and 5 would be
 * written again with every run.
 */
export function holdsValue(stored: unknown, wish: Pick<PropertyWish, 'kind' | 'value'>): boolean {
	if (stored === undefined || stored === null) return false;
	if (wish.kind === 'date' && apiMoment(stored) === apiMoment(wish.value)) return apiMoment(stored) !== undefined || stored === wish.value;
	if (typeof stored === 'object') return false;
	if (wish.kind === 'number' && String(stored).trim() !== '' && Number(stored) === Number(wish.value)) return true;

	return String(stored) === String(wish.value);
}

/** Whether a plan gives the user access. */
export function gives({ steps }: Pick<UserPlan, 'steps'>): boolean {
	return steps.some((step) => step.do === 'grant' || step.do === 'activate');
}

/** Whether a plan takes access from the user, for sure or perhaps. */
export function takes({ steps }: Pick<UserPlan, 'steps'>): boolean {
	return steps.some(isTake);
}

/** Whether a step takes access away. */
export function isTake(step: Step): step is Extract<Step, { do: 'deactivate' | 'remove' }> {
	return step.do === 'deactivate' || step.do === 'remove';
}

/** Counts the users of a plan. */
export function countPlan(plans: readonly UserPlan[]): PlanTotals {
	const totals: PlanTotals = { users: plans.length, get: 0, lose: 0, properties: 0, unchanged: 0, unsure: 0, missing: 0 };
	for (const plan of plans) {
		if (gives(plan)) totals.get++;
		if (takes(plan)) totals.lose++;
		if (plan.steps.some((step) => step.do === 'setProperties')) totals.properties++;
		if (plan.missing) totals.missing++;
		else if (plan.steps.length === 0) totals.unchanged++;
		if (plan.unknown.length > 0) totals.unsure++;
	}

	return totals;
}

/** A plan in one line: "3 get access, 1 loses it, 11,996 unchanged". */
export function summaryOf(totals: PlanTotals): string {
	const number = (count: number) => count.toLocaleString('en-US');
	const parts = [`${number(totals.get)} ${totals.get === 1 ? 'gets' : 'get'} access`, `${number(totals.lose)} ${totals.lose === 1 ? 'loses' : 'lose'} it`];
	if (totals.properties > 0) parts.push(`${number(totals.properties)} ${totals.properties === 1 ? 'gets' : 'get'} other properties`);
	if (totals.missing > 0) parts.push(`${number(totals.missing)} not in Memberspot`);
	parts.push(`${number(totals.unchanged)} unchanged`);
	if (totals.unsure > 0) parts.push(`for ${number(totals.unsure)} of all users the lists do not tell everything`);

	return parts.join(', ');
}

/** What the limit on taking away says about a plan. */
export type LossCheck = { ok: true } | { ok: false; losers: number; reason: 'tooMany' | 'moreThanHalf' };

/** From this many users on a run may not take access from more than half of them. */
export const HALF_RULE_FROM = 20;

/**
 * Checks how many users would lose access.
 *
 * @param users users in scope, those that stay as they are included
 */
export function checkLosses(users: number, losers: number, limit: { most: number; moreThanHalf: boolean }): LossCheck {
	if (losers > limit.most) return { ok: false, losers, reason: 'tooMany' };
	if (!limit.moreThanHalf && users >= HALF_RULE_FROM && losers > users / 2) return { ok: false, losers, reason: 'moreThanHalf' };

	return { ok: true };
}
