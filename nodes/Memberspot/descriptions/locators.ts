import type { INodeProperties } from 'n8n-workflow';

/** What may differ between two uses of the same locator. */
interface LocatorText {
	name: string;
	displayName: string;
	description: string;
	required?: boolean;
}

/** Lays the texts of one use over a locator. n8n's lint wants `required` left out where it is not needed. */
function withText(locator: INodeProperties, { required = true, ...text }: Partial<LocatorText>): INodeProperties {
	return { ...locator, ...text, ...(required ? { required } : {}) };
}

const ADDRESS_EXAMPLE = 'e.g. https://school.mymemberspot.de/library/AbC123/DeF456';

/*
 * n8n gives the name of a way to choose a place of fixed width: "By E-Mail" and "By Name" would be cut off.
 */

/** Chooses one user: from a list, by e-mail, or by UID. The list hands over e-mails. */
export function userLocator(text: Partial<LocatorText> = {}): INodeProperties {
	const locator: INodeProperties = {
		displayName: 'User',
		name: 'user',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'The member in Memberspot',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a user…',
				hint: 'Searches the first 500 users. Type a full e-mail to find anyone.',
				typeOptions: { searchListMethod: 'searchUsers', searchable: true },
			},
			{
				displayName: 'E-Mail',
				name: 'email',
				type: 'string',
				placeholder: 'e.g. name@example.com',
			},
			{
				displayName: 'By UID',
				name: 'uid',
				type: 'string',
				placeholder: 'e.g. vN3hQ8kXb2TzR5mYw7LcA1dE9fGh',
				hint: 'Memberspot has no look-up by UID, so the user list is read until the user is found',
			},
		],
	};

	return withText(locator, text);
}

/** Chooses one offer: from a list, by id, or by name. */
export function offerLocator(text: Partial<LocatorText> = {}): INodeProperties {
	const locator: INodeProperties = {
		displayName: 'Offer',
		name: 'offer',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'The offer in Memberspot, which opens one or several courses',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose an offer…',
				typeOptions: { searchListMethod: 'searchOffers', searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. kT9wLr2Vb4XnQz7sMd3A' },
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				placeholder: 'e.g. Excel Basics',
				hint: 'A name that fits several offers is refused, with the IDs to choose from',
			},
		],
	};

	return withText(locator, text);
}

/** Chooses one course: from the courses of the offers, by id, or by the address of a page. */
export function courseLocator(text: Partial<LocatorText> = {}): INodeProperties {
	const locator: INodeProperties = {
		displayName: 'Course',
		name: 'course',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'The course in Memberspot',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a course…',
				hint: 'Memberspot gives no course names, so courses are shown with the offers they are in',
				typeOptions: { searchListMethod: 'searchCourses', searchable: true },
			},
			{ displayName: 'By URL', name: 'url', type: 'string', placeholder: ADDRESS_EXAMPLE, hint: 'The address of a page of the course in the member area' },
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. q8ZxN2mTb6Wv4RjKs1Yd' },
		],
	};

	return withText(locator, text);
}

/** Chooses one chapter: by the address of a page, or by id. Chapters can't be listed. */
export function chapterLocator(): INodeProperties {
	return {
		displayName: 'Chapter',
		name: 'chapter',
		type: 'resourceLocator',
		default: { mode: 'url', value: '' },
		required: true,
		description: 'The chapter in Memberspot, called module in its menus',
		modes: [
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: ADDRESS_EXAMPLE,
				hint: 'The address of a lesson of the chapter in the member area. It also tells the course.',
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. h5PdW9xLc3Nq7VgTa2Mz' },
		],
	};
}
