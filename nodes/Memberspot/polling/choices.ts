import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';
import { openSchool, type School } from '../school';
import { connect, systemClock, toNodeError } from '../transport';
import { isFiltered, type Watch } from './events';
import { costName, type Cost } from './memory';
import { processMemory } from './poll';
import { readPollSettings, type PollSettings } from './settings';
import { schoolMark } from './state';
import { queriesOf, type ListQuery } from './sweep';

/** Pages that are read to count a list for the panel. */
const COUNTED_PAGES = 30;

const IMPATIENT = { timeoutMs: 15_000, giveUpAfterMs: 20_000 };

/** The offers of the school, for the choice of several. */
export async function getOffers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const school = openSchool(await connect(this, { settings: IMPATIENT }));
		const offers = [...(await school.offers())].sort((a, b) => a.name.localeCompare(b.name));

		return offers.map(({ id, name }) => ({
			name: offers.some((other) => other.id !== id && other.name === name)
				? `${name} (${id})`
				: name,
			value: id,
		}));
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/**
 * How many requests a poll takes, as entries of a list that is only there to be looked at.
 *
 * The API gives no number of users, so the lists are counted, at most 30 pages each; where a poll in
 * this process has read a list already, its exact number is shown without a request.
 */
export async function countRequests(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	try {
		const settings = readPollSettings((name) => this.getCurrentNodeParameter(name));
		const client = await connect(this, { settings: IMPATIENT });
		const school = openSchool(client);
		const { filterOffer } = settings;
		const watch =
			filterOffer === undefined
				? settings.watch
				: { ...settings.watch, offerId: await school.offerId(filterOffer) };
		const mark = schoolMark(client.credential.keyHash);
		const lists: CountedList[] = [];
		for (const query of queriesOf(watch))
			lists.push({ query, ...(await costOf(school, query, mark, settings)) });
		const named = watch.offers.length > 0 ? await school.offers() : [];
		const offerNames = new Map(named.map(({ id, name }) => [id, name]));

		return {
			results: linesOf(lists, watch, offerNames, settings).map((name, line) => ({
				name,
				value: `line${line}`,
			})),
		};
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

type CountedList = Cost & { query: ListQuery; isWhole: boolean };

async function costOf(
	school: School,
	query: ListQuery,
	mark: string,
	{ pageLength }: PollSettings,
): Promise<Cost & { isWhole: boolean }> {
	const name = costName(mark, query, pageLength);
	const known = processMemory.cost(name);
	if (known !== undefined) return { ...known, isWhole: true };

	let users = 0;
	let pages = 0;
	const until = systemClock.now() + IMPATIENT.giveUpAfterMs;
	for await (const page of school.users(query, { pageLength, maxPages: COUNTED_PAGES })) {
		users += page.rows.length;
		pages = page.number;
		if (page.last) {
			processMemory.noteCost(name, { pages, users });
			return { pages, users, isWhole: true };
		}
		if (systemClock.now() > until) break;
	}

	return { pages, users, isWhole: false };
}

function linesOf(
	lists: CountedList[],
	watch: Watch,
	offerNames: ReadonlyMap<string, string>,
	{ minimumMs }: PollSettings,
): string[] {
	const pages =
		lists.reduce((sum, list) => sum + list.pages, 0) + (watch.properties.length > 0 ? 1 : 0);
	const more = lists.every(({ isWhole }) => isWhole) ? '' : 'more than ';
	const perDay = Math.round((24 * 60 * 60_000) / minimumMs) * pages;
	const number = (value: number) => value.toLocaleString('en-US');

	return [
		`${more}${number(pages)} ${pages === 1 ? 'request' : 'requests'} for each poll`,
		`${more}${number(perDay)} requests a day at one poll every ${minimumMs / 60_000} minutes`,
		...lists.map(
			({ query, pages: own, users, isWhole }) =>
				`${nameOf(query, watch, offerNames)}: ${isWhole ? '' : 'more than '}${number(users)} users, ${isWhole ? '' : 'more than '}${number(own)} requests`,
		),
		...(watch.properties.length > 0 ? ['Names of the custom properties: 1 request'] : []),
		'After changes: up to 2 more, for names',
		'and the user list, where it is not read above',
	];
}

function nameOf(
	{ offerId, courseId }: ListQuery,
	watch: Watch,
	offerNames: ReadonlyMap<string, string>,
): string {
	if (offerId === undefined && courseId === undefined) return 'User list';
	if (isFiltered(watch) && offerId === watch.offerId && courseId === watch.courseId)
		return 'User list with filters';

	return `Users of ${offerNames.get(offerId ?? '') ?? `offer ${offerId ?? ''}`}`;
}
