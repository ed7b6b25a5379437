/** The workflows about moving in from other platforms, by the names of their files. */
import { moveIn } from './moveIn.mjs';
import { kajabi, teachable, thinkific } from './platforms.mjs';

export const movingIn = Object.fromEntries(
	[kajabi, teachable, thinkific].map((platform) => [
		`move-in-${platform.id}`,
		() => moveIn(platform),
	]),
);
