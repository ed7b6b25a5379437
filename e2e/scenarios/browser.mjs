/**
 * The editor in a real browser: what a person sees, reads and clicks, from the first start of n8n to
 * the output of a node.
 *
 *   npm run e2e -- --only browser    pictures go into the run's folder
 *   npm run screenshots              the same, and the pictures go into docs/images
 *   E2E_PICTURES=<folder>            the pictures go there
 *   BROWSER_PARTS=lists,triggers     only these parts
 */
import path from 'node:path';
import { CREDENTIAL_NAME, CREDENTIAL_TYPE, credentialData } from '../../demo/lib/environment.mjs';
import { PlainError } from '../../demo/lib/processes.mjs';
import { Editor } from '../browser/editor.mjs';
import { lookAtExamples } from '../browser/parts/examples.mjs';
import { findNode, setUpOwner } from '../browser/parts/first-steps.mjs';
import { fillMapper, openLists } from '../browser/parts/lists.mjs';
import { lookAtOperations } from '../browser/parts/operations.mjs';
import { lookAtResults } from '../browser/parts/results.mjs';
import { lookAtTriggers } from '../browser/parts/triggers.mjs';
import { tryCredential } from '../browser/parts/credential.mjs';
import { createPictures, LIMIT } from '../browser/pictures.mjs';
import { openSession, startBrowser } from '../browser/session.mjs';

/** The editor asks npm for the newest version of a community package, at the root of some host. */
const KNOWN_OUTSIDE = /^https:\/\/[^/]+\/n8n-nodes-memberspot-sync$/;

const PARTS = {
	owner: { title: 'Set up the owner', look: setUpOwner },
	search: { title: 'Find the node', look: findNode },
	credential: { title: 'Try the credential', look: tryCredential },
	operations: { title: 'Look at every operation', look: lookAtOperations },
	lists: { title: 'Open the lists', look: openLists },
	properties: { title: 'Fill in custom properties', look: fillMapper },
	results: { title: 'Run, and look at what came out', look: lookAtResults },
	triggers: { title: 'Look at both triggers', look: lookAtTriggers },
	// The scenario "examples" runs each of them; here they are only drawn.
	examples: { title: 'Draw every example', look: lookAtExamples, forPicturesOnly: true },
};

export default {
	title: 'The editor in a real browser: texts, lists, credential, results, triggers',
	order: 20,
	minutes: 10,
	ci: true,
	tools: ['chromium'],

	async run({ stage, verdicts, tarball, open }) {
		const names = chosenParts();
		// The address that a webhook trigger shows: as on a server, and the same in each picture.
		const environment = await open({
			extra: { N8N_WEBHOOK_URL: 'https://n8n.example.com/' },
		});
		const { api, standIn, n8n, runFolder } = environment;
		const pictures = await createPictures(
			process.env.E2E_PICTURES ?? path.join(runFolder, 'pictures'),
			{ standIn: standIn.url, keepOthers: process.env.BROWSER_PARTS !== undefined },
		);
		const browser = await startBrowser();
		const session = await openSession(browser, { url: n8n.url, api });
		const context = {
			...environment,
			tarball,
			verdicts,
			pictures,
			browser,
			session,
			page: session.page,
			editor: new Editor(session),
			credential: await api.createCredential(
				CREDENTIAL_NAME,
				CREDENTIAL_TYPE,
				credentialData(standIn),
			),
			outside: [],
			faults: [],
		};

		for (const name of names) {
			const { title, look } = PARTS[name];
			try {
				await stage(title, async () => await look(context));
			} catch (error) {
				// The other parts don't hang on this one. The picture shows what it met.
				verdicts.add(title, error.message.split('\n')[0], { 'it came to its end': false });
				console.error(error.stack);
				await session.page.screenshot({ path: path.join(runFolder, `failed-${name}.png`) });
			}
		}

		const outside = [...new Set([...session.outside, ...context.outside])];
		const strange = outside.filter((address) => !KNOWN_OUTSIDE.test(address));
		const faults = [...new Set([...session.faults, ...context.faults])];
		const large = pictures.taken().filter(({ bytes }) => bytes > LIMIT);
		const violations = await standIn.violations();
		verdicts.add('Everything the browser did', `${pictures.taken().length} pictures`, {
			[`the editor asked for nothing outside but the package (${strange.join(', ')})`]:
				strange.length === 0,
			[`the code of the editor threw no error (${faults.join(' | ')})`]: faults.length === 0,
			[`every picture is small (${large.map(({ name }) => name).join(', ')})`]: large.length === 0,
			[`the API's contract was kept (${violations[0] ?? ''})`]: violations.length === 0,
		});
		console.log(`The pictures are in ${pictures.folder}`);
	},
};

function chosenParts() {
	const all = Object.keys(PARTS);
	const only =
		process.env.BROWSER_PARTS?.split(',') ??
		all.filter((name) => !PARTS[name].forPicturesOnly || process.env.E2E_PICTURES !== undefined);
	const unknown = only.filter((name) => !all.includes(name));
	if (unknown.length > 0)
		throw new PlainError(`There is no part ${unknown.join(', ')}. There are: ${all.join(', ')}.`);

	return only;
}
