export { asKafkaFailure, KafkaFailure, type KafkaFailureCode } from './failure.js';
export type { Health } from './health.js';
export type { IncomingRecord, OutgoingRecord, RecordPosition } from './records.js';
export type { KafkaSettings } from './settings.js';
export { discoverTokenEndpoint, openTokenSource, type TokenSource, type TokenSourceOptions } from './token.source.js';
export { partitionOfKey } from './partitioner.js';
export { openProducer, type ProducerOptions, type RecordProducer } from './producer.js';
export {
  type FollowerOptions,
  openFollower,
  openResumingFollower,
  type ResumingOptions,
  type TopicFollower,
} from './follower.js';
export { openSubscription, type Subscription, type SubscriptionOptions } from './subscription.js';
export {
  type FetchedPartition,
  type FetchOptions,
  type OffsetPoint,
  openPartitionReader,
  type PartitionReader,
} from './partition.reader.js';
export { openTransactionalWriter, type TransactionalWriter, type TransactionWork } from './transactional.writer.js';
export { type AccessRule } from './access.rules.js';
export { type KafkaAdmin, openAdmin, type TopicDescription } from './admin.js';
export { kafkajsSettings, sendOnePartition } from './kafkajs.js';
export type {
  Assignment,
  CommittedPosition,
  DataPath,
  DataPathLimits,
  Fetcher,
  FetchHandler,
  FetchLimits,
  FetchTarget,
  GroupMember,
  GroupPositions,
  MemberHandler,
  MemberOptions,
  OffsetPlace,
  RefusedPartition,
  TopicIdentity,
  TransactionalSender,
  TransactionOptions,
} from './data-path/data-path.js';
export { openDataPath } from './data-path/open.data.path.js';
export { ProduceRefused } from './data-path/producing/produce.refused.js';
