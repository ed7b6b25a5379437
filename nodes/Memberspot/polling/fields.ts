import type { INodeProperties } from 'n8n-workflow';
import { courseLocator, offerLocator } from '../descriptions';
import { DEFAULT_MINUTES } from './settings';

/** Parameters of the polling trigger. n8n adds Poll Times. */
export const pollFields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'triggerOn',
		type: 'multiOptions',
		required: true,
		default: ['newUser'],
		description: 'What starts the workflow. Each change gives one item.',
		options: [
			{
				name: 'Course Completed',
				value: 'courseCompleted',
				description:
					'A user has completed all lessons of a course. Once per user and course, also when lessons are added later.',
			},
			{
				name: 'Course Progress Reached',
				value: 'courseProgressReached',
				description:
					'A user has completed a share of the lessons of a course. Once per user and course.',
			},
			{
				name: 'Custom Property Changed',
				value: 'customPropertyChanged',
				description:
					'A custom property has another value. The item has the new value; the former one is not kept.',
			},
			{
				name: 'New User',
				value: 'newUser',
				description:
					'A user is in the list for the first time. With filters: for the first time among the filtered users.',
			},
			{
				name: 'User Became Active',
				value: 'userBecameActive',
				description:
					'A known user was not active and now is. Whether "active" speaks of the account or of the access, Memberspot does not say.',
			},
			{
				name: 'User Became Inactive',
				value: 'userBecameInactive',
				description:
					'A user was active and no longer is. Whether "active" speaks of the account or of the access, Memberspot does not say.',
			},
			{
				name: 'User Got an Offer',
				value: 'userGotOffer',
				description: 'A user has one of the chosen offers (Zugang) now',
			},
			{
				name: 'User Lost an Offer',
				value: 'userLostOffer',
				description:
					'A user no longer has one of the chosen offers (Zugang). Noticed when the user is missing in two polls in a row.',
			},
		],
	},
	{
		displayName: 'Offer Names or IDs',
		name: 'offers',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getOffers' },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'The list of users of each chosen offer is read at every poll',
		displayOptions: { show: { triggerOn: ['userGotOffer', 'userLostOffer'] } },
	},
	{
		displayName: 'Percent',
		name: 'percent',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 50,
		description: 'Share of the lessons of a course that has to be completed',
		displayOptions: { show: { triggerOn: ['courseProgressReached'] } },
	},
	{
		...courseLocator({
			description: 'The course to watch. Leave empty for any course.',
			required: false,
		}),
		displayOptions: { show: { triggerOn: ['courseCompleted', 'courseProgressReached'] } },
	},
	{
		displayName: 'Property Names or IDs',
		name: 'properties',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getProperties' },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		displayOptions: { show: { triggerOn: ['customPropertyChanged'] } },
	},
	{
		displayName: 'Minimum Minutes Between Polls',
		name: 'minimumMinutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10080 },
		default: DEFAULT_MINUTES,
		description:
			'Polls that come sooner are skipped without a request, whatever Poll Times says. Each poll reads whole lists, since Memberspot does not tell what has changed.',
	},
	{
		displayName: 'Requests per Poll',
		name: 'requestsPerPoll',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description:
			'Open the list to see how many requests a poll takes for your school with these settings. Nothing has to be chosen.',
		modes: [
			{
				displayName: 'For Your School',
				name: 'list',
				type: 'list',
				placeholder: 'Open to count…',
				typeOptions: { searchListMethod: 'countRequests', searchable: false },
			},
		],
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			courseLocator({
				displayName: 'Course',
				description:
					'Only users who have this course, which also makes a poll cheaper. For the events about offers, choose offers instead.',
				required: false,
			}),
			offerLocator({
				description:
					'Only users who have this offer, which also makes a poll cheaper. For the events about offers, choose offers instead.',
				required: false,
			}),
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Emit Existing',
				name: 'emitExisting',
				type: 'boolean',
				default: false,
				description:
					'Whether the very first poll gives an item for everything that is there already: every user, every completed course. By default it only takes note, and later polls give what has changed since.',
			},
			{
				displayName: 'Give Up After (Seconds)',
				name: 'giveUpAfter',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 3600 },
				default: 120,
				description: 'Longest time for one request with all its pauses and repeats',
			},
			{
				displayName: 'Ignore Uncertain Changes',
				name: 'ignoreUncertain',
				type: 'boolean',
				default: false,
				description:
					'Whether to leave out changes that may not be what they look like. By default they come with "certain" set to false, and the reason.',
			},
			{
				displayName: 'Page Size',
				name: 'pageSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1000 },
				default: 100,
				description: 'How many users to ask for at once. Memberspot may give fewer.',
			},
			{
				displayName: 'Requests per Second',
				name: 'requestsPerSecond',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 100 },
				default: 0,
				description:
					'Most requests to start in a second. With 0 the node slows down by itself when Memberspot asks for it.',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 3600 },
				default: 30,
				description: 'How long to wait for one answer',
			},
		],
	},
];
