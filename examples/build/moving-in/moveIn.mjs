/** The workflows that bring the people of another platform into Memberspot, once. */
import {
	askByMail,
	code,
	decided,
	describeTable,
	getRows,
	mail,
	memberspot,
	upsertRow,
	when,
	Workflow,
} from '../workflow.mjs';
import { countResults, describePlan, findDelimiter, readBytes, readPeople } from './logic.mjs';

export const COURSES = {
	name: 'memberspot_moving_in_courses',
	columns: { platform: 'string', course: 'string', offer: 'string' },
};

export const LEFT_OUT = {
	name: 'memberspot_moving_in_left_out',
	columns: {
		key: 'string',
		platform: 'string',
		row: 'string',
		email: 'string',
		course: 'string',
		reason: 'string',
	},
};

const APPROVE = 'Approve';

/** Of one batch of the real run. Each batch reads the lists of the offers anew. */
const BATCH = 500;

/** Pages of a list that may be read. Without it a run for 20 people or fewer ends after 20 pages. */
const EVERY_PAGE = 10_000;

/** @param {import('./platforms.mjs').Platform} platform */
export function moveIn({ id, title, columns, howToExport, api }) {
	const workflow = new Workflow(`Memberspot: Move in from ${title}`);

	workflow.note(
		'Read This First',
		{ columns: [0, 3], top: -620, height: 400 },
		`## Move in from ${title}

Brings the people of ${title} into Memberspot: first a **dry run** that changes nothing, then a mail with the plan and a link to a form, and only after **Approve** there the real run. A mail scanner that opens the link decides nothing.

Nothing is ever taken away: people get what is missing, and keep what they have. Running it again with the same export changes nothing for those who have it already.

Course progress does not move with them. No way to set it is known in the API of Memberspot.

**1. The export.** ${howToExport}

**2. Try it first** with an export of your own address alone.

The names that columns have in an export of ${title} are assumptions: no public page says them. If yours differ, the run says which columns there are: change them at the top of **People of the Export**.`,
	);
	workflow.note(
		'Tables',
		{ columns: [4, 6], top: -620, height: 400, color: 5 },
		`## Two data tables

Make them once, in n8n under *Overview → Data tables*:

${describeTable(COURSES, 'which course is which offer.')}

\`platform\` is \`${id}\`, \`course\` the name as it stands in the export, \`offer\` the name of the Memberspot offer. Two rows for one course give two offers. The offer \`-\` leaves a course out.

${describeTable(LEFT_OUT, 'rows that could not be used, and why. Filled by this workflow.')}`,
	);
	workflow.note(
		'Approval',
		{ columns: [7, 10], top: -620, height: 400, color: 5 },
		`## Who approves

Set sender and receiver in **Ask for Approval** and **Report**, and the credential *Mail account* (SMTP).

New users are created. **Memberspot may send its welcome e-mail to each of them**; the API has no known way to stop it. Tell your people before.

The real run works in batches of ${BATCH}. Whoever fails is in the report with the reason, and the others go on.

The form is closed to strangers: it asks for the name and password of the credential *Moving-in form* (Basic Auth). Whoever may upload can give access to courses.`,
	);

	const upload = workflow.add(
		'Upload the Export',
		[0, 0],
		{
			type: 'n8n-nodes-base.formTrigger',
			typeVersion: 2.2,
			parameters: {
				authentication: 'basicAuth',
				formTitle: `Move in from ${title}`,
				formDescription: 'The plan comes by mail. Nothing is changed before it is approved.',
				formFields: {
					values: [
						{
							fieldLabel: 'Export',
							fieldType: 'file',
							multipleFiles: false,
							acceptFileTypes: '.csv, .txt, .tsv',
							requiredField: true,
						},
						{
							fieldLabel: 'Course',
							fieldType: 'text',
							placeholder: 'Only if the whole export is about one course',
						},
					],
				},
				responseMode: 'onReceived',
				options: { path: `memberspot-move-in-${id}` },
			},
			credentials: { httpBasicAuth: { id: null, name: 'Moving-in form' } },
		},
		{ webhookId: `memberspot-move-in-${id}` },
	);
	const decode = workflow.add(
		'Find Encoding and Delimiter',
		[1, 0],
		code(
			[readBytes, findDelimiter],
			`
// Whatever program has written the file: from here on it is UTF-8.
const { binary, json } = $input.first();
const bytes = await this.helpers.getBinaryDataBuffer(0, Object.keys(binary)[0]);
const { text, encoding } = readBytes(bytes);

return [
	{
		json: { course: json.Course ?? '', encoding, delimiter: findDelimiter(text) },
		binary: {
			data: await this.helpers.prepareBinaryData(Buffer.from(text, 'utf8'), 'export.csv', 'text/csv'),
		},
	},
];`,
		),
	);
	const read = workflow.add('Read the Rows', [2, 0], {
		type: 'n8n-nodes-base.extractFromFile',
		typeVersion: 1.1,
		parameters: {
			operation: 'csv',
			binaryPropertyName: 'data',
			options: {
				delimiter: '={{ $json.delimiter }}',
				encoding: 'utf-8',
				includeEmptyCells: true,
			},
		},
	});
	const rows = workflow.add('Rows', [3, 0], {
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		parameters: {},
	});
	workflow.chain(upload, decode, read, rows);
	api.add(workflow, rows);

	const table = workflow.add(
		'Courses and Offers',
		[4, 0],
		getRows(COURSES, [['platform', 'eq', id]]),
		{ executeOnce: true },
	);
	const people = workflow.add(
		'People of the Export',
		[5, 0],
		code(
			[readPeople],
			`
// Names that the columns may have, in any case. Add yours where they differ.
const columns = ${JSON.stringify(columns, null, '\t')};

const form = $('${upload}');
const course = form.isExecuted ? (form.first().json.Course ?? '') : '';
const rows = $('${rows}').all().map((item) => item.json);
const { people, problems } = readPeople(rows, $input.all().map((item) => item.json), { columns, course });
if (people.length === 0) {
	const [first] = problems;
	throw new Error(\`None of the \${rows.length} rows gives access to anything.\${first === undefined ? '' : \` Row \${first.row}: \${[first.course, first.reason].filter((part) => part !== '').join(', ')}.\`}\`);
}

return [
	...people.map((person) => ({ json: { ...person, kind: 'person' }, pairedItem: { item: 0 } })),
	...problems.map((problem) => ({ json: { ...problem, kind: 'problem' }, pairedItem: { item: 0 } })),
];`,
		),
	);
	const isPerson = workflow.add(
		'Person or Problem',
		[6, 0],
		when("={{ $json.kind === 'person' }}"),
	);
	const leftOut = workflow.add(
		'Keep What Was Left Out',
		[7, 1],
		upsertRow(LEFT_OUT, 'key', {
			key: `={{ '${id}|' + $json.row + '|' + $json.email + '|' + $json.course }}`,
			platform: id,
			row: '={{ String($json.row) }}',
			email: '={{ $json.email }}',
			course: '={{ $json.course }}',
			reason: '={{ $json.reason }}',
		}),
	);
	const sync = (options) =>
		memberspot('user', 'syncAccess', {
			email: '={{ $json.email }}',
			offersFrom: 'list',
			offerList: '={{ $json.offers }}',
			controls: 'all',
			unlisted: 'leave',
			ifMissing: 'create',
			details: {
				firstName: '={{ $json.firstName }}',
				lastName: '={{ $json.lastName }}',
			},
			options,
		});
	const dryRun = workflow.add('Dry Run', [7, 0], sync({ dryRun: true, maximumPages: EVERY_PAGE }), {
		onError: 'continueRegularOutput',
	});
	const plan = workflow.add(
		'Plan in Words',
		[8, 0],
		code(
			[describePlan],
			`
const problems = $('${people}').all().map((item) => item.json).filter(({ kind }) => kind === 'problem');

return [{ json: { message: describePlan($input.all().map((item) => item.json), problems) } }];`,
		),
	);
	const ask = workflow.add(
		'Ask for Approval',
		[9, 0],
		askByMail({
			subject: `Moving in from ${title}: approve the plan?`,
			message: '={{ $json.message }}',
			about: 'The plan stands in the mail. Nothing has been changed so far.',
			yes: APPROVE,
			no: 'Stop',
		}),
		{ webhookId: `memberspot-approve-${id}` },
	);
	const approved = workflow.add('Approved?', [10, 0], when(decided(APPROVE)));
	const again = workflow.add(
		'Approved People',
		[11, 0],
		code(
			[],
			`
return $('${people}').all().filter(({ json }) => json.kind === 'person').map(({ json }) => ({ json }));`,
		),
	);
	const stop = workflow.add('Nothing Is Changed', [11, 1], {
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		parameters: {},
	});
	const loop = workflow.add(`Batches of ${BATCH}`, [12, 0], {
		type: 'n8n-nodes-base.splitInBatches',
		typeVersion: 3,
		parameters: { batchSize: BATCH, options: {} },
	});
	const apply = workflow.add('Give Access', [13, 1], sync({ maximumPages: EVERY_PAGE }), {
		onError: 'continueRegularOutput',
	});
	const count = workflow.add(
		'Count',
		[13, 0],
		code(
			[countResults],
			`
return [{ json: countResults($input.all().map((item) => item.json)) }];`,
		),
	);
	const report = workflow.add(
		'Report',
		[14, 0],
		mail(
			`=Moved in from ${title}: {{ $json.changed }} of {{ $json.people }} people got access`,
			'={{ $json.text }}',
		),
	);
	workflow.chain(
		rows,
		table,
		people,
		isPerson,
		dryRun,
		plan,
		ask,
		approved,
		again,
		loop,
		count,
		report,
	);
	workflow.connect(isPerson, leftOut, 1);
	workflow.connect(approved, stop, 1);
	workflow.connect(loop, apply, 1);
	workflow.connect(apply, loop);

	return workflow.toJson();
}
