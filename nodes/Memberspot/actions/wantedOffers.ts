import type { INodeProperties } from 'n8n-workflow';
import { offerLocator } from '../descriptions';
import { findOffer, type Offer } from '../school';
import { InputError } from '../transport';
import { readId } from '../values/id';
import { parseJson } from '../values/json';
import { readBoolean, readMoment } from '../values/scalar';
import { isRecord, readOptionalText, trimInvisible } from '../values/text';
import { unwrap, type Params } from './params';

/** How an offer is named in the input: chosen as id or by name, or as a text that may be either. */
export interface OfferName {
	by: 'id' | 'name' | 'either';
	value: string;
}

/** An offer of a user's list, as given. */
export interface ListedOffer {
	offer: OfferName;
	active: boolean;
	/** Milliseconds since 1970. */
	until?: number;
	orderId?: string;
}

const LABEL = 'Offers';
const EMPTY = `For users who should have none, set Offers From to List or Text and give an empty list: []`;

/** The offers a user should have: chosen one by one, or handed over as a list. */
export const wantedOfferFields: INodeProperties[] = [
	{
		displayName: 'Offers From',
		name: 'offersFrom',
		type: 'options',
		default: 'chosen',
		description: 'Where the list of offers comes from that a user should have',
		options: [
			{ name: 'Chosen Below', value: 'chosen', description: 'The same offers for each item, or an expression for each of them' },
			{ name: 'List or Text', value: 'list', description: 'An expression that gives a list or a text for each item' },
		],
	},
	{
		displayName: LABEL,
		name: 'offers',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Offer' },
		placeholder: 'Add Offer',
		default: {},
		description: 'All offers the user should have. Several items for one user are joined.',
		displayOptions: { show: { offersFrom: ['chosen'] } },
		options: [
			{
				displayName: 'Offer',
				name: 'values',
				values: [
					offerLocator({ description: 'An offer the user should have' }),
					{
						displayName: 'Until',
						name: 'until',
						type: 'dateTime',
						default: '',
						description: 'From this moment on the offer counts as not wanted. Left empty, it is wanted without an end. A date without a time zone counts as UTC.',
					},
				],
			},
		],
	},
	{
		displayName: 'Offer List',
		name: 'offerList',
		type: 'string',
		default: '',
		placeholder: 'e.g. Excel Basics, Office Bundle',
		description:
			'All offers the user should have, by ID or name: a text with commas, semicolons or line breaks, or a list. Entries of a list may be objects like { "offer": "Excel Basics", "until": "2026-12-31", "orderId": "4711", "active": true }. An empty list [] means none; an empty text is refused.',
		displayOptions: { show: { offersFrom: ['list'] } },
	},
];

/** Which offers an operation is about: all, or chosen ones. */
export function chosenOfferFields(choice: { name: string; displayName: string; description: string }): INodeProperties[] {
	return [
		{
			...choice,
			type: 'options',
			default: 'all',
			options: [
				{ name: 'All Offers', value: 'all', description: 'Every offer of the school' },
				{ name: 'Chosen Offers', value: 'chosen', description: 'Only the offers chosen below' },
			],
		},
		{
			displayName: 'Chosen Offers',
			name: 'chosenOffers',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Offer' },
			placeholder: 'Add Offer',
			default: {},
			description: 'The offers this is about. Others are neither read nor changed.',
			displayOptions: { show: { [choice.name]: ['chosen'] } },
			options: [{ displayName: 'Offer', name: 'values', values: [offerLocator({ description: 'An offer this is about' })] }],
		},
	];
}

/**
 * Reads the offers an item asks for. Nothing at all is refused: an expression that went wrong must
 * not look like a user who should have nothing.
 *
 * @throws InputError
 */
export function readWantedOffers(params: Params): ListedOffer[] {
	if (params.choice('offersFrom', 'Offers From', ['chosen', 'list'] as const, 'chosen') === 'list') return readOfferList(params.raw('offerList'));

	const entries = entriesOf(params.raw('offers'));
	if (entries.length === 0) throw new InputError('No offer is chosen', `Add the offers the user should have. ${EMPTY}`);

	return entries.map((entry, place) => readEntry(entry, place, entries.length));
}

/** The offers that are read, for operations that only read. */
export const offersToReadFields = chosenOfferFields({ name: 'offersToRead', displayName: 'Offers to Read', description: 'The offers this is about. The list of users of each of them is read.' });

/** Reads the offers an operation is about; undefined for all. @throws InputError */
export function readChosenOffers(params: Params, name: string, label: string): OfferName[] | undefined {
	if (params.choice(name, label, ['all', 'chosen'] as const, 'all') === 'all') return undefined;

	const entries = entriesOf(params.raw('chosenOffers'));
	if (entries.length === 0) throw new InputError('Chosen Offers is empty', 'Add at least one offer, or choose All Offers');

	return entries.map((entry, place) => readName(isRecord(entry) ? entry.offer : entry, `Chosen Offers, entry ${place + 1},`));
}

function entriesOf(raw: unknown): unknown[] {
	if (Array.isArray(raw)) return raw;

	return isRecord(raw) && Array.isArray(raw.values) ? raw.values : [];
}

/**
 * Reads a list of offers as it comes from other systems.
 *
 * @throws InputError
 */
export function readOfferList(raw: unknown): ListedOffer[] {
	if (raw === undefined || raw === null) throw new InputError(`Offer List is empty`, `Check the expression. ${EMPTY}`);
	if (Array.isArray(raw)) return raw.map((entry: unknown, place) => readEntry(entry, place, raw.length));
	if (isRecord(raw)) return [readEntry(raw, 0, 1)];

	const text = typeof raw === 'string' ? trimInvisible(raw) : String(raw);
	if (text === '') throw new InputError(`Offer List is empty`, `Check the expression. ${EMPTY}`);
	if (/^[[{]/.test(text)) {
		const parsed = parseJson(text);
		if (parsed === undefined) throw new InputError('Offer List begins like JSON but can not be read as JSON', 'Give offers with commas between them, or a valid JSON list');

		return readOfferList(parsed);
	}

	const parts = text
		.split(/[,;\n\r]+/)
		.map(trimInvisible)
		.filter((part) => part !== '');
	// What is left of a text like "{{ first }}, {{ second }}" when both are missing.
	if (parts.length === 0) throw new InputError(`Offer List is empty`, `Check the expression. ${EMPTY}`);

	return parts.map((part, place) => readEntry(part, place, parts.length));
}

function readEntry(raw: unknown, place: number, count: number): ListedOffer {
	const label = count === 1 ? LABEL : `${LABEL}, entry ${place + 1},`;
	if (!isRecord(raw) || 'mode' in raw) return { offer: readName(raw, label), active: true };

	const { offer, offerId, id, name, until, orderId, active } = raw;
	const named = [offer, offerId, id, name].find((value) => value !== undefined && value !== null && value !== '');

	return {
		offer: readName(named, label),
		active: active === undefined ? true : unwrap(readBoolean(active), `${label} active`),
		until: isNothing(until) ? undefined : unwrap(readMoment(until), `${label} until`),
		orderId: isNothing(orderId) ? undefined : unwrap(readId(orderId), `${label} order ID`),
	};
}

function isNothing(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && trimInvisible(value) === '');
}

function readName(raw: unknown, label: string): OfferName {
	if (!isRecord(raw)) return { by: 'either', value: unwrap(readId(raw), label) };
	if (raw.mode !== 'name') return { by: 'id', value: unwrap(readId(raw.value), label) };

	const name = unwrap(readOptionalText(raw.value), label);
	if (name === undefined) throw new InputError(`${label} is empty`, 'Fill in the name of the offer, or check the expression behind it');

	return { by: 'name', value: name };
}

/** The ids of the chosen offers, each once; those of all offers where none are chosen. @throws InputError */
export function idsOf(offers: Offer[], chosen: readonly OfferName[] | undefined): string[] {
	return chosen === undefined ? offers.map(({ id }) => id) : [...new Set(chosen.map(offerFinder(offers)))];
}

/**
 * Makes a function that finds the id behind a name, among the offers of the school.
 *
 * It throws InputError for an offer the school does not have: a mistyped id would otherwise be an
 * offer that nobody holds.
 */
export function offerFinder(offers: Offer[]): (name: OfferName) => string {
	const ids = new Set(offers.map(({ id }) => id));
	const known = new Map<string, string>();

	return ({ by, value }) => {
		if (by !== 'name' && ids.has(value)) return value;
		if (by === 'id') throw new InputError(`Your school has no offer with the ID "${value}"`, 'Choose the offer again, or check the expression behind it');
		let id = known.get(value);
		if (id === undefined) {
			id = findOffer(offers, value).id;
			known.set(value, id);
		}

		return id;
	};
}
