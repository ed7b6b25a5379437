import {
	CHAPTERS,
	COURSES,
	EXAMS,
	OFFERS,
	PROPERTIES,
	RESULTS,
	USERS,
	type PropertyFixture,
	type UserFixture,
} from './fixtures';
import { DOMAINS, FIRST_NAMES, LAST_NAMES, mailName } from './names';
import { Random } from './random';
import type { School } from './school';
import type { Grant, NewUser, PropertyValue } from './types';

/** How a school is made. */
export interface GeneratorOptions {
	/** Number of users with the fixtures, which are always there. */
	users: number;
	seed: number;
}

const FIRST_DAY = Date.UTC(2024, 1, 1);
const LAST_DAY = Date.UTC(2025, 11, 31);
const DAY = 86_400_000;

/**
 * Fills a school with the fixtures and with generated users. The same options give the same school,
 * on every machine.
 */
export function generate(school: School, { users, seed }: GeneratorOptions): void {
	school.clear(seed);
	school.offers.push(
		...Object.values(OFFERS).map((offer) => ({ ...offer, courseIds: [...offer.courseIds] })),
	);
	school.courses.push(...Object.values(COURSES).map((course) => ({ ...course })));
	const definitions: readonly PropertyFixture[] = Object.values(PROPERTIES);
	school.properties.push(
		...definitions.map(({ choices, ...property }) =>
			choices ? { ...property, choices: [...choices] } : property,
		),
	);
	school.chapters.push(...Object.values(CHAPTERS).map((chapter) => ({ ...chapter })));
	school.exams.push(...Object.values(EXAMS).map((exam) => ({ ...exam })));

	const fixtures: UserFixture[] = Object.values(USERS);
	const last = fixtures.pop();
	school.quietly(() => {
		for (const fixture of fixtures) school.addUser(fromFixture(fixture));
		addGenerated(school, Math.max(0, users - fixtures.length - 1), new Random(seed));
		if (last !== undefined) school.addUser(fromFixture(last));
	});
	for (const result of RESULTS) {
		school.addResult({ ...result });
	}
}

function fromFixture({ grants, properties, progress, ...user }: UserFixture): NewUser {
	return {
		...user,
		grants: grants?.map(({ offerId, orderId, active, start, end }) => ({
			offerId,
			...(orderId === undefined ? {} : { orderId }),
			active: active ?? true,
			...(start === undefined ? {} : { start: Date.parse(start) }),
			...(end === undefined ? {} : { end: Date.parse(end) }),
		})),
		properties: properties === undefined ? undefined : { ...properties },
		progress: progress === undefined ? undefined : { ...progress },
	};
}

function addGenerated(school: School, count: number, random: Random): void {
	const step = (LAST_DAY - FIRST_DAY) / Math.max(1, count);
	for (let i = 0; i < count; i++) {
		const firstname = random.pick(FIRST_NAMES);
		const name = random.pick(LAST_NAMES);
		const grants = generatedGrants(i, random);
		// Every seventh user was added in the same moment as the one before.
		const created = FIRST_DAY + Math.floor(step * (i % 7 === 6 ? i - 1 : i));
		school.addUser({
			uid: random.id(28),
			email: generatedEmail(i, firstname, name, random),
			firstname,
			name,
			created: new Date(created).toISOString(),
			enabled: !random.chance(0.02),
			grants,
			properties: generatedProperties(i, random),
			progress: generatedProgress(school, grants, random),
		});
	}
	for (const user of school.users()) {
		for (const exam of school.exams) {
			if (
				exam.id === EXAMS.empty.id ||
				(user.progress[exam.courseId] ?? 0) < 8 ||
				isFixture(user.uid) ||
				!random.chance(0.3)
			)
				continue;
			const points = random.below(exam.maxPoints + 1);
			school.addResult({
				examId: exam.id,
				uid: user.uid,
				points,
				passed: points * 2 >= exam.maxPoints,
				created: user.created,
			});
		}
	}
}

const FIXTURE_UIDS: ReadonlySet<string> = new Set(Object.values(USERS).map(({ uid }) => uid));

function isFixture(uid: string): boolean {
	return FIXTURE_UIDS.has(uid);
}

/** What stands before the @, worked out once for each name. */
const mailNames = new Map<string, string>();

/** The running number keeps addresses apart; it comes after a plus for some, as course operators do it. */
function generatedEmail(number: number, first: string, last: string, random: Random): string {
	const umlauts = random.chance(0.05);
	const key = `${first}|${last}|${umlauts}`;
	const before = mailNames.get(key) ?? mailName(first, last, umlauts);
	mailNames.set(key, before);
	const domain = random.pick(DOMAINS);

	return random.chance(0.08) ? `${before}+kurs${number}@${domain}` : `${before}${number}@${domain}`;
}

/** Offers with the share of users who hold them, in percent. `empty` is held by nobody. */
const SHARES = [
	[OFFERS.excel.id, 40],
	[OFFERS.bundle.id, 25],
	[OFFERS.yoga.id, 20],
	[OFFERS.safety.id, 15],
	[OFFERS.earlyBird.id, 6],
	[OFFERS.earlyBirdAgain.id, 4],
	[OFFERS.community.id, 10],
] as const;

function generatedGrants(number: number, random: Random): Grant[] {
	const grants: Grant[] = [];
	for (const [offerId, share] of SHARES) {
		if (!random.chance(share / 100)) continue;
		const grant: Grant = { offerId, active: !random.chance(0.12) };
		// Leading zeros, a letter in front, or none: shops differ.
		const form = random.below(10);
		if (form < 5) grant.orderId = String(number * 10 + grants.length).padStart(8, '0');
		else if (form < 9) grant.orderId = `CC-${number}-${grants.length}`;
		if (random.chance(0.1)) {
			grant.start = FIRST_DAY + random.below(700) * DAY;
			// Far from any present day, so that no school changes by itself.
			grant.end = random.chance(0.5)
				? Math.min(grant.start + 90 * DAY, Date.UTC(2025, 11, 1))
				: Date.UTC(2099, 11, 31);
			if (grant.end <= grant.start) grant.start = grant.end - DAY;
		}
		grants.push(grant);
		if (grant.orderId !== undefined && random.chance(0.05)) {
			grants.push({ offerId, orderId: `${grant.orderId}-2`, active: random.chance(0.5) });
		}
	}

	return grants;
}

function generatedProperties(
	number: number,
	random: Random,
): { [propertyId: string]: PropertyValue } | undefined {
	if (random.chance(0.4)) return undefined;
	const values: { [propertyId: string]: PropertyValue } = {
		[PROPERTIES.company.id]:
			`${random.pick(LAST_NAMES)} ${random.pick(['GmbH', 'AG', 'e. K.', 'UG (haftungsbeschränkt)', '& Söhne'])}`,
		[PROPERTIES.customerNumber.id]: 100_000 + number,
	};
	if (random.chance(0.5)) values[PROPERTIES.newsletter.id] = random.chance(0.5);
	if (random.chance(0.3)) values[PROPERTIES.level.id] = random.pick(PROPERTIES.level.choices);
	if (random.chance(0.2))
		values[PROPERTIES.birthday.id] =
			`19${60 + random.below(40)}-0${1 + random.below(9)}-${10 + random.below(19)}`;

	return values;
}

function generatedProgress(
	school: School,
	grants: Grant[],
	random: Random,
): { [courseId: string]: number } | undefined {
	if (grants.length === 0 || random.chance(0.2)) return undefined;
	const progress: { [courseId: string]: number } = {};
	for (const { offerId } of grants) {
		for (const courseId of school.offer(offerId)?.courseIds ?? []) {
			const { activePosts } = school.course(courseId) ?? { activePosts: 0 };
			if (activePosts > 0)
				progress[courseId] = random.chance(0.1) ? activePosts : random.below(activePosts);
		}
	}

	return progress;
}
