export { calendarOf, type CityCalendar, type CityDay } from './clock/calendar.js';
export { dueOf, isOver, marksDue, nextMarkAt, type Mark, type Wait } from './clock/wait.js';
export { daysPassed, instantAfter, type Moment, type Span } from './clock/working-time.js';
export {
  ANSWER_LIFE_MS,
  type EntitlementFile,
  HOLDING_STATES,
  observe,
  type PlaneState,
  planesMissing,
  revoke,
  type RevokeOutcome,
  TRANSITION_LIMIT_MS,
  wantsPresent,
} from './entitlements/machine.js';
export type { AuditActor, AuditFact } from './evidence/audit.fact.js';
export { type ChainEnd, extend, introduce, type KnownActor } from './evidence/chain.js';
export { originOf } from './evidence/digests.js';
export { endOfTerm } from './entitlements/term.js';
export {
  type Ask,
  type AskProblem,
  askedLeaves,
  checkAgainstContract,
  checkAgainstPolicy,
  type ContractFacts,
  levelOfAsk,
} from './requests/ask.check.js';
export { decide } from './requests/decide.js';
export type {
  Actor,
  Decision,
  RequestCommand,
  RequestEvent,
  RequestFacts,
  RequestFile,
  RequestOutcome,
} from './requests/request.js';
export { replayFrom, type SourceFacts, viewDefinitionOf, type ViewWish } from './views/definition.js';
export { canonicalDefinition, canonicalPredicate, identityOf } from './views/identity.js';
