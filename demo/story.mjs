/**
 * The story of the demo, one chapter after the other: each imports its workflows, runs them, and
 * compares what came out with what the stand-in's school really holds and with n8n's own records.
 */
import { startCrm } from './lib/crm.mjs';
import { table } from './lib/table.mjs';
import { createVerdicts } from './lib/verdicts.mjs';
import { lookForSecrets } from './stories/afterwards.mjs';
import { courseCompleted } from './stories/course-completed.mjs';
import { saveCredential } from './stories/credential.mjs';
import { crmSync } from './stories/crm-sync.mjs';
import { newMember } from './stories/new-member.mjs';
import { payments } from './stories/payments.mjs';

/** n8n's own limit on what it receives, in MB; 16 where nobody sets it. Low, so that it can be tried. */
const PAYLOAD_LIMIT_MB = 1;

/** Settings that the story needs of its n8n. */
export const STORY_SETTINGS = { N8N_PAYLOAD_SIZE_MAX: String(PAYLOAD_LIMIT_MB) };

/**
 * Runs the story and prints it as a table.
 *
 * @param {import('./lib/environment.mjs').Environment} environment whose n8n has the STORY_SETTINGS
 * @returns {Promise<boolean>} whether every result is right
 */
export async function runStory(environment) {
	const verdicts = createVerdicts();
	const story = { ...environment, verdicts, crm: await startCrm() };
	console.log('\nRunning the workflows ...');
	try {
		const credential = await saveCredential(story);
		await payments(story, credential);
		const { secret } = await newMember(story, { payloadLimitMb: PAYLOAD_LIMIT_MB });
		await crmSync(story);
		await courseCompleted(story);
		await lookForSecrets(story, secret);
	} finally {
		// Also when a chapter was cut off: what came out before says where to look.
		console.log(`\n${table(verdicts.rows, ['', 'What was tried', 'What came out'])}`);
		verdicts.printMistakes();
	}

	return verdicts.allRight();
}
