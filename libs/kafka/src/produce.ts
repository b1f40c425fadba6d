import { NumericMap, produceV11 } from '@platformatic/kafka';
import { ask, type Cluster } from './cluster.js';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import type { OutgoingRecord } from './records.js';

/** What the broker knows an idempotent producer by. */
export interface ProducerIdentity {
  producerId: bigint;
  producerEpoch: number;
}

/** Records for one partition that are written together or not at all. */
export interface Batch {
  topic: string;
  partition: number;
  records: readonly OutgoingRecord[];
  /** Of its first record. The same batch sent again carries the same number, so that it is written once. */
  sequence: number;
}

type ProduceAnswer = ReturnType<typeof produceV11.parseResponse>;

const ALL_IN_SYNC_REPLICAS = -1;
const BROKER_WAITS_MS = 20_000;
const DUPLICATE_SEQUENCE_NUMBER = 46;
/** Below the broker's default limit of 1 MiB with room for what is not counted. */
const BATCH_BYTES = 512 * 1024;
const RECORD_OVERHEAD_BYTES = 32;

/**
 * One attempt to write the batches (at most one per partition), one request per leader. Tells for each batch why it was
 * not written, or null. Forgets the metadata of topics that had trouble.
 */
export async function produce(
  cluster: Cluster,
  batches: readonly Batch[],
  identity: ProducerIdentity,
  transactionalId: string | null,
): Promise<Map<Batch, KafkaFailure | null>> {
  const outcomes = new Map<Batch, KafkaFailure | null>();
  const fail = (batch: Batch, error: unknown) => {
    cluster.forgetTopic(batch.topic);
    outcomes.set(batch, asKafkaFailure(error));
  };
  const byLeader = new Map<number, Batch[]>();
  for (const batch of batches) {
    try {
      const leader = await leaderOf(cluster, batch);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
    } catch (error) {
      fail(batch, error);
    }
  }
  await Promise.all(
    [...byLeader].map(async ([leader, group]) => {
      let answer: ProduceAnswer;
      try {
        answer = await send(cluster, leader, group, identity, transactionalId);
      } catch (error) {
        for (const batch of group) fail(batch, error);
        return;
      }
      for (const batch of group) {
        const failure = failureIn(answer, batch);
        if (failure === null) outcomes.set(batch, null);
        else fail(batch, failure);
      }
    }),
  );
  return outcomes;
}

async function leaderOf(cluster: Cluster, { topic, partition }: Batch): Promise<number> {
  const leader = (await cluster.topic(topic)).partitions[partition]?.leader;
  const detail = { topic, partition };
  if (leader === undefined) throw new KafkaFailure('UNKNOWN_TOPIC', `${topic} has no partition ${partition}`, detail);
  if (leader < 0) throw new KafkaFailure('UNREACHABLE', `${topic}-${partition} has no leader`, detail);
  return leader;
}

async function send(
  cluster: Cluster,
  leader: number,
  batches: readonly Batch[],
  identity: ProducerIdentity,
  transactionalId: string | null,
): Promise<ProduceAnswer> {
  const sequences = new NumericMap();
  for (const { topic, partition, sequence } of batches) sequences.set(`${topic}:${partition}`, sequence);
  const messages = batches.flatMap(({ topic, partition, records }) =>
    records.map((record) => messageOf(record, topic, partition)),
  );
  const connection = await cluster.node(leader);
  const answer = await ask(produceV11.api, connection, ALL_IN_SYNC_REPLICAS, BROKER_WAITS_MS, messages, {
    ...identity,
    sequences,
    transactionalId,
  });
  if (typeof answer === 'boolean') throw new KafkaFailure('UNREACHABLE', 'The broker did not acknowledge');
  return answer;
}

function messageOf(record: OutgoingRecord, topic: string, partition: number) {
  return {
    topic,
    partition,
    ...(record.key === null ? {} : { key: record.key }),
    // The library's type has no null value; its writer writes one for null and undefined.
    value: record.value as Buffer,
    // Names are buffers, each its own object, so that repeated ones stay apart in the map.
    headers: new Map(record.headers.map(([name, value]) => [Buffer.from(name), value])),
    ...(record.timestamp === undefined ? {} : { timestamp: record.timestamp }),
  };
}

function failureIn(answer: ProduceAnswer, { topic, partition }: Batch): KafkaFailure | null {
  const part = answer.responses
    .find((response) => response.name === topic)
    ?.partitionResponses.find((response) => response.index === partition);
  const detail = { topic, partition };
  if (part === undefined) throw new KafkaFailure('UNREACHABLE', `No answer for ${topic}-${partition}`, detail);
  if (part.errorCode === 0 || part.errorCode === DUPLICATE_SEQUENCE_NUMBER) return null;
  const what = part.errorMessage === null ? `${topic}-${partition}` : `${topic}-${partition} (${part.errorMessage})`;
  return failureOfCode(part.errorCode, what, detail);
}

/** How many of the records from `start` on fit into one batch; at least one. */
export function batchLength(records: readonly OutgoingRecord[], start: number): number {
  let bytes = 0;
  let end = start;
  for (let record = records[end]; record !== undefined; record = records[++end]) {
    bytes += sizeOf(record);
    if (bytes > BATCH_BYTES && end > start) break;
  }
  return end - start;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const inHeaders = headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.length + 4, 0);
  return RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0) + inHeaders;
}

/** Sequence numbers are 32 bit and begin again at zero. */
export const sequenceAfter = (sequence: number, records: number): number => (sequence + records) & 0x7fffffff;
