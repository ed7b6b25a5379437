import { hasEnded, type Person } from './plan';
import { judge, type Listing, type Reading } from './standing';

/** What an audit says about a user and an offer. */
export type AuditStatus =
	/** Should have it, and has it. */
	| 'ok'
	/** Should have it, and is not in its list: can't use it. */
	| 'missing'
	/** Should have it, and it is paused. */
	| 'inactive'
	/** Has it, and should not. */
	| 'extra'
	/** It can't be told. */
	| 'unknown'
	/** Memberspot has no such user. */
	| 'unknownUser'
	/** The user has no active access to any of the offers. */
	| 'noActiveAccess';

/** One result of an audit. */
export interface Finding {
	status: AuditStatus;
	/** Where the status is `unknown`: what it is when the list is taken at its word. */
	likely?: 'ok' | 'inactive' | 'extra';
	/** Whether the user may have it after all, paused: where it is not known that paused access is listed. */
	mayBePaused?: boolean;
	/** Left out where it is about the user as a whole. */
	offerId?: string;
	wanted: boolean;
	listing?: Listing;
	/** Whether it was wanted until a moment that has passed. */
	ended?: boolean;
}

/**
 * Compares what one user should have with what the lists show. Pure.
 *
 * An offer that is not wanted and not there is no finding; a user without any finding is `ok` as a
 * whole, so that every user of the input is answered for.
 *
 * @param now milliseconds since 1970
 */
export function auditPerson({ facts, wanted }: Person, offerIds: readonly string[], reading: Reading, now: number): Finding[] {
	if (facts.exists === 'no') return [{ status: 'unknownUser', wanted: (wanted?.offers.size ?? 0) > 0 }];

	const findings: Finding[] = [];
	for (const offerId of offerIds) {
		const term = wanted?.offers.get(offerId);
		const ended = hasEnded(term, now);
		const isWanted = term !== undefined && term.active && !ended;
		const { listing, active, holds, likely } = judge(facts.listings.get(offerId) ?? 'notSettled', reading);
		const about = { offerId, wanted: isWanted, listing, ...(ended ? { ended } : {}) };
		if (isWanted) {
			if (active === 'yes') findings.push({ status: 'ok', ...about });
			else if (active === 'no') findings.push(holds === 'yes' ? { status: 'inactive', ...about } : { status: 'missing', ...(holds === 'unknown' ? { mayBePaused: true } : {}), ...about });
			else findings.push({ status: 'unknown', ...(likely === undefined ? {} : { likely: likely === 'active' ? ('ok' as const) : ('inactive' as const) }), ...about });
		} else if (active === 'yes') findings.push({ status: 'extra', ...about });
		else if (active === 'unknown' && likely === 'active') findings.push({ status: 'unknown', likely: 'extra', ...about });
	}
	if (findings.length === 0 && wanted !== undefined) findings.push({ status: 'ok', wanted: false });

	return findings;
}

/** Whether a finding is as it should be, as far as can be told. */
export function isFine({ status, likely }: Finding): boolean {
	return status === 'ok' || likely === 'ok';
}

/**
 * Whether somebody surely can't use any of the offers, under every reading: not listed, or listed as
 * inactive, which means that the access or the whole user is switched off.
 */
export function hasNoActiveAccess(listings: Iterable<Listing>): boolean {
	for (const listing of listings) if (listing !== 'notListed' && listing !== 'listedInactive') return false;

	return true;
}
