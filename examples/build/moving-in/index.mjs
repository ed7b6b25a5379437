/** The workflows about moving in from other platforms, by the names of their files. */
import { moveIn } from './moveIn.mjs';
import { sideBySide } from './sideBySide.mjs';
import { kajabi, teachable, thinkific } from './platforms.mjs';

const PLATFORMS = [kajabi, teachable, thinkific];

export const movingIn = {
	...Object.fromEntries(
		PLATFORMS.map((platform) => [`move-in-${platform.id}`, () => moveIn(platform)]),
	),
	...Object.fromEntries(
		PLATFORMS.map((platform) => [`side-by-side-${platform.id}`, () => sideBySide(platform)]),
	),
};
