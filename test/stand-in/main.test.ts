/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions -- a test, not a part of the package */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import axios from 'axios';
import { endpoints } from '../../nodes/Memberspot/transport';
import { USERS } from './fixtures';

const ROOT = join(__dirname, '..', '..');

/** Runs the program as `npm run stand-in` does. */
function run(...options: string[]) {
	const child = spawn(
		process.execPath,
		[join('scripts', 'run-ts.cjs'), join('test', 'stand-in', 'main.ts'), ...options],
		{ cwd: ROOT },
	);
	let out = '';
	let errors = '';
	const waiting: Array<() => void> = [];
	child.stdout.on('data', (chunk) => {
		out += String(chunk);
		for (const wake of waiting.splice(0)) wake();
	});
	child.stderr.on('data', (chunk) => (errors += String(chunk)));
	const ended = new Promise<number | null>((resolve) =>
		child.once('close', (code) => resolve(code)),
	);

	return {
		child,
		ended,
		out: () => out,
		errors: () => errors,
		firstOutput: async () =>
			await Promise.race([ended, new Promise<void>((resolve) => waiting.push(resolve))]),
	};
}

describe('npm run stand-in', () => {
	it('starts a school, says where it is, and stops when asked to', async () => {
		const { child, ended, out, errors, firstOutput } = run(
			'--users',
			'40',
			'--key',
			'by-hand-123',
			'--variant',
			'usersEnvelope=array',
			'--variant',
			'pageSizeCap=10',
			'--json',
		);
		await firstOutput();
		const { url, apiKey, users } = JSON.parse(out());
		const { data } = await axios.get(`${url}/v1/users/list?pageLength=40`, {
			headers: { 'X-API-KEY': 'by-hand-123' },
		});
		child.kill('SIGTERM');

		expect([apiKey, users, data.length, data[0].email]).toEqual([
			'by-hand-123',
			40,
			10,
			USERS.anna.email,
		]);
		expect(await ended).toBe(0);
		expect(errors()).toBe('');
	}, 60_000);

	it('warns of nothing, whatever is asked and however many answers are under way', async () => {
		const { child, ended, out, errors, firstOutput } = run('--delay', '20', '--json');
		await firstOutput();
		const { url, apiKey } = JSON.parse(out());
		const { data: control } = await axios.get(`${url}/__control/nothing`, {
			validateStatus: () => true,
		});
		const asked = [
			...Object.values(endpoints).map(({ method, path }) => ({
				method,
				path: path.replace(/\{\w+\}/g, 'x'),
			})),
			...control.routes.map((route: string) => {
				const [method, path] = route.split(' ');

				return { method, path };
			}),
		];
		expect(asked.length).toBeGreaterThan(20);
		await Promise.all(
			asked.map(
				async ({ method, path }) =>
					await axios.request({
						method,
						url: `${url}${path}`,
						data: method === 'GET' ? undefined : {},
						headers: { 'X-API-KEY': apiKey },
						validateStatus: () => true,
					}),
			),
		);
		child.kill('SIGTERM');

		expect(await ended).toBe(0);
		expect(errors()).toBe('');
	}, 60_000);

	it.each([
		[['--users', 'many'], '--users takes a whole number, not "many"'],
		[['--variant', 'active'], '--variant takes name=value, not "active"'],
		[
			['--variant', 'active=never'],
			'"never" is no value of the switch active; allowed: grant, user, inactiveNotListed',
		],
	])(
		'refuses %j',
		async (options, message) => {
			const { ended, errors } = run(...options);

			expect(await ended).toBe(1);
			expect(errors()).toContain(message);
		},
		60_000,
	);
});
