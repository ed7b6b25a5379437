/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- reads the repository's own files and runs the check of its generator */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { nodes as ownNodes, read, ROOT } from '../structure/node';
import {
	example,
	files,
	isNote,
	orphans,
	overlaps,
	unknownParameters,
	type ExampleNode,
} from './workflows';

const PACKAGE = 'n8n-nodes-memberspot-sync.';
const own = new Map(
	ownNodes().map(({ description }) => [`${PACKAGE}${description.name}`, description]),
);

/** Types that start a workflow. */
const isTrigger = ({ type }: ExampleNode): boolean => /[tT]rigger$|\.webhook$/.test(type);

/** The description of one of our nodes, also where it is a tool of an agent. */
const descriptionOf = ({ type }: ExampleNode) =>
	own.get(type) ?? own.get(type.replace(/Tool$/, ''));

/** Hosts that an example may call beside example.com: the public APIs of the services it is about. */
const SERVICES = [
	'api.hubapi.com',
	'api.kajabi.com',
	'api.klicktipp.com',
	'api.stripe.com',
	'api.thinkific.com',
	'developers.teachable.com',
];

const README = read('examples/README.md');

describe.each(files)('examples/$name.json', ({ name, text }) => {
	const workflow = example(name);
	const notes = workflow.nodes.filter(isNote);
	const working = workflow.nodes.filter((node) => !isNote(node));

	test('is called after the package, is indented with tabs, and carries nothing of the n8n it was made in', () => {
		expect(workflow.name).toMatch(/^Memberspot: \S/);
		expect(text).toMatch(/^\{\n\t"/);
		expect(text).not.toMatch(/^\t* {2}/m);
		expect(Object.keys(workflow).sort()).toEqual(
			expect.arrayContaining(['connections', 'name', 'nodes', 'settings']),
		);
		for (const key of ['id', 'meta', 'versionId', 'shared', 'tags', 'staticData', 'triggerCount'])
			expect(workflow).not.toHaveProperty(key);
		expect(text).not.toContain('instanceId');
	});

	test('has notes, and names of its own for its nodes', () => {
		expect(notes.length).toBeGreaterThan(0);
		for (const { parameters } of notes)
			expect(String(parameters.content).length).toBeGreaterThan(40);
		const names = workflow.nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(workflow.nodes.map(({ id }) => id)).size).toBe(names.length);
		// "HTTP Request1" says nothing about what a node does.
		expect(
			names.filter((each) =>
				/^(Code|HTTP Request|If|Set|Edit Fields|Switch|Merge|Memberspot|Data table|Webhook)\d*$/.test(
					each,
				),
			),
		).toEqual([]);
	});

	test('lies on the canvas without overlaps', () => {
		expect(overlaps(workflow.nodes)).toEqual([]);
	});

	test('uses nodes of n8n and of this package', () => {
		for (const { type } of working)
			expect(type).toMatch(
				/^(n8n-nodes-base\.|@n8n\/n8n-nodes-langchain\.|n8n-nodes-memberspot-sync\.)\w+$/,
			);
		const ours = working.filter(({ type }) => type.startsWith(PACKAGE));
		expect(ours.length).toBeGreaterThan(0);
		for (const node of ours) expect(descriptionOf(node)?.name).toBeDefined();
		for (const node of ours)
			expect([descriptionOf(node)?.version].flat()).toContain(node.typeVersion);
	});

	test('gives our nodes only parameters and values that there are', () => {
		const unknown = working.flatMap((node) => {
			const description = descriptionOf(node);
			if (description === undefined) return [];
			// n8n itself gives polling triggers their times, and tools a description.
			const { pollTimes, descriptionType, toolDescription, ...parameters } = node.parameters;
			expect([pollTimes, descriptionType, toolDescription]).toHaveLength(3);

			return unknownParameters(parameters, description.properties, parameters).map(
				(each) => `${node.name}: ${each}`,
			);
		});
		expect(unknown).toEqual([]);
	});

	test('names its credentials and holds none', () => {
		const credentials = working.flatMap((node) => Object.values(node.credentials ?? {}));
		for (const credential of credentials)
			expect(credential).toEqual({ id: null, name: expect.stringMatching(/\S/) });
		expect(text).not.toMatch(
			/sk_live_|sk_test_|whsec_[A-Za-z0-9]{6}|xox[bp]-|AKIA[0-9A-Z]{12}|eyJ[A-Za-z0-9_-]{16}|-----BEGIN|Bearer [A-Za-z0-9._-]{12}/,
		);
	});

	test('speaks of nobody real', () => {
		const addresses = [...text.matchAll(/[\w.+-]+@([\w-]+(?:\.[\w-]+)+)/g)].map(([, host]) => host);
		expect(addresses.filter((host) => !/(^|\.)example\.com$/.test(host))).toEqual([]);
		const hosts = [...text.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(([, host]) => host);
		expect(
			hosts.filter((host) => !/(^|\.)example\.com$/.test(host) && !SERVICES.includes(host)),
		).toEqual([]);
	});

	test('is connected from a trigger to every node', () => {
		const names = new Set(workflow.nodes.map((node) => node.name));
		const ends = Object.entries(workflow.connections).flatMap(([from, outputs]) => [
			from,
			...Object.values(outputs).flatMap((targets) =>
				targets.flatMap((each) => each ?? []).map(({ node }) => node),
			),
		]);
		expect(ends.filter((end) => !names.has(end))).toEqual([]);
		expect(working.filter(isTrigger).length).toBeGreaterThan(0);
		expect(orphans(workflow, isTrigger)).toEqual([]);
	});

	test('asks for approval in a form: a mail scanner that opens links must decide nothing', () => {
		const asking = working.filter(({ parameters }) => parameters.operation === 'sendAndWait');
		for (const { parameters } of asking)
			expect(['customForm', 'freeText']).toContain(parameters.responseType);
		// n8n has no form for the approval of a tool: then a note says so.
		const ofTools = working.filter(({ type }) => type.endsWith('HitlTool'));
		if (ofTools.length > 0) expect(text).toContain('acts as soon as its address is opened');
	});

	test('lets nothing from outside dress up a mail that asks for approval', () => {
		// n8n puts the message of such a mail into HTML as it is.
		const messages = working
			.filter(
				({ type, parameters }) =>
					parameters.operation === 'sendAndWait' || type.endsWith('HitlTool'),
			)
			.map(({ parameters }) => String(parameters.message));
		for (const message of messages) {
			// Made by a Code node that makes every value harmless itself.
			if (message === '={{ $json.message }}') continue;
			for (const [, expression] of message.matchAll(/\{\{(.*?)\}\}/gs))
				expect(expression).toContain(
					".replace(/[&<>]/g, (sign) => '&#' + sign.charCodeAt(0) + ';')",
				);
		}
	});

	test('leaves the address of a Memberspot Trigger to the n8n that imports it', () => {
		// n8n keeps the id that the file names: it would be the same everywhere, and known to everybody.
		const triggers = working.filter(({ type }) => type === `${PACKAGE}memberspotTrigger`);
		for (const node of triggers) expect(node).not.toHaveProperty('webhookId');
	});

	test('refuses strangers at every webhook and form, but for the one that is for everybody', () => {
		const open = working.filter(
			({ type, parameters }) =>
				/\.(webhook|formTrigger)$/.test(type) &&
				(parameters.authentication ?? 'none') === 'none' &&
				// What the calls of a shop or platform show is compared behind the webhook.
				!/"name":"Refuse"/.test(JSON.stringify(workflow)),
		);
		expect(open.length).toBe(name === 'login-link-by-mail' ? 1 : 0);
	});

	test('never takes access away for good, except where it is about deletion', () => {
		const removing = working.filter(
			({ type, parameters }) =>
				type.startsWith(PACKAGE) && ['remove', 'delete'].includes(String(parameters.operation)),
		);
		expect(removing.length > 0).toBe(/^gdpr-|deletion/.test(name));
	});

	test('has a row in examples/README.md, with a picture of its canvas', () => {
		const picture = `docs/images/example-${name}.png`;
		expect(README).toContain(`| [${name}.json](${name}.json) ([picture](../${picture})) |`);
		expect(existsSync(`${ROOT}/${picture}`)).toBe(true);
	});
});

test('examples/README.md names no file that is gone', () => {
	const named = [...README.matchAll(/^\| \[([\w-]+)\.json\]/gm)].map(([, name]) => name);
	expect(named.filter((name) => !files.some((file) => file.name === name))).toEqual([]);
	expect(new Set(named).size).toBe(named.length);
});

test('the examples that are put together are as their sources say', () => {
	expect(
		execFileSync(process.execPath, ['examples/build/build.mjs', '--check'], {
			cwd: ROOT,
			encoding: 'utf8',
			stdio: 'pipe',
		}),
	).toBe('');
});

describe('what the examples know of other products', () => {
	interface Fact {
		what: string;
		grade: string;
		links: string[];
	}
	const { GRADES, SOURCES } = JSON.parse(
		execFileSync(
			process.execPath,
			[
				'--input-type=module',
				'-e',
				"import { GRADES, SOURCES } from './examples/build/sources.mjs'; console.log(JSON.stringify({ GRADES, SOURCES }));",
			],
			{ cwd: ROOT, encoding: 'utf8' },
		),
	) as {
		GRADES: { [grade: string]: string };
		SOURCES: { [id: string]: { title: string; files: string[]; facts: Fact[] } };
	};
	/** Rest on no other product: a form of our own, or tables. */
	const OWN = ['payment-other-shop', 'payment-retry'];

	test('has sources for each shop, CRM and platform, and for no other file', () => {
		const resting = files
			.map(({ name }) => name)
			.filter((name) => /^(payment|crm-sync|move-in|side-by-side)-/.test(name))
			.filter((name) => !OWN.includes(name));
		expect(
			Object.values(SOURCES)
				.flatMap((each) => each.files)
				.sort(),
		).toEqual(resting.sort());
	});

	test.each(Object.values(SOURCES))('is graded, with public pages: $title', ({ facts }) => {
		const least: { [grade: string]: number } = { documented: 1, 'two sources': 2, 'one source': 1 };
		for (const { grade, links } of facts) {
			expect(Object.keys(GRADES)).toContain(grade);
			expect(links.length).toBeGreaterThanOrEqual(least[grade] ?? 0);
			for (const link of links) expect(link).toMatch(/^https:\/\/([a-z0-9-]+\.)+[a-z]{2,}\/\S+$/);
		}
	});
});
