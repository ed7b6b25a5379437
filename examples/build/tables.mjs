/** The data tables that the examples share. Users make them by hand, under these names. */

const text = (...names) => Object.fromEntries(names.map((name) => [name, 'string']));

/** @typedef {import('./workflow.mjs').Table} Table */

/** @type {Table} */
export const PRODUCTS = {
	name: 'memberspot_products',
	columns: text('shop', 'productId', 'offer', 'days'),
};

/** @type {Table} */
export const ORDERS = {
	name: 'memberspot_orders',
	columns: text(
		'rowKey',
		'shop',
		'orderId',
		'paymentId',
		'productId',
		'offer',
		'memberEmail',
		'buyerEmail',
		'firstName',
		'lastName',
		'state',
		'eventTime',
		'endsAt',
		'seen',
		'accessId',
		'applied',
		'appliedAs',
		'note',
	),
};

/** @type {Table} */
export const RETRY = {
	name: 'memberspot_retry',
	columns: {
		...text('retryKey', 'rowKey', 'status', 'nextTry', 'reason', 'message'),
		attempts: 'number',
	},
};

/** @type {Table} */
export const TO_CHECK = {
	name: 'memberspot_to_check',
	columns: text('checkKey', 'status', 'kind', 'shop', 'orderId', 'productId', 'email', 'message'),
};

/** Words for the notes. */
export const PURPOSES = {
	[PRODUCTS.name]:
		'which product of which shop gives which offer. One row for each offer; `offer` is its name in Memberspot. `days` is for access that ends so many days after the first payment of an order; empty means without end.',
	[ORDERS.name]: 'what is known of each order. The workflow fills it.',
	[RETRY.name]: 'what failed and is tried again. The workflow fills it.',
	[TO_CHECK.name]: 'what a human has to look at. The workflow fills it.',
};
