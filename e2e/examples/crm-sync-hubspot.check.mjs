/**
 * HubSpot's contacts and the access in Memberspot are kept in step, over several pages of contacts, with
 * a plan first and a report by mail; a changed address keeps its user.
 */
import { checkCrmSync } from './crm-sync.mjs';

const PAGE = 2;
const DOWN = { status: 500, body: { status: 'error', message: 'internal error' } };

export default {
	example: 'crm-sync-hubspot',
	variants: [
		{
			switches: { active: 'user', partialPropertyUpdate: 'replaces' },
			because:
				'nobody may lose access that can not be told from paused access, nor a property that the sync does not name',
		},
	],
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check(context) {
		const { api, services } = context;
		const token = 'only-for-the-test';
		await api.ensureCredential('HubSpot token', 'httpBearerAuth', { token });
		const serve = (contacts, properties) => {
			services.on('GET', '/crm/v3/objects/contacts', ({ query, headers }) => {
				if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: {} };
				const start = Number(query.after ?? 0);
				const next = start + PAGE < contacts.length && { next: { after: String(start + PAGE) } };

				return {
					results: contacts
						.slice(start, start + PAGE)
						.map((contact) => ({ id: contact.id, properties: properties(contact) })),
					...(next && { paging: next }),
				};
			});
		};
		const all = ({ email, firstName, lastName, company, managed, offers }) => ({
			email,
			firstname: firstName,
			lastname: lastName,
			company: company || null,
			memberspot_managed: managed ? 'true' : null,
			memberspot_offers: offers.length > 0 ? offers.join(';') : null,
		});

		await checkCrmSync(context, {
			play: (contacts) => serve(contacts, all),
			breakDown: () => services.on('GET', '/crm/v3/objects/contacts', () => DOWN),
			// The property with the offers was renamed in HubSpot: it is not sent any more.
			cutOff: (contacts) =>
				serve(contacts, (contact) => {
					const others = all(contact);
					delete others.memberspot_offers;

					return others;
				}),
		});
	},
};
