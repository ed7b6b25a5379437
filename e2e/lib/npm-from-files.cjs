/**
 * Stands in for npm where n8n calls it to install a community package: what is offered comes from
 * packed files on this machine, everything else goes on to the real npm.
 *
 *   node npm-from-files.cjs <list of what is offered> <folder to leave out of PATH> <npm's arguments>
 *
 * The list is a JSON file: { "<package>": { "version": "1.2.3", "file": "/path/to/packed.tgz" } }
 */
const { spawnSync } = require('node:child_process');
const { appendFileSync, copyFileSync, readFileSync } = require('node:fs');
const path = require('node:path');

const [listFile, ownFolder, ...args] = process.argv.slice(2);
const offered = JSON.parse(readFileSync(listFile, 'utf8'));
const [command, target = ''] = args;
appendFileSync(`${listFile}.log`, `${args.join(' ')}\n`);

/** "package@1.2.3" or "package@latest" */
const at = target.lastIndexOf('@');
const offer = at > 0 ? offered[target.slice(0, at)] : undefined;
const fits = offer !== undefined && ['latest', offer.version].includes(target.slice(at + 1));

if (command === 'view' && fits) {
	console.log(JSON.stringify(offer.version));
} else if (command === 'pack' && fits) {
	const name = path.basename(offer.file);
	copyFileSync(offer.file, path.join(process.cwd(), name));
	console.log(name);
} else if (command === 'outdated') {
	const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
	const found = Object.entries(dependencies)
		.filter(([name, version]) => name in offered && offered[name].version !== version)
		.map(([name, version]) => [
			name,
			{ current: version, wanted: version, latest: offered[name].version },
		]);
	console.log(JSON.stringify(Object.fromEntries(found)));
	// As npm does: 1 says that something is out of date.
	process.exitCode = found.length > 0 ? 1 : 0;
} else {
	const PATH = process.env.PATH.split(path.delimiter)
		.filter((folder) => folder !== ownFolder)
		.join(path.delimiter);
	const { status } = spawnSync('npm', args, { stdio: 'inherit', env: { ...process.env, PATH } });
	process.exitCode = status ?? 1;
}
