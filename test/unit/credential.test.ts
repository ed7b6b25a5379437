import { checkAccess, readBaseUrl, readCredential, type Access } from '../../nodes/Memberspot/transport/credential';
import { InputError } from '../../nodes/Memberspot/transport/failure';

const GOOD = { apiKey: 'test-key-123', baseUrl: 'https://api.memberspot.de' };

describe('readBaseUrl', () => {
	test.each([
		['https://api.memberspot.de', 'https://api.memberspot.de'],
		['https://api.memberspot.de/', 'https://api.memberspot.de'],
		['https://api.memberspot.de//', 'https://api.memberspot.de'],
		['https://api.memberspot.de/v1', 'https://api.memberspot.de'],
		['https://api.memberspot.de/v1/', 'https://api.memberspot.de'],
		[' \u00a0https://api.memberspot.de \u200b', 'https://api.memberspot.de'],
		['api.memberspot.de', 'https://api.memberspot.de'],
		['HTTPS://API.memberspot.de', 'https://api.memberspot.de'],
		['https://gateway.example.com/memberspot/v1', 'https://gateway.example.com/memberspot'],
		['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
		['http://localhost:4010/v1/', 'http://localhost:4010'],
		['http://[::1]:4010', 'http://[::1]:4010'],
	])('%j becomes %j', (raw, baseUrl) => {
		expect(readBaseUrl(raw).baseUrl).toBe(baseUrl);
	});

	test.each([
		[''], ['   '], [null], [undefined], [5], ['http://api.memberspot.de'], ['ftp://api.memberspot.de'], ['https://'], ['https://user:pass@api.memberspot.de'],
		['https://api.memberspot.de?x=1'], ['https://api.memberspot.de#x'], ['http://127.0.0.1.example.com'], ['https://a b'],
	])('%j is refused before anything is sent', (raw) => {
		expect(() => readBaseUrl(raw)).toThrow(InputError);
	});
});

describe('readCredential', () => {
	test('a credential saved without the newer fields gets the defaults', () => {
		expect(readCredential(GOOD)).toMatchObject({ allowedActions: 'readAndWrite', allowLoginLinks: false, host: 'api.memberspot.de' });
	});

	test('a right this version does not know counts as the least', () => {
		expect(readCredential({ ...GOOD, allowedActions: 'everything' }).allowedActions).toBe('readOnly');
	});

	test.each([[''], ['  '], [undefined], [null], ['two words'], ['line\nbreak']])('the key %j is refused, and not shown', (apiKey) => {
		expect(() => readCredential({ ...GOOD, apiKey })).toThrow(InputError);
		try {
			readCredential({ ...GOOD, apiKey });
		} catch (error) {
			expect(JSON.stringify(error) + String(error)).not.toContain('two words');
		}
	});

	test('keys and servers have different hashes, and the hash does not hold the key', () => {
		const one = readCredential(GOOD).keyHash;
		expect(readCredential({ ...GOOD, apiKey: ' test-key-123 ' }).keyHash).toBe(one);
		expect(readCredential({ ...GOOD, apiKey: 'test-key-124' }).keyHash).not.toBe(one);
		expect(readCredential({ ...GOOD, baseUrl: 'https://other.example.com' }).keyHash).not.toBe(one);
		expect(one).not.toContain('test-key');
	});

	test('takes the key out of texts', () => {
		expect(readCredential(GOOD).redact('bad key test-key-123!')).toBe('bad key ***!');
	});
});

describe('checkAccess', () => {
	const needs: Access[] = ['read', 'grant', 'write', 'full'];

	test.each([
		['readOnly', ['read']],
		['readAndGrant', ['read', 'grant']],
		['readAndWrite', ['read', 'grant', 'write']],
		['fullAccess', ['read', 'grant', 'write', 'full']],
	])('%s allows %j and nothing more', (allowedActions, allowed) => {
		const credential = readCredential({ ...GOOD, allowedActions });
		const passed = needs.filter((access) => {
			try {
				checkAccess(credential, access, 'This');
				return true;
			} catch {
				return false;
			}
		});
		expect(passed).toEqual(allowed);
	});

	test('login links are a right of their own, which no level includes', () => {
		expect(() => checkAccess(readCredential({ ...GOOD, allowedActions: 'fullAccess' }), 'loginLink', 'This')).toThrow(/not allowed by this credential/);
		expect(() => checkAccess(readCredential({ ...GOOD, allowedActions: 'readOnly', allowLoginLinks: true }), 'loginLink', 'This')).not.toThrow();
		expect(() => checkAccess(readCredential({ ...GOOD, allowLoginLinks: 'true' }), 'loginLink', 'This')).toThrow();
	});

	test('the error names the setting to change', () => {
		const refusal = (access: Access) => {
			try {
				checkAccess(readCredential({ ...GOOD, allowedActions: 'readOnly' }), access, '"Grant"');
			} catch (error) {
				return error instanceof InputError ? `${error.message}. ${error.nextStep}` : '';
			}
			return '';
		};
		expect(refusal('grant')).toBe('"Grant" is not allowed by this credential, which is set to Read Only. Set Allowed Actions in the Memberspot credential to Read and Grant or more');
		expect(refusal('full')).toMatch(/to Full Access$/);
		expect(refusal('loginLink')).toMatch(/Turn on Allow Login Links/);
	});
});

test.each(['key…', 'key–1', 'ключ'])('a key that no header can carry (%s) is refused in words, not sent', (apiKey) => {
	expect(() => readCredential({ ...GOOD, apiKey })).toThrow('has a character in it that no key has');
});
