import { isTake, type ActMemory, type Step, type UserPlan } from '../access';
import { endpoints, failureOf, passOn, RequestFailed, type Answer, type AttemptRecord } from '../transport';
import { emailKey } from '../values/email';
import { isJsonObject } from '../values/json';
import { listingOf } from './access';
import { inParallel } from './inParallel';
import type { Outcome, Run, Scope } from './operation';
import { sendProperties } from './propertyValues';
import { removeWithReadBack } from './remove';
import { answerData, stated } from './write';

/** What became of a step. */
export interface StepDone {
	step: Step;
	outcome: Outcome;
}

/** What became of the plan for one user. */
export interface Applied {
	plan: UserPlan;
	done: StepDone[];
	/** Take-aways that were left out, since the list can't show what comes of them. */
	left: Step[];
	/** The step that failed; those after it were not tried. */
	failure?: { step: Step; error: unknown };
	/** Every request that was sent for this user. */
	calls: AttemptRecord[];
	/** UID from the answer to a grant. */
	uid?: string;
}

/** How a trial take-away showed in the list: as inactive, by not being there any more, not at all, or it could not be looked at. */
type Trial = 'inactive' | 'gone' | 'notShown' | 'notTold';

/** What carrying out a plan is given. */
export interface ApplyOptions {
	memory: ActMemory;
	/** Pages that reading a list back may take. */
	maxPages: number;
	/** The user whose rows are the only proof of what the lists mean. */
	witness?: UserPlan;
}

/** How often a list is read after a trial until the change is believed not to show. */
const LOOKS = 3;
/** Pause before the second and the third look, in milliseconds. */
const PAUSES_MS = [2_000, 5_000];

/**
 * Carries a plan out: first everything that gives, for all users, then what takes away. A failure
 * ends the steps of its user and leaves the others alone; where the node is set to stop on errors,
 * nothing new is started after it.
 *
 * A user whose rows are the only proof comes last, and there what takes comes first: a run that is cut
 * off must leave the proof to the one that is to end its work.
 *
 * Doubtful take-aways begin with one, after which the list is read again. Only when that shows the
 * change are the others made.
 */
export async function applyPlan(run: Run, plans: readonly UserPlan[], options: ApplyOptions): Promise<Applied[]> {
	const applied = plans.map((plan): Applied => ({ plan, done: [], left: [], calls: [] }));
	const width = run.client.settings.maxParallel;
	const stopped = () => run.client.signal?.aborted === true || (run.stopOnError && applied.some(({ failure }) => failure !== undefined));
	const all = applied.filter(({ plan }) => plan.steps.length > 0 && plan !== options.witness);

	await inParallel(all, width, stopped, async (user) => await doSteps(run, user, options, user.plan.steps.filter((step) => !isTake(step))));

	const losing = () => all.filter(({ plan, failure }) => failure === undefined && plan.steps.some(isTake));
	let trial: Trial | undefined;
	for (const user of losing().filter(({ plan }) => plan.steps.some(isDoubtful))) {
		if (trial !== undefined || stopped()) break;
		const step = user.plan.steps.find(isDoubtful);
		if (step === undefined) continue;
		await doSteps(run, user, options, [step]);
		if (user.failure === undefined) trial = await lookAfter(run, user, step.offerId, options.maxPages);
		if (trial === 'inactive') options.memory.reading = 'perOffer';
		if (trial === 'gone') options.memory.reading = 'onlyActive';
		if (trial === 'notShown') options.memory.add({ kind: 'take', user: keyOf(user), offerId: step.offerId }, run.client.clock.now());
	}
	await inParallel(losing(), width, stopped, async (user) => {
		const open = user.plan.steps.filter((step) => isTake(step) && user.done.every((each) => each.step !== step));
		const may = open.filter((step) => !isDoubtful(step) || trial === 'inactive' || trial === 'gone');
		user.left = open.filter((step) => !may.includes(step));
		await doSteps(run, user, options, may);
	});
	const witness = applied.find(({ plan }) => plan === options.witness);
	if (witness !== undefined && !stopped()) await doSteps(run, witness, options, [...witness.plan.steps.filter(isTake), ...witness.plan.steps.filter((step) => !isTake(step))]);

	return applied;
}

function isDoubtful(step: Step): step is Extract<Step, { do: 'deactivate' }> {
	return step.do === 'deactivate' && step.doubtful === true;
}

async function doSteps(run: Run, user: Applied, options: ApplyOptions, steps: readonly Step[]): Promise<void> {
	const call: Scope['call'] = async (endpoint, details = {}) => await run.client.call(endpoint, { ...details, onAttempt: (attempt) => user.calls.push(attempt) });
	for (const step of steps) {
		if (user.failure !== undefined || run.client.signal?.aborted) return;
		try {
			user.done.push({ step, outcome: await doStep(run, call, user, step, options) });
			// Only what was answered: what was lost is to be tried again when the lists do not show it.
			if (step.do === 'grant' || step.do === 'activate') options.memory.add({ kind: 'give', user: keyOf(user), offerId: step.offerId }, run.client.clock.now());
		} catch (error) {
			user.failure = { step, error };
		}
	}
}

function keyOf({ plan }: Applied): string {
	return emailKey(plan.person.facts.email);
}

async function doStep(run: Run, call: Scope['call'], user: Applied, step: Step, options: ApplyOptions): Promise<Outcome> {
	const { email } = user.plan.person.facts;
	switch (step.do) {
		case 'grant': {
			const { offerId, orderId, firstName, lastName } = step;
			const answer = await call(endpoints.grantUserOfferByMail, { body: { email, grantOffer: offerId, firstname: firstName, name: lastName, orderId } });
			const uid = answerData(answer)?.uid;
			if (typeof uid === 'string' && uid !== '') user.uid = uid;

			return stated(answer, email, (data) => typeof data.uid === 'string' && data.uid !== '');
		}
		case 'activate':
		case 'deactivate': {
			const active = step.do === 'activate';
			const answer = await call(endpoints.setOfferState, { body: { email, offerId: step.offerId, active } });

			return stated(answer, email, (data) => data.active === active && data.offerId === step.offerId);
		}
		case 'remove': {
			const sent = await removeWithReadBack(
				async () => await call(endpoints.setOfferState, { body: { email, offerId: step.offerId } }),
				async () => await listingOf(run.school, step.offerId, email, options.maxPages),
			);

			return sent.answered ? 'accepted' : 'unknown';
		}
		default:
			return propertiesOutcome(await sendProperties(run, call, email, step.properties), email, step);
	}
}

function propertiesOutcome(answer: Answer, email: string, { properties }: Extract<Step, { do: 'setProperties' }>): Outcome {
	return stated(answer, email, ({ customUserProperties: stored }) => isJsonObject(stored) && properties.every(({ id, name, value }) => String(stored[id] ?? stored[name]) === String(value)));
}

/** Reads the list again until it shows the take-away, a few times: it may lag behind. */
async function lookAfter(run: Run, user: Applied, offerId: string, maxPages: number): Promise<Trial> {
	for (let look = 0; look < LOOKS; look++) {
		if (look > 0) await run.client.clock.sleep(PAUSES_MS[look - 1], run.client.signal);
		if (run.client.signal?.aborted) return 'notTold';
		try {
			const listing = await listingOf(run.school, offerId, user.plan.person.facts.email, maxPages);
			if (listing.listed === undefined) return 'notTold';
			if (!listing.listed) return 'gone';
			if (listing.active === false) return 'inactive';
		} catch (error) {
			// The take-away itself was fine. That it can't be looked at only means that it proves nothing.
			if (!(error instanceof RequestFailed)) throw passOn(error);
			return 'notTold';
		}
	}

	return 'notShown';
}

/** The failure of a user, with what had been done before it and what was not tried. */
export function failureOfUser({ plan, done, failure }: Applied, describe: (step: Step) => string): unknown {
	const known = failureOf(failure?.error);
	if (failure === undefined || known === undefined) return failure?.error;

	const open = plan.steps.filter((step) => step !== failure.step && done.every((each) => each.step !== step));
	const parts = [
		`This was about ${plan.person.facts.email}: ${describe(failure.step)}.`,
		done.length === 0 ? '' : `Done before: ${done.map(({ step }) => describe(step)).join(', ')}.`,
		open.length === 0 ? '' : `Not tried: ${open.map(describe).join(', ')}.`,
		known.note ?? '',
	];

	return new RequestFailed({ ...known, note: parts.filter((part) => part !== '').join(' ') });
}
