/**
 * KlickTipp's tags and the access in Memberspot are kept in step, with a plan first and a report by mail;
 * a changed address keeps its user.
 */
import { checkCrmSync } from './crm-sync.mjs';

const TAGS = { 1: 'managed', 2: 'Excel Basics', 3: 'Office Bundle' };
const LOGIN = { username: 'school', password: 'only-for-the-test' };
const SESSION = { session_name: 'SESSexample', sessid: 'session-of-the-test' };
const DENIED = { status: 403, body: ['API access denied.'] };

export default {
	example: 'crm-sync-klicktipp',
	/** @param {import('../lib/examples.mjs').ExampleContext} context */
	async check(context) {
		const { api, services } = context;
		await api.ensureCredential('KlickTipp login', 'httpCustomAuth', {
			json: JSON.stringify({ body: LOGIN }),
		});
		const signedIn = ({ headers }) =>
			headers.cookie === `${SESSION.session_name}=${SESSION.sessid}`;
		const serve = (contacts) => {
			services.on('POST', '/account/login', ({ body }) =>
				body.username === LOGIN.username && body.password === LOGIN.password ? SESSION : DENIED,
			);
			services.on('POST', '/subscriber/tagged', (request) => {
				if (!signedIn(request)) return DENIED;
				const tag = TAGS[request.body.tagid];
				const tagged = contacts.filter(({ managed, offers }) =>
					tag === 'managed' ? managed : offers.includes(tag),
				);
				if (tagged.length === 0) return [];

				return Object.fromEntries(tagged.map(({ id }) => [id, '1700000000']));
			});
			services.on('GET', '/subscriber/:id', (request) => {
				const found = contacts.find(({ id }) => id === request.params.id);
				if (!signedIn(request) || found === undefined) return DENIED;

				return {
					id: found.id,
					email: found.email,
					fieldFirstName: found.firstName,
					fieldLastName: found.lastName,
					fieldCompanyName: found.company,
				};
			});
		};

		await checkCrmSync(context, {
			play: serve,
			breakDown: () => services.on('POST', '/account/login', () => DENIED),
			// The list of one tag can not be read: as if nobody had the offer.
			cutOff(contacts) {
				serve(contacts);
				services.on('POST', '/subscriber/tagged', ({ body }) =>
					TAGS[body.tagid] === 'Excel Basics'
						? { status: 500, body: {} }
						: Object.fromEntries(
								contacts.filter(({ managed }) => managed).map(({ id }) => [id, '1700000000']),
							),
				);
			},
		});
	},
};
