/** A mail server on this machine that keeps what it gets. */
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { onCleanup, waitFor } from '../../demo/lib/processes.mjs';

/**
 * @typedef {object} Mail
 * @property {string} from
 * @property {string[]} to
 * @property {string} subject
 * @property {string} text
 * @property {string} html
 */

/** Starts the server on a free port. */
export async function startMailServer() {
	/** @type {Mail[]} */
	let messages = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		logger: false,
		onData(stream, session, done) {
			simpleParser(stream).then(
				(mail) => {
					messages.push({
						from: mail.from?.text ?? '',
						to: session.envelope.rcptTo.map(({ address }) => address),
						subject: mail.subject ?? '',
						text: mail.text ?? '',
						html: mail.html || '',
					});
					done();
				},
				(error) => done(error),
			);
		},
	});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	onCleanup(async () => await new Promise((resolve) => server.close(resolve)));
	const { port } = server.server.address();

	return {
		port,
		/** Data of n8n's credential type "smtp". */
		credential: {
			user: '',
			password: '',
			host: '127.0.0.1',
			port,
			secure: false,
			disableStartTls: true,
			hostName: '',
		},
		/** What came in so far, oldest first. */
		messages: () => [...messages],
		clear() {
			messages = [];
		},
		/**
		 * Waits for a mail.
		 *
		 * @param {(mail: Mail) => boolean} wanted
		 * @param {string} what named in the error
		 */
		async next(wanted = () => true, what = 'a mail') {
			return await waitFor(what, async () => messages.find(wanted), { timeoutMs: 120_000 });
		},
	};
}
