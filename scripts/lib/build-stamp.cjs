const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');

/** Where a build notes what it was made from. Outside dist, which is published. */
const STAMP = join(ROOT, '.cache', 'build-stamp.json');

/** Everything that decides what ends up in dist. Of package.json only what n8n reads. */
const SOURCES = ['nodes', 'credentials', 'tsconfig.json', 'gulpfile.js'];

/**
 * One hash over the sources of a build: names and bytes, in a fixed order.
 *
 * @returns {string} 64 hex digits
 */
function hashOfSources() {
	const { name, version, n8n } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

	return hashOf(SOURCES.flatMap((entry) => filesUnder(join(ROOT, entry))), JSON.stringify({ name, version, n8n }));
}

/**
 * Notes what a build begins with. Sources may change while it runs: dist is then older than they are,
 * and must not be taken for fresh.
 */
function beginBuild() {
	write({ sources: hashOfSources() });
}

/**
 * Notes that the build which began last has ended, and what it gave.
 */
function endBuild() {
	write({ ...read(), dist: hashOfDist() });
}

/**
 * Whether dist is what the sources of this moment give.
 *
 * @returns {boolean} false as well when nothing was built yet, or dist was changed by hand
 */
function distIsFresh() {
	const { sources, dist } = read();

	return sources === hashOfSources() && dist === hashOfDist();
}

function read() {
	return existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : {};
}

function write(stamp) {
	mkdirSync(dirname(STAMP), { recursive: true });
	writeFileSync(STAMP, JSON.stringify(stamp));
}

function hashOfDist() {
	return hashOf(filesUnder(join(ROOT, 'dist')));
}

function hashOf(files, facts = '') {
	const hash = createHash('sha256').update(facts);
	for (const file of files.sort()) hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');

	return hash.digest('hex');
}

function filesUnder(path) {
	if (!existsSync(path)) return [];
	try {
		return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesUnder(join(path, entry.name)));
	} catch (error) {
		if (error.code === 'ENOTDIR') return [path];
		throw error;
	}
}

module.exports = { hashOfSources, beginBuild, endBuild, distIsFresh };
