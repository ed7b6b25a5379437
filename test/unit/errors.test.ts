import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { failureText, readError, toNodeError } from '../../nodes/Memberspot/transport/errors';
import { InputError, RequestFailed, type Failure, type FailureKind } from '../../nodes/Memberspot/transport/failure';

const NODE: INode = { id: 'n', name: 'Memberspot', type: 'memberspot', typeVersion: 1, position: [0, 0], parameters: {} };
const FACTS: Failure = { kind: 'notFound', method: 'POST', path: '/v1/x', host: 'api.example.com', status: 404, attempts: 1, maybeDone: false };

const KINDS: FailureKind[] = [
	'unauthorized', 'forbidden', 'notFound', 'unknownRoute', 'invalid', 'rateLimited', 'serverError', 'otherStatus', 'redirect', 'timeout', 'unreachable', 'connectionLost',
	'html', 'brokenJson', 'unexpectedAnswer', 'pagingRepeats', 'cancelled',
];

test.each(KINDS)('%s is told in words of its own, with the request and what to do', (kind) => {
	const { message, description } = failureText({ ...FACTS, kind }, false);
	expect(message).not.toMatch(/undefined|\[object|\{host\}/);
	expect(description).toMatch(/Request: POST \/v1\/x at api\.example\.com, status 404\.$/);
	expect(description).not.toContain('{host}');
	// No two kinds read the same.
	expect(KINDS.filter((other) => failureText({ ...FACTS, kind: other }, false).message === message)).toEqual([kind]);
});

test('B40: the reply of the API, the note, the code and the wait asked for are all told', () => {
	const { description } = failureText({ ...FACTS, kind: 'rateLimited', apiMessage: 'offer not found', note: 'This was page 2.', code: 'ECONNRESET', retryAfterMs: 1_500 }, false);
	expect(description).toContain('Memberspot replied: "offer not found".');
	expect(description).toContain('This was page 2.');
	expect(description).toContain('The server asked to wait 2 seconds.');
	expect(description).toContain(', ECONNRESET.');
	expect(failureText({ ...FACTS, status: undefined }, false).description).toMatch(/at api\.example\.com\.$/);
});

test('only a write whose answer was lost is called unknown', () => {
	const lost: Failure = { ...FACTS, kind: 'connectionLost', maybeDone: true };
	expect(failureText(lost, true).description).toContain('It is not known whether Memberspot carried this out.');
	expect(failureText(lost, false).description).not.toContain('It is not known');
	expect(failureText({ ...lost, maybeDone: false }, true).description).not.toContain('It is not known');
	expect(readError(new RequestFailed(lost), true).details.outcome).toBe('unknown');
	expect(readError(new RequestFailed({ ...lost, maybeDone: false }), true).details.outcome).toBe('notDone');
	expect(readError(new RequestFailed(lost)).details.outcome).toBeUndefined();
});

describe('readError', () => {
	test('keeps plain facts of wrong input', () => {
		expect(readError(new InputError('A', 'B', { found: false, pages: 2, list: ['x'] }), true)).toEqual({
			message: 'A', description: 'B', advice: 'B', details: { reason: 'input', outcome: 'notDone', found: false, pages: 2, list: '["x"]' },
		});
	});

	test('reads errors that are not ours, without what they carry', () => {
		expect(readError(new NodeOperationError(NODE, 'A', { description: 'B' }))).toEqual({ message: 'A', description: 'B', advice: 'B', details: { reason: 'other' } });
		expect(readError(new NodeOperationError(NODE, 'A')).description).toBe('');
		expect(readError(Object.assign(new Error('A'), { config: { headers: { 'X-API-KEY': 'SECRET123' } } }))).toEqual({ message: 'A', description: '', advice: '', details: { reason: 'other' } });
		expect(readError('A').message).toBe('A');
	});
});

describe('toNodeError', () => {
	test('wrong input is an operation error of its item', () => {
		const error = toNodeError(NODE, new InputError('Email is empty', 'Fill it in'), 3, 'Nothing was sent to Memberspot.', true);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toBe('Email is empty [item 3]');
		expect(error.description).toBe('Fill it in. Nothing was sent to Memberspot.');
		expect(error.context.itemIndex).toBe(3);
	});

	test('a failed request is an API error with its status', () => {
		const error = toNodeError(NODE, new RequestFailed(FACTS), 0);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({ message: 'Memberspot does not know this record [item 0]', httpCode: '404' });
		expect(toNodeError(NODE, new RequestFailed({ ...FACTS, status: undefined, kind: 'timeout' }))).toMatchObject({ message: 'Memberspot did not answer in time', httpCode: null });
	});

	test('an error of the whole run names no item', () => {
		const error = toNodeError(NODE, new InputError('This run would delete 12 users'));
		expect(error.message).toBe('This run would delete 12 users');
		expect(error.context.itemIndex).toBeUndefined();
	});
});
