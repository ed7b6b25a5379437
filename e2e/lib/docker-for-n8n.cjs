/**
 * Stands in for Docker where a page tells people to work in the container of their n8n: there is no
 * Docker on machines that run these tests. The "container" is an n8n of this machine with a home
 * folder of its own; /home/node in it is that folder.
 *
 *   node docker-for-n8n.cjs <settings> exec n8n <command> ...
 *   node docker-for-n8n.cjs <settings> restart n8n
 *   node docker-for-n8n.cjs <settings> cp <file> n8n:<path>
 *
 * The settings are a JSON file: { "container", "home", "env", "restartUrl" }
 */
const { spawnSync } = require('node:child_process');
const { copyFileSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const HOME = '/home/node';
const [settings, verb, ...args] = process.argv.slice(2);
const { container, home, env, restartUrl } = JSON.parse(readFileSync(settings, 'utf8'));

main().then(
	(code) => (process.exitCode = code),
	(error) => {
		console.error(error.message);
		process.exitCode = 1;
	},
);

async function main() {
	if (verb === 'exec') {
		const [name, command, ...rest] = args;
		check(name);

		return spawnSync(command, rest, { stdio: 'inherit', cwd: home, env }).status ?? 1;
	}
	if (verb === 'restart') {
		check(args[0]);
		const response = await fetch(restartUrl, { method: 'POST' });
		if (!response.ok) throw new Error(await response.text());
		console.log(container);

		return 0;
	}
	if (verb === 'cp') {
		const [from, to] = args;
		const [name, target] = to.split(':');
		check(name);
		if (!target?.startsWith(`${HOME}/`))
			throw new Error(`Only what lies in ${HOME} is there, not ${target}`);
		const place = path.join(home, target.slice(HOME.length));
		const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
		copyFileSync(from, isFolder ? path.join(place, path.basename(from)) : place);

		return 0;
	}
	throw new Error(`This stand-in for Docker does not know: docker ${verb}`);
}

function check(name) {
	if (name !== container) throw new Error(`Error response from daemon: No such container: ${name}`);
}
