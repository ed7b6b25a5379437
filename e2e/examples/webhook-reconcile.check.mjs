/**
 * Members whose webhook never came are added to the CRM by the next run, members who are there already
 * are not, and the mark moves only when the CRM took everybody.
 */
const TABLE = 'memberspot_members_in_crm';
const MARKS = 'memberspot_reconcile';
const HOUR = 3_600_000;

export default {
	example: 'webhook-reconcile',
	variants: [
		{
			switches: { userCreatedForm: 'timestamp', usersEnvelope: 'items', pageSizeCap: '10' },
			because: 'who was created when decides who is missing in the CRM',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, services, mail, importExample, expect, dataTable, rows }) {
		const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString();
		await dataTable(MARKS, { name: 'string', lastComplete: 'date' });
		const workflow = await importExample(({ nodes }) => {
			nodes.find(({ name }) => name === 'Add to CRM').parameters.url = `${services.url}/contacts`;
		});
		const run = async () => await api.runWorkflow(workflow, 'After a Downtime');
		const contacts = () => services.requests().map(({ body }) => body.email);

		const seen = await standIn.control('/users', 'POST', {
			email: 'seen@example.com',
			created: ago(30),
		});
		await dataTable(TABLE, { uid: 'string', email: 'string', addedBy: 'string' }, [
			{ uid: seen.uid, email: 'seen@example.com', addedBy: 'webhook' },
		]);
		await standIn.control('/users', 'POST', { email: 'missed@example.com', created: ago(20) });
		await standIn.control('/users', 'POST', { email: 'refused@example.com', created: ago(10) });
		await standIn.control('/users', 'POST', {
			email: 'long-ago@example.com',
			created: ago(24 * 9),
		});

		services.on('POST', '/contacts', ({ body }) =>
			body.email.startsWith('refused') ? { status: 503, body: { message: 'down' } } : { id: 1 },
		);
		const first = await run();
		expect('the first run succeeds', first.status === 'success');
		expect(
			'it asks the CRM for the two who are missing, and for nobody else',
			same(contacts(), ['missed@example.com', 'refused@example.com']),
			contacts().join(', '),
		);
		expect(
			'only who was taken is noted',
			same(await emails(rows), ['missed@example.com', 'seen@example.com']),
		);
		expect('the mark does not move while somebody is missing', (await rows(MARKS)).length === 0);
		const [report] = mail.messages();
		expect(
			'the report names both',
			mail.messages().length === 1 &&
				/added[^:]*: missed@example.com/i.test(report.text) &&
				/not taken[^:]*: refused@example.com/i.test(report.text),
		);

		services.on('POST', '/contacts', () => ({ id: 2 }));
		await run();
		expect(
			'the next run tries only the refused one again',
			same(contacts(), ['missed@example.com', 'refused@example.com', 'refused@example.com']),
		);
		const [mark] = await rows(MARKS);
		expect(
			'now the mark stands at the start of this run',
			mark !== undefined && Math.abs(new Date(mark.lastComplete) - Date.now()) < HOUR,
		);

		await run();
		expect(
			'one more run adds nobody and sends no mail',
			contacts().length === 3 && mail.messages().length === 2,
		);

		// A downtime of five days: the mark is old, and everybody since then counts.
		await dataTable(MARKS, { name: 'string', lastComplete: 'date' }, [
			{ name: 'new-members', lastComplete: ago(24 * 9 + 2) },
		]);
		await run();
		expect(
			'after a long downtime all since the mark are found',
			contacts().at(-1) === 'long-ago@example.com',
		);
		expect(
			'nothing was written to Memberspot',
			(await standIn.requests()).every(({ method }) => method === 'GET'),
		);
	},
};

function same(found, wanted) {
	return JSON.stringify([...found].sort()) === JSON.stringify([...wanted].sort());
}

async function emails(rows) {
	return (await rows(TABLE)).map(({ email }) => email);
}
