/**
 * What the side-by-side workflows decide. These functions are put into their Code nodes as they stand
 * here, so each of them must stand on its own: only its arguments, no imports.
 */

/**
 * Says what is to be done in Memberspot after an event there.
 *
 * @param {Array<{ what: 'gained' | 'lost' | 'other', email: string, firstName: string, lastName: string, course: string }>} events
 * @param {Array<{ course: string, offer: string }>} pairs
 * @returns {Array<object>} the events with `task`: give, pause or leftOut with a `reason`; one for each offer
 */
export function eventsHere(events, pairs) {
	const text = (value) => (value === undefined || value === null ? '' : String(value)).trim();
	const plain = (value) => text(value).normalize('NFC').toLowerCase();

	return events
		.filter(({ what }) => what === 'gained' || what === 'lost')
		.flatMap((event) => {
			const email = plain(event.email);
			const offers = pairs
				.filter(({ course, offer }) => plain(course) === plain(event.course) && text(offer) !== '')
				.map(({ offer }) => text(offer));
			const all = { ...event, email, course: text(event.course) };
			if (email === '') return [{ ...all, task: 'leftOut', reason: 'the event names no e-mail' }];
			if (offers.length === 0)
				return [{ ...all, task: 'leftOut', reason: 'no offer for this course in the table' }];

			return offers.map((offer) => ({
				...all,
				offer,
				task: event.what === 'gained' ? 'give' : 'pause',
			}));
		});
}

/**
 * Says what is to be done on the other platform after events of Memberspot.
 *
 * @param {Array<object>} events as the polling trigger puts them out
 * @param {Array<{ course: string, offer: string, target: string, targetOff: string }>} pairs
 * @returns {Array<object>} `task`: give, take or leftOut with a `reason`; one for each course
 */
export function eventsThere(events, pairs) {
	const text = (value) => (value === undefined || value === null ? '' : String(value)).trim();
	const plain = (value) => text(value).normalize('NFC').toLowerCase();

	return (
		events
			// A try in the editor makes items of real users to whom nothing has happened; they say so.
			.filter(({ event, sample }) => /^user(Got|Lost)Offer$/.test(event) && sample === undefined)
			.flatMap(({ event, certain, how, offer, user }) => {
				const person = {
					email: plain(user?.email),
					firstName: text(user?.firstName),
					lastName: text(user?.lastName),
					offer: text(offer?.name),
				};
				const found = pairs.filter(
					(pair) =>
						plain(pair.offer) !== '' &&
						[plain(offer?.name), plain(offer?.id)].includes(plain(pair.offer)),
				);
				const leftOut = (reason, course = '') => [{ ...person, course, task: 'leftOut', reason }];
				if (person.email === '')
					return leftOut('the user is gone from Memberspot: nothing was changed there');
				if (found.length === 0)
					return leftOut(`no course for the offer ${person.offer} in the table`);
				// An event that can't be told for sure takes nothing from anybody.
				if (event === 'userLostOffer' && certain !== true)
					return leftOut(
						'it is not certain that the offer was lost: nothing was changed there',
						text(found[0].course),
					);

				// New in the list, and inactive there: the access may have been paused before it was noticed.
				if (event === 'userGotOffer' && certain !== true && how === 'listed')
					return leftOut(
						'the offer came with paused access: nothing was changed there until it is switched on',
						text(found[0].course),
					);

				return found.flatMap((pair) => {
					const give = event === 'userGotOffer';
					const target = text(give ? pair.target : pair.targetOff || pair.target);
					if (target === '')
						return leftOut('no target for this course in the table', text(pair.course));

					return [{ ...person, course: text(pair.course), target, task: give ? 'give' : 'take' }];
				});
			})
	);
}

/** Reads an event of Thinkific: an enrolment that began. */
export function readThinkificEvent(body) {
	const { resource, action, payload = {} } = body ?? {};
	const gained = resource === 'enrollment' && action === 'created' && payload.free_trial !== true;

	return [
		{
			what: gained ? 'gained' : 'other',
			email: payload.user?.email,
			firstName: payload.user?.first_name,
			lastName: payload.user?.last_name,
			course: payload.course?.name,
		},
	];
}

/** Reads an event of Teachable: an enrolment that began or was disabled. */
export function readTeachableEvent(body) {
	const { type, object = {} } = body ?? {};
	const name = String(object.user?.name ?? '')
		.trim()
		.split(/\s+/);

	return [
		{
			what: { 'Enrollment.created': 'gained', 'Enrollment.disabled': 'lost' }[type] ?? 'other',
			email: object.user?.email,
			firstName: name.slice(0, -1).join(' ') || name[0],
			lastName: name.length > 1 ? name.at(-1) : '',
			course: object.course?.name,
		},
	];
}

/**
 * Reads an event of Kajabi about a purchase. A webhook made by its API sends a list of records that
 * belong together, one made in its settings an object with an offer and a member.
 */
export function readKajabiEvent(body) {
	const payload = body?.payload ?? body?.data ?? body ?? {};
	const records = Array.isArray(payload) ? payload : [payload, ...(body?.included ?? [])];
	const of = (type) => records.find((record) => record?.type === type);
	const purchase = of('purchases');
	const bySettings = /^purchase/.test(String(body?.event ?? '')) && !Array.isArray(payload);
	const customer = of('customers')?.attributes ?? (bySettings ? payload.member : undefined) ?? {};
	const offer = of('offers')?.attributes ?? (bySettings ? payload.offer : undefined) ?? {};
	const what = purchase?.attributes?.deactivated_at ? 'lost' : 'gained';
	const name = String(customer.name ?? '')
		.trim()
		.split(/\s+/);

	return [
		{
			what: purchase === undefined && !bySettings ? 'other' : what,
			email: customer.email,
			firstName: name.slice(0, -1).join(' ') || name[0],
			lastName: name.length > 1 ? name.at(-1) : '',
			course: offer.title,
		},
	];
}
