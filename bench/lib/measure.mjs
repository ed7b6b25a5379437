import { readFileSync, writeFileSync } from 'node:fs';
import { prepareNode } from './nodes.mjs';
import { prepareRaw } from './raw.mjs';

/**
 * One subject doing one job, in a process of its own: loads everything first, then takes the time of
 * the work alone. Started by `run.mjs` as a child, which sends the task and gets the figures back.
 */
process.once('message', async (task) => {
	const answer = await measure(task).catch((error) => ({ broken: error.stack ?? String(error) }));
	process.send(answer, () => process.disconnect());
});

async function measure(task) {
	const work = task.subject === 'raw' ? await prepareRaw(task) : await prepareNode(task);

	// What loading left behind would hide the growth: the run could live in it.
	globalThis.gc();
	resetPeak();
	const rss = process.memoryUsage.rss();
	const cpu = process.cpuUsage();
	const began = performance.now();

	const { items, error } = await work();

	const wallMs = performance.now() - began;
	const { user, system } = process.cpuUsage(cpu);

	return {
		wallMs,
		cpuMs: (user + system) / 1_000,
		rssGrowthBytes: Math.max(0, peakRss() - rss),
		items: items.length,
		failed: items.filter(({ json }) => json.error !== undefined).length,
		linked: countLinked(items, task.input.emails),
		error,
		firstFailure: items.find(({ json }) => json.error !== undefined)?.json,
	};
}

/** Items that n8n links to the input item about the same user; all of them where there is one input item. */
function countLinked(items, emails) {
	return items.filter(({ json, pairedItem }) => {
		const place = typeof pairedItem === 'object' ? pairedItem.item : pairedItem;

		return emails.length === 0 ? place === 0 : json.email === emails[place];
	}).length;
}

/** Forgets the highest memory use so far. Linux only; elsewhere loading counts too. */
function resetPeak() {
	if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

/** Highest memory use of the process in bytes, since the last reset. */
function peakRss() {
	if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024;

	return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1_024;
}
