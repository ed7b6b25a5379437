/** A real browser, signed in to n8n, that can reach nothing but this machine. */
import { chromium } from 'playwright-core';
import { onCleanup } from '../../demo/lib/processes.mjs';
import { toolPath } from '../lib/tools.mjs';

/** A step of the editor takes under a second on a quiet machine, and many on a busy one. */
const STEP_TIMEOUT = 60_000;

/** The same for every run, so that two pictures of the same thing are alike. */
export const VIEWPORT = { width: 1440, height: 900 };

const ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-dev-shm-usage',
	// Letters are drawn alike, whatever screen the machine has.
	'--font-render-hinting=none',
];

/** @returns {Promise<import('playwright-core').Browser>} closed at the end of the program */
export async function startBrowser() {
	const browser = await chromium.launch({
		executablePath: toolPath('chromium'),
		args: ARGUMENTS,
		timeout: STEP_TIMEOUT,
	});
	onCleanup(async () => await browser.close());

	return browser;
}

/**
 * @typedef {object} Session
 * @property {import('playwright-core').Page} page
 * @property {string} url n8n's address
 * @property {string[]} outside addresses beyond this machine that the editor asked for; none was let through
 * @property {string[]} faults errors the editor's own code has thrown
 * @property {() => Promise<void>} close
 */

/**
 * Opens a window of its own, with cookies of its own.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {{ url: string, api?: import('../../demo/lib/api.mjs').N8nApi, theme?: 'light' | 'dark' }} options
 *   `api`: whose session the window shares; without it nobody is signed in
 * @returns {Promise<Session>}
 */
export async function openSession(browser, { url, api, theme = 'light' }) {
	const context = await browser.newContext({
		viewport: VIEWPORT,
		deviceScaleFactor: 1,
		locale: 'en-US',
		timezoneId: 'UTC',
		reducedMotion: 'reduce',
		colorScheme: theme,
	});
	const outside = [];
	await context.route(
		({ hostname }) => hostname !== '127.0.0.1',
		async (route) => {
			outside.push(route.request().url());
			await route.abort();
		},
	);
	const session = api?.session();
	if (session !== undefined) {
		const [name, ...value] = session.cookie.split('=');
		await context.addCookies([
			{ name, value: value.join('='), url, httpOnly: true, sameSite: 'Lax' },
		]);
	}
	await context.addInitScript(
		({ browserId, colours }) => {
			if (browserId !== undefined) localStorage.setItem('n8n-browserId', browserId);
			localStorage.setItem('N8N_THEME', colours);
		},
		{ browserId: session?.browserId, colours: theme },
	);
	const page = await context.newPage();
	page.setDefaultTimeout(STEP_TIMEOUT);
	const faults = [];
	page.on('pageerror', (error) => faults.push(error.message));

	return { page, url, outside, faults, close: async () => await context.close() };
}
