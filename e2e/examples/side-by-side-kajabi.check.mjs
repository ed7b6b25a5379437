import { checkSideBySide } from '../lib/side-by-side.mjs';

/** Purchases of Kajabi and offers of Memberspot follow each other. */
export default {
	example: 'side-by-side-kajabi',
	async check(context) {
		await checkSideBySide(
			'kajabi',
			{
				title: 'Kajabi',
				pair: (url) => ({
					target: `${url}/webhooks/offers/secret/7/activate`,
					targetOff: `${url}/webhooks/offers/secret/7/deactivate`,
				}),
				event: (what, { email, course }) => ({
					id: '1',
					event: 'purchase',
					payload: [
						{
							id: '1',
							type: 'purchases',
							attributes: { deactivated_at: what === 'lost' ? '2026-01-20T08:30:00Z' : null },
						},
						{ id: '7', type: 'offers', attributes: { title: course } },
						{ id: '9', type: 'customers', attributes: { name: 'Side by Side', email } },
					],
				}),
				changes: () => {},
				serve(services) {
					const holders = new Set();
					services.on('POST', '/webhooks/offers/secret/7/activate', ({ body }) => {
						holders.add(body.email);

						return { ok: true };
					});
					services.on('POST', '/webhooks/offers/secret/7/deactivate', ({ body }) => {
						holders.delete(body.external_user_id);

						return { ok: true };
					});

					return { has: (email) => holders.has(email) };
				},
			},
			context,
		);
	},
};
