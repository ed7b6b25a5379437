/** The node in the oldest n8n that is supported. The other lines: versions.mjs. */
import { releases } from '../lib/releases.mjs';
import { tryRelease } from '../lib/versions.mjs';

export default {
	title: 'The node in the oldest n8n that is supported',
	order: 80,
	minutes: 2,
	ci: true,
	tools: [],

	async run(context) {
		await tryRelease(context, releases()[0]);
	},
};
