import { createHash } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { AttemptRecord } from '../transport';
import { emailKey, normalizeEmail } from '../values/email';
import { isJsonObject } from '../values/json';
import type { OptionReader } from './params';

/** What the user of the node wants of the record. */
export interface AuditSettings {
	record: boolean;
	hashEmail: boolean;
}

/** Facts of the run that every record repeats. */
export interface AuditRun {
	operation: string;
	workflowId: string;
	executionId: string;
	credential: string;
	dryRun: boolean;
}

/** Reads the options of the record. `always`: it can't be switched off for this operation. */
export function readAuditSettings(options: OptionReader, always: boolean): AuditSettings {
	return {
		record: always || options.boolean('auditRecord', 'Audit Record', false),
		hashEmail: options.boolean('hashEmail', 'Hash E-Mail', false),
	};
}

/** Collects the facts of the run. Nothing secret is among them: the credential is named, not read. */
export function auditRun(context: IExecuteFunctions, operation: string, dryRun: boolean): AuditRun {
	return {
		operation,
		workflowId: context.getWorkflow().id ?? '',
		executionId: context.getExecutionId(),
		credential: context.getNode().credentials?.memberspotApi?.name ?? '',
		dryRun,
	};
}

/**
 * The record of one line of output.
 *
 * `before` and `after` say what was read, and `notRead` where nothing was: a record must not look
 * like proof of a state that nobody saw.
 *
 * @param time milliseconds since 1970
 */
export function auditRecord(run: AuditRun, row: IDataObject, calls: readonly AttemptRecord[], time: number, requestedBy: string | undefined): IDataObject {
	return {
		time: new Date(time).toISOString(),
		operation: run.operation,
		...(run.dryRun ? { dryRun: true } : {}),
		user: row.email ?? row.uid ?? null,
		before: row.before ?? 'notRead',
		after: row.afterwards ?? 'notRead',
		outcome: row.outcome ?? null,
		calls: calls.map(({ method, path, attempt, result }) => ({ method, path, attempt, result })),
		workflowId: run.workflowId,
		executionId: run.executionId,
		credential: run.credential,
		requestedBy: requestedBy ?? null,
	};
}

/** A hash in the place of an address: the same for every spelling of the address. */
export function hashOf(email: string): string {
	return `sha256:${createHash('sha256').update(emailKey(email)).digest('hex')}`;
}

const ADDRESS = /[^\s"'<>()[\]{},;:/?#=&]+(?:@|%40)[^\s"'<>()[\]{},;:/?#=&]*[^\s"'<>()[\]{},;:/?#=&.]/gi;

/**
 * Puts hashes in the place of whatever looks like an address, plain or within a path. For texts that
 * are about an item that failed, where it is not known which addresses they name.
 */
export function hashAddressesIn(text: string): string {
	return text.replace(ADDRESS, (address) => hashOf(decoded(address)));
}

function decoded(address: string): string {
	try {
		return decodeURIComponent(address);
	} catch {
		return address;
	}
}

/**
 * Puts hashes in the place of addresses, in every text of a row, also within paths.
 *
 * @param emails the addresses that may occur
 */
export function hashEmails(row: IDataObject, emails: readonly string[]): IDataObject {
	// In upper and lower case alike: Memberspot may write the address otherwise than the input does.
	const spellings = emails.flatMap((email) =>
		[...new Set([email, normalizeEmail(email), emailKey(email)].flatMap((spelling) => [spelling, encodeURIComponent(spelling)]))].map((spelling) => ({ pattern: new RegExp(spelling.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu'), hash: hashOf(email) })),
	);
	const replace = (value: unknown): unknown => {
		if (typeof value === 'string') return spellings.reduce((text, { pattern, hash }) => text.replace(pattern, hash), value);
		if (Array.isArray(value)) return value.map(replace);
		if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, replace(entry)]));

		return value;
	};
	const replaced = replace(row);

	return isJsonObject(replaced) ? replaced : row;
}
