/**
 * Says whether this commit can be released as it stands, and what the owner of the package must set
 * before.
 *
 *     npm run prerelease-check
 *     npm run prerelease-check -- --tag v1.2.3     also compares the version with the tag
 *
 * CONTRIBUTING.md says how a release is made.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import buildStamp from './lib/build-stamp.cjs';
import { ROOT, run } from './lib/run.mjs';

const { values: options } = parseArgs({ options: { tag: { type: 'string' } } });
const manifest = JSON.parse(read('package.json'));

/** What stands in package.json until somebody owns the package. */
const NOBODY = { owner: manifest.name, author: /maintainers$/, email: /@example\.com$/ };

const repository = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
const findings = [...owner(), ...sameAddress(), ...release()];
if ((await run('npm', ['run', '--silent', 'lint'])) !== 0) findings.push('npm run lint has findings');
if ((await run('npm', ['run', '--silent', 'scan'])) !== 0) findings.push('npm run scan has findings');
if (!buildStamp.distIsFresh()) findings.push('dist is not what the sources give: npm run build');

console.log('');
for (const finding of findings) console.log(`- ${finding}`);
console.log(findings.length === 0 ? 'Ready to be released.' : `Not ready: ${findings.length} things to do.`);
process.exit(findings.length === 0 ? 0 : 1);

/** The three things that only the owner of the package can say. */
function owner() {
	const todo = [];
	if (repository.split('/').at(-2) === NOBODY.owner) todo.push('The owner must set "repository.url" in package.json: it still holds a placeholder');
	if (manifest.homepage.includes(`/${NOBODY.owner}/`)) todo.push('The owner must set "homepage" in package.json: it still holds a placeholder');
	if (NOBODY.author.test(manifest.author.name) || NOBODY.email.test(manifest.author.email)) {
		todo.push('The owner must set "author" in package.json, name and e-mail address: it still holds a placeholder');
	}

	return todo;
}

/** n8n's verification compares these; users click on the ones in the node. */
function sameAddress() {
	const todo = [];
	if (!manifest.homepage.startsWith(repository)) todo.push(`"homepage" and "repository.url" in package.json name different places`);
	for (const file of [...manifest.n8n.nodes.map(codexOf), ...manifest.n8n.credentials.map(sourceOf)]) {
		for (const [address] of read(file).matchAll(/https:\/\/github\.com\/[\w.-]+\/[\w.-]+/g)) {
			if (address !== repository) todo.push(`${file} points at ${address}, package.json at ${repository}`);
		}
	}

	return todo;
}

function release() {
	const todo = [];
	const entry = read('CHANGELOG.md').match(new RegExp(`^## \\[${manifest.version.replaceAll('.', '\\.')}\\](.*)$`, 'm'));
	if (entry === null) todo.push(`CHANGELOG.md has no entry for ${manifest.version}`);
	else if (!/\d{4}-\d{2}-\d{2}/.test(entry[1])) todo.push(`The entry for ${manifest.version} in CHANGELOG.md has no date`);
	if (options.tag !== undefined && options.tag !== `v${manifest.version}`) todo.push(`The tag is ${options.tag}, the version ${manifest.version}`);

	return todo;
}

function sourceOf(path) {
	return path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

function codexOf(path) {
	return path.replace(/^dist\//, '').replace(/\.js$/, '.json');
}

function read(path) {
	return readFileSync(join(ROOT, path), 'utf8');
}
