import type { PartitionReader, SealedBatch } from '@citystreams/record-batch';
import type { KafkaFailure, KafkaFailureCode } from '../failure.js';

/**
 * One process's own way to Kafka for moving events in bulk: its sockets, what it knows of the cluster, and what opens on
 * it. Everything that leaves it is a `KafkaFailure`. Offsets are numbers, exact to 2^53; times milliseconds.
 */
export interface DataPath {
  /**
   * What the cluster says now, never from memory. For each name its identity, or why there is none (`UNKNOWN_TOPIC`,
   * `NOT_AUTHORIZED`). Throws when no broker answers.
   */
  describeTopics(names: readonly string[]): Promise<Map<string, TopicIdentity | KafkaFailure>>;
  /**
   * `latest` is the last stable offset, where reading committed data ends; a time later than every record gives it too.
   * Waits out leader changes; throws with `topic` and `partition` where one partition is the reason.
   */
  listOffsets(topic: string, partitions: readonly number[], at: OffsetPlace): Promise<Map<number, number>>;
  /**
   * Positions that a group committed, null where there is none, for exactly the partitions asked. Waits for transactions
   * that would still move them (requireStable): call it after the transactional sender is open.
   */
  committedPositions(
    group: string,
    partitions: ReadonlyMap<string, readonly number[]>,
  ): Promise<Map<string, Map<number, CommittedPosition | null>>>;
  openFetcher(handler: FetchHandler, limits?: Partial<FetchLimits>): Fetcher;
  /**
   * Fences every older sender of this transactional id; a transaction that it left behind is over (aborted, unless its
   * commit had begun) once this resolves. Patient for a minute, then throws what was the matter last.
   */
  openTransactions(options: TransactionOptions): Promise<TransactionalSender>;
  /** Joins at once, in the background. */
  openMember(options: MemberOptions): GroupMember;
  /** Closes everything that was opened on it, and its sockets. A second call does nothing. */
  close(): Promise<void>;
}

export interface TopicIdentity {
  /** UUID; another one after the topic was deleted and created anew. */
  topicId: string;
  partitions: number;
}

export type OffsetPlace = 'earliest' | 'latest' | { timestamp: number };

export interface CommittedPosition {
  offset: number;
  /** The text committed with it. */
  metadata: string;
}

/** Bounds of everything that waits or is held. */
export interface DataPathLimits {
  connectWithinMs: number;
  /** A request without an answer for this long costs its connection. */
  answerWithinMs: number;
  /** Largest answer that is read at all; beyond it the bytes are taken for corrupt and the connection is given up. */
  mostAnswerBytes: number;
  /** Largest Produce request; a single larger batch still goes out. */
  mostRequestBytes: number;
}

export interface FetchLimits {
  /** How long a broker may wait for something to come. */
  maxWaitMs: number;
  /** Of one answer, and of one partition in it. A single larger batch still comes. */
  answerBytes: number;
  partitionBytes: number;
  /** Of one batch. */
  mostDecompressedBytes: number;
}

/** Where to read on in one partition. The handler may keep one object per partition and change its `offset` itself. */
export interface FetchTarget {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * What one lane of fetching reads, and who takes it. A lane has one connection and one fetch under way per leader; two
 * lanes may read the same partition at different offsets. All calls are synchronous and come one at a time; only `take`
 * may throw.
 *
 * An answer that arrives when `target.offset` is no longer what was asked is dropped for that partition: setting it (to
 * -1, for example) is how a handler disowns a fetch that is under way.
 */
export interface FetchHandler {
  /** Asked before each fetch, for all leaders. Each partition at most once; none at all parks the lane until `wake()`. */
  targets(): readonly FetchTarget[];
  /** Bytes that what is fetched next may have, when that is less than `answerBytes`. Asked before each fetch. */
  room(): number;
  /**
   * One partition of an answer. `records` is opened at `target.offset`, its CRCs are checked as it goes, only committed
   * data comes out; it and its bytes are good during the call only. Also called when nothing came, with nothing in it.
   * `endOffset`: the last stable offset, where committed data ended when the broker answered.
   * What it throws (also `RecordBatchError`) comes back through `failed`; the other partitions go on.
   */
  take(target: FetchTarget, records: PartitionReader, endOffset: number): void;
  /**
   * A partition cannot be read: `OFFSET_OUT_OF_RANGE`, `NOT_AUTHORIZED`, `TOO_LARGE`, `OTHER` (what `take` threw, as
   * `cause`); or, told after three seconds of it, `UNKNOWN_TOPIC` (gone, or now another topic id), `UNREACHABLE` (no leader
   * or no connection), or that no login succeeds. It is asked again, after a pause that grows to 2 s, for as long as `targets` lists it at that
   * offset, and each attempt that fails is told.
   */
  failed(target: FetchTarget, failure: KafkaFailure): void;
  /** Everything in one leader's answer was handed over; its next fetch is sent when this returns. */
  answered(): void;
}

export interface Fetcher {
  /** `targets` has something new: looked at now, for leaders without a fetch under way, else when that is answered. */
  wake(): void;
  close(): Promise<void>;
}

export interface TransactionOptions {
  transactionalId: string;
  /** A transaction older than this is aborted by the broker, and the sender fenced. */
  timeoutMs: number;
}

/**
 * Writes batches and groups' positions in transactions, one after the other, without an end of "begin": the first `send`
 * or `commit` after the last end begins one.
 *
 * Order per partition is the order of `send`. Leader changes, transactions that are still ending and other passing
 * refusals are waited out inside. After a failure nothing more is sent, and `flush` and `commit` reject with it until it
 * is dealt with: `FENCED` means that another instance took the id (end the process); for every other call `abort()`, and
 * if that rejects too, `close()` and open another sender.
 */
export interface TransactionalSender {
  /**
   * Takes the batch over: it is released once acknowledged or given up. Sent at once, unless the transaction before is
   * still ending: then with the next. Never throws; after a failure the batch is given up.
   */
  send(batch: SealedBatch): void;
  /** Bytes queued or in flight, for back-pressure. */
  readonly pendingBytes: number;
  readonly failure: KafkaFailure | undefined;
  /** Resolves when everything sent so far was acknowledged. Rejects with `ProduceRefused` or `KafkaFailure`. */
  flush(): Promise<void>;
  /**
   * Ends the transaction: everything sent so far and these positions become visible together. Nothing sent and no
   * positions: nothing is done. `send` may be called meanwhile, for the next transaction; `commit` may not.
   * Rejects like `flush`, or with `REBALANCED` when the group does not take the positions from this generation.
   */
  commit(groups: readonly GroupPositions[]): Promise<void>;
  /** Gives up everything sent since the last commit, also what waits for the next transaction. Then the sender is as new. */
  abort(): Promise<void>;
  /** Gives up everything, leaves an open transaction to the next `openTransactions` of this id. */
  close(): Promise<void>;
}

/** Positions of one group, for one transaction. Offsets are the next to read. */
export interface GroupPositions {
  group: string;
  /** Who commits, as frozen in its assignment; null for a group without members. */
  member: { memberId: string; generation: number; instanceId: string } | null;
  positions: readonly { topic: string; partition: number; offset: number; metadata: string }[];
}

export interface RefusedPartition {
  topic: string;
  partition: number;
  code: KafkaFailureCode;
  /** Kafka's own name of the error. */
  kafkaError: string;
}

export interface MemberOptions {
  groupId: string;
  /** Static: after a restart within the session timeout it has its partitions again without a rebalance. */
  instanceId: string;
  topics: readonly string[];
  sessionTimeoutMs: number;
  handler: MemberHandler;
}

/** Calls come one at a time. */
export interface MemberHandler {
  /** Generation, member id and partitions that belong together; a new frozen object after each rebalance. */
  assigned(assignment: Assignment): void;
  /**
   * The assignment is over. A promise is awaited, for at most two seconds, before the group goes on without it: the
   * transaction in hand may still be committed with its generation until then, and nothing after.
   */
  revoked(): void | Promise<void>;
  /** For good: somebody else has this instance id, or the group forgot this member. Nothing comes after it. */
  lost(failure: KafkaFailure): void;
  /** Something is in the way and tried again; over with the next `assigned`, or with null when nothing was revoked. */
  troubled(failure: KafkaFailure | null): void;
}

export interface Assignment {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId: string;
  /** Partition numbers in order, by topic. Empty if there are more members than partitions. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
}

export interface GroupMember {
  /** Other topics from now on; the group is rearranged. The same topics: nothing happens. */
  subscribe(topics: readonly string[]): void;
  /** Gives the partitions to the others at once (drain), and closes. `revoked` is called first. */
  leave(): Promise<void>;
  /** Without a word to the group: a static member keeps its place (restart). */
  close(): Promise<void>;
}
