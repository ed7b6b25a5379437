import type { IDataObject } from 'n8n-workflow';
import { returnAllOrLimit } from '../../descriptions';
import { readLimit } from '../limit';
import { itemOperation } from '../operation';

/** Offers. They come in one answer; no paging is known. */
export const getManyOffers = itemOperation<{ limit: number }>({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many offers with their courses',
	description: 'List the offers of the school with the courses they open',
	fields: returnAllOrLimit(),
	endpoints: ['listOffers'],
	access: () => 'read',
	writes: false,
	read: (params) => ({ limit: readLimit(params) }),
	async run({ school }, { limit }) {
		const offers = await school.offers();

		return offers.slice(0, limit).map(({ id, name, courseIds, raw }) => {
			// Fields that the contract does not know are passed on, so that nothing is lost.
			const row: IDataObject = { ...raw, id, name, courseIds };
			delete row.hasCourseIds;

			return row;
		});
	},
});
