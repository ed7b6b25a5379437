import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { readFaultSpec } from './faults';
import { plainUser } from './school';
import type { Server } from './stand-in';
import type { PropertyValue, User } from './types';
import { readVariants } from './variants';
import type { AutomationTrigger, DeliverySettings } from './webhooks';

const TEXT = { type: 'string', minLength: 1 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const TIME = { type: 'string', format: 'date-time' } as const;

const ajv = addFormats(new Ajv({ allowUnionTypes: true }));
const compiled = new Map<string, ValidateFunction>();

/** Compiled once per process, since tests start many stand-ins. What is sent is taken as it is, or refused. */
function validatorOf(schema: object): ValidateFunction {
	const key = JSON.stringify(schema);
	const known = compiled.get(key) ?? ajv.compile(schema);
	compiled.set(key, known);

	return known;
}

/** A body with these fields and no others. */
function fields(properties: { [name: string]: object }, required: string[] = []) {
	return {
		schema: { body: { type: 'object', properties, required, additionalProperties: false } },
	} as const;
}

/**
 * Routes under /__control/ for use from another process: look at the school, change it, order faults.
 *
 * They need no key and are not in the log. Only the loopback interface reaches them, and only under a
 * name of it, so that no web page can be made to call them through a name of its own.
 */
export async function controlRoutes(app: FastifyInstance, server: Server): Promise<void> {
	const { school, log, webhooks, faults, limits, violations } = server;
	const routes: string[] = [];

	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
		try {
			done(null, body === '' ? undefined : JSON.parse(String(body)));
		} catch {
			done(new Error('the body is not JSON'));
		}
	});
	app.setValidatorCompiler<object>(({ schema }) => validatorOf(schema));
	app.addHook('onRoute', ({ method, url }) => {
		routes.push(`${String(method)} ${url}`);
	});
	app.addHook('onRequest', async ({ hostname }, reply) => {
		if (!['127.0.0.1', 'localhost'].includes(hostname))
			await reply.code(403).send({ error: 'only for the loopback interface' });
	});
	app.setErrorHandler(
		async (error, _request, reply) =>
			await reply.code(400).send({ error: error instanceof Error ? error.message : String(error) }),
	);
	app.setNotFoundHandler(
		async (_request, reply) =>
			await reply.code(404).send({ error: 'no such control route', routes }),
	);

	// ---- Summary, log, switches, faults, limits
	app.get('/', async () => ({
		url: server.url,
		users: school.userCount,
		offers: school.offers.length,
		welcomeMails: school.welcomeMails,
		loginTokens: school.loginTokens.length,
		requests: log.count(),
		maxInFlight: log.maxInFlight,
		violations: violations.length,
		variants: server.variants,
		faults: faults.all.map(({ id, hits, spec }) => ({ id, hits, ...spec })),
		limits: limits.specs,
		routes,
	}));
	app.get<{ Querystring: { operationId?: string } }>('/log', async ({ query }) =>
		query.operationId === undefined ? log.entries : log.of(query.operationId),
	);
	app.delete('/log', async () => done(() => log.clear()));
	app.get('/violations', async () => violations);
	app.delete('/violations', async () => done(() => violations.splice(0)));
	app.get('/variants', async () => server.variants);
	app.patch('/variants', async ({ body }) => {
		server.setVariants(readVariants(body));

		return server.variants;
	});
	app.get('/faults', async () => faults.all.map(({ id, hits, spec }) => ({ id, hits, ...spec })));
	app.post('/faults', async ({ body }) => ({ id: server.fault(readFaultSpec(body)).id }));
	app.delete('/faults', async () => done(() => server.clearFaults()));
	app.delete<{ Params: { id: string } }>('/faults/:id', async ({ params }) =>
		done(() => faults.all.find(({ id }) => String(id) === params.id)?.remove()),
	);
	app.get('/limits', async () => limits.specs);
	app.post<{
		Body: { perSecond: number; operationId?: string; windowMs?: number; retryAfter?: number };
	}>(
		'/limits',
		fields(
			{
				perSecond: { type: 'number', exclusiveMinimum: 0 },
				operationId: TEXT,
				windowMs: COUNT,
				retryAfter: COUNT,
			},
			['perSecond'],
		),
		async ({ body }) => done(() => server.limit(body)),
	);
	app.delete('/limits', async () => done(() => limits.clear()));
	app.post('/reset', async () => done(() => server.reset()));

	// ---- What the school holds
	app.get('/offers', async () => school.offers);
	app.get('/courses', async () => school.courses);
	app.get('/properties', async () => school.properties);
	app.get('/chapters', async () => school.chapters);
	app.get('/exams', async () => school.exams);
	app.get('/login-tokens', async () => school.loginTokens);
	app.get<{ Querystring: { offerId?: string; active?: string; limit?: string } }>(
		'/users',
		async ({ query: { offerId, active, limit } }) => {
			const wanted = active === undefined ? undefined : active === 'true';
			const users =
				offerId === undefined ? [...school.users()] : school.holders(offerId, { active: wanted });

			return users.slice(0, limit === undefined ? undefined : Number(limit)).map(plainUser);
		},
	);
	app.get<{ Params: { email: string } }>('/users/:email', async ({ params }) =>
		plainUser(known(school.user(params.email))),
	);
	app.get<{ Params: { email: string } }>('/users/:email/grants', async ({ params }) =>
		school.grantsOf(params.email),
	);

	// ---- Changes, as an admin would make them
	app.post<{
		Body: { email: string; firstname?: string; name?: string; created?: string; enabled?: boolean };
	}>(
		'/users',
		fields(
			{
				email: TEXT,
				firstname: { type: 'string' },
				name: { type: 'string' },
				created: TIME,
				enabled: { type: 'boolean' },
			},
			['email'],
		),
		async ({ body }) => plainUser(school.addUser(body)),
	);
	app.delete<{ Params: { email: string } }>('/users/:email', async ({ params }) =>
		done(() => school.removeUser(params.email)),
	);
	app.put<{ Params: { email: string }; Body: { enabled: boolean } }>(
		'/users/:email/enabled',
		fields({ enabled: { type: 'boolean' } }, ['enabled']),
		async ({ params, body }) => done(() => school.setEnabled(params.email, body.enabled)),
	);
	app.post<{
		Params: { email: string };
		Body: { offerId: string; orderId?: string; start?: string; end?: string };
	}>(
		'/users/:email/grants',
		fields({ offerId: TEXT, orderId: TEXT, start: TIME, end: TIME }, ['offerId']),
		async ({ params: { email }, body: { start, end, ...order } }) => {
			school.grant({ email, ...order, start: moment(start), end: moment(end) });

			return school.grantsOf(email);
		},
	);
	app.put<{ Params: { email: string; offerId: string }; Body: { active: boolean } }>(
		'/users/:email/offers/:offerId',
		fields({ active: { type: 'boolean' } }, ['active']),
		async ({ params, body }) =>
			done(() => school.setOfferState(params.email, params.offerId, body.active)),
	);
	app.delete<{ Params: { email: string; offerId: string } }>(
		'/users/:email/offers/:offerId',
		async ({ params }) => done(() => school.setOfferState(params.email, params.offerId)),
	);
	app.put<{ Params: { email: string; courseId: string }; Body: { completedPosts: number } }>(
		'/users/:email/progress/:courseId',
		fields({ completedPosts: COUNT }, ['completedPosts']),
		async ({ params, body }) =>
			done(() => school.setProgress(params.email, params.courseId, body.completedPosts)),
	);
	app.put<{ Params: { email: string; propertyId: string }; Body: { value: PropertyValue } }>(
		'/users/:email/properties/:propertyId',
		fields({ value: { type: ['string', 'number', 'boolean', 'null'] } }, ['value']),
		async ({ params, body }) =>
			done(() => school.setProperty(params.email, params.propertyId, body.value ?? undefined)),
	);

	// ---- Webhooks
	app.get('/webhooks/apps', async () => webhooks.apps);
	app.post<{ Body: { url: string } }>(
		'/webhooks/apps',
		fields({ url: TEXT }, ['url']),
		async ({ body }) => await webhooks.registerWebhookApp(body.url),
	);
	app.get('/webhooks/automations', async () => webhooks.automations);
	app.post<{
		Body: {
			on: AutomationTrigger;
			app: number;
			offerId?: string;
			courseId?: string;
			event?: string;
		};
	}>(
		'/webhooks/automations',
		fields(
			{
				on: { enum: ['memberAdded', 'offerGranted', 'courseCompleted'] },
				app: COUNT,
				offerId: TEXT,
				courseId: TEXT,
				event: TEXT,
			},
			['on', 'app'],
		),
		async ({ body }) => ({ id: webhooks.addAutomation(body).id }),
	);
	app.patch<{ Body: Partial<DeliverySettings> }>(
		'/webhooks/settings',
		fields({ retries: COUNT, retryDelayMs: COUNT, copies: COUNT, timeoutMs: COUNT }),
		async ({ body }) => {
			webhooks.settings = { ...webhooks.settings, ...body };

			return webhooks.settings;
		},
	);
	app.post<{ Body: { app: number; body: unknown; copies?: number } }>(
		'/webhooks/send',
		fields({ app: COUNT, body: {}, copies: COUNT }, ['app', 'body']),
		async ({ body }) => done(() => webhooks.send(body.app, body.body, body.copies)),
	);
	app.get('/webhooks/deliveries', async () => webhooks.deliveries);
	app.delete('/webhooks/deliveries', async () => done(() => webhooks.deliveries.splice(0)));
	app.post('/webhooks/settled', async () => {
		await webhooks.settled();

		return webhooks.deliveries;
	});
}

function done(work: () => unknown): { done: true } {
	work();

	return { done: true };
}

function known(user: User | undefined): User {
	if (user === undefined) throw new Error('there is no such user');

	return user;
}

function moment(iso: string | undefined): number | undefined {
	return iso === undefined ? undefined : Date.parse(iso);
}
