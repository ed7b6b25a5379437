/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- reads the guides */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemberspotTrigger } from '../../nodes/Memberspot/MemberspotTrigger.node';
import { SETUP_STEPS } from '../../nodes/Memberspot/webhook/fields';

/** Labels of Memberspot's menus as the panel gives them: English in quotation marks, then German in brackets. */
const LABELS = [...SETUP_STEPS.matchAll(/"([^"]+)" \(([^)]+)\)/g)].map(([, english, german]) => ({
	english,
	german,
}));
const read = (name: string) => readFileSync(join(__dirname, '../../docs', name), 'utf8');

test('the panel gives a German label for each thing to click or fill in', () => {
	const quoted = [...SETUP_STEPS.matchAll(/"([^"]+)"/g)].map(([, text]) => text);
	const alike = ['Webhook'];
	expect(LABELS.length).toBeGreaterThan(4);
	expect(LABELS.map(({ english }) => english)).toEqual(
		quoted.filter((text) => !alike.includes(text)),
	);
});

test.each(LABELS)('"$english" is called "$german" in both guides', ({ english, german }) => {
	expect(read('triggers.md')).toContain(`**${english}** (${german})`);
	expect(read('triggers.de.md')).toContain(`**${german}**`);
});

describe('B95: which of the two addresses to use when', () => {
	const { triggerPanel, activationMessage } = new MemberspotTrigger().description;
	const panel = typeof triggerPanel === 'object' ? triggerPanel : {};
	const help = typeof panel.executionsHelp === 'object' ? panel.executionsHelp : { inactive: '', active: '' };

	test('the steps send only the Production URL to Memberspot, and say what it takes', () => {
		expect(SETUP_STEPS).toContain('Paste the Production URL');
		expect(SETUP_STEPS).toContain('Only a published workflow answers at the Production URL');
		expect(SETUP_STEPS).not.toContain('Test URL');
	});

	test.each([
		['before publishing', help.inactive, 'It answers only while the workflow is published'],
		['once published', help.active, 'This workflow is published, so it answers now'],
	])('the panel tells them apart %s', (_when, text, now) => {
		expect(text).toContain('The Test URL is for building.');
		expect(text).toContain("Don't leave the Test URL in Memberspot");
		expect(text).toContain('The Production URL is for real use.');
		expect(text).toContain(now);
	});

	test('so do the hints around publishing, and the help for an address that does not answer', () => {
		expect(panel.activationHint).toContain('Memberspot needs the Production URL of the published workflow.');
		expect(activationMessage).toMatch(/^The Production URL answers now\./);
		expect(read('troubleshooting.md')).toMatch(/The webhook answers 404 \| .*Test URL.* \| .*Production URL/);
	});
});

test('the other texts of the node use the same German labels', () => {
	const texts = JSON.stringify(new MemberspotTrigger().description);
	for (const { english, german } of LABELS) {
		const given = [...texts.matchAll(new RegExp(`${english}[^a-z(]{0,8} \\(([^)]+)\\)`, 'g'))];
		expect(given.map(([, label]) => label)).toEqual(given.map(() => german));
	}
	const validating = [...texts.matchAll(/Validate Now/g)].length;
	expect([...texts.matchAll(/Jetzt validieren/g)]).toHaveLength(validating);
});
