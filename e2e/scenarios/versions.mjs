/**
 * The node in each n8n line that is said to be supported. The tables of the READMEs are written from
 * what came out.
 *
 *   VERSIONS=1.88,2.8 npm run e2e -- --only versions   only these; the tables stay as they are
 */
import { PlainError } from '../../demo/lib/processes.mjs';
import { releases } from '../lib/releases.mjs';
import { tryRelease, writeVersions } from '../lib/versions.mjs';

export default {
	title: 'The node in the oldest n8n that is supported, one of each later line, and the newest',
	order: 85,
	minutes: 6,
	ci: false,
	whyNotInCi:
		'installing them all takes longer than everything else together; the oldest has a scenario of its own',
	tools: [],

	async run(context) {
		const chosen = chooseReleases();
		const results = [];
		for (const release of chosen.releases) results.push(await tryRelease(context, release));
		if (chosen.isAll) await writeVersions(results);
	},
};

function chooseReleases() {
	const all = releases();
	const only = process.env.VERSIONS?.split(',');
	if (only === undefined) return { releases: all, isAll: true };
	const unknown = only.filter((line) => !all.some((release) => release.line === line));
	if (unknown.length > 0)
		throw new PlainError(
			`There is no version ${unknown.join(', ')}. There are: ${all.map(({ line }) => line).join(', ')}.`,
		);

	return { releases: all.filter(({ line }) => only.includes(line)), isAll: false };
}
