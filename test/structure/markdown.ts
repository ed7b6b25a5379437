/* eslint-disable @n8n/community-nodes/no-restricted-imports -- joins paths */
import { posix } from 'node:path';
import { isThere, read } from './node';

/** A heading of a Markdown page. */
export interface Heading {
	level: number;
	text: string;
	/** The anchor GitHub gives it. */
	anchor: string;
}

/** The page without code blocks and comments, where a # or a link means something else. */
export function prose(text: string): string {
	return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/<!--[\s\S]*?-->/g, '');
}

/** Headings in order. */
export function headingsOf(text: string): Heading[] {
	const used = new Map<string, number>();

	return [...prose(text).matchAll(/^(#{1,6}) +(.+?) *#*$/gm)].map(([, marks, heading]) => {
		const base = slug(heading);
		const count = used.get(base) ?? 0;
		used.set(base, count + 1);

		return { level: marks.length, text: heading, anchor: count === 0 ? base : `${base}-${count}` };
	});
}

/** Anchors that stand in the page as `<a id="…">`. */
export function idsOf(text: string): string[] {
	return [...prose(text).matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id);
}

/** Targets of all links and pictures. */
export function linksOf(text: string): string[] {
	return [...prose(text).replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)(?: "[^"]*")?\)/g)].map(([, target]) => target);
}

/** Targets of links and pictures that lead into the repository: `file#anchor`, `#anchor`, `file`. */
export function localLinksOf(text: string): string[] {
	return linksOf(text).filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** Links of a page that lead to a file or an anchor that is not there. */
export function deadLinksOf(page: string): string[] {
	return localLinksOf(read(page)).filter((link) => !leadsSomewhere(page, link));
}

function leadsSomewhere(page: string, link: string): boolean {
	const [path, anchor] = link.split('#');
	const target = path === '' ? page : posix.join(posix.dirname(page), decodeURI(path));
	if (!isThere(target)) return false;

	return anchor === undefined || (target.endsWith('.md') && hasAnchor(read(target), anchor));
}

/** Whether a page has an anchor, by a heading or by an id. */
export function hasAnchor(text: string, anchor: string): boolean {
	return headingsOf(text).some((heading) => heading.anchor === anchor) || idsOf(text).includes(anchor);
}

/** GitHub's rule: lower case, letters, digits, hyphens and underscores stay, blanks become hyphens. */
function slug(heading: string): string {
	return heading
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.toLowerCase()
		.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
		.replaceAll(' ', '-');
}
