/** @param {number[]} values at least one */
export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);

	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Several runs as one: medians of what is metered, with the range of time, and of what is counted
 * the value that is furthest from good.
 */
export function combine(runs) {
	const of = (name) => runs.map((run) => run[name]);

	return {
		runs: runs.length,
		wallMs: median(of('wallMs')),
		wallRangeMs: [Math.min(...of('wallMs')), Math.max(...of('wallMs'))],
		cpuMs: median(of('cpuMs')),
		cpuRangeMs: [Math.min(...of('cpuMs')), Math.max(...of('cpuMs'))],
		rssGrowthBytes: median(of('rssGrowthBytes')),
		requests: Math.max(...of('requests')),
		refused: Math.max(...of('refused')),
		maxInFlight: Math.max(...of('maxInFlight')),
		items: Math.min(...of('items')),
		failed: Math.max(...of('failed')),
		linked: Math.min(...of('linked')),
	};
}
