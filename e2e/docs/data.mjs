/**
 * What the commands of the pages need in place of what a reader puts in, and the few that nothing runs.
 * Everything else is run as it stands in the page.
 */

/**
 * @typedef {object} Substitution
 * @property {RegExp} fits the commands it changes
 * @property {RegExp} from what is replaced in them
 * @property {string} to with `{name}` for a fact of the run
 * @property {string} why
 */

/** @type {Substitution[]} */
export const SUBSTITUTIONS = [
	{
		fits: /^npm run check-api -- .*--key-file <file>/,
		from: /<file>/,
		to: '~/memberspot-key',
		why: 'a placeholder',
	},
	{
		fits: /^npm run check-api -- .*--key-file/,
		from: /$/,
		to: ' --base-url {standIn}',
		why: 'nobody here has a key of the real API: a stand-in answers',
	},
	{
		fits: /^npm run check-api -- .*--allow-writes/,
		from: /$/,
		to: ' --yes',
		why: 'nobody sits at a terminal to type "write"',
	},
	{
		fits: /^npm run check-api -- .*\bOFFER_ID\b/,
		from: /(?<=--offer )OFFER_ID\b/,
		to: '{offer}',
		why: 'a placeholder',
	},
	{
		fits: /^npm run check-api -- .*\bANOTHER_OFFER_ID\b/,
		from: /ANOTHER_OFFER_ID\b/,
		to: '{otherOffer}',
		why: 'a placeholder',
	},
	{
		fits: /^git apply contract\.patch$/,
		from: /contract\.patch/,
		to: 'report/contract.patch',
		why: 'maintainers get the file sent; here it lies where the commands before have put it',
	},
	{
		fits: /^git tag v<version>$/,
		from: /<version>/,
		to: '{version}',
		why: 'a placeholder',
	},
	{
		fits: /^npx prettier .*<file>$/,
		from: /<file>/,
		to: 'e2e/docs/data.mjs',
		why: 'a placeholder',
	},
	{
		fits: /^npm run stand-in -- .*--port \d+/,
		from: /--port \d+/,
		to: '--port {port}',
		why: 'the port of the page may be taken on this machine',
	},
	{
		fits: /^npm run bench$/,
		from: /$/,
		to: ' -- --quick',
		why: 'whole it takes minutes, and npm run bench -- --write, which measures all the same, is run whole',
	},
	{
		fits: /^npm run bench -- --peer$/,
		from: /$/,
		to: ' --quick',
		why: 'the other package takes minutes at full size, and nothing is asserted of its times',
	},
	{
		fits: /^npm run e2e(?! -- --list$)/,
		from: /$/,
		to: ' --list',
		why: 'a scenario that runs all scenarios would not end; .ci/run runs each that belongs to CI',
	},
];

/**
 * Commands that stand in a page and are not run.
 *
 * @type {Array<{ fits: RegExp, why: string }>}
 */
export const NOT_RUN = [
	{
		fits: /^n8n-node release$/,
		why: 'the page says not to use it',
	},
];

/**
 * Fills a command in.
 *
 * @param {string} command as the page has it
 * @param {Record<string, string>} facts
 * @returns {string}
 * @throws Error when a fact is missing or a placeholder is left
 */
export function fillIn(command, facts) {
	const filled = SUBSTITUTIONS.filter(({ fits }) => fits.test(command)).reduce(
		(text, { from, to }) =>
			text.replace(
				from,
				to.replace(/\{(\w+)\}/g, (_, name) => {
					if (facts[name] === undefined)
						throw new Error(`Nobody knows the ${name} for: ${command}`);

					return facts[name];
				}),
			),
		// "npm run e2e" has no options yet, and npm takes what stands before "--" for its own.
		/^npm run e2e$/.test(command) ? `${command} --` : command,
	);
	if (/<\w+>|\b[A-Z]+_ID\b/.test(filled))
		throw new Error(`A placeholder is left in "${filled}": put it into e2e/docs/data.mjs`);

	return filled;
}
