import type { IDataObject } from 'n8n-workflow';
import { hasProperties, simplifyUser, type School, type User } from '../school';
import { failureOf, InputError, passOn } from '../transport';
import type { Params } from './params';
import type { Run } from './operation';

/** How members are put out. */
export interface OutputChoice {
	form: 'simplified' | 'raw';
	/** Only these fields of the simplified form. */
	fields?: string[];
}

/**
 * Reads the choice of output. People have the Simplify switch, an AI model has Output; n8n hands
 * over only the one that is shown, so both are read with a fallback.
 */
export function readOutputChoice(params: Params): OutputChoice {
	const output = params.choice('output', 'Output', ['simplified', 'raw', 'selectedFields'] as const, 'simplified');
	if (output === 'raw') return { form: 'raw' };
	if (output === 'selectedFields') {
		const fields = (params.text('outputFields', 'Fields') ?? '').split(/[\s,;]+/).filter((name) => name !== '');
		if (fields.length === 0) throw new InputError('Fields is empty', 'Name at least one field, for example email');

		return { form: 'simplified', fields };
	}

	return { form: params.boolean('simplify', 'Simplify', true) ? 'simplified' : 'raw' };
}

/** Puts members out in the chosen form. Reads the property definitions when their names are needed. */
export async function putOutUsers(run: Run, users: User[], choice: OutputChoice): Promise<IDataObject[]> {
	if (choice.form === 'raw') return users.map((user) => user.raw);

	const definitions = hasProperties(users) ? await definitionsOrNone(run.school, run) : [];

	return users.map((user) => pick(simplifyUser(user, definitions), choice.fields));
}

/** Names are a courtesy: a key that may not read the definitions still gets its members. */
async function definitionsOrNone(school: School, run: Run) {
	try {
		return await school.properties();
	} catch (error) {
		if (failureOf(error)?.kind !== 'forbidden' && failureOf(error)?.kind !== 'notFound') throw passOn(error);
		run.hint('Custom properties are shown under their keys, since Memberspot did not give their names to this API key.');

		return [];
	}
}

function pick(row: IDataObject, fields: string[] | undefined): IDataObject {
	if (fields === undefined) return row;

	return Object.fromEntries(fields.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
}
