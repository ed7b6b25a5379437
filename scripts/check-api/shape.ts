/** What a value looks like, without the value: kinds, field names, number of rows. */
export interface Shape {
	readonly kinds: Set<string>;
	readonly fields: Map<string, Shape>;
	/** In how many of the objects merged here each field stood. */
	readonly counts: Map<string, number>;
	objects: number;
	items?: Shape;
	rows: number;
	/** Objects with keys that are data, not names. */
	keys: number;
}

/** Fields whose keys belong to the school, not to the API. */
const MAPS: ReadonlySet<string> = new Set(['customUserProperties']);
const MOST_FIELDS = 60;

/** The shape of one value, or of many values together. */
export function shapeOf(...values: unknown[]): Shape {
	const shape = emptyShape();
	for (const value of values) add(shape, value, false);

	return shape;
}

/** Every field of a shape as a path, like `data[].uid`. */
export function fieldsOf(shape: Shape, at = ''): string[] {
	const own = [...shape.fields].flatMap(([name, field]) => {
		const path = at === '' ? name : `${at}.${name}`;

		return [path, ...fieldsOf(field, path)];
	});

	return shape.items === undefined ? own : [...own, ...fieldsOf(shape.items, `${at}[]`)];
}

/** A shape in one line. A question mark says that not every object had the field. */
export function shapeText(shape: Shape): string {
	const parts = [...shape.kinds].filter((kind) => kind !== 'object' && kind !== 'list').sort();
	if (shape.kinds.has('object')) parts.push(objectText(shape));
	if (shape.kinds.has('list'))
		parts.push(`[${shape.items === undefined ? '' : shapeText(shape.items)}]`);

	return parts.join(' or ');
}

/**
 * A name of a field, if it can be one. Anything else, such as an id, an address or a text with
 * blanks, may be somebody's data and is not shown.
 */
export function fieldName(name: string): string | undefined {
	return /^_?[a-z][A-Za-z_]{0,29}[0-9]?$/.test(name) ? name : undefined;
}

function emptyShape(): Shape {
	return {
		kinds: new Set(),
		fields: new Map(),
		counts: new Map(),
		objects: 0,
		rows: 0,
		keys: 0,
	};
}

function add(shape: Shape, value: unknown, isMap: boolean): void {
	if (Array.isArray(value)) {
		shape.kinds.add('list');
		shape.rows += value.length;
		for (const item of value) add((shape.items ??= emptyShape()), item, false);
	} else if (typeof value === 'object' && value !== null) {
		shape.kinds.add('object');
		shape.objects++;
		const entries = Object.entries(value);
		const named = entries.filter(([name]) => fieldName(name) !== undefined);
		if (isMap || entries.length > MOST_FIELDS) {
			shape.keys += entries.length;

			return;
		}
		shape.keys += entries.length - named.length;
		for (const [name, field] of named) {
			const known = shape.fields.get(name) ?? emptyShape();
			shape.fields.set(name, known);
			shape.counts.set(name, (shape.counts.get(name) ?? 0) + 1);
			add(known, field, MAPS.has(name));
		}
	} else shape.kinds.add(kindOf(value));
}

function kindOf(value: unknown): string {
	if (value === null || value === undefined) return 'null';
	if (typeof value === 'string')
		return value === '' ? 'empty text' : isMoment(value) ? 'moment' : 'text';

	return typeof value === 'boolean' ? 'true/false' : typeof value;
}

/** Whether a text is a moment in ISO 8601. */
export function isMoment(text: string): boolean {
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text);
}

function objectText({ fields, counts, objects, keys }: Shape): string {
	const named = [...fields].map(
		([name, field]) =>
			`${name}${(counts.get(name) ?? 0) < objects ? '?' : ''}: ${shapeText(field)}`,
	);
	if (keys > 0) named.push(`(${keys} keys that are data)`);

	return named.length === 0 ? '{}' : `{ ${named.join(', ')} }`;
}
