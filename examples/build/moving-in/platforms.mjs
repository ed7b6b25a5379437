/**
 * What is known of the platforms people move from; how sure it is stands in ../sources.mjs. Names of
 * columns are assumptions.
 */

import { readKajabiEvent, readTeachableEvent, readThinkificEvent } from './events.mjs';
import { kajabiThere, teachableThere, thinkificThere } from './there.mjs';
import { kajabiApi, teachableApi, thinkificApi } from './apis.mjs';

/** Names that columns have in exports of more than one platform. */
const COMMON = {
	email: ['Email', 'E-Mail', 'Email Address', 'User Email', 'Student Email', 'student_email'],
	firstName: ['First Name', 'first_name', 'Firstname', 'Vorname'],
	lastName: ['Last Name', 'last_name', 'Lastname', 'Nachname'],
	fullName: ['Name', 'Full Name', 'fullname', 'User Name', 'Student Name'],
};

/**
 * @typedef {object} Platform
 * @property {string} id
 * @property {string} title
 * @property {object} columns names that the columns of its export may have
 * @property {string} howToExport Markdown
 * @property {import('./apis.mjs').Api} api how its people are read by its API
 * @property {object} sideBySide how both are used at the same time: `setUp` and `tableHint` are
 *   Markdown, `read` turns a call of its webhook into events, `there` gives and takes courses
 */

export const thinkific = {
	id: 'thinkific',
	api: thinkificApi,
	title: 'Thinkific',
	columns: {
		...COMMON,
		courses: [
			'Enrollments - list',
			'Enrollments',
			'Course Name',
			'Courses',
			'Course',
			'course_name',
		],
		ended: ['Expired', 'expired'],
	},
	howToExport:
		'In Thinkific: the list of users, export as CSV. It arrives by e-mail. A progress report with one row for each course works as well.',
	sideBySide: {
		setUp: `In Thinkific: *Settings → Code & analytics → Webhooks*, topic *Enrollment created*, URL: the production URL of **When Thinkific Calls**. Credential of the type *Header Auth* named **Thinkific API**: name \`X-Auth-API-Key\`, value your API key. Write your subdomain into the header \`X-Auth-Subdomain\` of the requests.

No event that Thinkific describes says that an enrolment has ended (a refund or a cancelled subscription names the order and no course): that direction needs *User: Sync Access* with a list.`,
		tableHint: '`target` is the ID of the course in Thinkific.',
		read: readThinkificEvent,
		there: thinkificThere,
	},
};

export const teachable = {
	id: 'teachable',
	api: teachableApi,
	title: 'Teachable',
	columns: {
		...COMMON,
		courses: ['Course Name', 'course_name', 'Enrolled Courses', 'Courses', 'Course', 'Products'],
		ended: ['Disabled', 'disabled', 'Expired'],
	},
	howToExport:
		'In Teachable: *Users → Students*, filter by a course, *Export*. Its list of users does not name the courses, as far as the public help pages show: export each course on its own, and write the name of the course into the form.',
	sideBySide: {
		setUp: `In Teachable: *Settings → Webhooks*, events *Enrollment.created* and *Enrollment.disabled*, URL: the production URL of **When Teachable Calls**. Credential of the type *Header Auth* named **Teachable API**: name \`apiKey\`, value your API key.`,
		tableHint: '`target` is the ID of the course in Teachable.',
		read: readTeachableEvent,
		there: teachableThere,
	},
};

export const kajabi = {
	id: 'kajabi',
	api: kajabiApi,
	title: 'Kajabi',
	columns: {
		...COMMON,
		courses: ['Products', 'Offers', 'Granted Offers', 'Offer Title', 'Product', 'Course'],
		ended: ['Deactivated'],
	},
	howToExport:
		'In Kajabi: *Contacts*, filter by a product or offer, *Bulk Actions → Export*. If the export has no column with products or offers, export each offer on its own, and write its name into the form.',
	sideBySide: {
		setUp: `In Kajabi: *Settings → Webhooks*, event *Purchase Created*, or by its API, event \`purchase\`. URL: the production URL of **When Kajabi Calls**. Kajabi describes no event for the end of a purchase; one that comes with a date in \`deactivated_at\` pauses the access.

In the other direction no credential is needed, but two secret URLs of each offer: *Sales → Offers → More Actions → Webhooks*. Kajabi then sends no mail of its own.`,
		tableHint:
			'`course` is the title of the Kajabi offer, `target` its Activation URL, `targetOff` its Deactivation URL.',
		read: readKajabiEvent,
		there: kajabiThere,
	},
};
