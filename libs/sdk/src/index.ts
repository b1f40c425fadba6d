export {
  asKafkaFailure,
  discoverTokenEndpoint,
  type Health,
  KafkaFailure,
  type KafkaFailureCode,
  type KafkaSettings,
  openTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from '@citystreams/kafka';
export type { Notice } from '@citystreams/contracts';
export { ContractViolation, type EventViolation, InvalidContract } from './contract.violation.js';
export { type Notices, type NoticesOptions, openNotices } from './notices.js';
export type { Problem } from './problem.js';
export {
  openPublisher,
  type OutgoingEvent,
  type Publisher,
  type PublisherOptions,
  type TopicEnds,
} from './publisher.js';
export { RegistryClient, RegistryFailure, type RegistryFailureCode, type RegistrySettings } from './registry.client.js';
export { openResumePoint, type ResumePoint, ResumePointUnusable } from './resume.point.js';
export { type IncomingEvent, openSubscriber, type Subscriber, type SubscriberOptions } from './subscriber.js';
