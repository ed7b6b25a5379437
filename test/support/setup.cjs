const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// n8n-core writes an encryption key into its user folder as soon as it is loaded. Tests must not
// touch the one of the person who runs them.
const folder = mkdtempSync(join(tmpdir(), 'memberspot-test-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'a key for tests only';
process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
// What nodes throw is what tests look at; n8n would print every bit of it.
process.env.N8N_LOG_LEVEL = 'silent';
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// n8n-core starts housekeeping intervals and never ends them: they must not keep a test run alive.
const { setInterval } = globalThis;
globalThis.setInterval = (...args) => setInterval(...args).unref();
