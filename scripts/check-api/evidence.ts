/** The lists of the API by a short name, with the key that is a list's own. */
export const LISTS = {
	users: 'listUsers',
	offers: 'listOffers',
	properties: 'listCustomUserProperties',
	progress: 'listCourseProgress',
	results: 'listExamResults',
} as const;

/** Short name of a list; it is the list's own key in a named envelope, too. */
export type ListName = keyof typeof LISTS;

/** What is kept of an answer. */
export interface AnswerEvidence {
	status: number;
	kind: 'json' | 'text' | 'html' | 'none';
	/** In words, without values. */
	shape: string;
	/** Whether it is as the contract says. */
	fits: boolean;
	/** Fields that the contract does not name, as paths. */
	unknownFields: string[];
}

/** The envelope of a list: a reading of the contract, or the key that it sat under. */
export interface ListEvidence {
	envelope: string;
	rows: number;
}

/** How an answer says nothing, or that it says something. */
export type Emptiness =
	| 'emptyBody'
	| 'null'
	| 'emptyObject'
	| 'okText'
	| 'okJson'
	| 'object'
	| 'other';

/** How an error was answered. */
export interface ErrorEvidence {
	what: string;
	status: number;
	message: 'text' | 'list' | 'none';
	/** `{ statusCode, message, error? }`, and the status in it is the status of the answer. */
	framework: boolean;
	/** It says that there is no such endpoint, not that there is no such thing. */
	noEndpoint: boolean;
}

/** What the reads have shown. A field that is missing was not asked for, or could not be told. */
export interface ReadEvidence {
	lists: { [name in ListName]?: ListEvidence };
	/** Key of the cursor on a page that was not the last; `none` where it had none. */
	cursorName?: string;
	cursorIsLastUid?: boolean;
	/** How each list that was read to its end ended: a reading, or `repeated`. */
	ends: string[];
	page?: { asked: number; rows: number; more: boolean };
	order?: { same: boolean; by: string };
	/** Users seen in two selections, and those whose `active` differed between them. */
	active?: { compared: number; differed: number };
	uids?: { count: number; withCapitals: number };
	created?: string;
	propertyKeys?: { ids: number; names: number; neither: number };
	propertyTypes?: { words: string[]; unknown: string[]; choosing: number };
	choiceKeys?: string[];
	allCourses?: { offers: number; courses: number; coursesOfAll: number };
	knownLookUp?: number;
	unknownLookUp?: { status: number; says: Emptiness; noEndpoint: boolean };
	progressPaging?: { all: number; asked1: number; cursor: boolean; status: number };
	resultsPaging?: { all: number; asked1: number; cursor: boolean; status: number };
	courseProgress?: { atTop: boolean; inUser: boolean };
	resultFields?: string[];
	wrongKey?: { wrong: number; missing: number };
	keyCheck?: { right: number; wrong: number };
	errors: ErrorEvidence[];
	/** Headers that speak of limits, with their numbers. */
	limits: { [header: string]: string };
	/** Answers with 429 although the pace was kept. */
	tooMany: number;
	burst?: { sent: number; refused: number; retryAfter: 'seconds' | 'date' | 'missing' | 'other' };
	swaggerFile?: { status: number; isSwagger: boolean };
	ended?: { listed: boolean; inList?: boolean; account?: boolean };
}

/** What the writes on the throw-away user have shown. A field that is missing could not be told. */
export interface WriteEvidence {
	/** Fields with which the first grant was taken: a reading, or `refused`. */
	grantNeeds?: string;
	grant?: WriteAnswer;
	offerState?: WriteAnswer;
	properties?: WriteAnswer;
	orderState?: WriteAnswer;
	/** After pausing one offer. `other` is `active` in the list of the second offer. */
	paused?: { listed: boolean; active?: boolean; account?: boolean; other?: boolean };
	/** Removing an offer: status, and whether the user was gone from the offer's list afterwards. */
	removal?: { status: number; gone: boolean };
	progress?: { before: number; after: number };
	unheld?: { status: number; listed: boolean };
	unknownOffer?: number;
	unknownUser?: number;
	unknownOrder?: number;
	names?: 'kept' | 'overwritten';
	orders?: {
		pausedSecondStillActive?: boolean;
		listedWithoutFirst: boolean;
		listedWithoutBoth: boolean;
	};
	propertyKey?: { id: boolean; propertyId: boolean; idStatus: number; propertyIdStatus: number };
	valueTypes?: { status: number; stored: string };
	otherStays?: boolean;
	unknownProperty?: number;
	cleared?: { byText: boolean; byNull: boolean };
	token?: string;
	otherCaseToken?: number;
	deletion?: { status: number; says: Emptiness; bodyArrived: boolean };
	twin?: { status: number; noEndpoint: boolean };
	goneAfterMs?: number | 'not seen';
}

/** The answer to a write. */
export interface WriteAnswer {
	status: number;
	says: Emptiness;
}

/** What the Swagger file says where it bears on an open point. */
export interface SwaggerEvidence {
	/** Readings by open point. */
	readings: { [point: string]: string };
	/** Most addresses of a deletion, where it says so. */
	deleteLimit?: number;
}

/** All that was found out: shapes, counts and yes or no. No value of anybody's data. */
export interface Evidence {
	/** The first successful answer to each operation. */
	answers: { [operationId: string]: AnswerEvidence };
	reads: ReadEvidence;
	writes?: WriteEvidence;
	swagger?: SwaggerEvidence;
	/** What a person has seen, by open point. */
	seen: { [point: string]: string };
}
