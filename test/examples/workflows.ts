/* eslint-disable @n8n/community-nodes/no-restricted-imports -- reads the repository's own files */
import { posix } from 'node:path';
import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { filesUnder, read } from '../structure/node';

/** A node of an example, as it stands in the file. */
export interface ExampleNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: INodeParameters;
	credentials?: { [type: string]: { id: string | null; name: string } };
	disabled?: boolean;
}

/** A workflow of the folder examples. */
export interface Example {
	name: string;
	nodes: ExampleNode[];
	connections: {
		[from: string]: {
			[type: string]: Array<Array<{ node: string; type: string; index: number }> | null>;
		};
	};
	settings: object;
	pinData?: object;
}

/** Name of each example without its ending, and the text of its file. */
export const files = filesUnder('examples', '.json')
	.filter((path) => posix.dirname(path) === 'examples')
	.map((path) => ({ name: posix.basename(path, '.json'), text: read(path) }));

/** An example, by the name of its file without the ending. */
export function example(name: string): Example {
	return JSON.parse(read(`examples/${name}.json`)) as Example;
}

/** A node of an example. */
export function nodeOf({ name, nodes }: Example, wanted: string): ExampleNode {
	const node = nodes.find((each) => each.name === wanted);
	if (node === undefined) throw new Error(`${name} has no node "${wanted}"`);

	return node;
}

const STICKY = 'n8n-nodes-base.stickyNote';

export const isNote = ({ type }: ExampleNode): boolean => type === STICKY;

/** What lies too close together: n8n draws a node 96 pixels wide, with its name below. */
export function overlaps(nodes: ExampleNode[]): string[] {
	const found: string[] = [];
	const working = nodes.filter((node) => !isNote(node));
	for (const [index, a] of working.entries()) {
		for (const b of working.slice(index + 1)) {
			const [dx, dy] = [
				Math.abs(a.position[0] - b.position[0]),
				Math.abs(a.position[1] - b.position[1]),
			];
			if (dx < 160 && dy < 140) found.push(`${a.name} and ${b.name}`);
		}
	}
	const notes = nodes.filter(isNote);
	for (const [index, a] of notes.entries()) {
		for (const b of notes.slice(index + 1)) {
			const [one, two] = [boxOf(a), boxOf(b)];
			if (
				one.left < two.right &&
				two.left < one.right &&
				one.top < two.bottom &&
				two.top < one.bottom
			)
				found.push(`${a.name} and ${b.name}`);
		}
	}

	return found;
}

function boxOf({ position: [left, top], parameters: { width, height } }: ExampleNode) {
	return { left, top, right: left + Number(width ?? 240), bottom: top + Number(height ?? 160) };
}

/** Nodes that no trigger leads to, neither by data nor as a part of an AI agent that is led to. */
export function orphans(
	{ nodes, connections }: Example,
	isTrigger: (node: ExampleNode) => boolean,
): string[] {
	const reached = new Set(nodes.filter(isTrigger).map(({ name }) => name));
	for (let size = 0; size !== reached.size; ) {
		size = reached.size;
		for (const [from, outputs] of Object.entries(connections)) {
			for (const [type, targets] of Object.entries(outputs)) {
				const ends = targets.flatMap((each) => each ?? []).map(({ node }) => node);
				// A model, a memory or a tool is connected to the agent that uses it.
				if (type === 'main' ? reached.has(from) : ends.some((end) => reached.has(end))) {
					for (const end of type === 'main' ? ends : [from]) reached.add(end);
				}
			}
		}
	}

	return nodes.filter((node) => !isNote(node) && !reached.has(node.name)).map(({ name }) => name);
}

/** What in the parameters of a node is unknown to its description, as paths. Expressions are not looked into. */
export function unknownParameters(
	parameters: INodeParameters,
	properties: INodeProperties[],
	shown: INodeParameters,
): string[] {
	return Object.entries(parameters).flatMap(([name, value]) => {
		const fitting = properties.filter(
			(property) => property.name === name && isShown(property, shown),
		);
		if (fitting.length === 0) return [name];
		const problems = fitting.map((property) =>
			problemsOf(value, property, shown).map((each) => `${name}${each}`),
		);

		return problems.find(({ length }) => length === 0) ?? problems[0];
	});
}

function isShown({ displayOptions }: INodeProperties, shown: INodeParameters): boolean {
	return ['resource', 'operation'].every((name) => {
		const values = displayOptions?.show?.[name];

		return (
			values === undefined ||
			shown[name] === undefined ||
			values.some((value) => value === shown[name])
		);
	});
}

function problemsOf(value: unknown, property: INodeProperties, shown: INodeParameters): string[] {
	if (typeof value === 'string' && value.startsWith('=')) return [];
	const options = property.options ?? [];
	switch (property.type) {
		case 'options':
		case 'multiOptions': {
			if (property.typeOptions?.loadOptionsMethod !== undefined) return [];
			const known = options.flatMap((option) => ('value' in option ? [option.value] : []));

			return [value]
				.flat()
				.flatMap((each) => (known.some((one) => one === each) ? [] : [`: ${String(each)}`]));
		}
		case 'boolean':
			return typeof value === 'boolean' ? [] : [': not true or false'];
		case 'number':
			return typeof value === 'number' ? [] : [': not a number'];
		case 'resourceLocator': {
			const { mode } = value as { mode?: string };

			return (property.modes ?? []).some(({ name }) => name === mode)
				? []
				: [`: mode ${String(mode)}`];
		}
		case 'collection': {
			const known = options.filter((option): option is INodeProperties => 'type' in option);

			return unknownParameters(value as INodeParameters, known, shown).map((each) => `.${each}`);
		}
		case 'fixedCollection':
			return Object.entries(
				value as { [group: string]: INodeParameters | INodeParameters[] },
			).flatMap(([group, entries]) => {
				const known = options.flatMap((option) =>
					'values' in option && option.name === group ? [option.values] : [],
				);
				if (known.length === 0) return [`.${group}`];

				return [entries]
					.flat()
					.flatMap((entry) =>
						unknownParameters(entry, known[0], shown).map((each) => `.${group}.${each}`),
					);
			});
		default:
			return [];
	}
}
