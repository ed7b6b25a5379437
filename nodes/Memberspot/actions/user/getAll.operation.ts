import { courseLocator, offerLocator, outputFields, returnAllOrLimit } from '../../descriptions';
import { DEFAULT_PAGE_LENGTH, type OfferChoice, type User, type UserQuery } from '../../school';
import { InputError } from '../../transport';
import { apiMoment } from '../../values/scalar';
import { preparedItemOperation } from '../operation';
import { putOutUsers, readOutputChoice, type OutputChoice } from '../output';
import { readLimit } from '../limit';

interface Input {
	/** Infinity for Return All. */
	limit: number;
	offer?: OfferChoice;
	query: UserQuery;
	local: LocalFilter;
	output: OutputChoice;
	pageLength: number;
}

/** Filters that the API does not have; they are applied to each page as it is read. */
interface LocalFilter {
	/** Lower case. */
	search?: string;
	/** Milliseconds since 1970. */
	createdAfter?: number;
	createdBefore?: number;
}

/** Members, filtered, page by page. */
export const getManyUsers = preparedItemOperation<Input, Input>({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many users with search and filters',
	description: 'List users, with filters for offer, course, state, name and date',
	fields: [
		...returnAllOrLimit(),
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Active',
					name: 'active',
					type: 'options',
					default: 'all',
					description: 'Which users to return by the state Memberspot gives them. Whether this state speaks of the user or of the chosen offer is not documented.',
					options: [
						{ name: 'Active', value: 'active' },
						{ name: 'All', value: 'all' },
						{ name: 'Inactive', value: 'inactive' },
					],
				},
				courseLocator({ required: false, description: 'Only users who have this course' }),
				{
					displayName: 'Created After',
					name: 'createdAfter',
					type: 'dateTime',
					default: '',
					description: 'Only users created at or after this time. Checked on each page after it is read.',
				},
				{
					displayName: 'Created Before',
					name: 'createdBefore',
					type: 'dateTime',
					default: '',
					description: 'Only users created before this time. Checked on each page after it is read.',
				},
				offerLocator({ required: false, description: 'Only users who have this offer. Whether Memberspot also lists users whose access is paused is not documented.' }),
				{
					displayName: 'Search',
					name: 'search',
					type: 'string',
					default: '',
					placeholder: 'e.g. anna or @example.com',
					description: 'Only users with this text in name or e-mail. Checked on each page after it is read.',
				},
			],
		},
		...outputFields(),
	],
	options: [
		{
			displayName: 'Page Size',
			name: 'pageSize',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1000 },
			default: DEFAULT_PAGE_LENGTH,
			description: 'How many users to ask for in one request. The largest size Memberspot accepts is not documented; a smaller page is no loss.',
		},
	],
	endpoints: ['listUsers', 'listOffers', 'listCustomUserProperties'],
	access: () => 'read',
	writes: false,
	read(params) {
		const filters = params.filters();
		const active = filters.choice('active', 'Active', ['all', 'active', 'inactive'] as const, 'all');
		const createdAfter = filters.moment('createdAfter', 'Created After');
		const createdBefore = filters.moment('createdBefore', 'Created Before');
		if (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore) {
			throw new InputError('Created After is not before Created Before, so no user can fit', 'Check both dates');
		}

		return {
			limit: readLimit(params),
			offer: filters.offer('offer', 'Offer'),
			query: { courseId: filters.course('course', 'Course'), active: active === 'all' ? undefined : active === 'active' },
			local: { search: filters.text('search', 'Search')?.normalize('NFC').toLowerCase(), createdAfter, createdBefore },
			output: readOutputChoice(params),
			pageLength: params.options().number('pageSize', 'Page Size', { min: 1, max: 1_000 }) ?? DEFAULT_PAGE_LENGTH,
		};
	},
	async prepare(run, input) {
		if (input.offer === undefined) return input;

		return { ...input, query: { ...input.query, offerId: await run.school.offerId(input.offer) } };
	},
	async run(run, { query, local, limit, output, pageLength }) {
		const filtered = Object.values(local).some((value) => value !== undefined);
		const kept: User[] = [];
		let withoutDate = 0;
		for await (const page of run.school.users(query, { pageLength: filtered ? pageLength : Math.min(pageLength, limit) })) {
			for (const user of page.rows) {
				const verdict = fits(user, local);
				if (verdict === 'noDate') withoutDate++;
				if (verdict === 'yes' && kept.length < limit) kept.push(user);
			}
			if (kept.length >= limit) break;
		}
		if (withoutDate > 0) {
			run.hint(`${withoutDate} users were left out because their creation date is missing or in an unknown form.`);
		}

		return await putOutUsers(run, kept, output);
	},
});

function fits(user: User, filter: LocalFilter): 'yes' | 'no' | 'noDate' {
	if (filter.search !== undefined) {
		const { firstname, name } = user.raw;
		const text = [firstname, name, user.email].filter((part) => typeof part === 'string').join(' ').normalize('NFC').toLowerCase();
		if (!text.includes(filter.search)) return 'no';
	}
	if (filter.createdAfter === undefined && filter.createdBefore === undefined) return 'yes';

	const created = apiMoment(user.raw.created);
	if (created === undefined) return 'noDate';
	if (filter.createdAfter !== undefined && created < filter.createdAfter) return 'no';

	return filter.createdBefore !== undefined && created >= filter.createdBefore ? 'no' : 'yes';
}
