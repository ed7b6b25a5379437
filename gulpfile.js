const { existsSync, readFileSync } = require('node:fs');
const { rm } = require('node:fs/promises');
const { basename, dirname, join } = require('node:path');
const { dest, series, src } = require('gulp');
const { beginBuild, endBuild } = require('./scripts/lib/build-stamp.cjs');

const DIST = join(__dirname, 'dist');

/** What the package needs beside compiled code: icons, codex files and output schemas. */
const ASSETS = ['nodes/**/*.svg', 'credentials/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

/** Empties dist, so that nothing of an earlier build is published. */
async function clean() {
	beginBuild();
	await rm(DIST, { recursive: true, force: true });
}

/** Copies as bytes: gulp 5 would otherwise read every file as UTF-8 text. */
function copy() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest(DIST));
}

/**
 * Fails when something that package.json or a class points at is not there. n8n would install such a
 * package without a word and show a node without its icon, or none at all.
 */
async function check() {
	const { n8n } = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8'));
	const missing = [...n8n.nodes.flatMap(filesOf), ...n8n.credentials.flatMap(filesOf), ...n8n.nodes.map(codexOf)]
		.filter((file) => !existsSync(join(__dirname, file)));
	if (missing.length > 0) throw new Error(`The build is not complete. Missing: ${missing.join(', ')}`);
}

/** The compiled class itself and its icons, as paths from the root of the package. */
function filesOf(path) {
	if (!existsSync(join(__dirname, path))) return [path];
	const [name] = basename(path).split('.');
	const instance = new (require(join(__dirname, path))[name])();
	const icon = instance.description?.icon ?? instance.icon;
	const icons = typeof icon === 'object' ? [icon.light, icon.dark] : [icon];

	return icons.map((each) => join(dirname(path), (each ?? `icon of ${name}`).replace(/^file:/, '')));
}

/** n8n reads the codex beside the class: the same name, ending in .json. */
function codexOf(path) {
	return path.replace(/\.js$/, '.json');
}

/** Lets tests and the release check tell whether dist still fits the sources. */
async function stamp() {
	endBuild();
}

exports.clean = clean;
exports['build:assets'] = series(copy, check, stamp);
