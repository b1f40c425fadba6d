import {
  type Assignment,
  type DataPath,
  type FetchHandler,
  type FetchTarget,
  type GroupMember,
  KafkaFailure,
  type KafkaSettings,
  type TopicIdentity,
} from '@citystreams/kafka';
import {
  BatchBufferPool,
  HeaderBlock,
  PartitionAccumulator,
  type PartitionReader,
  type SealedBatch,
} from '@citystreams/record-batch';
import { Admin } from '@platformatic/kafka';

const NO_HEADERS = new HeaderBlock();
const pool = new BatchBufferPool({ bufferBytes: 64 * 1024, keep: 16 });

/** One sealed batch with these values, no keys, no headers. */
export function batchOf(topic: string, partition: number, values: readonly (string | Buffer)[]): SealedBatch {
  let sealed: SealedBatch | undefined;
  const accumulator = new PartitionAccumulator({
    topic,
    partition,
    pool,
    sealBytes: 64 * 1024 * 1024,
    codec: 'none',
    onSealed: (batch) => {
      sealed = batch;
    },
  });
  for (const value of values) append(accumulator, Buffer.from(value));
  accumulator.seal();
  if (sealed === undefined) throw new Error('one batch needs one record at least, and not too many');
  return sealed;
}

function append(accumulator: PartitionAccumulator, value: Buffer): void {
  const { start, end } = NO_HEADERS;
  const at = accumulator.begin(Date.now(), null, 0, 0, value.length, NO_HEADERS, start, end);
  accumulator.end(at + value.copy(accumulator.bytes, at));
}

/** A topic has so many partitions from now on. */
export async function addPartitions({ brokers, auth }: KafkaSettings, topic: string, count: number): Promise<void> {
  if (auth.kind !== 'plain') throw new Error('that is for the internal principal');
  const { username, password } = auth;
  const sasl = { mechanism: 'PLAIN', username, password } as const;
  const admin = new Admin({ clientId: 'test-set-up', bootstrapBrokers: [...brokers], sasl });
  await admin.createPartitions({ topics: [{ name: topic, count }] });
  await admin.close();
}

export async function identityOf(path: DataPath, topic: string): Promise<TopicIdentity> {
  const found = (await path.describeTopics([topic])).get(topic);
  if (found === undefined || found instanceof KafkaFailure) throw new Error(`no ${topic}: ${found?.message}`);
  return found;
}

/** What a lane was handed, and where it stands. */
export class Reading implements FetchHandler {
  readonly values: string[] = [];
  readonly failures: KafkaFailure[] = [];
  positions: FetchTarget[];
  answers = 0;
  readonly endOffsets: number[] = [];

  constructor(topic: string, { topicId, partitions }: TopicIdentity, offset = 0) {
    this.positions = Array.from({ length: partitions }, (_, partition) => ({ topic, topicId, partition, offset }));
  }

  /** Reads the whole topic, from this offset on in each partition. */
  static async open(path: DataPath, topic: string, offset = 0): Promise<Reading> {
    const reading = new Reading(topic, await identityOf(path, topic), offset);
    path.openFetcher(reading);
    return reading;
  }

  targets(): readonly FetchTarget[] {
    return this.positions;
  }

  take(target: FetchTarget, reader: PartitionReader, endOffset: number): void {
    while (reader.nextBatch()) {
      const { records } = reader;
      while (records.next()) this.values.push(records.bytes.toString('utf8', records.valueStart, records.valueEnd));
    }
    this.endOffsets[target.partition] = endOffset;
    this.move(target, reader.position);
  }

  failed(_target: FetchTarget, failure: KafkaFailure): void {
    this.failures.push(failure);
  }

  room(): number {
    return Infinity;
  }

  answered(): void {
    this.answers++;
  }

  move(target: FetchTarget, offset: number): void {
    (target as { offset: number }).offset = offset;
  }
}

/** A member and everything that it was told, in order. */
export class Membership {
  readonly events: ('assigned' | 'revoked' | 'lost' | 'troubled' | 'well')[] = [];
  readonly assignments: Assignment[] = [];
  readonly failures: KafkaFailure[] = [];
  readonly member: GroupMember;

  constructor(
    path: DataPath,
    groupId: string,
    instanceId: string,
    topics: readonly string[],
    revoked?: () => Promise<void>,
  ) {
    this.member = path.openMember({
      groupId,
      instanceId,
      topics,
      sessionTimeoutMs: 6_000,
      handler: {
        assigned: (assignment) => {
          this.events.push('assigned');
          this.assignments.push(assignment);
        },
        revoked: () => {
          this.events.push('revoked');
          return revoked?.();
        },
        lost: (failure) => {
          this.events.push('lost');
          this.failures.push(failure);
        },
        troubled: (failure) => {
          this.events.push(failure === null ? 'well' : 'troubled');
          if (failure !== null) this.failures.push(failure);
        },
      },
    });
  }

  /** What it has now; null: nothing that it may use. */
  get assignment(): Assignment | null {
    const last = this.events.findLast((event) => event === 'assigned' || event === 'revoked' || event === 'lost');
    return last === 'assigned' ? (this.assignments.at(-1) ?? null) : null;
  }

  partitions(topic: string): readonly number[] {
    return this.assignment?.partitions.get(topic) ?? [];
  }
}
