export { calendarOf, type CityCalendar, type CityDay } from './clock/calendar.js';
export { dueOf, isOver, marksDue, nextMarkAt, type Mark, type Wait } from './clock/wait.js';
export { daysPassedIn, instantAfter, type Moment, type Span } from './clock/working-time.js';
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
export { detailDigest, originOf, recordDigest } from './evidence/digests.js';
export { type ChainHead, type HeadSigner, isEd25519Key, openSigner } from './evidence/head.js';
export {
  explainRead,
  type ReadAnswer,
  type Reader,
  type ReadQuestion,
  type ReadReason,
  readersAt,
} from './explain/explain.js';
export { type Readable, readableAt, type RecordedVersion, shownAs, stateAt } from './explain/readable.js';
export { endOfTerm } from './entitlements/term.js';
export {
  type AskProblem,
  askedLeaves,
  checkAgainstContract,
  checkAgainstPolicy,
  checkTerm,
  type ContractFacts,
  levelOfAsk,
} from './requests/ask.check.js';
export { basisOf, changesSince } from './requests/basis.js';
export { checksOf, type RequestCheck } from './requests/checks.js';
export type {
  Actor,
  Decider,
  Deciders,
  MoveOutcome,
  Moved,
  OwnMove,
  PersonMove,
  RequestCommand,
  RequestEntry,
  RequestFacts,
} from './requests/moves.js';
export { DISPUTE_DAYS, MOST_PAUSES, PAUSE_DAYS } from './requests/stages.js';
export {
  type Basis,
  type Decision,
  draftRequest,
  type Offer,
  type PersonStep,
  type RunningWait,
  standingDecisions,
  type SubscriptionRequest,
  type WaitingFor,
} from './requests/subscription-request.js';
export { peopleDue, type RequestPeople, type Telling, tellingsOf } from './requests/telling.js';
export { act, passTime, TRANSITIONS } from './requests/transitions.js';
export { type Forbidden, forbiddenBy, isInForce, RULE_FAILED, type Sought } from './policy/negative.list.js';
export {
  answerOf,
  type PolicyAnswer,
  type PolicyDifference,
  type RecordedRequest,
  simulatePolicy,
  type Simulation,
} from './policy/simulation.js';
export { type Treatment, treatmentOf } from './policy/treatment.js';
export type { Ask } from './views/ask.js';
export { type AskReading, readAsk, type WrittenAsk, type WrittenProblem } from './views/ask.reading.js';
export { replayFrom, type SourceFacts, viewDefinitionOf, type ViewWish } from './views/definition.js';
export { canonicalDefinition, canonicalPredicate, identityOf } from './views/identity.js';
export { canonicalMask } from './views/masks/canonical.js';
export { joinMasks } from './views/masks/join.js';
export { formatMask } from './views/masks/mask.format.js';
export { type MaskReading, parseMask } from './views/masks/mask.text.js';
export { isCoarserOrEqual } from './views/masks/order.js';
export { misfit } from './views/masks/shown.js';
export { conjunction, type Delta, narrow, type Narrowing } from './views/narrowing/narrow.js';
export { type DeltaReading, readDelta } from './views/narrowing/read.delta.js';
export { fieldKinds, type FieldKinds } from './views/predicates/field.kind.js';
export { plainPredicate } from './views/predicates/plain.js';
export { formatPredicate } from './views/predicates/predicate.format.js';
export { parsePredicate, type PredicateReading, type TextProblem } from './views/predicates/predicate.text.js';
export { type CheckedPredicate, readPredicate } from './views/predicates/read.js';
