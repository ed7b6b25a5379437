import { TOOL_LIMIT } from '../descriptions';
import type { Params } from './params';

/**
 * The number of rows wanted: Infinity for Return All. As an AI tool the node has no Return All, and
 * n8n then hands over neither field unless it is set.
 */
export function readLimit(params: Params): number {
	if (params.boolean('returnAll', 'Return All', false)) return Infinity;

	return params.number('limit', 'Limit', { min: 1 }, TOOL_LIMIT);
}
