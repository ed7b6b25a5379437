import { runCode, type Row } from './till';

const PAIRS: Row[] = [
	{ course: 'Excel', offer: 'Excel Basics', target: 'on-there', targetOff: 'off-there' },
];

/** What the workflow makes of an event of the polling trigger. */
const madeOf = (event: object) =>
	runCode(
		'side-by-side-kajabi',
		'What Has to Be Done There',
		{
			'Offer Got or Lost': [
				{
					offer: { id: 'offer1', name: 'Excel Basics' },
					user: { email: 'Anna@example.com' },
					...event,
				} as unknown as Row,
			],
		},
		PAIRS,
	);

describe('what happens to access in Memberspot, on the other platform', () => {
	test.each([
		['got, for certain', { event: 'userGotOffer', certain: true, how: 'listed' }, 'on-there'],
		['switched on again', { event: 'userGotOffer', certain: false, how: 'active' }, 'on-there'],
		['lost, for certain', { event: 'userLostOffer', certain: true, how: 'notListed' }, 'off-there'],
	])('%s: it follows', (_what, event, target) => {
		expect(madeOf(event)).toMatchObject([{ email: 'anna@example.com', target }]);
	});

	test.each([
		[
			'got, and paused already',
			{ event: 'userGotOffer', certain: false, how: 'listed' },
			'the offer came with paused access',
		],
		[
			'paused, or the account switched off',
			{ event: 'userLostOffer', certain: false, how: 'inactive' },
			'it is not certain that the offer was lost',
		],
	])('%s: nothing is done, and the reason is kept', (_what, event, reason) => {
		expect(madeOf(event)).toMatchObject([
			{
				email: 'anna@example.com',
				course: 'Excel',
				task: 'leftOut',
				reason: expect.stringContaining(reason),
			},
		]);
	});
});
