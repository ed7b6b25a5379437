import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a given secret is the expected one.
 *
 * Compared by their hashes, so that the time it takes tells neither where the two differ nor how long
 * the expected one is. An empty expected secret fits nothing: a secret that was set up but came out
 * empty must never open the door.
 */
export function isSecret(given: unknown, expected: string): boolean {
	const same = timingSafeEqual(digest(typeof given === 'string' ? given : ''), digest(expected));

	return same && typeof given === 'string' && expected !== '';
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text, 'utf8').digest();
}
