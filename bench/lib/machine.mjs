import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/run.mjs';
import { ENGINE } from './engine.mjs';

/** What the figures depend on, as far as it can be told. */
export function machine() {
	const version = (folder, name) =>
		JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
	const [{ model }] = os.cpus();

	return {
		cores: os.cpus().length,
		model: model.trim(),
		memoryGb: Math.round(os.totalmem() / 1_000_000_000),
		system: `${os.type()} ${os.machine()}`,
		node: process.version,
		core: version(ENGINE, 'n8n-core'),
		workflow: version(ENGINE, 'n8n-workflow'),
		engineAxios: version(ENGINE, 'axios'),
		rawAxios: version(ROOT, 'axios'),
		load: os.loadavg()[0],
	};
}
