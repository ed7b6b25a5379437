/* eslint-disable @n8n/community-nodes/no-restricted-imports -- reads package.json as n8n does */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
	IVersionedNodeType,
} from 'n8n-workflow';
import type { EngineModules } from './modules';
import type { ExtraClasses } from './types';

/** All nodes and credentials that a workflow under test may use, by the names n8n knows them by. */
export interface Registry {
	nodeTypes: INodeTypes;
	/** The full name of a node that a test names in short. */
	fullName(type: string): string;
	credential(type: string): ICredentialType;
	/** Full names of the nodes that name a credential in their description. */
	supportedNodes(credentialType: string): string[];
	/** Registers a node for the run of one test. */
	add(name: string, type: INodeType): void;
}

interface PackageFile {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
}

/**
 * Loads the package as n8n does: its own loader reads package.json, makes the classes, checks their
 * descriptions and adds what n8n adds (poll times, CORS options, the tool variants).
 */
export async function createRegistry(modules: EngineModules, extra: ExtraClasses = {}): Promise<Registry> {
	const { name: packageName, n8n }: PackageFile = JSON.parse(readFileSync(join(modules.packageFolder, 'package.json'), 'utf8'));
	const loader = new modules.core.PackageDirectoryLoader(modules.packageFolder);
	if (modules.line === '2.41') {
		// Classes from the sources instead of dist. What the loader makes of them is the same.
		Reflect.set(loader, 'loadClass', (path: string): unknown => {
			const [className] = basename(path).split('.');
			const Class = modules.load(path)[className];
			if (typeof Class !== 'function') throw new Error(`${path} does not export a class ${className}`);

			return Reflect.construct(Class, []);
		});
	}
	await loader.loadAll();
	if (Object.keys(loader.nodeTypes).length !== n8n.nodes.length) throw new Error('n8n did not load every node of package.json');

	const nodes = new Map<string, INodeType | IVersionedNodeType>();
	const credentials = new Map<string, ICredentialType>();
	for (const [name, { type }] of Object.entries(loader.nodeTypes)) nodes.set(`${packageName}.${name}`, type);
	for (const [name, { type }] of Object.entries(loader.credentialTypes)) credentials.set(name, type);
	for (const Class of extra.nodes ?? []) {
		const type = new Class();
		nodes.set(`${packageName}.${type.description.name}`, type);
	}
	for (const Class of extra.credentials ?? []) {
		const type = new Class();
		credentials.set(type.name, type);
	}
	for (const [name, type] of [...nodes]) {
		if (!('nodeVersions' in type) && type.description.usableAsTool) nodes.set(`${name}Tool`, toolVariant(modules, type));
	}

	const find = (name: string): INodeType | IVersionedNodeType => {
		const type = nodes.get(name);
		if (type === undefined) throw new Error(`There is no node ${name}. There are: ${[...nodes.keys()].join(', ')}`);

		return type;
	};

	return {
		nodeTypes: {
			getByName: find,
			getByNameAndVersion: (name, version) => modules.workflow.NodeHelpers.getVersionedNodeType(find(name), version),
			getKnownTypes: () => ({}),
		},
		fullName: (type) => (type.includes('.') ? type : `${packageName}.${type}`),
		credential: (type) => {
			const found = credentials.get(type);
			if (found === undefined) throw new Error(`There is no credential ${type}. There are: ${[...credentials.keys()].join(', ')}`);

			return found;
		},
		supportedNodes: (credentialType) =>
			[...nodes].filter(([, type]) => usesCredential(type, credentialType)).map(([name]) => name),
		add: (name, type) => nodes.set(name, type),
	};
}

/** Fields that a saved credential lacks get their defaults, as n8n does when it decrypts one. */
export function withDefaults(properties: INodeProperties[], data: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
	const filled = { ...data };
	for (const { name, default: value } of properties) {
		if (filled[name] === undefined && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) filled[name] = value;
	}

	return filled;
}

function usesCredential(type: INodeType | IVersionedNodeType, credentialType: string): boolean {
	const versions = 'nodeVersions' in type ? Object.values(type.nodeVersions) : [type];

	return versions.some(({ description }) => description.credentials?.some(({ name }) => name === credentialType));
}

/**
 * The node that n8n makes of a node that is usable as a tool: no inputs, an output for agents, and a
 * description for the model. The node's code is the same.
 */
function toolVariant(modules: EngineModules, type: INodeType): INodeType {
	const description: INodeTypeDescription = modules.workflow.deepCopy(type.description);
	const { properties } = description;
	const automatic = properties.some(({ name }) => name === 'resource' || name === 'operation');
	const toolDescription: INodeProperties = {
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		default: description.description,
		required: true,
		...(automatic ? { displayOptions: { show: { descriptionType: ['manual'] } } } : {}),
	};
	const descriptionType: INodeProperties = {
		displayName: 'Tool Description',
		name: 'descriptionType',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Set Automatically', value: 'auto' },
			{ name: 'Set Manually', value: 'manual' },
		],
		default: 'auto',
	};
	const variant: INodeType = Object.create(type);
	variant.description = {
		...description,
		name: `${description.name}Tool`,
		displayName: `${description.displayName} Tool`,
		inputs: [],
		outputs: [modules.workflow.NodeConnectionTypes.AiTool],
		usableAsTool: undefined,
		properties: [...(automatic ? [descriptionType] : []), toolDescription, ...properties],
	};

	return variant;
}
