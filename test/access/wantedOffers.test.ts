import { idsOf, offerFinder, readChosenOffers, readOfferList, readWantedOffers } from '../../nodes/Memberspot/actions/wantedOffers';
import type { Offer } from '../../nodes/Memberspot/school';
import { paramsOf } from '../support/context';
import { by } from '../support/operations';

const offer = (id: string, name: string): Offer => ({ id, name, courseIds: [], raw: {} });
const OFFERS = [offer('o1', 'Excel Basics'), offer('o2', 'Office, Bundle'), offer('o3', 'Twice'), offer('o4', 'Twice'), offer('Excel Basics II', 'o1 again'), offer('007', 'Bond')];

const named = (value: string) => ({ offer: { by: 'either', value }, active: true });

describe('a list of offers from elsewhere', () => {
	test.each<[string, unknown, unknown[]]>([
		['a text with commas, semicolons and line breaks', ' Excel Basics; o3,\n o4 ,, ', [named('Excel Basics'), named('o3'), named('o4')]],
		['a text with one offer', 'Excel Basics', [named('Excel Basics')]],
		['a list', ['Excel Basics', 'o3'], [named('Excel Basics'), named('o3')]],
		['an empty list', [], []],
		['an empty list as text', ' [] ', []],
		['a list as text', '["Office, Bundle", "o3"]', [named('Office, Bundle'), named('o3')]],
		['a number, which is an id', 7, [named('7')]],
		['numbers in a list', [7, '007'], [named('7'), named('007')]],
		['an object', { offer: 'o1' }, [named('o1')]],
		['objects', [{ offerId: 'o1', until: '2026-12-31', orderId: 4711, active: 'false' }, { name: 'Excel Basics' }, { id: 'o3', until: '', orderId: null }], [
			{ offer: { by: 'either', value: 'o1' }, active: false, until: Date.UTC(2026, 11, 31), orderId: '4711' },
			named('Excel Basics'),
			named('o3'),
		]],
		['locators', [by('id', 'o1'), by('list', 'o3'), by('name', 'Excel Basics')], [
			{ offer: { by: 'id', value: 'o1' }, active: true },
			{ offer: { by: 'id', value: 'o3' }, active: true },
			{ offer: { by: 'name', value: 'Excel Basics' }, active: true },
		]],
	])('%s', (_what, raw, expected) => {
		expect(readOfferList(raw)).toEqual(expected);
	});

	test.each<[string, unknown, string]>([
		['nothing', undefined, 'Offer List is empty'],
		['null', null, 'Offer List is empty'],
		['a blank', ' \u00a0', 'Offer List is empty'],
		['what two missing values leave', ' , ', 'Offer List is empty'],
		['separators', ';\n,,', 'Offer List is empty'],
		['the word undefined', 'undefined', 'Offers is empty'],
		['broken JSON', '["o1"', 'begins like JSON'],
		['an empty entry', ['o1', ''], 'Offers, entry 2, is empty'],
		['an object without an offer', [{ until: '2026-12-31' }], 'Offers is empty'],
		['a moment that is none', [{ offer: 'o1', until: '31.12.2026' }], 'Offers until is not a date'],
		['an active that is neither', [{ offer: 'o1', active: '' }], 'Offers active is empty'],
		['null for active', [{ offer: 'o1', active: null }], 'Offers active is empty'],
		['a rounded number', [{ offer: 'o1', orderId: 2 ** 60 }], 'Offers order ID is a number that may have been rounded'],
		['true', [true], 'Offers is true or false'],
		['a locator by name without a name', [by('name', ' ')], 'Offers is empty'],
	])('refused: %s', (_what, raw, message) => {
		expect(() => readOfferList(raw)).toThrow(message);
	});
});

describe('offers chosen in the node', () => {
	test('with a moment until which they are wanted', () => {
		const params = paramsOf({ offersFrom: 'chosen', offers: { values: [{ offer: by('list', 'o1'), until: '2026-12-31T12:00:00Z' }, { offer: by('name', 'Bond'), until: '' }] } });
		expect(readWantedOffers(params)).toEqual([
			{ offer: { by: 'id', value: 'o1' }, active: true, until: Date.UTC(2026, 11, 31, 12) },
			{ offer: { by: 'name', value: 'Bond' }, active: true, until: undefined, orderId: undefined },
		]);
	});

	test.each([{}, { values: [] }, []])('none (%j) is refused', (offers) => {
		expect(() => readWantedOffers(paramsOf({ offersFrom: 'chosen', offers }))).toThrow('No offer is chosen');
	});

	test('the offers an operation is about: all, or chosen ones, each once', () => {
		const chosen = readChosenOffers(paramsOf({ which: 'chosen', chosenOffers: { values: [{ offer: by('id', 'o3') }, { offer: by('name', 'excel basics') }, { offer: by('id', 'o1') }] } }), 'which', 'Which');
		expect(idsOf(OFFERS, chosen)).toEqual(['o3', 'o1']);
		expect(idsOf(OFFERS, readChosenOffers(paramsOf({ which: 'all' }), 'which', 'Which'))).toEqual(OFFERS.map(({ id }) => id));
		expect(() => readChosenOffers(paramsOf({ which: 'chosen', chosenOffers: {} }), 'which', 'Which')).toThrow('Chosen Offers is empty');
		expect(() => readChosenOffers(paramsOf({ which: 'chosen', chosenOffers: { values: ['o1', {}] } }), 'which', 'Which')).toThrow('Chosen Offers, entry 2, is empty');
	});
});

describe('the id behind a name', () => {
	const find = offerFinder(OFFERS);

	test.each([
		['either', 'o1', 'o1'],
		['either', 'excel basics', 'o1'],
		['either', 'Excel Basics II', 'Excel Basics II'],
		['either', '007', '007'],
		['name', 'Office, Bundle', 'o2'],
		['id', 'o4', 'o4'],
	] as const)('%s %s is %s', (how, value, id) => {
		expect(find({ by: how, value })).toBe(id);
		expect(find({ by: how, value })).toBe(id);
	});

	test.each([
		['either', 'Twice', 'fits 2 offers'],
		['either', 'Excel', 'There is no offer called "Excel"'],
		['name', 'o1', 'There is no offer called "o1"'],
		['id', 'Excel Basics', 'Your school has no offer with the ID "Excel Basics"'],
	] as const)('refused: %s %s', (how, value, message) => {
		expect(() => find({ by: how, value })).toThrow(message);
	});
});
