import type { Evidence, ListName, ReadEvidence, WriteAnswer, WriteEvidence } from './evidence';
import { isOk } from './observer';

/** What a probe concludes from the evidence. */
export type Conclusion =
	/** One of the readings of the contract. */
	| { reading: string; says: string; declared?: true }
	/** It behaves in a way that the contract does not list. */
	| { unforeseen: string }
	/** For points without readings: whether the assumption holds. */
	| { holds: boolean; says: string; declared?: true }
	/** It can't be told from this evidence. */
	| { open: string };

/** What a probe needs to be told or allowed, beside a key. */
export type Need =
	| 'nothing'
	| '--exam'
	| '--ended-user'
	| '--limits'
	| '--allow-writes'
	| '--delete-user';

/** One open point, or a part of one, and how it is settled. */
export interface Probe {
	readonly id: string;
	/** The open point of the contract. */
	readonly point: string;
	/** The reading that the contract takes for the likeliest; a sentence for points without readings. */
	readonly assumes: { reading: string } | { sentence: string };
	/** What is looked at. */
	readonly looksAt: string;
	readonly needs: Need;
	/** Places in the contract whose grade rises to "measured" when the assumption held. */
	readonly grades?: ReadonlyArray<readonly string[]>;
	/** Pure: the same evidence, the same conclusion. */
	judge(evidence: Evidence): Conclusion;
}

/** A point that this tool does not settle by calls. `--seen` takes what a person saw. */
export interface Unsettled {
	readonly point: string;
	readonly why: string;
	/** The reading that is taken for the likeliest, where the contract has readings. */
	readonly assumes?: string;
}

const NO_ANSWER = 'There was no answer to judge from.';
const NOT_ALLOWED =
	'It takes a write, and writes were not allowed (--allow-writes), or did not come so far.';

const schema = (name: string, ...path: string[]) => ['components', 'schemas', name, ...path];

/** Every probe, in the order of the contract. */
export const PROBES: readonly Probe[] = [
	envelope('users', 'data', 'UserList'),
	envelope('offers', 'array', 'OfferList'),
	envelope('properties', 'array', 'PropertyDefinitionList'),
	envelope('progress', 'data', 'CourseProgressList'),
	envelope('results', 'array', 'ExamResultList', '--exam'),
	{
		...about('cursor-name', 'nextPage'),
		looksAt: 'the user list with one row in a page',
		needs: 'nothing',
		judge: ({ reads: { cursorName, lists } }) =>
			cursorName === undefined
				? { open: 'The school has fewer than two users, so no page has another after it.' }
				: cursorName === 'none'
					? lists.users?.envelope === 'array'
						? { open: 'The user list is a bare list and has no cursor.' }
						: { unforeseen: 'A page that is not the last has no cursor under a known name.' }
					: { reading: cursorName, says: `The cursor is called ${cursorName}.` },
	},
	{
		...about('end-of-list', 'absent'),
		looksAt: 'user lists, of all and of some offers, read to their end',
		needs: 'nothing',
		grades: [schema('Cursor')],
		judge: judgeEnds,
	},
	{
		...about('cursor-form', 'opaque'),
		looksAt: 'the cursor beside the last row of its page',
		needs: 'nothing',
		judge: ({ reads: { cursorIsLastUid, lists } }) =>
			cursorIsLastUid === undefined
				? {
						open:
							lists.users?.envelope === 'array'
								? 'The user list is a bare list and has no cursor.'
								: 'No page had a cursor.',
					}
				: cursorIsLastUid
					? { reading: 'lastUid', says: 'The cursor is the uid of the last row.' }
					: { reading: 'opaque', says: 'The cursor is not the uid of the last row.' },
	},
	{
		...about('page-size-cap', '100'),
		looksAt: 'the rows of a page when 250 are asked for',
		needs: 'nothing',
		judge: ({ reads: { page } }) => {
			if (page === undefined) return { open: NO_ANSWER };
			if (page.rows > 100)
				return {
					reading: 'none',
					says: `A page had ${page.rows} of ${page.asked} rows asked for.`,
				};
			if (!page.more)
				return { open: `All ${page.rows} users fit in one page, so no limit showed.` };

			return ['100', '50', '10'].includes(String(page.rows))
				? { reading: String(page.rows), says: `A page had ${page.rows} rows, and more followed.` }
				: {
						unforeseen: `A page had ${page.rows} of ${page.asked} rows asked for, and more followed.`,
					};
		},
	},
	{
		...claims('list-order', 'The same list read twice comes in the same order.'),
		looksAt: 'the beginning of the user list, read twice',
		needs: 'nothing',
		judge: ({ reads: { order } }) =>
			order === undefined
				? { open: 'The school has fewer than two users.' }
				: {
						holds: order.same,
						says: `Read twice, the order was ${order.same ? 'the same' : 'another'}; sorted by ${order.by}. New users in between were not tried.`,
					},
	},
	{
		...about('progress-list-paging', 'asUsers'),
		looksAt: 'the course progress of a user with several courses, with one row in a page',
		needs: 'nothing',
		judge: ({ reads, swagger }) =>
			judgePaging(
				reads.progressPaging,
				swagger?.readings['progress-list-paging'],
				'No user in the sample has progress in two courses.',
			),
	},
	{
		...about('exam-results-paging', 'none'),
		looksAt: 'the results of the exam, with one row in a page',
		needs: '--exam',
		judge: ({ reads, swagger }) =>
			judgePaging(
				reads.resultsPaging,
				swagger?.readings['exam-results-paging'],
				'No exam was named (--exam), or it has fewer than two results.',
			),
	},
	{
		...about('active-meaning', 'grant'),
		looksAt:
			'`active` of the same users in several lists; with writes, of a user with one of two offers paused',
		needs: 'nothing',
		judge: judgeActive,
	},
	{
		...about('inactive-grants-listed', 'listed'),
		looksAt: "the list of an offer that the throw-away user's access to is paused",
		needs: '--allow-writes',
		judge: ({ writes }) =>
			writes?.paused === undefined
				? { open: NOT_ALLOWED }
				: writes.paused.listed
					? { reading: 'listed', says: 'The user is listed while paused.' }
					: { reading: 'notListed', says: 'The user is missing from the list while paused.' },
	},
	{
		...about('active-after-term', 'turnsFalse'),
		looksAt: 'a member whose term has ended',
		needs: '--ended-user',
		judge: judgeEnded,
	},
	{
		...about('removal-deletes-progress', 'deletesProgress'),
		looksAt:
			'the progress of the throw-away user before removing an offer and after granting it again',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const { progress } = writes ?? {};
			if (progress === undefined)
				return { open: 'It takes a throw-away user with progress, and --lose-progress.' };

			return progress.after >= progress.before
				? { reading: 'keepsProgress', says: 'The progress was there again after granting again.' }
				: progress.after === 0
					? { reading: 'deletesProgress', says: 'The progress was gone after granting again.' }
					: { unforeseen: 'A part of the progress was gone.' };
		},
	},
	{
		...about('offer-state-active-required', 'optional'),
		looksAt: 'a change of state without `active`',
		needs: '--allow-writes',
		judge: ({ writes, swagger }) => {
			const { removal } = writes ?? {};
			if (removal === undefined)
				return declared(swagger?.readings['offer-state-active-required'], NOT_ALLOWED);
			if (isOk(removal.status))
				return removal.gone
					? { reading: 'optional', says: 'It was taken, and the user was gone from the list.' }
					: { unforeseen: 'It was taken, but the user is still in the list of the offer.' };

			return removal.status === 400
				? { reading: 'required', says: 'It was refused with 400.' }
				: { unforeseen: `It was answered with ${removal.status}.` };
		},
	},
	{
		...claims('all-courses-offer', 'The offer "Alle Kurse" names all courses.'),
		looksAt: 'the offer of this name in the list of offers',
		needs: 'nothing',
		judge: ({ reads: { allCourses } }) => {
			if (allCourses === undefined) return { open: NO_ANSWER };
			if (allCourses.offers === 0)
				return { open: 'No offer has this name; the school may not have it, or it is not listed.' };

			return {
				holds: allCourses.courses > 0 && allCourses.courses >= allCourses.coursesOfAll,
				says: `It is listed and names ${allCourses.courses} of the ${allCourses.coursesOfAll} courses that offers name.`,
			};
		},
	},
	{
		...about('grant-required-fields', 'emailAndOffer'),
		looksAt: 'a grant with the address and the offer only; then with more',
		needs: '--allow-writes',
		judge: ({ writes, swagger }) =>
			writes?.grantNeeds === undefined
				? declared(swagger?.readings['grant-required-fields'], NOT_ALLOWED)
				: writes.grantNeeds === 'refused'
					? { unforeseen: 'It was refused with names and an order id, too.' }
					: { reading: writes.grantNeeds, says: 'This is the shortest grant that was taken.' },
	},
	{
		...about('grant-again', 'separatePerOrder'),
		looksAt: 'an offer granted with two orders, one of which is paused, then removed',
		needs: '--allow-writes',
		judge: judgeOrders,
	},
	{
		...about('grant-changes-names', 'keepsNames'),
		looksAt: 'the name after two grants with different names',
		needs: '--allow-writes',
		judge: ({ writes }) =>
			writes?.names === undefined
				? { open: NOT_ALLOWED }
				: writes.names === 'kept'
					? {
							reading: 'keepsNames',
							says: 'The last name did not become that of the second grant.',
						}
					: { reading: 'overwritesNames', says: 'The last name became that of the second grant.' },
	},
	{
		...about('unknown-order', 'accepted'),
		looksAt: 'a change of state for an order that does not exist',
		needs: '--allow-writes',
		judge: ({ writes }) => byStatus(writes?.unknownOrder, { ok: 'accepted', 404: 'status404' }),
	},
	{
		...about('unheld-offer', 'accepted'),
		looksAt: 'switching on an offer that the throw-away user does not hold',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const { unheld } = writes ?? {};
			if (unheld === undefined)
				return { open: 'It takes a write, and a removal before it that shows.' };
			if (isOk(unheld.status))
				return unheld.listed
					? { reading: 'granted', says: 'It was taken, and the user has the offer now.' }
					: { reading: 'accepted', says: 'It was taken, and nothing happened.' };

			return byStatus(unheld.status, { 404: 'status404' });
		},
	},
	{
		...about('unknown-user-write', 'status404'),
		looksAt: 'a change of state for an unknown address, and for an unknown offer',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const { unknownUser, unknownOffer } = writes ?? {};
			if (unknownUser !== undefined && unknownUser !== unknownOffer)
				return {
					unforeseen: `An unknown address is answered with ${unknownUser}, an unknown offer with ${String(unknownOffer)}.`,
				};

			return byStatus(unknownUser, { 404: 'status404', 400: 'status400' });
		},
	},
	{
		...about('unknown-user-look-up', 'status404'),
		looksAt: 'the look-up of an address that nobody has',
		needs: 'nothing',
		grades: [
			[
				'paths',
				'/v1/users/find-by-mail/{email}',
				'get',
				'responses',
				'200',
				'content',
				'application/json',
				'schema',
			],
		],
		judge: ({ reads: { unknownLookUp } }) => {
			if (unknownLookUp === undefined) return { open: NO_ANSWER };
			const { status, says, noEndpoint } = unknownLookUp;
			if (noEndpoint) return { unforeseen: 'The API says that it has no such endpoint.' };
			if (status === 403) return { open: 'The look-up is refused (403); see look-up-plan.' };
			if (isOk(status))
				return ['emptyBody', 'null', 'emptyObject'].includes(says)
					? { reading: says, says: `It was answered with ${status} and ${says}.` }
					: { unforeseen: `It was answered with ${status} and something.` };

			return byStatus(status, { 404: 'status404' });
		},
	},
	{
		...about('look-up-plan', 'allowed'),
		looksAt: 'the look-up of a user from the list',
		needs: 'nothing',
		judge: ({ reads: { knownLookUp } }) =>
			byStatus(knownLookUp, { ok: 'allowed', 403: 'forbidden' }, 'The user list shows nobody.'),
	},
	{
		...about('delete-answer', 'okText'),
		looksAt: 'the deletion of the throw-away user',
		needs: '--delete-user',
		judge: ({ writes }) => {
			const { deletion } = writes ?? {};
			if (deletion === undefined) return { open: 'Nobody was deleted (--delete-user).' };
			if (!isOk(deletion.status))
				return { open: `The deletion was answered with ${deletion.status}.` };

			if (deletion.status === 204) return { open: 'It was answered with 204, which has no body.' };

			return ['okText', 'okJson', 'emptyBody'].includes(deletion.says)
				? {
						reading: deletion.says,
						says: `It was answered with ${deletion.status} and ${deletion.says}.`,
					}
				: { unforeseen: `It was answered with ${deletion.status} and ${deletion.says}.` };
		},
	},
	{
		...about('delete-body-stripped', 'arrives'),
		looksAt: 'whether DELETE with a body is understood',
		needs: '--delete-user',
		judge: ({ writes }) => {
			const { deletion } = writes ?? {};
			if (deletion === undefined) return { open: 'Nobody was deleted (--delete-user).' };
			if (!deletion.bodyArrived) return { reading: 'stripped', says: 'It was refused with 400.' };

			return isOk(deletion.status)
				? { reading: 'arrives', says: 'It was taken.' }
				: { unforeseen: `It was answered with ${deletion.status}.` };
		},
	},
	{
		...about('post-deletion-path', 'samePath'),
		looksAt: 'the POST twin, with an address that nobody has',
		needs: '--delete-user',
		judge: ({ writes, swagger }) => {
			const { twin } = writes ?? {};
			if (twin === undefined)
				return declared(
					swagger?.readings['post-deletion-path'],
					'Nobody was deleted (--delete-user).',
				);
			if (isOk(twin.status))
				return { reading: 'samePath', says: 'POST on the path of DELETE was taken.' };

			return twin.noEndpoint
				? { reading: 'otherPath', says: 'There is no POST on the path of DELETE.' }
				: { unforeseen: `It was answered with ${twin.status}.` };
		},
	},
	{
		...about('deletion-delay', 'immediate'),
		looksAt: 'look-ups after the deletion',
		needs: '--delete-user',
		judge: ({ writes }) => {
			const { goneAfterMs } = writes ?? {};
			if (goneAfterMs === undefined) return { open: 'Nobody was deleted (--delete-user).' };

			return goneAfterMs === 0
				? { reading: 'immediate', says: 'The user was gone at the first look.' }
				: {
						reading: 'late',
						says:
							goneAfterMs === 'not seen'
								? 'The user was still there after the last look.'
								: `The user was gone after about ${Math.round(goneAfterMs / 1_000)} seconds.`,
					};
		},
	},
	{
		...claims('delete-limit', 'A deletion may name 100 addresses.'),
		looksAt: 'the Swagger file',
		needs: 'nothing',
		judge: ({ swagger }) =>
			swagger?.deleteLimit === undefined
				? {
						open: 'The Swagger file was not given, or names no limit. It is not tried: that would delete people.',
					}
				: {
						holds: swagger.deleteLimit >= 100,
						says: `The Swagger file allows ${swagger.deleteLimit}.`,
						declared: true,
					},
	},
	{
		...about('login-token-answer', 'both'),
		looksAt: 'a login token for the throw-away user (the token itself is dropped)',
		needs: '--allow-writes',
		grades: [schema('LoginTokenAnswer')],
		judge: ({ writes }) =>
			writes?.token === undefined
				? { open: NOT_ALLOWED }
				: writes.token === 'other'
					? { unforeseen: 'It comes under none of the known keys.' }
					: { reading: writes.token, says: `The answer has the form "${writes.token}".` },
	},
	{
		...about('property-item-key', 'both'),
		looksAt: 'a property written with each key, and read back',
		needs: '--allow-writes',
		judge: ({ writes, swagger }) => {
			const { propertyKey } = writes ?? {};
			if (propertyKey === undefined)
				return declared(swagger?.readings['property-item-key'], NOT_ALLOWED);
			const { id, propertyId, idStatus, propertyIdStatus } = propertyKey;
			if (!id && !propertyId)
				return {
					unforeseen: `Neither key stored a value (answers ${idStatus} and ${propertyIdStatus}).`,
				};

			return {
				reading: id && propertyId ? 'both' : id ? 'id' : 'propertyId',
				says: `Stored with id: ${id ? 'yes' : 'no'} (${idStatus}), with propertyId: ${propertyId ? 'yes' : 'no'} (${propertyIdStatus}).`,
			};
		},
	},
	{
		...about('property-user-keys', 'id'),
		looksAt: 'the keys of property values in the user list, beside the definitions',
		needs: 'nothing',
		judge: ({ reads: { propertyKeys } }) => {
			if (propertyKeys === undefined) return { open: 'The school has no custom properties.' };
			const { ids, names, neither } = propertyKeys;
			if (ids + names + neither === 0)
				return { open: 'No user in the sample has a property value.' };
			const says = `Of the keys, ${ids} are ids, ${names} are names, ${neither} are neither.`;
			if (ids > 0 && names === 0) return { reading: 'id', says };

			return names > 0 && ids === 0 ? { reading: 'name', says } : { unforeseen: says };
		},
	},
	{
		...claims('property-types', 'The node knows the types.'),
		looksAt: 'the types in the definitions',
		needs: 'nothing',
		judge: ({ reads: { propertyTypes } }) =>
			propertyTypes === undefined
				? { open: 'The school has no custom properties.' }
				: {
						holds: propertyTypes.unknown.length === 0,
						says: `Types: ${propertyTypes.words.join(', ')}.${propertyTypes.unknown.length === 0 ? '' : ` Taken as text: ${propertyTypes.unknown.join(', ')}.`}`,
					},
	},
	{
		...about('property-choices', 'none'),
		looksAt: 'lists in the definitions',
		needs: 'nothing',
		judge: ({ reads: { choiceKeys, propertyTypes } }) => {
			if (choiceKeys === undefined) return { open: 'The school has no custom properties.' };
			const [key] = choiceKeys;
			if (key === undefined)
				return propertyTypes !== undefined && propertyTypes.choosing > 0
					? { reading: 'none', says: 'Properties with choices list no values.' }
					: { open: 'No property of the school seems to have choices.' };

			return ['options', 'choices', 'values'].includes(key)
				? { reading: key, says: `The values stand under ${key}.` }
				: { unforeseen: `There is a list under ${key}.` };
		},
	},
	{
		...about('property-value-types', 'typed'),
		looksAt: 'a number written to a number property',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const { valueTypes } = writes ?? {};
			if (valueTypes === undefined)
				return { open: `${NOT_ALLOWED} It also takes a number property.` };
			if (valueTypes.status === 400)
				return { reading: 'textOnly', says: 'A number was refused with 400.' };
			if (!isOk(valueTypes.status))
				return { unforeseen: `A number was answered with ${valueTypes.status}.` };

			return valueTypes.stored === 'nothing'
				? { unforeseen: 'A number was taken, but nothing was stored.' }
				: { reading: 'typed', says: `A number was taken, and comes back as ${valueTypes.stored}.` };
		},
	},
	{
		...about('clear-property', 'emptyText'),
		looksAt: 'a property after writing an empty text, then null',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const { cleared } = writes ?? {};
			if (cleared === undefined) return { open: NOT_ALLOWED };
			if (cleared.byText)
				return { reading: 'emptyText', says: 'An empty text took the value away.' };

			return cleared.byNull
				? { reading: 'null', says: 'null took the value away, an empty text did not.' }
				: { reading: 'impossible', says: 'Neither an empty text nor null took the value away.' };
		},
	},
	{
		...about('partial-property-update', 'partial'),
		looksAt: 'one property after another was written',
		needs: '--allow-writes',
		judge: ({ writes }) =>
			writes?.otherStays === undefined
				? { open: `${NOT_ALLOWED} It also takes two text properties.` }
				: writes.otherStays
					? { reading: 'partial', says: 'The other property stayed.' }
					: {
							reading: 'replaces',
							says: 'The other property was LOST. The node writes only what it is told, so values are lost.',
						},
	},
	{
		...about('unknown-property', 'status404'),
		looksAt: 'a write to a property that does not exist',
		needs: '--allow-writes',
		judge: ({ writes }) =>
			byStatus(writes?.unknownProperty, { ok: 'ignored', 404: 'status404', 400: 'status400' }),
	},
	{
		...about('write-answer', 'object'),
		looksAt: 'the answers to the writes',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const answers = writeAnswers(writes);
			// An answer with 204 has no body by definition; `write-status` speaks of it.
			const bodies = [
				...new Set(answers.filter(({ status }) => status !== 204).map(({ says }) => says)),
			];
			if (answers.length === 0) return { open: NOT_ALLOWED };
			if (bodies.length === 0) return { open: 'Writes are answered with 204, which has no body.' };
			if (bodies.length > 1)
				return { unforeseen: `It differs between the writes: ${bodies.join(', ')}.` };

			return ['object', 'emptyBody', 'emptyObject', 'null', 'okText'].includes(bodies[0])
				? { reading: bodies[0], says: `Each of ${answers.length} writes was answered so.` }
				: { unforeseen: `Writes are answered with "${bodies[0]}".` };
		},
	},
	{
		...about('write-status', '201'),
		looksAt: 'the statuses of the writes',
		needs: '--allow-writes',
		judge: ({ writes }) => {
			const statuses = [...new Set(writeAnswers(writes).map(({ status }) => String(status)))];
			if (statuses.length === 0) return { open: NOT_ALLOWED };
			if (statuses.length > 1)
				return { unforeseen: `It differs between the writes: ${statuses.join(', ')}.` };

			return ['201', '200', '204'].includes(statuses[0])
				? { reading: statuses[0], says: `Writes are answered with ${statuses[0]}.` }
				: { unforeseen: `Writes are answered with ${statuses[0]}.` };
		},
	},
	{
		...claims('exam-results-row', 'A result names its user by uid or e-mail.'),
		looksAt: 'the fields of the results of the exam',
		needs: '--exam',
		judge: ({ reads: { resultFields } }) =>
			resultFields === undefined
				? { open: 'No exam was named (--exam), or it has no results.' }
				: {
						holds: resultFields.some((field) => /(^|\.)(uid|email)$/.test(field)),
						says: `Fields: ${resultFields.join(', ')}.`,
					},
	},
	{
		...about('course-progress-shape', 'flat'),
		looksAt: 'the progress of one user in one course',
		needs: 'nothing',
		grades: [schema('CourseProgressAnswer')],
		judge: ({ reads: { courseProgress } }) => {
			if (courseProgress === undefined) return { open: 'No user in the sample has progress.' };
			if (courseProgress.inUser) return { reading: 'nested', says: 'The user stands in `user`.' };

			return courseProgress.atTop
				? { reading: 'flat', says: 'The user stands beside the counters.' }
				: { unforeseen: 'The user is not in the answer.' };
		},
	},
	{
		...about('user-created-form', 'iso'),
		looksAt: 'the user list',
		needs: 'nothing',
		grades: [schema('User', 'properties', 'created')],
		judge: ({ reads: { created } }) => {
			if (created === undefined) return { open: 'The user list shows nobody.' };

			return created === 'iso' || created === 'timestamp'
				? { reading: created, says: `It comes as ${created}.` }
				: { unforeseen: `It comes as ${created}.` };
		},
	},
	{
		...about('uid-case', 'mixed'),
		looksAt: 'the uids in the user list; with writes, a login token for a uid in another case',
		needs: 'nothing',
		grades: [schema('User', 'properties', 'uid')],
		judge: ({ reads: { uids }, writes }) => {
			if (uids === undefined || uids.count < 5)
				return { open: 'There are fewer than five uids with letters.' };
			if (uids.withCapitals === 0)
				return { reading: 'lower', says: `None of ${uids.count} uids has a capital letter.` };
			const other = writes?.otherCaseToken;
			if (other !== undefined && isOk(other))
				return { unforeseen: 'Uids have capital letters, but their case does not count.' };

			return {
				reading: 'mixed',
				says: `${uids.withCapitals} of ${uids.count} uids have capital letters. ${other === undefined ? 'Whether the case counts was not tried.' : `In another case a uid is answered with ${other}.`}`,
			};
		},
	},
	{
		...claims('key-check-answer', 'The key check exists, and tells a right key from a wrong one.'),
		looksAt: 'GET /api-auth with the key and with a wrong one',
		needs: 'nothing',
		judge: ({ reads: { keyCheck } }) =>
			keyCheck === undefined
				? { open: NO_ANSWER }
				: {
						holds: isOk(keyCheck.right) && [401, 403].includes(keyCheck.wrong),
						says: `The key is answered with ${keyCheck.right}, a wrong one with ${keyCheck.wrong}.`,
					},
	},
	{
		...claims(
			'error-codes',
			'Errors are { statusCode, message, error? }, with the status of the answer.',
		),
		looksAt: 'every error that the check met',
		needs: 'nothing',
		grades: [schema('Error')],
		judge: ({ reads: { errors } }) => {
			if (errors.length === 0) return { open: NO_ANSWER };
			const other = errors.filter(({ framework }) => !framework);

			return {
				holds: other.length === 0,
				says: `Seen: ${errors.map(({ what, status }) => `${what} ${status}`).join(', ')}.${other.length === 0 ? '' : ` In another form: ${other.map(({ what }) => what).join(', ')}.`}`,
			};
		},
	},
	{
		...about('error-message-form', 'nest'),
		looksAt: '`message` of a refused query or body, and of other errors',
		needs: 'nothing',
		grades: [schema('Error', 'properties', 'message')],
		judge: ({ reads: { errors } }) => {
			const forms = (bad: boolean) => [
				...new Set(
					errors
						.filter(({ what }) => (what === 'invalid query' || what === 'refused body') === bad)
						.map(({ message }) => message),
				),
			];
			const [invalid, other] = [forms(true), forms(false)];
			const says = `For something invalid: ${invalid.join(', ') || 'not seen'}. Otherwise: ${other.join(', ') || 'not seen'}.`;
			if ([...invalid, ...other].includes('none'))
				return { unforeseen: `An error had no message. ${says}` };
			if (other.length === 1 && other[0] === 'list') return { reading: 'list', says };
			if (invalid.length === 0 || other.length !== 1) return { open: says };

			return invalid.includes('list') ? { reading: 'nest', says } : { reading: 'text', says };
		},
	},
	{
		...about('wrong-key-status', '401'),
		looksAt: 'the list of offers with a wrong key and without one',
		needs: 'nothing',
		judge: ({ reads: { wrongKey } }) => {
			if (wrongKey === undefined) return { open: NO_ANSWER };
			const { wrong, missing } = wrongKey;
			if (wrong !== missing)
				return {
					unforeseen: `A wrong key is answered with ${wrong}, a missing one with ${missing}.`,
				};

			return byStatus(wrong, { 401: '401', 403: '403' });
		},
	},
	{
		...claims('rate-limits', 'No limit shows at four requests a second.'),
		looksAt: 'the headers of all answers, and answers with 429',
		needs: 'nothing',
		judge: ({ reads: { limits, tooMany } }) => {
			const headers = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
			if (tooMany > 0 || headers.length > 0)
				return {
					holds: false,
					says: `${tooMany} answers with 429. ${headers.length === 0 ? 'No header names a limit.' : `Headers: ${headers.join(', ')}.`}`,
				};

			return { open: 'No answer named a limit, and none was met. There may be one all the same.' };
		},
	},
	{
		...about('course-progress-limit', 'fourPerSecond'),
		looksAt: 'eight reads of the progress in one course at once',
		needs: '--limits',
		judge: ({ reads: { burst }, swagger }) =>
			burst === undefined
				? declared(
						swagger?.readings['course-progress-limit'],
						'The limit was not tried (--limits).',
					)
				: burst.refused > 0
					? {
							reading: 'fourPerSecond',
							says: `Of ${burst.sent} at once, ${burst.refused} were refused with 429. The exact number was not measured.`,
						}
					: { reading: 'none', says: `All ${burst.sent} at once were answered.` },
	},
	{
		...about('retry-after', 'seconds'),
		looksAt: 'the header of a 429',
		needs: '--limits',
		judge: ({ reads: { burst } }) => {
			if (burst === undefined || burst.refused === 0) return { open: 'No 429 was met (--limits).' };

			return burst.retryAfter === 'other'
				? { unforeseen: 'Retry-After is neither a number nor a date.' }
				: { reading: burst.retryAfter, says: `Retry-After: ${burst.retryAfter}.` };
		},
	},
	{
		...about('swagger-file', 'apiJson'),
		looksAt: 'GET /api-json, without the key',
		needs: 'nothing',
		judge: ({ reads: { swaggerFile } }) => {
			if (swaggerFile === undefined) return { open: NO_ANSWER };

			return swaggerFile.isSwagger
				? { reading: 'apiJson', says: 'The Swagger file is there.' }
				: {
						open: `It was answered with ${swaggerFile.status} and is no Swagger file; where it is, it does not say.`,
					};
		},
	},
];

/** Points that calls can't settle, or not without harm. */
export const UNSETTLED: readonly Unsettled[] = [
	{ point: 'cursor-lifetime', why: 'It takes an hour and a day between two calls.' },
	{ point: 'pausing-frees-seat', why: 'Used seats show in the admin area only.' },
	{
		point: 'welcome-mail',
		assumes: 'newUsers',
		why: 'It shows in the mailbox of the throw-away user only: look there after a run with --allow-writes.',
	},
	{
		point: 'grant-mails-again',
		assumes: 'never',
		why: 'It shows in the mailbox of the throw-away user only: a run with --allow-writes grants several times.',
	},
	{
		point: 'grant-restarts-term',
		assumes: 'keepsTerm',
		why: 'No answer shows a term: look at the access in the admin area before and after a second grant.',
	},
	{
		point: 'native-shop-order-id',
		why: 'It takes a connected shop, and a look into the admin area.',
	},
	{
		point: 'login-token-reuse',
		why: 'It takes a browser in which a login address is opened twice. The check drops the address at once.',
	},
	{ point: 'plan-needed', assumes: 'enterprise', why: 'No answer names the plan: ask Memberspot.' },
	{ point: 'key-page', assumes: 'integrations', why: 'It shows in the admin area only.' },
	{ point: 'key-shown-once', assumes: 'once', why: 'It shows in the admin area only.' },
	{ point: 'webhooks-exist', assumes: 'yes', why: 'It shows in the admin area only.' },
	{
		point: 'webhook-payloads',
		why: 'Memberspot sends them; the article on webhooks in its help centre describes them.',
	},
];

function about(point: string, reading: string) {
	return { id: point, point, assumes: { reading } };
}

function claims(point: string, sentence: string) {
	return { id: point, point, assumes: { sentence } };
}

function envelope(name: ListName, reading: string, list: string, needs: Need = 'nothing'): Probe {
	return {
		id: `list-envelope/${name}`,
		point: 'list-envelope',
		assumes: { reading },
		looksAt: `the list of ${name}`,
		needs,
		grades: [schema(list)],
		judge: ({ reads: { lists } }) => {
			const found = lists[name];
			if (found === undefined)
				return {
					open: needs === '--exam' ? 'No exam was named (--exam), or it was refused.' : NO_ANSWER,
				};

			return ['data', 'array', 'named', 'items'].includes(found.envelope)
				? { reading: found.envelope, says: `The list comes as "${found.envelope}".` }
				: { unforeseen: `The list comes under "${found.envelope}".` };
		},
	};
}

function judgeEnds({ reads: { ends, cursorName } }: Evidence): Conclusion {
	if (cursorName === undefined || cursorName === 'none')
		return { open: 'No page had a cursor, so its absence says nothing.' };
	const different = [...new Set(ends)];
	if (different.length === 0)
		return { open: 'No list was read to its end: all are longer (--pages).' };
	if (different.includes('repeated')) return { unforeseen: 'A cursor was repeated.' };

	return different.length === 1
		? { reading: different[0], says: `${ends.length} lists ended so.` }
		: { unforeseen: `Lists end in different ways: ${different.join(', ')}.` };
}

function judgePaging(
	paging: ReadEvidence['progressPaging'],
	declaredAs: string | undefined,
	why: string,
): Conclusion {
	if (paging === undefined) return declared(declaredAs, why);
	if (paging.asked1 === 1)
		return paging.cursor
			? { reading: 'asUsers', says: 'With pageLength=1 one row came, and a cursor.' }
			: { unforeseen: 'With pageLength=1 one row came, and no cursor.' };
	if (isOk(paging.status) && paging.asked1 < paging.all)
		return { unforeseen: `With pageLength=1 there were ${paging.asked1} of ${paging.all} rows.` };

	return {
		reading: 'none',
		says: isOk(paging.status)
			? `With pageLength=1 all ${paging.all} rows came.`
			: `pageLength is answered with ${paging.status}.`,
	};
}

/** Whether `active` surely speaks of the grant; undefined when it can't be told. */
function activeOfGrant({ reads, writes }: Evidence): boolean | undefined {
	if (reads.active !== undefined && reads.active.differed > 0) return true;
	const { paused } = writes ?? {};
	if (paused?.listed !== true || paused.active === undefined) return undefined;
	if (paused.active) return false;

	return paused.other;
}

function judgeActive(evidence: Evidence): Conclusion {
	const ofGrant = activeOfGrant(evidence);
	const { active } = evidence.reads;
	if (ofGrant === undefined) {
		const { paused } = evidence.writes ?? {};
		if (paused?.listed === false)
			return {
				open: 'A paused user is not listed for the offer, so `active` can not be compared.',
			};
		if (paused?.active === false)
			return { open: 'The paused user is inactive, but holds nothing else: give --offer twice.' };

		return {
			open: `\`active\` of ${active?.compared ?? 0} users was the same in all lists. That fits both readings; --allow-writes with two offers settles it.`,
		};
	}

	return ofGrant
		? { reading: 'grant', says: 'One user is active in one list and inactive in another.' }
		: { reading: 'user', says: 'Pausing one offer did not show in the list of that offer alone.' };
}

function judgeEnded(evidence: Evidence): Conclusion {
	const { ended } = evidence.reads;
	if (ended === undefined)
		return { open: 'No member with an ended term was named (--ended-user, --ended-offer).' };
	if (!ended.listed)
		return { reading: 'notListed', says: 'The member is not listed for the offer.' };
	if (ended.inList === undefined) return { open: 'The row has no `active`.' };
	if (!ended.inList)
		return ended.account === true || activeOfGrant(evidence) === true
			? { reading: 'turnsFalse', says: 'The member is listed as inactive.' }
			: { open: 'The member is inactive everywhere, which may have another reason.' };

	return activeOfGrant(evidence) === true
		? { reading: 'staysTrue', says: 'The member is listed as active.' }
		: {
				open: 'The member is listed as active. That says something only if active-meaning is settled as "grant".',
			};
}

function judgeOrders(evidence: Evidence): Conclusion {
	const { orders } = evidence.writes ?? {};
	if (orders === undefined) return { open: `${NOT_ALLOWED} It also takes a removal that shows.` };
	if (!orders.listedWithoutFirst)
		return {
			reading: 'oneAccess',
			says: 'Removing the first order took the offer away, although a second order had granted it.',
		};
	if (orders.listedWithoutBoth)
		return { unforeseen: 'The offer is still there after both orders were removed.' };
	if (orders.pausedSecondStillActive === false)
		return {
			reading: 'oneAccess',
			says: 'Pausing the second order paused the offer, although a first order had granted it.',
		};

	return orders.pausedSecondStillActive === true && activeOfGrant(evidence) === true
		? { reading: 'separatePerOrder', says: 'Each order could be paused and removed by itself.' }
		: {
				open: 'The first order could be removed by itself, but pausing does not show in the list.',
			};
}

function declared(reading: string | undefined, otherwise: string): Conclusion {
	return reading === undefined
		? { open: otherwise }
		: { reading, says: 'So says the Swagger file; no call was made.', declared: true };
}

/** A reading by the status of an answer; `ok` stands for every 2xx. */
function byStatus(
	status: number | undefined,
	readings: { [status: string]: string },
	otherwise = NOT_ALLOWED,
): Conclusion {
	if (status === undefined) return { open: otherwise };
	const reading = readings[isOk(status) ? 'ok' : String(status)];

	return reading === undefined
		? { unforeseen: `It was answered with ${status}.` }
		: { reading, says: `It was answered with ${status}.` };
}

function writeAnswers(writes: WriteEvidence | undefined): WriteAnswer[] {
	return [writes?.grant, writes?.offerState, writes?.orderState, writes?.properties].filter(
		(answer) => answer !== undefined,
	);
}
