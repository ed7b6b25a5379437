import { failureOf, passOn, type Answer } from '../transport';
import type { Listing } from '../school';

/** How a removal went: answered, or with the answer lost and the user no longer in the list. */
export type Removal = { answered: true; answer: Answer } | { answered: false };

/** Times a removal is sent when answers are lost and the list still shows the access. */
const TRIES = 3;

/**
 * Sends a removal. After a lost answer the list is read before anything is repeated: an access that
 * is gone is not removed twice, since it may have been bought again in between.
 *
 * @throws RequestFailed of the lost answer when the list can't settle it either
 */
export async function removeWithReadBack(send: () => Promise<Answer>, look: () => Promise<Listing>): Promise<Removal> {
	for (let attempt = 1; ; attempt++) {
		try {
			return { answered: true, answer: await send() };
		} catch (error) {
			if (failureOf(error)?.maybeDone !== true) throw passOn(error);
			const listing = await lookOr(look, error);
			if (listing.listed === false) return { answered: false };
			if (listing.listed === undefined || attempt >= TRIES) throw passOn(error);
		}
	}
}

async function lookOr(look: () => Promise<Listing>, lost: unknown): Promise<Listing> {
	try {
		return await look();
	} catch {
		// That the list can't be read either says nothing new: the lost answer is what the user must know.
		throw passOn(lost);
	}
}
