const { existsSync } = require('node:fs');
const { join, sep } = require('node:path');

const ENGINES = join(__dirname, '..', 'engines');
const NEWEST = join(ENGINES, '2.41');

/** What nodes, credentials and tests share with the engine they run in. */
const SHARED = /^(?:n8n-workflow|n8n-core|reflect-metadata)(?:$|\/)/;

/**
 * Makes sources and tests import the newest engine's n8n-workflow and n8n-core.
 *
 * Two copies of n8n-workflow in one process have two classes NodeApiError, so `instanceof` in the
 * engine would be false for errors of the nodes. The packages of an engine, and the built package
 * beside it, find their own line's copy by Node's own rules and are left alone.
 *
 * @param {string} request
 * @param {{ basedir: string, defaultResolver: (request: string, options: object) => string }} options
 * @returns {string}
 */
module.exports = (request, options) => {
	if (!SHARED.test(request) || options.basedir.startsWith(ENGINES + sep)) {
		return options.defaultResolver(request, options);
	}
	if (!existsSync(join(NEWEST, 'node_modules'))) {
		throw new Error('The engines that the tests run in are not installed: npm run engines');
	}

	return options.defaultResolver(request, { ...options, basedir: NEWEST });
};
