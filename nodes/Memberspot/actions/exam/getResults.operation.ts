import { returnAllOrLimit } from '../../descriptions';
import { endpoints } from '../../transport';
import { readLimit } from '../limit';
import { readLooseList } from '../looseList';
import { itemOperation } from '../operation';

interface Input {
	examId: string;
	limit: number;
}

/** Results of one exam, passed on as they come: their form is not documented. */
export const getExamResults = itemOperation<Input>({
	value: 'getResults',
	name: 'Get Results',
	action: 'Get many results of exam',
	description: 'List the results of one exam, one entry for each result. Their fields are not documented and passed on as they are.',
	fields: [
		{
			displayName: 'Exam ID',
			name: 'examId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. m3KfT8yZq1Wc6XbJv9Rs',
			description: 'ID of the exam in Memberspot. The API has no list of exams, and where Memberspot shows the ID is not documented.',
		},
		...returnAllOrLimit(),
	],
	endpoints: ['listExamResults'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ examId: params.id('examId', 'Exam ID'), limit: readLimit(params) }),
	async run({ client }, { examId, limit }) {
		const rows = await readLooseList(client, endpoints.listExamResults, { examId }, limit);

		return rows.map((row) => ({ examId, ...row }));
	},
});
