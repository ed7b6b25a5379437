import type { Params } from './params';

/** Rows an AI model gets where its call sets no limit. */
const TOOL_LIMIT = 20;

/**
 * The number of rows wanted: Infinity for Return All. As an AI tool the node has no Return All, and
 * n8n then hands over neither field unless it is set.
 */
export function readLimit(params: Params): number {
	if (params.boolean('returnAll', 'Return All', false)) return Infinity;

	return params.number('limit', 'Limit', { min: 1 }, TOOL_LIMIT);
}
