import fc from 'fast-check';
import { Pace, PaceBook, PRIORITY, type TurnResult } from '../../nodes/Memberspot/transport/pacing';
import { FakeClock, turns } from '../support/clock';

const ANY_PAUSE = { longestPauseMs: Infinity };

/** Asks for many turns at once and notes when each was given. */
async function starts(pace: Pace, clock: FakeClock, count: number, perSecond?: number): Promise<number[]> {
	const times: number[] = [];
	await clock.run(
		Promise.all(
			Array.from({ length: count }, async () => {
				const turn = await pace.turn({ priority: PRIORITY.read, perSecond, ...ANY_PAUSE });
				if (turn.go) times.push(clock.elapsed);
			}),
		),
	);

	return times;
}

function mostWithin(times: number[], windowMs: number): number {
	return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length));
}

test('60 turns at 4 a second: never more than 4 in any second, and done in little more than 14 seconds', async () => {
	const clock = new FakeClock();
	const times = await starts(new Pace(clock, 4), clock, 60);
	expect(times).toHaveLength(60);
	expect(mostWithin(times, 1_000)).toBe(4);
	expect(times[59]).toBeLessThanOrEqual(15_000);
});

test('no limit holds whatever the limit and the number of turns', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 150 }), async (perSecond, count) => {
			const clock = new FakeClock();
			const times = await starts(new Pace(clock), clock, count, perSecond);
			expect(times).toHaveLength(count);
			expect(mostWithin(times, 1_000)).toBeLessThanOrEqual(perSecond);
		}),
		{ numRuns: 30 },
	);
});

test('a request counts from when the server can have seen it: no limit is passed there, however unequal the ways', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 12, maxLength: 40 }), async (ways) => {
			const clock = new FakeClock();
			const pace = new Pace(clock, 4);
			const arrivals: number[] = [];
			const send = async (wayMs: number) => {
				const turn = await pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE });
				await clock.sleep(wayMs);
				arrivals.push(clock.elapsed);
				await clock.sleep(50);
				if (turn.go) turn.answered();
			};
			await clock.run(Promise.all(ways.map(send)));
			expect(arrivals).toHaveLength(ways.length);
			expect(mostWithin(arrivals, 1_000)).toBeLessThanOrEqual(4);
		}),
		{ numRuns: 100 },
	);
});

test('an answer that was slow to make does not hold the others up for long', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock, 1);
	const first = await clock.run(pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE }));
	await clock.advance(900);
	if (first.go) first.answered();
	await clock.run(pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE }));
	expect(clock.elapsed).toBe(1_250);
});

test('less than one a second spreads the turns', async () => {
	const clock = new FakeClock();
	const times = await starts(new Pace(clock), clock, 3, 0.5);
	expect(times[1] - times[0]).toBeGreaterThanOrEqual(2_000);
	expect(times[2] - times[1]).toBeGreaterThanOrEqual(2_000);
});

test('without a limit nobody waits', async () => {
	const clock = new FakeClock();
	await starts(new Pace(clock), clock, 2_000);
	expect(clock.elapsed).toBe(0);
	expect(clock.pauses).toEqual([]);
});

test('after a refusal everybody waits as asked, then goes at half the pace, which recovers', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock);
	await starts(pace, clock, 20);
	pace.refused(3_000);
	const slow = await starts(pace, clock, 30);
	expect(slow[0]).toBe(3_000);
	expect(mostWithin(slow, 1_000)).toBe(10);

	await clock.advance(60_000);
	const before = clock.elapsed;
	const free = await starts(pace, clock, 200);
	expect(free[199]).toBe(before);
});

test('refusals of requests that were under way together count once', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock);
	await starts(pace, clock, 16);
	for (let i = 0; i < 16; i++) pace.refused(1_000);
	const times = await starts(pace, clock, 16);
	expect(mostWithin(times, 1_000)).toBe(8);
});

test('a fixed limit comes back after a refusal, and is not passed', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock, 4);
	await starts(pace, clock, 4);
	pace.refused(1_000);
	expect(mostWithin(await starts(pace, clock, 8), 1_000)).toBe(2);
	await clock.advance(30_000);
	expect(mostWithin(await starts(pace, clock, 20), 1_000)).toBe(4);
});

test('a write overtakes bulk reads that wait', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock, 1);
	const order: string[] = [];
	const ask = async (name: string, priority: (typeof PRIORITY)[keyof typeof PRIORITY]) => {
		await pace.turn({ priority, ...ANY_PAUSE });
		order.push(name);
	};
	const all = [ask('bulk 1', PRIORITY.bulkRead), ask('bulk 2', PRIORITY.bulkRead), ask('bulk 3', PRIORITY.bulkRead)];
	await turns(2);
	all.push(ask('read', PRIORITY.read), ask('write', PRIORITY.write));
	await clock.run(Promise.all(all));
	expect(order).toEqual(['bulk 1', 'write', 'read', 'bulk 2', 'bulk 3']);
});

test('who would have to pause for longer than accepted is told so at once', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock);
	pace.refused(60_000);
	const result = await clock.run(pace.turn({ priority: PRIORITY.read, longestPauseMs: 5_000 }));
	expect(result).toEqual({ go: false, reason: 'tooLong', pauseMs: 60_000 });
	expect(clock.elapsed).toBe(0);
});

test('a cancelled waiter leaves at once, and the others keep their turn', async () => {
	const clock = new FakeClock();
	const pace = new Pace(clock, 1);
	const controller = new AbortController();
	await clock.run(pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE }));
	const results: TurnResult[] = [];
	const stopped = pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE, signal: controller.signal }).then((result) => results.push(result));
	const other = pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE }).then((result) => results.push(result));
	controller.abort();
	await stopped;
	expect(results).toEqual([{ go: false, reason: 'cancelled' }]);
	await clock.run(other);
	expect(results[1]).toMatchObject({ go: true });
	await expect(pace.turn({ priority: PRIORITY.read, ...ANY_PAUSE, signal: controller.signal })).resolves.toEqual({ go: false, reason: 'cancelled' });
});

test('keys do not share a pace, runs of one key do', () => {
	const book = new PaceBook(new FakeClock());
	expect(book.get('a', 'default')).toBe(book.get('a', 'default'));
	expect(book.get('a', 'default')).not.toBe(book.get('b', 'default'));
	expect(book.get('a', 'default')).not.toBe(book.get('a', 'courseProgress'));
});
