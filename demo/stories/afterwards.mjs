/** What must hold when everything has been run. */

/**
 * @param {import('./shared.mjs').Story} story
 * @param {string} webhookSecret which callers show in the address
 */
export async function lookForSecrets({ api, standIn, n8n, verdicts }, webhookSecret) {
	const log = await n8n.log();
	const ids = await api.executionIds();
	const executions = await Promise.all(ids.map(async (id) => await api.execution(id)));
	const violations = await standIn.violations();

	verdicts.add(
		'Afterwards',
		`${executions.length} executions and n8n's log searched for the API key and the webhook's secret`,
		{
			'there are executions to search': executions.length > 0,
			'the key stands in no execution': !executions.some(({ raw }) => raw.includes(standIn.apiKey)),
			"the key stands nowhere in n8n's log": !log.includes(standIn.apiKey),
			// The workflow that n8n saves with a run holds it as a setting; no data of the run does.
			"the webhook's secret stands in no data of a run": !executions.some(({ run }) =>
				JSON.stringify(run).includes(webhookSecret),
			),
			"the webhook's secret stands nowhere in n8n's log": !log.includes(webhookSecret),
			[`the stand-in met no breach of the API's contract${violations.length > 0 ? `: ${violations[0]}` : ''}`]:
				violations.length === 0,
		},
	);
}
