/** A command, and the code block it stands in. */
export interface Command {
	command: string;
	block?: string;
}

/** A command with the page, or the tool's source, that names it. */
export interface PageCommand extends Command {
	page: string;
}

/** The commands of a Markdown text in the order they stand there. */
export function commandsIn(text: string): Command[];

/** The commands that a tool's source names in its comments and its help. */
export function commandsInSource(text: string): Command[];

/** Every Markdown file of a repository, by its path from the root. */
export function pagesIn(root: string): string[];

/** The files that the scripts of package.json start, by their paths from the root. */
export function toolsIn(root: string): string[];

/** Every command of every page and tool of a repository. */
export function allCommands(root: string): PageCommand[];
