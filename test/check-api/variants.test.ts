import {
	fixtures,
	startStandIn,
	valuesOf,
	VARIANT_NAMES,
	type StandIn,
	type VariantName,
	type Variants,
} from '../stand-in';
import { reportOf, runTool, SleptClock, wrongOf } from './run';

const { OFFERS, PROPERTIES, USERS, EXAMS } = fixtures;
const USER = 'throw-away@example.com';

/** Everything on, so that every point that calls can settle is settled. */
const ALL = [
	'--exam',
	EXAMS.excel.id,
	'--ended-user',
	USERS.frida.email,
	'--ended-offer',
	OFFERS.safety.id,
	'--limits',
	'--allow-writes',
	'--user',
	USER,
	'--offer',
	OFFERS.empty.id,
	'--offer',
	OFFERS.earlyBirdAgain.id,
	'--yes',
];

/**
 * What a run must find wrong for one value of a switch: exactly these, nothing else. Where the value
 * shows in no answer, `seen` is what a person finds out, and what the tool makes of it.
 */
interface Expected {
	wrong: string[];
	seen?: string;
	/** Why the tool could not run. */
	stops?: RegExp;
	/** Points that stay open because of the value. */
	open?: string[];
}

const fine: Expected = { wrong: [] };
const wrong = (...ids: string[]): Expected => ({ wrong: ids });
const seen = (point: string, reading: string, ...ids: string[]): Expected => ({
	wrong: ids,
	seen: `${point}=${reading}`,
});
const list = (name: string) => ({
	data: wrong(`list-envelope/${name}=data`),
	array: wrong(`list-envelope/${name}=array`),
	named: wrong(`list-envelope/${name}=named`),
	items: wrong(`list-envelope/${name}=items`),
});

/** Every switch, and every value of it. */
const EXPECTED: { [Name in VariantName]: { [value in Variants[Name]]: Expected } } = {
	active: {
		grant: fine,
		user: { wrong: ['active-meaning=user'], open: ['active-after-term', 'grant-again'] },
		// An ended term makes an access inactive, so this user is not listed either.
		inactiveNotListed: {
			wrong: ['inactive-grants-listed=notListed', 'active-after-term=notListed'],
			open: ['active-meaning', 'grant-again'],
		},
	},
	activeAfterTerm: {
		turnsFalse: fine,
		staysTrue: wrong('active-after-term=staysTrue'),
		notListed: wrong('active-after-term=notListed'),
	},
	usersEnvelope: {
		...list('users'),
		data: fine,
		array: {
			wrong: ['list-envelope/users=array'],
			open: ['cursor-name', 'end-of-list', 'cursor-form'],
		},
	},
	offersEnvelope: { ...list('offers'), array: fine },
	propertiesEnvelope: { ...list('properties'), array: fine },
	progressEnvelope: {
		...list('progress'),
		data: fine,
		array: wrong('list-envelope/progress=array', 'progress-list-paging=none'),
	},
	examResultsEnvelope: { ...list('results'), array: fine },
	cursorName: { nextPage: fine, next_page: wrong('cursor-name=next_page') },
	cursorForm: { opaque: fine, lastUid: wrong('cursor-form=lastUid') },
	endOfList: {
		absent: fine,
		null: wrong('end-of-list=null'),
		empty: wrong('end-of-list=empty'),
		emptyPage: wrong('end-of-list=emptyPage'),
	},
	pageSizeCap: {
		100: fine,
		50: wrong('page-size-cap=50'),
		10: wrong('page-size-cap=10'),
		none: wrong('page-size-cap=none'),
	},
	progressListPaging: { asUsers: fine, none: wrong('progress-list-paging=none') },
	// A bare list, the default, can carry no cursor: see the test below for one that can.
	examResultsPaging: { none: fine, asUsers: fine },
	courseProgressShape: { flat: fine, nested: wrong('course-progress-shape=nested') },
	userCreatedForm: { iso: fine, timestamp: wrong('user-created-form=timestamp') },
	uidCase: { mixed: fine, lower: wrong('uid-case=lower') },
	unknownUserLookUp: {
		status404: fine,
		emptyBody: wrong('unknown-user-look-up=emptyBody'),
		null: wrong('unknown-user-look-up=null'),
		emptyObject: wrong('unknown-user-look-up=emptyObject'),
	},
	lookUpPlan: {
		allowed: fine,
		forbidden: { wrong: ['look-up-plan=forbidden'], open: ['unknown-user-look-up'] },
	},
	grantRequiredFields: {
		emailAndOffer: fine,
		withNames: wrong('grant-required-fields=withNames'),
		withNamesAndOrder: wrong('grant-required-fields=withNamesAndOrder'),
	},
	grantAgain: { separatePerOrder: fine, oneAccess: wrong('grant-again=oneAccess') },
	grantRestartsTerm: {
		keepsTerm: seen('grant-restarts-term', 'keepsTerm'),
		restartsTerm: seen('grant-restarts-term', 'restartsTerm', 'grant-restarts-term=restartsTerm'),
	},
	grantChangesNames: {
		keepsNames: fine,
		overwritesNames: wrong('grant-changes-names=overwritesNames'),
	},
	welcomeMail: {
		newUsers: seen('welcome-mail', 'newUsers'),
		never: seen('welcome-mail', 'never', 'welcome-mail=never'),
	},
	grantMailsAgain: {
		never: seen('grant-mails-again', 'never'),
		eachGrant: seen('grant-mails-again', 'eachGrant', 'grant-mails-again=eachGrant'),
	},
	offerStateActiveRequired: {
		optional: fine,
		required: {
			wrong: ['offer-state-active-required=required'],
			open: ['grant-again', 'unheld-offer'],
		},
	},
	unheldOffer: {
		accepted: fine,
		status404: wrong('unheld-offer=status404'),
		granted: wrong('unheld-offer=granted'),
	},
	unknownOrder: { accepted: fine, status404: wrong('unknown-order=status404') },
	// It takes progress: see the test below.
	removalDeletesProgress: { deletesProgress: fine, keepsProgress: fine },
	unknownUserWrite: { status404: fine, status400: wrong('unknown-user-write=status400') },
	writeStatus: {
		201: fine,
		200: wrong('write-status=200'),
		204: { wrong: ['write-status=204'], open: ['write-answer', 'delete-answer'] },
	},
	writeAnswer: {
		object: fine,
		emptyBody: wrong('write-answer=emptyBody'),
		emptyObject: wrong('write-answer=emptyObject'),
		null: wrong('write-answer=null'),
		okText: wrong('write-answer=okText'),
	},
	propertyItemKey: {
		both: fine,
		id: wrong('property-item-key=id'),
		propertyId: wrong('property-item-key=propertyId'),
	},
	propertyUserKeys: { id: fine, name: wrong('property-user-keys=name') },
	propertyChoices: {
		none: fine,
		options: wrong('property-choices=options'),
		choices: wrong('property-choices=choices'),
		values: wrong('property-choices=values'),
	},
	propertyValueTypes: { typed: fine, textOnly: wrong('property-value-types=textOnly') },
	clearProperty: {
		emptyText: fine,
		null: wrong('clear-property=null'),
		impossible: wrong('clear-property=impossible'),
	},
	partialPropertyUpdate: { partial: fine, replaces: wrong('partial-property-update=replaces') },
	unknownProperty: {
		status404: fine,
		status400: wrong('unknown-property=status400'),
		ignored: wrong('unknown-property=ignored'),
	},
	deleteAnswer: {
		okText: fine,
		okJson: wrong('delete-answer=okJson'),
		emptyBody: wrong('delete-answer=emptyBody'),
	},
	deleteBodyStripped: {
		arrives: fine,
		stripped: { wrong: ['delete-body-stripped=stripped'], open: ['delete-answer'] },
	},
	postDeletionPath: { samePath: fine, otherPath: wrong('post-deletion-path=otherPath') },
	deletionDelay: { immediate: fine, late: wrong('deletion-delay=late') },
	loginTokenAnswer: {
		both: fine,
		tokenOnly: wrong('login-token-answer=tokenOnly'),
		bareString: wrong('login-token-answer=bareString'),
		loginToken: wrong('login-token-answer=loginToken'),
	},
	errorMessageForm: {
		nest: fine,
		text: wrong('error-message-form=text'),
		list: wrong('error-message-form=list'),
	},
	wrongKeyStatus: { 401: fine, 403: wrong('wrong-key-status=403') },
	apiPlan: { included: fine, missing: { wrong: [], stops: /refused the key \(403\).*plan/s } },
	courseProgressLimit: {
		fourPerSecond: fine,
		none: { wrong: ['course-progress-limit=none'], open: ['retry-after'] },
	},
	retryAfter: {
		seconds: fine,
		date: wrong('retry-after=date'),
		missing: wrong('retry-after=missing'),
	},
};

/** Open in every run: nobody was asked, the fixtures do not have it, or it takes progress. */
const ALWAYS_OPEN = [
	'all-courses-offer',
	'cursor-lifetime',
	'delete-limit',
	'grant-mails-again',
	'grant-restarts-term',
	'key-page',
	'key-shown-once',
	'login-token-reuse',
	'native-shop-order-id',
	'pausing-frees-seat',
	'plan-needed',
	'rate-limits',
	'removal-deletes-progress',
	'swagger-file',
	'webhook-payloads',
	'webhooks-exist',
	'welcome-mail',
];

let standIn: StandIn;
let clock: SleptClock;

beforeAll(async () => {
	clock = new SleptClock();
	standIn = await startStandIn({ users: 300, clock });
});

afterAll(async () => await standIn.close());

beforeEach(() => {
	standIn.reset();
	// A type that nobody knows: it has a test of its own.
	standIn.school.properties.splice(
		standIn.school.properties.findIndex(({ id }) => id === PROPERTIES.address.id),
		1,
	);
});

const FIXED = 'every switch';

/** The defaults of all switches are one and the same run, unless a person has to tell something. */
const cases = [
	[FIXED, 'at its default', fine] as const,
	...VARIANT_NAMES.flatMap((name) =>
		valuesOf(name).flatMap((value, place) => {
			const expected = Object.entries(EXPECTED[name]).find(([key]) => key === value)?.[1];
			if (expected === undefined) throw new Error(`nothing is expected of ${name}=${value}`);

			return place === 0 && expected.seen === undefined ? [] : [[name, value, expected] as const];
		}),
	),
];

test.each(cases)(
	'%s=%s',
	async (name, value, { wrong: expected, seen: told, stops, open = [] }) => {
		if (name !== FIXED) standIn.setVariants({ [name]: value });
		const run = await runTool({ url: standIn.url, apiKey: standIn.apiKey, clock }, [
			...ALL,
			'--delete-user',
			...(told === undefined ? [] : ['--seen', told]),
		]);

		if (stops !== undefined) {
			expect([run.code, run.err]).toEqual([2, expect.stringMatching(stops)]);
			expect(run.files).toEqual({});

			return;
		}
		expect(wrongOf(run)).toEqual([...expected].sort());
		expect(run.code).toBe(expected.length === 0 ? 0 : 1);
		expect(
			reportOf(run)
				.findings.filter(({ verdict }) => verdict === 'open')
				.map(({ id }) => id)
				.sort(),
		).toEqual([...ALWAYS_OPEN, ...open].filter((id) => id !== told?.split('=')[0]).sort());
		const gone = standIn.school.user(USER) === undefined;
		expect([gone, reportOf(run).leftBehind]).toEqual([true, []]);
	},
);

test('a value of every switch is expected, and no other', () => {
	for (const name of VARIANT_NAMES)
		expect(Object.keys(EXPECTED[name]).sort()).toEqual(valuesOf(name).sort());
	// The likeliest reading of the tool is the default of the stand-in.
	for (const name of VARIANT_NAMES)
		expect(
			Object.entries(EXPECTED[name]).find(([value]) => value === valuesOf(name)[0])?.[1].wrong,
		).toEqual([]);
});

test('the results of an exam are found to be paged where their form can carry a cursor', async () => {
	standIn.setVariants({ examResultsEnvelope: 'data', examResultsPaging: 'asUsers' });
	const run = await runTool({ url: standIn.url, apiKey: standIn.apiKey, clock }, [
		'--exam',
		EXAMS.excel.id,
	]);

	expect(wrongOf(run)).toEqual(['exam-results-paging=asUsers', 'list-envelope/results=data']);
});

test.each([
	['deletesProgress', 'held'],
	['keepsProgress', 'wrong'],
] as const)('removalDeletesProgress=%s, with progress that may be lost', async (value, verdict) => {
	standIn.setVariants({ removalDeletesProgress: value });
	standIn.school.grant({ email: USER, offerId: OFFERS.empty.id });
	standIn.school.setProgress(USER, fixtures.COURSES.pivot.id, 3);
	const run = await runTool({ url: standIn.url, apiKey: standIn.apiKey, clock }, [
		...ALL,
		'--lose-progress',
	]);

	expect(reportOf(run).findings.find(({ id }) => id === 'removal-deletes-progress')).toMatchObject({
		verdict,
		reading: value,
	});
});
