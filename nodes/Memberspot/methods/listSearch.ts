import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { coursesOf, openSchool, type School, type User } from '../school';
import { connect, toNodeError } from '../transport';
import { readEmail } from '../values/email';

/** Entries shown before "load more". */
const SHOWN = 100;
/** Users that a search looks through. A school may have tens of thousands: never all for a keystroke. */
const SEARCHED_USERS = 500;

/** Opens the school for a drop-down; any failure is shown, never turned into an empty list. */
async function withSchool<T>(context: ILoadOptionsFunctions, read: (school: School) => Promise<T>): Promise<T> {
	try {
		return await read(openSchool(await connect(context, { settings: { timeoutMs: 15_000, giveUpAfterMs: 20_000 } })));
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

/** One page of a list that is in memory. The token is the place where the next page begins. */
function onePage(entries: INodeListSearchItems[], token: unknown): INodeListSearchResult {
	const start = typeof token === 'string' && /^\d+$/.test(token) ? Number(token) : typeof token === 'number' ? token : 0;
	const end = start + SHOWN;

	return { results: entries.slice(start, end), ...(end < entries.length ? { paginationToken: String(end) } : {}) };
}

function contains(filter: string | undefined, ...texts: string[]): boolean {
	const wanted = (filter ?? '').normalize('NFC').trim().toLowerCase();

	return wanted === '' || texts.some((text) => text.normalize('NFC').toLowerCase().includes(wanted));
}

/** Offers by name. Offers of the same name are told apart by their id. */
export async function searchOffers(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
	return await withSchool(this, async (school) => {
		const offers = await school.offers();
		const entries = offers
			.filter(({ id, name }) => contains(filter, name, id))
			.map(({ id, name }) => ({ name: offers.some((other) => other.id !== id && other.name === name) ? `${name} (${id})` : name, value: id }))
			.sort((a, b) => a.name.localeCompare(b.name));

		return onePage(entries, paginationToken);
	});
}

/** Courses by the offers they are in, since the API gives no course names. */
export async function searchCourses(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
	return await withSchool(this, async (school) => {
		const entries = coursesOf(await school.offers())
			.filter(({ courseId, label }) => contains(filter, courseId, label))
			.map(({ courseId, label }) => ({ name: label, value: courseId }))
			.sort((a, b) => a.name.localeCompare(b.name));

		return onePage(entries, paginationToken);
	});
}

/**
 * Users by name or e-mail, among the first 500. A full e-mail is looked up instead, so that anyone
 * can be found. The value is the e-mail, which is what Memberspot's writes take.
 */
export async function searchUsers(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
	return await withSchool(this, async (school) => {
		const address = readEmail(filter ?? '');
		if (address.ok && /\.[^.@\s]{2,}$/.test(address.value)) {
			const found = await school.lookUp(address.value);
			if (found?.found) return { results: [entryOf(found.user)] };
		}
		const users: User[] = [];
		for await (const page of school.users({}, { maxPages: SEARCHED_USERS / SHOWN, pageLength: SHOWN })) {
			users.push(...page.rows);
		}
		const entries = users
			.slice(0, SEARCHED_USERS)
			.filter(({ email, raw }) => email !== '' && contains(filter, email, fullName(raw)))
			.map(entryOf);

		return onePage(entries, paginationToken);
	});
}

function entryOf(user: User): INodeListSearchItems {
	const name = fullName(user.raw);

	return { name: name === '' ? user.email : `${name} (${user.email})`, value: user.email };
}

function fullName(raw: User['raw']): string {
	return [raw.firstname, raw.name].filter((part) => typeof part === 'string' && part !== '').join(' ');
}
