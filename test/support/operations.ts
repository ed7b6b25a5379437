import type { Access } from '../../nodes/Memberspot/transport/credential';
import type { OperationId, RetryClass } from '../../nodes/Memberspot/transport/contract/endpoints';
import { CHAPTERS, COURSES, EXAMS, OFFERS, PROPERTIES, USERS } from '../stand-in/fixtures';
import type { RunSpec } from './context';

/** A run of an operation that goes well in every generated school. */
export interface OperationCase {
	/** `resource.operation`, as saved workflows have it. */
	name: string;
	/** What it needs of the credential. */
	access: Access;
	writes: boolean;
	/** The endpoint that does the work. Faults are planted there. */
	endpoint: OperationId;
	/** How a lost answer of that endpoint is treated. */
	retry: RetryClass;
	/** Whether it is about one user, so that each item can be about another one. */
	perUser: boolean;
	/** Parameters for a user. Operations that are about no user take none. */
	parameters(email: string): RunSpec['parameters'];
}

/** A resource locator's value. */
export const by = (mode: 'list' | 'email' | 'uid' | 'id' | 'name' | 'url', value: unknown) => ({ __rl: true, mode, value });

/** Values of the property mapper. */
export const mapped = (value: { [property: string]: unknown }) => ({ mappingMode: 'defineBelow', value });

/** Every operation that treats users, offers and orders one by one, and the lists. */
export const OPERATIONS: readonly OperationCase[] = [
	{
		name: 'chapter.enableAccess',
		access: 'grant',
		writes: true,
		endpoint: 'enableChapterAccess',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), chapter: by('id', CHAPTERS.excelBonus.id), course: by('id', COURSES.excel.id) }),
	},
	{ name: 'course.getAll', access: 'read', writes: false, endpoint: 'listOffers', retry: 'repeatable', perUser: false, parameters: () => ({ returnAll: true }) },
	{
		name: 'courseProgress.get',
		access: 'read',
		writes: false,
		endpoint: 'getCourseProgress',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), course: by('id', COURSES.excel.id) }),
	},
	{
		name: 'courseProgress.getAll',
		access: 'read',
		writes: false,
		endpoint: 'listCourseProgress',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), returnAll: true }),
	},
	{ name: 'customProperty.getAll', access: 'read', writes: false, endpoint: 'listCustomUserProperties', retry: 'repeatable', perUser: false, parameters: () => ({ returnAll: true }) },
	{
		name: 'customProperty.set',
		access: 'write',
		writes: true,
		endpoint: 'setCustomUserProperties',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), properties: mapped({ [PROPERTIES.company.id]: 'Neue GmbH' }) }),
	},
	{ name: 'exam.getResults', access: 'read', writes: false, endpoint: 'listExamResults', retry: 'repeatable', perUser: false, parameters: () => ({ examId: EXAMS.excel.id, returnAll: true }) },
	{
		name: 'loginToken.create',
		access: 'loginLink',
		writes: true,
		endpoint: 'createLoginToken',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email) }),
	},
	{ name: 'offer.getAll', access: 'read', writes: false, endpoint: 'listOffers', retry: 'repeatable', perUser: false, parameters: () => ({ returnAll: true }) },
	{
		name: 'offer.grant',
		access: 'grant',
		writes: true,
		endpoint: 'grantUserOfferByMail',
		retry: 'never',
		perUser: true,
		parameters: (email) => ({ email, offer: by('id', OFFERS.empty.id), orderId: '0009000' }),
	},
	{
		name: 'offer.remove',
		access: 'full',
		writes: true,
		endpoint: 'setOfferState',
		retry: 'readBack',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), offer: by('id', OFFERS.excel.id) }),
	},
	{
		name: 'offer.setState',
		access: 'write',
		writes: true,
		endpoint: 'setOfferState',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), offer: by('id', OFFERS.excel.id), active: false }),
	},
	{
		name: 'order.remove',
		access: 'full',
		writes: true,
		endpoint: 'setOrderState',
		retry: 'readBack',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), orderId: '0004711' }),
	},
	{
		name: 'order.setState',
		access: 'write',
		writes: true,
		endpoint: 'setOrderState',
		retry: 'repeatable',
		perUser: true,
		parameters: (email) => ({ user: by('email', email), orderId: '0004711', active: false }),
	},
	{ name: 'user.delete', access: 'full', writes: true, endpoint: 'deleteUsers', retry: 'readBack', perUser: true, parameters: (email) => ({ emails: email, checkFirst: true }) },
	{ name: 'user.get', access: 'read', writes: false, endpoint: 'findUserByMail', retry: 'repeatable', perUser: true, parameters: (email) => ({ user: by('email', email) }) },
	{ name: 'user.getAll', access: 'read', writes: false, endpoint: 'listUsers', retry: 'repeatable', perUser: false, parameters: () => ({ returnAll: true }) },
];

/** Parameters of the operations around access, which treat the items of a run together. */
export const ACCESS_PARAMETERS: { readonly [name: string]: { [parameter: string]: unknown } } = {
	'user.auditAccess': { email: USERS.anna.email, offersFrom: 'list', offerList: [OFFERS.excel.id] },
	'user.getAccess': { user: by('email', USERS.anna.email) },
	'user.syncAccess': { email: USERS.anna.email, offersFrom: 'list', offerList: [OFFERS.empty.id], ifMissing: 'report' },
};

/** Users that exist in every school, for runs with several items. */
export const THREE_USERS = [USERS.anna.email, USERS.ben.email, USERS.max.email] as const;

/** The case of an operation by its name. */
export function caseOf(name: string): OperationCase {
	const found = OPERATIONS.find((operation) => operation.name === name);
	if (found === undefined) throw new Error(`there is no case for ${name}`);

	return found;
}

/** Parameters for several items: item n is about user n. */
export function parametersFor(operation: OperationCase, emails: readonly string[]): RunSpec['parameters'] {
	const each = emails.map((email) => operation.parameters(email));
	const parameters: RunSpec['parameters'] = {};
	for (const name of Object.keys(each[0])) parameters[name] = (item: number) => each[item][name];

	return parameters;
}
