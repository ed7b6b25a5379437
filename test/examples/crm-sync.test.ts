import { example, isNote, nodeOf } from './workflows';

const FILES = ['crm-sync-hubspot', 'crm-sync-activecampaign', 'crm-sync-klicktipp'];
const [first, ...others] = FILES.map(example);

/** Nodes before the contacts are there: each CRM has its own. */
const OWN = [
	'Settings',
	'Read the Contacts',
	'Log In',
	'One Item for Each Tag',
	'Contacts of Each Tag',
	'Offers by Contact',
	'Read Each Contact',
	'Contacts With Offers',
	// These name the CRM in their subject.
	'Nothing Done',
	'Mail the Report',
];

test.each([first, ...others])('$name: the real run does what the dry run showed', (workflow) => {
	const { options: dry, ...plan } = nodeOf(workflow, '1. Dry Run').parameters;
	const { options: real, ...work } = nodeOf(workflow, '2. Real Run').parameters;
	expect(work).toEqual(plan);
	expect(dry).toMatchObject({ dryRun: true });
	expect(real).not.toHaveProperty('dryRun');
});

test.each([first, ...others])(
	'$name: nothing is sent as long as nobody has switched it on',
	(workflow) => {
		const settings = JSON.stringify(nodeOf(workflow, 'Settings').parameters);
		expect(settings).toMatch(/"name":"live","value":false/);
	},
);

test.each(others)('$name: after the contacts are read, every CRM goes the same way', (workflow) => {
	const shared = ({ nodes }: typeof first) =>
		nodes
			.filter((node) => !isNote(node) && !OWN.includes(node.name))
			.map(({ name, type, parameters, credentials }) => ({
				...{ name, type, credentials },
				// Conditions and assignments have ids of their own, which mean nothing.
				parameters: JSON.stringify(parameters).replaceAll(/"id":"[0-9a-f-]{36}"/g, ''),
			}));
	expect(shared(workflow)).toEqual(shared(first));
	expect(shared(first).length).toBeGreaterThan(10);
});
