import { createHash } from 'node:crypto';
import { hasControlCharacter, isRecord, trimInvisible } from '../values/text';
import { InputError } from './failure';

/** Name of the credential type, as the credential class and every node of this package use it. */
export const CREDENTIAL_TYPE = 'memberspotApi';

/** What the credential allows, from least to most. The values stand in saved credentials. */
export const ALLOWED_ACTIONS = ['readOnly', 'readAndGrant', 'readAndWrite', 'fullAccess'] as const;
export type AllowedActions = (typeof ALLOWED_ACTIONS)[number];

/** Labels of the allowed actions, as the credential shows them. */
export const ALLOWED_ACTIONS_LABELS: { [action in AllowedActions]: string } = {
	readOnly: 'Read Only',
	readAndGrant: 'Read and Grant',
	readAndWrite: 'Read and Write',
	fullAccess: 'Full Access',
};

/** What an operation needs. `loginLink` stands apart: it is a right of its own. */
export type Access = 'read' | 'grant' | 'write' | 'full' | 'loginLink';

const NEEDED: { [access in Exclude<Access, 'loginLink'>]: AllowedActions } = {
	read: 'readOnly',
	grant: 'readAndGrant',
	write: 'readAndWrite',
	full: 'fullAccess',
};

/** A credential that has been read and checked. The key itself stays with n8n's request helper. */
export interface Credential {
	/** Scheme and host, and a path where the API sits behind one. No slash at the end, no /v1. */
	baseUrl: string;
	host: string;
	/** Hash of host and key: names the pace of this key without holding it. */
	keyHash: string;
	allowedActions: AllowedActions;
	allowLoginLinks: boolean;
	/** Takes the key out of a text that came from outside. */
	redact(text: string): string;
}

/**
 * Reads the credential's fields and refuses what can't work or is not safe.
 *
 * Fields that an older saved credential lacks get their defaults.
 *
 * @throws InputError naming the field
 */
export function readCredential(raw: unknown): Credential {
	const fields = isRecord(raw) ? raw : {};
	const key = readKey(fields.apiKey);
	const { baseUrl, host } = readBaseUrl(fields.baseUrl);

	return {
		baseUrl,
		host,
		keyHash: createHash('sha256').update(`${baseUrl}\n${key}`).digest('hex').slice(0, 32),
		allowedActions: readAllowedActions(fields.allowedActions),
		allowLoginLinks: fields.allowLoginLinks === true,
		redact: (text) => text.split(key).join('***'),
	};
}

function readKey(raw: unknown): string {
	const key = typeof raw === 'string' ? trimInvisible(raw) : '';
	if (key === '') {
		throw new InputError('The Memberspot credential has no API Key', 'Open the credential and paste the key from Memberspot (Settings, then API Keys)');
	}
	if (hasControlCharacter(key) || /\s/.test(key)) {
		throw new InputError('The API Key in the Memberspot credential has a blank or a line break in it', 'Copy the key again, in one piece');
	}
	// Node refuses other characters in a header, which would look like a fault of the network.
	if (/[^!-~]/.test(key)) {
		throw new InputError('The API Key in the Memberspot credential has a character in it that no key has', 'Copy the key again. Text programs turn three dots or a hyphen into other characters');
	}

	return key;
}

/**
 * The API's address as it is used: https is added when no scheme is given, blanks, slashes at the
 * end and a final /v1 are taken off. Plain http is accepted for this machine only, since the key
 * would travel in the open.
 *
 * @throws InputError when the address can't be used
 */
export function readBaseUrl(raw: unknown): { baseUrl: string; host: string } {
	const step = 'Set Base URL in the Memberspot credential to https://api.memberspot.de';
	const text = typeof raw === 'string' ? trimInvisible(raw) : '';
	if (text === '') throw new InputError('Base URL in the Memberspot credential is empty', step);

	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
	const url = parseUrl(withScheme);
	if (url === undefined || url.hostname === '') throw new InputError('Base URL in the Memberspot credential is not a web address', step);
	if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
		throw new InputError('Base URL in the Memberspot credential may hold only a host and a path', step);
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
		throw new InputError('Base URL in the Memberspot credential must begin with https://', `${step}. Plain http is accepted for 127.0.0.1 and localhost only`);
	}
	const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');

	return { baseUrl: `${url.protocol}//${url.host}${path}`, host: url.host };
}

function parseUrl(text: string): URL | undefined {
	// URL takes a backslash for a slash, and "https:///v1" and "https://@v1" for the host "v1".
	if (/\\|^[^:]+:\/\/[/@]/.test(text)) return undefined;
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function readAllowedActions(raw: unknown): AllowedActions {
	if (raw === undefined || raw === null || raw === '') return 'readAndWrite';
	const known = ALLOWED_ACTIONS.find((action) => action === raw);
	// A value that this version does not know must not widen anybody's rights.
	return known ?? 'readOnly';
}

/** A reason of its own: a workflow that passes over bad input must not pass over a credential without rights. */
const NOT_ALLOWED = { reason: 'notAllowed' };

/**
 * Refuses an operation that the credential does not allow.
 *
 * @throws InputError that names the setting to change
 */
export function checkAccess(credential: Credential, access: Access, what: string): void {
	if (access === 'loginLink') {
		if (credential.allowLoginLinks) return;
		throw new InputError(
			`${what} is not allowed by this credential`,
			'Turn on Allow Login Links in the Memberspot credential. A login link signs its holder in as that user, so use a credential of its own for it',
			NOT_ALLOWED,
		);
	}
	const needed = NEEDED[access];
	if (ALLOWED_ACTIONS.indexOf(credential.allowedActions) >= ALLOWED_ACTIONS.indexOf(needed)) return;
	throw new InputError(
		`${what} is not allowed by this credential, which is set to ${ALLOWED_ACTIONS_LABELS[credential.allowedActions]}`,
		`Set Allowed Actions in the Memberspot credential to ${ALLOWED_ACTIONS_LABELS[needed]}${needed === 'fullAccess' ? '' : ' or more'}`,
		NOT_ALLOWED,
	);
}
