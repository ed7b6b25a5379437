import { hasNoActiveAccess, judge, type Listing, type Reading } from '../../nodes/Memberspot/access';
import { provesPerOffer } from '../../nodes/Memberspot/access/standing';

/** What is true of a member and an offer, which no list shows as such. */
interface Truth {
	/** Whether the account is switched on. */
	enabled: boolean;
	access: 'none' | 'paused' | 'active';
}

const TRUTHS: Truth[] = [true, false].flatMap((enabled) => (['none', 'paused', 'active'] as const).map((access) => ({ enabled, access })));

/** Every way in which a list may show the truth, by what `active` could speak of and which access it could leave out. */
const SERVERS: Array<{ name: string; reading: Reading; show(truth: Truth): Listing }> = [
	{
		name: 'active speaks of the access, paused access is listed',
		reading: 'perOffer',
		show: ({ access }) => (access === 'none' ? 'notListed' : access === 'active' ? 'listedActive' : 'listedInactive'),
	},
	{ name: 'active speaks of the access, paused access is not listed', reading: 'onlyActive', show: ({ access }) => (access === 'active' ? 'listedActive' : 'notListed') },
	{
		name: 'active speaks of the user, paused access is listed',
		reading: 'perUser',
		show: ({ access, enabled }) => (access === 'none' ? 'notListed' : enabled ? 'listedActive' : 'listedInactive'),
	},
	{
		name: 'active speaks of the user, paused access is not listed',
		reading: 'onlyActive',
		show: ({ access, enabled }) => (access !== 'active' ? 'notListed' : enabled ? 'listedActive' : 'listedInactive'),
	},
	{ name: 'rows have no active, paused access is not listed', reading: 'onlyActive', show: ({ access }) => (access === 'active' ? 'listed' : 'notListed') },
	{ name: 'rows have no active, paused access is listed', reading: 'perUser', show: ({ access }) => (access === 'none' ? 'notListed' : 'listed') },
];

describe.each(SERVERS)('where $name', ({ reading, show }) => {
	test.each([reading, 'notProven'] as const)('nothing wrong is said under the reading %s', (assumed) => {
		for (const truth of TRUTHS) {
			const { active, holds } = judge(show(truth), assumed);
			expect([truth, active === 'unknown' || (active === 'yes') === (truth.access === 'active')]).toEqual([truth, true]);
			expect([truth, holds === 'unknown' || (holds === 'yes') === (truth.access !== 'none')]).toEqual([truth, true]);
		}
	});

	test('who is said to be without access can use nothing', () => {
		for (const truth of TRUTHS) {
			if (hasNoActiveAccess([show(truth)])) expect([truth, truth.access === 'active' && truth.enabled]).toEqual([truth, false]);
		}
	});
});

test('as much is said as can be known: a listing is unknown only where two truths look like it', () => {
	for (const reading of ['perOffer', 'onlyActive', 'perUser'] as const) {
		for (const listing of ['listedActive', 'listedInactive', 'listed', 'notListed'] as const) {
			const truths = SERVERS.filter((server) => server.reading === reading).flatMap(({ show }) => TRUTHS.filter((truth) => show(truth) === listing));
			const states = new Set(truths.map(({ access }) => access === 'active'));
			if (states.size === 1 && listing !== 'listedInactive') expect([reading, listing, judge(listing, reading).active]).toEqual([reading, listing, states.has(true) ? 'yes' : 'no']);
		}
	}
});

test('what was not read to its end says nothing, and is likely nothing', () => {
	for (const reading of ['perOffer', 'onlyActive', 'perUser', 'notProven'] as const) expect(judge('notSettled', reading)).toEqual({ listing: 'notSettled', active: 'unknown', holds: 'unknown' });
});

describe('proof that active speaks of the access', () => {
	test.each([
		['a user who is active for one offer and not for another', { flags: [true, false] }, true],
		['a user listed as inactive whose own record is active', { flags: [false], own: true }, true],
		['a user listed as active whose own record is not, since paused access may still not be listed', { flags: [true], own: false }, false],
		['rows that agree', { flags: [true, true], own: true }, false],
		['a user who is inactive everywhere', { flags: [false, false], own: false }, false],
		['an own record alone', { flags: [], own: true }, false],
	])('%s: %j is %s', (_what, witness, proof) => {
		expect(provesPerOffer([{ flags: [true] }, witness, { flags: [false] }])).toBe(proof);
	});

	test('never comes from a server where active speaks of the user', () => {
		for (const { reading, show } of SERVERS) {
			if (reading !== 'perUser') continue;
			for (const enabled of [true, false]) {
				const flags = (['paused', 'active'] as const).map((access) => show({ enabled, access })).flatMap((listing) => (listing === 'listedActive' ? [true] : listing === 'listedInactive' ? [false] : []));
				expect(provesPerOffer([{ flags, own: enabled }])).toBe(false);
			}
		}
	});
});
