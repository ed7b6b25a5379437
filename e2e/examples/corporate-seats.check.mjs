import { COMPANIES, SEATS } from '../../examples/build/seats.mjs';
import { grantsOf, makeTables, OFFER, ORDERS, RETRY, TO_CHECK } from './payments.mjs';

const COMPANY = 'Muster GmbH';
const person = (number, company = COMPANY) => ({
	company,
	email: `person${number}@example.com`,
	firstName: 'Person',
	lastName: String(number),
});
const people = (from, to) =>
	Array.from({ length: to - from + 1 }, (_, index) => person(from + index));

/**
 * Forty people get their seats in one run; a second run sends nothing; two are replaced during the
 * year; one too many waits; a broken list takes nothing from anybody; a seat taken leaves what its
 * holder bought; what fails is kept for the retry.
 */
export default {
	example: 'corporate-seats',
	async check({ api, standIn, expect, importExample, dataTable, rows, mail }) {
		await makeTables(dataTable, 'other');
		await dataTable(COMPANIES.name, COMPANIES.columns, [
			{ company: COMPANY, offer: OFFER, seats: 40, until: '2099-12-31' },
		]);
		const list = async (all) => await dataTable(SEATS.name, SEATS.columns, all);
		await list(people(1, 40));
		const plan = await importExample();
		// By hand it only plans; the schedule is played by a trigger of the same place.
		const real = await importExample((workflow) => {
			const trigger = workflow.nodes.find(({ name }) => name === 'Every Night');
			trigger.type = 'n8n-nodes-base.manualTrigger';
			trigger.typeVersion = 1;
			trigger.parameters = {};
			workflow.name += ' (now)';
		});
		const run = async () => await api.runWorkflow(real, 'Every Night');
		const offer = (await standIn.offers()).find(({ name }) => name === OFFER);
		const seated = async () =>
			(await standIn.holders(offer.id))
				.filter(
					({ email, grants }) =>
						/^person\d+@/.test(email) &&
						grants.some((grant) => grant.offerId === offer.id && grant.active),
				)
				.map(({ email }) => Number(email.match(/\d+/)[0]))
				.sort((a, b) => a - b);
		const writes = async () =>
			(await standIn.requests()).filter(({ method }) => method !== 'GET').length;
		const checks = async (kind) => (await rows(TO_CHECK.name)).filter((row) => row.kind === kind);

		const shown = await api.runWorkflow(plan, 'Only Show the Plan');
		expect(
			'by hand it shows 40 seats and changes nothing',
			shown.items('Plan').length === 40 &&
				(await writes()) === 0 &&
				(await rows(ORDERS.name)).length === 0,
			shown.error?.message,
		);
		const first = await run();
		expect('40 people get access in one run', (await seated()).length === 40, '40 seats given');
		expect('with 40 requests that write', (await writes()) === 40);
		expect('its execution succeeded', first.status === 'success', first.error?.message);
		await standIn.clearLog();
		await run();
		expect('a second run sends nothing', (await writes()) === 0);

		await list([...people(3, 40), ...people(41, 43)]);
		mail.clear();
		await run();
		const after = await seated();
		expect(
			'two are replaced by two, the third waits',
			after.length === 40 &&
				!after.includes(1) &&
				!after.includes(2) &&
				after.includes(41) &&
				after.includes(42) &&
				!after.includes(43),
			'2 replaced, 1 waits',
		);
		expect(
			'a human is told of the one who waits',
			(await checks('tooManySeats')).length === 1 && mail.messages().length === 1,
		);
		expect(
			'who is gone is paused, not removed',
			(await grantsOf(standIn, 'person1@example.com')).map((grant) => grant.active).join() ===
				'false',
		);

		// Somebody who is gone comes back.
		await list([...people(1, 1), ...people(4, 40), ...people(41, 42)]);
		await run();
		expect(
			'who comes back gets in again, in the same access',
			(await seated()).includes(1) && (await grantsOf(standIn, 'person1@example.com')).length === 1,
		);

		const before = (await seated()).join();
		await list([]);
		await run();
		expect('an empty list takes nothing from anybody', (await seated()).join() === before);
		await list(people(1, 10));
		await run();
		expect(
			'nor does one that lost most people',
			(await seated()).join() === before,
			'broken list: nothing taken',
		);
		expect('a human is told', (await checks('manyLeaving')).length > 0);

		await list([
			...people(1, 1),
			...people(4, 40),
			...people(41, 42),
			{ ...person(1), email: 'not an address' },
			person(99, 'Unknown Ltd'),
		]);
		await run();
		expect(
			'a bad address and an unknown company go to a human',
			(await checks('badAddress')).length === 1 && (await checks('unknownCompany')).length === 1,
		);

		// A person with a seat buys the offer as well, and leaves the company.
		const all = await rows(ORDERS.name);
		const columns = (row) =>
			Object.fromEntries(Object.keys(ORDERS.columns).map((column) => [column, row[column]]));
		await dataTable(ORDERS.name, ORDERS.columns, [
			...all.map(columns),
			{
				...columns(all[0]),
				rowKey: 'other|B1',
				shop: 'other',
				orderId: 'B1',
				productId: '4711',
				memberEmail: 'person4@example.com',
				state: 'paid',
				endsAt: '',
				accessId: 'B1-4711',
				applied: 'on',
				appliedAs: 'offer',
			},
		]);
		await list([...people(1, 1), ...people(5, 40), ...people(41, 42)]);
		await run();
		expect('who bought it too keeps it', (await seated()).includes(4));

		await standIn.control('/faults', 'POST', {
			kind: 'status',
			status: 503,
			operationId: 'grantUserOfferByMail',
			times: 50,
		});
		await list([...people(1, 1), ...people(5, 40), ...people(41, 43)]);
		await run();
		await standIn.control('/faults', 'DELETE');
		expect(
			'what fails stands in the retry table',
			(await rows(RETRY.name)).some(
				({ rowKey, attempts }) => rowKey.includes('person43@') && attempts === 1,
			),
		);
		await run();
		expect('and the next night gives it', (await seated()).includes(43));
	},
};
