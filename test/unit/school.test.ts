import { coursesOf } from '../../nodes/Memberspot/school/courses';
import { parseOffer, parseProperty, parseUser, userKey } from '../../nodes/Memberspot/school/parse';
import { Roster } from '../../nodes/Memberspot/school/roster';
import { findOffer } from '../../nodes/Memberspot/school/school';
import { percentOf, simplifyUser } from '../../nodes/Memberspot/school/simplify';
import type { Offer, User } from '../../nodes/Memberspot/school/types';
import { InputError } from '../../nodes/Memberspot/transport';
import type { ReadPage } from '../../nodes/Memberspot/transport';

const offer = (id: string, name: string, courseIds: string[] = []): Offer => ({ id, name, courseIds, raw: { id, name } });

describe('parseUser', () => {
	test.each<[unknown, { uid?: string; email: string } | undefined]>([
		[{ uid: 'u1', email: 'anna@example.com' }, { uid: 'u1', email: 'anna@example.com' }],
		[{ email: 'anna@example.com' }, { uid: undefined, email: 'anna@example.com' }],
		[{ uid: 7 }, { uid: '7', email: '' }],
		[{ uid: '', email: null }, undefined],
		[{ error: 'x' }, undefined],
		[[], undefined],
		['anna@example.com', undefined],
		[null, undefined],
	])('%j', (value, expected) => {
		const user = parseUser(value);
		if (expected === undefined) expect(user).toBeUndefined();
		else expect(user).toEqual({ ...expected, raw: value });
	});

	test('a member without a uid is told apart by the address', () => {
		expect(userKey({ uid: 'u1', email: 'a@example.com', raw: {} })).toBe('u1');
		expect(userKey({ email: 'a@example.com', raw: {} })).toBe('a@example.com');
	});
});

describe('parseOffer', () => {
	test.each<[unknown, Omit<Offer, 'raw'> | undefined]>([
		[{ id: 'o1', name: 'Excel', hasCourseIds: ['c1', 2, 'c2'] }, { id: 'o1', name: 'Excel', courseIds: ['c1', 'c2'] }],
		[{ id: 'o1', name: '  ' }, { id: 'o1', name: 'o1', courseIds: [] }],
		[{ id: 4711 }, { id: '4711', name: '4711', courseIds: [] }],
		[{ name: 'Excel' }, undefined],
		['o1', undefined],
	])('%j', (value, expected) => {
		const parsed = parseOffer(value);
		if (expected === undefined) expect(parsed).toBeUndefined();
		else expect(parsed).toMatchObject(expected);
	});
});

describe('parseProperty', () => {
	test.each<[unknown, string[] | undefined]>([
		[{ id: 'p1', options: ['Gold', 'Silver'] }, ['Gold', 'Silver']],
		[{ id: 'p1', choices: [{ value: 'g', label: 'Gold' }, { name: 'Silver' }, { label: 'Bronze' }, { id: 4 }] }, ['g', 'Silver', 'Bronze', '4']],
		[{ id: 'p1', values: [1, 2] }, ['1', '2']],
		[{ id: 'p1', options: [] }, undefined],
		[{ id: 'p1', options: [{}] }, undefined],
		[{ id: 'p1', options: 'Gold' }, undefined],
		[{ id: 'p1' }, undefined],
	])('reads the choices of %j', (value, choices) => {
		expect(parseProperty(value)?.choices).toEqual(choices);
	});

	test('is none without an id, and goes by its id without a name', () => {
		expect(parseProperty({ name: 'Level' })).toBeUndefined();
		expect(parseProperty(null)).toBeUndefined();
		expect(parseProperty({ id: 'p1', name: '', type: 5 })).toMatchObject({ id: 'p1', name: 'p1', type: '' });
	});
});

describe('findOffer', () => {
	const offers = [offer('o1', 'Excel Basics'), offer('o2', 'excel basics'), offer('o3', 'Übung'), offer('o4', 'Twice'), offer('o5', 'Twice')];

	test.each([
		['Excel Basics', 'o1'],
		['excel basics', 'o2'],
		['U\u0308bung', 'o3'],
		[' ÜBUNG ', 'o3'],
	])('%j is offer %s', (name, id) => {
		expect(findOffer(offers, name).id).toBe(id);
	});

	function refusal(list: Offer[], name: string): InputError {
		try {
			findOffer(list, name);
		} catch (error) {
			if (error instanceof InputError) return error;
		}
		throw new Error(`${name} was not refused`);
	}

	test('a name that fits several offers is refused with their ids', () => {
		expect(refusal(offers, 'Twice').nextStep).toBe('Choose the offer by its ID: o4 (Twice), o5 (Twice)');
		expect(refusal(offers, 'EXCEL BASICS').nextStep).toBe('Choose the offer by its ID: o1 (Excel Basics), o2 (excel basics)');
	});

	test('a name that fits none is refused with the names there are', () => {
		expect(refusal(offers, 'Word').nextStep).toBe('Offers of your school: Excel Basics, excel basics, Übung, Twice, Twice');
		expect(refusal([], 'Word').nextStep).toBe('Your school has no offers yet');
		const many = Array.from({ length: 11 }, (_, i) => offer(`o${i}`, `Offer ${i}`));
		expect(refusal(many, 'Word').nextStep).toMatch(/Offer 9 and more$/);
	});
});

test('coursesOf names the offers a course is in, each once', () => {
	const offers = [offer('o1', 'Excel Basics', ['courseAbCdEf', 'c2', 'c2']), offer('o2', 'Bundle B', ['courseAbCdEf'])];
	expect(coursesOf(offers).map(({ courseId, label }) => [courseId, label])).toEqual([
		['courseAbCdEf', 'Course courseAb… (in: Excel Basics, Bundle B)'],
		['c2', 'Course c2 (in: Excel Basics)'],
	]);
});

describe('simplifyUser', () => {
	const user = (raw: User['raw']): User => ({ uid: 'u1', email: 'anna@example.com', raw });

	test('B48: keeps null where Memberspot gives null, and where it gives nothing', () => {
		expect(simplifyUser(user({ firstname: null, customUserProperties: { p1: null } }), [])).toEqual({
			uid: 'u1', email: 'anna@example.com', firstName: null, lastName: null, active: null, created: null, properties: { p1: null },
		});
		expect(simplifyUser({ email: 'anna@example.com', raw: {} }, []).uid).toBeNull();
	});

	test('names properties, and lets two of the same name stand side by side', () => {
		const definitions = [
			{ id: 'p1', name: 'Level', type: 'text', raw: {} },
			{ id: 'p2', name: 'Level', type: 'text', raw: {} },
		];
		expect(simplifyUser(user({ customUserProperties: { p1: 'a', p2: 'b', Other: 'c' } }), definitions).properties).toEqual({ Level: 'a', p2: 'b', Other: 'c' });
	});

	test.each<[unknown, unknown]>([
		['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
		[{ _seconds: 10 }, '1970-01-01T00:00:10.000Z'],
		['soon', 'soon'],
		[undefined, null],
	])('shows a creation time of %j as %j', (created, shown) => {
		expect(simplifyUser(user(created === undefined ? {} : { created: created as string }), []).created).toEqual(shown);
	});

	test('adds the percentage to each course, and leaves out what is no row', () => {
		expect(simplifyUser(user({ progress: [{ courseId: 'c1', activePosts: 8, completedPosts: 2 }, 'x' as never] }), []).progress).toEqual([
			{ courseId: 'c1', activePosts: 8, completedPosts: 2, percent: 25 },
		]);
	});
});

test.each<[unknown, unknown, number | null]>([
	[3, 12, 25],
	[1, 3, 33.3],
	[0, 12, 0],
	[0, 0, null],
	[13, 12, 100],
	[-1, 12, 0],
	['3', 12, null],
	[3, undefined, null],
])('%p of %p lessons is %p percent', (completedPosts, activePosts, percent) => {
	expect(percentOf({ completedPosts: completedPosts as number, activePosts: activePosts as number })).toBe(percent);
});

describe('Roster', () => {
	/** A list of users in pages, which counts the pages that were really read. */
	function listOf(...pages: Array<Array<[email: string, active?: unknown]>>) {
		const read = { pages: 0 };
		async function* generate(): AsyncGenerator<ReadPage<User>, void, undefined> {
			for (const [index, rows] of pages.entries()) {
				read.pages++;
				await Promise.resolve();
				yield {
					number: index + 1,
					last: index === pages.length - 1,
					rows: rows.map(([email, active]) => ({ email, raw: { email, active: active as boolean } })),
				};
			}
		}

		const list = generate();

		return { read, list, roster: new Roster(list) };
	}

	test('reads only as far as needed, and never a page twice, however many ask at once', async () => {
		const { read, roster } = listOf([['a@example.com', true]], [['b@example.com', false]], [['C@Example.com', 'yes']]);
		expect(await Promise.all(['b@example.com', 'a@example.com', 'b@example.com'].map(async (email) => await roster.find(email)))).toEqual([
			{ listed: true, active: false },
			{ listed: true, active: true },
			{ listed: true, active: false },
		]);
		expect(read.pages).toBe(2);
		expect(await roster.find('c@example.com')).toEqual({ listed: true, active: undefined });
		expect(await roster.find('d@example.com')).toEqual({ listed: false });
		expect(read.pages).toBe(3);
	});

	test('a list that was not read to its end proves no absence', async () => {
		async function* cut(): AsyncGenerator<ReadPage<User>, void, undefined> {
			yield { number: 1, last: false, rows: [{ email: 'a@example.com', raw: {} }] };
		}
		const roster = new Roster(cut());
		expect(await roster.find('b@example.com')).toEqual({ listed: undefined });
		expect(roster.knows('A@example.com')).toBe(true);
	});

	test('the first row about a member counts, and what the run did itself counts more', async () => {
		const { roster } = listOf([['a@example.com', true], ['a@example.com', false]]);
		expect(await roster.find('a@example.com')).toEqual({ listed: true, active: true });
		roster.note('A@example.com', false);
		expect(await roster.find('a@example.com')).toEqual({ listed: true, active: false });
	});

	test('a page that fails fails for everybody who asks, until the list is begun again', async () => {
		async function* failing(): AsyncGenerator<ReadPage<User>, void, undefined> {
			yield { number: 1, last: false, rows: [{ email: 'a@example.com', raw: { active: true } }] };
			throw new Error('page 2');
		}
		const roster = new Roster(failing());
		await expect(Promise.all([roster.find('b@example.com')])).rejects.toThrow('page 2');
		// Not "longer than may be read": a grant that takes this for an answer would grant twice.
		await expect(roster.find('c@example.com')).rejects.toThrow('page 2');
		expect(roster.isBroken).toBe(true);
		expect(await roster.find('a@example.com')).toEqual({ listed: true, active: true });

		roster.note('a@example.com', false);
		roster.restart(listOf([['a@example.com', true], ['b@example.com', true]]).list);
		expect(roster.isBroken).toBe(false);
		expect(await roster.find('b@example.com')).toEqual({ listed: true, active: true });
		expect(await roster.find('c@example.com')).toEqual({ listed: false });
		expect(await roster.find('a@example.com')).toEqual({ listed: true, active: false });
	});
});

test('names that every object has are names of properties like any other', () => {
	const user: User = { email: 'a@example.com', raw: JSON.parse('{"customUserProperties":{"p1":"x","__proto__":"y","toString":"z"}}') as User['raw'] };
	const definitions = [{ id: 'p1', name: 'constructor', type: 'text', raw: {} }];
	expect(JSON.stringify(simplifyUser(user, definitions).properties)).toBe('{"constructor":"x","__proto__":"y","toString":"z"}');
});

test('a creation time out of all bounds is passed on as it is', () => {
	expect(simplifyUser({ email: 'a@example.com', raw: { created: 1e20 } }, []).created).toBe(1e20);
});
