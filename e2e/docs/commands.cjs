/**
 * Finds every command that a page or the head of a tool tells somebody to type. One reader for the
 * structure tests and for the scenario that runs them, so that neither sees less than the other.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

/** Programs that the pages could name. In code blocks for a shell every line counts, whatever it begins with. */
const PROGRAMS = new Set(
	[
		'npm npx node yarn pnpm corepack nvm jest tsc eslint prettier gulp',
		'n8n n8n-node docker docker-compose podman kubectl helm systemctl service pm2',
		'git gh curl wget ssh scp tar unzip sh bash source export sudo su apt apt-get dnf brew',
		'cd mkdir rm rmdir cp mv ln ls cat echo printf touch chmod chown kill grep sed find psql sqlite3 redis-cli openssl',
		'.ci/run',
	]
		.join(' ')
		.split(' '),
);

/** Names of code blocks that hold commands and nothing else. */
const SHELLS = ['sh', 'bash', 'shell', 'zsh', 'console'];

/** A code block with its language and its text, or code in a line. */
const CODE = /^[ \t]*(```|~~~)(\w*)[^\n]*\n([\s\S]*?)^[ \t]*\1|`([^`\n]+)`/gm;

/** Folders that hold no pages of ours. */
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', 'package']);

/**
 * The commands of a page in the order they stand there, each with the code block it stands in.
 *
 * `-- --once` alone, as in "`npm run demo` … `-- --once`", means the npm script that was named last.
 */
function commandsIn(text) {
	const found = [];
	let lastScript;
	for (const [, , language, code, inline] of text.replace(/<!--[\s\S]*?-->/g, '').matchAll(CODE)) {
		if (language && !SHELLS.includes(language)) continue;
		const lines = code === undefined ? [inline] : code.replace(/\\\n\s*/g, '').split('\n');
		const commands = lines
			.flatMap(commandsOfLine)
			.map((command) =>
				/^-- -/.test(command) && lastScript !== undefined ? `${lastScript} ${command}` : command,
			)
			.filter((command) => SHELLS.includes(language) || isCommand(command, code === undefined));
		for (const command of commands) {
			lastScript = /^npm (?:test|run(?: --\S+)* [\w:-]+)/.exec(command)?.[0] ?? lastScript;
			found.push(code === undefined ? { command } : { command, block: code });
		}
	}

	return found;
}

/**
 * The commands that a tool's source shows to whoever reads it or asks for help: lines of comments and
 * texts that begin with npm, up to the explanation after two blanks.
 */
function commandsInSource(text) {
	return [...text.matchAll(/^[\s*]*(np[mx] \S.*?)(?: {2,}.*)?$/gm)]
		.map(([, command]) => command.trim())
		.filter((command) => !command.includes('['))
		.map((command) => ({ command }));
}

/** The pages of a repository: every Markdown file, by its path from the root, in order of their names. */
function pagesIn(root, folder = '') {
	const entries = readdirSync(path.join(root, folder), { withFileTypes: true });

	return entries
		.sort((a, b) => a.name.localeCompare(b.name))
		.flatMap((entry) => {
			const name = path.posix.join(folder, entry.name);
			if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : pagesIn(root, name);

			return entry.name.endsWith('.md') ? [name] : [];
		});
}

/** The files that the scripts of package.json start. */
function toolsIn(root) {
	const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	const files = Object.values(scripts).flatMap(
		(script) => script.match(/[\w./-]+\.[mc]?[jt]s\b/g) ?? [],
	);

	return [...new Set(files)].filter((file) => existsSync(path.join(root, file)));
}

/** Every command of every page and tool, with where it stands. */
function allCommands(root) {
	const read = (file) => readFileSync(path.join(root, file), 'utf8');

	return [
		...pagesIn(root).flatMap((page) => commandsIn(read(page)).map((each) => ({ page, ...each }))),
		...toolsIn(root).flatMap((page) =>
			commandsInSource(read(page)).map((each) => ({ page, ...each })),
		),
	];
}

/** "a && b; c" as three, where these signs stand outside of quotes; without the comment at the end. */
function commandsOfLine(line) {
	const parts = [''];
	let quote;
	for (let at = 0; at < line.length; at++) {
		const sign = line[at];
		if (quote === undefined) {
			if (sign === '#' && (at === 0 || line[at - 1] === ' ')) break;
			const [split] = /^(?:&&|\|\||;)/.exec(line.slice(at)) ?? [];
			if (split !== undefined) {
				parts.push('');
				at += split.length - 1;
				continue;
			}
			if (sign === '"' || sign === "'") quote = sign;
		} else if (sign === quote) quote = undefined;
		parts[parts.length - 1] += sign;
	}

	return parts.map((part) => part.trim().replace(/^\$ /, '').replace(/\s+/g, ' ')).filter(Boolean);
}

/** In a line of text a program's name alone, such as `n8n`, is a name; with arguments it is a command. */
function isCommand(text, inline) {
	const words = text.split(' ').filter((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word));
	const [program = ''] = words;
	if (program.startsWith('./') || program.startsWith('.ci/')) return true;

	return PROGRAMS.has(program) && (!inline || words.length > 1);
}

module.exports = { allCommands, commandsIn, commandsInSource, pagesIn, toolsIn };
