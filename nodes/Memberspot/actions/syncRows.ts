import type { IDataObject } from 'n8n-workflow';
import { takes, type Person, type Step, type Subject, type UserPlan } from '../access';
import type { Offer } from '../school';
import type { Applied } from './applyAccess';
import type { Outcome } from './operation';

/** What a row needs beside the plan. */
export interface RowContext {
	/** Names of the offers, by id. */
	names: ReadonlyMap<string, string>;
	compared: boolean;
	dryRun: boolean;
}

/** Names of offers by id. */
export function namesOf(offers: readonly Offer[]): ReadonlyMap<string, string> {
	return new Map(offers.map(({ id, name }) => [id, name]));
}

/**
 * The row of one user.
 *
 * In a dry run, and for users left out by Only the First Users, the steps say what would be done.
 *
 * @param applied left out where nothing was carried out
 */
export function syncRow(subject: Subject, plan: UserPlan, applied: Applied | undefined, context: RowContext): IDataObject {
	const { facts, wanted } = subject.person;
	const left = new Set(applied?.left ?? []);
	const done = applied?.done ?? [];
	const shown = applied === undefined && context.dryRun ? plan.steps : done.map(({ step }) => step);
	const uid = facts.uid ?? applied?.uid;
	const isNew = facts.exists === 'no' && shown.some((step) => step.do === 'grant');
	const leftOffers = plan.steps.filter((step) => left.has(step)).flatMap(offerOf);
	const unknown = [...plan.unknown.map(({ offerId }) => offerId), ...leftOffers];
	const notTaken = [...plan.unknown.filter(({ wanted: isWanted, likelyRight }) => !isWanted && !likelyRight).map(({ offerId }) => offerId), ...leftOffers];
	const noEffect = plan.unknown.filter(({ why }) => why === 'noEffect').map(({ offerId }) => offerId);

	return {
		email: facts.email,
		...(uid === undefined ? {} : { uid }),
		...(subject.otherEmails.length === 0 ? {} : { emailDiffers: true, otherEmails: [...subject.otherEmails] }),
		...(wanted === undefined ? { inInput: false } : {}),
		...(isNew ? { created: true } : facts.exists === 'no' ? { found: false } : {}),
		granted: offersOf(shown, 'grant'),
		activated: offersOf(shown, 'activate'),
		deactivated: offersOf(shown, 'deactivate'),
		removed: offersOf(shown, 'remove'),
		propertiesChanged: shown.flatMap((step) => (step.do === 'setProperties' ? step.properties.map(({ name }) => name) : [])),
		unchanged: [...plan.unchanged],
		unknown,
		...(notTaken.length === 0 ? {} : { notTaken }),
		...(noEffect.length === 0 ? {} : { noEffect }),
		...(plan.ended.length === 0 ? {} : { ended: [...plan.ended] }),
		...(plan.missing ? { missing: true } : {}),
		changed: done.length > 0,
		...(done.length === 0 && plan.steps.some((step) => !left.has(step)) ? { wouldChange: true } : {}),
		outcome: outcomeOf(done.map(({ outcome }) => outcome)),
		steps: plan.steps.filter((step) => !left.has(step)).map((step) => stepRow(step, context.names)),
		calls: applied?.calls.length ?? 0,
		compared: context.compared,
		before: context.compared ? listingsOf(subject.person) : 'notRead',
	};
}

function offerOf(step: Step): string[] {
	return step.do === 'setProperties' ? [] : [step.offerId];
}

function offersOf(steps: readonly Step[], kind: Step['do']): string[] {
	return steps.filter((step) => step.do === kind).flatMap(offerOf);
}

/** The weakest of the outcomes: a row must not claim more than its weakest write. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
	for (const weak of ['unknown', 'accepted'] as const) if (outcomes.includes(weak)) return weak;

	return outcomes.length === 0 ? 'unchanged' : 'confirmed';
}

/** How the user stood in the lists, for those the user was in. */
function listingsOf({ facts }: Person): string {
	if (facts.exists === 'no') return 'userNotFound';
	const parts = [...facts.listings].filter(([, listing]) => listing !== 'notListed').map(([offerId, listing]) => `${offerId}: ${listing}`);

	return parts.length > 0 ? parts.join('; ') : 'notListed';
}

function stepRow(step: Step, names: ReadonlyMap<string, string>): IDataObject {
	if (step.do === 'setProperties') return { do: step.do, properties: Object.fromEntries(step.properties.map(({ name, value }) => [name, value])) };

	return {
		do: step.do,
		offerId: step.offerId,
		offer: names.get(step.offerId) ?? step.offerId,
		...(step.do === 'deactivate' && step.doubtful === true ? { afterTrial: true } : {}),
	};
}

/** A step in words, for errors. */
export function describeStep(step: Step, names: ReadonlyMap<string, string>): string {
	if (step.do === 'setProperties') return `set ${step.properties.map(({ name }) => name).join(', ')}`;

	return `${step.do} ${names.get(step.offerId) ?? step.offerId}`;
}

/** A plan as data, for the details of a refused run: those who would lose access first. At most `most` users. */
export function planRows(plans: readonly UserPlan[], names: ReadonlyMap<string, string>, most: number): IDataObject[] {
	const changing = plans.filter(({ steps }) => steps.length > 0);

	return [...changing.filter(takes), ...changing.filter((plan) => !takes(plan))]
		.slice(0, most)
		.map(({ person, steps }) => ({ email: person.facts.email, steps: steps.map((step) => stepRow(step, names)) }));
}
