/**
 * Who stands still is reminded once and listed for the coach, who reaches 100 % is congratulated once, and
 * the first run takes note and sends nothing.
 */
const TABLE = 'memberspot_progress';
const COLUMNS = {
	key: 'string',
	email: 'string',
	firstName: 'string',
	percent: 'number',
	changedAt: 'date',
	nudgedAt: 'date',
	congratulatedAt: 'date',
	atRisk: 'boolean',
};
const MEMBERS = new Set(['anna', 'ben', 'dora', 'last'].map((name) => `${name}@example.com`));
const DAY = 86_400_000;

export default {
	example: 'progress-nudges',
	variants: [
		{
			switches: { active: 'user', courseProgressShape: 'nested' },
			because: 'whose access is paused can not be told from the others, as the note says',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, variants, mail, importExample, expect, dataTable, rows, example }) {
		const course = (await standIn.control('/courses')).find(({ name }) => name === 'Excel Basics');
		// The progress in a course may be asked for four times a second, so a few members must do.
		for (const { email } of await standIn.control('/users'))
			if (!MEMBERS.has(email))
				await standIn.control(`/users/${encodeURIComponent(email)}`, 'DELETE');
		await dataTable(TABLE, COLUMNS);
		const workflow = await importExample((content) => setCourse(content, course.id));
		const run = async () => {
			mail.clear();
			const execution = await api.runWorkflow(workflow, 'By Hand');

			return { execution, mails: mail.messages() };
		};
		const progress = async (email, completedPosts) =>
			await standIn.control(`/users/${encodeURIComponent(email)}/progress/${course.id}`, 'PUT', {
				completedPosts,
			});
		const subjectsTo = (mails, address) =>
			mails.filter(({ to }) => to.includes(address)).map(({ subject }) => subject);

		const first = await run();
		const noted = await rows(TABLE);
		const anna = noted.find(({ email }) => email === 'anna@example.com');
		expect(
			'the first run succeeds, takes note and sends nothing',
			first.execution.status === 'success' && first.mails.length === 0 && anna?.percent === 50,
			`${noted.length} members noted`,
		);
		expect(
			'whose access is paused is left out, but where it looks like any other',
			noted.some(({ email }) => email === 'ben@example.com') === (variants.active === 'user'),
		);
		expect(
			'a note says what comes out where it does',
			example.nodes.some(({ parameters }) =>
				parameters.content?.includes('those whose access is paused are reminded as well'),
			),
		);

		await progress('anna@example.com', course.activePosts);
		const second = await run();
		expect(
			'who reaches 100 % is congratulated, and nobody else',
			second.mails.length === 1 &&
				subjectsTo(second.mails, 'anna@example.com')[0] === 'You have done it!',
		);
		expect('and not a second time', (await run()).mails.length === 0);

		// Three weeks go by for Dora and Zoë: the table says since when their percentage stands still.
		const since = new Date(Date.now() - 21 * DAY).toISOString();
		const old = ({ email }) => ['dora@example.com', 'last@example.com'].includes(email);
		const plain = ({ key, email, firstName, percent, changedAt, nudgedAt, congratulatedAt }) => ({
			...{ key, email, firstName, percent, changedAt, nudgedAt, congratulatedAt },
			atRisk: false,
		});
		await dataTable(
			TABLE,
			COLUMNS,
			(await rows(TABLE)).map((row) =>
				old(row) ? { ...plain(row), changedAt: since } : plain(row),
			),
		);
		await progress('last@example.com', 7);
		const third = await run();
		expect(
			'who stands still for three weeks is reminded, who moved on is not',
			subjectsTo(third.mails, 'dora@example.com').length === 1 &&
				subjectsTo(third.mails, 'last@example.com').length === 0,
		);
		const [list] = third.mails.filter(({ to }) => to.includes('coach@example.com'));
		expect(
			'the coach gets the list',
			third.mails.length === 2 &&
				list.text.includes('dora@example.com: 25 %, for 21 days') &&
				!list.text.includes('last@'),
		);
		expect('one reminder for one standstill', (await run()).mails.length === 0);

		// Dora moves on, and gets stuck again.
		await progress('dora@example.com', 6);
		await run();
		await dataTable(
			TABLE,
			COLUMNS,
			(await rows(TABLE)).map((row) =>
				row.email === 'dora@example.com'
					? {
							...plain(row),
							changedAt: since,
							nudgedAt: new Date(Date.now() - 30 * DAY).toISOString(),
						}
					: plain(row),
			),
		);
		expect(
			'a new standstill is a new reminder',
			subjectsTo((await run()).mails, 'dora@example.com').length === 1,
		);

		await standIn.control('/faults', 'POST', {
			kind: 'status',
			status: 403,
			operationId: 'getCourseProgress',
			times: 1,
		});
		const fault = await run();
		await standIn.control('/faults', 'DELETE');
		expect(
			'progress that can not be read is told to the team, and decides nothing',
			fault.mails.length === 1 && fault.mails[0].to.includes('team@example.com'),
		);
		const soon = (await standIn.control('/courses')).find(({ name }) => name === 'Coming Soon');
		await dataTable(TABLE, COLUMNS);
		const empty = await importExample((content) => setCourse(content, soon.id));
		mail.clear();
		await api.runWorkflow(empty, 'By Hand');
		expect(
			'a course without lessons makes nobody done or stuck',
			mail.messages().length === 0 && (await rows(TABLE)).length === 0,
		);
		expect(
			'nothing was written to Memberspot',
			(await standIn.requests()).every(({ method }) => method === 'GET'),
		);
	},
};

function setCourse({ nodes }, courseId) {
	const { assignments } = nodes.find(({ name }) => name === 'Settings').parameters.assignments;
	assignments.find(({ name }) => name === 'courseId').value = courseId;
}
