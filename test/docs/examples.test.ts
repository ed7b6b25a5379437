/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- writes what it saw, when it is told to */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { systemClock } from '../../nodes/Memberspot/transport/clock';
import { startStandIn, type StandIn } from '../stand-in';
import { isThere, read, ROOT } from '../structure/node';
import { FakeClock } from '../support/clock';
import { createEngine, testCredential, type Engine } from '../support/engine';
import { expectToFitSchema } from '../support/schema';
import { EXAMPLES, RECORDINGS, type Example, type Recording } from './examples';

/** Set by `npm run docs -- --record`: what comes out becomes what the documentation shows. */
const isRecording = process.env.RECORD_EXAMPLES === '1';
const recorded = isThere(RECORDINGS) ? (JSON.parse(read(RECORDINGS)) as Recording[]) : [];
const seen: Recording[] = [];
const TOKEN = /[A-Za-z0-9.]{60,}/g;

let standIn: StandIn;
let engine: Engine;
beforeAll(async () => {
	// A clock that stands still, so that every run gives the same.
	const clock = new FakeClock();
	jest.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
	jest.spyOn(systemClock, 'random').mockImplementation(() => clock.random());
	jest.spyOn(systemClock, 'sleep').mockResolvedValue();
	// The users that every school of it has, and no others.
	standIn = await startStandIn({ clock, users: 12 });
	engine = await createEngine({ line: '2.41' });
}, 60_000);
beforeEach(() => standIn.reset());
afterAll(async () => {
	jest.restoreAllMocks();
	await standIn.close();
	if (isRecording) writeFileSync(join(ROOT, RECORDINGS), `${JSON.stringify(seen, null, '\t')}\n`);
});

async function run({ name, items, parameters }: Example): Promise<Recording> {
	const [resource, operation] = name.split('.');
	const { error, items: output } = await engine.memberspot({ resource, operation, ...parameters }, items, { credentials: testCredential(standIn) });
	if (error !== undefined) throw new Error(`${name}: ${error.message} ${error.description ?? ''}`);
	expectToFitSchema(resource, operation, output);

	return { name, items, parameters, requests: standIn.log.entries.map(({ method, path }) => `${method} ${path}`), output: output.map(({ json }) => json) };
}

test('every operation has an example', () => {
	expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(resources.flatMap(({ value, operations }) => operations.map((operation) => `${value}.${operation.value}`)).sort());
});

test.each(EXAMPLES)('$name gives in n8n’s engine what the documentation shows', async (example) => {
	// As it would be read back from the file, and without the long tokens that nobody reads.
	const result = JSON.parse(JSON.stringify(await run(example)).replace(TOKEN, (token) => `${token.slice(0, 8)}…`)) as Recording;
	seen.push(result);
	if (!isRecording) expect(result).toEqual(recorded.find(({ name }) => name === example.name));
});
