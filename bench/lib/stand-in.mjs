import { setMaxListeners } from 'node:events';
import { createRequire } from 'node:module';
import { loadTypeScript } from '../../scripts/lib/load-typescript.mjs';

/**
 * The stand-in in a process of its own, so that its work is not counted as the subject's. Started by
 * `run.mjs` as a child, which sends the options. Ends when its parent does.
 */
loadTypeScript();
// Every answer under way listens for the end of the server; Node takes more than ten for a leak.
setMaxListeners(0);
const { startStandIn, fixtures } = createRequire(import.meta.url)('../../test/stand-in/index.ts');

process.once('message', async ({ users, delayMs }) => {
	// Checking every answer against the contract would be most of the server's work.
	const standIn = await startStandIn({ users, delayMs, validate: false });
	process.send({
		url: standIn.url,
		apiKey: standIn.apiKey,
		offerId: fixtures.OFFERS.excel.id,
		courseId: fixtures.COURSES.excel.id,
		fixtures: Object.values(fixtures.USERS).map(({ email }) => email),
	});
	process.once('disconnect', () => process.exit());
});
