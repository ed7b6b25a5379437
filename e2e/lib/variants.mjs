/**
 * Why no example is run under some switches of the stand-in. The others stand in the checks of
 * e2e/examples, with what could go wrong.
 */

const NODE =
	'The node takes every form and puts out the same; test/matrix shows it for each operation.';
const NO_TERMS = 'The examples set no terms in Memberspot: they keep them in tables of their own.';
const REFUSED = 'Each check drives its example while Memberspot refuses or fails.';
const NO_REMOVAL = 'No example removes access; test/examples sees to it.';

/** @type {Record<string, string>} reason by switch */
export const NOT_TRIED = {
	activeAfterTerm: NO_TERMS,
	offersEnvelope: NODE,
	propertiesEnvelope: NODE,
	progressEnvelope: NODE,
	cursorName: NODE,
	cursorForm: NODE,
	endOfList: NODE,
	progressListPaging: NODE,
	uidCase: 'An example compares UIDs of the API only with UIDs of the API.',
	grantRequiredFields:
		'A grant that is refused for a missing field goes to a human, as the check of payment-retry shows.',
	grantRestartsTerm: NO_TERMS,
	grantChangesNames: 'The examples send the name that the person has given.',
	welcomeMail: 'The notes say that a welcome mail may be sent; nothing depends on it.',
	grantMailsAgain: 'The examples grant again only where no list shows that the offer is there.',
	offerStateActiveRequired: NO_REMOVAL,
	removalDeletesProgress: NO_REMOVAL,
	writeAnswer: `${NODE} Only the word confirmed depends on it.`,
	propertyUserKeys: NODE,
	propertyChoices: NODE,
	propertyValueTypes: 'The examples send text.',
	clearProperty: 'No example clears a property.',
	unknownProperty: 'The node compares the names with the definitions before it writes.',
	deleteBodyStripped: NODE,
	postDeletionPath: NODE,
	errorMessageForm: NODE,
	wrongKeyStatus: REFUSED,
	apiPlan: REFUSED,
	courseProgressLimit:
		'The check of progress-nudges runs with the limit, which is the harder case.',
	retryAfter: NODE,
};
