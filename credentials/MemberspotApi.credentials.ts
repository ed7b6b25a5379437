import type {
	IAuthenticateGeneric,
	IAuthenticateRuleResponseCode,
	IAuthenticateRuleResponseSuccessBody,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

/** Spaces and invisible characters that get copied along with a key or an address. */
const INVISIBLE = String.raw`[\s\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+`;
const TRIM = String.raw`.replace(/^${INVISIBLE}|${INVISIBLE}$/g, '')`;

/**
 * The address under test, cleaned as the nodes clean it: https added, blanks, slashes at the end and
 * /v1 taken off. What the nodes would refuse (plain http to another machine, a user name, a query,
 * no host) becomes an address that can't exist, so that the key is not sent there by the test either.
 */
const BASE_URL = [
	'={{ String($credentials.baseUrl ?? "")',
	TRIM,
	String.raw`.replace(/^(?![a-z][a-z0-9+.-]*:\/\/)/i, 'https://')`,
	String.raw`.replace(/^http:\/\/(?!(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:\/]|$)).*$/i, 'https://base-url-must-use-https.invalid')`,
	String.raw`.replace(/^(?!https?:\/\/).*$/i, 'https://base-url-must-use-https.invalid')`,
	String.raw`.replace(/^https?:\/\/(?:$|\/.*|[^\/]*@.*|.*[?#\\].*)$/i, 'https://base-url-is-not-valid.invalid')`,
	String.raw`.replace(/\/+$/, '').replace(/(?<!^https?:\/)\/v1$/, '').replace(/\/+$/, '')`,
	' }}',
].join('');

const REDIRECT = 'The server sends on to another address. Check Base URL: it is https://api.memberspot.de for every school';

const STATUS_RULES: IAuthenticateRuleResponseCode[] = [
	{ value: 401, message: 'Memberspot did not accept the API key. Copy it again, or create a new one' },
	{
		value: 403,
		message: 'Memberspot refused the request: the API key is wrong, or the plan of your school does not include the API',
	},
	{ value: 404, message: 'This server is not the Memberspot API. Check Base URL: it is https://api.memberspot.de for every school' },
	{ value: 429, message: 'Memberspot asks to slow down. Wait a minute and test again' },
	...[301, 302, 303, 307, 308].map((value) => ({ value, message: REDIRECT })),
].map((properties) => ({ type: 'responseCode', properties }));

/** A web page with status 200 is told by its first character: the answer is kept as text for this. */
const BODY_RULES: IAuthenticateRuleResponseSuccessBody[] = [
	{
		type: 'responseSuccessBody',
		properties: {
			key: '0',
			value: '<',
			message: 'The server answered with a web page instead of data. Check Base URL: it is https://api.memberspot.de for every school',
		},
	},
];

/** The API key of one Memberspot school, and what may be done with it. */
export class MemberspotApi implements ICredentialType {
	name = 'memberspotApi';

	displayName = 'Memberspot API';

	icon: Icon = { light: 'file:memberspot.svg', dark: 'file:memberspot.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-memberspot-sync/n8n-nodes-memberspot-sync#get-an-api-key';

	// In the HTTP Request node the key would do anything, whatever Allowed Actions says.
	restrictToSupportedNodes = true as const;

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Create it in Memberspot under Settings, API Keys (in some accounts Settings, Integrations, API Keys). Whether you see this page depends on your plan.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.memberspot.de',
			required: true,
			description: 'The same for every school. Change it only for a test server. If the test gives no more than a word like ECONNREFUSED, ENOTFOUND or ETIMEDOUT, no server answers at this address.',
		},
		{
			displayName: 'Allowed Actions',
			name: 'allowedActions',
			type: 'options',
			default: 'readAndWrite',
			description:
				'What nodes may do with this credential. A Memberspot key itself allows everything, so make one credential for each purpose. The nodes of this package check it before anything is sent. n8n before 2.41 also offers this credential to the HTTP Request node, where this setting has no effect.',
			options: [
				{ name: 'Full Access', value: 'fullAccess', description: 'Also remove access for good and delete users' },
				{ name: 'Read and Grant', value: 'readAndGrant', description: 'Also grant offers, switch access on and open chapters' },
				{ name: 'Read and Write', value: 'readAndWrite', description: 'Also switch access off and write custom properties' },
				{ name: 'Read Only', value: 'readOnly', description: 'Read users, offers, properties, progress and results' },
			],
		},
		{
			displayName: 'Allow Login Links',
			name: 'allowLoginLinks',
			type: 'boolean',
			default: false,
			description: 'Whether nodes may create links that sign their holder in as a user. Turn on only in a credential made for this purpose.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-API-KEY': `={{ String($credentials.apiKey ?? "")${TRIM} }}` } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: BASE_URL,
			url: '/v1/offers',
			headers: { Accept: 'application/json' },
			encoding: 'text',
			disableFollowRedirect: true,
		},
		// n8n's type allows one kind of rule in a list, its code takes each rule for itself. Both kinds
		// are needed: statuses for wrong keys, the body for a web page with status 200.
		rules: [...STATUS_RULES, ...BODY_RULES] as IAuthenticateRuleResponseCode[],
	};
}
