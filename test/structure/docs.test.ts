/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- runs the generator's own check */
import { execFileSync } from 'node:child_process';
import { MemberspotApi } from '../../credentials/MemberspotApi.credentials';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { deadLinksOf, hasAnchor, headingsOf, idsOf, localLinksOf, prose } from './markdown';
import { filesUnder, isThere, packageFile, read, ROOT } from './node';

const README = read('README.md');
const GERMAN = read('README.de.md');
const userPart = README.slice(0, README.indexOf('<!-- user part ends here -->'));

const pages = [
	...['README.md', 'README.de.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'AGENTS.md', 'LICENSE.md'].filter(isThere),
	...filesUnder('docs', '.md'),
	...filesUnder('examples', '.md'),
	...filesUnder('test/stand-in', '.md'),
];

describe('links', () => {
	test.each(pages)('every link in %s leads to a file and an anchor that are there', (page) => {
		expect(deadLinksOf(page)).toEqual([]);
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

describe('CHANGELOG', () => {
	test('has the version of package.json, on top, with a date or as unreleased', () => {
		const [first] = [...read('CHANGELOG.md').matchAll(/^## \[([^\]]+)\] – (.+)$/gm)];
		expect(first?.[1]).toBe(packageFile().version);
		expect(first?.[2]).toMatch(/^(Unreleased|\d{4}-\d{2}-\d{2})$/);
	});
});

/** Sections by their second-level headings, with the number of table rows and list entries. */
function sectionsOf(text: string): Array<{ title: string; rows: number; entries: number }> {
	return text
		.split(/^## /m)
		.slice(1)
		.map((part) => ({ title: part.split('\n')[0], rows: (part.match(/^\|/gm) ?? []).length, entries: (part.match(/^(?:-|\d+\.) /gm) ?? []).length }));
}
