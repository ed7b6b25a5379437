/** Tables for the terminal and for Markdown. */

/** Pictures and East Asian signs take two columns of a terminal. */
const WIDE = /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/u;

/**
 * Sets rows as a table with aligned columns.
 *
 * @param {Array<Record<string, unknown>>} rows
 * @param {string[]} columns keys of the rows, which are also the headings
 * @param {{ maxWidth?: number }} [options] longer values are cut; in columns of the terminal
 * @returns {string}
 */
export function table(rows, columns, { maxWidth = 74 } = {}) {
	const cells = [
		columns,
		...rows.map((row) => columns.map((column) => shorten(oneLine(row[column]), maxWidth))),
	];
	const widths = columns.map((_column, place) =>
		Math.max(...cells.map((line) => width(line[place]))),
	);
	const draw = (line) =>
		`  ${line.map((cell, place) => cell + ' '.repeat(widths[place] - width(cell))).join('  ')}`.trimEnd();
	const rule = `  ${widths.map((size) => '-'.repeat(size)).join('  ')}`;

	return [draw(cells[0]), rule, ...cells.slice(1).map(draw)].join('\n');
}

/**
 * Sets rows as a Markdown table.
 *
 * @param {Array<Record<string, unknown>>} rows
 * @param {string[]} columns
 * @returns {string}
 */
export function markdownTable(rows, columns) {
	const draw = (cells) =>
		`| ${cells.map((cell) => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;

	return [
		draw(columns),
		draw(columns.map(() => '---')),
		...rows.map((row) => draw(columns.map((column) => row[column]))),
	].join('\n');
}

/** Cuts a text that is longer than `max` characters, and shows that it was cut. */
export function shorten(text, max) {
	const signs = graphemes(text);

	return signs.length <= max ? text : `${signs.slice(0, max - 1).join('')}…`;
}

function oneLine(value) {
	return String(value ?? '').replace(/\s+/g, ' ');
}

/** Columns that a text takes in a terminal. */
function width(text) {
	return graphemes(text).reduce((sum, sign) => sum + (WIDE.test(sign) ? 2 : 1), 0);
}

function graphemes(text) {
	return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(
		({ segment }) => segment,
	);
}
