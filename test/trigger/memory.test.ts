import { costName, oneAtATime, PollMemory } from '../../nodes/Memberspot/polling/memory';

const HOUR = 3_600_000;

describe('what a process remembers of its triggers', () => {
	test('is bounded, and the ones that polled longest ago go first', () => {
		const memory = new PollMemory();
		memory.of('workflow', 'first').saved = 'x';
		memory.of('workflow', 'second').saved = 'y';
		for (let n = 0; n < 498; n++) memory.of('workflow', `node ${n}`);
		// Looked at again, so it is not the oldest any more.
		expect(memory.of('workflow', 'first').saved).toBe('x');
		memory.of('workflow', 'one more');
		expect(memory.size).toBe(500);
		expect(memory.of('workflow', 'first').saved).toBe('x');
		expect(memory.of('workflow', 'second').saved).toBeUndefined();
	});

	test('keeps a trigger whose poll is under way, however many others there are', async () => {
		const memory = new PollMemory();
		const note = memory.of('workflow', 'busy');
		let end = () => {};
		const poll = oneAtATime(
			note,
			0,
			async () => await new Promise<void>((resolve) => (end = resolve)),
		);
		for (let n = 0; n < 600; n++) memory.of('workflow', `node ${n}`);
		expect(memory.of('workflow', 'busy')).toBe(note);
		// Forgotten, it would let a second poll in beside the first.
		expect(
			await oneAtATime(
				memory.of('workflow', 'busy'),
				1,
				async () => await Promise.resolve('second'),
			),
		).toBeUndefined();
		end();
		await poll;
		expect(await oneAtATime(note, 2, async () => await Promise.resolve('third'))).toBe('third');
	});

	test('the same node id in another workflow is another trigger', () => {
		const memory = new PollMemory();
		memory.of('one', 'node').saved = 'x';
		expect(memory.of('other', 'node').saved).toBeUndefined();
	});

	test('a poll that never came back is given up after an hour, and does no harm when it does', async () => {
		const note = new PollMemory().of('workflow', 'node');
		let end = () => {};
		const lost = oneAtATime(
			note,
			0,
			async () => await new Promise<void>((resolve) => (end = resolve)),
		);
		expect(
			await oneAtATime(note, HOUR - 1, async () => await Promise.resolve('too early')),
		).toBeUndefined();
		let endSecond = () => {};
		const second = oneAtATime(
			note,
			HOUR,
			async () => await new Promise<void>((resolve) => (endSecond = resolve)),
		);
		end();
		await lost;
		// The lost one is over, the second one is not.
		expect(
			await oneAtATime(note, HOUR + 1, async () => await Promise.resolve('third')),
		).toBeUndefined();
		endSecond();
		await second;
	});

	test('a clock that is set back during a poll does not stop the trigger', async () => {
		const note = new PollMemory().of('workflow', 'node');
		let end = () => {};
		const first = oneAtATime(
			note,
			5 * HOUR,
			async () => await new Promise<void>((resolve) => (end = resolve)),
		);
		expect(await oneAtATime(note, HOUR, async () => await Promise.resolve('second'))).toBe(
			'second',
		);
		end();
		await first;
	});

	test('costs of lists are bounded too, and the newest number counts', () => {
		const memory = new PollMemory();
		const name = (n: number) => costName('school', { offerId: `offer ${n}` }, 100);
		for (let n = 0; n < 501; n++) memory.noteCost(name(n), { pages: n, users: n });
		expect(memory.cost(name(0))).toBeUndefined();
		memory.noteCost(name(1), { pages: 7, users: 7 });
		memory.noteCost(name(501), { pages: 1, users: 1 });
		expect(memory.cost(name(1))).toEqual({ pages: 7, users: 7 });
		expect(memory.cost(name(2))).toBeUndefined();
	});

	test('a list of another school, with another filter or another page size has a cost of its own', () => {
		const names = [
			costName('a', {}, 100),
			costName('b', {}, 100),
			costName('a', {}, 50),
			costName('a', { offerId: 'x' }, 100),
			costName('a', { courseId: 'x' }, 100),
		];
		expect(new Set(names).size).toBe(names.length);
	});
});
