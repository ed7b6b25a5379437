/**
 * Who passed gets the property and the tag, once; who failed gets neither; what can not be read is
 * reported and never guessed at.
 */
const TABLE = 'memberspot_exam_results';

export default {
	example: 'exam-passed',
	variants: [
		{
			switches: {
				partialPropertyUpdate: 'replaces',
				examResultsEnvelope: 'items',
				examResultsPaging: 'asUsers',
				pageSizeCap: '10',
			},
			because: 'the mark of the exam must not cost the member the other properties',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check({ api, standIn, services, mail, importExample, expect, dataTable, rows }) {
		const columns = { key: 'string', email: 'string', status: 'string' };
		const exam = (await standIn.control('/exams')).find(
			({ name }) => name === 'Arbeitsschutz 2026',
		);
		const excel = (await standIn.control('/exams')).find(({ name }) => name === 'Excel Basics');
		const property = (await standIn.control('/properties')).find(({ name }) => name === 'Firma');
		await dataTable(TABLE, columns);
		const settings = (examId, passedField) => (content) => {
			const node = (wanted) => content.nodes.find(({ name }) => name === wanted).parameters;
			const set = (name, value) => {
				node('Settings').assignments.assignments.find((each) => each.name === name).value = value;
			};
			set('examId', examId);
			if (passedField !== undefined) set('passedField', passedField);
			node('Set the Property').properties.value = { Firma: 'passed' };
			node('Tag in the CRM').url = `${services.url}/tags`;
		};
		const workflow = await importExample(settings(excel.id));
		const writes = async () =>
			(await standIn.requests()).filter(({ method }) => method !== 'GET').map(({ body }) => body);
		const tagged = () => services.requests().map(({ body }) => body.email);
		const valueOf = async (email) => (await standIn.user(email)).properties?.[property.id];

		// The CRM is down for the first run.
		services.on('POST', '/tags', () => ({ status: 503, body: { message: 'down' } }));
		const first = await api.runWorkflow(workflow, 'By Hand');
		const tries = tagged().length;
		expect(
			'while the CRM is down nothing is noted, and the team is told',
			first.status === 'success' &&
				(await rows(TABLE)).length === 0 &&
				mail.messages().length === 1,
			`${tries} passed the exam`,
		);

		services.on('POST', '/tags', () => ({ ok: true }));
		mail.clear();
		await api.runWorkflow(workflow, 'By Hand');
		expect(
			'the next run sets property and tag of who passed',
			(await valueOf('anna@example.com')) === 'passed' &&
				tagged().slice(tries).includes('anna@example.com') &&
				tagged().length === 2 * tries &&
				(await rows(TABLE)).length === tries &&
				mail.messages().length === 0,
		);
		const level = (await standIn.control('/properties')).find(({ name }) => name === 'Stufe');
		expect(
			'who passed keeps the other properties',
			(await standIn.user('anna@example.com')).properties[level.id] === 'Gold',
		);
		expect(
			'who failed gets neither',
			(await valueOf('ben@example.com')) === undefined && !tagged().includes('ben@example.com'),
		);

		const before = (await writes()).length;
		await api.runWorkflow(workflow, 'By Hand');
		expect(
			'a further run sends nothing',
			(await writes()).length === before && tagged().length === 2 * tries,
		);

		// Memberspot refuses the property for one of them.
		const other = await importExample(settings(exam.id));
		await standIn.control('/faults', 'POST', {
			kind: 'status',
			status: 403,
			operationId: 'setCustomUserProperties',
			times: 1,
		});
		await api.runWorkflow(other, 'By Hand');
		await standIn.control('/faults', 'DELETE');
		const afterFault = tagged().length;
		await api.runWorkflow(other, 'By Hand');
		expect(
			'whose property failed has no tag until the property is set',
			tagged().slice(afterFault).length === 1 && mail.messages().length === 1,
		);

		// A field that is not there, and one that is no yes or no.
		for (const field of ['noSuchField', 'points']) {
			await dataTable(TABLE, columns);
			const unreadable = await importExample(settings(excel.id, field));
			const sent = (await writes()).length;
			mail.clear();
			await api.runWorkflow(unreadable, 'By Hand');
			const noted = await rows(TABLE);
			expect(
				`results are unclear by the field ${field}: reported, and nobody passes by it`,
				noted.length >= tries &&
					noted.every(({ status }) => status === 'unclear') &&
					(await writes()).length === sent &&
					mail.messages().length === 1,
				`${noted.length} unclear by ${field}`,
			);
			await api.runWorkflow(unreadable, 'By Hand');
			expect(`${field}: they are reported once`, mail.messages().length === 1);
		}
	},
};
