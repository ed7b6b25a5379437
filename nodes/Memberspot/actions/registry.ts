import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { auditOptions, dryRunOption, runOptions } from '../descriptions';
import { InputError } from '../transport';
import { chapter } from './chapter/Chapter.resource';
import { course } from './course/Course.resource';
import { courseProgress } from './courseProgress/CourseProgress.resource';
import { customProperty } from './customProperty/CustomProperty.resource';
import { exam } from './exam/Exam.resource';
import { loginToken } from './loginToken/LoginToken.resource';
import { offer } from './offer/Offer.resource';
import type { Operation, Resource } from './operation';
import { order } from './order/Order.resource';
import { user } from './user/User.resource';

/** All resources. Everything else is derived from this list: drop-downs, display rules, dispatch, docs. */
export const resources: readonly Resource[] = [chapter, course, courseProgress, customProperty, exam, loginToken, offer, order, user];

/**
 * Finds an operation by its saved values.
 *
 * @throws InputError for values this version does not know
 */
export function findOperation(resourceValue: string, operationValue: string): Operation {
	const operation = resources
		.find((resource) => resource.value === resourceValue)
		?.operations.find((candidate) => candidate.value === operationValue);
	if (operation === undefined) {
		throw new InputError(
			`This version of the node does not know the operation "${operationValue}" of "${resourceValue}"`,
			'Choose the operation again, or update the package n8n-nodes-memberspot-sync',
		);
	}

	return operation;
}

/**
 * What stands under the node on the canvas: resource and operation by their names, for example
 * "Offer: Activate or Deactivate", where the saved values would read "setState: offer".
 */
export function subtitle(): string {
	const names = Object.fromEntries(
		resources.flatMap((resource) =>
			resource.operations.map((operation) => [`${resource.value}.${operation.value}`, `${resource.name}: ${operation.name}`]),
		),
	);
	const [resourceValue, operationValue] = ['$parameter["resource"]', '$parameter["operation"]'];

	// n8n's own "Custom API Call" and values of later versions have no name here.
	return `={{ (${JSON.stringify(names)})[${resourceValue} + "." + ${operationValue}] ?? ${resourceValue} + ": " + ${operationValue} }}`;
}

/** The node's properties, derived from the resources. */
export function properties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			default: 'user',
			options: sorted(resources.map(({ name, value, description }) => ({ name, value, description }))),
		},
		...resources.flatMap((resource) => [
			operationField(resource),
			...resource.operations.flatMap((operation) => operationFields(resource, operation)),
		]),
	];
}

function operationField(resource: Resource): INodeProperties {
	const options = sorted(
		resource.operations.map(({ name, value, action, description, builderHint }) => ({
			name,
			value,
			action,
			description,
			...(builderHint === undefined ? {} : { builderHint: { propertyHint: builderHint } }),
		})),
	);

	const field: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		default: '',
		options,
	};

	return { ...field, default: options.find((option) => option.value === 'getAll')?.value ?? options[0].value };
}

function operationFields(resource: Resource, operation: Operation): INodeProperties[] {
	const options: INodeProperties = {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...(operation.options ?? []), ...runOptions, ...writeOptions(operation)].sort((a, b) => inAlphabet(a.displayName, b.displayName)),
	};

	return [...operation.fields, options].map((field) => showOnlyFor(field, resource.value, operation.value));
}

/** What every writing operation offers. */
function writeOptions(operation: Operation): INodeProperties[] {
	if (!operation.writes) return [];

	return [dryRunOption, ...auditOptions(operation.alwaysAudited === true)];
}

/** Adds the display rule for resource and operation, and keeps the field's own rules. */
function showOnlyFor(field: INodeProperties, resource: string, operation: string): INodeProperties {
	return {
		...field,
		displayOptions: { ...field.displayOptions, show: { resource: [resource], operation: [operation], ...field.displayOptions?.show } },
	};
}

function sorted(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort((a, b) => inAlphabet(a.name, b.name));
}

/** The same order on every machine, and without the tables of the machine's language, which take longer to load than all else here. */
function inAlphabet(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
