/** The event names that start the workflow; empty lets everything through. */
export interface EventFilter {
	exact: ReadonlySet<string>;
	/** Beginnings of names, from entries that end with `*`. */
	prefixes: readonly string[];
}

/**
 * Reads the list of event names: separated by commas, semicolons or line breaks, each a whole name or
 * the beginning of names followed by `*`.
 *
 * Which names Memberspot uses is not public, beside `auth_test`, so there is no list to choose from.
 */
export function readEventFilter(text: string): EventFilter {
	const entries = text
		.split(/[,;\n\r]+/)
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');

	return {
		exact: new Set(entries.filter((entry) => !entry.endsWith('*'))),
		prefixes: entries.filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1)),
	};
}

/**
 * Whether a delivery passes. One without a name passes only where nothing is filtered, or by the
 * entry `*`.
 */
export function passesFilter({ exact, prefixes }: EventFilter, event: string | undefined): boolean {
	if (exact.size === 0 && prefixes.length === 0) return true;
	if (event === undefined) return prefixes.includes('');

	return exact.has(event) || prefixes.some((prefix) => event.startsWith(prefix));
}
