/** What the parts of the scenario share. */

/**
 * @typedef {object} Context
 * @property {import('../../demo/lib/api.mjs').N8nApi} api
 * @property {import('../../demo/lib/stand-in.mjs').StandIn} standIn
 * @property {import('../../demo/lib/n8n.mjs').RunningN8n} n8n
 * @property {import('../../demo/lib/install.mjs').Installation} installation
 * @property {ReturnType<import('../../demo/lib/verdicts.mjs').createVerdicts>} verdicts
 * @property {Awaited<ReturnType<import('./pictures.mjs').createPictures>>} pictures
 * @property {import('playwright-core').Browser} browser
 * @property {import('./session.mjs').Session} session the light one, signed in
 * @property {import('playwright-core').Page} page of that session
 * @property {import('./editor.mjs').Editor} editor of that session
 * @property {{ id: string, name: string }} credential that may read and write
 * @property {{ email: string, password: string, firstName: string, lastName: string }} owner
 * @property {import('../../demo/lib/machine.mjs').NodeRuntime} node
 * @property {string} tarball
 * @property {string} runFolder
 * @property {string[]} outside addresses beyond this machine that other windows asked for
 * @property {string[]} faults errors thrown in other windows
 */

export {};
