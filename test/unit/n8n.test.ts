import type { IHttpRequestOptions, ILoadOptionsFunctions } from 'n8n-workflow';
import { endpoints } from '../../nodes/Memberspot/transport';
import { connect } from '../../nodes/Memberspot/transport/n8n';
import { FakeClock } from '../support/clock';
import { PaceBook } from '../../nodes/Memberspot/transport/pacing';

/** A client in a context whose request helper gives a fixed answer. */
async function clientFor(answer: unknown) {
	const clock = new FakeClock();
	const requests: IHttpRequestOptions[] = [];
	const context: Pick<ILoadOptionsFunctions, 'getCredentials'> & { helpers: { httpRequestWithAuthentication: unknown } } = {
		getCredentials: async <T extends object>() => ({ apiKey: 'SECRET123', baseUrl: 'https://api.example.com' }) as T,
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
				requests.push(options);
				return answer;
			},
		},
	};
	const client = await connect(context as ILoadOptionsFunctions, { clock, paces: new PaceBook(clock) });

	return { client, requests };
}

test('requests carry no key, follow no redirect, throw on no status and ask for text', async () => {
	const { client, requests } = await clientFor({ statusCode: 200, headers: {}, body: '[]' });
	await client.call(endpoints.listOffers);
	await client.call(endpoints.grantUserOfferByMail, { body: { email: 'max+kurs@example.com', grantOffer: 'o1', firstname: undefined } });
	expect(requests[0]).toEqual({
		method: 'GET',
		url: 'https://api.example.com/v1/offers',
		qs: {},
		headers: { Accept: 'application/json' },
		encoding: 'text',
		timeout: 30_000,
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		abortSignal: undefined,
	});
	expect(requests[1].headers).toEqual({ Accept: 'application/json', 'Content-Type': 'application/json' });
	expect(requests[1].body).toBe('{"email":"max+kurs@example.com","grantOffer":"o1"}');
	expect(JSON.stringify(requests)).not.toContain('SECRET123');
});

test.each<[unknown, unknown]>([
	[{ statusCode: 200, headers: {}, body: [{ id: 'o1' }] }, { kind: 'json', value: [{ id: 'o1' }] }],
	[{ statusCode: 200, headers: {}, body: undefined }, { kind: 'empty' }],
	[{ statusCode: 204, headers: 'odd', body: null }, { kind: 'empty' }],
	[{ statusCode: 200, body: () => 1 }, { kind: 'empty' }],
])('a body that n8n has parsed, or left out, is understood: %p', async (answer, body) => {
	const { client } = await clientFor(answer);
	await expect(client.call(endpoints.listOffers)).resolves.toMatchObject({ body });
});

test.each([[undefined], ['text'], [{}], [{ statusCode: 'odd' }]])('%p instead of an answer is an error', async (answer) => {
	const { client } = await clientFor(answer);
	await expect(client.call(endpoints.listOffers)).rejects.toMatchObject({ failure: { kind: 'otherStatus', status: 0 } });
});
