import { jobs } from './jobs.mjs';

const text = (name) => ({ displayName: name, name, type: 'string', default: '' });
const number = (name) => ({ displayName: name, name, type: 'number', default: 0 });

/**
 * The smallest node that does the work of a scenario with n8n's request helper: one parameter for each
 * item, one request, no checks, no retry, no pace. It shows what n8n costs any node.
 *
 * @type {import('n8n-workflow').INodeType}
 */
export const minNode = {
	description: {
		displayName: 'Min',
		name: 'min',
		group: ['transform'],
		version: 1,
		description: 'The smallest node',
		defaults: { name: 'Min' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'memberspotApi', required: true }],
		properties: [
			...['job', 'email', 'offerId', 'courseId'].map(text),
			...['pageLength', 'parallel', 'batch'].map(number),
		],
	},

	async execute() {
		const { baseUrl } = await this.getCredentials('memberspotApi');
		const send = async ({ method, path, query, body }) =>
			await this.helpers.httpRequestWithAuthentication.call(this, 'memberspotApi', {
				method,
				url: `${baseUrl}${path}`,
				qs: query,
				body,
				json: true,
			});
		const first = (name) => this.getNodeParameter(name, 0);
		const input = {
			emails: this.getInputData().map((_item, index) => this.getNodeParameter('email', index)),
			offerId: first('offerId'),
			courseId: first('courseId'),
			pageLength: first('pageLength'),
			parallel: first('parallel'),
			batch: first('batch'),
		};

		return [await jobs[first('job')](send, input)];
	},
};
