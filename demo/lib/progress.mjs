/** Shows what the demo is doing, and for how long it has been doing it. */

/**
 * @callback Stage
 * @param {string} title what is done, as a short sentence
 * @param {(progress: (text: () => string) => void) => Promise<T>} work gets a function to hand in
 *   what shall be shown while it takes longer
 * @returns {Promise<T>}
 * @template T
 */

/** How often a line is written where the output is not a terminal, in milliseconds. */
const LOG_EVERY = 20_000;
const REDRAW_EVERY = 1_000;

/**
 * Makes the function that runs and times the stages of a run.
 *
 * On a terminal the line of the current stage is redrawn each second; elsewhere a line is added now
 * and then, so that a log stays readable.
 *
 * @param {NodeJS.WriteStream} [out]
 * @returns {{ stage: Stage, times: Array<{ stage: string, seconds: number }> }}
 */
export function createProgress(out = process.stdout) {
	const times = [];

	async function stage(title, work) {
		const begin = Date.now();
		let detail = () => '';
		const seconds = () => ((Date.now() - begin) / 1000).toFixed(1);
		const more = () => {
			const text = detail();

			return text === '' ? '' : ` ${text},`;
		};

		out.write(out.isTTY ? `${title} ...` : `${title} ...\n`);
		const timer = setInterval(
			() =>
				out.write(
					out.isTTY
						? `\r\u001b[K${title} ...${more()} ${Math.round(seconds())} s`
						: `  ...${more()} ${Math.round(seconds())} s\n`,
				),
			out.isTTY ? REDRAW_EVERY : LOG_EVERY,
		);
		let worked = false;
		try {
			const result = await work((text) => {
				detail = text;
			});
			worked = true;

			return result;
		} finally {
			clearInterval(timer);
			const verdict = `${worked ? 'done' : 'FAILED'} (${seconds()} s)`;
			out.write(out.isTTY ? `\r\u001b[K${title}: ${verdict}\n` : `  ${verdict}\n`);
			times.push({ stage: title, seconds: Number(seconds()) });
		}
	}

	return { stage, times };
}
