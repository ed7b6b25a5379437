/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs the program as its users do */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkApi } from '../../scripts/check-api/check';
import { contractFacts, ROOT } from '../../scripts/check-api/contract';
import { PROBES, UNSETTLED } from '../../scripts/check-api/probes';
import { fixtures, startStandIn, type StandIn } from '../stand-in';
import { reportOf, runTool, SleptClock, wrongOf, type Run } from './run';

const { OFFERS, PROPERTIES, USERS, EXAMS } = fixtures;
const USER = 'throw-away@example.com';
const WRONG = ['no', 'key', 'of', 'anybody'].join('-');
const WRITES = ['--allow-writes', '--user', USER, '--offer', OFFERS.empty.id];

let standIn: StandIn;
let clock: SleptClock;

beforeAll(async () => {
	clock = new SleptClock();
	standIn = await startStandIn({ users: 30, clock });
});

afterAll(async () => await standIn.close());

beforeEach(() => standIn.reset());

async function run(
	args: readonly string[] = [],
	more: Parameters<typeof runTool>[2] = {},
): Promise<Run> {
	return await runTool({ url: standIn.url, apiKey: standIn.apiKey, clock }, args, more);
}

function finding(of: Run, id: string) {
	return reportOf(of).findings.find((one) => one.id === id);
}

describe('probes', () => {
	const { points } = contractFacts();

	test('every open point has a probe, or a reason why calls do not settle it', () => {
		const named = [
			...new Set([...PROBES.map(({ point }) => point), ...UNSETTLED.map(({ point }) => point)]),
		];

		expect(named.sort()).toEqual(points.map(({ id }) => id).sort());
		expect(UNSETTLED.filter(({ point }) => PROBES.some((probe) => probe.point === point))).toEqual(
			[],
		);
		expect(new Set(PROBES.map(({ id }) => id)).size).toBe(PROBES.length);
	});

	test('what they assume is a reading of the contract, where it has readings', () => {
		for (const { id, point, assumes } of PROBES) {
			const names =
				points.find((candidate) => candidate.id === point)?.variants.map(({ name }) => name) ?? [];
			expect([id, 'reading' in assumes ? names.includes(assumes.reading) : 'sentence']).toEqual([
				id,
				names.length > 0 ? true : 'sentence',
			]);
		}
		for (const { point, assumes } of UNSETTLED) {
			const names =
				points.find((candidate) => candidate.id === point)?.variants.map(({ name }) => name) ?? [];
			expect([point, assumes === undefined || names.includes(assumes)]).toEqual([point, true]);
			expect([point, assumes === undefined]).toEqual([point, names.length === 0]);
		}
	});

	test('judge nothing from no evidence', () => {
		const reads = { lists: {}, ends: [], errors: [], limits: {}, tooMany: 0 };
		const conclusions = PROBES.map((probe) => [
			probe.id,
			'open' in probe.judge({ answers: {}, reads, seen: {} }),
		]);

		expect(conclusions.filter(([, open]) => !open)).toEqual([]);
	});
});

describe('reading', () => {
	test('sends nothing that could change something, and no key but to the API', async () => {
		const { code, err } = await run();

		expect(standIn.log.writes()).toEqual([]);
		expect(code).toBe(1);
		expect(err).toContain('It writes nothing.');
		const most = Number(/at most (\d+) times/.exec(err)?.[1]);
		expect(standIn.log.count()).toBeLessThanOrEqual(most);
		expect(
			standIn.log.entries
				.filter(({ path }) => path === '/api-json')
				.map(({ headers }) => headers['x-api-key']),
		).toEqual(['missing']);
	});

	test('keeps to four requests a second', async () => {
		await run(['--exam', EXAMS.excel.id]);
		const starts = standIn.log.entries.map(({ start }) => start);

		expect(starts.length).toBeGreaterThan(15);
		expect(starts.slice(4).filter((start, at) => start - starts[at] < 1_000)).toEqual([]);
	});

	test('finds a type of property that the node does not know, and the offer with all courses', async () => {
		standIn.school.offers.push({ id: 'ofrAlleKurse00000009', name: 'Alle Kurse', courseIds: [] });
		const of = await run();

		expect(wrongOf(of)).toEqual(['all-courses-offer', 'property-types']);
		expect(finding(of, 'property-types')?.says).toContain('Taken as text: postalAddress.');
		expect(finding(of, 'all-courses-offer')?.says).toContain('names 0 of the');
	});

	test('finds fields that the description does not name, and rows of another form', async () => {
		const rows = [
			{
				uid: 'u1',
				email: 'a@example.com',
				offers: [{ id: 'o', till: '2026-01-01T00:00:00Z' }],
				'Anna Muster': 1,
			},
		];
		standIn.fault({
			kind: 'wrongShape',
			operationId: 'listUsers',
			body: { data: rows },
			times: Infinity,
		});
		const of = await run();

		expect(finding(of, 'answer/listUsers')).toMatchObject({
			verdict: 'wrong',
			says: expect.stringContaining(
				'Not in our description: data[].offers, data[].offers[].id, data[].offers[].till.',
			),
		});
		expect(JSON.stringify(of)).not.toContain('Muster');
	});

	test('waits for a 429 as long as it says, and tells of it', async () => {
		standIn.fault({ kind: 'status', status: 429, retryAfter: 7, operationId: 'listOffers' });
		const before = clock.now();
		const of = await run();

		expect(clock.now() - before).toBeGreaterThanOrEqual(7_000);
		expect(finding(of, 'rate-limits')).toMatchObject({
			verdict: 'wrong',
			says: expect.stringContaining('1 answers with 429'),
		});
	});

	test('takes what a person saw, where no call shows it', async () => {
		const of = await run([
			'--seen',
			'plan-needed=anyPlan',
			'--seen',
			'key-page=integrations',
			'--seen',
			'page-size-cap=50',
		]);

		expect([
			finding(of, 'plan-needed'),
			finding(of, 'key-page'),
			finding(of, 'page-size-cap'),
		]).toEqual([
			expect.objectContaining({ verdict: 'wrong', reading: 'anyPlan', from: 'a person' }),
			expect.objectContaining({ verdict: 'held', reading: 'integrations', from: 'a person' }),
			expect.objectContaining({ verdict: 'wrong', reading: '50', from: 'a person' }),
		]);
		expect(of.files['contract.patch']).toContain(
			"+      - { what: 'plan-needed', verdict: wrong, reading: 'anyPlan', from: 'a person', day: '2026-06-01' }",
		);
	});
});

describe('what can not run', () => {
	const cases: Array<[string, () => void, RegExp]> = [
		[
			'a web page with 200',
			() => standIn.fault({ kind: 'html200', times: Infinity }),
			/A web page came \(status 200\)/,
		],
		[
			'a web page with 502',
			() => standIn.fault({ kind: 'html502', times: Infinity }),
			/A web page came \(status 502\)/,
		],
		[
			'429 without end',
			() => standIn.fault({ kind: 'status', status: 429, retryAfter: 1, times: Infinity }),
			/429 \(too many requests\) 4 times/,
		],
		[
			'a redirect',
			() =>
				standIn.fault({
					kind: 'redirect',
					to: 'https://elsewhere.example.com/v1/offers',
					times: Infinity,
				}),
			/redirect \(307\)\. It was not followed/,
		],
		[
			'a broken connection',
			() => standIn.fault({ kind: 'resetBefore', times: Infinity }),
			/can't be reached/,
		],
		['500', () => standIn.fault({ kind: 'status', status: 500, times: Infinity }), /answered 500/],
	];

	test.each(cases)('says so: %s', async (_name, prepare, message) => {
		prepare();
		const of = await run();

		expect([of.code, of.out, of.files]).toEqual([2, '', {}]);
		expect(of.err).toMatch(message);
		expect(of.err).not.toContain(standIn.apiKey);
	});

	test('says so: a wrong key, which is not shown', async () => {
		const of = await runTool({ url: standIn.url, apiKey: WRONG, clock }, []);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining('refused the key (401)')]);
		expect(JSON.stringify(of)).not.toContain(WRONG);
		expect(standIn.log.count()).toBe(1);
	});

	test('says so: nobody listens, and nobody answers', async () => {
		const down = await runTool({ url: 'http://127.0.0.1:1', apiKey: 'some-key', clock }, []);
		standIn.fault({ kind: 'hang', times: Infinity });
		const silent = await run([], { timeoutMs: 200 });

		expect([down.code, down.err]).toEqual([2, expect.stringMatching(/can't be reached: /)]);
		expect([silent.code, silent.err]).toEqual([
			2,
			expect.stringContaining('no answer within 0.2 seconds'),
		]);
	});

	test.each([
		[['--key', 'SECRET'], /must not stand on the command line/],
		[['--api-key=SECRET'], /must not stand on the command line/],
		[['SECRET'], /belongs to no option/],
		[['--kee=SECRET'], /--kee is not an option/],
		[['--key-env', 'SOME_KEY'], /one of them/],
		[['--base-url', 'http://api.memberspot.de'], /must be a host.*https/s],
		[['--allow-writes'], /needs --user/],
		[['--allow-writes', '--user', USER], /needs --offer/],
		[['--delete-user'], /only with --allow-writes/],
		[['--ended-user', 'a@example.com'], /belong together/],
		[['--pages', '-1'], /--pages/],
		[['--seen', 'nothing=x'], /--seen takes id=reading/],
		[['--seen', 'plan-needed=x'], /enterprise, anyPlan/],
		[['--swagger', '/does/not/exist'], /--swagger can't be read/],
	])('refuses %j before any request', async (args, message) => {
		const of = await run(args);

		expect([of.code, of.err]).toEqual([2, expect.stringMatching(message)]);
		expect(JSON.stringify(of)).not.toContain('SECRET');
		expect(standIn.log.count()).toBe(0);
	});

	test.each(['', 'two words', 'with\nline'])('refuses the key %j', async (apiKey) => {
		const of = await runTool({ url: standIn.url, apiKey, clock }, []);

		expect([of.code, standIn.log.count()]).toEqual([2, 0]);
	});
});

describe('writing', () => {
	test('asks first, and writes nothing without a yes', async () => {
		const refused = await run(WRITES, { answer: 'yes' });
		const nobody = await run(WRITES);

		expect([refused.code, nobody.code, refused.prompts.length]).toEqual([2, 2, 1]);
		expect(refused.err).toContain('Nothing was written.');
		expect(standIn.log.writes()).toEqual([]);

		const confirmed = await run(WRITES, { answer: 'write' });
		expect(confirmed.code).toBe(1);
		expect(finding(confirmed, 'grant-required-fields')?.verdict).toBe('held');
	});

	test('leaves the school as it was, but for the throw-away user, who holds nothing', async () => {
		const before = standIn.school.snapshot().users;
		const of = await run([...WRITES, '--yes']);
		const after = standIn.school.snapshot().users;

		expect(after.filter(({ email }) => email !== USER)).toEqual(before);
		expect(after.find(({ email }) => email === USER)).toMatchObject({ grants: [], properties: {} });
		expect(reportOf(of).leftBehind).toEqual([expect.stringContaining('still there')]);
		expect(standIn.log.of('deleteUsers')).toEqual([]);
	});

	test('names nobody in a write but the throw-away user and an address that nobody has', async () => {
		await run([...WRITES, '--yes', '--delete-user']);
		const named = standIn.log
			.writes()
			.flatMap(({ body }) =>
				[...JSON.stringify(body ?? {}).matchAll(/[\w.+-]+@[\w.-]+/g)].map(([email]) => email),
			);

		expect([...new Set(named.filter((email) => email !== USER))]).toEqual([
			expect.stringMatching(/^check-api-[0-9a-f]{12}@example\.com$/),
		]);
		expect(standIn.school.user(USER)).toBeUndefined();
	});

	test.each([
		[
			'holds another offer',
			() => standIn.school.grant({ email: USER, offerId: OFFERS.community.id }),
		],
		['holds an offer', () => standIn.school.grant({ email: USER, offerId: OFFERS.empty.id })],
		[
			'has values of custom properties',
			() => {
				standIn.school.addUser({ email: USER });
				standIn.school.setProperty(USER, PROPERTIES.company.id, 'x');
			},
		],
		[
			'has course progress',
			() => {
				standIn.school.addUser({ email: USER });
				standIn.school.setProgress(USER, fixtures.COURSES.yoga.id, 1);
			},
		],
	])('refuses a user who %s', async (why, prepare) => {
		prepare();
		const of = await run([...WRITES, '--yes', '--delete-user']);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining(why)]);
		expect(standIn.log.writes()).toEqual([]);
	});

	test('refuses a member as throw-away user, whatever the case of the address', async () => {
		const of = await run([
			'--allow-writes',
			'--user',
			USERS.anna.email.toUpperCase(),
			'--offer',
			OFFERS.empty.id,
			'--yes',
			'--delete-user',
		]);

		expect(of.code).toBe(2);
		expect(standIn.log.writes()).toEqual([]);
	});

	test('refuses an offer that is not there', async () => {
		const of = await run(['--allow-writes', '--user', USER, '--offer', 'unknown', '--yes']);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining('no offer with the id')]);
	});

	test('never sends a write again whose answer was lost, cleans up, and says so', async () => {
		standIn.fault({ kind: 'resetAfter', operationId: 'grantUserOfferByMail' });
		const of = await run([...WRITES, '--yes', '--delete-user']);

		expect(standIn.log.of('grantUserOfferByMail')).toHaveLength(1);
		expect([of.code, reportOf(of).interrupted]).toEqual([
			2,
			expect.stringContaining("can't be reached"),
		]);
		expect(standIn.school.grantsOf(USER)).toEqual([]);
		expect(standIn.log.of('deleteUsers')).toEqual([]);
		expect(of.out).toContain('The run ended early');
	});

	test.each<[string, unknown]>([
		['an envelope', { data: { email: USER } }],
		['a list', [{ email: USER }]],
		['a text', 'found'],
		['a user without an address', { uid: 'u1' }],
		['another user', { uid: 'u1', email: 'somebody@example.com' }],
	])('writes nothing where the look-up gives %s: that is not nobody', async (_name, body) => {
		standIn.fault({ kind: 'wrongShape', operationId: 'findUserByMail', body, times: Infinity });
		const of = await run([...WRITES, '--yes', '--delete-user']);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining("can't be told")]);
		expect(standIn.log.writes()).toEqual([]);
	});

	test.each([
		['has values of custom properties', { customUserProperties: [{ id: 'p', value: 'x' }] }],
		['has values of custom properties', { customUserProperties: 'x' }],
		['has course progress', { progress: { courseId: 1 } }],
	])('refuses a user who %s, in whatever form: %j', async (why, more) => {
		standIn.fault({
			kind: 'wrongShape',
			operationId: 'findUserByMail',
			body: { uid: 'u1', email: USER, ...more },
			times: Infinity,
		});
		const of = await run([...WRITES, '--yes']);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining(why)]);
		expect(standIn.log.writes()).toEqual([]);
	});

	test('writes nothing where the rows of a list have no address', async () => {
		standIn.fault({
			kind: 'wrongShape',
			operationId: 'listUsers',
			body: { data: [{ uid: 'u1', mail: USER }], nextPage: null },
			times: Infinity,
		});
		const of = await run([...WRITES, '--yes']);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining('without an address')]);
		expect(standIn.log.writes()).toEqual([]);
	});

	test('says before the writes that the user is there already', async () => {
		const fresh = await run(WRITES, { answer: 'no' });
		standIn.school.addUser({ email: USER });
		const known = await run(WRITES, { answer: 'no' });

		expect(fresh.prompts[0]).not.toContain('IS THERE');
		expect(known.prompts[0]).toContain('IS THERE');
	});

	test('takes a gateway that gave up for a grant that may have been done', async () => {
		standIn.fault({ kind: 'status', status: 504, operationId: 'grantUserOfferByMail' });
		const of = await run([...WRITES, '--yes', '--delete-user']);

		expect(of.code).toBe(2);
		expect(standIn.log.of('grantUserOfferByMail')).toHaveLength(1);
		expect(standIn.log.of('deleteUsers')).toEqual([]);
		expect(reportOf(of).leftBehind).toEqual([expect.stringContaining('may be there')]);
	});

	test.each([
		['where paused access is listed', 6, {}],
		[
			'where it is not, and property items name their ID otherwise',
			1,
			{ active: 'inactiveNotListed', propertyItemKey: 'propertyId' },
		],
	] as const)(
		'stopped at any write, it takes all back and says so, %s',
		async (_name, step, variants) => {
			for (let last = 0; last < 50; last += step) {
				standIn.reset();
				standIn.setVariants(variants);
				const stop = { requested: false, holds: false };
				const of = await run(
					[...WRITES, '--offer', OFFERS.earlyBirdAgain.id, '--yes', '--delete-user'],
					{
						stop,
						// It waits before each request, so this stops it before the one after the last write.
						clock: {
							now: () => clock.now(),
							sleep: async (ms) => {
								stop.requested ||= stop.holds && standIn.log.writes().length >= last;
								await clock.sleep(ms);
							},
						},
					},
				);
				const { interrupted, leftBehind } = reportOf(of);
				const most = Number(/sends up to (\d+) writes/.exec(of.err)?.[1]);

				expect(standIn.log.writes().length).toBeLessThanOrEqual(most);
				expect(standIn.school.grantsOf(USER)).toEqual([]);
				expect(standIn.school.user(USER)?.properties ?? {}).toEqual({});
				if (interrupted === undefined) {
					// It had come to its end before.
					expect([last > 20, standIn.school.user(USER)]).toEqual([true, undefined]);

					return;
				}
				expect([of.code, interrupted]).toEqual([2, 'It was stopped by hand.']);
				expect(standIn.log.of('deleteUsers')).toEqual([]);
				expect([last, leftBehind]).toEqual([last, [expect.stringContaining('still there')]]);
			}
			throw new Error('it never came to its end');
		},
		60_000,
	);

	test('stopped before the first write, it writes nothing and leaves nothing', async () => {
		const of = await run([...WRITES, '--yes'], { stop: { requested: true, holds: true } });

		expect(standIn.log.writes()).toEqual([]);
		expect(reportOf(of)).toMatchObject({ interrupted: 'It was stopped by hand.', leftBehind: [] });
	});

	test('with one offer does not claim what only two can show', async () => {
		standIn.school.offers.splice(0, standIn.school.offers.length, {
			...OFFERS.empty,
			courseIds: [...OFFERS.empty.courseIds],
		});
		const of = await run([...WRITES, '--yes']);

		expect(finding(of, 'active-meaning')).toMatchObject({
			verdict: 'open',
			says: expect.stringContaining('give --offer twice'),
		});
	});
});

describe('what comes out', () => {
	/** Data that can be found again, wherever it stands. */
	function recognisable(): string[] {
		const traces = [
			'Zebulon',
			'Quastenflosser',
			'zebulon.q@example.org',
			'Geheimfirma',
			'ofrGeheim00000000001',
			'Geheimangebot',
			'crsGeheim00000000001',
			'ORD-GEHEIM-77',
			'UidGeheim0000000000000000099',
			'quastenhaustier',
		];
		// A name that could be one of a field.
		standIn.school.properties.push({
			id: 'quastenhaustier_id',
			name: 'quastenhaustier',
			type: 'text',
		});
		standIn.school.courses.push({ id: traces[6], name: 'x', activePosts: 9 });
		standIn.school.offers.unshift({ id: traces[4], name: traces[5], courseIds: [traces[6]] });
		standIn.school.addUser({
			uid: traces[8],
			email: traces[2],
			firstname: traces[0],
			name: traces[1],
			properties: { [PROPERTIES.company.id]: traces[3], quastenhaustier_id: 'x' },
			progress: { [traces[6]]: 4 },
		});
		standIn.school.grant({ email: traces[2], offerId: traces[4], orderId: traces[7] });

		return traces;
	}

	test.each([
		['by default', {}],
		[
			'with names as keys, and bare tokens',
			{ propertyUserKeys: 'name', loginTokenAnswer: 'bareString', usersEnvelope: 'array' },
		],
	] as const)("holds neither the key nor anybody's data, %s", async (_name, variants) => {
		standIn.setVariants(variants);
		const traces = recognisable();
		for (const json of [[], ['--json']]) {
			const of = await run([
				...WRITES,
				'--yes',
				'--delete-user',
				'--limits',
				'--exam',
				EXAMS.excel.id,
				'--ended-user',
				'zebulon.q@example.org',
				'--ended-offer',
				'ofrGeheim00000000001',
				...json,
			]);
			const all = [of.out, of.err, ...of.prompts, ...Object.values(of.files)].join('\n');
			const members = [...standIn.school.users()].flatMap(({ uid, email }) => [uid, email]);
			const tokens = standIn.school.loginTokens.map(({ token }) => token);

			expect(Object.keys(of.files)).toHaveLength(3);
			expect(tokens).not.toEqual([]);
			expect(
				[
					...traces,
					...members,
					...tokens,
					standIn.apiKey,
					USER,
					USERS.anna.name,
					'Schmidt GmbH',
				].filter((trace) => all.includes(trace)),
			).toEqual([]);
		}
	});

	test('an error that repeats data is not repeated', async () => {
		standIn.fault({
			kind: 'status',
			status: 404,
			body: {
				statusCode: 404,
				message: 'User zebulon.q@example.org not found',
				error: 'Not Found',
				zebulonQuast: 1,
			},
			operationId: 'findUserByMail',
			times: Infinity,
		});
		const of = await run();

		expect(JSON.stringify(of)).not.toMatch(/zebulon/i);
		expect(finding(of, 'error-codes')?.verdict).toBe('wrong');
	});

	test('is JSON alone on stdout with --json', async () => {
		const of = await run(['--json']);

		expect(JSON.parse(of.out)).toEqual(JSON.parse(of.files['report.json']));
	});

	test('says that a server on this machine is not Memberspot', async () => {
		const of = await run();

		for (const text of [of.out, of.files['report.md'], of.files['contract.patch']])
			expect(text).toContain('not Memberspot');
	});
});

test('a header that names a limit is found, and a text in it that is no limit is not shown', async () => {
	const limited = await listen((request, response) => {
		response.setHeader('X-RateLimit-Limit', '60');
		response.setHeader('X-RateLimit-Policy', 'school "Zebulon"');
		response.setHeader('content-type', 'application/json');
		response.statusCode = request.url === '/v1/offers' ? 200 : 404;
		response.end('[]');
	});
	const of = await runTool({ url: limited.url, apiKey: standIn.apiKey, clock }, []);
	await limited.close();

	expect(finding(of, 'rate-limits')).toMatchObject({
		verdict: 'wrong',
		says: expect.stringContaining('x-ratelimit-limit 60'),
	});
	expect(JSON.stringify(of)).not.toContain('Zebulon');
});

test('a Swagger file of the API that can not be read costs no other result', async () => {
	const proxy = await listen((request, response) => {
		if (request.url === '/api-json') {
			response.setHeader('content-type', 'application/json');
			response.end(
				'{"openapi":"3.0.0","paths":{"/x":{"get":{"requestBody":{"$ref":"#/gone"},"responses":{}}}}}',
			);

			return;
		}
		void fetch(`${standIn.url}${request.url ?? ''}`, {
			headers: { 'x-api-key': String(request.headers['x-api-key'] ?? '') },
		}).then(async (answer) => {
			response.statusCode = answer.status;
			response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain');
			response.end(await answer.text());
		});
	});
	const of = await runTool({ url: proxy.url, apiKey: standIn.apiKey, clock }, []);
	await proxy.close();

	expect(of.code).not.toBe(2);
	expect(reportOf(of).differences).toBeUndefined();
	for (const text of [of.out, of.files['report.md']])
		expect(text).toContain('references that lead nowhere');
});

test('an answer without end is not read to it', async () => {
	const endless = await listen((_request, response) => {
		response.setHeader('content-type', 'application/json');
		const more = () => {
			while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' ')));
		};
		response.on('drain', more);
		more();
	});
	const of = await runTool({ url: endless.url, apiKey: standIn.apiKey, clock }, []);
	await endless.close();

	expect([of.code, of.err]).toEqual([2, expect.stringContaining('larger than 32 MB')]);
});

test('ended by hand while it reads, it says that nothing was written', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-test-'));
	writeFileSync(join(folder, 'key'), 'a-key\n');
	let asked: () => void = () => undefined;
	const first = new Promise<void>((resolve) => (asked = resolve));
	const silent = await listen(() => asked());
	try {
		const ended = program(
			['--key-file', join(folder, 'key'), '--base-url', silent.url],
			{},
			async (child) => {
				await first;
				child.kill('SIGINT');
			},
		);

		expect(await ended).toMatchObject({
			code: 130,
			err: expect.stringContaining('Nothing was written'),
		});
	} finally {
		await silent.close();
		rmSync(folder, { recursive: true });
	}
}, 60_000);

test('without a place for the report nothing is asked', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-test-'));
	try {
		writeFileSync(join(folder, 'file'), '');
		const of = await run(['--out', join(folder, 'file', 'report')]);

		expect([of.code, of.err]).toEqual([2, expect.stringContaining('--out')]);
		expect(standIn.log.count()).toBe(0);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('follows no redirect, so that the key reaches one host only', async () => {
	const seen: unknown[] = [];
	const elsewhere = await listen((request, response) => {
		seen.push(request.headers['x-api-key']);
		response.end('[]');
	});
	standIn.fault({ kind: 'redirect', to: `${elsewhere.url}/v1/offers`, times: Infinity });
	const of = await run();
	await elsewhere.close();

	expect([of.code, seen]).toEqual([2, []]);
});

test('is a program: help, an environment variable, and the exit code', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'check-api-test-'));
	writeFileSync(join(folder, 'key'), 'a-key\n');
	try {
		const help = await program(['--help'], {});
		const down = await program(['--key-env', 'A_KEY', '--base-url', 'http://127.0.0.1:1'], {
			A_KEY: 'secret-key-123',
		});

		expect([help.code, help.out]).toEqual([0, expect.stringContaining('--allow-writes')]);
		expect([down.code, down.err]).toEqual([2, expect.stringContaining("can't be reached")]);
		expect(down.out + down.err).not.toContain('secret-key-123');
	} finally {
		rmSync(folder, { recursive: true });
	}
}, 60_000);

test('every option in the help is explained in docs/check-api.md', async () => {
	let help = '';
	await checkApi(['--help'], {
		out: (text) => (help += text),
		err: () => {},
		prompt: async () => await Promise.resolve(undefined),
		env: {},
		clock,
		timeoutMs: 1,
		stop: { requested: false, holds: false },
	});
	const { readFileSync } = await import('node:fs');
	const docs = readFileSync(join(ROOT, 'docs', 'check-api.md'), 'utf8');
	const options = [
		...new Set([...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option)),
	];

	expect(options.length).toBeGreaterThan(15);
	expect(options.filter((option) => !docs.includes(`\`${option}`))).toEqual([]);
});

async function listen(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');

	return {
		url: `http://127.0.0.1:${address.port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

async function program(
	args: string[],
	env: { [name: string]: string },
	meanwhile: (child: ChildProcess) => Promise<void> = async () => await Promise.resolve(),
): Promise<{ code: number | null; out: string; err: string }> {
	const child = spawn(
		process.execPath,
		[join('scripts', 'run-ts.cjs'), join('scripts', 'check-api', 'main.ts'), ...args],
		{
			cwd: ROOT,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	let [out, err] = ['', ''];
	child.stdout.on('data', (chunk) => (out += String(chunk)));
	child.stderr.on('data', (chunk) => (err += String(chunk)));
	const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
	await meanwhile(child);
	const code = await closed;

	return { code, out, err };
}
