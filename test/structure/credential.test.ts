/* eslint-disable @n8n/community-nodes/no-restricted-imports, @typescript-eslint/no-require-imports -- evaluates expressions with the n8n lines the package is tested in */
import { join } from 'node:path';
import type * as Workflow241 from 'n8n-workflow';
import type { INodeParameters, INodeType, INodeTypes, IVersionedNodeType, Workflow as WorkflowClass } from 'n8n-workflow';
import { MemberspotApi } from '../../credentials/MemberspotApi.credentials';
import { readBaseUrl } from '../../nodes/Memberspot/transport/credential';
import { InputError } from '../../nodes/Memberspot/transport/failure';
import { ROOT } from './node';

/**
 * The credential test and the key header are expressions, since a credential has no code. They must
 * do the same as the code of the nodes, or the test passes where the node fails, or the key is sent
 * to a place that the node refuses.
 */

const LINES = ['2.41', '2.8'];
const credential = new MemberspotApi();
const baseUrlExpression = String(credential.test.request.baseURL);
const keyExpression = String(Object.values(credential.authenticate.properties.headers ?? {})[0]);

const INVISIBLE = [' ', '\t', '\n', '\r\n', '\u00a0', '\u00ad', '\u200b', '\u200e', '\u2028', '\u202f', '\u2060', '\ufeff', ' \u00a0\u200b '];

const SCHEMES = ['https://', 'HTTPS://', 'http://', 'Http://', '', 'ftp://', 'javascript://', '//', 'https:/', 'https:', 'user:pass@', 'https://user:pass@', 'https://user@'];
const HOSTS = ['api.memberspot.de', 'API.Memberspot.DE', 'localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.1', '[::1]', '127.0.0.1.example.com', 'localhost.example.com', 'mylocalhost', 'gateway.example.com', 'a b.example.com', ''];
const ENDS = ['', '/', '//', '/v1', '/v1/', '/v1//', '/V1', '/v10', '/api/v1', '/api/v1/', '/v1/v1', ':8443', ':8443/v1/', '?x=1', '/?x=1', '#x', '/v1#x', '/@x', '\\@evil.example'];
const addresses = SCHEMES.flatMap((scheme) => HOSTS.flatMap((host) => ENDS.map((end) => `${scheme}${host}${end}`)));

describe.each(LINES)('the credential\'s expressions in n8n %s', (line) => {
	const evaluate = evaluator(line);

	test(`Base URL: the test goes where the nodes go, for ${addresses.length} addresses`, () => {
		const differences = addresses.flatMap((raw) => {
			const tested = usable(String(evaluate(baseUrlExpression, { baseUrl: raw })));
			const used = nodeUrl(raw);

			return tested === used || (used === undefined && tested === undefined) ? [] : [`${raw}: test ${tested ?? 'nowhere'}, nodes ${used ?? 'refuse'}`];
		});
		expect(differences).toEqual([]);
		expect(addresses.filter((raw) => nodeUrl(raw) !== undefined).length).toBeGreaterThan(100);
	});

	test.each(INVISIBLE)('Base URL: %j at the ends is dropped', (blank) => {
		expect(evaluate(baseUrlExpression, { baseUrl: `${blank}https://api.memberspot.de/v1${blank}` })).toBe('https://api.memberspot.de');
		expect(readBaseUrl(`${blank}https://api.memberspot.de/v1${blank}`).baseUrl).toBe('https://api.memberspot.de');
	});

	test.each([[undefined], [null], ['']])('Base URL: %j leads nowhere', (baseUrl) => {
		expect(usable(String(evaluate(baseUrlExpression, { baseUrl })))).toBeUndefined();
	});

	test.each(INVISIBLE)('the key header is trimmed of %j, as the nodes trim it', (blank) => {
		expect(evaluate(keyExpression, { apiKey: `${blank}key-123${blank}` })).toBe('key-123');
	});

	test('the key header keeps what stands inside the key, and is never "undefined"', () => {
		expect(evaluate(keyExpression, { apiKey: 'a.b-c_d+e/f=' })).toBe('a.b-c_d+e/f=');
		expect(evaluate(keyExpression, {})).toBe('');
	});
});

// Some n8n lines before 2.41 send the credential test through the same check as the HTTP Request node:
// a credential that forbids all domains there fails its own test, whatever the key.
test('the credential sets no domains that its own test would break', () => {
	const workflow = require(join(ROOT, 'test', 'engines', '2.41', 'node_modules', 'n8n-workflow')) as typeof Workflow241;
	const properties = workflow.injectDomainRestrictionFields(credential);
	const saved = { apiKey: 'key-123', baseUrl: 'https://api.memberspot.de' };
	const read = workflow.NodeHelpers.getNodeParameters(properties, saved, true, false, null, null);
	const node = { id: '1', name: 'Test', type: 'n8n-nodes-base.httpRequest', typeVersion: 4, position: [0, 0] as [number, number], parameters: {} };
	expect(() => workflow.getCredentialAllowedDomains({ node, credentialData: { allowedHttpRequestDomains: String(read?.allowedHttpRequestDomains) } })).not.toThrow();
});

/** Where the nodes would send; undefined where they refuse. */
function nodeUrl(raw: string): string | undefined {
	try {
		return usable(readBaseUrl(raw).baseUrl);
	} catch (error) {
		expect(error).toBeInstanceOf(InputError);
		return undefined;
	}
}

/** The address as a request would use it; undefined where none could be sent. */
function usable(text: string): string | undefined {
	if (!URL.canParse(text)) return undefined;
	const { protocol, host, pathname } = new URL(text);
	// .invalid is reserved: there is never such a host.
	return host === '' || host.endsWith('.invalid') ? undefined : `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}

/** Evaluates an expression with `$credentials`, as n8n does for a credential's header and test request. */
function evaluator(line: string): (expression: string, credentials: { [name: string]: unknown }) => unknown {
	const { Workflow } = require(join(ROOT, 'test', 'engines', line, 'node_modules', 'n8n-workflow')) as { Workflow: typeof WorkflowClass };
	const type: INodeType = { description: { displayName: 'Any', name: 'any', group: [], version: 1, description: '', defaults: {}, inputs: [], outputs: [], properties: [] } };
	const nodeTypes: INodeTypes = {
		getByName: (): INodeType | IVersionedNodeType => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	};
	const parameters: INodeParameters = {};
	const node = { id: '1', name: 'Any', type: 'any', typeVersion: 1, position: [0, 0] as [number, number], parameters };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });

	return (expression, credentials) => workflow.expression.getSimpleParameterValue(node, expression, 'internal', { $credentials: credentials }, undefined, '');
}
