/**
 * What the payment workflows decide. These functions are put into their Code nodes as they stand
 * here, so each of them must stand on its own: only its arguments, no imports.
 */

/**
 * Turns events into rows of the table of orders.
 *
 * What counts for an order and product is the newest event by the shop's own time, in whatever order
 * the events arrive. An event that was seen before changes nothing. A chargeback stays until a human
 * changes the row.
 *
 * @param {Array<object>} events of one order, as the Code node before gives them
 * @param {Array<object>} products rows of the table of products
 * @param {Array<object>} rows rows of the table of orders that may belong to the order
 * @returns {Array<object>} rows to save; `checkKind` and `checkMessage` where a human has to look
 */
export function planRows(events, products, rows) {
	const RANK = ['paid', 'failed', 'cancelled', 'refunded', 'chargeback'];
	const text = (value) => (value === undefined || value === null ? '' : String(value));
	const keyOf = (row) =>
		[row.shop, row.orderId, row.productId, row.offer, row.memberEmail].map(text).join('|');
	const compare = (a, b) =>
		text(a.eventTime).localeCompare(text(b.eventTime)) ||
		RANK.indexOf(text(a.state)) - RANK.indexOf(text(b.state));
	/** Empty means without an end; undefined where it is no number of days. */
	const daysOf = (row) => {
		const days = Number(text(row.days).trim());

		return days >= 0 && days <= 36_500 ? days : undefined;
	};
	const newestOf = (list) =>
		list.reduce(
			(best, row) => (best === undefined || compare(row, best) > 0 ? row : best),
			undefined,
		);

	/** All that is known so far, and what this run adds to it. */
	const all = rows.map((row) => ({ ...row }));
	const touched = new Map();

	for (const event of events) {
		const shopRows = all.filter((row) => row.shop === event.shop);
		const payment = text(event.paymentId);
		const order = shopRows.filter(
			(row) =>
				row.orderId === event.orderId ||
				(payment !== '' && [row.paymentId, row.orderId].includes(payment)) ||
				text(row.paymentId) === event.orderId,
		);
		// What is kept under the payment came before anybody knew its order, and goes over to it now.
		const { orderId } =
			order.find((row) => ![payment, event.orderId].includes(row.orderId)) ?? event;
		const ofOrder = (row) => row.orderId === orderId;
		const known = order.filter(
			(row) =>
				event.productId === '' || row.productId === event.productId || text(row.productId) === '',
		);
		const newest = newestOf(known);
		// Asked of the table as it was: other products of this very event may have been noted since.
		const seen = rows.some(
			(row) =>
				ofOrder(row) &&
				known.some(({ rowKey }) => rowKey === row.rowKey) &&
				text(row.seen).split(' ').includes(event.eventId),
		);
		const unclear = event.event === 'unclear';
		const incoming = unclear
			? { state: 'unclear', eventTime: '', endsAt: '' }
			: {
					state: event.event,
					eventTime: event.eventTime,
					// Whoever had no access before the cancellation does not get it back until its end.
					endsAt: ['failed', 'refunded'].includes(newest?.state) ? '' : text(event.endsAt),
				};
		const lockedBy = known.find((row) => row.state === 'chargeback');
		// A chargeback counts even when a newer event was faster.
		const wins =
			!seen &&
			(event.event === 'chargeback' ||
				(lockedBy === undefined && (newest === undefined || compare(incoming, newest) > 0)));
		const now = wins ? incoming : (lockedBy ?? newest);

		let check = ['', ''];
		if (unclear)
			check = [
				'unclear',
				text(event.reason) ||
					'The shop reports a change of a part of this order. Nothing was changed: see who it is about.',
			];
		else if (event.event === 'chargeback')
			check = [
				'chargeback',
				'Chargeback. The access is switched off and kept as it is, with the course progress as evidence. It is switched on again only when a human sets the state of the rows of this order to paid.',
			];
		else if (lockedBy !== undefined && event.event === 'paid')
			check = [
				'paidAfterChargeback',
				'A payment came for an order with a chargeback. The access stays off until a human sets the state of the rows of this order to paid.',
			];

		const members = [
			...new Set(known.map((row) => text(row.memberEmail)).filter((each) => each !== '')),
		];
		const given = [...new Set(event.memberEmails ?? [])];
		const seats = Math.max(Number(event.quantity) || 1, 1);
		const mapped = products
			.filter(
				(row) =>
					row.shop === event.shop &&
					text(row.productId) === event.productId &&
					text(row.offer) !== '',
			)
			.map((row) => ({ offer: text(row.offer), days: daysOf(row), written: text(row.days) }));
		/** A fixed term runs from the first payment of the order. */
		const endOf = (target) => {
			const days = mapped.find(({ offer }) => offer === target.offer)?.days ?? 0;
			const begins = Date.parse(now.eventTime);
			// A row that was changed by hand may hold no time.
			if (now.state !== 'paid' || days <= 0 || Number.isNaN(begins)) return text(now.endsAt);

			return text(target.endsAt) || new Date(begins + days * 86_400_000).toISOString();
		};

		const targets = [];
		if (event.productId !== '') {
			const ofProduct = known.filter(
				(row) => row.productId === event.productId && text(row.offer) !== '',
			);
			if (ofProduct.length > 0) {
				// Whoever stands in the table has the access: a refund finds the member, not the buyer.
				targets.push(...ofProduct);
			} else if (event.event === 'paid') {
				const emails =
					given.length > 0 ? given.slice(0, seats) : members.length > 0 ? members : [event.email];
				const oddDays = mapped.find(({ days }) => days === undefined);
				const offers = mapped.length > 0 ? mapped.map(({ offer }) => offer) : [''];
				for (const memberEmail of emails)
					for (const offer of offers)
						targets.push({ productId: event.productId, offer, memberEmail });
				if (now.state !== 'paid') check = ['', ''];
				else if (mapped.length === 0)
					check = [
						'unknownProduct',
						`No row of memberspot_products says which offer belongs to product ${event.productId}. Nobody got access. Add the row, then send the event again from the shop.`,
					];
				else if (text(emails[0]) === '')
					check = ['noEmail', 'The event has no e-mail address. Nobody got access.'];
				else if (oddDays !== undefined)
					check = [
						'badDays',
						`The days of product ${event.productId} in memberspot_products are no number: "${oddDays.written}". The access was given without an end. Correct the row, and write the end into endsAt of the order's row in memberspot_orders.`,
					];
				else if (given.length > seats)
					check = [
						'tooManySeats',
						`${given.length} addresses for ${seats} paid. The first ${seats} got access.`,
					];
				else if (seats > emails.length)
					check = [
						'openSeats',
						`${seats} seats were paid, ${emails.length} got access: the event names no more addresses.`,
					];
			}
		} else {
			targets.push(...known.filter((row) => text(row.offer) !== ''));
		}
		// A human has been told of it already.
		if (seen) check = ['', ''];
		if (targets.length === 0) {
			targets.push({ productId: event.productId, offer: '', memberEmail: '' });
			const unknown =
				'No access was given for this order yet. If its payment comes later, nobody gets access. If the access was given in another way, switch it off by hand.';
			if (check[0] === 'chargeback') check = ['chargeback', `Chargeback. ${unknown}`];
			else if (!seen && check[0] === '' && !known.some(ofOrder))
				check =
					event.event === 'paid'
						? ['unknownProduct', 'The event names no product. Nobody got access.']
						: ['unknownOrder', unknown];
		}
		// A row that only holds the state of the order learns the new state as well.
		const placeholders = known.filter((row) => text(row.offer) === '');
		const list = [...targets, ...placeholders];

		for (const target of list) {
			const base = { ...target, shop: event.shop, orderId };
			const row = {
				rowKey: text(target.rowKey) || keyOf(base),
				shop: event.shop,
				orderId,
				paymentId: text(target.paymentId) || text(event.paymentId),
				productId: text(target.productId),
				offer: text(target.offer),
				memberEmail: text(target.memberEmail),
				buyerEmail: text(target.buyerEmail) || text(event.email),
				firstName:
					text(target.firstName) ||
					(target.memberEmail === event.email ? text(event.firstName) : ''),
				lastName:
					text(target.lastName) || (target.memberEmail === event.email ? text(event.lastName) : ''),
				state: now.state,
				eventTime: now.eventTime,
				endsAt: endOf(target),
				seen: [
					...new Set([
						...known.flatMap((each) => text(each.seen).split(' ')),
						...text(target.seen).split(' '),
						event.eventId,
					]),
				]
					.filter((each) => each !== '')
					.slice(-40)
					.join(' '),
				accessId:
					text(target.accessId) ||
					[orderId, text(target.productId)].filter((each) => each !== '').join('-'),
				checkKind: '',
				checkMessage: '',
			};
			touched.set(row.rowKey, row);
			const index = all.findIndex((each) => each.rowKey === row.rowKey);
			if (index === -1) all.push(row);
			else all[index] = { ...all[index], ...row };
		}
		const first = touched.get(
			text(list[0].rowKey) || keyOf({ ...list[0], shop: event.shop, orderId }),
		);
		if (check[0] !== '') Object.assign(first, { checkKind: check[0], checkMessage: check[1] });
	}

	return [...touched.values()];
}

/**
 * Decides what has to be done in Memberspot, for each member and offer of the rows.
 *
 * A member keeps an offer as long as one order gives it; only when no order gives it any more is
 * something switched off, and then for all ended orders at once. Which request does that depends on
 * what is known of the grant (`appliedAs`):
 *
 * - `order`: it was granted under this order's ID, and is switched by that. Memberspot is asked to
 *   grant only where nothing is listed, so this grant is the only one that came from the orders, and
 *   access beside it that was given by hand stays.
 * - `offer`: the member had the offer; all access to it was switched on, and is switched off as a whole.
 * - empty: under which order ID the access is can't be told, so that only the offer as a whole is surely
 *   off, with whatever was given by hand. Either the answer to the grant was lost: it may be carried out
 *   even later, beside another one. Or an earlier order had given the offer (`again`): Memberspot may not
 *   list paused access, and may keep the first order's ID when it grants the offer once more. Or the
 *   offer has more users than the node looks through.
 *
 * `unknown` stays until a request is answered: such a row counts neither as on nor as off.
 *
 * @param {Array<object>} rows rows of the table of orders, as saved
 * @param {Array<object>} everybody all rows of these members
 * @param {string} now ISO 8601
 * @returns {Array<object>} the rows with `task`: grant, order, offer, note, later; `active`; `again`
 */
export function decide(rows, everybody, now) {
	const text = (value) => (value === undefined || value === null ? '' : String(value));
	const wanted = (row) => {
		const ends = text(row.endsAt);
		if (ends !== '' && ends <= now) return false;

		return row.state === 'paid' || (row.state === 'cancelled' && ends !== '');
	};
	const holds = (row) => ['on', 'kept', 'unknown'].includes(text(row.applied));
	const current = new Map(everybody.map((row) => [row.rowKey, row]));
	for (const row of rows) current.set(row.rowKey, { ...current.get(row.rowKey), ...row });
	const touched = [...new Set(rows.map(({ rowKey }) => rowKey))].map((key) => current.get(key));
	const tasks = [];
	const put = (row, task, applied, nowNote) =>
		tasks.push({
			...row,
			task,
			nowApplied: applied,
			active: applied === 'on',
			...(task === 'grant' && {
				again: [...current.values()].some(
					(each) =>
						each.memberEmail === row.memberEmail &&
						each.offer === row.offer &&
						text(each.rowKey === row.rowKey ? each.appliedAs : each.applied) !== '',
				),
			}),
			...(nowNote === undefined ? {} : { nowNote }),
		});

	const switchOn = (row) => {
		const applied = text(row.applied);
		if (applied === 'on') return;
		if (applied === 'kept') put(row, 'note', 'on', 'Paid again.');
		else if (row.appliedAs === 'order') put(row, 'order', 'on');
		else if (row.appliedAs === 'offer' && applied !== 'unknown') put(row, 'offer', 'on');
		else put(row, 'grant', 'on');
	};
	const switchOff = (holding) => {
		const granted = holding.filter(({ appliedAs }) => appliedAs === 'order');
		// The row whose grant is least known carries the request: should its answer be lost too, the
		// next try must switch off as much again.
		const open = holding.find(({ appliedAs }) => text(appliedAs) === '');
		const whole = open ?? (granted.length === 0 ? holding[0] : undefined);
		for (const row of holding) {
			if (row === whole)
				put(
					row,
					'offer',
					'off',
					row === open
						? 'It was not known under which order the access is. It was switched off as a whole.'
						: 'The member had the offer before this order. It was switched off as a whole.',
				);
			else if (whole === undefined && row.appliedAs === 'order') put(row, 'order', 'off');
			else put(row, 'note', 'off', 'Switched off with another order.');
		}
	};

	const groups = new Map();
	for (const row of touched)
		if (text(row.offer) !== '' && text(row.memberEmail) !== '')
			groups.set(JSON.stringify([row.memberEmail, row.offer]), row);
	for (const { memberEmail, offer } of groups.values()) {
		const ofMember = (row) => row.memberEmail === memberEmail && row.offer === offer;
		const mine = touched.filter(ofMember);
		// Paused because a larger offer took its place; the upgrade workflow brings it back.
		for (const row of mine.filter(({ applied }) => applied === 'upgraded'))
			if (!wanted(row)) put(row, 'note', 'off', 'Ended while it was replaced by another offer.');
		const all = [...current.values()].filter((row) => ofMember(row) && row.applied !== 'upgraded');
		if (!all.some(wanted)) {
			switchOff(all.filter(holds));
			continue;
		}
		for (const row of mine.filter(({ applied }) => applied !== 'upgraded')) {
			if (wanted(row)) switchOn(row);
			else if (row.applied === 'on')
				put(row, 'note', 'kept', 'The member keeps the offer through another order.');
		}
	}

	const later = touched
		.filter((row) => wanted(row) && text(row.endsAt) !== '')
		.map((row) => ({ ...row, task: 'later' }));

	return [...tasks, ...later];
}
