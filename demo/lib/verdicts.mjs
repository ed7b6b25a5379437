/** Collects what was tried, what came out, and whether it was right. */

/**
 * @returns {{
 *   rows: Array<{ '': string, 'What was tried': string, 'What came out': string }>,
 *   add: (tried: string, cameOut: string, claims: Record<string, boolean>) => void,
 *   allRight: () => boolean,
 *   counts: () => { right: number, wrong: number },
 *   printMistakes: () => void,
 * }} `claims` are sentences with whether they hold; one that does not makes the whole row wrong
 */
export function createVerdicts() {
	const rows = [];
	const mistakes = [];
	let right = 0;

	return {
		rows,
		add(tried, cameOut, claims) {
			const broken = Object.entries(claims).filter(([, holds]) => !holds);
			rows.push({
				'': broken.length === 0 ? 'right' : 'WRONG',
				'What was tried': tried,
				'What came out': cameOut,
			});
			right += Object.keys(claims).length - broken.length;
			for (const [claim] of broken) mistakes.push(`${tried}: it does not hold that ${claim}`);
		},
		/** Numbers of claims. */
		counts: () => ({ right, wrong: mistakes.length }),
		allRight: () => rows.length > 0 && mistakes.length === 0,
		printMistakes() {
			for (const mistake of mistakes) console.log(`  WRONG  ${mistake}`);
		},
	};
}
