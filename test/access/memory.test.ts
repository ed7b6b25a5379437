import fc from 'fast-check';
import { ActMemory, type Act } from '../../nodes/Memberspot/access';

const NOW = Date.UTC(2026, 0, 1);
const acts = fc.record({ kind: fc.constantFrom('give' as const, 'take' as const), user: fc.emailAddress(), offerId: fc.string({ minLength: 1 }) });

test('what was added is there after writing and reading, and nothing else', () => {
	fc.assert(
		fc.property(fc.uniqueArray(acts, { selector: (act) => JSON.stringify(act) }), acts, fc.constantFrom(undefined, 'perOffer' as const, 'onlyActive' as const), (list, other, reading) => {
			const memory = new ActMemory(undefined, 'school');
			for (const act of list) memory.add(act, NOW);
			memory.reading = reading;
			const again = new ActMemory(memory.toText(), 'school');
			expect(list.every((act) => again.has(act))).toBe(true);
			expect(again.size).toBe(list.length);
			expect(again.reading).toBe(reading);
			expect(again.has(other)).toBe(list.some((act) => JSON.stringify(act) === JSON.stringify(other)));
			for (const act of list) again.forget(act);
			expect(again.size).toBe(0);
		}),
	);
});

test.each([undefined, null, 7, '', 'junk', '2 x rGone', '1', '1 x', '1 school rGone gabc'])('%j is an empty memory', (text) => {
	const memory = new ActMemory(text, 'school');
	expect([memory.size, memory.reading]).toEqual([0, undefined]);
});

test('another school does not see it, and no address stands in it', () => {
	const act: Act = { kind: 'give', user: 'anna@example.com', offerId: 'offer' };
	const memory = new ActMemory(undefined, 'one school');
	memory.add(act, NOW);
	memory.reading = 'onlyActive';
	expect(memory.toText()).not.toMatch(/anna|@|offer/);
	const other = new ActMemory(memory.toText(), 'another school');
	expect([other.has(act), other.reading]).toEqual([false, undefined]);
});

test('it stays small: the newest 20,000 acts, about 18 bytes each', () => {
	const memory = new ActMemory(undefined, 'school');
	for (let n = 0; n < 20_500; n++) memory.add({ kind: 'give', user: `user${n}@example.com`, offerId: 'offer' }, NOW);
	const again = new ActMemory(memory.toText(), 'school');
	expect(again.size).toBe(20_000);
	expect(again.has({ kind: 'give', user: 'user20499@example.com', offerId: 'offer' })).toBe(true);
	expect(again.has({ kind: 'give', user: 'user0@example.com', offerId: 'offer' })).toBe(false);
	expect(memory.toText().length).toBeLessThan(20_000 * 19);
});
