import type { Offer } from './types';

/** A course, as far as the offers tell: its id, and which offers open it. */
export interface Course {
	courseId: string;
	/** For people: "Course AbC… (in: Excel Basics, Bundle B)". */
	label: string;
	offers: Offer[];
}

/** Longest id that is shown whole in a label. */
const SHOWN = 8;

/** Collects the courses from the offers, in the order in which the offers name them. */
export function coursesOf(offers: Offer[]): Course[] {
	const byId = new Map<string, Offer[]>();
	for (const offer of offers) {
		for (const courseId of new Set(offer.courseIds)) {
			const holders = byId.get(courseId);
			if (holders === undefined) byId.set(courseId, [offer]);
			else holders.push(offer);
		}
	}

	return [...byId].map(([courseId, holders]) => ({ courseId, label: labelOf(courseId, holders), offers: holders }));
}

function labelOf(courseId: string, offers: Offer[]): string {
	const short = courseId.length > SHOWN ? `${courseId.slice(0, SHOWN)}…` : courseId;

	return `Course ${short} (in: ${offers.map(({ name }) => name).join(', ')})`;
}
