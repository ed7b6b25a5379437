import type { IDataObject, IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';
import type { OfferChoice } from '../school';
import { InputError } from '../transport';
import { readEmail, splitAddresses } from '../values/email';
import { readId, readPageAddress } from '../values/id';
import { isJsonObject } from '../values/json';
import { readBoolean, readMoment, readNumber, type NumberLimits } from '../values/scalar';
import { describe, isRecord, readOptionalText, trimInvisible, type Reading } from '../values/text';

/** How a user was chosen in the node. */
export type UserChoice = { by: 'email'; value: string } | { by: 'uid'; value: string };

/** The collections, with their labels. */
const COLLECTIONS = { details: 'User Details', filters: 'Filters', options: 'Options' } as const;

/** A value of a resource locator, or a plain value where an expression stands for the whole field. */
interface LocatorValue {
	mode: string | undefined;
	value: unknown;
}

/**
 * The parameters of one input item, read strictly: what can't be used is refused here, before any
 * request, with the field's label and what to do.
 *
 * Every method throws InputError.
 */
export class Params {
	constructor(
		private readonly context: IExecuteFunctions,
		/** The input item's index. */
		readonly index: number,
	) {}

	/** The raw value of a field. A field that a saved workflow lacks gives `fallback`. */
	raw(name: string, fallback?: NodeParameterValueType): unknown {
		return this.context.getNodeParameter(name, this.index, fallback ?? null) ?? fallback;
	}

	/**
	 * A collection. What is none is refused: by an expression for the whole of "Options" that went wrong
	 * a dry run would become a real one.
	 */
	collection(name: keyof typeof COLLECTIONS): IDataObject {
		const value = this.given(name, {});
		if (!isJsonObject(value)) throw new InputError(`${COLLECTIONS[name]} is ${describe(value)}, not a collection of fields`, 'Give an object, or set its fields one by one');

		return value;
	}

	/** Whether n8n runs the node for the first item only, and keeps the others from it. */
	get executesOnce(): boolean {
		return this.context.getNode().executeOnce === true;
	}

	/** The input item's own data. */
	item(): IDataObject {
		return this.context.getInputData()[this.index]?.json ?? {};
	}

	/** One e-mail address. */
	email(name: string, label: string): string {
		return unwrap(readEmail(this.locator(name).value, this.emailOptions()), label);
	}

	/** A list of addresses: at least one, each checked, order and doubles kept. */
	emails(name: string, label: string): string[] {
		const parts = unwrap(splitAddresses(this.locator(name).value), label);
		if (parts.length === 0) throw new InputError(`${label} is empty`, 'Give at least one address');

		return parts.map((part, place) => unwrap(readEmail(part, this.emailOptions()), parts.length === 1 ? label : `Address ${place + 1} in ${label}`));
	}

	/** A user by e-mail or UID. */
	user(name: string): UserChoice {
		const { mode, value } = this.locator(name);

		return mode === 'uid' ? { by: 'uid', value: unwrap(readId(value), 'User (UID)') } : { by: 'email', value: unwrap(readEmail(value, this.emailOptions()), 'User') };
	}

	/** An offer by id or name. */
	offer(name: string, label = 'Offer'): OfferChoice {
		return readOfferChoice(this.raw(name), label);
	}

	/** An id that stands in a locator or a text field. */
	id(name: string, label: string): string {
		return unwrap(readId(this.locator(name).value), label);
	}

	/** Whether a field holds anything at all. */
	has(name: string): boolean {
		return new OptionReader({ [name]: this.plain(name) }).has(name);
	}

	/** A course by id, or by the address of one of its pages in the member area. */
	course(name: string, label = 'Course'): string {
		return readCourseId(this.raw(name), label);
	}

	/** A chapter by id or page address; the address also tells the course. */
	chapter(name: string, label = 'Chapter'): { chapterId: string; courseId?: string } {
		const { value } = this.locator(name);
		const page = typeof value === 'string' ? readPageAddress(value) : undefined;
		if (page === undefined) return { chapterId: unwrap(readId(value), label) };
		if (page.chapterId === undefined) {
			throw new InputError(`${label} is the address of a course, not of a chapter`, 'Open a lesson of the chapter in the member area and copy that address');
		}

		return { chapterId: page.chapterId, courseId: page.courseId };
	}

	/** True or false, strictly. */
	boolean(name: string, label: string, fallback?: boolean): boolean {
		return unwrap(readBoolean(this.given(name, fallback)), label);
	}

	/**
	 * True or false as it was set by hand. An expression is refused, since it could leave the choice to
	 * an AI model; n8n evaluates one even where its editor offers none.
	 */
	fixedBoolean(name: string, label: string, fallback: boolean): boolean {
		const saved = this.context.getNode().parameters[name];
		if (typeof saved === 'string' && saved.startsWith('=')) throw new InputError(`${label} is an expression`, 'Turn it on or off by hand: an AI model must not decide about it');

		return this.boolean(name, label, fallback);
	}

	/** A number within limits. */
	number(name: string, label: string, limits: NumberLimits, fallback?: number): number {
		return unwrap(readNumber(this.raw(name, fallback), limits), label);
	}

	/** A text that may be empty; then undefined. */
	text(name: string, label: string): string | undefined {
		return unwrap(readOptionalText(this.raw(name, '')), label);
	}

	/** An order id that may be left out; then undefined. Leading zeros are kept. */
	optionalId(name: string, label: string): string | undefined {
		const raw = this.raw(name, '');
		if (raw === '' || raw === undefined || raw === null || (typeof raw === 'string' && trimInvisible(raw) === '')) return undefined;

		return unwrap(readId(raw), label);
	}

	/** One of the values of a drop-down. */
	choice<T extends string>(name: string, label: string, values: readonly T[], fallback: T): T {
		return oneOf(values, this.given(name, fallback), label);
	}

	/** Options of the operation's "Options" collection. */
	options(): OptionReader {
		return new OptionReader(this.collection('options'));
	}

	/** Filters of the operation's "Filters" collection. */
	filters(): OptionReader {
		return new OptionReader(this.collection('filters'));
	}

	private emailOptions() {
		return { keepCase: this.collection('options').keepEmailCase === true };
	}

	/**
	 * A field of which it must be clear what is meant: only where a saved workflow lacks it, it has its
	 * fallback. An expression that gives nothing is no choice.
	 */
	private given(name: string, fallback?: NodeParameterValueType): unknown {
		return this.context.getNodeParameter(name, this.index, fallback ?? null);
	}

	private plain(name: string): string | number | undefined {
		const { value } = this.locator(name);

		return typeof value === 'string' || typeof value === 'number' ? value : undefined;
	}

	private locator(name: string): LocatorValue {
		return readLocator(this.raw(name));
	}
}

/** Reads entries of a collection, where a missing entry means "not set". */
export class OptionReader {
	constructor(private readonly values: IDataObject) {}

	/** Whether the entry was added, and is not empty. */
	has(name: string): boolean {
		const { value } = readLocator(this.values[name]);

		return value !== undefined && value !== null && !(typeof value === 'string' && trimInvisible(value) === '');
	}

	number(name: string, label: string, limits: NumberLimits): number | undefined {
		return this.has(name) ? unwrap(readNumber(this.values[name], limits), label) : undefined;
	}

	/** A limit on what a run may do. Once it was added it must hold a number: no limit at all is never what was meant. */
	limit(name: string, label: string, limits: NumberLimits): number | undefined {
		return name in this.values ? unwrap(readNumber(this.values[name], limits), label) : undefined;
	}

	boolean(name: string, label: string, fallback: boolean): boolean {
		return name in this.values ? unwrap(readBoolean(this.values[name]), label) : fallback;
	}

	text(name: string, label: string): string | undefined {
		return unwrap(readOptionalText(this.values[name]), label);
	}

	moment(name: string, label: string): number | undefined {
		return this.has(name) ? unwrap(readMoment(this.values[name]), label) : undefined;
	}

	offer(name: string, label: string): OfferChoice | undefined {
		return this.has(name) ? readOfferChoice(this.values[name], label) : undefined;
	}

	course(name: string, label: string): string | undefined {
		return this.has(name) ? readCourseId(this.values[name], label) : undefined;
	}

	choice<T extends string>(name: string, label: string, values: readonly T[], fallback: T): T {
		return oneOf(values, name in this.values ? this.values[name] : fallback, label);
	}
}

function oneOf<T extends string>(values: readonly T[], raw: unknown, label: string): T {
	const known = values.find((value) => value === raw);
	if (known === undefined) throw new InputError(`${label} is not one of: ${values.join(', ')}`, 'Choose one of these values');

	return known;
}

/**
 * Takes a reading apart, or refuses it with the field's label.
 *
 * @throws InputError
 */
export function unwrap<T>(reading: Reading<T>, label: string): T {
	if (reading.ok) return reading.value;
	throw new InputError(`${label} ${reading.reason}`, reading.nextStep ?? `Fill in ${label}, or check the expression behind it`);
}

function readLocator(raw: unknown): LocatorValue {
	if (isRecord(raw) && 'value' in raw) return { mode: typeof raw.mode === 'string' ? raw.mode : undefined, value: raw.value };

	return { mode: undefined, value: raw };
}

function readOfferChoice(raw: unknown, label: string): OfferChoice {
	const { mode, value } = readLocator(raw);
	if (mode !== 'name') return { by: 'id', value: unwrap(readId(value), label) };

	const name = unwrap(readOptionalText(value), label);
	if (name === undefined) throw new InputError(`${label} is empty`, `Fill in the name of the offer, or check the expression behind it`);

	return { by: 'name', value: name };
}

function readCourseId(raw: unknown, label: string): string {
	const { value } = readLocator(raw);
	const page = typeof value === 'string' ? readPageAddress(value) : undefined;

	return page?.courseId ?? unwrap(readId(value), label);
}
