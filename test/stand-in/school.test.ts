import fc from 'fast-check';
import { FakeClock } from '../support/clock';
import { COURSES, EXAMS, OFFERS, PROPERTIES, USERS } from './fixtures';
import { generate } from './generator';
import { IndexList } from './index-list';
import { School } from './school';
import type { ActiveMeaning, SchoolEvent, UserFilter } from './types';

function schoolOf(users: number, seed = 1, clock = new FakeClock()) {
	const school = new School(clock);
	generate(school, { users, seed });

	return { school, clock };
}

/** Reads a list to its end, page by page. */
function listed(school: School, filter: UserFilter, meaning: ActiveMeaning, length = 7): string[] {
	const uids: string[] = [];
	for (let after = 0; ; ) {
		const page = school.page(filter, meaning, after, length);
		uids.push(...page.users.map(({ uid }) => uid));
		if (!page.more) return uids;
		after = page.place;
	}
}

describe('the generated school', () => {
	it('is the same for the same seed, and another for another', () => {
		const one = JSON.stringify(schoolOf(300, 7).school.snapshot());

		expect(JSON.stringify(schoolOf(300, 7).school.snapshot())).toBe(one);
		expect(JSON.stringify(schoolOf(300, 8).school.snapshot())).not.toBe(one);
	});

	it.each([0, 25, 300])('holds the fixtures with %i users asked for', (users) => {
		const { school } = schoolOf(users);

		expect(school.userCount).toBe(Math.max(users, Object.keys(USERS).length));
		for (const fixture of Object.values(USERS)) {
			expect(school.user(fixture.email)).toMatchObject({
				uid: fixture.uid,
				firstname: fixture.firstname,
				name: fixture.name,
			});
		}
		expect([...school.users()].at(-1)?.email).toBe(USERS.last.email);
		expect(school.holds(USERS.anna.email, OFFERS.excel.id, true)).toBe(true);
		expect(school.holds(USERS.ben.email, OFFERS.excel.id, false)).toBe(true);
		expect(school.grantsOf(USERS.carla.email)).toEqual([]);
		expect(school.grantsOf(USERS.dora.email)).toHaveLength(2);
		expect(school.welcomeMails).toBe(0);
	});

	it('has many users with addresses of their own, at names that belong to nobody', () => {
		const { school } = schoolOf(20_000);
		const emails = new Set<string>();
		let umlauts = 0;
		let pluses = 0;
		let emoji = 0;
		for (const { email, firstname } of school.users()) {
			emails.add(email.toLowerCase());
			if (!/@(?:example\.(?:com|org|net)|[a-zü-]+\.example)$/i.test(email))
				throw new Error(`a real address? ${email}`);
			umlauts += Number(/[äöüß]/.test(email));
			pluses += Number(email.includes('+'));
			emoji += Number(/\p{Emoji_Presentation}/u.test(firstname));
		}

		expect(school.userCount).toBe(20_000);
		expect(emails.size).toBe(20_000);
		expect(umlauts).toBeGreaterThan(200);
		expect(pluses).toBeGreaterThan(200);
		expect(emoji).toBeGreaterThan(200);
		expect(school.holders(OFFERS.empty.id)).toEqual([]);
		expect(school.resultsOf(EXAMS.excel.id).length).toBeGreaterThan(20);
	});
});

describe('lists', () => {
	const MEANINGS: ActiveMeaning[] = ['grant', 'user', 'inactiveNotListed'];
	const offerIds = Object.values(OFFERS).map(({ id }) => id);
	const courseIds = Object.values(COURSES).map(({ id }) => id);

	it('agree with a look at every user, whatever happened before', () => {
		const emails = Object.values(USERS).map(({ email }) => email);
		const change = fc.oneof(
			fc.record({
				do: fc.constant('grant' as const),
				email: fc.constantFrom(...emails, 'new@example.com'),
				offerId: fc.constantFrom(...offerIds),
				orderId: fc.constantFrom(undefined, '1', '2'),
			}),
			fc.record({
				do: fc.constant('offer' as const),
				email: fc.constantFrom(...emails),
				offerId: fc.constantFrom(...offerIds),
				active: fc.constantFrom(true, false, undefined),
			}),
			fc.record({
				do: fc.constant('order' as const),
				email: fc.constantFrom(...emails),
				orderId: fc.constantFrom('0006000', '1', '0004711'),
				active: fc.constantFrom(true, false, undefined),
			}),
			fc.record({
				do: fc.constant('enabled' as const),
				email: fc.constantFrom(...emails),
				enabled: fc.boolean(),
			}),
			fc.record({ do: fc.constant('delete' as const), email: fc.constantFrom(...emails) }),
			fc.record({
				do: fc.constant('term' as const),
				email: fc.constantFrom(...emails),
				offerId: fc.constantFrom(...offerIds),
				start: fc.integer({ min: -5, max: 5 }),
				length: fc.integer({ min: 1, max: 8 }),
			}),
			fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 4 }) }),
			fc.record({
				do: fc.constant('courses' as const),
				offerId: fc.constantFrom(...offerIds),
				courseIds: fc.subarray(courseIds),
			}),
			fc.record({
				do: fc.constant('rules' as const),
				activeAfterTerm: fc.constantFrom(
					'turnsFalse' as const,
					'staysTrue' as const,
					'notListed' as const,
				),
				lateDeletion: fc.boolean(),
			}),
		);
		const filters: UserFilter[] = [
			{},
			...offerIds.map((offerId) => ({ offerId })),
			...courseIds.map((courseId) => ({ courseId })),
			{ offerId: OFFERS.bundle.id, courseId: COURSES.excel.id },
		];

		fc.assert(
			fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
				const { school, clock } = schoolOf(30);
				const rules = { activeAfterTerm: 'turnsFalse' as 'turnsFalse' | 'staysTrue' | 'notListed' };
				const hour = 3_600_000;
				for (const step of changes) {
					const alive = 'email' in step && school.isLive(step.email);
					if (step.do === 'grant') school.grant(step);
					if (step.do === 'offer') school.setOfferState(step.email, step.offerId, step.active);
					if (step.do === 'order') school.setOrderState(step.email, step.orderId, step.active);
					if (step.do === 'enabled' && alive) school.setEnabled(step.email, step.enabled);
					if (step.do === 'delete') school.removeUser(step.email);
					if (step.do === 'term' && alive) {
						const start = clock.now() + step.start * hour;
						school.setTerm(step.email, step.offerId, { start, end: start + step.length * hour });
					}
					if (step.do === 'wait') void clock.advance(step.hours * hour);
					if (step.do === 'courses') school.setOfferCourses(step.offerId, step.courseIds);
					if (step.do === 'rules') {
						rules.activeAfterTerm = step.activeAfterTerm;
						school.configure({ ...step, removalDeletesProgress: true });
					}
				}

				for (const meaning of MEANINGS) {
					for (const filter of filters) {
						for (const active of [undefined, true, false]) {
							const expected = [...school.users()].filter((user) => {
								const holds = (fits: (offerId: string) => boolean) =>
									user.grants.filter(
										(grant) =>
											fits(grant.offerId) &&
											!(
												rules.activeAfterTerm === 'notListed' &&
												grant.end !== undefined &&
												grant.end <= clock.now()
											),
									);
								const hasCourse = (offerId: string) =>
									filter.courseId === undefined ||
									(school.offer(offerId)?.courseIds.includes(filter.courseId) ?? false);
								const inOffer = holds(
									(offerId) => filter.offerId === undefined || offerId === filter.offerId,
								);
								const inCourse = holds(hasCourse);
								const filtered = filter.offerId !== undefined || filter.courseId !== undefined;
								if (filter.offerId !== undefined && inOffer.length === 0) return false;
								if (filter.courseId !== undefined && inCourse.length === 0) return false;
								const decides = filter.offerId === undefined ? inCourse : inOffer;
								const on = decides.some((grant) => school.counts(grant));
								if (meaning === 'inactiveNotListed' && filtered && !on) return false;

								return active === undefined || active === (meaning === 'user' ? user.enabled : on);
							});

							expect({
								meaning,
								filter,
								active,
								uids: listed(school, { ...filter, active }, meaning),
							}).toEqual({ meaning, filter, active, uids: expected.map(({ uid }) => uid) });
						}
					}
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('read a page without looking at the rows before it', () => {
		let looks = 0;
		const list = new IndexList<{ readonly place: number }>();
		for (let place = 1; place <= 20_000; place++) {
			list.add({
				get place() {
					looks++;

					return place;
				},
			});
		}
		looks = 0;
		const rows = list.after(15_000);
		const page = Array.from({ length: 100 }, () => rows.next().value);

		expect(page[0]?.place).toBe(15_001);
		// A search by halves in 20,000 rows takes 15 steps.
		expect(looks).toBeLessThan(20);
	});

	it('go on from a user who was deleted meanwhile', () => {
		const { school } = schoolOf(40);
		const first = school.page({}, 'grant', 0, 10);
		const last = first.users[9];
		const next = school.page({}, 'grant', first.place, 10).users.map(({ uid }) => uid);
		school.removeUser(last.uid);

		expect(
			school.page({}, 'grant', school.placeOf(last.uid) ?? -1, 10).users.map(({ uid }) => uid),
		).toEqual(next);
	});
});

describe('access', () => {
	it('is one grant for an offer and an order', () => {
		const { school } = schoolOf(25);
		const order = { email: 'new@example.com', offerId: OFFERS.excel.id };
		for (const orderId of ['7', '7', '8', undefined, undefined])
			school.grant({ ...order, orderId });

		expect(school.grantsOf('NEW@example.com').map(({ orderId }) => orderId)).toEqual([
			'7',
			'8',
			undefined,
		]);
		expect(school.welcomeMails).toBe(1);
	});

	it('of one order is switched and removed without touching the other', () => {
		const { school } = schoolOf(25);
		school.setOrderState(USERS.dora.email, '0005002', true);
		school.setOrderState(USERS.dora.email, '0005001', false);

		expect(
			school.grantsOf(USERS.dora.email).map(({ orderId, active }) => [orderId, active]),
		).toEqual([
			['0005001', false],
			['0005002', true],
		]);

		school.setOrderState(USERS.dora.email, '0005001');

		expect(school.grantsOf(USERS.dora.email).map(({ orderId }) => orderId)).toEqual(['0005002']);
		// The other access to the same course keeps the progress.
		expect(school.user(USERS.dora.email)?.progress).toEqual({ [COURSES.excel.id]: 5 });

		school.setOfferState(USERS.dora.email, OFFERS.excel.id);

		expect(school.user(USERS.dora.email)?.progress).toEqual({});
	});

	it('keeps progress on removal where the rules say so', () => {
		const { school } = schoolOf(25);
		school.configure({
			activeAfterTerm: 'turnsFalse',
			lateDeletion: false,
			removalDeletesProgress: false,
		});
		school.setOfferState(USERS.dora.email, OFFERS.excel.id);

		expect(school.user(USERS.dora.email)?.progress).toEqual({ [COURSES.excel.id]: 5 });
	});

	it('begins and ends with its term', async () => {
		const { school, clock } = schoolOf(25);
		const now = clock.now();
		school.grant({
			email: USERS.carla.email,
			offerId: OFFERS.empty.id,
			start: now + 1_000,
			end: now + 2_000,
		});
		const states: boolean[] = [];
		for (let i = 0; i < 3; i++) {
			states.push(listed(school, { offerId: OFFERS.empty.id, active: true }, 'grant').length === 1);
			await clock.advance(1_000);
		}

		expect(states).toEqual([false, true, false]);
	});
});

describe('deletion', () => {
	it('shows late where the rules say so, and a new user may take the address at once', async () => {
		const { school, clock } = schoolOf(25);
		school.configure({
			activeAfterTerm: 'turnsFalse',
			lateDeletion: true,
			removalDeletesProgress: true,
		});
		school.removeUser(USERS.anna.email);
		school.removeUser(USERS.ben.email);

		expect(school.user(USERS.anna.email)?.uid).toBe(USERS.anna.uid);
		expect(school.isLive(USERS.anna.email)).toBe(false);
		expect(school.setOfferState(USERS.anna.email, OFFERS.excel.id, false)).toBe(0);
		expect(school.removeUser(USERS.anna.email)).toBe(false);

		const { user } = school.grant({ email: USERS.anna.email, offerId: OFFERS.yoga.id });
		expect(user.uid).not.toBe(USERS.anna.uid);

		await clock.advance(school.deletionDelayMs);
		expect(school.user(USERS.ben.email)).toBeUndefined();
		expect(school.user(USERS.anna.email)?.uid).toBe(user.uid);
		expect(school.resultsOf(EXAMS.excel.id).some(({ uid }) => uid === USERS.ben.uid)).toBe(false);
	});
});

describe('what happens', () => {
	it('is told once: a new user, an access that is new or on again, a course completed', () => {
		const { school } = schoolOf(25);
		const events: SchoolEvent[] = [];
		school.onEvent((event) => events.push(event));
		const order = { email: 'new@example.com', offerId: OFFERS.excel.id, orderId: '1' };
		school.grant(order);
		school.grant(order);
		school.setOfferState(order.email, order.offerId, false);
		school.setOfferState(order.email, order.offerId, true);
		for (const posts of [19, 20, 20]) school.setProgress(order.email, COURSES.excel.id, posts);

		expect(events.map(({ type }) => type)).toEqual([
			'memberAdded',
			'offerGranted',
			'offerGranted',
			'courseCompleted',
		]);
	});

	it('changes only what it names', () => {
		const { school } = schoolOf(25);
		const before = school.snapshot();
		school.setProperty(USERS.max.email, PROPERTIES.company.id, 'Muster GmbH');
		school.setProperty(USERS.anna.email, PROPERTIES.level.id, undefined);
		const after = school.snapshot();
		const changed = after.users.filter(
			(user, index) => JSON.stringify(user) !== JSON.stringify(before.users[index]),
		);

		expect(changed.map(({ email, properties }) => [email, properties])).toEqual([
			[
				USERS.anna.email,
				{ [PROPERTIES.company.id]: 'Schmidt GmbH', [PROPERTIES.newsletter.id]: true },
			],
			[USERS.max.email, { [PROPERTIES.company.id]: 'Muster GmbH' }],
		]);
	});

	it('lets a login token expire after an hour', async () => {
		const { school, clock } = schoolOf(25);
		const { token } = school.createLoginToken(USERS.anna.uid);

		expect(school.uidOfToken(token)).toBe(USERS.anna.uid);
		await clock.advance(3_600_000);
		expect(school.uidOfToken(token)).toBeUndefined();
	});
});
