/** The workflows that both Memberspot packages are run with. */

/**
 * @typedef {object} PeerCase
 * @property {string} title the operation
 * @property {string} about what it is tried on
 * @property {object[]} items input, each with an `id`
 * @property {object} own parameters of this package's node
 * @property {object} peer parameters of the other one's
 * @property {'continueRegularOutput'} [onError]
 * @property {'right' | 'wrong'} [key]
 * @property {boolean} [isTrouble] something is wrong or unclear in it
 * @property {(standIn: import('../../demo/lib/stand-in.mjs').StandIn) => Promise<unknown>} [prepare]
 * @property {(standIn: import('../../demo/lib/stand-in.mjs').StandIn) => Promise<string>} [state]
 *   what the school holds afterwards, in words
 * @property {(result: object) => Record<string, boolean>} claims about this package
 */

/**
 * @param {import('../../demo/lib/stand-in.mjs').StandIn} standIn
 * @returns {Promise<PeerCase[]>}
 */
export async function peerCases(standIn) {
	const named = async (kind, name) =>
		(await standIn.control(`/${kind}`)).find((entry) => entry.name === name);
	const offer = await named('offers', 'Excel Basics');
	const offers = (await standIn.offers()).length;
	const course = (await named('courses', 'Excel Basics')).id;
	const chapterId = (await named('chapters', 'Bonus: Makros')).id;
	const examId = (await named('exams', 'Excel Basics')).id;
	const property = await named('properties', 'Firma');
	const properties = (await standIn.control('/properties')).length;
	const users = (await standIn.control('/users')).length;
	const anna = await standIn.user('anna@example.com');
	const ben = await standIn.user('ben@example.com');

	const byEmail = { __rl: true, mode: 'email', value: '={{ $json.email }}' };
	const byUid = { __rl: true, mode: 'uid', value: '={{ $json.uid }}' };
	const byId = (id) => ({ __rl: true, mode: 'id', value: id });
	const one = [{ id: 'first' }];
	const people = [
		{ id: 'first', email: 'anna@example.com', uid: anna.uid },
		{ id: 'second', email: 'ben@example.com', uid: ben.uid },
	];
	const buyers = [
		{ id: 'first', email: 'buyer.one@example.com', order: '0001' },
		{ id: 'second', email: 'buyer.two@example.com', order: '0002' },
	];
	const own = (resource, operation, parameters = {}) => ({ resource, operation, ...parameters });
	const peer = (operation, parameters = {}) => ({ resource: 'user', operation, ...parameters });

	const succeeds = ({ status }) => ({ 'it succeeds': status === 'success' });
	const perItem = (input) => (result) => ({
		...succeeds(result),
		'one row for each item, linked to it':
			result.rows.length === input.length &&
			result.linkedTo.join() === input.map(({ id }) => id).join(),
	});
	const linked = (count) => (result) => ({
		...succeeds(result),
		[`${count} rows, each linked to the item it came from`]:
			result.rows.length === count && result.linkedTo.every((from) => from === 'first'),
	});
	const grant = {
		own: own('offer', 'grant', {
			email: '={{ $json.email }}',
			offer: byId(offer.id),
			orderId: '={{ $json.order }}',
			firstName: 'Berta',
			lastName: 'Buyer',
		}),
		peer: peer('grantOffer', {
			email: '={{ $json.email }}',
			offerId: offer.id,
			orderId: '={{ $json.order }}',
			firstname: 'Berta',
			lastname: 'Buyer',
		}),
	};
	const activeOffers = async (email) =>
		(await standIn.grantsOf(email))
			.filter(({ offerId }) => offerId === offer.id)
			.map(({ active }) => (active ? 'active' : 'paused'));
	const accessOf =
		(...emails) =>
		async () => {
			const texts = [];
			for (const email of emails) {
				const user = await standIn.user(email);
				const grants = user === undefined ? ['no such user'] : await activeOffers(email);
				texts.push(`${email}: ${grants.join(', ') || 'no access'}`);
			}

			return texts.join('; ');
		};
	const giveAccess = async () => {
		for (const { email, order } of buyers) {
			await standIn.control('/users', 'POST', { email });
			await standIn.control(`/users/${encodeURIComponent(email)}/grants`, 'POST', {
				offerId: offer.id,
				orderId: order,
			});
		}
	};
	const buyersAccess = accessOf(...buyers.map(({ email }) => email));

	return [
		{
			title: 'Offer: Get Many',
			about: 'all offers of the school',
			items: one,
			own: own('offer', 'getAll', { returnAll: true }),
			peer: { resource: 'offer', operation: 'getAll' },
			claims: linked(offers),
		},
		{
			title: 'Custom Property: Get Many',
			about: 'all properties of the school',
			items: one,
			own: own('customProperty', 'getAll', { returnAll: true }),
			peer: { resource: 'customProperty', operation: 'list' },
			claims: linked(properties),
		},
		{
			title: 'User: Get Many',
			about: `all ${users} users of the school, as far as each can`,
			items: one,
			own: own('user', 'getAll', { returnAll: true }),
			peer: peer('list', { additionalOptions: { pageLength: users } }),
			claims: linked(users),
		},
		{
			title: 'User: Get',
			about: 'two users by e-mail',
			items: people,
			own: own('user', 'get', { user: byEmail }),
			peer: peer('findByMail', { email: '={{ $json.email }}' }),
			claims: perItem(people),
		},
		{
			title: 'Course Progress: Get Many',
			about: 'one user',
			items: people.slice(0, 1),
			own: own('courseProgress', 'getAll', { user: byEmail, returnAll: true }),
			peer: peer('courseProgressList', { email: '={{ $json.email }}' }),
			claims: linked(Object.keys(anna.progress).length),
		},
		{
			title: 'Course Progress: Get',
			about: 'two users, one course',
			items: people,
			own: own('courseProgress', 'get', { user: byEmail, course: byId(course) }),
			peer: peer('courseProgressGet', { email: '={{ $json.email }}', courseId: course }),
			claims: perItem(people),
		},
		{
			title: 'Exam: Get Results',
			about: 'one exam, all results',
			items: one,
			own: own('exam', 'getResults', { examId, returnAll: true }),
			peer: { resource: 'exam', operation: 'listResults', examId },
			claims: (result) => ({
				...succeeds(result),
				'one row for each result, linked to the item': result.linkedTo.every(
					(from) => from === 'first',
				),
			}),
		},
		{
			title: 'Offer: Grant',
			about: 'two new buyers',
			items: buyers,
			...grant,
			state: buyersAccess,
			claims: (result) => ({
				...perItem(buyers)(result),
				'both have the access':
					result.state === buyers.map(({ email }) => `${email}: active`).join('; '),
			}),
		},
		{
			title: 'Offer: Activate or Deactivate',
			about: 'two users are paused',
			items: buyers,
			prepare: giveAccess,
			own: own('offer', 'setState', { user: byEmail, offer: byId(offer.id), active: false }),
			peer: peer('setOfferState', {
				email: '={{ $json.email }}',
				offerId: offer.id,
				active: false,
			}),
			state: buyersAccess,
			claims: (result) => ({
				...perItem(buyers)(result),
				'both are paused':
					result.state === buyers.map(({ email }) => `${email}: paused`).join('; '),
			}),
		},
		{
			title: 'Order: Activate or Deactivate',
			about: 'two orders are paused',
			items: buyers,
			prepare: giveAccess,
			own: own('order', 'setState', {
				user: byEmail,
				orderId: '={{ $json.order }}',
				active: false,
			}),
			peer: peer('setOrderState', {
				email: '={{ $json.email }}',
				orderId: '={{ $json.order }}',
				active: false,
			}),
			state: buyersAccess,
			claims: (result) => ({
				...perItem(buyers)(result),
				'both are paused':
					result.state === buyers.map(({ email }) => `${email}: paused`).join('; '),
			}),
		},
		{
			title: 'Custom Property: Set',
			about: 'one property of two users',
			items: people,
			own: own('customProperty', 'set', {
				user: byEmail,
				properties: {
					mappingMode: 'defineBelow',
					value: { [property.id]: 'Muster GmbH' },
					matchingColumns: [],
					schema: [],
					attemptToConvertTypes: false,
					convertFieldsToString: true,
				},
			}),
			peer: peer('setCustomProps', {
				email: '={{ $json.email }}',
				properties: { property: [{ id: property.id, value: 'Muster GmbH' }] },
			}),
			state: async () =>
				(
					await Promise.all(
						people.map(
							async ({ email }) =>
								`${email}: ${(await standIn.user(email)).properties[property.id] ?? 'empty'}`,
						),
					)
				).join('; '),
			claims: (result) => ({
				...perItem(people)(result),
				'both have the value':
					result.state === people.map(({ email }) => `${email}: Muster GmbH`).join('; '),
			}),
		},
		{
			title: 'Chapter: Enable Access',
			about: 'one chapter for two users',
			items: people,
			own: own('chapter', 'enableAccess', {
				user: byEmail,
				chapter: byId(chapterId),
				course: byId(course),
			}),
			peer: {
				resource: 'chapter',
				operation: 'enableAccess',
				email: '={{ $json.email }}',
				courseId: course,
				chapterId,
			},
			claims: perItem(people),
		},
		{
			title: 'Login Token: Create',
			about: 'two users by UID',
			items: people,
			own: own('loginToken', 'create', { user: byUid }),
			peer: peer('loginToken', { uid: '={{ $json.uid }}' }),
			claims: perItem(people),
		},
		{
			title: 'User: Delete',
			about: 'two users in one text, one of them unknown',
			items: [{ id: 'first', emails: 'buyer.one@example.com, nobody@example.com' }],
			prepare: giveAccess,
			own: own('user', 'delete', { emails: '={{ $json.emails }}' }),
			peer: peer('deleteUsers', { emails: '={{ $json.emails }}' }),
			state: accessOf('buyer.one@example.com'),
			claims: (result) => ({
				...succeeds(result),
				'a row for each address': result.rows.length === 2,
				'the user is gone': result.state === 'buyer.one@example.com: no such user',
			}),
		},

		{
			title: 'Wrong key',
			about: 'the key of the credential is wrong',
			isTrouble: true,
			items: people.slice(0, 1),
			key: 'wrong',
			own: own('user', 'get', { user: byEmail }),
			peer: peer('findByMail', { email: '={{ $json.email }}' }),
			claims: ({ status, error }) => ({
				'it fails': status === 'error',
				'the message speaks of the key': /key/i.test(error?.message ?? ''),
			}),
		},
		{
			title: 'An item fails',
			about: 'two users by e-mail and one who does not exist, On Error set to continue',
			isTrouble: true,
			items: [
				people[0],
				{ id: 'second', email: 'nobody@example.com' },
				{ ...people[1], id: 'third' },
			],
			onError: 'continueRegularOutput',
			own: own('user', 'get', { user: byEmail, whenNotFound: 'error' }),
			peer: peer('findByMail', { email: '={{ $json.email }}' }),
			claims: (result) => ({
				...succeeds(result),
				'three rows in order, the second with the error':
					result.linkedTo.join() === 'first,second,third' &&
					result.rows.map((row) => 'error' in row).join() === 'false,true,false',
			}),
		},
		{
			title: 'Empty e-mail',
			about: 'a grant for an item without an address',
			isTrouble: true,
			items: [{ id: 'first', email: '', order: '0001' }],
			...grant,
			claims: ({ status, requests, writes }) => ({
				'it fails before anything is sent':
					status === 'error' && requests.length === 0 && writes === 0,
			}),
		},
		{
			title: 'The same payment twice',
			about: 'two items with the same address and order',
			isTrouble: true,
			items: [buyers[0], { ...buyers[0], id: 'second' }],
			...grant,
			state: async () =>
				`${(await standIn.requests()).filter(({ operationId }) => operationId === 'grantUserOfferByMail').length} requests to grant; ${await accessOf(buyers[0].email)()}`,
			claims: (result) => ({
				...succeeds(result),
				'it grants once': result.state?.startsWith('1 requests to grant') === true,
			}),
		},
		{
			title: 'Active is not given',
			about: 'the field Active is an expression for a value that is not there',
			isTrouble: true,
			items: [buyers[0]],
			prepare: giveAccess,
			own: own('offer', 'setState', {
				user: byEmail,
				offer: byId(offer.id),
				active: '={{ $json.isPaying }}',
			}),
			peer: peer('setOfferState', {
				email: '={{ $json.email }}',
				offerId: offer.id,
				active: '={{ $json.isPaying }}',
			}),
			state: accessOf(buyers[0].email),
			claims: ({ status, writes, state }) => ({
				'it fails and nothing is changed':
					status === 'error' && writes === 0 && state === `${buyers[0].email}: active`,
			}),
		},
		{
			title: 'A fault that passes',
			about: 'the server answers a read with 503 once',
			isTrouble: true,
			items: people.slice(0, 1),
			prepare: async () =>
				await standIn.control('/faults', 'POST', { kind: 'status', status: 503, times: 1 }),
			own: own('user', 'get', { user: byEmail }),
			peer: peer('findByMail', { email: '={{ $json.email }}' }),
			claims: (result) => ({
				...succeeds(result),
				'it asks again':
					result.requests.filter((request) => request.includes('find-by-mail')).length === 2,
			}),
		},
	];
}
