import type { IDataObject } from 'n8n-workflow';
import { by, mapped } from '../support/operations';
import type { School, StandIn, Variants } from '../stand-in';
import { CHAPTERS, COURSES, EXAMS, OFFERS, PROPERTIES, USERS } from '../stand-in/fixtures';

/** What a check may look at. */
export interface Seen {
	/** Data of the output items, in order. */
	rows: IDataObject[];
	/** The switches under which the run was made. */
	variants: Variants;
	/** The stand-in after the run. */
	standIn: StandIn;
}

/** An operation with what must hold after a run of it, whatever the API turns out to be like. */
export interface MatrixCase {
	/** `resource.operation`. */
	name: string;
	/**
	 * Parameters of each item, one entry for each: what one item names, all name, since an expression that
	 * gives nothing is refused where it must be clear what is meant. May look at the switches for what a
	 * user would know, such as a UID.
	 */
	items(variants: Variants): Array<{ [name: string]: unknown }>;
	/** Makes the school ready, beyond what every school has. */
	prepare?(standIn: StandIn): void;
	/** Whether it changes the school, so that the next run needs a new one. */
	writes: boolean;
	/** The message with which it must fail under some switches; undefined where it must succeed. */
	forbidden?(variants: Variants): RegExp | undefined;
	/** Throws where an output is wrong, cut, or claims what is not so. */
	check(seen: Seen): void;
}

type UserFilter = Parameters<School['page']>[0];

const ANNA = USERS.anna.email;
const DORA = USERS.dora.email;
const NEW = 'neu@example.com';
const NOBODY = 'nobody@example.com';
const uidOf = ({ uid }: { uid: string }, { uidCase }: Variants) => (uidCase === 'lower' ? uid.toLowerCase() : uid);

/** Whether the answer to a write tells anything. */
const tells = ({ writeStatus, writeAnswer }: Variants) => writeStatus !== '204' && writeAnswer === 'object';

/** Whether the look-up by e-mail can be used. */
const looksUp = ({ lookUpPlan }: Variants) => lookUpPlan === 'allowed';

/** Chosen offers, as the operations around access take them. */
const offersOf = (...offers: Array<{ id: string }>) => ({ chosenOffers: { values: offers.map(({ id }) => ({ offer: by('id', id) })) } });
const { excel, bundle, yoga } = OFFERS;

/**
 * Whether the lists of the fixtures prove what `active` means: Emil is inactive for Excel Basics and
 * has another offer in use. Where `active` speaks of him, or he is not listed, nothing is proven.
 */
const isProven = ({ active }: Variants) => active === 'grant';

/** A user with more courses than fit on one page. */
const MANY = Array.from({ length: 25 }, (_, i) => ({ id: `course${String(i).padStart(14, '0')}`, name: `Course ${i}`, activePosts: 4 }));

export const MATRIX: readonly MatrixCase[] = [
	{
		name: 'chapter.enableAccess',
		items: () => [{ user: by('email', ANNA), chapter: by('id', CHAPTERS.excelBonus.id), course: by('id', COURSES.excel.id) }],
		writes: true,
		check({ rows, variants, standIn }) {
			expect(rows).toMatchObject([{ success: true, email: ANNA, outcome: tells(variants) ? 'confirmed' : 'accepted' }]);
			expect(standIn.school.user(ANNA)?.chapters).toEqual([CHAPTERS.excelBonus.id]);
		},
	},
	{
		name: 'course.getAll',
		items: () => [{ returnAll: true }],
		writes: false,
		check({ rows, standIn }) {
			expect(new Set(rows.map(({ courseId }) => courseId))).toEqual(new Set(standIn.school.offers.flatMap(({ courseIds }) => courseIds)));
		},
	},
	{
		name: 'courseProgress.get',
		items: () => [{ user: by('email', ANNA), course: by('id', COURSES.excel.id) }],
		writes: false,
		check({ rows }) {
			expect(rows).toMatchObject([{ email: ANNA, courseId: COURSES.excel.id, activePosts: 20, completedPosts: 10, percent: 50 }]);
		},
	},
	{
		name: 'courseProgress.getAll',
		items: () => [{ user: by('email', USERS.carla.email), returnAll: true }, { user: by('email', ANNA), returnAll: true }],
		prepare({ school }) {
			if (school.course(MANY[0].id) !== undefined) return;
			school.courses.push(...MANY);
			school.offers.push({ id: 'offerOfManyCourses00', name: 'Many', courseIds: MANY.map(({ id }) => id) });
			school.quietly(() => school.grant({ email: USERS.carla.email, offerId: 'offerOfManyCourses00' }));
		},
		writes: false,
		check({ rows }) {
			expect(rows.map(({ email, courseId }) => [email, courseId])).toEqual([...MANY.map(({ id }) => [USERS.carla.email, id]), [ANNA, COURSES.excel.id]]);
		},
	},
	{
		name: 'customProperty.getAll',
		items: () => [{ returnAll: true }],
		writes: false,
		check({ rows, standIn }) {
			expect(rows.map(({ id, name, type }) => ({ id, name, type }))).toEqual(standIn.school.properties.map(({ id, name, type }) => ({ id, name, type })));
		},
	},
	{
		name: 'customProperty.set',
		items: () => [
			{ user: by('email', ANNA), properties: mapped({ [PROPERTIES.company.id]: 'Neue GmbH', Kundennummer: 5, Newsletter: 'false' }), propertiesToClear: ['Stufe'] },
			{ user: by('email', USERS.ben.email), properties: mapped({ Firma: 'B' }) },
			{ user: by('email', DORA), properties: mapped({ Firma: 'D' }) },
		],
		prepare({ school }) {
			school.setProperty(DORA, PROPERTIES.birthday.id, '1990-05-01');
		},
		writes: true,
		check({ rows, variants, standIn }) {
			// No answer shows stored values, so nothing more may be claimed.
			expect(rows).toMatchObject([
				{ email: ANNA, properties: { Firma: 'Neue GmbH', Kundennummer: '5', Newsletter: 'false' }, cleared: ['Stufe'], outcome: 'accepted' },
				{ email: USERS.ben.email, outcome: 'accepted' },
				{ email: DORA, outcome: 'accepted' },
			]);
			expect(standIn.school.user(ANNA)?.properties).toMatchObject({ [PROPERTIES.company.id]: 'Neue GmbH', [PROPERTIES.customerNumber.id]: '5', [PROPERTIES.newsletter.id]: 'false' });
			expect(standIn.school.user(USERS.ben.email)?.properties).toEqual({ [PROPERTIES.company.id]: 'B' });
			if (variants.clearProperty === 'emptyText') expect(standIn.school.user(ANNA)?.properties).not.toHaveProperty(PROPERTIES.level.id);
			// What is not named stays, unless nothing can be looked at.
			if (looksUp(variants) || variants.partialPropertyUpdate === 'partial') expect(standIn.school.user(DORA)?.properties).toMatchObject({ [PROPERTIES.birthday.id]: '1990-05-01' });
		},
	},
	{
		name: 'exam.getResults',
		items: () => [{ examId: EXAMS.empty.id, returnAll: true }],
		prepare({ school }) {
			if (school.resultsOf(EXAMS.empty.id).length > 0) return;
			let points = 0;
			for (const { uid } of school.users()) school.addResult({ examId: EXAMS.empty.id, uid, points: points++, passed: true, created: '2026-01-01T00:00:00.000Z' });
		},
		writes: false,
		check({ rows, standIn }) {
			expect(rows.map(({ examId, points }) => [examId, points])).toEqual(standIn.school.resultsOf(EXAMS.empty.id).map(({ points }) => [EXAMS.empty.id, points]));
		},
	},
	{
		name: 'loginToken.create',
		items: (variants) => [{ user: by('email', ANNA) }, { user: by('uid', uidOf(USERS.ben, variants)) }],
		writes: true,
		check({ rows, variants, standIn }) {
			const links = variants.loginTokenAnswer === 'both';
			expect(rows.map(({ uid, loginUrl }) => [uid, typeof loginUrl === 'string'])).toEqual([[uidOf(USERS.anna, variants), links], [uidOf(USERS.ben, variants), links]]);
			for (const [index, { uid }] of [USERS.anna, USERS.ben].entries()) expect(standIn.school.uidOfToken(String(rows[index].token))).toBe(uid);
		},
	},
	{
		name: 'offer.getAll',
		items: () => [{ returnAll: true }],
		writes: false,
		check({ rows, standIn }) {
			expect(rows).toEqual(standIn.school.offers.map(({ id, name, courseIds }) => ({ id, name, courseIds })));
		},
	},
	{
		name: 'offer.grant',
		items: () => [NEW, ANNA, USERS.ben.email, USERS.carla.email].map((email, item) => ({ email, offer: by('name', 'Excel Basics'), firstName: 'Nele', lastName: 'Neu', orderId: `000900${item}` })),
		writes: true,
		check({ rows, variants, standIn }) {
			expect(rows.map(({ email }) => email)).toEqual([NEW, ANNA, USERS.ben.email, USERS.carla.email]);
			const { school } = standIn;
			for (const { email, outcome, action } of rows) {
				expect(school.holds(String(email), OFFERS.excel.id, true)).toBe(true);
				expect(outcome).toBe(tells(variants) ? 'confirmed' : 'accepted');
				expect(['granted', 'activated']).toContain(action);
			}
			const granted = standIn.log.of('grantUserOfferByMail').map(({ body }) => (body as { email: string }).email);
			// Who is listed is never granted again; who is not is granted once.
			expect(granted.sort()).toEqual([...(variants.active === 'inactiveNotListed' ? [USERS.ben.email] : []), USERS.carla.email, NEW].sort());
			expect(school.grantsOf(ANNA)).toHaveLength(1);
			expect([...school.users()].filter(({ email }) => email === NEW)).toHaveLength(1);
		},
	},
	{
		name: 'offer.remove',
		items: () => [{ user: by('email', ANNA), offer: by('id', OFFERS.excel.id) }],
		writes: true,
		forbidden: ({ offerStateActiveRequired }) => (offerStateActiveRequired === 'required' ? /^Memberspot did not accept the values \[item 0\]$/ : undefined),
		check({ rows, standIn }) {
			expect(rows).toMatchObject([{ success: true, email: ANNA, removed: true, outcome: 'accepted' }]);
			expect(standIn.school.grantsOf(ANNA)).toEqual([]);
		},
	},
	{
		name: 'offer.setState',
		items: () => [
			{ user: by('email', ANNA), offer: by('id', OFFERS.excel.id), active: false },
			{ user: by('email', USERS.ben.email), offer: by('name', 'Excel Basics'), active: true },
		],
		writes: true,
		check({ rows, variants, standIn }) {
			const outcome = tells(variants) ? 'confirmed' : 'accepted';
			expect(rows).toMatchObject([{ email: ANNA, active: false, outcome }, { email: USERS.ben.email, active: true, outcome }]);
			expect(standIn.school.holds(ANNA, OFFERS.excel.id, false)).toBe(true);
			expect(standIn.school.holds(USERS.ben.email, OFFERS.excel.id, true)).toBe(true);
		},
	},
	{
		name: 'order.remove',
		items: () => [
			{ user: by('email', ANNA), orderId: '0004711', options: { offerToCheck: by('id', OFFERS.excel.id) } },
			{ user: by('email', USERS.dora.email), orderId: '0005002', options: {} },
		],
		writes: true,
		check({ rows, standIn }) {
			// Anna's only access is gone, which the list shows under every reading.
			expect(rows).toMatchObject([{ email: ANNA, removed: true, outcome: 'confirmed', afterwards: 'notListed' }, { email: USERS.dora.email, removed: true, outcome: 'accepted' }]);
			expect(standIn.school.grantsOf(ANNA)).toEqual([]);
			expect(standIn.school.grantsOf(USERS.dora.email).map(({ orderId }) => orderId)).toEqual(['0005001']);
		},
	},
	{
		name: 'order.setState',
		items: () => [
			{ user: by('email', ANNA), orderId: '0004711', active: false },
			{ user: by('email', USERS.ben.email), orderId: '0004712', active: true },
			{ user: by('email', USERS.carla.email), orderId: '9999', active: true },
		].map((item) => ({ ...item, options: { offerToCheck: by('id', OFFERS.excel.id), maxParallelRequests: 1 } })),
		writes: true,
		forbidden: ({ unknownOrder }) => (unknownOrder === 'status404' ? /^Memberspot does not know this record \[item 2\]$/ : undefined),
		check({ rows, variants, standIn }) {
			const { school } = standIn;
			expect(school.holds(ANNA, OFFERS.excel.id, false)).toBe(true);
			expect(school.holds(USERS.ben.email, OFFERS.excel.id, true)).toBe(true);
			// What the state speaks of can not be known, so it proves a change only where it changes.
			const seesGrants = variants.active !== 'user';
			expect(rows.map(({ outcome }) => outcome)).toEqual([seesGrants ? 'confirmed' : 'accepted', seesGrants ? 'confirmed' : 'accepted', 'accepted']);
		},
	},
	{
		name: 'user.auditAccess',
		items: () =>
			[
				{ email: ANNA, offerList: [excel.id] },
				{ email: USERS.ben.email, offerList: [excel.id] },
				{ email: USERS.carla.email, offerList: [excel.id] },
				{ email: USERS.emil.email, offerList: [yoga.id] },
				{ email: USERS.max.email, offerList: [] },
				{ email: NOBODY, offerList: [yoga.id] },
			].map((item) => ({ ...item, offersFrom: 'list', offersToRead: 'chosen', ...offersOf(excel, yoga) })),
		writes: false,
		check({ rows, variants, standIn }) {
			const asked = rows.filter(({ inInput, status }) => inInput === true && status !== 'noActiveAccess');
			const paused = { grant: { status: 'inactive' }, user: { status: 'unknown', likely: 'ok' }, inactiveNotListed: { status: 'missing', mayBePaused: true } }[variants.active];
			expect(asked).toMatchObject([
				{ email: ANNA, offerId: excel.id, ...(isProven(variants) ? { status: 'ok' } : { status: 'unknown', likely: 'ok' }) },
				{ email: USERS.ben.email, offerId: excel.id, ...paused },
				{ email: USERS.carla.email, offerId: excel.id, status: 'missing' },
				// His Excel Basics is paused, and not wanted. Where nothing tells it apart, he may have it.
				...(variants.active === 'user' ? [{ email: USERS.emil.email, offerId: excel.id, status: 'unknown', likely: 'extra' }] : []),
				{ email: USERS.emil.email, offerId: yoga.id, ...(isProven(variants) ? { status: 'ok' } : { status: 'unknown', likely: 'ok' }) },
				{ email: USERS.max.email, offerId: yoga.id, ...(isProven(variants) ? { status: 'extra' } : { status: 'unknown', likely: 'extra' }) },
				{ email: NOBODY, status: 'unknownUser' },
			]);
			for (const { status, email, offerId } of rows) {
				if (status === 'extra') expect(standIn.school.holds(String(email), String(offerId), true)).toBe(true);
				if (status === 'noActiveAccess') expect([excel, yoga].some(({ id }) => standIn.school.holds(String(email), id, true) && standIn.school.user(String(email))?.enabled === true)).toBe(false);
			}
			expect(rows.at(-1)).toMatchObject({ status: 'totals', totals: { complete: true, offers: 2, unknownUser: 1, paused: isProven(variants) ? 'perOffer' : 'notProven' } });
			expect(standIn.log.writes()).toEqual([]);
		},
	},
	{
		name: 'user.delete',
		items: () => [{ emails: [ANNA, NOBODY], options: { checkAfterwards: true } }, { emails: ANNA, options: {} }],
		writes: true,
		forbidden: ({ deleteBodyStripped, postDeletionPath }) =>
			deleteBodyStripped === 'stripped' && postDeletionPath === 'otherPath' ? /^The server does not know this part of the Memberspot API/ : undefined,
		check({ rows, variants, standIn }) {
			const done = looksUp(variants)
				? { email: ANNA, deleted: true, before: 'existed', afterwards: 'gone', outcome: 'confirmed' }
				: { email: ANNA, deletionRequested: true, before: 'notRead', afterwards: 'notRead', outcome: 'accepted' };
			const other = looksUp(variants) ? { email: NOBODY, deleted: false, reason: 'notFound', outcome: 'unchanged' } : { email: NOBODY, deletionRequested: true, outcome: 'accepted' };
			expect(rows).toMatchObject([done, other, { ...done, mergedWith: 0 }]);
			if (looksUp(variants)) expect(standIn.school.user(ANNA)).toBeUndefined();
			else expect(standIn.school.isLive(ANNA)).toBe(false);
			expect(standIn.school.isLive(USERS.ben.email)).toBe(true);
		},
	},
	{
		name: 'user.get',
		items: (variants) => [{ user: by('email', ANNA), ifNotFound: 'error' }, { user: by('uid', uidOf(USERS.last, variants)), ifNotFound: 'error' }, { user: by('email', NOBODY), ifNotFound: 'returnNotFound' }],
		writes: false,
		check({ rows, variants }) {
			expect(rows).toMatchObject([
				{
					uid: uidOf(USERS.anna, variants),
					email: ANNA,
					firstName: 'Anna',
					lastName: 'Schmidt',
					active: true,
					created: '2024-01-08T09:00:00.000Z',
					properties: { Firma: 'Schmidt GmbH', Newsletter: true, Stufe: 'Gold' },
					progress: [{ courseId: COURSES.excel.id, percent: 50 }],
				},
				{ uid: uidOf(USERS.last, variants), email: USERS.last.email },
				{ found: false, email: NOBODY },
			]);
		},
	},
	{
		name: 'user.getAccess',
		items: (variants) => [
			{ usersFrom: 'one', user: by('email', ANNA) },
			{ usersFrom: 'many', emails: `${USERS.ben.email}, ${NOBODY}` },
			{ usersFrom: 'one', user: by('uid', uidOf(USERS.emil, variants)) },
		].map((item) => ({ ...item, offersToRead: 'chosen', ...offersOf(excel, bundle, yoga) })),
		writes: false,
		check({ rows, variants, standIn }) {
			const none = { active: [], inactive: [], unknown: [] };
			const [anna, ben, emil] = {
				grant: [{ active: [excel.id] }, { inactive: [excel.id] }, { inactive: [excel.id], active: [yoga.id] }],
				user: [{ unknown: [excel.id] }, { unknown: [excel.id] }, { unknown: [excel.id, yoga.id] }],
				inactiveNotListed: [{ unknown: [excel.id] }, {}, { unknown: [yoga.id] }],
			}[variants.active];
			const seen = { pausedListed: isProven(variants) ? true : null, offersRead: 3 };
			expect(rows).toMatchObject([
				{ email: ANNA, uid: uidOf(USERS.anna, variants), found: true, ...none, ...anna, ...seen },
				{ email: USERS.ben.email, found: true, ...none, ...ben, ...seen },
				{ email: NOBODY, found: false, access: [], ...none },
				{ email: USERS.emil.email, found: true, ...none, ...emil, ...seen },
			]);
			expect(standIn.log.writes()).toEqual([]);
		},
	},
	{
		name: 'user.getAll',
		items: () => [
			{ returnAll: true, filters: { active: 'all' }, options: {} },
			{ returnAll: true, filters: { offer: by('id', OFFERS.excel.id), active: 'active' }, options: { pageSize: 3 } },
			{ returnAll: false, limit: 8, filters: { course: by('id', COURSES.excel.id), active: 'all', search: '.com' }, options: {} },
		],
		writes: false,
		check({ rows, variants, standIn }) {
			// All that the list would show on one page that is long enough.
			const emails = (filter: UserFilter) => standIn.school.page(filter, variants.active, 0, 1_000).users.map(({ email }) => email);
			expect(rows.map(({ email }) => email)).toEqual([
				...emails({}),
				...emails({ offerId: OFFERS.excel.id, active: true }),
				...emails({ courseId: COURSES.excel.id }).filter((email) => email.includes('.com')).slice(0, 8),
			]);
		},
	},
	{
		name: 'user.syncAccess',
		items: () =>
			[
				{ email: ANNA, offerList: [bundle.id], properties: mapped({ Firma: 'Neue GmbH' }) },
				{ email: USERS.ben.email, offerList: ['Excel Basics'] },
				{ email: USERS.emil.email, offerList: [{ offer: yoga.id }] },
				{ email: USERS.max.email, offerList: [] },
				{ email: NEW, offerList: [yoga.id], details: { firstName: 'Nele', lastName: 'Neu', orderId: '0009000' } },
			].map((item) => ({ details: {}, ...item, offersFrom: 'list', controls: 'chosen', ...offersOf(excel, bundle, yoga), unlisted: 'deactivate', ifMissing: 'create' })),
		writes: true,
		// Names of users who exist are never sent: where a grant must have them, Anna gets nothing.
		forbidden: ({ grantRequiredFields }) => (grantRequiredFields === 'emailAndOffer' ? undefined : /^Memberspot did not accept the values \[item 0\]$/),
		check({ rows, variants, standIn }) {
			const { school } = standIn;
			const { active } = variants;
			const ben = { grant: { activated: [excel.id] }, user: { activated: [], granted: [], unknown: [excel.id], outcome: 'unchanged' }, inactiveNotListed: { granted: [excel.id] } }[active];
			expect(rows).toMatchObject([
				{ email: ANNA, uid: uidOf(USERS.anna, variants), granted: [bundle.id], propertiesChanged: ['Firma'], outcome: 'accepted' },
				{ email: USERS.ben.email, ...ben },
				{ email: USERS.emil.email, granted: [], activated: [], deactivated: [], changed: false },
				{ email: USERS.max.email, changed: isProven(variants) },
				{ email: NEW, created: true, granted: [yoga.id], outcome: tells(variants) ? 'confirmed' : 'accepted' },
			]);
			// Nothing is taken that is not proven to be in use, and what was left is said.
			const taken = standIn.log.of('setOfferState').flatMap(({ body }) => ((body as { active?: boolean }).active === true ? [] : [(body as { email: string }).email]));
			expect(taken.sort()).toEqual(isProven(variants) ? [ANNA, USERS.max.email] : []);
			for (const [index, offer] of [[0, excel], [3, yoga]] as const) {
				const { email, deactivated, notTaken } = rows[index];
				expect([email, deactivated, notTaken]).toEqual([email, isProven(variants) ? [offer.id] : [], isProven(variants) ? undefined : [offer.id]]);
				expect(school.holds(String(email), offer.id, true)).toBe(!isProven(variants));
			}
			expect(school.holds(ANNA, bundle.id, true)).toBe(true);
			expect(school.holds(USERS.ben.email, excel.id, true)).toBe(active !== 'user');
			expect(school.holds(USERS.emil.email, excel.id, false) && school.holds(USERS.emil.email, yoga.id, true)).toBe(true);
			expect(school.holds(NEW, yoga.id, true)).toBe(true);
			expect(school.user(ANNA)?.properties[PROPERTIES.company.id]).toBe('Neue GmbH');
			if (looksUp(variants) || variants.partialPropertyUpdate === 'partial') expect(school.user(ANNA)?.properties).toHaveProperty(PROPERTIES.level.id);
		},
	},
];
