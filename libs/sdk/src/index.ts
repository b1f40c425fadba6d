export {
  asKafkaFailure,
  type Health,
  KafkaFailure,
  type KafkaFailureCode,
  type KafkaSettings,
  openTokenSource,
  type OutgoingRecord,
  type TokenSource,
  type TokenSourceOptions,
} from '@citystreams/kafka';
export type { Notice } from '@citystreams/contracts';
export { ContractViolation, type EventViolation, InvalidContract } from './contract.violation.js';
export type { OutgoingEvent } from './event.records.js';
export { type FeedOptions, runFeed } from './feed.js';
export { type JsonLines, jsonLines } from './json.lines.js';
export { type Notices, type NoticesOptions, openNotices } from './notices.js';
export type { Problem } from './problem.js';
export { openPublisher, type Publisher, type PublisherOptions, type TopicEnds } from './publisher.js';
export type { RecordTransport } from './record.transport.js';
export { RegistryClient, RegistryFailure, type RegistryFailureCode, type RegistrySettings } from './registry.client.js';
export { openResumePoint, type ResumePoint, ResumePointUnusable } from './resume.point.js';
export {
  type GatewaySettings,
  readServiceSettings,
  type ServiceSettings,
  type SettingsProblem,
  SettingsUnusable,
} from './service.settings.js';
export { stopSignal } from './stop.signal.js';
export { type IncomingEvent, openSubscriber, type Subscriber, type SubscriberOptions } from './subscriber.js';
