/** A question about the API to which no public source knows the answer, with the answers it could have. */
interface Variant {
	/** What the switch decides. */
	readonly means: string;
	/** Ids of the open points in the contract that it belongs to. */
	readonly points: readonly string[];
	/** The possible answers with their meaning. The first is the default. */
	readonly values: ReadonlyArray<readonly [name: string, means: string]>;
}

/**
 * Every point in which the API may differ from what the stand-in does by default.
 *
 * Each belongs to open points in the contract (`api/memberspot.openapi.yaml`), and where it is only
 * one, name and values are the contract's. The default is a reading that the public sources allow and
 * that does not get in the way; it is not a fact.
 */
const table = {
	active: {
		means: 'What `active` speaks of, as a filter and as a field of a user',
		points: ['active-meaning', 'inactive-grants-listed'],
		values: [
			[
				'grant',
				'the grants that the filter selects: of the offer, of offers with the course, or any',
			],
			['user', "the user's account, whatever the grants"],
			[
				'inactiveNotListed',
				'as `grant`, but users whose grants of the offer are all inactive are not listed for it',
			],
		],
	},
	activeAfterTerm: {
		means: 'What becomes of `active` after the term of a grant has ended',
		points: ['active-after-term'],
		values: [
			['turnsFalse', 'the grant counts as inactive'],
			['staysTrue', 'it still counts as active'],
			['notListed', 'the user is no longer listed for the offer'],
		],
	},
	usersEnvelope: {
		means: 'Form of the user list',
		points: ['list-envelope'],
		values: [
			['data', '`{ data: [...] }` with the cursor beside it'],
			['named', '`{ users: [...] }` with the cursor beside it'],
			['array', 'a bare list without a cursor; `lastLoadedId` takes the uid of the last row'],
			['items', '`{ items: [...] }` with the cursor beside it'],
		],
	},
	offersEnvelope: {
		means: 'Form of the offer list',
		points: ['list-envelope'],
		values: [
			['array', 'a bare list'],
			['data', '`{ data: [...] }`'],
			['named', '`{ offers: [...] }`'],
			['items', '`{ items: [...] }`'],
		],
	},
	propertiesEnvelope: {
		means: 'Form of the list of property definitions',
		points: ['list-envelope'],
		values: [
			['array', 'a bare list'],
			['data', '`{ data: [...] }`'],
			['named', '`{ properties: [...] }`'],
			['items', '`{ items: [...] }`'],
		],
	},
	progressEnvelope: {
		means: 'Form of the list of course progress',
		points: ['list-envelope'],
		values: [
			['data', '`{ data: [...] }`'],
			['array', 'a bare list'],
			['named', '`{ progress: [...] }`'],
			['items', '`{ items: [...] }`'],
		],
	},
	examResultsEnvelope: {
		means: 'Form of the list of exam results',
		points: ['list-envelope'],
		values: [
			['array', 'a bare list'],
			['data', '`{ data: [...] }`'],
			['named', '`{ results: [...] }`'],
			['items', '`{ items: [...] }`'],
		],
	},
	cursorName: {
		means: 'Name of the cursor in an answer',
		points: ['cursor-name'],
		values: [
			['nextPage', '`nextPage`'],
			['next_page', '`next_page`'],
		],
	},
	cursorForm: {
		means: 'What the cursor is made of',
		points: ['cursor-form'],
		values: [
			['opaque', 'a text without a meaning'],
			['lastUid', 'the id of the last row of the page'],
		],
	},
	endOfList: {
		means: 'How the last page says that it is the last',
		points: ['end-of-list'],
		values: [
			['absent', 'without a cursor'],
			['null', 'the cursor is null'],
			['empty', 'the cursor is an empty text'],
			['emptyPage', 'not at all: one more page follows, empty and without a cursor'],
		],
	},
	pageSizeCap: {
		means: 'Most rows in a page; asking for more gives this many',
		points: ['page-size-cap'],
		values: [
			['100', '100 rows'],
			['50', '50 rows'],
			['10', '10 rows'],
			['none', 'as many as asked for'],
		],
	},
	progressListPaging: {
		means: 'Whether the list of course progress is paged',
		points: ['progress-list-paging'],
		values: [
			['asUsers', 'as the user list, where its form can carry a cursor'],
			['none', 'everything at once'],
		],
	},
	examResultsPaging: {
		means: 'Whether the list of exam results is paged',
		points: ['exam-results-paging'],
		values: [
			['none', 'everything at once'],
			['asUsers', 'as the user list, where its form can carry a cursor'],
		],
	},
	courseProgressShape: {
		means: 'How the progress in one course names the user',
		points: ['course-progress-shape'],
		values: [
			['flat', 'beside the counters'],
			['nested', 'in an object `user`'],
		],
	},
	userCreatedForm: {
		means: 'Form of the moment in which a user was created',
		points: ['user-created-form'],
		values: [
			['iso', 'a text in ISO 8601'],
			['timestamp', 'an object with `_seconds` and `_nanoseconds`'],
		],
	},
	uidCase: {
		means: 'How uids are written',
		points: ['uid-case'],
		values: [
			['mixed', 'in upper and lower case, and the case counts'],
			['lower', 'in lower case'],
		],
	},
	unknownUserLookUp: {
		means: 'Answer of the look-up by e-mail for an unknown address',
		points: ['unknown-user-look-up'],
		values: [
			['status404', '404'],
			['emptyBody', '200 with an empty body'],
			['null', '200 with `null`'],
			['emptyObject', '200 with `{}`'],
		],
	},
	lookUpPlan: {
		means: 'Whether the plan has the look-up by e-mail',
		points: ['look-up-plan'],
		values: [
			['allowed', 'it has'],
			['forbidden', '403'],
		],
	},
	grantRequiredFields: {
		means: 'Fields that a grant needs; without them it is refused with 400',
		points: ['grant-required-fields'],
		values: [
			['emailAndOffer', 'the address and the offer'],
			['withNames', 'the names as well'],
			['withNamesAndOrder', 'the names and the order id as well'],
		],
	},
	grantAgain: {
		means: 'What becomes of an access when its offer is granted again',
		points: ['grant-again'],
		values: [
			[
				'separatePerOrder',
				'each order has an access of its own; the same order uses its own again',
			],
			['oneAccess', 'there is one access for an offer, and it keeps its order id'],
		],
	},
	grantRestartsTerm: {
		means: 'Whether a grant restarts the term of an access that is there',
		points: ['grant-restarts-term'],
		values: [
			['keepsTerm', 'it does not'],
			['restartsTerm', 'it begins now, and its end is dropped'],
		],
	},
	grantChangesNames: {
		means: 'Whether a grant changes the names of a user who is there',
		points: ['grant-changes-names'],
		values: [
			['keepsNames', 'it does not'],
			['overwritesNames', 'the names in the request replace them'],
		],
	},
	welcomeMail: {
		means: 'Whether a grant that creates a user sends the welcome e-mail',
		points: ['welcome-mail'],
		values: [
			['newUsers', 'it does'],
			['never', 'it does not'],
		],
	},
	grantMailsAgain: {
		means: 'Whether a grant to a user who is there sends an e-mail',
		points: ['grant-mails-again'],
		values: [
			['never', 'it does not'],
			['eachGrant', 'it does'],
		],
	},
	offerStateActiveRequired: {
		means: 'Whether set-offer-state can be called without `active`',
		points: ['offer-state-active-required'],
		values: [
			['optional', 'it can, and removes the offer'],
			['required', 'it is refused with 400'],
		],
	},
	unheldOffer: {
		means: 'Setting the state of an offer that the user does not hold',
		points: [],
		values: [
			['accepted', 'is accepted, and nothing happens'],
			['status404', '404'],
			['granted', 'switching on grants it; otherwise accepted, and nothing happens'],
		],
	},
	unknownOrder: {
		means: 'Setting the state of an order that the user does not have',
		points: ['unknown-order'],
		values: [
			['accepted', 'is accepted, and nothing happens'],
			['status404', '404'],
		],
	},
	removalDeletesProgress: {
		means: 'Whether removing an access deletes the progress in its courses',
		points: ['removal-deletes-progress'],
		values: [
			['deletesProgress', 'it does, where no other access has the course'],
			['keepsProgress', 'the progress stays'],
		],
	},
	unknownUserWrite: {
		means: 'Answer of a write for a user, an offer, a course or a chapter that does not exist',
		points: ['unknown-user-write'],
		values: [
			['status404', '404'],
			['status400', '400'],
		],
	},
	writeStatus: {
		means: 'Status of a successful write',
		points: ['write-status'],
		values: [
			['201', '201 for POST and 200 for DELETE, with a body'],
			['200', '200 with a body'],
			['204', '204 without a body'],
		],
	},
	writeAnswer: {
		means: 'Body of the answer to a write, deletion aside',
		points: ['write-answer'],
		values: [
			['object', 'an object: the user, or what was asked for'],
			['emptyBody', 'nothing'],
			['emptyObject', '`{}`'],
			['null', '`null`'],
			['okText', 'the text `ok`'],
		],
	},
	propertyItemKey: {
		means: "Key of the property's id in set-custom-user-properties",
		points: ['property-item-key'],
		values: [
			['both', '`id` and `propertyId` are both taken'],
			['id', 'only `id`; the other is refused with 400'],
			['propertyId', 'only `propertyId`; the other is refused with 400'],
		],
	},
	propertyUserKeys: {
		means: 'Keys of `customUserProperties` in a user',
		points: ['property-user-keys'],
		values: [
			['id', "the properties' ids"],
			['name', "the properties' names"],
		],
	},
	propertyChoices: {
		means: 'Where a definition lists the values to choose from',
		points: ['property-choices'],
		values: [
			['none', 'nowhere'],
			['options', 'under `options`'],
			['choices', 'under `choices`'],
			['values', 'under `values`'],
		],
	},
	propertyValueTypes: {
		means: 'Types of property values that are taken',
		points: ['property-value-types'],
		values: [
			['typed', 'text, numbers, true and false'],
			['textOnly', 'text only; anything else is refused with 400'],
		],
	},
	clearProperty: {
		means: 'What clears a property',
		points: ['clear-property'],
		values: [
			['emptyText', 'an empty text; null is refused with 400'],
			['null', '`null`; an empty text is stored as such'],
			['impossible', 'nothing: an empty text is stored as such, null is refused with 400'],
		],
	},
	partialPropertyUpdate: {
		means: 'What becomes of properties that a write does not name',
		points: ['partial-property-update'],
		values: [
			['partial', 'they stay'],
			['replaces', 'they are lost'],
		],
	},
	unknownProperty: {
		means: 'Answer to writing an unknown property',
		points: ['unknown-property'],
		values: [
			['status404', '404'],
			['status400', '400'],
			['ignored', 'it is accepted, and nothing is stored'],
		],
	},
	deleteAnswer: {
		means: 'Body of the answer to a deletion',
		points: ['delete-answer'],
		values: [
			['okText', 'the text `ok`'],
			['okJson', 'the JSON text `"ok"`'],
			['emptyBody', 'nothing'],
		],
	},
	deleteBodyStripped: {
		means: 'What a proxy on the way does to the body of a DELETE request',
		points: ['delete-body-stripped'],
		values: [
			['arrives', 'nothing'],
			['stripped', 'it drops it, so that the API answers 400 for missing e-mails'],
		],
	},
	postDeletionPath: {
		means: 'Path of the POST twin of the deletion',
		points: ['post-deletion-path'],
		values: [
			['samePath', 'the same'],
			['otherPath', 'another, so that this one answers 404'],
		],
	},
	deletionDelay: {
		means: 'When a deletion shows in reads',
		points: ['deletion-delay'],
		values: [
			['immediate', 'at once'],
			['late', 'after `school.deletionDelayMs` (5 seconds at first)'],
		],
	},
	loginTokenAnswer: {
		means: 'Answer with a login token',
		points: ['login-token-answer'],
		values: [
			['both', '`{ token, loginUrl }`'],
			['tokenOnly', '`{ token }`'],
			['bareString', 'the token alone, as text'],
			['loginToken', '`{ loginToken }`'],
		],
	},
	errorMessageForm: {
		means: 'Form of `message` in an error',
		points: ['error-message-form'],
		values: [
			['nest', 'a list for a refused body, a text otherwise'],
			['text', 'always a text'],
			['list', 'always a list'],
		],
	},
	wrongKeyStatus: {
		means: 'Status for a missing or wrong key',
		points: ['wrong-key-status'],
		values: [
			['401', '401'],
			['403', '403'],
		],
	},
	apiPlan: {
		means: 'Whether the plan of the school has the API at all',
		points: ['plan-needed'],
		values: [
			['included', 'it has'],
			['missing', 'every call is answered with 403'],
		],
	},
	courseProgressLimit: {
		means: 'Limit on reading the progress in one course',
		points: ['rate-limits'],
		values: [
			['fourPerSecond', '4 requests a second, then 429'],
			['none', 'no limit'],
		],
	},
	retryAfter: {
		means: "What the stand-in's own 429 says about when to come back",
		points: ['retry-after'],
		values: [
			['seconds', 'Retry-After in seconds'],
			['date', 'Retry-After as an HTTP date'],
			['missing', 'nothing'],
		],
	},
} as const satisfies { [name: string]: Variant };

/** Name of a switch. */
export type VariantName = keyof typeof table;

/** One value for each switch. */
export type Variants = {
	-readonly [Name in VariantName]: (typeof table)[Name]['values'][number][0];
};

/** The switches: name, meaning, allowed values with their meaning. The first value is the default. */
export const VARIANTS: { readonly [Name in VariantName]: Variant } = table;

/** The names of all switches. */
export const VARIANT_NAMES: readonly VariantName[] = Object.keys(table).filter(isVariantName);

/** Allowed values of a switch, the default first. */
export function valuesOf(name: VariantName): string[] {
	return VARIANTS[name].values.map(([value]) => value);
}

/** Every switch at its default. */
export function defaultVariants(): Variants {
	const variants = {};
	for (const name of VARIANT_NAMES) assignVariant(variants, name, valuesOf(name)[0]);
	if (!isComplete(variants)) throw new Error('a switch without a value');

	return variants;
}

/**
 * Reads switches from the outside (a command line, a control request).
 *
 * @throws Error naming the switch or the allowed values
 */
export function readVariants(value: unknown): Partial<Variants> {
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new Error('switches are an object of name and value');
	const variants: Partial<Variants> = {};
	for (const [name, chosen] of Object.entries(value)) {
		if (!isVariantName(name))
			throw new Error(`there is no switch "${name}"; there are: ${VARIANT_NAMES.join(', ')}`);
		assignVariant(variants, name, chosen);
	}

	return variants;
}

/**
 * Sets one switch.
 *
 * @throws Error naming the allowed values
 */
export function assignVariant(
	variants: Partial<Variants>,
	name: VariantName,
	value: unknown,
): void {
	if (typeof value !== 'string' || !valuesOf(name).includes(value)) {
		throw new Error(
			`"${String(value)}" is no value of the switch ${name}; allowed: ${valuesOf(name).join(', ')}`,
		);
	}
	Object.assign(variants, { [name]: value });
}

/** All switches as a Markdown table, for the README and the command line. */
export function variantTable(): string {
	const rows = VARIANT_NAMES.map((name) => {
		const { means, values, points } = VARIANTS[name];
		const meanings = values.map(([value, what]) => `\`${value}\`: ${what}`).join('<br>');

		return `| \`${name}\` | ${means} | ${meanings} | ${points.join(', ')} |`;
	});

	return [
		'| Switch | Decides | Values, the default first | Open points of the contract |',
		'| --- | --- | --- | --- |',
		...rows,
	].join('\n');
}

function isVariantName(name: string): name is VariantName {
	return Object.hasOwn(table, name);
}

function isComplete(variants: Partial<Variants>): variants is Variants {
	return VARIANT_NAMES.every((name) => variants[name] !== undefined);
}
