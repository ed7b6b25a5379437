import type { Variants } from './variants';

/** An access ("Zugang") that a user holds. */
export interface Grant {
	offerId: string;
	/** The order it came with. Two grants of one offer differ in it. */
	orderId?: string;
	/** The switch. Whether the access counts also depends on the term. */
	active: boolean;
	/** Term in milliseconds since 1970; open where left out. */
	start?: number;
	end?: number;
}

/** A grant with its user. */
export interface UserGrant extends Grant {
	uid: string;
}

/** A value of a custom property. */
export type PropertyValue = string | number | boolean | null;

/** A user ("Mitglied"). `name` is the last name, as in the API. */
export interface User {
	readonly uid: string;
	readonly email: string;
	readonly firstname: string;
	readonly name: string;
	/** ISO 8601. */
	readonly created: string;
	/** Whether the account is switched on. */
	readonly enabled: boolean;
	readonly grants: ReadonlyArray<Readonly<Grant>>;
	/** Values by the property's id. */
	readonly properties: { readonly [propertyId: string]: PropertyValue };
	/** Completed lessons by course. */
	readonly progress: { readonly [courseId: string]: number };
	/** Chapters that were enabled for this user. */
	readonly chapters: readonly string[];
}

/** An offer with the courses it opens. */
export interface Offer {
	id: string;
	name: string;
	courseIds: string[];
}

/** A course with the number of its published lessons. */
export interface Course {
	id: string;
	name: string;
	activePosts: number;
}

/** The definition of a custom property. `choices` are the values of a select. */
export interface PropertyDefinition {
	id: string;
	name: string;
	type: string;
	choices?: string[];
}

export interface Chapter {
	id: string;
	courseId: string;
	name: string;
}

export interface Exam {
	id: string;
	courseId: string;
	name: string;
	maxPoints: number;
}

export interface ExamResult {
	examId: string;
	uid: string;
	points: number;
	passed: boolean;
	/** ISO 8601. */
	created: string;
}

/** A login token that was handed out. Whoever has it is signed in as the user until it expires. */
export interface LoginToken {
	token: string;
	uid: string;
	/** Milliseconds since 1970, one hour after it was made. */
	expires: number;
}

/** Progress of a user in a course. */
export interface CourseProgress {
	courseId: string;
	activePosts: number;
	completedPosts: number;
}

/** What can be given for a new user. All but the address has a default. */
export interface NewUser {
	email: string;
	uid?: string;
	firstname?: string;
	name?: string;
	created?: string;
	enabled?: boolean;
	grants?: Grant[];
	properties?: { [propertyId: string]: PropertyValue };
	progress?: { [courseId: string]: number };
}

/** What happened in the school. The names are ours; what the real events are called is not public. */
export type SchoolEvent =
	| { readonly type: 'memberAdded'; readonly user: User }
	| { readonly type: 'offerGranted'; readonly user: User; readonly grant: Readonly<Grant> }
	| { readonly type: 'courseCompleted'; readonly user: User; readonly courseId: string };

/** What `active` speaks of: see the switch `active`. */
export type ActiveMeaning = Variants['active'];

/** A selection of users. */
export interface UserFilter {
	offerId?: string;
	courseId?: string;
	active?: boolean;
}

/** All of a school's state as plain data, to compare two moments. Users are in the order of the list. */
export interface SchoolSnapshot {
	users: User[];
	welcomeMails: number;
}

/** Settings of a school that the stand-in takes from its switches. */
export interface SchoolRules {
	/** What becomes of `active` after the term of a grant has ended. */
	activeAfterTerm: Variants['activeAfterTerm'];
	/** Whether deletions show late. */
	lateDeletion: boolean;
	/** Whether removing an access deletes progress that no other access keeps. */
	removalDeletesProgress: boolean;
}

/** How a grant treats who and what is there already. All are off by default, but the welcome e-mail. */
export interface GrantRules {
	/** Whether the user has one access for an offer, whatever the order. */
	oneAccess?: boolean;
	/** Whether the term of an access that is there begins again. */
	restartTerm?: boolean;
	/** Whether the names given replace those of a user who is there. */
	overwriteNames?: boolean;
	/** Whether a new user gets the welcome e-mail. */
	welcomeMail?: boolean;
	/** Whether a user who is there gets an e-mail, too. */
	mailsAgain?: boolean;
}
