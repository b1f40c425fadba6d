import type { AbortedTransaction } from '@citystreams/record-batch';
import { type AnswerReader, malformedAnswer } from '../wire/answer.reader.js';
import type { Message } from './message.js';

export interface FetchRequest {
  maxWaitMs: number;
  answerBytes: number;
  partitionBytes: number;
  /** In this order: the broker fills the answer from the front. */
  partitions: readonly FetchPartition[];
}

export interface FetchPartition {
  /** 16 bytes; the same object for all partitions of a topic. */
  readonly topicId: Buffer;
  readonly partition: number;
  readonly leaderEpoch: number;
  /** Where to read on. */
  readonly fetchOffset: number;
}

/** One partition of an answer. The same object for all of them. */
export interface FetchedPart {
  /** Where the topic's 16 bytes lie in `bytes`. */
  topicIdAt: number;
  partition: number;
  errorCode: number;
  lastStableOffset: number;
  aborted: readonly AbortedTransaction[];
  /** The record batches: `bytes[recordsStart..recordsEnd)`. */
  bytes: Buffer;
  recordsStart: number;
  recordsEnd: number;
}

/** Takes an answer, part by part, while it is read. */
export interface FetchVisitor {
  /** What it throws costs the connection. */
  part(part: FetchedPart): void;
}

const MIN_BYTES = 1;
const READ_COMMITTED = 1;
const NO_SESSION = 0;
const SESSIONLESS = -1;
const NO_EPOCH = -1;
const NOT_A_REPLICA = -1;
const NONE_ABORTED: readonly AbortedTransaction[] = [];
const ID_BYTES = 16;

export const FETCH = { name: 'Fetch', key: 1, version: 17 } as const;

/** Bytes of a request for so many partitions, about. */
export const fetchRequestBytes = (partitions: number): number => 128 + 52 * partitions;

/**
 * Fetch, key 1, version 17, read_committed, without a session:
 *
 *     request   int32 max wait ms, int32 min bytes, int32 max bytes, int8 isolation level, int32 session, int32 epoch (-1),
 *               compact array: uuid topic, compact array: int32 partition, int32 leader epoch, int64 offset,
 *                              int32 last fetched epoch (-1), int64 log start (-1), int32 max bytes
 *               compact array: forgotten topics; compact string rack
 *     answer    int32 throttle ms, int16 error code, int32 session,
 *               compact array: uuid topic, compact array: int32 partition, int16 error code, int64 high watermark,
 *                              int64 last stable offset, int64 log start,
 *                              compact array: int64 producer id, int64 first offset: aborted transactions;
 *                              int32 preferred replica, compact bytes: record batches
 *
 * The answer here is its error code; its parts went to the visitor.
 */
export function fetchMessage(visitor: FetchVisitor): Message<FetchRequest, number> {
  const part = emptyPart();
  return {
    ...FETCH,
    header: 'flexible',
    write(to, { maxWaitMs, answerBytes, partitionBytes, partitions }) {
      to.int32(maxWaitMs).int32(MIN_BYTES).int32(answerBytes).int8(READ_COMMITTED).int32(NO_SESSION).int32(SESSIONLESS);
      to.count(countTopics(partitions));
      let at = 0;
      while (at < partitions.length) {
        const { topicId } = partitions[at]!;
        let end = at + 1;
        while (partitions[end]?.topicId === topicId) end++;
        to.raw(topicId).count(end - at);
        for (; at < end; at++) {
          const { partition, leaderEpoch, fetchOffset } = partitions[at]!;
          to.int32(partition).int32(leaderEpoch).int64(fetchOffset).int32(NO_EPOCH).int64(NOT_A_REPLICA);
          to.int32(partitionBytes).noTags();
        }
        to.noTags();
      }
      to.count(0).compactString('').noTags();
    },
    read(from) {
      from.int32();
      const errorCode = from.int16();
      from.int32();
      for (let topics = from.count(); topics > 0; topics--) {
        part.topicIdAt = from.at;
        from.skip(ID_BYTES);
        for (let left = from.count(); left > 0; left--) {
          readPart(from, part);
          visitor.part(part);
        }
        from.skipTags();
      }
      return errorCode;
    },
  };
}

function emptyPart(): FetchedPart {
  return {
    topicIdAt: 0,
    partition: -1,
    errorCode: 0,
    lastStableOffset: -1,
    aborted: NONE_ABORTED,
    bytes: Buffer.alloc(0),
    recordsStart: 0,
    recordsEnd: 0,
  };
}

function readPart(from: AnswerReader, part: FetchedPart): void {
  part.partition = from.int32();
  part.errorCode = from.int16();
  from.skip(8);
  part.lastStableOffset = from.int64();
  from.skip(8);
  part.aborted = readAborted(from);
  from.int32();
  const length = Math.max(from.unsignedVarint() - 1, 0);
  part.bytes = from.bytes;
  part.recordsStart = from.at;
  from.skip(length);
  part.recordsEnd = from.at;
  from.skipTags();
}

function readAborted(from: AnswerReader): readonly AbortedTransaction[] {
  let left = from.count();
  if (left === 0) return NONE_ABORTED;
  const aborted: AbortedTransaction[] = [];
  for (; left > 0; left--) {
    const [producerId, firstOffset] = [from.bigint64(), from.int64()];
    if (firstOffset < 0) throw malformedAnswer('an aborted transaction without an offset');
    aborted.push({ producerId, firstOffset });
    from.skipTags();
  }
  return aborted;
}

function countTopics(partitions: readonly FetchPartition[]): number {
  let topics = 0;
  let last: Buffer | undefined;
  for (const { topicId } of partitions) {
    if (topicId !== last) topics++;
    last = topicId;
  }
  return topics;
}
