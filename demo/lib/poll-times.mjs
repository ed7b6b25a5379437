/**
 * Poll times for a try that shall not wait for minutes. n8n takes none of less than a minute, but takes
 * several of them: each of these comes once a minute, at a second of its own.
 */
export const EVERY_FIVE_SECONDS = Array.from({ length: 12 }, (_, place) => ({
	mode: 'custom',
	cronExpression: `${place * 5} * * * * *`,
}));
