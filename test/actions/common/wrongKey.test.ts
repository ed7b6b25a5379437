import { resources } from '../../../nodes/Memberspot/actions/registry';
import { USERS } from '../../stand-in/fixtures';
import { ACCESS_PARAMETERS, OPERATIONS } from '../../support/operations';
import { everythingOf, rowsOf, stopOf, useStandIn } from '../../support/setting';

const setting = useStandIn();
const WRONG = 'wrong-key-7c1d90e4b2';

const cases: Array<[name: string, parameters: { [name: string]: unknown }]> = [
	...OPERATIONS.map(({ name, parameters }): [string, { [parameter: string]: unknown }] => [name, parameters(USERS.anna.email)]),
	...Object.entries(ACCESS_PARAMETERS),
];

const run = async (name: string, parameters: { [name: string]: unknown }, more = {}) =>
	await setting.run(name, parameters, { credentials: { apiKey: WRONG, baseUrl: setting.standIn.url, allowedActions: 'fullAccess', allowLoginLinks: true }, ...more });

test('every operation is among the cases', () => {
	const all = resources.flatMap(({ value, operations }) => operations.map((operation) => `${value}.${operation.value}`));
	expect(cases.map(([name]) => name).sort()).toEqual(all.sort());
});

describe.each(cases)('%s with a wrong key', (name, parameters) => {
	test.each([
		['401', 'unauthorized', 'Memberspot did not accept the API key', 'Check the API Key'],
		['403', 'forbidden', 'Memberspot refused this request', 'key is wrong'],
	] as const)('answered with %s: %s, in words that say what to do, and the key is in no output', async (wrongKeyStatus, reason, message, advice) => {
		setting.standIn.setVariants({ wrongKeyStatus });
		const stopped = await run(name, parameters);
		expect(stopOf(stopped).message).toBe(`${message} [item 0]`);
		expect(stopOf(stopped).description).toContain(advice);
		expect(stopOf(stopped).httpCode).toBe(wrongKeyStatus);
		const kept = await run(name, parameters, { continueOnFail: true });
		expect(rowsOf(kept)).toMatchObject([{ error: message, message: { reason, status: Number(wrongKeyStatus) } }]);
		for (const result of [stopped, kept]) expect(everythingOf(result)).not.toContain(WRONG);
		// Nothing was done, and it was not tried again and again.
		expect(setting.standIn.log.entries.every(({ status }) => status === Number(wrongKeyStatus))).toBe(true);
		expect(setting.count()).toBeLessThanOrEqual(6);
	});
});
