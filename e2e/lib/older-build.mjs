/** An older build of the package, from this repository's history. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlainError, run } from '../../demo/lib/processes.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;
/** The first state that had every operation and both triggers: when this file came. */
const LAST_TO_COME = 'nodes/Memberspot/MemberspotPollingTrigger.node.ts';

/**
 * Builds and packs the package as it was.
 *
 * @param {string} folder takes sources and the packed file
 * @param {string} version the version it gets
 * @returns {Promise<{ tarball: string, workflows: object[] }>} `workflows` are those of its demo
 */
export async function packOlderBuild(folder, version) {
	const sources = path.join(folder, 'older');
	await mkdir(sources, { recursive: true });
	// A clone without history asks the place it came from.
	if ((await git('rev-parse', '--is-shallow-repository')).trim() === 'true')
		await git('fetch', '--unshallow');
	const commits = (
		await git('log', '--format=%H', '--diff-filter=A', '--follow', '--', LAST_TO_COME)
	)
		.trim()
		.split('\n');
	const head = (await git('rev-parse', 'HEAD')).trim();
	if (commits[0] === '' || commits.at(-1) === head)
		throw new PlainError(
			"An older build is made from the repository's history, which is not here. Fetch it: git fetch --unshallow",
		);
	const archive = path.join(folder, 'older.tar');
	await git('archive', `--output=${archive}`, commits.at(-1));
	await run('tar', ['-xf', archive, '-C', sources], {
		timeoutMs: MINUTE,
		what: 'Unpacking the older sources',
	});
	await symlink(path.join(REPOSITORY, 'node_modules'), path.join(sources, 'node_modules'));
	const manifestFile = path.join(sources, 'package.json');
	const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));
	await writeFile(manifestFile, JSON.stringify({ ...manifest, version }, null, 2));
	await run('npm', ['run', 'build'], {
		cwd: sources,
		timeoutMs: 10 * MINUTE,
		what: 'Building the older package',
	});
	await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
		cwd: sources,
		timeoutMs: 5 * MINUTE,
		what: 'Packing the older package',
	});

	const examples = path.join(sources, 'demo', 'workflows');
	const workflows = [];
	for (const file of await readdir(examples))
		workflows.push(JSON.parse(await readFile(path.join(examples, file), 'utf8')));

	return { tarball: path.join(folder, `${manifest.name}-${version}.tgz`), workflows };
}

async function git(...args) {
	return await run('git', args, {
		cwd: REPOSITORY,
		timeoutMs: MINUTE,
		what: `git ${args[0]}`,
	});
}
