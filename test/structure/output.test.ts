import { resources } from '../../nodes/Memberspot/actions/registry';
import { OFFERS, USERS } from '../stand-in/fixtures';
import { ACCESS_PARAMETERS, by, OPERATIONS } from '../support/operations';
import { expectToFitSchema } from '../support/schema';
import { useStandIn } from '../support/setting';

const setting = useStandIn({ users: 30 });
const EMAIL = USERS.anna.email;

/** Parameters of every operation, by `resource.operation`. */
const PARAMETERS: { [name: string]: { [parameter: string]: unknown } } = {
	...Object.fromEntries(OPERATIONS.map(({ name, parameters }) => [name, parameters(EMAIL)])),
	...ACCESS_PARAMETERS,
};

/** Options that change the form of the output. */
const FORMS: Array<{ form: string; options: { [option: string]: unknown } }> = [
	{ form: 'without options', options: {} },
	{ form: 'in a dry run', options: { dryRun: true } },
	{ form: 'with an audit record', options: { auditRecord: true, requestedBy: 'Support ticket 4711' } },
	{ form: 'with a hash for the address, in a dry run with a record', options: { hashEmail: true, dryRun: true, auditRecord: true } },
	{ form: 'with every check', options: { checkAfterwards: true, checkAfterwardsFor: 0, offerToCheck: by('id', OFFERS.excel.id) } },
];

const cases = resources.flatMap((resource) => resource.operations.flatMap((operation) => FORMS.map(({ form, options }) => ({ resource: resource.value, operation: operation.value, form, options }))));

test.each(cases)('$resource/$operation $form puts out what its schema says', async ({ resource, operation, options }) => {
	const { items, error } = await setting.run(`${resource}.${operation}`, { ...PARAMETERS[`${resource}.${operation}`], options });
	expect(error).toBeUndefined();
	expect(items.length).toBeGreaterThan(0);
	expectToFitSchema(resource, operation, items);
});

test.each([USERS.anna.email, 'nobody@example.com'])('user.get puts out what its schema says for %s, found or not', async (email) => {
	const { items } = await setting.run('user.get', { user: by('email', email), ifNotFound: 'returnNotFound' });
	expectToFitSchema('user', 'get', items);
});

test('a failed item is in the form that n8n sends to the error output', async () => {
	const { items } = await setting.run('offer.grant', { email: 'no address', offer: by('id', OFFERS.excel.id) }, { continueOnFail: true });
	expect(items).toHaveLength(1);
	expect(items[0].json).toHaveProperty('error');
	expectToFitSchema('offer', 'grant', items);
});
