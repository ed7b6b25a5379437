/** What a mail of n8n asks, answered as a person does: by a button, or in the form behind it. */
import { waitFor } from '../../demo/lib/processes.mjs';

/** Links in mails are for people: n8n answers programs that look like a preview with nothing. */
export const BROWSER = {
	'user-agent': 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36',
};
const CALL_TIMEOUT = 60_000;
const PATIENCE = { timeoutMs: 120_000 };

/**
 * The address behind the mail's button.
 *
 * @param {import('./mail.mjs').Mail} mail
 * @param {boolean} [approved] which button, where there is one for yes and one for no
 */
export function linkOf({ html }, approved) {
	const link = [...html.matchAll(/href="([^"]*webhook-waiting[^"]*)"/g)]
		.map(([, address]) => address.replaceAll('&amp;', '&'))
		.find(
			(address) =>
				approved === undefined ||
				new URL(address).searchParams.get('approved') === String(approved),
		);
	if (link === undefined) throw new Error('The mail has no such button.');

	return link;
}

/**
 * Clicks the button for yes or for no. Waits until n8n takes it: the mail leaves before n8n has put the
 * run aside.
 *
 * @param {import('./mail.mjs').Mail} mail
 * @param {boolean} approved
 */
export async function clickButton(mail, approved) {
	await waitFor(
		'the answer to be taken',
		async () => {
			const answer = await fetch(linkOf(mail, approved), {
				headers: BROWSER,
				signal: AbortSignal.timeout(CALL_TIMEOUT),
			});
			await answer.text();

			return answer.ok;
		},
		PATIENCE,
	);
}

/**
 * Opens the form as a browser does, and as a mail scanner may do that looks like one. Waits until it
 * is there: the mail leaves before n8n has put the run aside.
 *
 * @returns {Promise<string>} the page
 */
export async function openForm(mail) {
	return await waitFor(
		'the form that the mail leads to',
		async () => {
			const answer = await fetch(linkOf(mail), {
				headers: BROWSER,
				signal: AbortSignal.timeout(CALL_TIMEOUT),
			});
			const page = await answer.text();

			return answer.ok && page.includes('field-0') && page;
		},
		PATIENCE,
	);
}

/** Opens the form, chooses, and sends it. */
export async function decideInForm(mail, choice) {
	await openForm(mail);
	const form = new FormData();
	form.append('field-0', choice);
	const answer = await fetch(linkOf(mail), {
		method: 'POST',
		body: form,
		headers: BROWSER,
		signal: AbortSignal.timeout(CALL_TIMEOUT),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`The form answered ${answer.status}: ${text.slice(0, 200)}`);
}
