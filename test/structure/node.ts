/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @typescript-eslint/no-require-imports -- reads the repository's own files, and loads the classes that package.json names */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions, INodeType, INodeTypeDescription } from 'n8n-workflow';

/** The repository's root. */
export const ROOT = join(__dirname, '..', '..');

interface PackageFile {
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
}

/** package.json, as far as the structure tests read it. */
export function packageFile(): PackageFile {
	return JSON.parse(read('package.json')) as PackageFile;
}

/** Text of a file, by its path from the root. */
export function read(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Whether a file or folder is there, by its path from the root. */
export function isThere(path: string): boolean {
	return existsSync(join(ROOT, path));
}

/** All files under a folder, as paths from the root with forward slashes. */
export function filesUnder(folder: string, ending = ''): string[] {
	if (!isThere(folder)) return [];

	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.map((name) => join(ROOT, folder, name))
		.filter((path) => path.endsWith(ending) && !path.includes(`${sep}node_modules${sep}`) && statSync(path).isFile())
		.map((path) => relative(ROOT, path).split(sep).join('/'))
		.sort();
}

/** A node of the package, with the source file its class stands in. */
export interface NodeFact {
	className: string;
	source: string;
	description: INodeTypeDescription;
}

/** All nodes that package.json names, made from the TypeScript sources. */
export function nodes(): NodeFact[] {
	return packageFile().n8n.nodes.map((built) => {
		const source = built.replace(/^dist\//, '').replace(/\.js$/, '.ts');
		const className = source.replace(/^.*\//, '').replace(/\.node\.ts$/, '');
		const module = require(join(ROOT, source)) as { [name: string]: new () => INodeType };

		return { className, source, description: new module[className]().description };
	});
}

/** A field, and the way to it, for example `filters.offer`. */
export interface FieldFact {
	path: string;
	field: INodeProperties;
	/** What its display rules say: for an operation's fields, `resource` and `operation`. */
	resource?: string;
	operation?: string;
}

/** All fields of a node, those within collections too. */
export function fieldsOf({ properties }: INodeTypeDescription): FieldFact[] {
	return properties.flatMap((field) => {
		const { resource, operation } = field.displayOptions?.show ?? {};
		const place = { resource: first(resource), operation: first(operation) };

		return within(field, '').map((fact) => ({ ...place, ...fact }));
	});
}

function within(field: INodeProperties, prefix: string): FieldFact[] {
	const path = `${prefix}${field.name}`;
	const below = (field.options ?? []).flatMap((option) => {
		if (isField(option)) return within(option, `${path}.`);

		return isFieldGroup(option) ? option.values.flatMap((value) => within(value, `${path}.${option.name}.`)) : [];
	});

	return [{ path, field }, ...below];
}

/** The options of a drop-down. */
export function choicesOf(field: INodeProperties): INodePropertyOptions[] {
	return (field.options ?? []).filter((option): option is INodePropertyOptions => 'value' in option);
}

type AnyOption = INodePropertyOptions | INodeProperties | INodePropertyCollection;

function isField(option: AnyOption): option is INodeProperties {
	return 'type' in option && 'default' in option;
}

function isFieldGroup(option: AnyOption): option is INodePropertyCollection {
	return 'values' in option;
}

function first(values: unknown): string | undefined {
	const value: unknown = Array.isArray(values) ? values[0] : undefined;

	return typeof value === 'string' ? value : undefined;
}
