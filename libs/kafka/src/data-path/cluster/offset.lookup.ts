import { failureOfCode, KafkaFailure } from '../../failure.js';
import type { CommittedPosition, OffsetPlace } from '../data-path.js';
import { EARLIEST, LATEST, LIST_OFFSETS, NO_OFFSET } from '../messages/list.offsets.js';
import { OFFSET_FETCH } from '../messages/offset.fetch.js';
import type { Cluster } from './cluster.js';

const OFFSETS_WITHIN_MS = 10_000;
const UNKNOWN_TOPIC_WITHIN_MS = 2_000;
/** Longer than a broker takes to abort what a dead sender left behind. */
const POSITIONS_WITHIN_MS = 60_000;
/** A group's coordinator answers offsets at once: they may share its connection. */
export const OFFSETS_ROLE = 'offsets';
const NOTHING_COMMITTED = -1;

/** Offsets of places in a topic's log, as the leaders know them. */
export async function listOffsets(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  place: OffsetPlace,
): Promise<Map<number, number>> {
  const timestamp = place === 'latest' ? LATEST : place === 'earliest' ? EARLIEST : place.timestamp;
  const since = Date.now();
  // A topic made a moment ago is not known to every broker; one that is not there should be said soon.
  const worthIt = ({ code, retriable }: KafkaFailure) =>
    retriable && (code !== 'UNKNOWN_TOPIC' || Date.now() - since < UNKNOWN_TOPIC_WITHIN_MS);
  const ask = (which: readonly number[], at: number) =>
    cluster.patiently(() => listOnce(cluster, topic, which, at), OFFSETS_WITHIN_MS, worthIt);
  const found = await ask(partitions, timestamp);
  const nothingThatLate = [...found].filter(([, offset]) => offset === NO_OFFSET).map(([partition]) => partition);
  if (nothingThatLate.length > 0) for (const [p, end] of await ask(nothingThatLate, LATEST)) found.set(p, end);
  return found;
}

async function listOnce(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
): Promise<Map<number, number>> {
  try {
    if (cluster.map.topic(topic) === undefined) await cluster.refresh([topic]);
    const offsets = new Map<number, number>();
    await Promise.all(
      [...byLeader(cluster, topic, partitions)].map(async ([leader, asked]) => {
        const connection = await cluster.node(leader);
        const answers = await connection.ask(LIST_OFFSETS, { topic, timestamp, partitions: asked });
        for (const { partition, errorCode, offset } of answers) {
          if (errorCode !== 0) throw failureOfCode(errorCode, `${topic}-${partition}`, { topic, partition });
          offsets.set(partition, offset);
        }
      }),
    );
    const missing = partitions.find((partition) => !offsets.has(partition));
    if (missing === undefined) return offsets;
    throw new KafkaFailure('UNREACHABLE', `No answer for ${topic}-${missing}`, { topic, partition: missing });
  } catch (error) {
    cluster.map.forget([topic]);
    throw error;
  }
}

function byLeader(cluster: Cluster, topic: string, partitions: readonly number[]) {
  const leaders = new Map<number, { partition: number; leaderEpoch: number }[]>();
  for (const partition of partitions) {
    const failure = cluster.map.whyNoLeader(topic, partition);
    if (failure !== undefined) throw failure;
    const place = cluster.map.leader(topic, partition);
    if (place === undefined)
      throw new KafkaFailure('UNREACHABLE', `Nobody said where ${topic} is`, { topic, partition });
    const asked = leaders.get(place.leader) ?? [];
    asked.push({ partition, leaderEpoch: place.leaderEpoch });
    leaders.set(place.leader, asked);
  }
  return leaders;
}

/** What a group committed, once no open transaction would change it any more. */
export function committedPositions(
  cluster: Cluster,
  group: string,
  topics: ReadonlyMap<string, readonly number[]>,
): Promise<Map<string, Map<number, CommittedPosition | null>>> {
  return cluster.patiently(
    async () => {
      try {
        return await fetchOnce(cluster, group, topics);
      } catch (error) {
        if (error instanceof KafkaFailure) cluster.coordinatorFailed('group', group, error);
        throw error;
      }
    },
    POSITIONS_WITHIN_MS,
    (failure) => failure.retriable || failure.kafkaError === 'UNSTABLE_OFFSET_COMMIT',
  );
}

async function fetchOnce(cluster: Cluster, group: string, topics: ReadonlyMap<string, readonly number[]>) {
  const connection = await cluster.coordinator('group', group, OFFSETS_ROLE);
  const answer = await connection.ask(OFFSET_FETCH, { group, topics });
  if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `Positions of group ${group}`);
  const positions = new Map<string, Map<number, CommittedPosition | null>>();
  for (const [topic, partitions] of topics) positions.set(topic, new Map(partitions.map((one) => [one, null])));
  for (const { topic, partition, offset, metadata, errorCode } of answer.partitions) {
    if (errorCode !== 0) throw failureOfCode(errorCode, `Positions of group ${group}`, { topic, partition });
    if (offset !== NOTHING_COMMITTED) positions.get(topic)?.set(partition, { offset, metadata });
  }
  return positions;
}
