import { runCode, type Row } from './till';

const EMAIL = 'erika@example.com';
const COURSE = 'Excel, the first steps';
const PAIRS: Row[] = [{ course: COURSE, offer: 'Excel Basics' }];

/** What a side-by-side workflow does after a call of the platform. */
const after = (platform: string, body: object) =>
	runCode(
		`side-by-side-${platform}`,
		'What Has to Be Done',
		{ Settings: [{ body } as unknown as Row] },
		PAIRS,
	);

describe('what the platforms send while both are in use', () => {
	const records = (deactivated_at: string | null) => [
		{ id: '1', type: 'purchases', attributes: { deactivated_at } },
		{ id: '7', type: 'offers', attributes: { title: COURSE } },
		{ id: '9', type: 'customers', attributes: { name: 'Erika Muster', email: EMAIL } },
	];
	const give = { task: 'give', email: EMAIL, offer: 'Excel Basics', firstName: 'Erika' };

	test('Kajabi: the records of a webhook made by its API, in an envelope or without', () => {
		const call = { id: 'hash', event: 'purchase', payload: records(null) };
		expect(after('kajabi', call)).toMatchObject([give]);
		expect(after('kajabi', records(null))).toMatchObject([give]);
		expect(after('kajabi', { ...call, payload: records('2026-01-20T08:30:00Z') })).toMatchObject([
			{ task: 'pause' },
		]);
	});

	test('Kajabi: the offer and the member of a webhook made in its settings; other events do nothing', () => {
		const payload = {
			offer: { id: 7, title: COURSE },
			member: { name: 'Erika Muster', email: EMAIL },
		};
		expect(after('kajabi', { event: 'purchase.created', payload })).toMatchObject([give]);
		for (const event of ['payment.succeeded', 'form_submission', 'tag_added', undefined])
			expect(after('kajabi', { event, payload })).toEqual([]);
		expect(after('kajabi', { event: 'tag_added', payload: [{ type: 'contacts' }] })).toEqual([]);
	});

	test('Thinkific: an enrolment that began, unless it is only a trial', () => {
		const call = (more: object = {}) => ({
			resource: 'enrollment',
			action: 'created',
			payload: {
				user: { email: EMAIL, first_name: 'Erika', last_name: 'Muster' },
				course: { id: 1, name: COURSE },
				free_trial: false,
				...more,
			},
		});
		expect(after('thinkific', call())).toMatchObject([give]);
		expect(after('thinkific', call({ free_trial: true }))).toEqual([]);
		expect(after('thinkific', { ...call(), action: 'progress' })).toEqual([]);
	});
});
