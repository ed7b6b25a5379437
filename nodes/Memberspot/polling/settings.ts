import type { IDataObject } from 'n8n-workflow';
import { OptionReader, unwrap } from '../actions/params';
import { DEFAULT_PAGE_LENGTH, type OfferChoice } from '../school';
import {
	DEFAULT_SETTINGS,
	FASTEST_PER_SECOND,
	InputError,
	type ClientSettings,
} from '../transport';
import { readId } from '../values/id';
import { isJsonObject } from '../values/json';
import { COURSE_EVENTS, EVENT_KINDS, OFFER_EVENTS, type EventKind, type Watch } from './events';

/** Minutes between two polls where the user sets none. */
export const DEFAULT_MINUTES = 15;

/** How the polling trigger is set up. */
export interface PollSettings {
	/** What is watched, without the filter's offer, which may still be a name. */
	watch: Watch;
	/** The offer of the filter, by id or name. */
	filterOffer?: OfferChoice;
	minimumMs: number;
	/** Whether the first poll emits what is there. */
	emitExisting: boolean;
	/** Whether changes that can't be told for sure are kept quiet. */
	ignoreUncertain: boolean;
	simplify: boolean;
	pageLength: number;
	client: Partial<ClientSettings>;
}

/**
 * Reads the trigger's parameters.
 *
 * @param read gives the value of a parameter, or undefined
 * @throws InputError naming the field
 */
export function readPollSettings(read: (name: string) => unknown): PollSettings {
	const own = new OptionReader({
		minimumMinutes: plain(read('minimumMinutes')),
		percent: plain(read('percent')),
		course: plain(read('course')),
		simplify: plain(read('simplify')) ?? true,
	});
	const filters = new OptionReader(collection(read('filters')));
	const options = new OptionReader(collection(read('options')));
	const events = readEvents(read('triggerOn'));
	const has = (kinds: readonly EventKind[]) => events.some((kind) => kinds.includes(kind));
	const readsUsers = events.some((kind) => !OFFER_EVENTS.includes(kind));
	const minutes =
		own.number('minimumMinutes', 'Minimum Minutes Between Polls', { min: 1, max: 10_080 }) ??
		DEFAULT_MINUTES;

	return {
		watch: {
			events,
			readsUsers,
			courseId: readsUsers ? filters.course('course', 'Course in Filters') : undefined,
			offers: has(OFFER_EVENTS) ? readIds(read('offers'), 'Offer Names or IDs') : [],
			percent: events.includes('courseProgressReached')
				? (own.number('percent', 'Percent', { min: 1, max: 100, fraction: true }) ?? 50)
				: undefined,
			course: has(COURSE_EVENTS) ? own.course('course', 'Course') : undefined,
			properties: events.includes('customPropertyChanged')
				? readIds(read('properties'), 'Property Names or IDs')
				: [],
		},
		filterOffer: readsUsers ? filters.offer('offer', 'Offer in Filters') : undefined,
		minimumMs: minutes * 60_000,
		emitExisting: options.boolean('emitExisting', 'Emit Existing', false),
		ignoreUncertain: options.boolean('ignoreUncertain', 'Ignore Uncertain Changes', false),
		simplify: own.boolean('simplify', 'Simplify', true),
		pageLength:
			options.number('pageSize', 'Page Size', { min: 1, max: 1_000 }) ?? DEFAULT_PAGE_LENGTH,
		client: readClientSettings(options),
	};
}

function readClientSettings(options: OptionReader): Partial<ClientSettings> {
	const seconds = (name: string, label: string) =>
		options.number(name, label, { min: 1, max: 3_600, fraction: true });
	const perSecond = options.number('requestsPerSecond', 'Requests per Second', {
		min: 0,
		max: FASTEST_PER_SECOND,
		fraction: true,
	});
	const timeout = seconds('timeout', 'Timeout (Seconds)');
	const giveUpAfter = seconds('giveUpAfter', 'Give Up After (Seconds)');

	return {
		timeoutMs: timeout === undefined ? DEFAULT_SETTINGS.timeoutMs : timeout * 1_000,
		giveUpAfterMs: giveUpAfter === undefined ? DEFAULT_SETTINGS.giveUpAfterMs : giveUpAfter * 1_000,
		requestsPerSecond: perSecond === undefined || perSecond === 0 ? undefined : perSecond,
	};
}

function readEvents(raw: unknown): EventKind[] {
	const chosen = listOfTexts(raw);
	const unknown = chosen.find((text) => !EVENT_KINDS.some((kind) => kind === text));
	if (unknown !== undefined) {
		throw new InputError(
			`Trigger On holds an event that does not exist: ${unknown}`,
			`Choose from: ${EVENT_KINDS.join(', ')}`,
		);
	}
	if (chosen.length === 0) throw new InputError('Trigger On is empty', 'Choose at least one event');

	return EVENT_KINDS.filter((kind) => chosen.includes(kind));
}

function readIds(raw: unknown, label: string): string[] {
	const ids = [...new Set(listOfTexts(raw).map((text) => unwrap(readId(text), label)))];
	if (ids.length === 0)
		throw new InputError(
			`${label} is empty`,
			'Choose at least one, or take the event out of Trigger On',
		);

	return ids;
}

/** A multiple choice, or what an expression gives in its place: a list, or text with commas. */
function listOfTexts(raw: unknown): string[] {
	const parts: unknown[] = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split(',') : [];

	return parts
		.map((part) => (typeof part === 'number' ? String(part) : part))
		.filter((part) => typeof part === 'string')
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

function collection(value: unknown): IDataObject {
	return isJsonObject(value) ? value : {};
}

/** A parameter as a field of a collection, which is how it can be read. */
function plain(value: unknown): IDataObject[string] {
	if (isJsonObject(value)) return value;

	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
		? value
		: undefined;
}
