import { hashAddressesIn, hashEmails, hashOf } from '../../nodes/Memberspot/actions/audit';

const ANNA = 'anna+kurs@example.com';

test('one person has one hash, however the address is written', () => {
	expect(hashOf(' Anna+Kurs@Example.com')).toBe(hashOf(ANNA));
	expect(hashOf(ANNA)).toMatch(/^sha256:[0-9a-f]{64}$/);
	expect(hashOf('ben@example.com')).not.toBe(hashOf(ANNA));
});

test('an address is hashed wherever it stands, also within paths and lists', () => {
	const row = hashEmails(
		{
			email: ANNA,
			kept: 'Anna+Kurs@Example.com',
			number: 5,
			nothing: null,
			audit: { calls: [{ path: '/v1/users/find-by-mail/anna%2Bkurs%40example.com' }], user: ANNA },
		},
		[ANNA, 'Anna+Kurs@Example.com'],
	);
	expect(JSON.stringify(row).toLowerCase()).not.toMatch(/anna|kurs/);
	expect(row).toMatchObject({ email: hashOf(ANNA), kept: hashOf(ANNA), number: 5, nothing: null, audit: { user: hashOf(ANNA) } });
	expect(row.audit).toMatchObject({ calls: [{ path: `/v1/users/find-by-mail/${hashOf(ANNA)}` }] });
});

test('other addresses stay', () => {
	expect(hashEmails({ email: ANNA, other: 'ben@example.com' }, [ANNA])).toEqual({ email: hashOf(ANNA), other: 'ben@example.com' });
});

test.each([
	['User Anna+Kurs@example.com not found', `User ${hashOf(ANNA)} not found`],
	['replied: "anna+kurs@example.com".', `replied: "${hashOf(ANNA)}".`],
	['Request: GET /v1/users/find-by-mail/anna%2Bkurs%40example.com at api.example.com, status 500.', `Request: GET /v1/users/find-by-mail/${hashOf(ANNA)} at api.example.com, status 500.`],
	['No user anna+kurs@example.com.', `No user ${hashOf(ANNA)}.`],
	['broken %E0%A4%A%40example.com', `broken ${hashOf('%E0%A4%A%40example.com')}`],
	['jürgen@müller-kurse.example', hashOf('jürgen@müller-kurse.example')],
	['nobody @ home', 'nobody @ home'],
])('in a text that others wrote, %j', (text, hashed) => {
	expect(hashAddressesIn(text)).toBe(hashed);
});

test('an address is hashed too where Memberspot writes it otherwise than the input', () => {
	const row = hashEmails({ email: ANNA, reply: { email: 'ANNA+Kurs@Example.com' } }, [ANNA]);
	expect(row).toEqual({ email: hashOf(ANNA), reply: { email: hashOf(ANNA) } });
	// What is special in a pattern is not special in an address.
	expect(hashEmails({ text: 'a.b@example.com axb@example.com' }, ['a.b@example.com'])).toEqual({ text: `${hashOf('a.b@example.com')} axb@example.com` });
});
