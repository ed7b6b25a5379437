/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs the generator's own check */
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { MemberspotApi } from '../../credentials/MemberspotApi.credentials';
import { allCommands, commandsIn, commandsInSource, pagesIn, toolsIn } from '../../e2e/docs/commands.cjs';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { deadLinksOf, hasAnchor, headingsOf, idsOf, linksOf, localLinksOf, prose } from './markdown';
import { filesUnder, isThere, packageFile, read, ROOT } from './node';

const README = read('README.md');
const GERMAN = read('README.de.md');
const userPart = README.slice(0, README.indexOf('<!-- user part ends here -->'));

const pages = pagesIn(ROOT);

describe('links', () => {
	test.each(pages)('every link in %s leads to a file and an anchor that are there', (page) => {
		expect(deadLinksOf(page)).toEqual([]);
	});

	test.each(pages)('every link out of %s is an https address', (page) => {
		const out = linksOf(read(page)).filter((target) => /^[a-z][a-z0-9+.-]*:/i.test(target));
		expect(out.filter((target) => !URL.canParse(target) || new URL(target).protocol !== 'https:')).toEqual([]);
	});

	test('the check sees links, and dead ones', () => {
		expect(localLinksOf('[a](b.md#c) ![p](d.png "title") `[no](x.md)` [out](https://example.com)')).toEqual(['b.md#c', 'd.png']);
		expect(pages.flatMap((page) => localLinksOf(read(page))).length).toBeGreaterThan(30);
		expect(hasAnchor(README, 'get-an-api-key')).toBe(true);
		expect(hasAnchor(README, 'get-a-key')).toBe(false);
		expect(headingsOf('# A & B: "c"\n## Über uns\n## Über uns\n```\n# no\n```').map(({ anchor }) => anchor)).toEqual(['a--b-c', 'über-uns', 'über-uns-1']);
	});

	test('links from n8n into the README lead to anchors that are there', () => {
		const codexes = filesUnder('nodes', '.node.json').map(read);
		const links = [new MemberspotApi().documentationUrl, ...codexes.flatMap((text) => [...text.matchAll(/"url": "([^"]+)"/g)].map(([, url]) => url))];
		const anchors = links.flatMap((link) => link.split('#')[1] ?? []).filter((anchor) => anchor !== 'readme');
		expect(links.length).toBeGreaterThan(1);
		expect(anchors.filter((anchor) => !hasAnchor(README, anchor))).toEqual([]);
	});

	test('links from n8n go to the repository that package.json names', () => {
		const { homepage } = JSON.parse(read('package.json')) as { homepage: string };
		const texts = [String(new MemberspotApi().documentationUrl), ...filesUnder('nodes', '.node.json').map(read)].join('\n');
		const addresses = [...texts.matchAll(/https:\/\/github\.com\/[^"#\s]+/g)].map(([address]) => address);
		expect(addresses.filter((address) => !address.startsWith(homepage))).toEqual([]);
		expect(addresses.length).toBeGreaterThan(1);
	});
});

describe('the index of the pages', () => {
	const isIndex = (page: string) => page.startsWith('docs/README');
	const leadsTo = (page: string) => localLinksOf(read(page)).map((link) => posix.join(posix.dirname(page), link.split('#')[0]));

	test.each([['README.md', 'docs/README.md'], ['README.de.md', 'docs/README.de.md']])('%s leads to it, and it leads back', (start, index) => {
		expect(leadsTo(start)).toContain(index);
		expect(leadsTo(index)).toContain(start);
	});

	test('every page in docs stands in it: a German one in the German index, the others in both', () => {
		const others = filesUnder('docs', '.md').filter((page) => !isIndex(page));
		const german = others.filter((page) => page.endsWith('.de.md'));
		const english = others.filter((page) => !page.endsWith('.de.md'));
		expect(english.filter((page) => !leadsTo('docs/README.md').includes(page))).toEqual([]);
		const inGerman = english.map((page) => german.find((other) => other === page.replace('.md', '.de.md')) ?? page);
		expect(inGerman.filter((page) => !leadsTo('docs/README.de.md').includes(page))).toEqual([]);
		expect(german.length).toBeGreaterThan(3);
	});

	test.each(filesUnder('docs', '.md').filter((page) => !isIndex(page)))('%s leads back to it', (page) => {
		expect(leadsTo(page)).toContain(page.endsWith('.de.md') ? 'docs/README.de.md' : 'docs/README.md');
	});

	test('a page that is there in German is not called English', () => {
		const wrong = ['README.de.md', ...filesUnder('docs', '.de.md'), ...filesUnder('examples', '.de.md')].flatMap((page) =>
			[...prose(read(page)).matchAll(/\]\(([^()#\s]+)[^()\s]*\) \((?:auf Englisch|englisch)/g)]
				.map(([, target]) => posix.join(posix.dirname(page), target))
				.filter((target) => target.endsWith('.de.md') || isThere(target.replace(/\.md$/, '.de.md')))
				.map((target) => ({ page, target })),
		);
		expect(wrong).toEqual([]);
	});
});

describe('B115, B130: "Unrecognized node type"', () => {
	const { name } = JSON.parse(read('package.json')) as { name: string };
	const help = read('docs/troubleshooting.md');
	const SETTING = 'N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE=true';

	test('the help has the text as n8n shows it, for the node and for the node as a tool', () => {
		expect(help).toContain(`| Unrecognized node type: ${name}.memberspot |`);
		expect(help).toMatch(new RegExp(`\\| Unrecognized node type: ${name}\\.memberspotTool \\| .*\\| .*${SETTING}.*2\\.41`));
	});

	test.each([README, GERMAN, read('docs/ai.md')])('page %# names the setting that a tool may need, and the version that needs none', (page) => {
		const paragraph = page.split('\n').find((line) => line.includes(SETTING)) ?? '';
		expect(paragraph).toMatch(/n8n 2\.41 (needs no setting|braucht dafür keine)/);
		expect(paragraph).toContain('Unrecognized node type');
	});

	test('what to do after an update of n8n leads from the README to the help', () => {
		for (const page of [README, GERMAN]) {
			expect(page).toMatch(/\]\(docs\/upgrading(\.de)?\.md\)/);
			expect(page).toMatch(/\]\(docs\/troubleshooting(\.de)?\.md\)/);
		}
		const [section] = read('docs/upgrading.md').split('## Update of n8n\n')[1].split('\n## ');
		expect(section).toContain('"Unrecognized node type"');
		expect(section).toContain('](troubleshooting.md#what-n8n-says)');
		expect(section).toContain('](../README.md#supported-n8n-versions)');
	});

	test.each(['2.8', '2.41'])('the table of supported versions has the line %s, which the tests run in', (line) => {
		for (const page of [README, GERMAN]) expect(page).toMatch(new RegExp(`^\\| ${line.replace('.', '\\.')}\\.\\d+ \\| .*20 of 20|^\\| ${line.replace('.', '\\.')}\\.\\d+ \\| .*20 von 20`, 'm'));
	});
});

describe('README', () => {
	test('the generated documents are up to date', () => {
		expect(() => execFileSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: ROOT, stdio: 'pipe', timeout: 60_000 })).not.toThrow();
	}, 60_000);

	test('the German user part has the headings of the English one, under the same anchors', () => {
		const english = headingsOf(userPart).filter(({ level }) => level > 1);
		expect(idsOf(GERMAN)).toEqual(english.map(({ anchor }) => anchor));
		expect(headingsOf(GERMAN).filter(({ level }) => level > 1).map(({ level }) => level)).toEqual(english.map(({ level }) => level));
	});

	test('the German user part has the commands, settings and lists of the English one', () => {
		const commands = (text: string) => [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code);
		expect(commands(GERMAN)).toEqual(commands(userPart));
		const shape = (text: string) => sectionsOf(text).map(({ rows, entries }) => ({ rows, entries }));
		expect(shape(GERMAN)).toEqual(shape(userPart));
		const settings = (text: string) => [...new Set(text.match(/N8N_[A-Z_]+/g) ?? [])].sort();
		expect(settings(GERMAN)).toEqual(settings(userPart));
	});

	test('the German page names each resource by its German menu word', () => {
		const words = resources.flatMap(({ description }) => [...description.matchAll(/\(([^)]+)\)/g)].map(([, word]) => word.toLowerCase()));
		const text = prose(GERMAN).toLowerCase();
		expect(words.filter((word) => !text.includes(word.slice(0, -1)))).toEqual([]);
	});

	test('every kind of failure is told in both languages, with the message that the node gives', () => {
		const source = read('nodes/Memberspot/transport/errors.ts');
		const texts = source.slice(source.indexOf('const TEXTS'), source.indexOf('\n};', source.indexOf('const TEXTS')));
		const failures = [...texts.matchAll(/^\t(\w+): \{\n\t\tmessage: '([^']+)'/gm)].map(([, kind, message]) => ({ kind, message }));
		expect(failures.length).toBeGreaterThan(10);
		expect(failures.filter(({ kind, message }) => !README.includes(`| ${message} | \`${kind}\` |`))).toEqual([]);
		expect(failures.filter(({ kind }) => !GERMAN.includes(`| \`${kind}\` |`))).toEqual([]);
		const told = [...README.matchAll(/^\| [^|]+ \| `(\w+)` \|/gm)].map(([, kind]) => kind);
		expect(told.filter((kind) => !failures.some((failure) => failure.kind === kind))).toEqual([]);
	});
});

describe('German pages', () => {
	const pairs = [['README.de.md', 'README.md', userPart], ...['docs', 'examples'].flatMap((folder) => filesUnder(folder, '.de.md')).map((page) => [page, page.replace('.de.md', '.md'), forUsers(read(page.replace('.de.md', '.md')))])];
	const german = (pair: string[]) => read(pair[0]);

	test('there is one of each page that a user of the node needs', () => {
		const needed = ['examples/README', ...['README', 'queue-mode', 'security', 'sync', 'triggers', 'upgrading'].map((name) => `docs/${name}`)].map((name) => `${name}.de.md`);
		expect(pairs.map(([page]) => page)).toEqual(expect.arrayContaining(needed));
	});

	test.each(pairs)('%s has the sections of %s, with as many table rows, list entries and paragraphs that begin in bold in each', (...pair) => {
		const shape = (text: string) => sectionsOf(text, 6);
		expect(shape(german(pair))).toEqual(shape(pair[2]));
	});

	test.each(pairs)('%s leads where %s leads', (...pair) => {
		const targets = (text: string) => linksOf(text).map((target) => target.replace('.de.md', '.md').replace(/#.*/, '')).filter((target) => target !== '' && target !== pair[1] && !target.endsWith('README.md')).sort();
		const own = (text: string) => targets(text.split('\n').filter((line) => !/^(?:Deutsch|English): /.test(line)).join('\n'));
		expect(own(german(pair))).toEqual(own(pair[2]));
	});

	test.each(pairs)('%s has the code blocks of %s', (...pair) => {
		const blocks = (text: string) => [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language]) => language);
		expect(blocks(german(pair))).toEqual(blocks(pair[2]));
	});
});

describe('commands', () => {
	const commands = allCommands(ROOT);
	const { scripts } = JSON.parse(read('package.json')) as { scripts: { [name: string]: string } };
	const own = commands.flatMap(({ page, command }) => {
		const [, named, rest] = /^npm (?:run (?:--silent )?([\w:-]+)|test)(.*)$/s.exec(command) ?? [];

		return rest === undefined ? [] : [{ page, command, script: named ?? 'test', options: [...rest.matchAll(/(?<=\s)--[a-z][\w-]*/g)].map(([option]) => option), rest }];
	});

	test('the check finds commands', () => {
		const found = (text: string) => commandsIn(text).map(({ command }) => command);
		expect(found('Run `npm run demo`, also `-- --once`, then\n```sh\nnpm ci && npm test # all\nany-program here\nnpm run check-api -- --key-file a \\\n\t--user b\n```\nand `--help`.')).toEqual(['npm run demo', 'npm run demo -- --once', 'npm ci', 'npm test', 'any-program here', 'npm run check-api -- --key-file a --user b']);
		expect(found("1. In a list:\n   ```sh\n   docker exec n8n sh -c 'mkdir a && cd a'; docker restart n8n\n   ```\n")).toEqual(["docker exec n8n sh -c 'mkdir a && cd a'", 'docker restart n8n']);
		expect(found('A=1 `A=1 npm run e2e`, `curl -s https://example.com`, `git tag v1`, `.ci/run`, `cd a`')).toEqual(['A=1 npm run e2e', 'curl -s https://example.com', 'git tag v1', '.ci/run', 'cd a']);
		expect(found('`n8n`, `npm`, `n8n-workflow`, `GET /v1/offers`, `docs/api.md`, `active: false` <!-- `npm run x` -->\n```\nnpm ci\nno command\n```\n```json\nnpm test\n```')).toEqual(['npm ci']);
		expect(commandsIn('```sh\ncd a\nnpm ci\n```').map(({ block }) => block)).toEqual(['cd a\nnpm ci\n', 'cd a\nnpm ci\n']);
		expect(commandsInSource(' *   npm run e2e -- --ci   those of CI\n *   npm run e2e [-- options]\n// npm here\nnpm run x\n').map(({ command }) => command)).toEqual(['npm run e2e -- --ci', 'npm run x']);
		expect(own.length).toBeGreaterThan(50);
	});

	test('it looks into every page, and into every tool that package.json starts', () => {
		expect(pages).toEqual(expect.arrayContaining(['README.md', 'README.de.md', 'CONTRIBUTING.md', 'AGENTS.md', 'CHANGELOG.md', 'docs/check-api.md', 'examples/README.md', 'test/stand-in/README.md']));
		expect(pages.filter((page) => page.includes('node_modules'))).toEqual([]);
		expect(toolsIn(ROOT)).toEqual(expect.arrayContaining(['demo/demo.mjs', 'e2e/e2e.mjs', 'bench/bench.mjs', 'scripts/test.mjs']));
	});

	/** What runs each of these, as the scenarios see it. */
	const waysOf = (entries: Array<{ page: string; command: string; block?: string }>) => JSON.parse(execFileSync(process.execPath, ['e2e/docs/plan.mjs'], { cwd: ROOT, encoding: 'utf8', input: JSON.stringify(entries), timeout: 30_000 })) as Array<{ page: string; command: string; by: string; why?: string }>;

	test('every command of every page is run: by CI, in a clean clone, or in the home of an n8n', () => {
		const ways = waysOf(commands);
		expect(ways.filter(({ by }) => by === 'nothing').map(({ page, command, why }) => `${page}: "${command}" is run by nothing: ${why}`)).toEqual([]);
		const used = (by: string) => new Set(ways.filter((way) => way.by === by).map(({ command }) => command)).size;
		expect(used('docs')).toBeGreaterThan(25);
		expect(used('install')).toBeGreaterThan(8);
		expect(used('ci')).toBeGreaterThan(4);
		// The shorter the better: each with its reason.
		expect(ways.filter(({ by }) => by === 'left out').map(({ page, command }) => `${page}: ${command}`)).toEqual(['CONTRIBUTING.md: n8n-node release']);
	}, 30_000);

	test('a command that nothing runs is found', () => {
		const entries = ['npm run unheard-of', 'docker compose up', 'npm run lint', 'npm run lint -- --fix', 'npm run bench:unheard-of', 'npm run e2e -- --only browser', 'npm run e2e -- --only nothing', 'cd ~/.n8n/nodes'].map((command) => ({ page: 'a.md', command }));
		expect(waysOf(entries).map(({ by }) => by)).toEqual(['nothing', 'nothing', 'ci', 'nothing', 'nothing', 'docs', 'nothing', 'nothing']);
		expect(waysOf([{ page: 'a.md', command: 'cd ~/.n8n/nodes', block: 'cd ~/.n8n/nodes\nnpm install x\n' }]).map(({ by }) => by)).toEqual(['install']);
	}, 30_000);

	test('every npm script that a page names is there', () => {
		expect(own.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
	});

	/** What a tool says of itself, or its source where it says nothing. */
	const told = new Map<string, string>();
	const saysOf = (script: string) => {
		const known = told.get(script);
		if (known !== undefined) return known;
		const [, args] = /^(?:E2E_PICTURES=\S+ )?node (.+)$/.exec(scripts[script]) ?? [];
		if (args === undefined) return '';
		const [file] = args.split(' ').slice(-1);
		const hasHelp = /--help/.test(read(file)) || ['check-api', 'stand-in'].includes(script);
		const text = hasHelp ? execFileSync(process.execPath, [...args.split(' '), '--help'], { cwd: ROOT, encoding: 'utf8', timeout: 30_000 }) : read(file);
		told.set(script, text);

		return text;
	};

	test('every option that a page gives to a script is known to it', () => {
		const wrong = own.flatMap(({ page, command, script, options }) => options.filter((option) => option !== '--help' && !new RegExp(`${option}(?![\\w-])`).test(saysOf(script))).map((option) => ({ page, command, option })));
		expect(wrong).toEqual([]);
		expect(own.flatMap(({ options }) => options).length).toBeGreaterThan(15);
	}, 60_000);

	test('the page on check-api names its options, all of them and no others', () => {
		const options = (text: string) => [...new Set(text.match(/(?<![\w-])--[a-z][\w-]*/g) ?? [])].sort();
		expect(options(read('docs/check-api.md'))).toEqual(options(saysOf('check-api')));
	}, 30_000);

	test('every scenario that a page names is there', () => {
		const names = own.filter(({ script }) => script === 'e2e').flatMap(({ rest }) => (/--only ([\w,-]+)/.exec(rest)?.[1] ?? '').split(',').filter(Boolean));
		expect(names.filter((name) => !isThere(`e2e/scenarios/${name}.mjs`))).toEqual([]);
		expect(names.length).toBeGreaterThan(4);
	});

	test('every folder and file that a page gives to the tests is there', () => {
		const paths = commands.flatMap(({ command }) => /^(?:npm test --|npx jest) (\S+)/.exec(command)?.[1] ?? []).filter((path) => path.startsWith('test/'));
		expect(paths.filter((path) => !isThere(path) && !isThere(`${path}.test.ts`) && !filesUnder('test').some((file) => file.startsWith(path)))).toEqual([]);
		expect(paths.length).toBeGreaterThan(2);
	});

	test('README names what CI runs, and nothing else', () => {
		const run = [...`${read('.github/workflows/ci.yml')}\n${read('.ci/run')}`.matchAll(/npm (?:run (?:--silent )?[\w:-]+|test)/g)].map(([command]) => command.replace('--silent ', ''));
		const [paragraph] = /^CI runs [^\n]+/m.exec(README) ?? [''];
		const named = [...paragraph.matchAll(/npm (?:run [\w:-]+|test)/g)].map(([command]) => command);
		expect([...new Set(named)].sort()).toEqual([...new Set(run)].sort());
	});
});

describe('CHANGELOG', () => {
	test('has the version of package.json, on top, with a date or as unreleased', () => {
		const [first] = [...read('CHANGELOG.md').matchAll(/^## \[([^\]]+)\] – (.+)$/gm)];
		expect(first?.[1]).toBe(packageFile().version);
		expect(first?.[2]).toMatch(/^(Unreleased|\d{4}-\d{2}-\d{2})$/);
	});
});

/** A page without what is not told in German: where the names of other makers' fields come from. */
function forUsers(text: string): string {
	return text.split(/^## Where the field names come from$/m)[0];
}

/** Sections by their headings, from the second level down to `deepest`, with the number of table rows and list entries. */
function sectionsOf(text: string, deepest = 2): Array<{ level: number; rows: number; entries: number; bold: number }> {
	return prose(text)
		.split(new RegExp(`^(?=#{2,${deepest}} )`, 'm'))
		.slice(1)
		.map((part) => ({ level: part.indexOf(' '), rows: (part.match(/^\|/gm) ?? []).length, entries: (part.match(/^(?:-|\d+\.) /gm) ?? []).length, bold: (part.match(/^\*\*/gm) ?? []).length }));
}
