import { USERS } from '../../stand-in/fixtures';
import { createEngine, testCredential } from '../../support/engine';
import { useServer } from '../../support/setting';

const USERS_OF_SCHOOL = 20_000;
const server = useServer({ users: USERS_OF_SCHOOL, validate: false });

// 200 pages over a real socket, in n8n's engine, on whatever machine this runs.
jest.setTimeout(180_000);

test('B16: 20,000 users are read with every page, each user once, and come out of n8n as items', async () => {
	const engine = await createEngine({ line: '2.41' });
	const { items, error } = await engine.memberspot({ resource: 'user', operation: 'getAll', returnAll: true }, undefined, { credentials: testCredential(server.standIn) });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(USERS_OF_SCHOOL);
	expect(new Set(items.map(({ json }) => json.uid)).size).toBe(USERS_OF_SCHOOL);
	expect(items.at(-1)?.json).toMatchObject({ email: USERS.last.email, lastName: USERS.last.name });

	const requests = server.standIn.log.of('listUsers');
	expect(requests).toHaveLength(USERS_OF_SCHOOL / 100);
	// Each page but the first is asked for with a place of its own.
	const places = requests.map(({ query }) => query.lastLoadedId);
	expect(places[0]).toBeUndefined();
	expect(new Set(places).size).toBe(requests.length);
});
