/**
 * What every generated school holds, whatever its size and seed. Tests may rely on all of it.
 *
 * The ids look like the API's: 20 letters and digits, uids 28.
 */

/** A course with the number of its published lessons. The API calls a lesson "post". */
export interface CourseFixture {
	readonly id: string;
	readonly name: string;
	readonly activePosts: number;
}

/** An offer ("Zugang") with the courses it opens. */
export interface OfferFixture {
	readonly id: string;
	readonly name: string;
	readonly courseIds: readonly string[];
}

/** The definition of a custom property. `choices` are the values of a select. */
export interface PropertyFixture {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly choices?: readonly string[];
}

/** A user with what he or she holds. Offers and courses are given by their ids. */
export interface UserFixture {
	readonly uid: string;
	readonly email: string;
	readonly firstname: string;
	readonly name: string;
	readonly created: string;
	/** False for a user whose account is switched off. */
	readonly enabled?: false;
	readonly grants?: ReadonlyArray<{
		readonly offerId: string;
		readonly orderId?: string;
		readonly active?: false;
		/** ISO 8601. */
		readonly start?: string;
		readonly end?: string;
	}>;
	readonly properties?: { readonly [propertyId: string]: string | number | boolean };
	/** Completed lessons by course. */
	readonly progress?: { readonly [courseId: string]: number };
}

/** The courses by a short name. */
export const COURSES = {
	excel: { id: 'crsExcelBasics000001', name: 'Excel Basics', activePosts: 20 },
	pivot: { id: 'crsExcelPivot0000002', name: 'Excel: Pivot-Tabellen', activePosts: 12 },
	yoga: { id: 'crsYogaAnfaenger0003', name: 'Yoga für Anfänger', activePosts: 30 },
	safety: { id: 'crsArbeitsschutz0004', name: 'Arbeitsschutz 2026', activePosts: 8 },
	/** Has no lesson yet, so that a percentage would divide by zero. */
	soon: { id: 'crsComingSoon0000005', name: 'Coming Soon', activePosts: 0 },
} as const satisfies { [name: string]: CourseFixture };

/** The offers by a short name. */
export const OFFERS = {
	excel: { id: 'ofrExcelBasics000001', name: 'Excel Basics', courseIds: [COURSES.excel.id] },
	bundle: {
		id: 'ofrOfficeBundle00002',
		name: 'Office Bundle',
		courseIds: [COURSES.excel.id, COURSES.pivot.id],
	},
	yoga: { id: 'ofrYogaAnfaenger0003', name: 'Yoga für Anfänger 🧘', courseIds: [COURSES.yoga.id] },
	safety: {
		id: 'ofrArbeitsschutz0004',
		name: 'Arbeitsschutz 2026',
		courseIds: [COURSES.safety.id],
	},
	/** Two offers of the same name. */
	earlyBird: { id: 'ofrFruehbucherAaa005', name: 'Frühbucher', courseIds: [COURSES.yoga.id] },
	earlyBirdAgain: { id: 'ofrFruehbucherBbb006', name: 'Frühbucher', courseIds: [COURSES.soon.id] },
	/** Opens a community only. */
	community: { id: 'ofrCommunityOnly0007', name: 'Community', courseIds: [] },
	/** Nobody holds it. */
	empty: { id: 'ofrNobodyHasIt000008', name: 'Masterclass', courseIds: [COURSES.pivot.id] },
} as const satisfies { [name: string]: OfferFixture };

/** The definitions of custom properties by a short name. The types are guesses: no source names them all. */
export const PROPERTIES = {
	company: { id: 'prpCompany0000000001', name: 'Firma', type: 'text' },
	customerNumber: { id: 'prpCustomerNumber002', name: 'Kundennummer', type: 'number' },
	birthday: { id: 'prpBirthday000000003', name: 'Geburtstag', type: 'date' },
	newsletter: { id: 'prpNewsletter0000004', name: 'Newsletter', type: 'boolean' },
	level: {
		id: 'prpLevel000000000005',
		name: 'Stufe',
		type: 'select',
		choices: ['Bronze', 'Silber', 'Gold'],
	},
	/** A type that nobody knows. */
	address: { id: 'prpAddress0000000006', name: 'Anschrift', type: 'postalAddress' },
	/** Two properties of the same name. */
	note: { id: 'prpNoteInternal00007', name: 'Notiz', type: 'text' },
	noteAgain: { id: 'prpNoteExternal00008', name: 'Notiz', type: 'text' },
} as const satisfies { [name: string]: PropertyFixture };

/** Chapters ("Module") by a short name. */
export const CHAPTERS = {
	excelBonus: { id: 'chpExcelBonus0000001', courseId: COURSES.excel.id, name: 'Bonus: Makros' },
	excelExam: { id: 'chpExcelExam00000002', courseId: COURSES.excel.id, name: 'Prüfung' },
	yogaSilent: { id: 'chpYogaSchweigen0003', courseId: COURSES.yoga.id, name: 'Schweigetag' },
} as const;

/** Exams by a short name. */
export const EXAMS = {
	excel: {
		id: 'exmExcelBasics000001',
		courseId: COURSES.excel.id,
		name: 'Excel Basics',
		maxPoints: 100,
	},
	safety: {
		id: 'exmArbeitsschutz0002',
		courseId: COURSES.safety.id,
		name: 'Arbeitsschutz 2026',
		maxPoints: 40,
	},
	/** Nobody has taken it. */
	empty: { id: 'exmNobodyTookIt00003', courseId: COURSES.yoga.id, name: 'Yoga', maxPoints: 10 },
} as const;

/** The id of the school itself. */
export const SCHOOL_ID = 'schStandIn0000000001';

/** The users by a short name. In the list they come first and in this order, except for `last`. */
export const USERS = {
	/** Holds Excel Basics, active. */
	anna: {
		uid: 'AnnaUid000000000000000000001',
		email: 'anna@example.com',
		firstname: 'Anna',
		name: 'Schmidt',
		created: '2024-01-08T09:00:00.000Z',
		grants: [{ offerId: OFFERS.excel.id, orderId: '0004711' }],
		properties: {
			[PROPERTIES.company.id]: 'Schmidt GmbH',
			[PROPERTIES.newsletter.id]: true,
			[PROPERTIES.level.id]: 'Gold',
		},
		progress: { [COURSES.excel.id]: 10 },
	},
	/** Holds Excel Basics, switched off. */
	ben: {
		uid: 'BenUid0000000000000000000002',
		email: 'ben@example.com',
		firstname: 'Ben',
		name: 'Weber',
		created: '2024-01-09T09:00:00.000Z',
		grants: [{ offerId: OFFERS.excel.id, orderId: '0004712', active: false }],
		progress: { [COURSES.excel.id]: 3 },
	},
	/** Holds nothing. */
	carla: {
		uid: 'CarlaUid00000000000000000003',
		email: 'carla@example.com',
		firstname: 'Carla',
		name: 'Rossi',
		created: '2024-01-10T09:00:00.000Z',
	},
	/** An address with a plus. Holds Yoga, without an order. */
	max: {
		uid: 'MaxUid0000000000000000000004',
		email: 'max+kurs@example.com',
		firstname: 'Max',
		name: 'Plus',
		created: '2024-01-10T09:00:00.000Z',
		grants: [{ offerId: OFFERS.yoga.id }],
	},
	/** An address with an umlaut. Has completed Excel Basics. */
	juergen: {
		uid: 'JuergenUid000000000000000005',
		email: 'jürgen@example.com',
		firstname: 'Jürgen',
		name: 'Großmann',
		created: '2024-01-11T09:00:00.000Z',
		grants: [{ offerId: OFFERS.excel.id, orderId: 'DS24-ÄÖ/7' }],
		properties: { [PROPERTIES.customerNumber.id]: 7 },
		progress: { [COURSES.excel.id]: 20 },
	},
	/** Holds Excel Basics through two orders, one of them switched off. */
	dora: {
		uid: 'DoraUid000000000000000000006',
		email: 'dora@example.com',
		firstname: 'Dora',
		name: 'Zweimal',
		created: '2024-01-12T09:00:00.000Z',
		grants: [
			{ offerId: OFFERS.excel.id, orderId: '0005001' },
			{ offerId: OFFERS.excel.id, orderId: '0005002', active: false },
		],
		progress: { [COURSES.excel.id]: 5 },
	},
	/** Excel Basics switched off, Yoga active: only under `active: user` is this user active for Excel. */
	emil: {
		uid: 'EmilUid000000000000000000007',
		email: 'emil@example.com',
		firstname: 'Emil',
		name: 'Halb',
		created: '2024-01-13T09:00:00.000Z',
		grants: [
			{ offerId: OFFERS.excel.id, orderId: '0005003', active: false },
			{ offerId: OFFERS.yoga.id, orderId: '0005004' },
		],
	},
	/** One order gave two offers. The term of Arbeitsschutz has ended, that of the bundle runs on. */
	frida: {
		uid: 'FridaUid00000000000000000008',
		email: 'frida@example.com',
		firstname: 'Frida',
		name: 'Østergård',
		created: '2024-01-14T09:00:00.000Z',
		grants: [
			{
				offerId: OFFERS.safety.id,
				orderId: '0006000',
				start: '2024-01-14T00:00:00.000Z',
				end: '2025-01-13T23:59:59.000Z',
			},
			{
				offerId: OFFERS.bundle.id,
				orderId: '0006000',
				start: '2024-01-14T00:00:00.000Z',
				end: '2099-12-31T23:59:59.000Z',
			},
		],
		progress: { [COURSES.safety.id]: 8, [COURSES.pivot.id]: 1 },
	},
	/** The account is switched off, the grant is not. */
	gerd: {
		uid: 'GerdUid000000000000000000009',
		email: 'gerd@example.com',
		firstname: 'Gerd',
		name: 'Gesperrt',
		created: '2024-01-15T09:00:00.000Z',
		enabled: false,
		grants: [{ offerId: OFFERS.excel.id, orderId: '0005005' }],
	},
	/** The server keeps this address with capital letters. */
	helga: {
		uid: 'HelgaUid00000000000000000010',
		email: 'Helga.Mixed@Example.com',
		firstname: 'Helga',
		name: "O'Connor",
		created: '2024-01-16T09:00:00.000Z',
		grants: [{ offerId: OFFERS.community.id, orderId: '0005006' }],
	},
	/** Emoji in the name, no last name, an address at a domain with an umlaut. */
	ivo: {
		uid: 'IvoUid0000000000000000000011',
		email: 'ivo@müller-kurse.example',
		firstname: 'Ivo 🌟',
		name: '',
		created: '2024-01-17T09:00:00.000Z',
		grants: [
			{ offerId: OFFERS.earlyBird.id, orderId: '0005007' },
			{ offerId: OFFERS.earlyBirdAgain.id, orderId: '0005008' },
		],
	},
	/** Comes last in the list of a school just made, however large it is. */
	last: {
		uid: 'LastUid000000000000000000012',
		email: 'last@example.com',
		firstname: 'Zoë',
		name: 'Zuletzt',
		created: '2025-12-31T23:00:00.000Z',
		grants: [{ offerId: OFFERS.excel.id, orderId: '0005009' }],
		progress: { [COURSES.excel.id]: 1 },
	},
} as const satisfies { [name: string]: UserFixture };

/** Results of exams that are always there: of Anna, passed, and of Ben, failed. */
export const RESULTS = [
	{
		examId: EXAMS.excel.id,
		uid: USERS.anna.uid,
		points: 88,
		passed: true,
		created: '2024-03-01T10:00:00.000Z',
	},
	{
		examId: EXAMS.excel.id,
		uid: USERS.ben.uid,
		points: 31,
		passed: false,
		created: '2024-03-02T10:00:00.000Z',
	},
	{
		examId: EXAMS.safety.id,
		uid: USERS.frida.uid,
		points: 40,
		passed: true,
		created: '2024-03-03T10:00:00.000Z',
	},
] as const;
