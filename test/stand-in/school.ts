import type { Clock } from './clock';
import { Directory, Member } from './directory';
import { Random } from './random';
import type {
	ActiveMeaning,
	Chapter,
	Course,
	CourseProgress,
	Exam,
	ExamResult,
	Grant,
	GrantRules,
	LoginToken,
	NewUser,
	Offer,
	PropertyDefinition,
	PropertyValue,
	SchoolEvent,
	SchoolRules,
	SchoolSnapshot,
	User,
	UserFilter,
	UserGrant,
} from './types';

const HOUR = 3_600_000;

/**
 * A Memberspot school: users and what they hold. It knows nothing of HTTP.
 *
 * Addresses are compared without regard to case. Users are listed in the order in which they were
 * added. Time comes from the clock given, for terms, tokens and late deletions.
 */
export class School {
	readonly offers: Offer[] = [];
	readonly courses: Course[] = [];
	readonly properties: PropertyDefinition[] = [];
	readonly chapters: Chapter[] = [];
	readonly exams: Exam[] = [];
	readonly loginTokens: LoginToken[] = [];
	/** Welcome e-mails sent so far. */
	welcomeMails = 0;
	/** How long a deletion takes to show in reads, where it shows late. */
	deletionDelayMs = 5_000;
	/** Where a login URL leads; a reserved name, so that nobody is there. */
	loginUrl = 'https://schule.example/auth/token';

	private rules: SchoolRules = {
		activeAfterTerm: 'turnsFalse',
		lateDeletion: false,
		removalDeletesProgress: true,
	};
	private byEmail = new Map<string, Member>();
	private byUid = new Map<string, Member>();
	private byLowerUid?: Map<string, Member>;
	private readonly results = new Map<string, ExamResult[]>();
	private readonly directory = new Directory({
		courseIdsOf: (offerId) => this.offerById(offerId)?.courseIds,
		counts: (grant) => this.counts(grant),
		isListed: (grant) => this.rules.activeAfterTerm !== 'notListed' || !this.hasEnded(grant),
	});
	/** Places of deleted users, so that a list can be read on from where they stood. */
	private readonly oldPlaces = new Map<string, number>();
	private agenda: Array<{ at: number; run: () => void }> = [];
	private agendaSorted = true;
	private places = 0;
	private random = new Random(1);
	private readonly listeners = new Set<(event: SchoolEvent) => void>();
	private quiet = false;

	constructor(readonly clock: Clock) {}

	// ---- Reading

	/** Number of users that a list shows. */
	get userCount(): number {
		this.tick();

		return this.byUid.size;
	}

	/** All users in the order of the list. */
	*users(): Generator<User, void, undefined> {
		this.tick();
		yield* this.directory.select({}, 'user', 0);
	}

	/** A user by address or uid. */
	user(emailOrUid: string): User | undefined {
		return this.find(emailOrUid);
	}

	/** A user by uid, with or without regard to case. */
	userByUid(uid: string, anyCase = false): User | undefined {
		this.tick();
		if (!anyCase) return this.byUid.get(uid);
		this.byLowerUid ??= new Map(
			[...this.byUid].map(([key, member]) => [key.toLowerCase(), member]),
		);

		return this.byLowerUid.get(uid.toLowerCase());
	}

	/**
	 * One page of users behind a place.
	 *
	 * @param after 0 for the first page, otherwise the `place` of the last page
	 */
	page(
		filter: UserFilter,
		meaning: ActiveMeaning,
		after: number,
		length: number,
	): { users: User[]; place: number; more: boolean } {
		this.tick();
		const users: User[] = [];
		let place = after;
		for (const member of this.directory.select(filter, meaning, after)) {
			if (users.length === length) return { users, place, more: true };
			users.push(member);
			place = member.place;
		}

		return { users, place, more: false };
	}

	/** Where a user stands, or stood before deletion, in the order of the list. */
	placeOf(uid: string, anyCase = false): number | undefined {
		const member = anyCase ? this.userByUid(uid, true) : this.byUid.get(uid);
		if (member instanceof Member) return member.place;
		const key = anyCase
			? [...this.oldPlaces.keys()].find((old) => old.toLowerCase() === uid.toLowerCase())
			: uid;

		return key === undefined ? undefined : this.oldPlaces.get(key);
	}

	/** Number of users in all places ever given; a cursor beyond it was not made by this school. */
	get lastPlace(): number {
		return this.places;
	}

	/** Whether `active` is true for a user, in a list with this filter. */
	isActive(user: User, filter: UserFilter, meaning: ActiveMeaning): boolean {
		if (meaning === 'user') return user.enabled;

		return user.grants.some((grant) => this.counts(grant) && this.fits(grant, filter));
	}

	/** Whether a grant gives access now. */
	counts(grant: Readonly<Grant>): boolean {
		if (!grant.active || (grant.start !== undefined && grant.start > this.clock.now()))
			return false;

		return this.rules.activeAfterTerm === 'staysTrue' || !this.hasEnded(grant);
	}

	/** The grants of a user, copied; empty for nobody. */
	grantsOf(emailOrUid: string): UserGrant[] {
		const user = this.find(emailOrUid);

		return user === undefined ? [] : user.grants.map((grant) => ({ uid: user.uid, ...grant }));
	}

	/**
	 * Users who hold an offer, in the order of the list; with `active` only those for whom the access
	 * counts now, or does not.
	 *
	 * This is the truth, whatever the switches make a list show. It looks at every user.
	 */
	holders(offerId: string, { active }: { active?: boolean } = {}): User[] {
		return [...this.users()].filter((user) => this.holds(user.email, offerId, active));
	}

	/** Whether a user holds an offer and, with `active`, whether the access counts now. */
	holds(emailOrUid: string, offerId: string, active?: boolean): boolean {
		const grants = this.find(emailOrUid)?.grants.filter((grant) => grant.offerId === offerId) ?? [];
		if (active === undefined) return grants.length > 0;

		return grants.length > 0 && grants.some((grant) => this.counts(grant)) === active;
	}

	offer(idOrName: string): Offer | undefined {
		return this.offerById(idOrName) ?? this.offers.find(({ name }) => name === idOrName);
	}

	course(id: string): Course | undefined {
		return this.courses.find((course) => course.id === id);
	}

	property(idOrName: string): PropertyDefinition | undefined {
		return (
			this.properties.find(({ id }) => id === idOrName) ??
			this.properties.find(({ name }) => name === idOrName)
		);
	}

	exam(id: string): Exam | undefined {
		return this.exams.find((exam) => exam.id === id);
	}

	chapter(id: string): Chapter | undefined {
		return this.chapters.find((chapter) => chapter.id === id);
	}

	/** The results of an exam, oldest first, without those of users who are gone. */
	resultsOf(examId: string): ExamResult[] {
		this.tick();

		return (this.results.get(examId) ?? []).filter(({ uid }) => this.byUid.has(uid));
	}

	/** Progress in every course that the user has or has begun. */
	progressOf(user: User): CourseProgress[] {
		const courseIds: string[] = [];
		for (const { offerId } of user.grants) {
			for (const courseId of this.offerById(offerId)?.courseIds ?? []) {
				if (!courseIds.includes(courseId)) courseIds.push(courseId);
			}
		}
		for (const courseId of Object.keys(user.progress)) {
			if (!courseIds.includes(courseId)) courseIds.push(courseId);
		}

		return courseIds.map((courseId) => this.progressIn(user, courseId));
	}

	/** Progress in one course. */
	progressIn(user: User, courseId: string): CourseProgress {
		return {
			courseId,
			activePosts: this.course(courseId)?.activePosts ?? 0,
			completedPosts: user.progress[courseId] ?? 0,
		};
	}

	/** All users and counters as plain data, copied. */
	snapshot(): SchoolSnapshot {
		return { users: [...this.users()].map(plainUser), welcomeMails: this.welcomeMails };
	}

	// ---- Writing

	/**
	 * Adds a user, as an admin would: without a welcome e-mail.
	 *
	 * @throws Error when the address or the uid is taken
	 */
	addUser(user: NewUser): User {
		const member = this.create(user);
		this.tell({ type: 'memberAdded', user: member });

		return member;
	}

	/**
	 * Gives an offer to a user and creates the user where there is none, as the API does.
	 *
	 * The same offer with the same order is one grant; it is switched on again when it was off.
	 *
	 * @throws Error when the offer is unknown
	 */
	grant(
		order: {
			email: string;
			offerId: string;
			orderId?: string;
			firstname?: string;
			name?: string;
			start?: number;
			end?: number;
		},
		rules: GrantRules = {},
	): { user: User; created: boolean } {
		if (this.offerById(order.offerId) === undefined)
			throw new Error(`unknown offer ${order.offerId}`);
		const known = this.live(order.email);
		const member = known ?? this.create(order);
		if (known !== undefined && rules.overwriteNames) {
			member.firstname = order.firstname ?? member.firstname;
			member.name = order.name ?? member.name;
		}
		if (known === undefined ? (rules.welcomeMail ?? true) : rules.mailsAgain) this.welcomeMails++;

		let grant = member.grants.find(
			({ offerId, orderId }) =>
				offerId === order.offerId && (rules.oneAccess === true || orderId === order.orderId),
		);
		const news = grant === undefined || !grant.active;
		if (grant === undefined) {
			grant = { offerId: order.offerId, active: true };
			if (order.orderId !== undefined) grant.orderId = order.orderId;
			member.grants.push(grant);
		}
		grant.active = true;
		if (order.start !== undefined) grant.start = order.start;
		if (order.end !== undefined) grant.end = order.end;
		if (rules.restartTerm && !news) {
			grant.start = this.clock.now();
			delete grant.end;
		}
		this.directory.place(member);
		this.remind(member, grant);

		if (known === undefined) this.tell({ type: 'memberAdded', user: member });
		if (news) this.tell({ type: 'offerGranted', user: member, grant });

		return { user: member, created: known === undefined };
	}

	/**
	 * Switches the user's grants of an offer, or removes them where `active` is left out.
	 *
	 * @returns number of grants it was about; 0 too when the user is unknown
	 */
	setOfferState(email: string, offerId: string, active?: boolean): number {
		return this.setGrants(email, (grant) => grant.offerId === offerId, active);
	}

	/** As `setOfferState`, for the grants that came with an order. */
	setOrderState(email: string, orderId: string, active?: boolean): number {
		return this.setGrants(email, (grant) => grant.orderId === orderId, active);
	}

	/**
	 * Sets a value of a custom property; undefined clears it.
	 *
	 * @throws Error when there is no such user
	 */
	setProperty(email: string, propertyId: string, value: PropertyValue | undefined): void {
		const member = this.known(email);
		const properties = { ...member.properties };
		if (value === undefined) delete properties[propertyId];
		else properties[propertyId] = value;
		member.properties = properties;
	}

	/**
	 * Sets the completed lessons of a user in a course. Reaching all of them completes the course.
	 *
	 * @throws Error when there is no such user or course
	 */
	setProgress(email: string, courseId: string, completedPosts: number): void {
		const member = this.known(email);
		const course = this.course(courseId);
		if (course === undefined) throw new Error(`unknown course ${courseId}`);
		const before = member.progress[courseId] ?? 0;
		member.progress = { ...member.progress, [courseId]: completedPosts };
		if (
			course.activePosts > 0 &&
			before < course.activePosts &&
			completedPosts >= course.activePosts
		) {
			this.tell({ type: 'courseCompleted', user: member, courseId });
		}
	}

	/**
	 * Switches a user's account on or off.
	 *
	 * @throws Error when there is no such user
	 */
	setEnabled(email: string, enabled: boolean): void {
		const member = this.known(email);
		member.enabled = enabled;
		this.directory.place(member);
	}

	/**
	 * Sets the term of a user's grants of an offer; undefined leaves an end open.
	 *
	 * @throws Error when there is no such user
	 */
	setTerm(email: string, offerId: string, term: { start?: number; end?: number }): void {
		const member = this.known(email);
		for (const grant of member.grants) {
			if (grant.offerId !== offerId) continue;
			delete grant.start;
			delete grant.end;
			Object.assign(grant, term);
			this.remind(member, grant);
		}
		this.directory.place(member);
	}

	/** Opens a chapter for a user. Doing it again changes nothing. */
	enableChapter(email: string, chapterId: string): void {
		const member = this.known(email);
		if (!member.chapters.includes(chapterId)) member.chapters = [...member.chapters, chapterId];
	}

	/** Changes the courses of an offer, for everyone who holds it. */
	setOfferCourses(offerId: string, courseIds: string[]): void {
		const offer = this.offerById(offerId);
		if (offer === undefined) throw new Error(`unknown offer ${offerId}`);
		offer.courseIds = [...courseIds];
		this.directory.placeAll();
	}

	addResult(result: ExamResult): void {
		const results = this.results.get(result.examId);
		if (results === undefined) this.results.set(result.examId, [result]);
		else results.push(result);
	}

	/** Makes a login token, good for one hour. */
	createLoginToken(uid: string): LoginToken {
		const token = {
			token: `${this.random.id(36)}.${this.random.id(80)}.${this.random.id(43)}`,
			uid,
			expires: this.clock.now() + HOUR,
		};
		this.loginTokens.push(token);

		return token;
	}

	/** Whether a login token signs someone in now, and whom. */
	uidOfToken(token: string): string | undefined {
		return this.loginTokens.find((made) => made.token === token && made.expires > this.clock.now())
			?.uid;
	}

	/**
	 * Deletes a user with all that is known of him or her.
	 *
	 * @returns whether there was one
	 */
	removeUser(emailOrUid: string): boolean {
		const member = this.live(emailOrUid);
		if (member === undefined) return false;
		member.deleted = true;
		if (!this.rules.lateDeletion) this.forget(member);
		else this.schedule(this.clock.now() + this.deletionDelayMs, () => this.forget(member));

		return true;
	}

	/** Empties the school: no users, no offers, nothing. Listeners stay. */
	clear(seed = 1): void {
		for (const list of [
			this.offers,
			this.courses,
			this.properties,
			this.chapters,
			this.exams,
			this.loginTokens,
		])
			list.length = 0;
		this.byEmail = new Map();
		this.byUid = new Map();
		this.byLowerUid = undefined;
		this.results.clear();
		this.directory.clear();
		this.oldPlaces.clear();
		this.agenda = [];
		this.places = 0;
		this.welcomeMails = 0;
		this.deletionDelayMs = 5_000;
		this.random = new Random(seed);
	}

	/** Takes over settings. Those that change what is listed where make all lists anew. */
	configure(rules: SchoolRules): void {
		const again = rules.activeAfterTerm !== this.rules.activeAfterTerm;
		this.rules = { ...rules };
		if (again) this.directory.placeAll();
	}

	/** Calls back on everything that happens. Returns what ends it. */
	onEvent(listener: (event: SchoolEvent) => void): () => void {
		this.listeners.add(listener);

		return () => this.listeners.delete(listener);
	}

	/** Does something without telling anybody, for example filling the school. */
	quietly(work: () => void): void {
		this.quiet = true;
		try {
			work();
		} finally {
			this.quiet = false;
		}
	}

	// ---- Inside

	private offerById(id: string): Offer | undefined {
		return this.offers.find((offer) => offer.id === id);
	}

	private find(emailOrUid: string): Member | undefined {
		this.tick();

		return this.byEmail.get(emailKey(emailOrUid)) ?? this.byUid.get(emailOrUid);
	}

	private live(emailOrUid: string): Member | undefined {
		const member = this.find(emailOrUid);

		return member?.deleted ? undefined : member;
	}

	/** Whether writes still find this user: a deleted one may be shown for a while, but is gone. */
	isLive(email: string): boolean {
		return this.live(email) !== undefined;
	}

	private known(email: string): Member {
		const member = this.live(email);
		if (member === undefined) throw new Error(`unknown user ${email}`);

		return member;
	}

	private create(user: NewUser): Member {
		const old = this.byEmail.get(emailKey(user.email));
		if (old?.deleted) this.forget(old);
		else if (old !== undefined) throw new Error(`there is a user ${user.email} already`);

		let uid = user.uid ?? this.random.id(28);
		// The generator may have drawn the same id from the same seed.
		while (user.uid === undefined && this.byUid.has(uid)) uid = this.random.id(28);
		if (this.byUid.has(uid)) throw new Error(`the uid ${uid} is taken`);
		const created = user.created ?? new Date(this.clock.now()).toISOString();
		const member = new Member(
			++this.places,
			uid,
			user.email,
			user.firstname ?? '',
			user.name ?? '',
			created,
		);
		if (user.enabled === false) member.enabled = false;
		if (user.grants) member.grants = user.grants.map((grant) => ({ ...grant }));
		if (user.properties) member.properties = user.properties;
		if (user.progress) member.progress = user.progress;
		this.byEmail.set(emailKey(user.email), member);
		this.byUid.set(uid, member);
		this.byLowerUid?.set(uid.toLowerCase(), member);
		this.directory.place(member);
		for (const grant of member.grants) this.remind(member, grant);

		return member;
	}

	private forget(member: Member): void {
		this.directory.remove(member);
		if (this.byEmail.get(emailKey(member.email)) === member)
			this.byEmail.delete(emailKey(member.email));
		if (this.byUid.get(member.uid) === member) {
			this.byUid.delete(member.uid);
			this.byLowerUid?.delete(member.uid.toLowerCase());
			this.oldPlaces.set(member.uid, member.place);
		}
	}

	private setGrants(email: string, chosen: (grant: Grant) => boolean, active?: boolean): number {
		const member = this.live(email);
		const grants = member?.grants.filter(chosen) ?? [];
		if (member === undefined || grants.length === 0) return 0;
		if (active === undefined) {
			member.grants = member.grants.filter((grant) => !chosen(grant));
			if (this.rules.removalDeletesProgress) this.dropProgress(member, grants);
			this.directory.place(member);

			return grants.length;
		}
		const switchedOn = active ? grants.filter((grant) => !grant.active) : [];
		for (const grant of grants) grant.active = active;
		this.directory.place(member);
		for (const grant of switchedOn) this.tell({ type: 'offerGranted', user: member, grant });

		return grants.length;
	}

	private dropProgress(member: Member, removed: Grant[]): void {
		const kept = new Set(
			member.grants.flatMap((grant) => this.offerById(grant.offerId)?.courseIds ?? []),
		);
		const lost = new Set(
			removed
				.flatMap((grant) => this.offerById(grant.offerId)?.courseIds ?? [])
				.filter((id) => !kept.has(id)),
		);
		member.progress = Object.fromEntries(
			Object.entries(member.progress).filter(([courseId]) => !lost.has(courseId)),
		);
	}

	private hasEnded({ end }: Readonly<Grant>): boolean {
		return end !== undefined && end <= this.clock.now();
	}

	private fits(grant: Readonly<Grant>, { offerId, courseId }: UserFilter): boolean {
		if (offerId !== undefined) return grant.offerId === offerId;

		return (
			courseId === undefined ||
			(this.offerById(grant.offerId)?.courseIds.includes(courseId) ?? false)
		);
	}

	/** Sees to it that the lists follow when a term begins or ends. */
	private remind(member: Member, grant: Grant): void {
		const now = this.clock.now();
		for (const at of [grant.start, grant.end]) {
			if (at !== undefined && at > now)
				this.schedule(at, () => !member.deleted && this.directory.place(member));
		}
	}

	private schedule(at: number, run: () => void): void {
		this.agenda.push({ at, run });
		this.agendaSorted = false;
	}

	/** Does what has become due. */
	private tick(): void {
		if (this.agenda.length === 0) return;
		// The next one due is the last, so that taking it is cheap.
		if (!this.agendaSorted) this.agenda.sort((one, other) => other.at - one.at);
		this.agendaSorted = true;
		const now = this.clock.now();
		for (
			let next = this.agenda.at(-1);
			next !== undefined && next.at <= now;
			next = this.agenda.at(-1)
		) {
			this.agenda.pop();
			next.run();
		}
	}

	private tell(event: SchoolEvent): void {
		if (this.quiet) return;
		for (const listener of this.listeners) listener(event);
	}
}

/** What makes two addresses the same: a server of this kind compares them without regard to case. */
export function emailKey(email: string): string {
	return email.trim().normalize('NFC').toLowerCase();
}

/** A copy of a user, without what only the school needs. */
export function plainUser({
	uid,
	email,
	firstname,
	name,
	created,
	enabled,
	grants,
	properties,
	progress,
	chapters,
}: User): User {
	return {
		uid,
		email,
		firstname,
		name,
		created,
		enabled,
		grants: grants.map((grant) => ({ ...grant })),
		properties: { ...properties },
		progress: { ...progress },
		chapters: [...chapters],
	};
}
