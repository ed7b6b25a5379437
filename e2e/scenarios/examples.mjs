/**
 * Every workflow of examples/, imported into n8n as it is and driven with sample events: what it
 * promises is compared with what the school, the mail server and the other services then hold.
 *
 *   EXAMPLES=payment-stripe,sync-crm npm run e2e -- --only examples   only these
 *   VARIANTS=active=user,writeStatus=204+writeAnswer=null npm run e2e -- --only examples
 *                                              each under these instead of those of its check
 */
import { randomUUID } from 'node:crypto';
import { DataTables } from '../../demo/lib/data-tables.mjs';
import {
	CREDENTIAL_NAME,
	CREDENTIAL_TYPE,
	credentialData,
	NODE_TYPE,
} from '../../demo/lib/environment.mjs';
import { PlainError } from '../../demo/lib/processes.mjs';
import {
	chosenNames,
	readCheck,
	readExample,
	runsOf,
	strayChecks,
	titleOf,
} from '../lib/examples.mjs';
import { startMailServer } from '../lib/mail.mjs';
import { startServices } from '../lib/services.mjs';

/** The credentials that the files name, beside those that a check makes itself. */
const READ_ONLY = 'Memberspot read only';
const LOGIN_LINKS = 'Memberspot login links';
const FULL_ACCESS = 'Memberspot full access';
const MAIL = 'Mail account';

export default {
	title: 'Every example workflow, driven with sample events',
	order: 60,
	minutes: 18,
	ci: true,
	tools: [],

	async run({ stage, verdicts, open }) {
		const names = await chosenNames();
		const environment = await open();
		const { api, standIn, n8n } = environment;
		const services = await startServices();
		const mail = await startMailServer();
		const tables = new DataTables(api);

		const credential = async (name, changes) =>
			await api.createCredential(name, CREDENTIAL_TYPE, credentialData(standIn, changes));
		await credential(CREDENTIAL_NAME);
		await credential(READ_ONLY, { allowedActions: 'readOnly' });
		await credential(LOGIN_LINKS, { allowedActions: 'readOnly', allowLoginLinks: true });
		await credential(FULL_ACCESS, { allowedActions: 'fullAccess' });
		await api.createCredential(MAIL, 'smtp', mail.credential);

		const stray = await strayChecks();
		verdicts.add('Checks of the examples', `${names.length} examples`, {
			'no check is without its example': stray.length === 0,
		});

		for (const name of names) {
			const check = await readCheck(name);
			for (const switches of runsOf(check))
				await stage(titleOf(name, switches), async () => await tryOut(name, check, switches));
		}

		/** One run of a check, with some switches of the stand-in turned. */
		async function tryOut(name, check, switches) {
			const example = await readExample(name);
			const claims = {};
			const seen = [];
			const workflows = [];
			const expect = (claim, holds, cameOut) => {
				claims[claim] = holds;
				if (cameOut !== undefined) seen.push(cameOut);
			};
			expect('there is a check for it', check !== undefined);
			services.clear();
			mail.clear();
			await standIn.control('/reset', 'POST');
			const variants = await standIn.control('/variants', 'PATCH', switches);
			try {
				await check?.check({
					api,
					standIn,
					variants,
					n8n,
					services,
					mail,
					example,
					expect,
					dataTable: async (...parts) => await tables.create(...parts),
					rows: async (table) => await tables.rows(table),
					async importExample(changes = () => {}, other = name) {
						const content = structuredClone(other === name ? example : await readExample(other));
						changes(content);
						nameAddresses(content);
						const workflow = await api.createWorkflow(content);
						workflows.push(workflow);
						expect(`${other}: n8n knows each type of node`, await knowsTypes(api, workflow));
						expect(`${other}: each credential was found by its name`, hasCredentials(workflow));

						return workflow;
					},
				});
			} catch (error) {
				expect('it came to its end', false, `${error.message.split('\n')[0]}`);
				if (!(error instanceof PlainError)) console.error(error.stack);
			} finally {
				// What one example does on a schedule or a webhook must not run into the next one.
				for (const workflow of workflows)
					await api.post(`/rest/workflows/${workflow.id}/deactivate`, {}).catch(() => {});
			}
			const violations = await standIn.violations();
			expect('nothing broke the contract of the API', violations.length === 0);
			expect('at least one claim of its own was made', Object.keys(claims).length > 4);
			verdicts.add(
				titleOf(name, switches),
				seen.join('; ') || `${Object.keys(claims).length} claims`,
				claims,
			);
		}
	},
};

/** A Memberspot Trigger without an ID in its address gets one, as in the editor. */
function nameAddresses({ nodes }) {
	for (const node of nodes)
		if (node.type.endsWith('.memberspotTrigger')) node.webhookId ??= randomUUID();
}

async function knowsTypes(api, { nodes }) {
	const known = new Set((await api.nodeTypes()).map(({ name }) => name));

	return nodes.every(
		({ type }) => known.has(type) || known.has(type.replace(/(HitlTool|Tool)$/, '')),
	);
}

function hasCredentials({ nodes }) {
	// n8n leaves the credentials of a node alone that is switched off.
	const inUse = nodes.filter(({ disabled }) => disabled !== true);
	const named = inUse.flatMap(({ credentials }) => Object.values(credentials ?? {}));
	const own = inUse.filter(({ type }) => type.startsWith(NODE_TYPE.split('.')[0]));

	return (
		named.every(({ id }) => typeof id === 'string' && id !== '') &&
		own.every(
			({ type, credentials }) => type.endsWith('.memberspotTrigger') || credentials !== undefined,
		)
	);
}
