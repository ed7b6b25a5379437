/**
 * What is known of the platforms people move from. Names of columns and fields come from their public
 * help pages, API descriptions and clients; none was compared with a real account.
 */

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
};
