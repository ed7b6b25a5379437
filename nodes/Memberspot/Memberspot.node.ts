import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { execute } from './actions/execute';
import { properties, subtitle } from './actions/registry';
import { searchCourses, searchOffers, searchUsers } from './methods/listSearch';
import { getProperties, getPropertyFields } from './methods/properties';

/** The action node: every public function of Memberspot, on item streams. */
export class Memberspot implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Memberspot',
		name: 'memberspot',
		icon: { light: 'file:memberspot.svg', dark: 'file:memberspot.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitle(),
		description: 'Manage users, course access, orders and custom properties in Memberspot, and read course progress',
		defaults: { name: 'Memberspot' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'memberspotApi', required: true }],
		sensitiveOutputFields: ['token', 'loginUrl'],
		properties: properties(),
	};

	methods = {
		listSearch: { searchCourses, searchOffers, searchUsers },
		loadOptions: { getProperties },
		resourceMapping: { getPropertyFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this);
	}
}
