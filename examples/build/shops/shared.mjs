/** Helpers that the readers of all shops use inside n8n's Code node. */

/** All e-mail addresses in a text, a list, or an object of them, in lower case. */
export function emailsIn(value) {
	const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');

	return [
		...new Set(
			(text.match(/[^\s,;<>"'()[\]{}:\\]+@[^\s,;<>"'()[\]{}:\\]+/g) ?? []).map((each) =>
				each.toLowerCase(),
			),
		),
	];
}

/** One event in the form that all shops share. Whatever is left out is empty. */
export function paymentEvent(parts) {
	const text = (value) => (value === undefined || value === null ? '' : String(value).trim());

	return {
		event: parts.event,
		shop: parts.shop,
		eventId: text(parts.eventId).replace(/\s+/g, '_'),
		eventTime: parts.eventTime,
		orderId: text(parts.orderId),
		paymentId: text(parts.paymentId),
		productId: text(parts.productId),
		quantity: Math.max(Math.floor(Number(parts.quantity)) || 1, 1),
		email: text(parts.email).toLowerCase(),
		firstName: text(parts.firstName),
		lastName: text(parts.lastName),
		memberEmails: parts.memberEmails ?? [],
		endsAt: text(parts.endsAt),
		reason: text(parts.reason),
	};
}

/**
 * A time of the shop as ISO 8601 in UTC, or the time of arrival where the shop gives none. Only
 * ISO 8601 is read, since `05.01.2026` would be taken for May; a time without a zone is UTC, since it
 * would be that of the server otherwise.
 */
export function timeOf(value, arrival) {
	const text = String(value ?? '').trim();
	const [, day, clock = '', zone] =
		text.match(/^(\d{4}-\d{2}-\d{2})(?:[T ](\d[\d:.]+))? ?(Z|[+-]\d{2}:?\d{2})?$/i) ?? [];
	const time = Date.parse(clock === '' ? String(day) : `${day}T${clock}${zone ?? 'Z'}`);

	return Number.isNaN(time) ? arrival : new Date(time).toISOString();
}

/**
 * The fields of a form as an object: n8n gives `customer[email]` as one flat name. Lists become
 * objects with numbers for names.
 */
export function nested(body) {
	const all = Object.create(null);
	for (const [name, value] of Object.entries(body)) {
		const path = name
			.split(/[[\]]+/)
			.filter((each, index, parts) => each !== '' || index < parts.length - 1);
		let place = all;
		for (const step of path.slice(0, -1)) {
			if (typeof place[step] !== 'object' || place[step] === null)
				place[step] = Object.create(null);
			place = place[step];
		}
		place[path[path.length - 1]] = value;
	}

	return all;
}
