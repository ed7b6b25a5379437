/**
 * What the moving-in workflows decide. These functions are put into their Code nodes as they stand
 * here, so each of them must stand on its own: only its arguments, no imports.
 */

/**
 * Reads the bytes of an exported file as text.
 *
 * Exports come in UTF-8 with or without a byte order mark, in UTF-16, or in the code page of a
 * Windows office program. What is not valid UTF-8 can only be the latter.
 *
 * @param {Uint8Array} bytes
 * @returns {{ text: string, encoding: string }} text without byte order mark, umlauts as one sign each
 */
export function readBytes(bytes) {
	const starts = (...marks) => marks.every((mark, place) => bytes[place] === mark);
	const decode = (encoding, fatal = false) => new TextDecoder(encoding, { fatal }).decode(bytes);
	const read = () => {
		if (starts(0xff, 0xfe)) return ['utf-16le', decode('utf-16le')];
		if (starts(0xfe, 0xff)) return ['utf-16be', decode('utf-16be')];
		try {
			return ['utf-8', decode('utf-8', true)];
		} catch {
			return ['windows-1252', decode('windows-1252')];
		}
	};
	const [encoding, text] = read();

	return { encoding, text: text.replace(/^\uFEFF/, '').normalize('NFC') };
}

/**
 * Finds the sign between the columns: the one that stands most often in the first line, outside
 * quotes.
 *
 * @param {string} text
 * @returns {string} comma, semicolon or tab
 */
export function findDelimiter(text) {
	const counts = { ',': 0, ';': 0, '\t': 0 };
	let quoted = false;
	for (const sign of text) {
		if (sign === '"') quoted = !quoted;
		else if (!quoted && (sign === '\n' || sign === '\r')) break;
		else if (!quoted && sign in counts) counts[sign] += 1;
	}

	return Object.keys(counts).reduce((best, sign) => (counts[sign] > counts[best] ? sign : best));
}

/**
 * Makes one entry for each person out of the rows of an export, with the Memberspot offers for the
 * courses. Rows and courses that can't be used are reported, each with its reason; none is dropped.
 *
 * @param {Array<Record<string, unknown>>} rows keys are the column names of the export
 * @param {Array<{ course: string, offer: string }>} table which course is which offer; several rows
 *   for one course give several offers; the offer "-" means: leave this course out
 * @param {{ columns: Record<'email' | 'firstName' | 'lastName' | 'fullName' | 'courses' | 'ended', string[]>, course?: string }} settings
 *   names a column may have, in any case; `course`: every row is about this course
 * @returns {{ people: Array<{ email: string, firstName: string, lastName: string, offers: string[], row: number }>, problems: Array<{ row: number, email: string, course: string, reason: string }> }}
 *   `row`: place in the export, the first row of data is 1
 */
export function readPeople(rows, table, settings) {
	const text = (value) => (value === undefined || value === null ? '' : String(value)).trim();
	// "MÃ¼ller" is UTF-8 that was read as Windows-1252 before the export: turned back only where the
	// bytes are valid UTF-8, so that a real "Ã" stays.
	const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
	const repair = (value) => {
		if (!/[ÂÃ][\u0080-\u00bf\u0152-\u2122]/.test(value)) return value;
		const bytes = [...value].map((sign) => {
			const place = HIGH.indexOf(sign);

			return sign !== ' ' && place >= 0 ? 0x80 + place : sign.codePointAt(0);
		});
		if (bytes.some((byte) => byte > 0xff)) return value;
		try {
			return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
		} catch {
			return value;
		}
	};
	const plain = (value) => repair(text(value)).normalize('NFC').toLowerCase().replace(/\s+/g, ' ');

	const headers = rows.length === 0 ? [] : Object.keys(rows[0]);
	const columnFor = (kind) =>
		(settings.columns[kind] ?? [])
			.map((wanted) => headers.find((header) => plain(header) === plain(wanted)))
			.find((header) => header !== undefined);
	const column = Object.fromEntries(
		Object.keys(settings.columns).map((kind) => [kind, columnFor(kind)]),
	);
	const shown = headers.join(', ') || 'none';
	if (column.email === undefined)
		throw new Error(
			`The export has no column for the e-mail. Its columns are: ${shown}. Add the right name in the settings of this node.`,
		);
	const everyCourse = text(settings.course);
	if (everyCourse === '' && column.courses === undefined)
		throw new Error(
			`The export has no column for the courses. Its columns are: ${shown}. Add the right name in the settings of this node, or fill in the course that the whole export is about.`,
		);

	const offersOf = new Map();
	for (const { course, offer } of table) {
		if (plain(course) === '' || text(offer) === '') continue;
		offersOf.set(plain(course), [...(offersOf.get(plain(course)) ?? []), text(offer)]);
	}
	if (offersOf.size === 0)
		throw new Error(
			'The table of courses is empty. Add one row for each course: its name in the export, and the name of the Memberspot offer.',
		);
	const longestFirst = [...offersOf.keys()].sort((a, b) => b.length - a.length);

	// Names of courses may hold commas themselves: known names are looked for before anything is split.
	const coursesIn = (cell) => {
		const found = [];
		let rest = repair(text(cell)).normalize('NFC').replace(/\s+/g, ' ');
		while (rest !== '') {
			const lower = rest.toLowerCase();
			const known = longestFirst.find(
				(name) => lower.startsWith(name) && /^\s*([,;|]|$)/.test(rest.slice(name.length)),
			);
			const length = known === undefined ? rest.search(/[,;|]|$/) : known.length;
			const name = rest.slice(0, length).trim();
			if (name !== '') found.push(name);
			rest = rest.slice(length).replace(/^\s*[,;|]?\s*/, '');
		}

		return found;
	};

	const people = new Map();
	const problems = [];
	for (const [place, cells] of rows.entries()) {
		const row = place + 1;
		const email = text(cells[column.email])
			.replace(/^mailto:/i, '')
			.toLowerCase();
		const problem = (reason, course = '') => problems.push({ row, email, course, reason });
		if (email === '') {
			problem('no e-mail');
			continue;
		}
		if (!/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(email)) {
			problem('not an e-mail address');
			continue;
		}
		const full = repair(text(cells[column.fullName])).normalize('NFC').split(/\s+/);
		const given = repair(text(cells[column.firstName])).normalize('NFC');
		const family = repair(text(cells[column.lastName])).normalize('NFC');
		const names =
			given !== '' || family !== ''
				? { firstName: given, lastName: family }
				: {
						firstName: full.slice(0, -1).join(' ') || full[0],
						lastName: full.length > 1 ? full.at(-1) : '',
					};

		const person = people.get(email) ?? { email, firstName: '', lastName: '', offers: [], row };
		person.firstName ||= names.firstName;
		person.lastName ||= names.lastName;
		people.set(email, person);

		const courses = everyCourse === '' ? coursesIn(cells[column.courses]) : [everyCourse];
		if (/^(true|yes|1|expired|disabled|inactive)$/i.test(text(cells[column.ended]))) {
			problem('the access has ended there', courses.join(', '));
			continue;
		}
		if (courses.length === 0) problem('no course');
		for (const course of courses) {
			const offers = offersOf.get(plain(course));
			if (offers === undefined) problem('no offer for this course in the table', course);
			for (const offer of (offers ?? []).filter((each) => each !== '-'))
				if (!person.offers.includes(offer)) person.offers.push(offer);
		}
	}

	// Whoever has no offer in the end is reported above, row by row, or has only courses to leave out.
	return { people: [...people.values()].filter(({ offers }) => offers.length > 0), problems };
}

/**
 * Says in words what the dry run has planned.
 *
 * @param {Array<Record<string, unknown>>} plan rows that the dry run put out
 * @param {Array<{ row: number, email: string, course: string, reason: string }>} problems
 * @returns {string} HTML, with every value made harmless
 */
export function describePlan(plan, problems) {
	const safe = (value) =>
		String(value ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
	const list = (entries, more) =>
		entries.length === 0
			? ''
			: `<ul>${entries.map((entry) => `<li>${safe(entry)}</li>`).join('')}${more > 0 ? `<li>and ${more} more</li>` : ''}</ul>`;
	const failed = plan.filter(({ error }) => error !== undefined);
	const summary = plan.map(({ summary: line }) => line).find((line) => typeof line === 'string');
	const created = plan.filter(({ created: isNew }) => isNew === true).length;
	const SHOWN = 20;

	return [
		`<p><b>${safe(summary ?? 'No plan was made.')}</b></p>`,
		`<p>${created} of these people are new in Memberspot. Memberspot may send its welcome e-mail to each of them; no way to stop it is known.</p>`,
		'<p>Nothing is taken away from anybody.</p>',
		`<p>${failed.length} people can't be planned.</p>`,
		list(
			failed
				.slice(0, SHOWN)
				.map(
					({ email, error }) =>
						`${email ?? ''} ${typeof error === 'string' ? error : JSON.stringify(error)}`,
				),
			failed.length - SHOWN,
		),
		`<p>${problems.length} rows or courses could not be mapped. All of them are in the table memberspot_moving_in_left_out.</p>`,
		list(
			problems
				.slice(0, SHOWN)
				.map(
					({ row, email, course, reason }) =>
						`row ${row}: ${[email, course, reason].filter((part) => part !== '').join(', ')}`,
				),
			problems.length - SHOWN,
		),
		'<p>Nothing has been changed so far.</p>',
	].join('\n');
}

/**
 * Counts what the real run has done.
 *
 * @param {Array<Record<string, unknown>>} rows that the real run put out, of all batches
 * @returns {{ people: number, changed: number, unchanged: number, unknown: number, failed: number, text: string }}
 */
export function countResults(rows) {
	const failed = rows.filter(({ error }) => error !== undefined);
	const right = rows.filter(({ error }) => error === undefined);
	const unknown = right.filter(
		({ outcome, unknown: offers }) => outcome === 'unknown' || offers?.length > 0,
	);
	const changed = right.filter((row) => row.changed === true && !unknown.includes(row));
	const unchanged = right.length - changed.length - unknown.length;
	const lines = [
		`${rows.length} people: ${changed.length} got access, ${unchanged} had it already, ${unknown.length} unknown, ${failed.length} failed.`,
		...failed.map(
			({ email, error }) =>
				`failed: ${email ?? ''} ${typeof error === 'string' ? error : JSON.stringify(error)}`,
		),
		...unknown.map(({ email }) => `unknown: ${email}. Look at this user in Memberspot.`),
		'Run the workflow again with the same export to finish: who has the access already is not touched.',
	];

	return {
		people: rows.length,
		changed: changed.length,
		unchanged,
		unknown: unknown.length,
		failed: failed.length,
		text: lines.join('\n'),
	};
}
