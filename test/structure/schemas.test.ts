/* eslint-disable @n8n/community-nodes/no-restricted-imports -- lists schema files */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { resources } from '../../nodes/Memberspot/actions/registry';
import { expectToFitSchema, readSchema, SCHEMAS, validatorOf, type OutputField } from '../support/schema';

const operations = resources.flatMap((resource) => resource.operations.map((operation) => ({ resource: resource.value, operation: operation.value, writes: operation.writes, always: operation.alwaysAudited === true })));
const schemaFiles = readdirSync(SCHEMAS).flatMap((resource) => readdirSync(join(SCHEMAS, resource)).map((file) => `${resource}/${basename(file, '.json')}`));

describe('output schemas', () => {
	test('there is one for each operation, and no other', () => {
		expect(schemaFiles.sort()).toEqual(operations.map(({ resource, operation }) => `${resource}/${operation}`).sort());
	});

	describe.each(operations.filter(({ resource, operation }) => existsSync(join(SCHEMAS, resource, `${operation}.json`))))('$resource/$operation', ({ resource, operation, writes, always }) => {
		test('is a valid JSON Schema in the form of n8n\'s own', () => {
			expect(() => validatorOf(resource, operation)).not.toThrow();
			expect(readSchema(resource, operation)).toMatchObject({ version: 1, type: 'object' });
		});

		test('says for each field what it is, in a form that n8n\'s preview can show', () => {
			expect(unclear(readSchema(resource, operation).properties)).toEqual([]);
		});

		test('is strict about the rows this node makes, and open about those it passes on', () => {
			const { additionalProperties, properties } = readSchema(resource, operation);
			expect(additionalProperties).toBe(PASSED_ON.has(`${resource}/${operation}`));
			const nothing = validatorOf(resource, operation)({});
			expect(nothing).toBe(false);
			expect(Object.keys(properties).length).toBeGreaterThan(0);
		});

		if (writes) {
			test('has the dry run and the audit record of every writing operation', () => {
				const { properties } = readSchema(resource, operation);
				const { audit, dryRun } = readSchema('offer', 'grant').properties;
				expect(properties.audit).toEqual(audit);
				expect(properties.dryRun).toEqual(dryRun);
			});
		}

		if (always) {
			test('demands the audit record that can not be switched off', () => {
				expect(readSchema(resource, operation).required).toContain('audit');
			});
		}
	});
});

/** Operations whose rows are Memberspot's own, with what we know of them and anything else. */
const PASSED_ON = new Set(['courseProgress/get', 'courseProgress/getAll', 'customProperty/getAll', 'exam/getResults', 'offer/getAll']);

describe('expectToFitSchema', () => {
	const row = { success: true, email: 'anna@example.com', offerId: 'o1', active: true, outcome: 'confirmed' };

	test('takes a fitting row, a planned one, and a failed item', () => {
		expectToFitSchema('offer', 'setState', [
			{ json: row },
			{ json: { email: 'anna@example.com', wouldSend: { method: 'POST', path: '/x', body: { a: 1 } }, dryRun: true } },
			{ json: { error: 'It failed', message: { description: 'Do this', reason: 'input', outcome: 'notDone' } } },
		]);
	});

	test.each([
		['a field that is not in the schema', { ...row, surprise: 1 }],
		['a missing field', { success: true, email: 'anna@example.com' }],
		['a value of another type', { ...row, active: 'true' }],
		['an outcome that is not one', { ...row, outcome: 'done' }],
		['an error item in a form that n8n does not send to the error output', { error: 'It failed', description: 'x' }],
	])('refuses %s', (_what, json) => {
		expect(() => expectToFitSchema('offer', 'setState', [{ json: row }, { json }])).toThrow(/item 1/);
	});

	test('takes fewer fields only where they were selected, and an empty answer only as a tool', () => {
		const few = { json: { email: 'anna@example.com' } };
		const nothing = { json: { found: false, message: 'Nothing was found' } };
		expect(() => expectToFitSchema('user', 'getAll', [few])).toThrow();
		expect(() => expectToFitSchema('user', 'getAll', [nothing])).toThrow();
		expectToFitSchema('user', 'getAll', [few, nothing], { form: 'selected', asTool: true });
		expectToFitSchema('user', 'getAll', [{ json: { uid: 'u1', firstname: 'Anna' } }], { form: 'raw' });
	});
});

/**
 * Fields without a description, or in a form the preview can't show: it knows one type for each
 * field (of several it takes the first), the fields of an object and the items of a list.
 */
function unclear(fields: { [name: string]: OutputField }, path = ''): string[] {
	return Object.entries(fields).flatMap(([name, field]) => {
		const place = `${path}${name}`;
		const types = [field.type ?? []].flat();
		const problems: string[] = [];
		if (!field.description) problems.push(`${place}: no description`);
		if (types.length === 0) problems.push(`${place}: no type`);
		if (types.length > 1 && types.some((type) => type === 'object' || type === 'array')) problems.push(`${place}: an object or a list and something else`);
		if (types.includes('array') && field.items === undefined) problems.push(`${place}: a list of unknown things`);

		return [...problems, ...unclear(field.properties ?? {}, `${place}.`), ...unclear(field.items?.properties ?? {}, `${place}[].`)];
	});
}
