export {
  AuditAction,
  AuditObjectKind,
  AuditRecord,
  AuditDetail,
  AuditEntry,
  AuditHead,
  AuditKey,
  AuditExportBegin,
  AuditExportEnd,
  AuditSegment,
  EraseEvidence,
  ErasedEvidence,
} from './api/audit.js';
export { EvidenceBundle } from './api/evidence.js';
export {
  EntitlementState,
  Plane,
  PlaneResource,
  RevokeEntitlement,
  EntitlementResource,
  ReceiptResource,
} from './api/entitlements.js';
export { DecidingRole, CreateDelegation, DelegationResource } from './api/delegations.js';
export { ExplainAsked, ExplainResource, Readable, ReadersAsked, ReadersResource } from './api/explain.js';
export {
  POLICY_FILES,
  PolicyAnswer,
  type PolicyFile,
  PolicyResource,
  SimulatePolicy,
  SimulationResource,
} from './api/policy.js';
export { PROBLEM_STATUS, Finding, Problem, type ProblemCode } from './api/problem.js';
export { ReminderKind } from './api/reminders.js';
export {
  type QuarantinedEventState,
  QUARANTINED_EVENT_STATES,
  QuarantinedEventResource,
  RedriveResource,
  RedriveWish,
} from './api/quarantine.js';
export {
  BeginAnewResource,
  BeginAnewWish,
  PARTITION_READING_STATES,
  PartitionReading,
  ROUTER_STATES,
  RouterOverview,
  RouterProcess,
  VIEW_READING_STATES,
  ViewReading,
} from './api/routing.js';
export {
  RequestState,
  RequestEvent,
  WrittenMask,
  WrittenPredicate,
  CreateRequest,
  Continuation,
  PlainMove,
  MoveWithWords,
  MoveByWords,
  RefuseRequest,
  WrittenDelta,
  OfferedDelta,
  CounterOffer,
  RuleOnDispute,
  RequestWaiting,
  DecisionStep,
  DecisionPoint,
  DecisionResource,
  RequestResource,
} from './api/requests.js';
export {
  CreateStream,
  CreateStreamVersion,
  ChangeStream,
  RetireStream,
  StreamSummary,
  StreamTraffic,
  StreamVersionResource,
  StreamResource,
  AgencyResource,
  VersionChange,
} from './api/streams.js';
export type { CalendarData, YearOfDays } from './city/calendar.js';
export { DAY_MS, StreamManifest } from './city/manifest.js';
export { Office, Role, type Person } from './city/office.js';
export type {
  IdentifierTreatment,
  Precision,
  LevelPolicy,
  Citation,
  NegativeEntry,
  Policy,
  PolicyMatrix,
  Purpose,
  ReasonCode,
  Reclassification,
  CityConcept,
} from './city/policy.js';
export { HTTP_AUDIENCE, KAFKA_AUDIENCE, StackFile, IssuerAccounts } from './city/stack-file.js';
export { Notice } from './control/notices.js';
export {
  QUARANTINE_HEADERS,
  QUARANTINE_NEWS_MS,
  QUARANTINE_REASONS,
  QuarantineMessage,
  type QuarantineReason,
} from './control/quarantine.js';
export {
  MOST_EXCEPTIONS,
  MOST_TOLD_TROUBLES,
  PARTITION_TROUBLES,
  type PartitionTrouble,
  ROUTER_BEAT_MS,
  ROUTER_SILENT_MS,
  RouterBeatMessage,
  RouterOrder,
  RouterStatusMessage,
  RouterStatusTopicMessage,
  VIEW_TROUBLES,
  type ViewTroubleCode,
} from './control/routing.js';
export { StreamMessage, ViewSchemasMessage, StreamsTopicMessage } from './control/streams.js';
export { ViewMessage, EntitlementMessage, ViewStatusMessage } from './control/views.js';
export {
  Level,
  isAtLeast,
  highest,
  Category,
  Classification,
  Concept,
  FieldInfo,
  SharingAttribute,
  Visibility,
} from './levels.js';
export { ExecutableMask, Mask, MaskKeyScope } from './mask.js';
export {
  AgencyId,
  StreamName,
  PrincipalId,
  Ulid,
  ViewTopic,
  FieldPath,
  ownerOf,
  eventOf,
  agencyOf,
  subjectOf,
  viewTopicOf,
  noticeTopicOf,
  quarantineTopicOf,
  PLATFORM_PRINCIPALS,
  CONTROL_TOPICS,
  type PlatformPrincipal,
} from './names.js';
export { COMPARISONS, Predicate, PREDICATE_LIMITS, fieldsOf, type Scalar, type Comparison } from './predicate.js';
export { HistoryClass, ViewDefinition } from './view.js';
export { plainText } from './text.js';
export { type Long } from './event-values.js';
export {
  ClaimSettled,
  EarthquakeReport,
  FlightMovement,
  ResidenceRegistered,
  WeatherObservation,
} from './generated/events.js';
