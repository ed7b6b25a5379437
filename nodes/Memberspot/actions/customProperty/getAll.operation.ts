import { returnAllOrLimit } from '../../descriptions';
import { readLimit } from '../limit';
import { itemOperation } from '../operation';

/** Definitions of the custom properties. */
export const getManyCustomProperties = itemOperation<{ limit: number }>({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many custom property definitions',
	description: 'List the custom properties your school has defined, with their IDs and types',
	fields: returnAllOrLimit(),
	endpoints: ['listCustomUserProperties'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ limit: readLimit(params) }),
	async run({ school }, { limit }) {
		return (await school.properties()).slice(0, limit).map(({ raw }) => raw);
	},
});
