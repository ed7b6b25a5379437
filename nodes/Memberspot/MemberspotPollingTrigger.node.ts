import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { searchCourses, searchOffers } from './methods/listSearch';
import { getProperties } from './methods/properties';
import { countRequests, getOffers } from './polling/choices';
import { pollFields } from './polling/fields';
import { pollMemberspot } from './polling/poll';

/** Starts a workflow when something has changed in Memberspot since the last look at its lists. */
export class MemberspotPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Memberspot Polling Trigger',
		name: 'memberspotPollingTrigger',
		icon: { light: 'file:memberspot.svg', dark: 'file:memberspot.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["triggerOn"].join(", ") }}',
		description:
			'Starts the workflow when something has changed in Memberspot (by looking every few minutes)',
		defaults: { name: 'Memberspot Polling Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'memberspotApi', required: true }],
		polling: true,
		triggerPanel: {
			header: 'Fetch an example of each event',
			executionsHelp: {
				inactive:
					'<b>While you build your workflow</b>, click "Fetch Test Event": you get one item for each chosen event, made of real users of your school. What the trigger remembers is not touched. <br /><br /><b>When the workflow is published</b>, the first poll takes note of what is there and starts nothing. From then on each change starts the workflow once.',
				active:
					'<b>While you build your workflow</b>, click "Fetch Test Event": you get one item for each chosen event, made of real users of your school. What the trigger remembers is not touched. <br /><br /><b>This workflow is published</b>: each change starts it once. These runs show up in the <a data-key="executions">executions list</a>.',
			},
			activationHint:
				'Once the workflow is published, it looks for changes at the poll times, but not more often than Minimum Minutes Between Polls.',
		},
		activationMessage: 'The trigger looks for changes from now on.',
		properties: pollFields,
	};

	methods = {
		listSearch: { countRequests, searchCourses, searchOffers },
		loadOptions: { getOffers, getProperties },
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollMemberspot(this);
	}
}
