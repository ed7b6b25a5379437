import type { Api, Field, Fields, Operation } from './swagger';

/** How one call differs between their description and ours. */
export interface Difference {
	/** Like `GET /v1/users/list`. */
	call: string;
	onlyTheirs: string[];
	onlyOurs: string[];
	differs: string[];
}

/** Compares two descriptions, call by call and field by field. Calls that agree are left out. Pure. */
export function compareApis(theirs: Api, ours: Api): Difference[] {
	const keys = [...new Set([...ours.keys(), ...theirs.keys()])];

	return keys.flatMap((key) => {
		const [their, our] = [theirs.get(key), ours.get(key)];
		if (their === undefined)
			return our === undefined
				? []
				: [{ call: our.name, onlyTheirs: [], onlyOurs: ['the call itself'], differs: [] }];
		if (our === undefined)
			return [
				{
					call: their.name,
					onlyTheirs: ['the call itself', ...outline(their)],
					onlyOurs: [],
					differs: [],
				},
			];
		const difference = compareCalls(their, our);
		const count =
			difference.onlyTheirs.length + difference.onlyOurs.length + difference.differs.length;

		return count === 0 ? [] : [difference];
	});
}

function compareCalls(their: Operation, our: Operation): Difference {
	const difference: Difference = { call: our.name, onlyTheirs: [], onlyOurs: [], differs: [] };
	compareFields(difference, 'parameter', their.parameters, our.parameters, true);
	if (their.body === undefined && our.body !== undefined) difference.onlyOurs.push('a body');
	if (their.body !== undefined && our.body === undefined) difference.onlyTheirs.push('a body');
	if (their.body !== undefined && our.body !== undefined)
		compareFields(difference, 'body', their.body, our.body, true);
	// A description without a schema for the answer says nothing against ours.
	const [answer] = their.answers;
	if (answer !== undefined && our.answers.length > 0) {
		const tries = our.answers.map((one) => {
			const attempt: Difference = { call: '', onlyTheirs: [], onlyOurs: [], differs: [] };
			// Frameworks list every field of an answer as required, so that says little.
			compareFields(attempt, 'answer', answer, one, false);

			return attempt;
		});
		tries.sort((one, other) => size(one) - size(other));
		difference.onlyTheirs.push(...tries[0].onlyTheirs);
		difference.onlyOurs.push(...tries[0].onlyOurs);
		difference.differs.push(...tries[0].differs);
	}
	const [theirKeys, ourKeys] = [their.keys, our.keys].map(
		(keys) => [...keys].sort().join(', ') || 'none',
	);
	if (theirKeys !== ourKeys) difference.differs.push(`key: theirs ${theirKeys}, ours ${ourKeys}`);

	return difference;
}

function compareFields(
	difference: Difference,
	what: string,
	theirs: Fields,
	ours: Fields,
	required: boolean,
): void {
	for (const [path, their] of theirs) {
		const our = ours.get(path);
		if (our === undefined)
			difference.onlyTheirs.push(`${label(what, path)} (${words(their, required)})`);
		else {
			const differences = differencesOf(their, our, required);
			if (differences.length > 0)
				difference.differs.push(`${label(what, path)}: ${differences.join('; ')}`);
		}
	}
	for (const [path, our] of ours)
		if (!theirs.has(path))
			difference.onlyOurs.push(`${label(what, path)} (${words(our, required)})`);
}

function differencesOf(their: Field, our: Field, required: boolean): string[] {
	const differences: string[] = [];
	if (their.types.size > 0 && our.types.size > 0 && typesText(their) !== typesText(our))
		differences.push(`theirs ${typesText(their)}, ours ${typesText(our)}`);
	if (required && their.required !== our.required)
		differences.push(
			their.required ? 'theirs required, ours optional' : 'theirs optional, ours required',
		);
	if (their.values.join() !== our.values.join())
		differences.push(
			`values: theirs ${their.values.join(', ') || 'any'}, ours ${our.values.join(', ') || 'any'}`,
		);

	return differences;
}

function outline({ parameters, body }: Operation): string[] {
	return [
		...[...parameters].map(
			([path, field]) => `${label('parameter', path)} (${words(field, true)})`,
		),
		...[...(body ?? [])].map(([path, field]) => `${label('body', path)} (${words(field, true)})`),
	];
}

function label(what: string, path: string): string {
	return path === '' ? `the ${what} itself` : `${what} ${path}`;
}

function words(field: Field, required: boolean): string {
	return [typesText(field) || 'any', ...(required && field.required ? ['required'] : [])].join(
		', ',
	);
}

function typesText({ types }: Field): string {
	return [...types].sort().join(' or ');
}

function size({ onlyTheirs, onlyOurs, differs }: Difference): number {
	return onlyTheirs.length + onlyOurs.length + differs.length;
}
