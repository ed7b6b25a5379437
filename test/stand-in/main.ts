/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- a command-line program, not a part of the package */
import { parseArgs } from 'node:util';
import { startStandIn } from './stand-in';
import { readVariants, variantTable } from './variants';

const USAGE = `Starts a stand-in for Memberspot's API, for trying the node by hand.

  --users <n>              users of the school (default 25)
  --seed <n>               another seed makes another school (default 1)
  --port <n>               port on 127.0.0.1 (default: any free one)
  --key <text>             API key (default: a fixed one, printed)
  --delay <ms>             added to every answer
  --variant <name=value>   sets a switch; may be given several times
  --variants               lists the switches
  --json                   prints one line of JSON instead: { url, apiKey, users }
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			users: { type: 'string' },
			seed: { type: 'string' },
			port: { type: 'string' },
			key: { type: 'string' },
			delay: { type: 'string' },
			variant: { type: 'string', multiple: true },
			variants: { type: 'boolean' },
			json: { type: 'boolean' },
			help: { type: 'boolean' },
		},
	});
	if (values.help) return print(USAGE);
	if (values.variants) return print(`${variantTable()}\n`);

	const began = Date.now();
	const standIn = await startStandIn({
		users: number('users', values.users),
		seed: number('seed', values.seed),
		port: number('port', values.port),
		apiKey: values.key,
		delayMs: number('delay', values.delay),
		variants: readVariants(Object.fromEntries((values.variant ?? []).map(nameAndValue))),
	});
	const stop = () => {
		standIn.close().catch((error: unknown) => {
			process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
			process.exitCode = 1;
		});
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);

	const { url, apiKey, school } = standIn;
	if (values.json) return print(`${JSON.stringify({ url, apiKey, users: school.userCount })}\n`);
	print(`Stand-in for Memberspot, ready after ${((Date.now() - began) / 1_000).toFixed(1)} s

  URL       ${url}
  API key   ${apiKey}
  Users     ${school.userCount}
  Control   ${url}/__control/

Press Ctrl-C to stop it.
`);
}

function number(name: string, value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	const parsed = Number(value);
	if (value.trim() === '' || !Number.isInteger(parsed) || parsed < 0)
		throw new Error(`--${name} takes a whole number, not "${value}"`);

	return parsed;
}

function nameAndValue(pair: string): [string, string] {
	const at = pair.indexOf('=');
	if (at < 1) throw new Error(`--variant takes name=value, not "${pair}"`);

	return [pair.slice(0, at), pair.slice(at + 1)];
}

function print(text: string): void {
	process.stdout.write(text);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
	process.exitCode = 1;
});
