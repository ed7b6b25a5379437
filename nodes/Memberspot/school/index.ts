export { coursesOf, type Course } from './courses';
export { parseUser } from './parse';
export { Roster, type Listing } from './roster';
export { DEFAULT_PAGE_LENGTH, findOffer, openSchool, unexpected, type School } from './school';
export { hasProperties, percentOf, simplifyUser, withPercent } from './simplify';
export { aboutUser, unknownUser } from './unknownUser';
export type { Offer, OfferChoice, PropertyDefinition, User, UserLookup, UserQuery } from './types';
