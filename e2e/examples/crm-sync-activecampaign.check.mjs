/**
 * ActiveCampaign's tags and the access in Memberspot are kept in step, over several pages of contacts,
 * with a plan first and a report by mail; a changed address keeps its user.
 */
import { checkCrmSync } from './crm-sync.mjs';

const PATH = '/api/3/contacts';
const TAGS = { 1: 'managed', 2: 'Excel Basics', 3: 'Office Bundle' };
/** So many that their tag's list has two pages. They are not looked after. */
const FILLERS = Array.from({ length: 120 }, (_, number) => ({
	id: String(1000 + number),
	email: `filler${number}@example.com`,
	managed: false,
	offers: ['Excel Basics'],
}));

export default {
	example: 'crm-sync-activecampaign',
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check(context) {
		const { api, services } = context;
		const key = 'only-for-the-test';
		await api.ensureCredential('ActiveCampaign token', 'httpHeaderAuth', {
			name: 'Api-Token',
			value: key,
		});
		const serve = (contacts, missing = 0) => {
			services.on('GET', PATH, ({ query, headers }) => {
				if (headers['api-token'] !== key) return { status: 403, body: {} };
				const tag = TAGS[query.tagid];
				const tagged = contacts.filter(({ managed, offers }) =>
					tag === 'managed' ? managed : offers.includes(tag),
				);
				const start = Number(query.offset ?? 0);
				const page = tagged.slice(start, start + Number(query.limit ?? 20));

				return {
					contacts: page.slice(0, page.length - missing).map(({ id, email, ...contact }) => ({
						id,
						email,
						firstName: contact.firstName,
						lastName: contact.lastName,
						orgname: contact.company,
					})),
					meta: { total: String(tagged.length) },
				};
			});
		};
		await checkCrmSync(context, {
			play: (contacts) => serve([...FILLERS, ...contacts]),
			breakDown: () => services.on('GET', PATH, () => ({ status: 500, body: {} })),
			cutOff: (contacts) => serve([...FILLERS, ...contacts], 1),
		});
	},
};
