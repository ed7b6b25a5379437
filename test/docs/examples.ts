import type { IDataObject, INodeParameterResourceLocator, INodeParameters } from 'n8n-workflow';
import { CHAPTERS, COURSES, EXAMS, OFFERS, PROPERTIES, USERS } from '../stand-in/fixtures';

/** One run of an operation as docs/operations.md shows it. */
export interface Example {
	/** `resource.operation`, as saved workflows have it. */
	name: string;
	/** What the node before gives. */
	items: IDataObject[];
	/** What stands in the node's fields: values as in a saved workflow. */
	parameters: INodeParameters;
}

/** What came of it. */
export interface Recording extends Example {
	/** Method and path of each request, in order. */
	requests: string[];
	output: IDataObject[];
}

/** Where `npm run docs -- --record` keeps what came out. */
export const RECORDINGS = 'test/docs/recordings.json';

const by = (mode: 'email' | 'id', value: string): INodeParameterResourceLocator => ({ __rl: true, mode, value });
const anna = { email: USERS.anna.email };
const order = { email: USERS.anna.email, orderId: '0004711' };
const one = { email: '={{ $json.email }}', offersFrom: 'list', offerList: '={{ $json.offers }}' };
const chosen = (...ids: string[]) => ({ values: ids.map((id) => ({ offer: by('id', id) })) });
const userOfItem = by('email', '={{ $json.email }}');

/** Each operation once, in a fresh school. */
export const EXAMPLES: readonly Example[] = [
	{ name: 'chapter.enableAccess', items: [anna], parameters: { user: userOfItem, chapter: by('id', CHAPTERS.excelBonus.id), course: by('id', COURSES.excel.id) } },
	{ name: 'course.getAll', items: [{}], parameters: { returnAll: false, limit: 2 } },
	{ name: 'courseProgress.get', items: [anna], parameters: { user: userOfItem, course: by('id', COURSES.excel.id) } },
	{ name: 'courseProgress.getAll', items: [{ email: USERS.frida.email }], parameters: { user: userOfItem, returnAll: true } },
	{ name: 'customProperty.getAll', items: [{}], parameters: { returnAll: false, limit: 2 } },
	{
		name: 'customProperty.set',
		items: [{ email: USERS.carla.email, company: 'Rossi GmbH' }],
		parameters: { user: userOfItem, properties: { mappingMode: 'defineBelow', value: { [PROPERTIES.company.id]: '={{ $json.company }}' } } },
	},
	{ name: 'exam.getResults', items: [{}], parameters: { examId: EXAMS.excel.id, returnAll: false, limit: 1 } },
	{ name: 'loginToken.create', items: [anna], parameters: { user: userOfItem } },
	{ name: 'offer.getAll', items: [{}], parameters: { returnAll: false, limit: 2 } },
	{
		name: 'offer.grant',
		items: [{ email: 'lena@example.com', first: 'Lena', last: 'Vogel', order: '0008150' }],
		parameters: { email: '={{ $json.email }}', offer: by('id', OFFERS.excel.id), firstName: '={{ $json.first }}', lastName: '={{ $json.last }}', orderId: '={{ $json.order }}' },
	},
	{ name: 'offer.remove', items: [anna], parameters: { user: userOfItem, offer: by('id', OFFERS.excel.id) } },
	{ name: 'offer.setState', items: [anna], parameters: { user: userOfItem, offer: by('id', OFFERS.excel.id), active: false } },
	{ name: 'order.remove', items: [order], parameters: { user: userOfItem, orderId: '={{ $json.orderId }}' } },
	{ name: 'order.setState', items: [order], parameters: { user: userOfItem, orderId: '={{ $json.orderId }}', active: false } },
	{
		name: 'user.auditAccess',
		items: [
			{ email: USERS.anna.email, offers: [OFFERS.yoga.name] },
			{ email: USERS.carla.email, offers: [OFFERS.yoga.name] },
		],
		parameters: { ...one, offersToRead: 'chosen', chosenOffers: chosen(OFFERS.yoga.id), options: { usersWithoutAccess: false } },
	},
	{ name: 'user.delete', items: [{ email: USERS.carla.email }, { email: 'nobody@example.com' }], parameters: { emails: '={{ $json.email }}', checkFirst: true } },
	{ name: 'user.get', items: [anna], parameters: { user: userOfItem } },
	{ name: 'user.getAccess', items: [{ email: USERS.emil.email }], parameters: { usersFrom: 'one', user: userOfItem, offersToRead: 'chosen', chosenOffers: chosen(OFFERS.excel.id, OFFERS.yoga.id) } },
	{ name: 'user.getAll', items: [{}], parameters: { returnAll: false, limit: 1, filters: { offer: by('id', OFFERS.excel.id) } } },
	{
		name: 'user.syncAccess',
		items: [
			{ email: USERS.anna.email, offers: [OFFERS.excel.name] },
			{ email: USERS.ben.email, offers: [OFFERS.excel.name, OFFERS.bundle.name] },
		],
		parameters: { ...one, controls: 'chosen', chosenOffers: chosen(OFFERS.excel.id, OFFERS.bundle.id) },
	},
];
