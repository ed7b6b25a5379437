import type { INodeProperties } from 'n8n-workflow';
import type { Learned, Reading } from '../access';
import { FEW_USERS } from '../access';
import { DEFAULT_PAGES } from './access';
import type { Run } from './operation';
import type { OptionReader } from './params';

/** How a choice of the option is read. */
const SAID = { findOut: 'notProven', provenOnly: 'notProven', listedInactive: 'perOffer', notListed: 'onlyActive', looksActive: 'perUser' } as const satisfies { [choice: string]: Reading };

const CHOICES = ['findOut', 'listedInactive', 'looksActive', 'notListed', 'provenOnly'] as const;
/**
 * Where nothing is said, nothing is taken that is not proven to be in use. Whoever wants a trial on
 * one user says so.
 */
const UNLESS_SAID = 'provenOnly' satisfies (typeof CHOICES)[number];
const LABEL = 'Paused Access in User Lists';

/** What the user of the node knows about the lists. */
export const pausedAccess: INodeProperties = {
	displayName: LABEL,
	name: 'pausedAccess',
	type: 'options',
	default: UNLESS_SAID,
	description:
		'How the list of users of an offer shows users whose access is paused. Memberspot does not document it. To find out, pause the access of a test user who has a second offer, and look with User, Get Many and the filter Offer. Read from the first item.',
	options: [
		{ name: 'Listed as Inactive', value: 'listedInactive', description: 'They are in the list, with active off' },
		{ name: 'Looks Like Active Access', value: 'looksActive', description: 'They are in the list, and nothing tells them apart. Then no access is taken away by comparing.' },
		{ name: 'Not Listed', value: 'notListed', description: 'They are not in the list of the offer' },
		{ name: 'Only What Is Proven', value: 'provenOnly', description: 'Go by what the lists prove. Where they prove nothing, nothing is taken away, and users are reported as unknown.' },
		{
			name: 'Try on One User',
			value: 'findOut',
			description:
				'As Only What Is Proven. But where the lists prove nothing, a sync pauses one access that is not wanted, looks how the list shows it, and only then pauses any other. Operations that only read try nothing.',
		},
	],
};

/** How much of the lists may be read. */
export const maximumPagesPerOffer: INodeProperties = {
	displayName: 'Maximum Pages to Read',
	name: 'maximumPages',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: DEFAULT_PAGES,
	description: `How many pages of 100 users may be read of each list. Where it is not set, this is ${DEFAULT_PAGES} for up to ${FEW_USERS} users, and no limit for more. What can not be settled within them is reported as unknown.`,
};

/** The same where whole lists are needed. */
export const maximumPagesForAll: INodeProperties = {
	...maximumPagesPerOffer,
	description: 'How many pages of 100 users may be read of each list. Where it is not set, the lists are read to their end. What can not be settled within them is reported as unknown.',
};

/** What is said about the lists in the options. @throws InputError */
export function readSaid(options: OptionReader): Reading {
	return SAID[options.choice('pausedAccess', LABEL, CHOICES, UNLESS_SAID)];
}

/** Whether one take-away may be tried where the lists prove nothing. @throws InputError */
export function mayTry(options: OptionReader): boolean {
	return options.choice('pausedAccess', LABEL, CHOICES, UNLESS_SAID) === 'findOut';
}

/** Pages that may be read of each list. @param users number of users the run is about */
export function readMaxPages(options: OptionReader, users: number): number {
	return options.number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? (users <= FEW_USERS ? DEFAULT_PAGES : Infinity);
}

/**
 * Says what is not known about the lists, where it matters.
 *
 * @param unsure users of whom something can't be told
 * @param kept users from whom something was not taken for that reason, although nothing was tried
 */
export function hintReading(run: Run, { reading, proven }: Learned, said: Reading, unsure: number, kept = 0): void {
	if (proven && said !== 'perOffer' && said !== 'notProven') {
		run.hint(`The lists prove that paused access is listed as inactive. ${LABEL} in the options says something else, and was not followed.`);
	}
	if (unsure === 0) return;
	const why =
		reading === 'perUser'
			? 'paused access looks like any other in the lists of Memberspot'
			: 'it is not documented how Memberspot lists paused access, and the lists of this school do not prove it, or were not read to their end';
	run.hint(`For ${unsure.toLocaleString('en-US')} users it can not be told whether they have what they should: ${why}. They are marked as unknown. If you know how your school lists paused access, set ${LABEL} in the options.`);
	if (kept === 0) return;
	const tried = reading === 'notProven' ? ` If one user may be tried with, set ${LABEL} to Try on One User.` : '';
	run.hint(`${kept.toLocaleString('en-US')} of them are listed with an offer they should not have. It was not taken away, since the lists do not prove that it is in use.${tried}`);
}
