/** Reads everything that lies in a topic, whatever became of its transactions, past the proxy and again and again. */
import { fetchV17, listOffsetsV9 } from '@platformatic/kafka';
import { openPartitionReader, type KafkaSettings } from '@citystreams/kafka';
import type { SeenRecord } from '../checker/facts.js';
import { MarkerReader } from '../checker/markers.js';
import { assertNone, type Wire } from '../wire/connections.js';

const MOST_BYTES = 16 << 20;
const PARTITION_BYTES = 4 << 20;
const READ_UNCOMMITTED = 0;
const EARLIEST = -2n;

export class LogWatcher {
  private readonly partitions: MarkerReader[] = [];
  private readonly next: bigint[] = [];
  private id: string | undefined;
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly wire: Wire,
    readonly topic: string,
  ) {}

  /** Where the reading stands: the end of the log of each partition, as far as it is known. */
  ends(): readonly bigint[] {
    return this.next;
  }

  records(): SeenRecord[] {
    return this.partitions.flatMap((p) => [...p.records]);
  }

  transactions(): { committed: number; aborted: number } {
    const ended = this.partitions.map((p) => p.ended);
    return {
      committed: ended.reduce((sum, e) => sum + e.committed, 0),
      aborted: ended.reduce((sum, e) => sum + e.aborted, 0),
    };
  }

  /** Reads on to what is the end now; calls take turns. */
  catchUp(): Promise<void> {
    const turn = this.line.then(() => this.readOn());
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private async readOn(): Promise<void> {
    const places = await this.wire.topic(this.topic);
    if (places === null) throw new Error(`${this.topic} is not there`);
    this.id ??= places.id;
    if (this.id !== places.id) throw new Error(`${this.topic} is another topic now`);
    for (const [partition, leader] of places.leaders.entries()) {
      if (leader < 0) throw new Error(`${this.topic}-${partition} has no leader`);
      if (this.partitions[partition] === undefined) {
        this.partitions[partition] = new MarkerReader(partition);
        this.next[partition] = await this.offset(leader, partition, EARLIEST);
      }
      while (await this.read(partition, leader, places.id));
    }
  }

  private async offset(leader: number, partition: number, timestamp: bigint): Promise<bigint> {
    const asked = [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp }];
    const answer = await this.wire.node(leader, listOffsetsV9.api, -1, READ_UNCOMMITTED, [
      { name: this.topic, partitions: asked },
    ]);
    const found = answer.topics[0]?.partitions[0];
    assertNone(found?.errorCode ?? -1, `${this.topic}-${partition}`);
    return found?.offset ?? 0n;
  }

  /** True: there is more. */
  private async read(partition: number, leader: number, topicId: string): Promise<boolean> {
    const fetchOffset = this.next[partition] ?? 0n;
    const asked = {
      partition,
      fetchOffset,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_BYTES,
    };
    const topics = [{ topicId, partitions: [asked] }];
    const answer = await this.wire.node(
      leader,
      fetchV17.api,
      0,
      0,
      MOST_BYTES,
      READ_UNCOMMITTED,
      0,
      -1,
      topics,
      [],
      '',
    );
    const found = answer.responses[0]?.partitions[0];
    assertNone(found?.errorCode ?? answer.errorCode, `${this.topic}-${partition}`);
    for (const batch of found?.records ?? []) {
      if (batch.firstOffset < fetchOffset) throw new Error('a batch came twice');
      this.partitions[partition]?.add(batch);
      this.next[partition] = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    }
    return (this.next[partition] ?? 0n) > fetchOffset && (this.next[partition] ?? 0n) < (found?.highWatermark ?? 0n);
  }
}

export interface PlacedRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** All that a read_committed client gets of a topic, and where it ends. */
export async function readCommitted(
  kafka: KafkaSettings,
  topic: string,
): Promise<{ records: PlacedRecord[]; ends: Map<number, bigint> }> {
  const reader = openPartitionReader(kafka, { topic });
  try {
    const positions = await reader.offsetsAt('earliest');
    const ends = await reader.offsetsAt('latest');
    const records: PlacedRecord[] = [];
    const behind = () => [...positions].filter(([partition, at]) => at < (ends.get(partition) ?? 0n));
    while (behind().length > 0) {
      for (const part of await reader.fetch(new Map(behind()), { maxWaitMs: 100 })) {
        positions.set(part.partition, part.next);
        records.push(...part.records);
      }
    }
    return { records, ends };
  } finally {
    await reader.close();
  }
}
