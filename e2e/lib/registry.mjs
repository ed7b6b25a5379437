/**
 * A registry of npm on this machine that has packed files of ours, and sends every other question on
 * to the registry that this machine uses. What a page tells people to type is so run as it stands,
 * before there is a release.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { serveHere } from '../../demo/lib/http-server.mjs';
import { run } from '../../demo/lib/processes.mjs';
import { npmSetting } from './npm.mjs';

const MINUTE = 60_000;

/**
 * @typedef {object} Registry
 * @property {string} url
 * @property {(tarball: string) => Promise<string>} offer makes this the newest version of its package;
 *   gives the version
 */

/** @returns {Promise<Registry>} */
export async function startRegistry() {
	const upstream = (await npmSetting('registry')).replace(/\/$/, '');
	const packages = new Map();
	const files = new Map();
	const url = await serveHere((request, response) => {
		const { pathname } = new URL(request.url, 'http://registry');
		const file = files.get(pathname);
		if (file !== undefined) return void response.end(file);
		const versions = packages.get(decodeURIComponent(pathname.slice(1)));
		if (versions !== undefined) return void response.end(JSON.stringify(describe(versions)));
		response.writeHead(307, { location: `${upstream}${request.url}` }).end();
	});

	return {
		url,
		async offer(tarball) {
			const manifest = await readManifest(tarball);
			const { name, version } = manifest;
			const bytes = await readFile(tarball);
			const place = `/${name}/-/${name}-${version}.tgz`;
			files.set(place, bytes);
			const known = packages.get(name) ?? [];
			packages.set(name, [
				...known.filter((each) => each.version !== version),
				{
					...manifest,
					dist: {
						tarball: `${url}${place}`,
						shasum: createHash('sha1').update(bytes).digest('hex'),
						integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
					},
				},
			]);

			return version;
		},
	};
}

/** What npm asks for before it downloads. The version that was offered last is the newest. */
function describe(versions) {
	return {
		name: versions[0].name,
		'dist-tags': { latest: versions.at(-1).version },
		versions: Object.fromEntries(versions.map((manifest) => [manifest.version, manifest])),
	};
}

/** package.json of a packed file. */
export async function readManifest(tarball) {
	return JSON.parse(
		await run('tar', ['-xzOf', tarball, 'package/package.json'], {
			timeoutMs: MINUTE,
			what: 'Reading the packed package.json',
		}),
	);
}
