import type { ILoadOptionsFunctions, INodePropertyOptions, ResourceMapperFields } from 'n8n-workflow';
import { openSchool, type PropertyDefinition } from '../school';
import { connect, toNodeError } from '../transport';
import { propertyKind, type PropertyKind } from '../values/property';

async function definitions(context: ILoadOptionsFunctions): Promise<PropertyDefinition[]> {
	try {
		const school = openSchool(await connect(context, { settings: { timeoutMs: 15_000, giveUpAfterMs: 20_000 } }));

		return [...(await school.properties())].sort((a, b) => a.name.localeCompare(b.name));
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

/** The custom properties of the school, for the list of properties to clear. */
export async function getProperties(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return labelled(await definitions(this), ({ type }) => type).map(({ id, label }) => ({ name: label, value: id }));
}

/** How a value must look, where the type's own word does not say it. */
const FORMS: { [kind in PropertyKind]?: string } = { date: 'YYYY-MM-DD', boolean: 'true or false' };

/**
 * The custom properties as fields of the mapper.
 *
 * Every field is text to n8n, and this node converts: n8n itself would turn an empty number field
 * into 0, "007" into 7 and a date into one with another time zone.
 *
 * The labels are short, since n8n cuts off what is longer than some 27 characters.
 */
export async function getPropertyFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const fields = labelled(await definitions(this), formOf).map(({ id, label }) => ({
		id,
		displayName: label,
		required: false,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: 'string' as const,
	}));

	return { fields };
}

function formOf({ type, choices }: PropertyDefinition): string {
	return choices === undefined ? (FORMS[propertyKind(type, choices)] ?? type) : choices.join(', ');
}

/** The properties with what a person reads of each. Those that would read alike show their ids. */
function labelled(properties: PropertyDefinition[], remarkOf: (property: PropertyDefinition) => string): Array<{ id: string; label: string }> {
	const plain = properties.map((property) => withRemark(property.name, remarkOf(property)));

	return properties.map(({ id, name }, place) => {
		const label = plain[place];

		return { id, label: plain.indexOf(label) === plain.lastIndexOf(label) ? label : withRemark(name, id) };
	});
}

function withRemark(name: string, remark: string): string {
	return remark === '' ? name : `${name} (${remark})`;
}
