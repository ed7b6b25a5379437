import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/**
 * Loads a built package as n8n does when it starts: every node and credential class is required and
 * made. n8n-workflow is loaded before, as it is in n8n.
 */
process.once('message', (folder) => {
	const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const require = createRequire(join(folder, 'package.json'));
	require('n8n-workflow');
	globalThis.gc();
	const heap = process.memoryUsage().heapUsed;
	const cpu = process.cpuUsage();
	const began = performance.now();
	const made = [...n8n.nodes, ...n8n.credentials].map(
		(path) => new (require(join(folder, path))[basename(path).split('.')[0]])(),
	);
	const ms = performance.now() - began;
	const { user, system } = process.cpuUsage(cpu);
	globalThis.gc();
	const heapBytes = process.memoryUsage().heapUsed - heap;
	const modules = Object.keys(require.cache).filter((file) =>
		file.startsWith(join(folder, 'dist')),
	).length;
	process.send({ ms, cpuMs: (user + system) / 1_000, heapBytes, made: made.length, modules }, () =>
		process.disconnect(),
	);
});
