import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { openSchool, type School } from '../school';
import {
	connect,
	failureOf,
	InputError,
	passOn,
	systemClock,
	toNodeError,
	type Client,
	type Clock,
} from '../transport';
import { LARGEST_STATE } from './codec';
import { compose } from './compose';
import { adapt, compare, isListed, judge } from './diff';
import { watchKey, type Watch } from './events';
import { costName, oneAtATime, PollMemory, type Note } from './memory';
import { sampleEvents } from './sample';
import { readPollSettings, type PollSettings } from './settings';
import {
	emptyState,
	schoolMark,
	type People,
	type Saved,
	type State,
	type Unfinished,
} from './state';
import { openStore, type Store } from './store';
import { sweep, type SweepResult, type WholeSweep } from './sweep';

/** What a poll depends on beside n8n; tests bring their own. */
export interface PollParts {
	clock: Clock;
	memory: PollMemory;
	/** Largest state that n8n is given, in characters. */
	largestState: number;
}

/** The memory of this process. */
export const processMemory = new PollMemory();
const processParts: PollParts = {
	clock: systemClock,
	memory: processMemory,
	largestState: LARGEST_STATE,
};

/** n8n's own budget where the context does not tell one (before 2.41), in milliseconds. */
const USUAL_BUDGET_MS = 300_000;
/** n8n's timer is not exact: a poll that comes this much too early is taken. */
const TIMER_SLACK_MS = 30_000;
/** A sweep that was begun longer ago is begun again: how long a place in a list stays good is not known. */
const OLDEST_UNFINISHED_MS = 6 * 3_600_000;

/**
 * One poll: reads the lists that are watched, compares them with the last state, and returns what
 * happened since.
 *
 * @throws NodeApiError or NodeOperationError; the state is left as it was then
 */
export async function pollMemberspot(
	context: IPollFunctions,
	parts = processParts,
): Promise<INodeExecutionData[][] | null> {
	try {
		const events =
			context.getMode() === 'manual'
				? await sampleRun(context, parts)
				: await realRun(context, parts);

		return events.length === 0 ? null : [events.map((json) => ({ json }))];
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

/** A run by hand in the editor: shows what events look like, and leaves the state alone. */
async function sampleRun(context: IPollFunctions, { clock }: PollParts): Promise<IDataObject[]> {
	const settings = readPollSettings((name) => context.getNodeParameter(name, null));
	const school = openSchool(await connect(context, { settings: settings.client, clock }));

	return await sampleEvents(
		school,
		{ ...settings, watch: await fullWatch(settings, school) },
		clock.now(),
	);
}

async function realRun(context: IPollFunctions, parts: PollParts): Promise<IDataObject[]> {
	const { clock, memory } = parts;
	const note = memory.of(context.getWorkflow().id ?? '', context.getNode().id);
	const events = await oneAtATime(note, clock.now(), async () => {
		const settings = readPollSettings((name) => context.getNodeParameter(name, null));
		const budgetMs = context.getPollBudgetMs?.() ?? USUAL_BUDGET_MS;
		const giveUpAfterMs = Math.min(settings.client.giveUpAfterMs ?? budgetMs, budgetMs);
		const client = await connect(context, {
			settings: { ...settings.client, giveUpAfterMs },
			clock,
		});

		return await new Poll(
			settings,
			client,
			parts,
			note,
			openStore(context, note),
			clock.now() + budgetMs,
		).run();
	});

	return events ?? [];
}

/** The watch with the filter's offer as an id. */
async function fullWatch({ watch, filterOffer }: PollSettings, school: School): Promise<Watch> {
	return filterOffer === undefined
		? watch
		: { ...watch, offerId: await school.offerId(filterOffer) };
}

/** Failures after which an unfinished sweep can't be gone on with: its place in the list is gone. */
const PLACE_LOST = new Set(['invalid', 'notFound', 'pagingRepeats', 'unexpectedAnswer']);

class Poll {
	private readonly school: School;
	private readonly mark: string;
	private readonly now: number;
	/** What is watched with which key, as the settings say it. */
	private readonly what: string;

	constructor(
		private readonly settings: PollSettings,
		client: Client,
		private readonly parts: PollParts,
		private readonly note: Note,
		private readonly store: Store,
		private readonly deadline: number,
	) {
		this.school = openSchool(client);
		this.mark = schoolMark(client.credential.keyHash);
		this.now = parts.clock.now();
		this.what = JSON.stringify([watchKey(settings.watch), settings.filterOffer ?? 0, this.mark]);
	}

	async run(): Promise<IDataObject[]> {
		const saved = this.store.read() ?? {};
		if (!this.isDue(saved)) return [];
		try {
			const events = await this.readAndCompare(saved);
			this.note.failure = undefined;

			return events;
		} catch (error) {
			this.note.failure = { at: this.now, what: this.what };
			throw passOn(error);
		}
	}

	/**
	 * Whether it is time. The first poll, one with changed settings and one that goes on with an
	 * unfinished sweep are always; a failed one is repeated after the same pause.
	 */
	private isDue({ state, unfinished }: Saved): boolean {
		const { failure } = this.note;
		if (state === undefined) return true;
		if (failure?.what === this.what && !this.hasPassed(failure.at)) return false;
		if (unfinished !== undefined || !this.fitsSettings(state)) return true;

		return this.hasPassed(state.stamp);
	}

	private hasPassed(since: number): boolean {
		// A clock that was set back must not stop the trigger.
		return this.now < since || this.now - since >= this.settings.minimumMs - TIMER_SLACK_MS;
	}

	private fitsSettings({ watch, school }: State): boolean {
		const { filterOffer } = this.settings;
		const offerId = filterOffer?.by === 'name' ? watch.offerId : filterOffer?.value;

		return (
			school === this.mark && watchKey(watch) === watchKey({ ...this.settings.watch, offerId })
		);
	}

	private async readAndCompare(saved: Saved): Promise<IDataObject[]> {
		const watch = await fullWatch(this.settings, this.school);
		const base =
			saved.state ?? (this.settings.emitExisting ? emptyState(watch, this.mark) : undefined);
		const earlier = this.isUsable(saved.unfinished, watch) ? saved.unfinished : undefined;
		const result = await this.read(watch, base, earlier).catch((error: unknown) => {
			if (earlier !== undefined && PLACE_LOST.has(failureOf(error)?.kind ?? ''))
				this.keep({ state: saved.state });
			throw passOn(error);
		});
		if (!result.done) {
			this.keep({ state: saved.state, unfinished: result.unfinished });
			return [];
		}
		if (base !== undefined) {
			try {
				this.check(base, result.sweep, watch);
			} catch (error) {
				// The next poll must read everything anew, or it would only see the same thing twice.
				if (earlier !== undefined && this.note.suspicion !== undefined)
					this.keep({ state: saved.state });
				throw passOn(error);
			}
		}

		return await this.finish(base, result.sweep, watch);
	}

	private isUsable(unfinished: Unfinished | undefined, watch: Watch): boolean {
		if (unfinished === undefined || unfinished.school !== this.mark) return false;

		return (
			watchKey(unfinished.watch) === watchKey(watch) &&
			this.now - unfinished.stamp < OLDEST_UNFINISHED_MS
		);
	}

	private async read(
		watch: Watch,
		base: State | undefined,
		earlier: Unfinished | undefined,
	): Promise<SweepResult> {
		const { school, mark, deadline, settings, parts } = this;
		const definitions = watch.properties.length > 0 ? await school.properties() : [];

		return await sweep({
			school,
			watch,
			state: base === undefined ? undefined : adapt(base, watch),
			saved: base,
			mark,
			clock: parts.clock,
			deadline,
			pageLength: settings.pageLength,
			propertyNames: new Map(definitions.map(({ id, name }) => [id, name])),
			earlier,
			onList: (query, cost) =>
				parts.memory.noteCost(costName(mark, query, settings.pageLength), cost),
		});
	}

	/**
	 * Refuses a sweep that can't be right.
	 *
	 * @throws InputError; the state is left as it is, or begun anew for another school
	 */
	private check(base: State, seen: WholeSweep, watch: Watch): void {
		const judgement = judge(adapt(base, watch), seen, this.mark, this.note.suspicion === this.what);
		const isSuspect = judgement.kind === 'halfEmpty' || judgement.kind === 'exchanged';
		this.note.suspicion = isSuspect ? this.what : undefined;
		if (judgement.kind === 'halfEmpty') {
			throw new InputError(
				`Memberspot gave a list of ${judgement.now} users, after ${judgement.before} at the last poll`,
				'Nothing was emitted, and the last state is kept, since a list of less than half its length is more likely a fault than a change. If the next poll gets a list as short, it is taken as it is',
			);
		}
		if (judgement.kind === 'exchanged') {
			throw new InputError(
				`Memberspot gave lists with hardly any of the ${judgement.before} users of the last poll`,
				'Nothing was emitted, and the last state is kept, since lists with other people only are more likely a fault than a change. If the next poll gets such lists again, they are taken as they are',
			);
		}
		if (judgement.kind === 'otherSchool') {
			const { people } = compare(undefined, seen, watch);
			const state = this.nextState(base.sequence + 1, seen, watch, people);
			this.note.saved = this.store.text({ state }, this.now);
			throw new InputError(
				'The API key seems to belong to another school: hardly any user of the last poll is there',
				'Nothing was emitted. The trigger has begun anew with the users of this school and goes on by itself; to go on with the former school, choose its credential again',
			);
		}
	}

	private async finish(
		base: State | undefined,
		seen: WholeSweep,
		watch: Watch,
	): Promise<IDataObject[]> {
		const comparison = compare(base, seen, watch);
		const changes = comparison.changes.filter(
			({ certain }) => certain || !this.settings.ignoreUncertain,
		);
		const sequence = base?.sequence ?? 0;
		const events = await compose(changes, {
			watch,
			school: this.school,
			courses: seen.courses,
			rows: seen.rows,
			sawEverybody: seen.sawEverybody,
			sequence,
			now: this.now,
			simplify: this.settings.simplify,
		});
		const state = this.nextState(
			sequence + (events.length > 0 ? 1 : 0),
			seen,
			watch,
			comparison.people,
		);
		const text = this.fitting(state);
		this.store.put(text);
		if (events.length === 0) this.note.saved = text;

		return events;
	}

	private nextState(
		sequence: number,
		{ stamp, counts, courses }: WholeSweep,
		watch: Watch,
		people: People,
	): State {
		return { watch, school: this.mark, sequence, stamp, counts, courses, people };
	}

	/** @throws InputError when the state is too large for n8n to keep */
	private fitting(state: State): string {
		const whole = this.store.text({ state }, this.now);
		const { largestState } = this.parts;
		if (whole.length <= largestState) return whole;
		// Who has left a filtered list is remembered as long as there is room.
		const listed = new Map([...state.people].filter(([, person]) => isListed(person)));
		const text = this.store.text({ state: { ...state, people: listed } }, this.now);
		if (text.length <= largestState) return text;
		throw new InputError(
			`This school is too large for the chosen events: remembering ${listed.size} users takes ${megabytes(text.length)} MB, and at most ${megabytes(largestState)} MB can be kept`,
			'Choose fewer events, properties or offers, or set a filter. Several triggers with fewer events each work, too',
		);
	}

	/** Keeps what a poll without events has learned, here and where n8n may save it. */
	private keep(saved: Saved): void {
		const text = this.store.text(saved, this.now);
		this.store.put(text);
		this.note.saved = text;
	}
}

function megabytes(bytes: number): string {
	return (bytes / 1_000_000).toFixed(1);
}
