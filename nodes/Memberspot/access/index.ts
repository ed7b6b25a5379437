export { auditPerson, hasNoActiveAccess, isFine, type AuditStatus, type Finding } from './audit';
export { Directory, type Cost, type Member } from './directory';
export { FEW_USERS, learnReading, locate, locateByAddress, type Found, type Learned, type Seeker } from './locate';
export { ActMemory } from './memory';
export { findOthers, findPeople, hasProperty, type Asked, type People, type Subject } from './people';
export {
	checkLosses,
	countPlan,
	gives,
	HALF_RULE_FROM,
	hasEnded,
	isTake,
	planAccess,
	planWithoutComparing,
	summaryOf,
	takes,
	type Act,
	type Doubt,
	type Facts,
	type LossCheck,
	type Person,
	type PlanSettings,
	type PlanTotals,
	type Step,
	type Unlisted,
	type UserPlan,
} from './plan';
export { judge, showsPaused, type Known, type Listing, type Reading, type Standing } from './standing';
export type { PropertyWish, Term, Wanted, Wish } from './wish';
