import { hashOf } from '../../../nodes/Memberspot/actions/audit';
import { by, OPERATIONS, type OperationCase } from '../../support/operations';
import { expectToFitSchema } from '../../support/schema';
import { everythingOf, rowOf, rowsOf, stopOf, useStandIn } from '../../support/setting';
import { OFFERS, USERS } from '../../stand-in/fixtures';

const setting = useStandIn();
const ANNA = USERS.anna.email;
const writing = OPERATIONS.filter(({ writes }) => writes).map((operation) => [operation.name, operation] as const);
const reading = OPERATIONS.filter(({ writes }) => !writes).map((operation) => [operation.name, operation] as const);
const ALWAYS = ['offer.remove', 'order.remove', 'user.delete'];
const run = async (operation: OperationCase, options = {}, more = {}) => await setting.run(operation.name, { ...operation.parameters(ANNA), options }, more);
const fits = ({ name }: OperationCase, items: Parameters<typeof expectToFitSchema>[2]) => {
	const [resource, operation] = name.split('.');
	expectToFitSchema(resource, operation, items);
};

describe.each(writing)('%s, Dry Run', (_name, operation) => {
	test('sends no write, changes nothing, and shows what would be sent', async () => {
		const before = setting.standIn.school.snapshot();
		const result = await run(operation, { dryRun: true });
		expect(setting.standIn.log.writes()).toEqual([]);
		expect(setting.standIn.school.snapshot()).toEqual(before);
		const row = rowOf(result);
		expect(row.dryRun).toBe(true);
		if (operation.name === 'user.delete') expect(row).toMatchObject({ wouldDelete: true });
		else expect(row.wouldSend).toMatchObject({ method: expect.stringMatching(/^(GET|POST)$/), path: expect.stringMatching(/^\/v1\//) });
		fits(operation, result.items);
	});

	test('shows exactly what is sent without it', async () => {
		const { wouldSend } = rowOf(await run(operation, { dryRun: true }));
		await run(operation);
		const [{ method, path, body }] = setting.standIn.log.writes();
		if (operation.name === 'user.delete') expect(body).toEqual({ emails: [ANNA] });
		else expect(wouldSend).toEqual({ method, path, ...(body === undefined ? {} : { body }) });
	});
});

describe.each(writing)('%s, the audit record', (name, operation) => {
	test('tells time, user, outcome, every request with its status, workflow and execution', async () => {
		setting.standIn.fault({ kind: 'status', status: 429, retryAfter: 1, operationId: operation.endpoint });
		const result = await run(operation, { auditRecord: true, requestedBy: 'Ticket 4711' });
		const { audit, outcome } = rowOf(result);
		expect(audit).toMatchObject({
			time: new Date(setting.clock.now()).toISOString(),
			operation: name,
			user: ANNA,
			outcome,
			workflowId: 'workflow-1',
			executionId: 'execution-1',
			credential: 'Memberspot Test',
			requestedBy: 'Ticket 4711',
		});
		const calls = (audit as { calls: Array<{ result: number }> }).calls.map((call) => call.result);
		expect(calls).toContain(429);
		// Look-ups before the write are the run's, and only a deletion keeps them with the address.
		const writes = setting.standIn.log.of(operation.endpoint).map(({ status }) => status);
		expect(calls.slice(-writes.length)).toEqual(writes);
		fits(operation, result.items);
	});

	test('claims no state that nobody has read', async () => {
		const { audit } = rowOf(await run(operation, { auditRecord: true }));
		if (name === 'user.delete') expect(audit).toMatchObject({ before: 'existed', after: 'notRead' });
		else if (name === 'offer.grant') expect(audit).toMatchObject({ before: 'notListed', after: 'notRead' });
		else expect(audit).toMatchObject({ before: 'notRead', after: 'notRead' });
	});

	test(ALWAYS.includes(name) ? 'is always there' : 'is there when it is asked for', async () => {
		expect('audit' in rowOf(await run(operation))).toBe(ALWAYS.includes(name));
	});

	test('Hash E-Mail: the address is nowhere in the output, neither plain nor encoded', async () => {
		const result = await run(operation, { auditRecord: true, hashEmail: true });
		expect(everythingOf(result).toLowerCase()).not.toMatch(/anna(@|%40)example/);
		expect(rowOf(result)).toMatchObject({ email: hashOf(ANNA), audit: { user: hashOf(ANNA) } });
		fits(operation, result.items);
	});

	test('Hash E-Mail holds for what Dry Run shows too', async () => {
		const result = await run(operation, { dryRun: true, hashEmail: true, auditRecord: true });
		expect(everythingOf(result).toLowerCase()).not.toMatch(/anna(@|%40)example/);
		fits(operation, result.items);
	});

	test('Hash E-Mail holds for failed items too', async () => {
		setting.standIn.fault({ kind: 'status', status: 404, operationId: operation.endpoint, body: { statusCode: 404, message: `User ${ANNA} not found` }, times: 9 });
		const result = await run(operation, { hashEmail: true }, { continueOnFail: true });
		expect(rowOf(result).error).toBeDefined();
		expect(everythingOf(result).toLowerCase()).not.toMatch(/anna(@|%40)example/);
		expect(JSON.stringify(rowOf(result))).toContain(hashOf(ANNA));
		fits(operation, result.items);
	});
});

test('Hash E-Mail reaches a path of a failed look-up', async () => {
	setting.standIn.fault({ kind: 'status', status: 500, operationId: 'findUserByMail' });
	const result = await setting.run('offer.grant', { email: 'max+kurs@example.com', offer: by('id', OFFERS.excel.id), options: { hashEmail: true } }, { continueOnFail: true });
	expect(JSON.stringify(rowOf(result))).not.toMatch(/max|kurs/);
	expect(JSON.stringify(rowOf(result))).toContain(hashOf('max+kurs@example.com'));
});

describe.each(reading)('%s', (_name, operation) => {
	test('reads all the same under Dry Run, and keeps no record', async () => {
		const rows = rowsOf(await run(operation, { dryRun: true, auditRecord: true, hashEmail: true }));
		expect(rows.length).toBeGreaterThan(0);
		for (const row of rows) expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['audit', 'dryRun']));
	});
});

test('each item has its own Requested By', async () => {
	const rows = rowsOf(await setting.run('offer.setState', {
		user: (item: number) => by('email', [ANNA, USERS.max.email][item]),
		offer: by('id', OFFERS.excel.id),
		active: true,
		options: (item: number) => ({ auditRecord: true, requestedBy: `Ticket ${item}` }),
	}, { items: [{}, {}] }));
	expect(rows.map(({ audit }) => (audit as { requestedBy: string }).requestedBy)).toEqual(['Ticket 0', 'Ticket 1']);
});

test.each(['offer.setState', 'user.delete'])('%s: a Requested By that is no text is found before anything is sent', async (name) => {
	const options = (item: number) => ({ auditRecord: true, requestedBy: item === 1 ? { ticket: 1 } : 'Ticket' });
	const parameters = name === 'offer.setState' ? { user: by('email', ANNA), offer: by('id', OFFERS.excel.id), active: false } : { emails: ANNA };
	expect(stopOf(await setting.run(name, { ...parameters, options }, { items: [{}, {}] })).message).toBe('Requested By is an object, not a text [item 1]');
	expect(setting.standIn.log.writes()).toEqual([]);
});
