import type { IDataObject } from 'n8n-workflow';
import { emailField, keepEmailCase, offerLocator } from '../../descriptions';
import type { OfferChoice } from '../../school';
import { endpoints, failureOf, InputError, passOn } from '../../transport';
import { emailKey } from '../../values/email';
import { DEFAULT_PAGES, listingWord, maximumPages } from '../access';
import { preparedItemOperation, type Run, type Scope } from '../operation';
import { ACCEPTED, answerData, stated } from '../write';

const IF_HELD = ['makeActive', 'skipIfListedActive', 'grantAlways'] as const;
const IF_UNSETTLED = ['grant', 'stop'] as const;

interface Input {
	email: string;
	offer: OfferChoice;
	firstName?: string;
	lastName?: string;
	orderId?: string;
	ifHeld: (typeof IF_HELD)[number];
	ifUnsettled: (typeof IF_UNSETTLED)[number];
	maxPages: number;
}

interface Ready extends Input {
	offerId: string;
}

/** What the lists show of a member and an offer, before a grant. */
type Holding =
	| { holds: 'no'; before: string }
	| { holds: 'yes'; listedActive: boolean; before: string }
	| { holds: 'unknown'; before: string };

/**
 * Gives a member an offer, and creates the member when the address is unknown (documented).
 *
 * It is not known whether a second grant restarts a term or mails again. So a payment event that
 * comes twice, or comes every month, must not grant twice: the operation first looks whether the
 * member holds the offer, and then only makes sure that the access is on. The grant itself is never
 * repeated after a lost answer.
 */
export const grantOffer = preparedItemOperation<Input, Ready>({
	value: 'grant',
	name: 'Grant',
	action: 'Grant offer to new or existing user',
	description: 'Give a user an offer, and create the user in Memberspot if the e-mail is new. Looks first whether the user already has it.',
	builderHint: 'Use after a payment. Pass the order ID of the shop, so that a refund can later switch off exactly this access with the resource Order.',
	fields: [
		emailField('Address of the user. If Memberspot does not know it, the user is created.'),
		offerLocator({ description: 'What the user gets' }),
		{
			displayName: 'First Name',
			name: 'firstName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Anna',
			description: 'First name of a new user. Left out when empty. Whether it changes the name of an existing user is not documented.',
		},
		{
			displayName: 'Last Name',
			name: 'lastName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Schmidt',
			description: 'Last name of a new user. Left out when empty. Whether it changes the name of an existing user is not documented.',
		},
		{
			displayName: 'Order ID',
			name: 'orderId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 0004711',
			description: 'ID of the order in your shop, stored with this access. With it, the access can later be paused or removed by order. Left out when empty.',
		},
		{
			displayName: 'If the User Already Has This Offer',
			name: 'ifHeld',
			type: 'options',
			default: 'makeActive',
			description: 'What to do when the list of users of the offer shows the user. An offer is then not granted a second time unless you ask for it.',
			options: [
				{
					name: 'Grant Always',
					value: 'grantAlways',
					description: 'Grant without looking. Whether a second grant restarts a term or sends another e-mail is not documented.',
				},
				{
					name: 'Make Sure It Is Active',
					value: 'makeActive',
					description: 'Switch the access on, whatever its state is, so that late payers and re-buyers get in. Changes nothing where it is on.',
				},
				{
					name: 'Skip if Listed as Active',
					value: 'skipIfListedActive',
					description: 'Send nothing when the list shows the user as active, otherwise switch the access on. Whether the list speaks of this access or of the user is not documented, so a paused access may stay paused.',
				},
			],
		},
		{
			displayName: 'Memberspot may send its welcome e-mail to new users. The API has no known way to stop it.',
			name: 'welcomeNotice',
			type: 'notice',
			default: '',
		},
	],
	options: [
		{
			displayName: 'If the List Is Too Long to Tell',
			name: 'ifUnsettled',
			type: 'options',
			default: 'grant',
			description: 'What to do when the offer has more users than Maximum Pages to Read allows to look through, so that it stays open whether the user has it',
			options: [
				{ name: 'Grant', value: 'grant', description: 'Let the user in, at the risk of a second grant' },
				{ name: 'Stop With an Error', value: 'stop', description: 'Let the item fail, and decide yourself' },
			],
		},
		keepEmailCase,
		maximumPages,
	],
	endpoints: ['grantUserOfferByMail', 'setOfferState', 'findUserByMail', 'listOffers', 'listUsers'],
	access: () => 'grant',
	writes: true,
	read(params) {
		const options = params.options();

		return {
			email: params.email('email', 'E-Mail'),
			offer: params.offer('offer'),
			firstName: params.text('firstName', 'First Name'),
			lastName: params.text('lastName', 'Last Name'),
			orderId: params.optionalId('orderId', 'Order ID'),
			ifHeld: params.choice('ifHeld', 'If the User Already Has This Offer', IF_HELD, 'makeActive'),
			ifUnsettled: options.choice('ifUnsettled', 'If the List Is Too Long to Tell', IF_UNSETTLED, 'grant'),
			maxPages: options.number('maximumPages', 'Maximum Pages to Read', { min: 1 }) ?? DEFAULT_PAGES,
		};
	},
	async prepare({ school }, input) {
		return { ...input, offerId: await school.offerId(input.offer) };
	},
	lane: ({ email }) => emailKey(email),
	async run(run, input, scope) {
		if (input.ifHeld === 'grantAlways') return await grant(run, input, scope, {});

		const holding = await holdingOf(run, input);
		const { before } = holding;
		if (holding.holds === 'no') return await grant(run, input, scope, { before });
		if (holding.holds === 'yes') {
			return holding.listedActive && input.ifHeld === 'skipIfListedActive'
				? { success: true, email: input.email, offerId: input.offerId, action: 'skipped', before, outcome: 'unchanged' }
				: await activate(input, scope, before);
		}
		if (input.ifUnsettled === 'stop') {
			throw new InputError(
				`It can not be told within ${input.maxPages} pages whether ${input.email} has this offer`,
				'Raise Maximum Pages to Read in the options, or set If the List Is Too Long to Tell to Grant',
				{ before },
			);
		}

		return await grant(run, input, scope, { before });
	},
});

/** A member who is not known holds nothing; for the others the offer's list is read as far as needed. */
async function holdingOf({ school }: Run, { email, offerId, maxPages }: Ready): Promise<Holding> {
	const roster = school.roster(offerId, maxPages);
	if (!roster.knows(email)) {
		const user = await school.lookUp(email);
		if (user?.found === false) return { holds: 'no', before: 'userNotFound' };
	}
	const listing = await roster.find(email);
	const before = listingWord(listing);
	if (listing.listed === undefined) return { holds: 'unknown', before };

	return listing.listed ? { holds: 'yes', listedActive: listing.active === true, before } : { holds: 'no', before };
}

async function activate({ email, offerId }: Ready, scope: Scope, before: string): Promise<IDataObject> {
	const answer = await scope.call(endpoints.setOfferState, { body: { email, offerId, active: true } });
	const outcome = stated(answer, email, (data) => data.active === true && data.offerId === offerId);

	return { success: true, email, offerId, action: 'activated', before, outcome, ...(outcome === 'accepted' ? { note: ACCEPTED.offer } : {}) };
}

async function grant({ school }: Run, input: Ready, scope: Scope, seen: IDataObject): Promise<IDataObject> {
	const { email, offerId, firstName, lastName, orderId, maxPages } = input;
	const answer = await scope
		.call(endpoints.grantUserOfferByMail, { body: { email, grantOffer: offerId, firstname: firstName, name: lastName, orderId } })
		.catch((error: unknown) => {
			// The same payment may stand in the run once more: then the list must be looked at as it is now.
			if (failureOf(error)?.maybeDone === true) school.doubtRoster(offerId, maxPages);
			throw passOn(error);
		});
	school.roster(offerId, maxPages).note(email, true);
	const uid = answerData(answer)?.uid;
	const outcome = stated(answer, email, (data) => typeof data.uid === 'string' && data.uid !== '');

	return {
		success: true,
		email,
		offerId,
		...(typeof uid === 'string' ? { uid } : {}),
		...(orderId === undefined ? {} : { orderId }),
		action: 'granted',
		...seen,
		outcome,
		...(outcome === 'accepted' ? { note: ACCEPTED.grant } : {}),
	};
}
