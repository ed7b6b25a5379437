import type { SecretRule } from './receive';

/** What keeps a trigger from working safely; undefined when nothing does. */
export interface SetupProblem {
	message: string;
	description: string;
}

/**
 * Looks at a trigger before it is published.
 *
 * n8n makes the address unguessable with an id of its own. A node that came in without one (an old
 * import, a workflow made over the API) would listen at an address made of workflow and node name, so
 * it needs a secret.
 */
export function checkSetup(secret: SecretRule, addressIsSecret: boolean): SetupProblem | undefined {
	if (secret.in === 'unclear') {
		return {
			message: 'Secret is none of its choices',
			description:
				'Set it to None, Header or URL Query. If it comes from an expression, check what the expression gives: none, header or query. Until then every call is refused',
		};
	}
	if ('value' in secret && (secret.value === '' || secret.name === '')) {
		return {
			message: `${secret.value === '' ? 'Secret Value' : 'Secret Name'} is empty`,
			description:
				'With an empty secret every call is refused. Fill it in, or set Secret to None. If it comes from an expression, check what the expression gives',
		};
	}
	if (secret.in === 'header' && secret.value !== secret.value.trim()) {
		return {
			message: 'Secret Value begins or ends with a space',
			description:
				'A header can not carry it, so every call would be refused. Take the space or line break away',
		};
	}
	if (secret.in === 'nowhere' && !addressIsSecret) {
		return {
			message: 'The address of this webhook can be guessed',
			description:
				'This node has no webhook ID of its own, so set Secret to Header or URL Query. Or delete the node and add it again in the editor, which gives it an ID',
		};
	}

	return undefined;
}

/**
 * Whether the id in the address is one that nobody can guess. An empty one comes from files that were
 * edited or made by a program: then n8n listens at an address without any id.
 */
export function isSecretId(webhookId: unknown): boolean {
	return typeof webhookId === 'string' && webhookId.trim() !== '';
}

/**
 * Whether Memberspot can reach an address, as far as the address tells: it must be public on the
 * internet (help centre, webhooks), and only https keeps what is sent to it private.
 */
export function isPublicAddress(url: string): boolean {
	const parsed = parse(url);
	if (parsed === undefined || parsed.protocol !== 'https:') return false;
	const host = parsed.hostname.toLowerCase();
	if (/^\[|^\d+\.\d+\.\d+\.\d+$/.test(host)) return !isPrivateNumber(host);

	return host.includes('.') && !/\.(local|internal|localhost|lan|home|test|invalid)$/.test(host);
}

function isPrivateNumber(host: string): boolean {
	return (
		/^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(host) ||
		/^\[(::1?|f[cd].*|fe80.*)\]$/.test(host)
	);
}

function parse(url: string): URL | undefined {
	try {
		return new URL(url);
	} catch {
		return undefined;
	}
}
