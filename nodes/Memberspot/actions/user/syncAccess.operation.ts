import type { INodeProperties } from 'n8n-workflow';
import {
	ActMemory,
	checkLosses,
	countPlan,
	Directory,
	findOthers,
	findPeople,
	gives,
	HALF_RULE_FROM,
	hasProperty,
	isTake,
	learnReading,
	locate,
	locateByAddress,
	planAccess,
	planWithoutComparing,
	summaryOf,
	takes,
	type Learned,
	type LossCheck,
	type Member,
	type People,
	type PlanSettings,
	type Reading,
	type Step,
	type Subject,
	type Unlisted,
	type UserPlan,
} from '../../access';
import { keepEmailCase } from '../../descriptions';
import { failureOf, InputError, passOn } from '../../transport';
import { emailKey } from '../../values/email';
import { hintReading, maximumPagesPerOffer, mayTry, pausedAccess, readMaxPages, readSaid } from '../accessReading';
import { applyPlan, failureOfUser, type Applied } from '../applyAccess';
import { bulkOperation, type Entry, type Report, type Run } from '../operation';
import type { Params } from '../params';
import { findProperty, propertyMapper } from '../propertyValues';
import { describeStep, namesOf, planRows, syncRow, type RowContext } from '../syncRows';
import { askedFor, namesOffers, newUserDetails, readAskedUser, userEmailField, type AskedUser } from '../userWish';
import { chosenOfferFields, idsOf, offerFinder, readChosenOffers, wantedOfferFields, type OfferName } from '../wantedOffers';

/** What holds for the whole run, and must be the same for all items. */
interface Settings {
	compare: boolean;
	/** Undefined for all offers. */
	controlled?: OfferName[];
	unlisted: Unlisted;
	create: boolean;
	/** Who else loses what is not wanted; undefined for nobody. */
	others?: { limit: 'everyone' } | { limit: 'property'; property: string; value: string };
}

interface Input {
	asked: AskedUser;
	settings: Settings;
}

/** Users that one run may take access from, where the user of the node sets no other number. */
const DEFAULT_LOSSES = 25;
/** Users shown in the details of a refused run. */
const SHOWN_PLANS = 500;
const NAMED_USERS = 10;
const CONTROLS = 'Offers This Sync Controls';

const fields: INodeProperties[] = [
	userEmailField,
	...wantedOfferFields,
	...chosenOfferFields({ name: 'controls', displayName: CONTROLS, description: 'The offers that may be given and taken. All others are never touched.' }),
	{
		displayName: 'If an Offer Is Not Listed',
		name: 'unlisted',
		type: 'options',
		default: 'deactivate',
		description: 'What to do with an offer that this sync controls, and the user has, and no item for the user lists',
		options: [
			{ name: 'Deactivate', value: 'deactivate', description: 'Pause the access. Course progress is kept.' },
			{ name: 'Leave', value: 'leave', description: 'Take nothing away' },
			{ name: 'Remove Permanently', value: 'remove', description: 'Take the offer away for good. Course progress may be lost. Needs Full Access in the credential.' },
		],
	},
	{
		displayName: 'If User Does Not Exist',
		name: 'ifMissing',
		type: 'options',
		default: 'report',
		description: 'What to do when Memberspot has no user with this e-mail',
		options: [
			{ name: 'Create', value: 'create', description: 'Create the user with the first offer. Memberspot may send its welcome e-mail; the API has no known way to stop it.' },
			{ name: 'Report', value: 'report', description: 'Send nothing for this user, and say so' },
		],
	},
	{
		displayName: 'Users Not in the Input',
		name: 'notInInput',
		type: 'options',
		default: 'leave',
		description: 'What to do with users who have an offer that this sync controls, and whom no item is about',
		options: [
			{ name: 'Leave Alone', value: 'leave', description: 'Only users in the input are ever changed' },
			{ name: 'Take Access Away', value: 'takeAway', description: 'They lose the offers that this sync controls. Only together with Limit To.' },
		],
	},
	{
		displayName: 'Limit To',
		name: 'limitTo',
		type: 'options',
		default: 'property',
		description: 'Which users not in the input may lose access',
		options: [
			{ name: 'All Users of These Offers', value: 'everyone', description: 'Everybody who has an offer that this sync controls' },
			{ name: 'Users With a Property Value', value: 'property', description: 'Only users with a certain value in a custom property, for example one company' },
		],
		displayOptions: { show: { notInInput: ['takeAway'] } },
	},
	{
		displayName: 'Property Name or ID',
		name: 'limitProperty',
		type: 'options',
		default: '',
		description:
			'The custom property that sets the users apart. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		typeOptions: { loadOptionsMethod: 'getProperties' },
		displayOptions: { show: { notInInput: ['takeAway'], limitTo: ['property'] } },
	},
	{
		displayName: 'Property Value',
		name: 'limitValue',
		type: 'string',
		default: '',
		placeholder: 'e.g. Example GmbH',
		description: 'Users whose property has exactly this value may lose access',
		displayOptions: { show: { notInInput: ['takeAway'], limitTo: ['property'] } },
	},
	{
		displayName: 'Confirm for Users Not in the Input',
		name: 'confirmNotInInput',
		type: 'boolean',
		default: false,
		description: 'Whether users whom no item is about may lose access. Without this switch the run is refused, so that a short list from elsewhere does not take access from everybody else.',
		displayOptions: { show: { notInInput: ['takeAway'] } },
	},
	{
		displayName: 'Comparing',
		name: 'comparing',
		type: 'options',
		default: 'compare',
		description: 'Whether to look at what users have before anything is sent',
		options: [
			{ name: 'Compare First', value: 'compare', description: 'Read the lists of the offers, and send only what differs' },
			{
				name: 'Without Comparing',
				value: 'without',
				description: 'For single events: one request for each offer that is listed, and no list is read. Offers that are not listed are left alone, and nothing is removed.',
			},
		],
	},
	{ ...propertyMapper, description: 'Values the custom properties of the user should have. Only values that differ are sent; empty values never are.' },
	newUserDetails,
];

const options: INodeProperties[] = [
	{
		displayName: 'Allow More Than Half',
		name: 'moreThanHalf',
		type: 'boolean',
		default: false,
		description: `Whether more than half of the users may lose access. Otherwise a run about ${HALF_RULE_FROM} users or more is refused then. Read from the first item.`,
	},
	keepEmailCase,
	maximumPagesPerOffer,
	{
		displayName: 'Maximum Users to Lose Access',
		name: 'mostLosses',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_LOSSES,
		description: 'If more users would lose access, the whole run is refused before anything is sent. Read from the first item.',
	},
	{
		displayName: 'Only the First Users',
		name: 'onlyFirst',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Change only this many users, in the order of the input, for a careful start. With 0 all are changed. Read from the first item.',
	},
	pausedAccess,
	{
		displayName: 'Repeat Without Effect',
		name: 'repeatWithoutEffect',
		type: 'boolean',
		default: false,
		description:
			'Whether to give access again that an earlier run gave and that the lists do not show as active since, for example because its term has ended in Memberspot. Otherwise it is reported only. Read from the first item.',
	},
];

/**
 * Makes users have exactly the offers they should have, with as few requests as that takes.
 *
 * What users have is known only from the lists of the offers. Those are read first, everything is
 * planned, the plan is checked against the limits, and only then is anything sent.
 */
export const syncAccess = bulkOperation<Input>({
	value: 'syncAccess',
	name: 'Sync Access',
	action: 'Sync access of users to exactly these offers',
	description: 'Make users have exactly the offers they should have, and send only what differs',
	builderHint: 'Use to keep course access in step with a CRM or shop: one item for each user, with all offers the user should have. Start with Dry Run.',
	fields,
	options,
	endpoints: ['listUsers', 'findUserByMail', 'listOffers', 'grantUserOfferByMail', 'setOfferState', 'setCustomUserProperties', 'listCustomUserProperties'],
	access: ({ settings }) => (settings.unlisted === 'remove' ? 'full' : 'write'),
	writes: true,
	read: (params) => ({ settings: readSettings(params), asked: readAskedUser(params) }),
	async run(run, entries, report) {
		const settings = sameForAll(entries);
		const sync = await readEverything(run, entries, settings);
		const plans = planAll(run, sync, settings, sync.learned?.reading);
		const chosen = chosenOf(plans, run.options.limit('onlyFirst', 'Only the First Users', { min: 0 }) ?? 0);

		if (!refuseIfTooMany(run, chosen, sync, entries, report)) return;
		// What can't be used of the input fails its own items, and those are told before anything is sent.
		const problems = [...sync.people.problems].sort(([one], [other]) => one - other);
		for (const [item, error] of problems) report({ item, error });
		if (run.stopOnError && problems.length > 0) return;

		const results = run.dryRun ? new Map<UserPlan, Applied>() : await carryOut(run, sync, plans, chosen);
		if (!run.dryRun) await takeWhatIsProvenNow(run, entries, settings, sync, plans, results);
		const done = plans.map((plan) => results.get(plan)?.plan ?? plan);
		const judged = judgeAgain(run, sync, settings, done);
		const last = run.itemCount - 1;
		for (const [place, subject] of sync.subjects.entries()) {
			reportUser({ subject, plan: judged[place], applied: results.get(plans[place]), isLeftOut: !chosen.has(plans[place]) }, sync.rows, last, report);
		}
		close(run, sync, done.filter((_plan, place) => chosen.has(plans[place])), judged, last, report);
	},
});

function readSettings(params: Params): Settings {
	const compare = params.choice('comparing', 'Comparing', ['compare', 'without'] as const, 'compare') === 'compare';
	const settings: Settings = {
		compare,
		controlled: readChosenOffers(params, 'controls', CONTROLS),
		unlisted: params.choice('unlisted', 'If an Offer Is Not Listed', ['deactivate', 'leave', 'remove'] as const, 'deactivate'),
		create: params.choice('ifMissing', 'If User Does Not Exist', ['report', 'create'] as const, 'report') === 'create',
	};
	if (params.choice('notInInput', 'Users Not in the Input', ['leave', 'takeAway'] as const, 'leave') === 'leave') return settings;

	if (!compare) throw new InputError('Users Not in the Input can not lose access without comparing', 'Set Comparing to Compare First, or leave users who are not in the input alone');
	if (params.executesOnce) {
		throw new InputError('With Execute Once the node gets the first item only, and everybody else would count as not in the input', 'Turn Execute Once off in the settings of the node, or leave users who are not in the input alone');
	}
	if (!params.boolean('confirmNotInInput', 'Confirm for Users Not in the Input', false)) {
		throw new InputError('Users whom no item is about would lose access, and that is not confirmed', 'Turn on Confirm for Users Not in the Input, or set Users Not in the Input to Leave Alone');
	}
	if (params.choice('limitTo', 'Limit To', ['property', 'everyone'] as const, 'property') === 'everyone') return { ...settings, others: { limit: 'everyone' } };

	const property = params.text('limitProperty', 'Property');
	const value = params.text('limitValue', 'Property Value');
	if (property === undefined || value === undefined) throw new InputError('Limit To needs a property and its value', 'Choose the property, and give the value that the users have');

	return { ...settings, others: { limit: 'property', property, value } };
}

/** @throws InputError when an expression gives other settings for some items */
function sameForAll(entries: Array<Entry<Input>>): Settings {
	const [{ input: { settings } }] = entries;
	const text = JSON.stringify(settings);
	const other = entries.find(({ input }) => JSON.stringify(input.settings) !== text);
	if (other !== undefined) {
		throw new InputError(`The settings of item ${other.item} differ from those of the first item`, 'Offers This Sync Controls and the other settings hold for the whole run. Give each item its own e-mail and offers only');
	}

	return settings;
}

/** Everything that was read, before anything is planned. */
interface Sync {
	controlled: readonly string[];
	subjects: readonly Subject[];
	people: People;
	rows: RowContext;
	/** What the lists mean; undefined without comparing. */
	learned?: Learned;
	memory: ActMemory;
	maxPages: number;
}

async function readEverything(run: Run, entries: Array<Entry<Input>>, settings: Settings): Promise<Sync> {
	const { school } = run;
	// Without comparing the offers are read only where a name has to be found.
	const offers = settings.compare || entries.some(({ input }) => namesOffers(input.asked)) ? await school.offers() : undefined;
	const controlled = settings.compare ? idsOf(offers ?? [], settings.controlled) : [];
	const asked = await askedFor(
		school,
		entries.map(({ item, input }) => ({ item, asked: input.asked })),
		offers === undefined ? ({ value }) => value : offerFinder(offers),
		settings.compare ? new Set(controlled) : undefined,
	);

	const maxPages = readMaxPages(run.options, asked.length);
	const directory = new Directory(school, maxPages);
	const others = settings.others;
	const people = await findPeople(directory, asked, controlled, async (seekers) =>
		settings.compare ? await locate(directory, seekers, controlled, others !== undefined) : await locateByAddress(directory, seekers),
	);
	const alsoConcerned = others === undefined || !isWholeInput(run, entries) ? [] : findOthers(directory, people.mentioned, controlled, await scopeOf(run, others));

	const memory = new ActMemory(settings.compare ? run.kept.read() : undefined, run.client.credential.keyHash);
	const learned = settings.compare ? await learnReading(directory, readSaid(run.options), memory.reading) : undefined;
	if (learned?.proven === true) memory.reading = 'perOffer';

	return {
		controlled,
		people,
		subjects: [...people.subjects, ...alsoConcerned],
		rows: { names: namesOf(offers ?? []), compared: settings.compare, dryRun: run.dryRun },
		learned,
		memory,
		maxPages,
	};
}

/** An item that can't be read is about somebody, and it can't be told about whom: then nobody is "not in the input". */
function isWholeInput(run: Run, entries: Array<Entry<Input>>): boolean {
	const unread = run.itemCount - entries.length;
	if (unread > 0) run.hint(`${unread} items could not be read, so nothing is taken from users who are not in the input.`);

	return unread === 0;
}

async function scopeOf(run: Run, others: NonNullable<Settings['others']>): Promise<(member: Member) => boolean> {
	// Without an address nothing can be sent for a member.
	if (others.limit === 'everyone') return ({ email }) => email !== '';
	const property = findProperty(await run.school.properties(), others.property);

	return (member) => member.email !== '' && hasProperty(member, property, others.value);
}

function planAll(run: Run, { subjects, learned, memory, controlled }: Sync, settings: Settings, reading: Reading | undefined): UserPlan[] {
	const people = subjects.map(({ person }) => person);
	const now = run.client.clock.now();
	if (learned === undefined || reading === undefined) return planWithoutComparing(people, { create: settings.create, now });

	const repeat = run.options.boolean('repeatWithoutEffect', 'Repeat Without Effect', false);
	const planned: PlanSettings = {
		controlled,
		unlisted: settings.unlisted,
		create: settings.create,
		reading,
		mayTry: mayTry(run.options),
		now,
		doneBefore: (act) => !(repeat && act.kind === 'give') && memory.has(act),
	};
	const plans = planAccess(people, planned);
	// An earlier trial that left no trace tells that another one would leave none either.
	const triedInVain = plans.some(({ unknown }) => unknown.some(({ why, wanted }) => why === 'noEffect' && !wanted));

	return triedInVain ? planAccess(people, { ...planned, mayTry: false }) : plans;
}

/**
 * The same plans, told by what the run has learned in the end: a trial may have shown what the lists
 * mean, and then less is unknown than it was before.
 */
function judgeAgain(run: Run, sync: Sync, settings: Settings, plans: readonly UserPlan[]): readonly UserPlan[] {
	const { learned, memory } = sync;
	if (learned === undefined || memory.reading === undefined || memory.reading === learned.reading) return plans;

	const again = planAll(run, sync, settings, memory.reading);

	return plans.map((plan, place) => {
		const { unchanged, unknown, steps } = again[place];
		const acted = offersOf(plan.steps);
		const open = offersOf(steps);
		// What could be done now, and was not, is as unknown as it was.
		const left = plan.unknown.filter(({ offerId }) => open.has(offerId));

		return { ...plan, unchanged: unchanged.filter((offerId) => !acted.has(offerId)), unknown: [...left, ...unknown].filter(({ offerId }) => !acted.has(offerId)) };
	});
}

function offersOf(steps: readonly Step[]): ReadonlySet<string> {
	return new Set(steps.flatMap((step) => (step.do === 'setProperties' ? [] : [step.offerId])));
}

/**
 * Looks once more where something was held back and something was given: a user who was inactive and
 * got another offer can be the proof that was missing. Without this look the next run would find it,
 * and a second run is to find nothing left to do.
 *
 * Adds what it took to `results`.
 */
async function takeWhatIsProvenNow(run: Run, entries: Array<Entry<Input>>, settings: Settings, sync: Sync, plans: readonly UserPlan[], results: Map<UserPlan, Applied>): Promise<void> {
	const first = [...results.values()];
	const isOpen = sync.learned?.reading === 'notProven' && sync.memory.reading === undefined && !mayTry(run.options);
	const hasFailed = run.stopOnError && first.some(({ failure }) => failure !== undefined);
	if (!isOpen || hasFailed || !plans.some(keepsUnwanted) || !first.some(({ done }) => gives({ steps: done.map(({ step }) => step) }))) return;

	const later = await readAgain(run, entries, settings);
	if (later?.learned === undefined || later.learned.reading === 'notProven') return;

	const byUser = new Map(planAll(run, later, settings, later.learned.reading).map((plan) => [emailKey(plan.person.facts.email), plan]));
	const pairs = first.flatMap((applied) => {
		const plan = byUser.get(emailKey(applied.plan.person.facts.email));
		if (plan === undefined || applied.failure !== undefined || !takes(plan)) return [];

		return [{ applied, plan: { ...plan, steps: plan.steps.filter(isTake) } }];
	});
	const losers = new Set([...first.filter(({ plan }) => takes(plan)), ...pairs.map(({ applied }) => applied)]).size;
	const { check, told } = judgeLosses(run, first.length, losers);
	if (!check.ok) {
		run.hint(`What was given proves more of what is in use, but ${told}. Those who were not sure before keep theirs.`);
		return;
	}
	sync.memory.reading = later.memory.reading;
	keep(run, sync.memory);
	const taken = await applyPlan(run, pairs.map(({ plan }) => plan), { memory: sync.memory, maxPages: sync.maxPages });
	for (const [place, { applied }] of pairs.entries()) results.set(applied.plan, joined(applied, taken[place]));
}

/** Reads everything again. That it fails only means that nothing more is known than before. */
async function readAgain(run: Run, entries: Array<Entry<Input>>, settings: Settings): Promise<Sync | undefined> {
	try {
		return await readEverything(run, entries, settings);
	} catch (error) {
		if (failureOf(error) === undefined || failureOf(error)?.kind === 'cancelled') throw passOn(error);

		return undefined;
	}
}

/** What was done for one user in two goes. */
function joined(before: Applied, after: Applied): Applied {
	return { ...before, plan: { ...before.plan, steps: [...before.plan.steps, ...after.plan.steps] }, done: [...before.done, ...after.done], failure: after.failure, calls: [...before.calls, ...after.calls] };
}

/** The plans that may be carried out: all, or those of the first users that need a change. */
function chosenOf(plans: readonly UserPlan[], onlyFirst: number): ReadonlySet<UserPlan> {
	const left = new Set(onlyFirst === 0 ? [] : plans.filter(({ steps }) => steps.length > 0).slice(onlyFirst));

	return new Set(plans.filter((plan) => !left.has(plan)));
}

/**
 * Refuses a run that would take access from too many, with the plan in the details of the first item.
 * A dry run is let through, since it shows just that.
 *
 * @returns false when the run was refused
 */
function refuseIfTooMany(run: Run, chosen: ReadonlySet<UserPlan>, { rows }: Sync, entries: Array<Entry<Input>>, report: Report): boolean {
	const plans = [...chosen];
	const { check, told } = judgeLosses(run, plans.length, plans.filter(takes).length);
	if (check.ok) return true;

	if (run.dryRun) {
		run.hint(`Without Dry Run this would be refused: ${told}.`);
		return true;
	}
	const number = (count: number) => count.toLocaleString('en-US');
	const losers = plans.filter(takes).map(({ person }) => person.facts.email);
	const named = `${losers.slice(0, NAMED_USERS).join(', ')}${losers.length > NAMED_USERS ? ` and ${number(losers.length - NAMED_USERS)} more` : ''}`;
	const message = `${told}. Nothing was changed`;
	const step = `Check the input, or allow more in the options. They would be: ${named}`;
	const [first, ...others] = entries;
	report({ item: first.item, error: new InputError(message, step, { users: check.losers, summary: summaryOf(countPlan(plans)), plan: planRows(plans, rows.names, SHOWN_PLANS) }) });
	for (const { item } of others) report({ item, error: new InputError(message, `${step}. The plan is in the details of item ${first.item}`, { users: check.losers }) });

	return false;
}

/** Holds the number of users who would lose access against the limits, and says in words what is wrong with it. */
function judgeLosses(run: Run, users: number, losers: number): { check: LossCheck; told: string } {
	const most = run.options.limit('mostLosses', 'Maximum Users to Lose Access', { min: 0 }) ?? DEFAULT_LOSSES;
	const moreThanHalf = run.options.boolean('moreThanHalf', 'Allow More Than Half', false);
	const check = checkLosses(users, losers, { most, moreThanHalf });
	const number = (count: number) => count.toLocaleString('en-US');
	const told =
		!check.ok && check.reason === 'moreThanHalf'
			? `${number(losers)} of ${number(users)} users would lose access, which is more than half`
			: `${number(losers)} users would lose access, but at most ${number(most)} may`;

	return { check, told };
}

/** Carries the plans out, and keeps what is worth remembering whatever happens. */
async function carryOut(run: Run, sync: Sync, plans: readonly UserPlan[], chosen: ReadonlySet<UserPlan>): Promise<Map<UserPlan, Applied>> {
	try {
		forgetWhatShows(sync, plans, sync.memory);
		const applied = await applyPlan(run, [...chosen], { memory: sync.memory, maxPages: sync.maxPages, witness: witnessToKeep(sync.learned, [...chosen]) });
		hintTrial(run, applied);

		return new Map(applied.map((each) => [each.plan, each]));
	} finally {
		if (sync.rows.compared) keep(run, sync.memory);
	}
}

/** The plan to be carried out last since its user is the only proof; undefined where the proof outlasts the run anyway. */
function witnessToKeep(learned: Learned | undefined, plans: readonly UserPlan[]): UserPlan | undefined {
	const changed = plans.filter(({ person, steps }) => steps.length > 0 && learned?.witnesses.has(emailKey(person.facts.email)));
	if (learned === undefined || changed.length < learned.witnesses.size || !plans.some(takes)) return undefined;

	return changed.find((plan) => !takes(plan)) ?? changed[0];
}

/** Says the whole run in one line; in a dry run also as the last row. */
function close(run: Run, { learned, memory }: Sync, chosen: readonly UserPlan[], judged: readonly UserPlan[], last: number, report: Report): void {
	const totals = { ...countPlan(chosen), unsure: countPlan(judged).unsure };
	const summary = summaryOf(totals);
	if (learned !== undefined) hintReading(run, { ...learned, reading: memory.reading ?? learned.reading }, readSaid(run.options), totals.unsure, mayTry(run.options) ? 0 : judged.filter(keepsUnwanted).length);
	run.hint(run.dryRun ? `Dry run: ${summary}.` : `Planned and carried out: ${summary}.`);
	if (run.dryRun) report({ item: last, json: { summary, totals, outcome: 'unchanged' } });
}

/** Whether a user may keep what is not wanted, since the lists do not tell. */
function keepsUnwanted({ unknown }: UserPlan): boolean {
	return unknown.some(({ wanted, likelyRight, why }) => !wanted && !likelyRight && why === 'notTold');
}

/** What the lists show as wanted needs no memory any more. */
function forgetWhatShows({ controlled, subjects }: Sync, plans: readonly UserPlan[], memory: ActMemory): void {
	if (memory.size === 0) return;
	for (const [place, { person }] of subjects.entries()) {
		const held = new Map(plans[place].unknown.filter(({ why }) => why === 'noEffect').map(({ offerId, wanted }) => [offerId, wanted ? 'give' : 'take']));
		for (const offerId of controlled) {
			if ((person.facts.listings.get(offerId) ?? 'notSettled') === 'notSettled') continue;
			for (const kind of ['give', 'take'] as const) {
				if (held.get(offerId) !== kind) memory.forget({ kind, user: emailKey(person.facts.email), offerId });
			}
		}
	}
}

function keep(run: Run, memory: ActMemory): void {
	const text = memory.toText();
	if (run.kept.read() !== text) run.kept.write(text);
}

function hintTrial(run: Run, applied: readonly Applied[]): void {
	const left = applied.filter(({ left: steps }) => steps.length > 0).length;
	if (left === 0) return;
	run.hint(
		`Access of one user was paused, and the list still shows it like before, so it can not be told for ${left.toLocaleString('en-US')} other users whether theirs is in use. It was not taken away, and is marked as unknown.`,
	);
}

/** What there is to say about one user. */
interface UserReport {
	subject: Subject;
	plan: UserPlan;
	/** Left out in a dry run. */
	applied?: Applied;
	isLeftOut: boolean;
}

function reportUser({ subject, plan, applied, isLeftOut }: UserReport, rows: RowContext, last: number, report: Report): void {
	const [first = last, ...others] = subject.person.wanted?.items ?? [];
	const calls = applied?.calls ?? [];
	if (applied?.failure !== undefined) {
		const error = failureOfUser(applied, (step) => describeStep(step, rows.names));
		for (const item of [first, ...others]) report({ item, error }, calls);
		return;
	}
	// After a failure with Stop, or a cancelled execution, those not finished are not reported.
	if (applied !== undefined && !isFinished(applied)) return;

	const json = { ...syncRow(subject, plan, applied, rows), ...(isLeftOut && plan.steps.length > 0 ? { skipped: true } : {}) };
	report({ item: first, json }, calls);
	for (const item of others) report({ item, json: { ...json, mergedWith: first } }, calls);
}

function isFinished({ plan, done, left }: Applied): boolean {
	return plan.steps.every((step) => left.includes(step) || done.some((each) => each.step === step));
}
