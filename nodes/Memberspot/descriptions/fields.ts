import type { INodeProperties } from 'n8n-workflow';

/** Rows an AI model gets where its call sets no limit. */
export const TOOL_LIMIT = 20;

/** One e-mail address. */
export function emailField(description: string): INodeProperties {
	return {
		displayName: 'E-Mail',
		name: 'email',
		type: 'string',
		placeholder: 'name@email.com',
		default: '',
		required: true,
		description,
	};
}

/**
 * Return All and Limit. As an AI tool the node never reads everything, and reads less by default:
 * thousands of members would not fit into a model's memory.
 */
export function returnAllOrLimit(): INodeProperties[] {
	const limit: INodeProperties = {
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
	};

	return [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
			displayOptions: { show: { '@tool': [false] } },
		},
		{ ...limit, displayOptions: { show: { returnAll: [false], '@tool': [false] } } },
		{ ...limit, default: TOOL_LIMIT, displayOptions: { show: { '@tool': [true] } } },
	];
}

/** Simplify for people; for an AI model the choice between simplified, raw and selected fields. */
export function outputFields(): INodeProperties[] {
	return [
		{
			displayName: 'Simplify',
			name: 'simplify',
			type: 'boolean',
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
			displayOptions: { show: { '@tool': [false] } },
		},
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			default: 'simplified',
			description: 'How much of each record the AI model gets',
			options: [
				{ name: 'Raw', value: 'raw', description: 'Everything as Memberspot sends it' },
				{ name: 'Selected Fields', value: 'selectedFields', description: 'Only the fields you name' },
				{ name: 'Simplified', value: 'simplified', description: 'The most useful fields under plain names' },
			],
			displayOptions: { show: { '@tool': [true] } },
		},
		{
			displayName: 'Fields',
			name: 'outputFields',
			type: 'string',
			default: 'email,firstName,lastName',
			placeholder: 'e.g. email,firstName,active',
			description: 'Names of the simplified fields to return, with commas between them',
			displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
		},
	];
}

/** Limit on taking away, for the options of an operation that can take something away. */
export function maximumUsersPerRun(limit: number, what: string): INodeProperties {
	return {
		displayName: 'Maximum Users per Run',
		name: 'maximumUsersPerRun',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: limit,
		description: `If the input would ${what} more users than this, nothing is sent at all. Counted over all items of the run, and read from the first item.`,
	};
}

/** For operations that name a user by e-mail. */
export const keepEmailCase: INodeProperties = {
	displayName: 'Keep E-Mail Case',
	name: 'keepEmailCase',
	type: 'boolean',
	default: false,
	description: 'Whether to send the e-mail in upper and lower case as given. By default it is written in lower case, so that two spellings do not become two members.',
};

/** For every writing operation. */
export const dryRunOption: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: false,
	description: 'Whether to only show what would be sent. Users and offers are read, but nothing is changed in Memberspot. Read from the first item.',
};

/**
 * Entries that make a saved table of outputs a review trail.
 *
 * @param always the record can't be switched off, so there is no switch
 */
export function auditOptions(always: boolean): INodeProperties[] {
	const hashEmail: INodeProperties = {
		displayName: 'Hash E-Mail',
		name: 'hashEmail',
		type: 'boolean',
		default: false,
		description: 'Whether to put a SHA-256 hash in the place of the e-mail everywhere in the output, for records that must not keep the address. Read from the first item.',
	};
	const requestedBy: INodeProperties = {
		displayName: 'Requested By',
		name: 'requestedBy',
		type: 'string',
		default: '',
		placeholder: 'e.g. Support ticket 4711',
		description: 'Who or what asked for this change, for the audit record',
	};
	const auditRecord: INodeProperties = {
		displayName: 'Audit Record',
		name: 'auditRecord',
		type: 'boolean',
		default: false,
		description: 'Whether to add a record to each output item: time, operation, user, state before and after where it was read, requests with their status, workflow and execution',
	};

	return always ? [hashEmail, requestedBy] : [auditRecord, hashEmail, requestedBy];
}

/** Entries of every operation's Options. They hold for the whole run and are read from the first item. */
export const runOptions: readonly INodeProperties[] = [
	{
		displayName: 'Give Up After (Seconds)',
		name: 'giveUpAfter',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3600 },
		default: 120,
		description: 'Longest time for one request with all its pauses and repeats. When Memberspot asks to wait for longer, the item fails. Read from the first item.',
	},
	{
		displayName: 'Maximum Parallel Requests',
		name: 'maxParallelRequests',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50 },
		default: 5,
		description: 'How many requests may be under way at the same time. Read from the first item.',
	},
	{
		displayName: 'Requests per Second',
		name: 'requestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100 },
		default: 0,
		description: 'Most requests to start in a second. With 0 the node slows down by itself when Memberspot asks for it. Read from the first item.',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3600 },
		default: 30,
		description: 'How long to wait for one answer. Read from the first item.',
	},
];
