/** A stand-in for Memberspot's API: a school with state, behind a real HTTP server on the loopback interface. */
export { startStandIn, type RequestListener, type StandIn, type StandInOptions } from './stand-in';
export { systemClock, type Clock } from './clock';
export {
	FAULT_KINDS,
	type FaultHandle,
	type FaultKind,
	type FaultSpec,
	type FaultTarget,
	type RetryAfter,
} from './faults';
export type { LimitSpec } from './limits';
export { RequestLog, type LogEntry } from './log';
export {
	defaultVariants,
	valuesOf,
	VARIANT_NAMES,
	VARIANTS,
	type VariantName,
	type Variants,
} from './variants';
export { School } from './school';
export type {
	Grant,
	NewUser,
	SchoolEvent,
	SchoolRules,
	SchoolSnapshot,
	User,
	UserFilter,
	UserGrant,
} from './types';
export * as fixtures from './fixtures';
export {
	INVENTED_EVENTS,
	WebhookSender,
	type AutomationSpec,
	type Delivery,
	type WebhookApp,
} from './webhooks';
