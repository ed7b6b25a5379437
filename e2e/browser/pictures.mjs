/** Takes pictures of the editor, small enough to be kept in the repository. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/** The largest a picture may be, in bytes. */
export const LIMIT = 80_000;

/** Numbers of colours to try: text stays clear down to the last of them. */
const COLOURS = [128, 64, 32, 16];

/**
 * @param {string} folder takes the pictures
 * @param {{ standIn: string, keepOthers: boolean }} options `standIn`: its address, in whose place the
 *   pictures show Memberspot's, as a user has it and the same in every run; `keepOthers`: pictures of
 *   an earlier run stay, for a run that takes only some
 */
export async function createPictures(folder, { standIn, keepOthers }) {
	await mkdir(folder, { recursive: true });
	for (const file of keepOthers ? [] : await readdir(folder))
		if (file.endsWith('.png')) await rm(path.join(folder, file));
	/** @type {Array<{ name: string, bytes: number }>} */
	const taken = [];

	return {
		folder,
		taken: () => [...taken],
		/**
		 * @param {string} name of the file, without .png
		 * @param {import('playwright-core').Page} page
		 * @param {() => Promise<{ x: number, y: number, width: number, height: number }>} [place] finds
		 *   the part of the page that is wanted, once nothing moves; the whole window without it
		 */
		async take(name, page, place) {
			// What lies under the mouse looks different.
			await page.mouse.move(2, 300);
			await rest(page);
			await page.evaluate(showRealAddress, new URL(standIn).host);
			const raw = await page.screenshot({
				animations: 'disabled',
				caret: 'hide',
				type: 'png',
				...(place !== undefined && { clip: await place() }),
			});
			const file = path.join(folder, `${name}.png`);
			await writeFile(file, await compress(raw));
			taken.push({ name, bytes: (await stat(file)).size });
		},
	};
}

/** Waits until nothing moves any more: fonts are there, and two looks in a row see the same. */
async function rest(page) {
	await page.evaluate(async () => await document.fonts.ready);
	let before = '';
	for (let look = 0; look < 20; look++) {
		await page.waitForTimeout(150);
		const now = await page.evaluate(() =>
			JSON.stringify(
				[...document.querySelectorAll('[data-test-id]')].map((element) => {
					const { x, y, width, height } = element.getBoundingClientRect();

					return [x, y, width, height];
				}),
			),
		);
		if (now === before) return;
		before = now;
	}
}

/** Runs in the page: writes Memberspot's address wherever the stand-in's can be read. */
function showRealAddress(host) {
	const real = (text) =>
		text
			.replaceAll(`http://${host}`, 'https://api.memberspot.de')
			.replaceAll(host, 'api.memberspot.de');
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
		if (node.data.includes(host)) node.data = real(node.data);
	for (const input of document.querySelectorAll('input'))
		if (input.value.includes(host)) input.value = real(input.value);
}

/** A PNG with a palette, of as many colours as the limit allows. */
async function compress(raw) {
	let small = raw;
	for (const colours of COLOURS) {
		small = await sharp(raw)
			.png({ palette: true, colours, dither: 0, effort: 10, compressionLevel: 9 })
			.toBuffer();
		if (small.length <= LIMIT) break;
	}

	return small;
}
