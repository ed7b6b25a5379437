import { readBody } from '../../nodes/Memberspot/webhook/body';
import { readEventFilter, passesFilter } from '../../nodes/Memberspot/webhook/filter';
import { RecentDeliveries } from '../../nodes/Memberspot/webhook/duplicates';
import {
	receive,
	type Delivery,
	type ReceiveSettings,
} from '../../nodes/Memberspot/webhook/receive';
import { isSecret } from '../../nodes/Memberspot/webhook/secret';
import { readWebhookSettings } from '../../nodes/Memberspot/webhook/settings';
import { checkSetup, isPublicAddress, isSecretId } from '../../nodes/Memberspot/webhook/setup';

const settings = (changes: Partial<ReceiveSettings> = {}): ReceiveSettings => ({
	secret: { in: 'nowhere' },
	filter: readEventFilter(''),
	passOnTest: false,
	simplify: true,
	includeHeaders: false,
	...changes,
});

const delivery = (body: unknown, changes: Partial<Delivery> = {}): Delivery => ({
	body,
	headers: {},
	query: {},
	addressIsSecret: true,
	...changes,
});

describe('what a call of the webhook does', () => {
	test('the test of the address is answered and starts nothing', () => {
		expect(receive(delivery({ event: 'auth_test' }), settings())).toEqual({
			do: 'ignore',
			event: 'auth_test',
			because: 'test',
		});
	});

	test('an event whose name only begins like the test is no test', () => {
		expect(receive(delivery({ event: 'auth_test_2' }), settings()).do).toBe('start');
	});

	test('the test starts the workflow where it is asked for, whatever the filter', () => {
		const decision = receive(
			delivery({ event: 'auth_test' }),
			settings({ passOnTest: true, filter: readEventFilter('other') }),
		);
		expect(decision).toEqual({ do: 'start', event: 'auth_test', json: { event: 'auth_test' } });
	});

	test.each<[string, unknown, object]>([
		['an object', { event: 'x', user: { uid: 'u1' } }, { event: 'x', user: { uid: 'u1' } }],
		['an object without a name', { uid: 'u1' }, { event: null, uid: 'u1' }],
		['an event that is no text', { event: { type: 'x' } }, { event: { type: 'x' } }],
		['a list', [{ a: 1 }, 2], { event: null, body: [{ a: 1 }, 2] }],
		['a text', 'hello', { event: null, body: 'hello' }],
		['a number', 7, { event: null, body: 7 }],
		['true', true, { event: null, body: true }],
		['nothing', undefined, { event: null, body: null }],
		['null', null, { event: null, body: null }],
		['a form', { event: 'x', email: 'a@example.com' }, { event: 'x', email: 'a@example.com' }],
	])('%s passes through unchanged', (_name, body, json) => {
		expect(receive(delivery(body), settings())).toMatchObject({ do: 'start', json });
	});

	test.each<[string, unknown, object]>([
		['an object', { event: 'x', a: 1 }, { event: 'x', body: { event: 'x', a: 1 } }],
		['a list', [1], { event: null, body: [1] }],
	])('not simplified, %s stands under body as it came', (_name, body, json) => {
		expect(receive(delivery(body), settings({ simplify: false }))).toMatchObject({
			do: 'start',
			json,
		});
	});

	test('an event that is filtered out is answered and starts nothing', () => {
		expect(receive(delivery({ event: 'b' }), settings({ filter: readEventFilter('a') }))).toEqual({
			do: 'ignore',
			event: 'b',
			because: 'filter',
		});
		expect(receive(delivery([1]), settings({ filter: readEventFilter('a') }))).toEqual({
			do: 'ignore',
			event: undefined,
			because: 'filter',
		});
	});

	describe('with a secret', () => {
		const inHeader = settings({ secret: { in: 'header', name: 'X-Secret', value: 's3cret' } });
		const inQuery = settings({ secret: { in: 'query', name: 'secret', value: 's3cret' } });

		test('the right one in the right place opens', () => {
			expect(
				receive(delivery({ event: 'x' }, { headers: { 'x-secret': 's3cret' } }), inHeader).do,
			).toBe('start');
			expect(receive(delivery({ event: 'x' }, { query: { secret: 's3cret' } }), inQuery).do).toBe(
				'start',
			);
			expect(
				receive(
					delivery({ event: 'x' }, { query: { secret: 's3cret' }, addressIsSecret: false }),
					inQuery,
				).do,
			).toBe('start');
		});

		test.each<[string, ReceiveSettings, Partial<Delivery>]>([
			['none at all', inHeader, {}],
			['a wrong one', inHeader, { headers: { 'x-secret': 'wrong' } }],
			['a beginning of it', inHeader, { headers: { 'x-secret': 's3cre' } }],
			[
				'the right one in the other place',
				inHeader,
				{ query: { 'X-Secret': 's3cret', secret: 's3cret' } },
			],
			['a list with the right one in it', inQuery, { query: { secret: ['s3cret', 'x'] } }],
			['an object', inQuery, { query: { secret: { a: 's3cret' } } }],
			['the right name in another case', inQuery, { query: { Secret: 's3cret' } }],
		])('%s is refused, and nothing is told or started', (_name, chosen, changes) => {
			expect(receive(delivery({ event: 'auth_test' }, changes), chosen)).toEqual({
				do: 'refuse',
				status: 401,
				message: 'Not authorized',
			});
			expect(receive(delivery({ event: 'x' }, changes), chosen)).toEqual({
				do: 'refuse',
				status: 401,
				message: 'Not authorized',
			});
		});

		test('an umlaut in a header is understood, in either of the two forms in which it is sent', () => {
			const umlaut = settings({ secret: { in: 'header', name: 'x', value: 'schlüssel' } });
			for (const [given, opens] of [
				['schlüssel', 'start'],
				[Buffer.from('schlüssel').toString('latin1'), 'start'],
				['schlussel', 'refuse'],
			])
				expect(receive(delivery({ event: 'x' }, { headers: { x: given } }), umlaut).do).toBe(opens);
		});

		test('a setting that is none of its choices opens to nobody', () => {
			const unclear = settings({ secret: { in: 'unclear' } });
			for (const event of ['x', 'auth_test'])
				expect(receive(delivery({ event }, { query: { secret: 's3cret' } }), unclear)).toEqual({
					do: 'refuse',
					status: 401,
					message: 'Not authorized',
				});
		});

		test('one that came out empty is never skipped', () => {
			const empty = settings({ secret: { in: 'query', name: 'secret', value: '' } });
			for (const query of [{}, { secret: '' }, { secret: undefined }, { secret: 'x' }]) {
				expect(receive(delivery({ event: 'x' }, { query }), empty)).toMatchObject({
					do: 'refuse',
					status: 401,
				});
			}
		});
	});

	test('an address that can be guessed is refused where there is no secret', () => {
		expect(receive(delivery({ event: 'x' }, { addressIsSecret: false }), settings())).toMatchObject(
			{ do: 'refuse', status: 403 },
		);
	});

	test('B99: headers come without secrets, wherever the secret turns up', () => {
		const headers = {
			'content-type': 'application/json',
			'x-list': ['a', 'b'],
			'x-secret': 's3 cret',
			authorization: 'Basic x',
			'proxy-authorization': 'Basic x',
			cookie: 'a=b',
			'x-api-key': 'k',
			'x-original-url': '/webhook/1?secret=s3%20cret',
			referer: 'https://n8n.example/?s=s3 cret',
			'x-form-url': '/webhook/1?secret=s3+cret&broken=%ff%',
			'x-odd-url': '/webhook/1?secret=%733%20cret',
			missing: undefined,
		};
		const raw = { simplify: false, includeHeaders: true };
		expect(
			receive(
				delivery({}, { headers }),
				settings({ ...raw, secret: { in: 'header', name: 'X-SECRET', value: 's3 cret' } }),
			),
		).toMatchObject({
			do: 'start',
			json: { headers: { 'content-type': 'application/json', 'x-list': 'a, b' } },
		});
		const decision = receive(
			delivery({}, { headers, query: { secret: 's3 cret' } }),
			settings({ ...raw, secret: { in: 'query', name: 'secret', value: 's3 cret' } }),
		);
		expect(JSON.stringify(decision)).not.toMatch(/(s|%73)3(%20|\+| )cret/);
		expect(
			receive(delivery({}, { headers }), settings({ simplify: true, includeHeaders: true })),
		).toMatchObject({ json: { event: null } });
	});
});

describe('the list of event names', () => {
	test.each<[string, string | undefined, boolean]>([
		['', 'anything', true],
		['', undefined, true],
		[' , ;\n', 'anything', true],
		['a,b', 'b', true],
		['a\nb;c', 'c', true],
		['a', 'A', false],
		['a', 'ab', false],
		['course_*', 'course_completed', true],
		['course_*', 'course', false],
		['*', 'anything', true],
		['*', undefined, true],
		['a', undefined, false],
		['a*', undefined, false],
	])('%j and the event %j: %s', (text, event, passes) => {
		expect(passesFilter(readEventFilter(text), event)).toBe(passes);
	});
});

describe('the body', () => {
	test.each<[string, unknown, string | undefined, unknown]>([
		['what n8n has read', { a: 1 }, '{"b":2}', { a: 1 }],
		['JSON that n8n left unread', {}, '\ufeff{"event":"x"}', { event: 'x' }],
		['a list that n8n left unread', undefined, '[1]', [1]],
		[
			'JSON that came as text',
			'{"event":"auth_test"}',
			'{"event":"auth_test"}',
			{ event: 'auth_test' },
		],
		['a text', 'hello', 'hello', 'hello'],
		['a text of one number', '7', '7', '7'],
		['a text that n8n left unread', {}, 'hello', 'hello'],
		['an empty object', {}, '{}', {}],
		['nothing', {}, '', {}],
		['nothing, without bytes', undefined, undefined, undefined],
		['null', null, 'null', 'null'],
	])('%s', (_name, parsed, raw, body) => {
		expect(readBody(parsed, raw === undefined ? undefined : Buffer.from(raw))).toEqual(body);
	});
});

describe('secrets', () => {
	test.each<[unknown, string, boolean]>([
		['abc', 'abc', true],
		['ä€', 'ä€', true],
		['abc', 'abd', false],
		['', '', false],
		[undefined, '', false],
		[undefined, 'undefined', false],
		[['abc'], 'abc', false],
	])('%j for %j: %s', (given, expected, same) => {
		expect(isSecret(given, expected)).toBe(same);
	});
});

describe('deliveries seen lately', () => {
	test('an equal one within the window is a repeat, a later one is not', () => {
		const recent = new RecentDeliveries();
		expect(recent.isRepeat('a', 0, 1_000)).toBe(false);
		expect(recent.isRepeat('b', 10, 1_000)).toBe(false);
		expect(recent.isRepeat('a', 50, 1_000)).toBe(true);
		expect(recent.isRepeat('a', 1_000, 1_000)).toBe(false);
		expect(recent.isRepeat('a', 1_999, 1_000)).toBe(true);
	});

	test('one that came to nothing is taken again, whenever that shows', () => {
		const recent = new RecentDeliveries();
		let failed = false;
		recent.isRepeat('a', 0, 1_000, () => failed);
		expect(recent.isRepeat('a', 1, 1_000)).toBe(true);
		failed = true;
		expect(recent.isRepeat('a', 2, 1_000)).toBe(false);
		expect(recent.isRepeat('a', 3, 1_000)).toBe(true);
		recent.isRepeat('b', 4, 1_000, () => failed);
		recent.settle('b');
		expect(recent.isRepeat('b', 5, 1_000)).toBe(true);
	});

	test('a clock that is set back does not make later equal bodies repeats', () => {
		const recent = new RecentDeliveries();
		recent.isRepeat('a', 10_000, 1_000);
		expect(recent.isRepeat('a', 9_500, 1_000)).toBe(true);
		expect(recent.isRepeat('a', 5_000, 1_000)).toBe(false);
	});

	test('memory is bounded, and the oldest go first', () => {
		const recent = new RecentDeliveries(3);
		for (const key of ['a', 'b', 'c', 'd']) recent.isRepeat(key, 0, 1_000);
		expect(recent.size).toBe(3);
		expect(recent.isRepeat('b', 1, 1_000)).toBe(true);
		expect(recent.isRepeat('a', 1, 1_000)).toBe(false);
		expect(recent.size).toBe(3);
	});
});

describe('settings', () => {
	const read = (values: { [name: string]: unknown }) =>
		readWebhookSettings((name, fallback) => (name in values ? values[name] : fallback));

	test('a saved node without any parameter gets the defaults', () => {
		expect(read({})).toEqual({
			secret: { in: 'nowhere' },
			filter: { exact: new Set(), prefixes: [] },
			passOnTest: false,
			simplify: true,
			includeHeaders: false,
			repeatWindowMs: undefined,
		});
	});

	test('every setting arrives', () => {
		expect(
			read({
				secretIn: 'header',
				fieldName: ' X-A ',
				secret: 's',
				onlyEvents: 'a,b*',
				simplify: false,
				options: { passOnTest: true, includeHeaders: true, ignoreRepeats: true },
			}),
		).toEqual({
			secret: { in: 'header', name: 'X-A', value: 's' },
			filter: { exact: new Set(['a']), prefixes: ['b'] },
			passOnTest: true,
			simplify: false,
			includeHeaders: true,
			repeatWindowMs: 600_000,
		});
		expect(read({ options: { ignoreRepeats: true, repeatWindow: 1 } }).repeatWindowMs).toBe(60_000);
		for (const repeatWindow of [0, -1, 'a'])
			expect(
				read({ options: { ignoreRepeats: true, repeatWindow } }).repeatWindowMs,
			).toBeUndefined();
	});

	test.each([null, undefined, '', 'Header', 'querry', 7])(
		'a place for the secret that an expression left as %j is none',
		(secretIn) => {
			expect(read({ secretIn, secret: 's' }).secret).toEqual({ in: 'unclear' });
		},
	);

	test('a secret that an expression left empty stays demanded', () => {
		expect(read({ secretIn: 'query', fieldName: 's', secret: null }).secret).toEqual({
			in: 'query',
			name: 's',
			value: '',
		});
		expect(read({ secretIn: 'query', fieldName: 's', secret: 4711 }).secret).toEqual({
			in: 'query',
			name: 's',
			value: '4711',
		});
	});
});

describe('before publishing', () => {
	test.each<[string, Parameters<typeof checkSetup>, string | undefined]>([
		['an unguessable address alone', [{ in: 'nowhere' }, true], undefined],
		['a secret alone', [{ in: 'query', name: 's', value: 'x' }, false], undefined],
		['neither', [{ in: 'nowhere' }, false], 'The address of this webhook can be guessed'],
		['an empty secret', [{ in: 'query', name: 's', value: '' }, true], 'Secret Value is empty'],
		[
			'a secret without a name',
			[{ in: 'header', name: '', value: 'x' }, true],
			'Secret Name is empty',
		],
		[
			'a secret that no header can carry',
			[{ in: 'header', name: 'x', value: 'x\n' }, true],
			'Secret Value begins or ends with a space',
		],
		['the same in the address', [{ in: 'query', name: 'x', value: 'x ' }, true], undefined],
		['no choice of the setting', [{ in: 'unclear' }, true], 'Secret is none of its choices'],
	])('%s', (_name, args, message) => {
		expect(checkSetup(...args)?.message).toBe(message);
	});

	test.each<[unknown, boolean]>([
		['d6f0a1b2', true],
		['', false],
		[' ', false],
		[undefined, false],
		[null, false],
	])('the id %j keeps strangers out: %s', (id, keeps) => {
		expect(isSecretId(id)).toBe(keeps);
	});

	test.each<[string, boolean]>([
		['https://n8n.example.com/webhook/1', true],
		['https://93.184.216.34/webhook/1', true],
		['https://[2606:2800:220:1::1]/webhook', true],
		['http://n8n.example.com/webhook/1', false],
		['https://localhost/webhook/1', false],
		['https://n8n/webhook/1', false],
		['https://n8n.local/webhook/1', false],
		['https://10.0.0.5/webhook', false],
		['https://127.0.0.1/webhook', false],
		['https://192.168.1.5/webhook', false],
		['https://172.20.0.2/webhook', false],
		['https://172.32.0.2/webhook', true],
		['https://169.254.1.1/webhook', false],
		['https://[::1]/webhook', false],
		['https://[fd00::1]/webhook', false],
		['not an address', false],
	])('B96: %s is public: %s', (url, isPublic) => {
		expect(isPublicAddress(url)).toBe(isPublic);
	});
});
