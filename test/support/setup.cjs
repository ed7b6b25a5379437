const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// n8n-core writes an encryption key into its user folder as soon as it is loaded. Tests must not
// touch the one of the person who runs them.
const folder = mkdtempSync(join(tmpdir(), 'memberspot-test-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'a key for tests only';
// Nothing here needs the network, and a test must not depend on it.
process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
