import type { IDataObject } from 'n8n-workflow';
import type { EventKind } from '../../nodes/Memberspot/polling/events';
import { keyOf, showKey } from '../../nodes/Memberspot/polling/state';
import { fixtures, School, type Variants } from '../stand-in';
import { Random } from '../stand-in/random';
import { FakeClock } from '../support/clock';
import { look, sameConfig, truthOf, type Config, type Happening, type View } from './model';
import { N8n, type Keeping, type PollOutcome } from './n8n';
import { schoolApi } from './schoolApi';

const OFFERS: string[] = Object.values(fixtures.OFFERS)
	.slice(0, 3)
	.map(({ id }) => id);
const COURSES = Object.values(fixtures.COURSES);
const PROPERTIES: string[] = Object.values(fixtures.PROPERTIES)
	.slice(0, 3)
	.map(({ id }) => id);
const EVENTS: EventKind[] = [
	'courseCompleted',
	'courseProgressReached',
	'customPropertyChanged',
	'newUser',
	'userBecameActive',
	'userBecameInactive',
	'userGotOffer',
	'userLostOffer',
];

/** Each is another life of the school. */
const SEEDS = [1, 2];

interface Week {
	polls: number;
	keeping: Keeping;
	active: Variants['active'];
	seed: number;
}

/** What came of a week. */
interface Counts {
	polls: number;
	skipped: number;
	failed: number;
	restarts: number;
	edits: number;
	changes: number;
	/** Items that started an execution, and those that the model says should have. */
	events: number;
	expected: number;
	/** The two differences that must be 0. */
	duplicates: number;
	losses: number;
	/** Documented gaps. */
	repeatedAfterLostSave: number;
	lostWithLostRun: number;
	changesUndoneUnseen: number;
}

/** A school that lives on by itself, an n8n that polls it and has its bad days, and the model. */
class Simulation {
	readonly counts: Counts = {
		polls: 0,
		skipped: 0,
		failed: 0,
		restarts: 0,
		edits: 0,
		changes: 0,
		events: 0,
		expected: 0,
		duplicates: 0,
		losses: 0,
		repeatedAfterLostSave: 0,
		lostWithLostRun: 0,
		changesUndoneUnseen: 0,
	};
	readonly n8n: N8n;
	largestState = 0;
	private readonly random: Random;
	private readonly school: School;
	private readonly api;
	private config: Config = {
		events: [...EVENTS],
		offers: OFFERS.slice(0, 2),
		properties: PROPERTIES.slice(0, 2),
		percent: 50,
	};
	/** The newest view of the trigger, and what n8n has saved of it. */
	private view: View | undefined;
	private savedView: View | undefined;
	private people = 0;
	private failing = false;
	private readonly seenIds = new Map<unknown, string>();
	private readonly uidsByHash = new Map<string, string>();
	/** Changes since the last poll that read, by what they change: the value before, and how many. */
	private pending = new Map<string, { before: string; times: number }>();

	constructor(private readonly week: Week) {
		this.random = new Random(week.seed);
		this.school = new School(new FakeClock());
		for (const { id, name, courseIds } of Object.values(fixtures.OFFERS))
			this.school.offers.push({ id, name, courseIds: [...courseIds] });
		for (const { id, name, activePosts } of COURSES)
			this.school.courses.push({ id, name, activePosts });
		for (const { id, name, type } of Object.values(fixtures.PROPERTIES))
			this.school.properties.push({ id, name, type });
		for (let n = 0; n < 40; n++) this.addUser();
		this.api = schoolApi(this.school);
		this.api.active = week.active;
		this.api.pageCap = 15;
		this.n8n = new N8n(this.api.api, week.keeping);
		this.setParameters();
	}

	async run(): Promise<void> {
		this.judge(await this.n8n.activate(), true);
		for (let poll = 1; poll < this.week.polls; poll++) {
			await this.n8n.clock.advance(5 * 60_000 + this.random.below(30_000));
			this.live();
			await this.oneStep();
		}
	}

	private async oneStep(): Promise<void> {
		const dice = this.random.below(1_000);
		if (dice < 15) {
			this.counts.restarts++;
			this.view = this.savedView;
			return this.judge(await this.n8n.restart(), true);
		}
		if (dice < 35) return await this.editAndPublish();
		if (dice < 40) {
			this.n8n.rename(`Trigger ${dice}-${this.random.below(1_000)}`);
			return this.judge(await this.n8n.activate(), true);
		}
		if (dice < 70) return await this.failingPoll();
		if (dice < 80) return await this.crashingPoll();
		if (dice < 90) {
			const outcome = await this.n8n.poll({ runLost: true });
			const { view, savedView } = this;
			this.judge(
				{ ...outcome, emitted: outcome.lost },
				false,
				outcome.lost.length > 0 ? 'runLost' : undefined,
			);
			// Durable cursors are saved with the execution or not at all, so the same is found again.
			if (this.week.keeping === 'cursors' && outcome.lost.length > 0)
				Object.assign(this, { view, savedView });
			return;
		}
		if (dice < 100 && this.week.keeping === 'regular')
			return this.judge(await this.n8n.supersede(), true);
		if (dice < 110) {
			const outcomes = await this.n8n.clock.run(this.n8n.pollTogether(2));
			return this.judge({ emitted: outcomes.flatMap(({ emitted }) => emitted), lost: [] }, false);
		}

		return this.judge(await this.n8n.poll(), false);
	}

	private async editAndPublish(): Promise<void> {
		this.counts.edits++;
		const { random } = this;
		this.config = {
			events: EVENTS.filter(() => random.below(10) < 8),
			offers: OFFERS.filter(() => random.below(10) < 6),
			properties: PROPERTIES.filter(() => random.below(10) < 6),
			percent: [25, 50, 80][random.below(3)],
			...(random.below(4) === 0 ? { course: COURSES[random.below(3)].id } : {}),
			...(random.below(4) === 0 ? { offerFilter: OFFERS[random.below(3)] } : {}),
		};
		if (this.config.events.length === 0) this.config.events = ['newUser'];
		if (this.config.offers.length === 0) this.config.offers = [OFFERS[0]];
		if (this.config.properties.length === 0) this.config.properties = [PROPERTIES[0]];
		this.setParameters();
		this.judge(await this.n8n.activate(), true);
	}

	private setParameters(): void {
		const { events, offers, properties, percent, course, offerFilter } = this.config;
		const parameters: IDataObject = {
			triggerOn: events,
			offers,
			properties,
			percent,
			minimumMinutes: 5,
			options: { pageSize: 20 },
		};
		if (course !== undefined) parameters.course = { mode: 'id', value: course };
		if (offerFilter !== undefined)
			parameters.filters = { offer: { mode: 'id', value: offerFilter } };
		this.n8n.parameters = parameters;
	}

	/** Some request fails for good; which one is a matter of chance. */
	private async failingPoll(): Promise<void> {
		const victim = this.api.requests.length + 1 + this.random.below(4);
		this.api.intercept = (_path, _query, number) =>
			number >= victim && number < victim + 20
				? { status: 500, text: '{"message":"no"}' }
				: undefined;
		const outcome = await this.n8n.poll();
		this.api.intercept = undefined;
		if (outcome.error === undefined) return this.judge(outcome, false);
		this.counts.failed++;
		this.counts.polls++;
		this.failing = true;
		expect(outcome.emitted).toEqual([]);
		// After the pause that follows a failure.
		await this.n8n.clock.advance(5 * 60_000);
		this.failing = false;
	}

	/** n8n ends after the execution was started and before the state was saved. */
	private async crashingPoll(): Promise<void> {
		const outcome = await this.n8n.poll({ saveLost: true });
		const { savedView } = this;
		this.judge(
			outcome,
			false,
			outcome.emitted.length > 0 && this.week.keeping !== 'cursors' ? 'saveLost' : undefined,
		);
		if (outcome.emitted.length > 0 && this.week.keeping !== 'cursors') this.savedView = savedView;
		this.counts.restarts++;
		this.view = this.savedView;
		this.judge(await this.n8n.restart(), true);
	}

	/** Holds what came against the model. */
	private judge(outcome: PollOutcome, activating: boolean, mishap?: 'saveLost' | 'runLost'): void {
		expect(outcome.error).toBeUndefined();
		this.counts.polls++;
		const now = this.n8n.clock.now();
		const { view, config } = this;
		const isDue =
			view === undefined ||
			!sameConfig(view.config, config) ||
			now - view.stamp >= 5 * 60_000 - 30_000;
		if (!isDue) {
			this.counts.skipped++;
			expect(outcome.emitted).toEqual([]);
			if (activating) this.savedView = this.savedAfter(true, false);
			return;
		}
		const { happened, view: next } = look(
			view,
			truthOf(this.school, this.week.active, config),
			config,
			now,
		);
		this.compare(outcome.emitted, happened, mishap);
		this.view = next;
		this.savedView = this.savedAfter(activating, happened.length > 0);
		this.countUndone();
		this.largestState = Math.max(
			this.largestState,
			this.n8n.saved.length + (this.n8n.cursor?.length ?? 0),
		);
	}

	/** What n8n has saved after a poll, by how it keeps state. */
	private savedAfter(activating: boolean, emitted: boolean): View | undefined {
		if (emitted) return this.view;
		if (this.week.keeping === 'cursors')
			return activating && this.savedView !== undefined ? this.savedView : this.view;

		return activating ? this.view : this.savedView;
	}

	private compare(
		emitted: IDataObject[],
		happened: Happening[],
		mishap: 'saveLost' | 'runLost' | undefined,
	): void {
		const got = emitted.map((item) => this.asHappening(item)).sort();
		const expected = [...happened].sort();
		this.counts.events += mishap === 'runLost' ? 0 : got.length;
		this.counts.expected += expected.length;
		this.counts.duplicates += surplus(got, expected);
		this.counts.losses += surplus(expected, got);
		expect(got).toEqual(expected);
		if (mishap === 'runLost') {
			if (this.week.keeping !== 'cursors') this.counts.lostWithLostRun += got.length;
			return;
		}
		for (const item of emitted) {
			const happening = this.asHappening(item);
			// An id that comes again is the same difference found again, which happens only where a save was lost.
			if (this.seenIds.has(item.id)) {
				expect(this.seenIds.get(item.id)).toBe(happening);
				this.counts.repeatedAfterLostSave++;
			}
			this.seenIds.set(item.id, happening);
		}
	}

	private asHappening(item: IDataObject): Happening {
		const field = (name: string, key: string) => {
			const value = item[name];
			return typeof value === 'object' && value !== null && key in value
				? String(Reflect.get(value, key))
				: undefined;
		};
		const uid = field('user', 'uid') ?? this.uidsByHash.get(String(item.userHash));
		const what =
			field('offer', 'id') ?? field('course', 'courseId') ?? field('property', 'id') ?? '';

		return [item.event, uid, what, item.certain].join('|');
	}

	// ---- The school's life

	private live(): void {
		for (let changes = this.random.below(6); changes > 0; changes--) this.change();
	}

	private change(): void {
		const { school, random } = this;
		const users = [...school.users()];
		const user = users[random.below(users.length)];
		const offerId = OFFERS[random.below(OFFERS.length)];
		const course = COURSES[random.below(4)];
		const property = PROPERTIES[random.below(PROPERTIES.length)];
		this.counts.changes++;
		switch (random.below(14)) {
			case 0:
				return void this.addUser();
			case 1:
				return users.length > 30 ? void school.removeUser(user.email) : void this.addUser();
			case 2:
			case 3:
				return this.turn(
					user.uid,
					offerId,
					() => void school.grant({ email: user.email, offerId }),
				);
			case 4:
				return this.turn(user.uid, offerId, () => void school.setOfferState(user.email, offerId));
			case 5:
				return this.turn(
					user.uid,
					offerId,
					() => void school.setOfferState(user.email, offerId, random.below(2) === 0),
				);
			case 6:
			case 7:
				return this.turn(user.uid, 'enabled', () => school.setEnabled(user.email, !user.enabled));
			case 8:
			case 9:
			case 10:
				return school.setProgress(
					user.email,
					course.id,
					random.below((school.course(course.id)?.activePosts ?? 0) + 1),
				);
			case 11:
				return school.setProgress(user.email, course.id, random.below(2) === 0 ? 0 : 999);
			case 12: {
				const known = school.course(course.id);
				if (known !== undefined && random.below(20) === 0) known.activePosts++;
				return;
			}
			default:
				return this.turn(user.uid, property, () =>
					school.setProperty(
						user.email,
						property,
						random.below(4) === 0 ? undefined : `v${random.below(5)}`,
					),
				);
		}
	}

	private addUser(): void {
		const n = ++this.people;
		const uid = `uid-${this.week.seed}-${n}`;
		this.uidsByHash.set(showKey(keyOf(uid)), uid);
		this.school.addUser({
			email: `user${n}@example.com`,
			uid,
			grants:
				this.random.below(2) === 0 ? [{ offerId: OFFERS[this.random.below(3)], active: true }] : [],
		});
	}

	/** A change that another one may undo before a poll sees it. */
	private turn(uid: string, what: string, change: () => void): void {
		const aspect = `${uid}|${what}`;
		const before = this.stateOf(aspect);
		change();
		if (this.stateOf(aspect) === before) return;
		const entry = this.pending.get(aspect) ?? { before, times: 0 };
		entry.times++;
		this.pending.set(aspect, entry);
	}

	private stateOf(aspect: string): string {
		const [uid, what] = aspect.split('|');
		const user = this.school.userByUid(uid);
		if (user === undefined) return 'gone';
		if (what === 'enabled') return String(user.enabled);
		if (PROPERTIES.includes(what)) return JSON.stringify(user.properties[what] ?? null);

		return JSON.stringify(
			user.grants.filter((grant) => grant.offerId === what).map(({ active }) => active),
		);
	}

	private countUndone(): void {
		if (this.failing) return;
		for (const [aspect, { before, times }] of this.pending) {
			this.counts.changesUndoneUnseen += times - (this.stateOf(aspect) === before ? 0 : 1);
		}
		this.pending = new Map();
	}
}

/** How many of `some` are not in `others`, each counted as often as it stands there. */
function surplus(some: string[], others: string[]): number {
	const left = [...others];

	return some.filter((each) => {
		const place = left.indexOf(each);
		if (place >= 0) left.splice(place, 1);
		return place < 0;
	}).length;
}

test('B101: a week of 2,000 polls: everything is emitted once, whatever goes wrong', async () => {
	const simulation = new Simulation({
		polls: 2_000,
		keeping: 'regular',
		active: 'grant',
		seed: 20261125,
	});
	await simulation.run();
	const { counts } = simulation;
	expect(counts).toMatchObject({ duplicates: 0, losses: 0 });
	expect(counts.polls).toBeGreaterThanOrEqual(2_000);
	expect(counts.events).toBeGreaterThan(1_000);
	// The week had its share of everything.
	for (const name of [
		'failed',
		'restarts',
		'edits',
		'repeatedAfterLostSave',
		'lostWithLostRun',
		'changesUndoneUnseen',
	] as const)
		expect([name, counts[name] > 0]).toEqual([name, true]);
	expect(simulation.largestState).toBeLessThan(5_000);
}, 120_000);

describe.each<Variants['active']>(['grant', 'user', 'inactiveNotListed'])(
	'if active is read as %s',
	(active) => {
		test.each<Keeping>(['regular', 'durable', 'cursors'])(
			'a day is right where n8n keeps the state as %s',
			async (keeping) => {
				for (const seed of SEEDS) {
					const simulation = new Simulation({ polls: 120, keeping, active, seed });
					await simulation.run();
					expect(simulation.counts).toMatchObject({ duplicates: 0, losses: 0 });
					// With durable cursors, the state is saved together with the execution.
					if (keeping === 'cursors') expect(simulation.counts.repeatedAfterLostSave).toBe(0);
				}
			},
		);
	},
);
