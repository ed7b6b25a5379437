import { turns } from '../support/clock';
import { Loop } from './loop';

/** A run that ends when the test says so. */
function gate(): { open(): void; opened: Promise<void> } {
	let open = () => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});

	return { open, opened };
}

test('a loop that has overrun its test starts nothing more, and the next test waits for the run under way', async () => {
	const loop = new Loop();
	const { open, opened } = gate();
	const log: string[] = [];
	await loop.begin();
	const overrun = loop.over([1, 2, 3], async (run) => {
		log.push(`begin ${run}`);
		await opened;
		log.push(`end ${run}`);
	});
	const next = loop.begin().then(() => log.push('next test'));
	await turns(5);
	expect(log).toEqual(['begin 1']);

	open();
	await Promise.all([overrun, next]);
	expect(log).toEqual(['begin 1', 'end 1', 'next test']);
	await loop.over([4], async (run) => {
		log.push(`begin ${run}`);
		await Promise.resolve();
	});
	expect(log.at(-1)).toBe('begin 4');
});

test('a run that fails fails its own test only', async () => {
	const loop = new Loop();
	await loop.begin();
	await expect(loop.over([1], async () => await Promise.reject(new Error('broken')))).rejects.toThrow('broken');
	await loop.begin();
	await expect(loop.over([2], async () => await Promise.resolve())).resolves.toBeUndefined();
});
