import { systemClock } from '../../nodes/Memberspot/transport/clock';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
});

/** Says after each step whether a pause is over. */
function watch(pause: Promise<void>) {
	const state = { over: false };
	void pause.then(() => {
		state.over = true;
	});

	return state;
}

test('a pause lasts as long as it should, with and without a signal', async () => {
	const states = [watch(systemClock.sleep(1_000)), watch(systemClock.sleep(1_000, new AbortController().signal))];
	await jest.advanceTimersByTimeAsync(999);
	expect(states.map(({ over }) => over)).toEqual([false, false]);
	await jest.advanceTimersByTimeAsync(1);
	expect(states.map(({ over }) => over)).toEqual([true, true]);
});

test('a stop ends a pause at once, and a pause after the stop does not begin', async () => {
	const controller = new AbortController();
	const state = watch(systemClock.sleep(60_000, controller.signal));
	await jest.advanceTimersByTimeAsync(10);
	expect(state.over).toBe(false);
	controller.abort();
	await jest.advanceTimersByTimeAsync(0);
	expect(state.over).toBe(true);

	const late = watch(systemClock.sleep(60_000, controller.signal));
	await jest.advanceTimersByTimeAsync(0);
	expect(late.over).toBe(true);
});

test('a pause that is over has stopped listening', async () => {
	const { signal } = new AbortController();
	const remove = jest.spyOn(signal, 'removeEventListener');
	const pause = systemClock.sleep(10, signal);
	await jest.advanceTimersByTimeAsync(10);
	await pause;
	expect(remove).toHaveBeenCalled();
});

test('tells the time and draws numbers for jitter', () => {
	jest.setSystemTime(Date.UTC(2026, 0, 1));
	expect(systemClock.now()).toBe(Date.UTC(2026, 0, 1));
	expect(systemClock.random()).toBeGreaterThanOrEqual(0);
	expect(systemClock.random()).toBeLessThan(1);
});
