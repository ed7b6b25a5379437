import type { IDataObject } from 'n8n-workflow';

/**
 * A member as the API gives it (field names from one client, see docs/api.md). Everything beside
 * the two keys is passed on as it comes.
 */
export interface User {
	/** Missing only where the API leaves it out; then the address is the key. */
	uid?: string;
	/** As the API writes it. */
	email: string;
	/** The whole row, unchanged. */
	raw: IDataObject;
}

/** An offer: a bundle of courses that a member gets access to. */
export interface Offer {
	id: string;
	name: string;
	courseIds: string[];
	raw: IDataObject;
}

/** How an offer was chosen in the node. */
export interface OfferChoice {
	by: 'id' | 'name';
	value: string;
}

/** Definition of a custom property. Which types there are is not public, so `type` is any text. */
export interface PropertyDefinition {
	id: string;
	name: string;
	type: string;
	/** Allowed values, where the definition lists them. */
	choices?: string[];
	raw: IDataObject;
}

/** What a look-up found, and what it took. */
export type UserLookup = (
	| { found: true; user: User }
	| { found: false }
) & {
	/** `address`: the look-up by e-mail. `list`: the user list was read. */
	by: 'address' | 'list';
	/** Pages of the user list that were read; 0 for the look-up by e-mail. */
	pagesRead: number;
};

/** Filters of the user list that the API knows. */
export interface UserQuery {
	offerId?: string;
	courseId?: string;
	active?: boolean;
}
