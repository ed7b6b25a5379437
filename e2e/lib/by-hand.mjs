/**
 * Installing, updating, going back and removing by hand: the code blocks of the pages for an n8n's
 * home folder, run by a shell as they stand there, with the user's home in its place, npm asking a
 * registry of this machine, and `docker` reaching the n8n that runs.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_TYPE } from '../../demo/lib/environment.mjs';
import { nodeEnvironment } from '../../demo/lib/machine.mjs';
import { PlainError, run } from '../../demo/lib/processes.mjs';
import commands from '../docs/commands.cjs';
import { isForN8n } from '../docs/plan.mjs';
import { makeDocker } from './docker.mjs';
import { npmFolders } from './npm.mjs';
import { readManifest, startRegistry } from './registry.mjs';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE = NODE_TYPE.split('.')[0];
const MINUTE = 60_000;

/**
 * Runs them all, each from the state in which a reader would be.
 *
 * @param {object} context of the scenario, with `ourTypes`, `runsWith` and `restart`
 */
export async function runBlocksOfPages(context) {
	const { registry, versions } = await offerVersions(context);
	const shell = await makeShell(context, registry.url);
	const blocks = await blocksOfPages();
	const parts = { ...context, context, shell, versions };

	await beforeTheRelease(parts, blocks);
	for (const block of blocks) {
		const { action, version } = readBlock(block.code);
		if (action === 'uninstall') {
			await prepare(parts, versions.newest);
			await tryBlock(parts, block, undefined);
		} else if (version === undefined) {
			await prepare(parts, undefined);
			await tryBlock(parts, block, versions.newest);
		} else if (version === 'latest') {
			await prepare(parts, versions.older);
			await tryBlock(parts, block, versions.newest);
		} else {
			// Going back takes a newer one than that of the page.
			await registry.offer(await renumber(parts, version));
			const newer = await registry.offer(await renumber(parts, after(version)));
			await prepare(parts, newer);
			await tryBlock(parts, block, version);
			await registry.offer(parts.tarball);
		}
	}
	await prepare(parts, undefined);
}

/** Blocks for an n8n's home, each once, in the order in which somebody needs them. */
async function blocksOfPages() {
	const found = new Map();
	for (const page of commands.pagesIn(REPOSITORY)) {
		const text = await readFile(path.join(REPOSITORY, page), 'utf8');
		for (const { block } of commands.commandsIn(text)) {
			if (block === undefined || !isForN8n(block)) continue;
			found.set(block, { code: block, pages: [...(found.get(block)?.pages ?? []), page] });
		}
	}
	const rank = ({ code }) => ['install', 'uninstall'].indexOf(readBlock(code).action);

	return [...found.values()]
		.map(({ code, pages }) => ({ code, page: [...new Set(pages)].join(', ') }))
		.sort((a, b) => rank(a) - rank(b));
}

/** What a block says to do with the package. */
function readBlock(code) {
	const [, action, version] =
		new RegExp(`npm (install|uninstall) (?:--\\S+ )*${PACKAGE}(?:@([\\w.-]+))?(?!\\S*\\w)`).exec(
			code,
		) ?? [];
	if (action === undefined)
		throw new PlainError(`Nobody knows what this block of a page must bring about:\n${code}`);

	return { action, version };
}

/** A shell as people have it beside n8n, and one on the machine around its container. */
async function makeShell({ node, n8n, runFolder, restart }, registry) {
	const home = n8n.userFolder;
	const env = {
		...nodeEnvironment(node),
		...(await npmFolders()),
		npm_config_registry: registry,
		HOME: home,
	};
	const docker = await makeDocker({ folder: runFolder, container: 'n8n', home, env, restart });
	const host = path.join(runFolder, 'host');
	await mkdir(host, { recursive: true });

	return {
		home,
		/** Runs a text as a script that ends with the first command that fails. */
		async run(text, cwd) {
			const outside = /^docker /m.test(text);

			return await run('sh', ['-e', '-c', text], {
				cwd: cwd ?? (outside ? host : home),
				env: {
					...env,
					HOME: outside ? host : home,
					PATH: `${docker}${path.delimiter}${env.PATH}`,
				},
				timeoutMs: 10 * MINUTE,
				what: text.trim(),
			});
		},
	};
}

async function offerVersions({ tarball, older }) {
	const registry = await startRegistry();

	return {
		registry,
		versions: {
			older: await registry.offer(older.tarball),
			newest: await registry.offer(tarball),
		},
	};
}

/** The README's way as long as npm does not have the package: the packed file in place of the name. */
async function beforeTheRelease(parts, blocks) {
	const { shell, tarball, versions } = parts;
	const readme = await readFile(path.join(REPOSITORY, 'README.md'), 'utf8');
	const copy = commands
		.commandsIn(readme)
		.find(({ command }) => command.startsWith('docker cp '))?.command;
	const [, file, target] = /^docker cp (\S+) n8n:\/home\/node\/(\S*)$/.exec(copy ?? '') ?? [];
	if (file === undefined)
		throw new PlainError('The README does not say how the packed file gets into the container.');
	const inContainer = `~/${target.endsWith('/') || target === '' ? `${target}${file}` : target}`;
	for (const block of blocks.filter(({ page }) => /(^| )README\.md/.test(page))) {
		const inDocker = block.code.includes('docker ');
		await prepare(parts, undefined);
		if (inDocker) await shell.run(copy, path.dirname(tarball));
		const code = block.code.replace(PACKAGE, inDocker ? inContainer : tarball);
		await tryBlock(parts, { ...block, code }, versions.newest, 'with the packed file');
	}
}

/** Brings the folder for packages into the state before: with a version, or with none. */
async function prepare({ shell }, version) {
	if ((await installed(shell)) === version) return;
	const nodes = path.join(shell.home, '.n8n', 'nodes');
	await mkdir(nodes, { recursive: true });
	await shell.run(
		version === undefined
			? `npm uninstall --omit=peer ${PACKAGE}`
			: `npm install --omit=peer ${PACKAGE}@${version}`,
		nodes,
	);
}

/** The version that lies in the folder for packages. */
async function installed({ home }) {
	const file = path.join(home, '.n8n', 'nodes', 'node_modules', PACKAGE, 'package.json');

	return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')).version : undefined;
}

/** A second n8n-workflow beside n8n's own would be one of them. */
async function otherPackages({ home }) {
	const modules = path.join(home, '.n8n', 'nodes', 'node_modules');
	const names = existsSync(modules) ? await readdir(modules) : [];

	return names.filter((name) => !name.startsWith('.') && name !== PACKAGE);
}

/** Runs a block, starts n8n again where the block itself does not, and looks. */
async function tryBlock(
	{ context, shell, stage, verdicts, standIn },
	{ page, code },
	expected,
	remark,
) {
	const before = await installed(shell);
	const title = `${page}: ${code.trim().split('\n').join(', ')}${remark === undefined ? '' : `, ${remark}`}`;
	const failure = await stage(title, async () => await shell.run(code)).then(
		() => undefined,
		(error) => error,
	);
	if (!/^docker restart/m.test(code)) await context.restart();
	const now = await installed(shell);
	const types = (await context.ourTypes()).filter((name) => !name.endsWith('Tool'));
	const gone = expected === undefined;
	const execution = gone ? undefined : await context.runsWith(NODE_TYPE).catch((error) => error);
	const offers = (await standIn.offers()).length;
	verdicts.add(
		title,
		failure?.message.split('\n')[0] ?? `${before ?? 'none'}, then ${now ?? 'none'}`,
		{
			'the commands end without an error': failure === undefined,
			'it changes what is installed': before !== now,
			'nothing else lies in the folder for packages': (await otherPackages(shell)).length === 0,
			[gone ? 'the package is gone' : `version ${expected} is installed`]: now === expected,
			[gone ? 'its nodes are gone' : 'all three nodes are there']: types.length === (gone ? 0 : 3),
			...(!gone && {
				'a workflow with it runs':
					execution?.status === 'success' && execution.items('Memberspot').length === offers,
			}),
		},
	);
}

/** The packed node under another number. */
async function renumber({ context, tarball }, version) {
	const folder = path.join(context.runFolder, `as-${version}`);
	await mkdir(folder, { recursive: true });
	const tar = async (...args) =>
		await run('tar', args, { timeoutMs: MINUTE, what: 'Packing the node under another number' });
	await tar('-xzf', tarball, '-C', folder);
	const file = path.join(folder, 'package', 'package.json');
	await writeFile(file, JSON.stringify({ ...(await readManifest(tarball)), version }));
	const packed = path.join(context.runFolder, `${PACKAGE}-${version}.tgz`);
	await tar('-czf', packed, '-C', folder, 'package');

	return packed;
}

function after(version) {
	const [major, minor, patch] = version.split('.').map(Number);

	return `${major}.${minor}.${patch + 1}`;
}
