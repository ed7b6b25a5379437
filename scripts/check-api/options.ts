/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- a tool of the repository, not a part of the package */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readBaseUrl } from '../../nodes/Memberspot/transport/credential';
import { DEFAULT_BASE_URL } from './defaults';
import { CannotRun, partOf } from './problem';
import type { Point } from './contract';

/** What the tool is told on the command line, checked. */
export interface Options {
	apiKey: string;
	baseUrl: string;
	/** Text of the Swagger file. */
	swagger?: string;
	examId?: string;
	ended?: { email: string; offerId: string };
	pages: number;
	limits: boolean;
	writes?: {
		user: string;
		userAsTyped?: string;
		offerId: string;
		otherOfferId?: string;
		loseProgress: boolean;
		deleteUser: boolean;
		yes: boolean;
	};
	seen: { [point: string]: string };
	json: boolean;
	out?: string;
}

/** What `--help` shows. */
export const HELP = `npm run check-api -- --key-file <file> [options]

Compares what is assumed of Memberspot's API with the API itself, and says for each assumption whether
it held, is wrong, or is still open. It only reads, unless --allow-writes is given. It prints no key and
nobody's data: only shapes, counts and names of fields. docs/check-api.md explains it step by step.

The key
  --key-file <file>     file that holds the API key and nothing else
  --key-env <name>      or: environment variable that holds it
  --base-url <url>      default ${DEFAULT_BASE_URL}; plain http for this machine only

What is read
  --swagger <file>      compares Memberspot's Swagger file (JSON or YAML, Swagger 2 or OpenAPI 3);
                        without it, /api-json of the API is tried
  --exam <id>           an exam with at least two results
  --ended-user <email>  a member whose term of an offer has ended ...
  --ended-offer <id>    ... and that offer
  --pages <n>           most further pages to read of a list (default 5)
  --limits              sends eight reads at once, to see whether the limit is there
  --seen <id=reading>   what you saw yourself, for points that no call shows; may be repeated

What is written (nothing without --allow-writes)
  --allow-writes        tries the writes on a throw-away user, and takes them back where it can
  --user <email>        address of that user; best one that Memberspot does not know yet. It gets mail!
  --offer <id>          offer to grant, pause and remove; twice for a second one that stays active
  --lose-progress       the user holds the offer and has progress made for this test, which may be lost
  --delete-user         deletes the user in the end
  --yes                 does not ask before writing

What comes out
  --json                prints the report as JSON
  --out <folder>        writes report.md, report.json and contract.patch there
  --help                shows this

Exit code: 0 every assumption held or is still open, 1 something is wrong or the Swagger file differs,
2 the check could not run, or not to its end.
`;

const KEY_ON_COMMAND_LINE =
	'The key must not stand on the command line: other programs and the history of the shell would see it. Put it into a file and name the file with --key-file, or name an environment variable with --key-env. If the key was real, replace it in Memberspot.';

/**
 * Reads the command line. `help` where help was asked for.
 *
 * @throws CannotRun in words that never repeat a value
 */
export function readOptions(
	args: readonly string[],
	env: { readonly [name: string]: string | undefined },
	points: readonly Point[],
): Options | 'help' {
	const { values, positionals } = parse(args);
	if (values.help) return 'help';
	if (values.key !== undefined || values['api-key'] !== undefined)
		throw new CannotRun(KEY_ON_COMMAND_LINE);
	// A lone word may be the key.
	if (positionals.length > 0)
		throw new CannotRun(`There is a word that belongs to no option. ${KEY_ON_COMMAND_LINE}`);

	return {
		apiKey: readKey(values['key-file'], values['key-env'], env),
		baseUrl: readBase(values['base-url']),
		...(values.swagger === undefined ? {} : { swagger: readText(values.swagger, '--swagger') }),
		...(values.exam === undefined ? {} : { examId: filled(values.exam, '--exam') }),
		...readEnded(values['ended-user'], values['ended-offer']),
		pages: readPages(values.pages),
		limits: values.limits === true,
		...readWrites(values),
		seen: readSeen(values.seen ?? [], points),
		json: values.json === true,
		...(values.out === undefined ? {} : { out: filled(values.out, '--out') }),
	};
}

function parse(args: readonly string[]) {
	const text = { type: 'string' } as const;
	const flag = { type: 'boolean' } as const;
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				'key-file': text,
				'key-env': text,
				key: text,
				'api-key': text,
				'base-url': text,
				swagger: text,
				exam: text,
				'ended-user': text,
				'ended-offer': text,
				pages: text,
				limits: flag,
				seen: { type: 'string', multiple: true },
				'allow-writes': flag,
				user: text,
				offer: { type: 'string', multiple: true },
				'lose-progress': flag,
				'delete-user': flag,
				yes: flag,
				json: flag,
				out: text,
				help: flag,
			},
		});
	} catch (error) {
		// The message names the option; a value stands in it only behind an equals sign.
		const option = /--[a-z-]+/.exec(String(partOf(error, 'message')))?.[0];
		throw new CannotRun(
			option === undefined
				? 'The options could not be read. --help lists them.'
				: `${option} is not an option, or lacks its value. --help lists the options.`,
		);
	}
}

function readKey(
	file: string | undefined,
	name: string | undefined,
	env: { readonly [name: string]: string | undefined },
): string {
	if ((file === undefined) === (name === undefined))
		throw new CannotRun('Say where the key is, with --key-file or --key-env (one of them).');
	const raw = file === undefined ? env[name ?? ''] : readText(file, '--key-file');
	if (raw === undefined)
		throw new CannotRun('The environment variable named with --key-env is not set.');
	const key = raw.replace(/^\uFEFF/, '').trim();
	if (key === '') throw new CannotRun('The key is empty.');
	if (!/^[\x21-\x7e]+$/.test(key))
		throw new CannotRun(
			'The key has a blank, a line break or an unusual character in it. The file must hold the key and nothing else.',
		);

	return key;
}

function readBase(raw: string | undefined): string {
	try {
		return readBaseUrl(raw ?? DEFAULT_BASE_URL).baseUrl;
	} catch {
		throw new CannotRun(
			`--base-url must be a host, and a path if needed, that begins with https://, such as ${DEFAULT_BASE_URL}. Plain http is for this machine only.`,
		);
	}
}

function readText(path: string, option: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		throw new CannotRun(`The file named with ${option} can't be read.`);
	}
}

function readEnded(email: string | undefined, offerId: string | undefined): Pick<Options, 'ended'> {
	if (email === undefined && offerId === undefined) return {};
	if (email === undefined || offerId === undefined)
		throw new CannotRun('--ended-user and --ended-offer belong together.');

	return {
		ended: { email: filled(email, '--ended-user'), offerId: filled(offerId, '--ended-offer') },
	};
}

function readPages(raw = '5'): number {
	if (!/^\d{1,3}$/.test(raw)) throw new CannotRun('--pages takes a whole number from 0 to 999.');

	return Number(raw);
}

function readWrites(values: ReturnType<typeof parse>['values']): Pick<Options, 'writes'> {
	const { user, offer = [] } = values;
	if (values['allow-writes'] !== true) {
		const given = ['user', 'offer', 'lose-progress', 'delete-user', 'yes'].filter(
			(name) => name in values,
		);
		if (given.length > 0)
			throw new CannotRun(`--${given[0]} means something only with --allow-writes.`);

		return {};
	}
	if (user === undefined || !/^[^\s@]+@[^\s@]+$/.test(user))
		throw new CannotRun('--allow-writes needs --user with the address of a throw-away user.');
	if (offer.length < 1 || offer.length > 2)
		throw new CannotRun('--allow-writes needs --offer with the id of an offer, once or twice.');
	const [offerId, otherOfferId] = offer.map((id) => filled(id, '--offer'));
	if (offerId === otherOfferId)
		throw new CannotRun('The two offers given with --offer are the same.');

	return {
		writes: {
			// Which case the API keeps is not known: a member must be found however it was typed.
			user: user.toLowerCase(),
			...(user === user.toLowerCase() ? {} : { userAsTyped: user }),
			offerId,
			...(otherOfferId === undefined ? {} : { otherOfferId }),
			loseProgress: values['lose-progress'] === true,
			deleteUser: values['delete-user'] === true,
			yes: values.yes === true,
		},
	};
}

function readSeen(pairs: readonly string[], points: readonly Point[]): Options['seen'] {
	return Object.fromEntries(
		pairs.map((pair) => {
			const [id, reading] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
			const point = points.find((candidate) => candidate.id === id);
			if (point === undefined || point.variants.length === 0)
				throw new CannotRun(
					'--seen takes id=reading, with the id of an open point of docs/api.md that has readings.',
				);
			const names = point.variants.map(({ name }) => name);
			if (id === 'list-envelope' || !names.includes(reading))
				throw new CannotRun(
					id === 'list-envelope'
						? '--seen does not take list-envelope: it has a reading for each list.'
						: `The readings of ${id} are: ${names.join(', ')}.`,
				);

			return [id, reading];
		}),
	);
}

function filled(text: string, option: string): string {
	if (text.trim() === '') throw new CannotRun(`${option} is empty.`);

	return text.trim();
}
