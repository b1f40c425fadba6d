/**
 * Every source topic is read once for its own sake: what cannot be an event of the stream goes to its quarantine with
 * the reason, its place and its bytes as they were. The partition goes on.
 */
import { compileCodec, type Codec } from '@citystreams/avro';
import {
  QUARANTINE_HEADERS,
  type QuarantineReason,
  quarantineTopicOf,
  type StreamMessage,
  type StreamName,
} from '@citystreams/contracts';
import type { IncomingRecord, OutgoingRecord } from '@citystreams/kafka';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import { judge } from './judgement.js';
import type { PipelineWork } from './pipeline.js';

export interface ScreeningOptions {
  stream: StreamName;
  streams: StreamsDirectory;
  onQuarantined(reason: QuarantineReason, record: IncomingRecord): void;
}

export function screeningWork({ stream, streams, onQuarantined }: ScreeningOptions): PipelineWork {
  const codecs = new Map<number, Codec>();
  const firstSeen = new Map<number, { offset: bigint; at: Date }>();

  const seenAt = (record: IncomingRecord): Date => {
    const held = firstSeen.get(record.partition);
    if (held?.offset === record.offset) return held.at;
    const at = new Date();
    firstSeen.set(record.partition, { offset: record.offset, at });
    return at;
  };
  const quarantine = (record: IncomingRecord, reason: QuarantineReason) => {
    onQuarantined(reason, record);
    return { kind: 'records' as const, records: [quarantined(stream, record, reason)] };
  };

  return {
    source: stream,
    transactionalId: `citystreams.router.screening.${stream}`,
    groupId: `citystreams.router.screening.${stream}`,
    firstPositions: async (partitions, reader) => pick(await reader.offsetsAt('earliest'), partitions),
    committed: () => {},
    handle(record) {
      const message = streams.stream(stream);
      if (message === undefined) return { kind: 'wait' };
      const judgement = judge(record, message, streams, seenAt(record), new Date());
      if (judgement.kind === 'wait') return { kind: 'wait' };
      if (judgement.kind === 'poison') return quarantine(record, judgement.reason);
      const codec = codecs.get(judgement.schemaId) ?? codecOf(message, judgement.schemaId);
      codecs.set(judgement.schemaId, codec);
      return decodes(codec, judgement.body) ? { kind: 'records', records: [] } : quarantine(record, 'UNDECODABLE');
    },
  };
}

export function pick(offsets: ReadonlyMap<number, bigint>, partitions: readonly number[]): Map<number, bigint> {
  return new Map(partitions.map((p) => [p, offsets.get(p) ?? 0n]));
}

function codecOf(stream: StreamMessage, schemaId: number): Codec {
  const version = stream.versions.find((v) => v.schemaId === schemaId);
  if (version === undefined) throw new RangeError(`schema ${schemaId} is not a version of ${stream.stream}`);
  return compileCodec(JSON.parse(version.schema));
}

function decodes(codec: Codec, body: Buffer): boolean {
  try {
    codec.decode(body);
    return true;
  } catch {
    return false;
  }
}

/** The record as it was, with its reason and place in front of its own headers. Never a value in a header. */
function quarantined(stream: StreamName, record: IncomingRecord, reason: QuarantineReason): OutgoingRecord {
  const text = (value: unknown): Buffer => Buffer.from(String(value));
  return {
    topic: quarantineTopicOf(stream),
    partition: record.partition,
    key: record.key,
    value: record.value,
    timestamp: record.timestamp,
    headers: [
      [QUARANTINE_HEADERS.reason, text(reason)],
      [QUARANTINE_HEADERS.topic, text(record.topic)],
      [QUARANTINE_HEADERS.partition, text(record.partition)],
      [QUARANTINE_HEADERS.offset, text(record.offset)],
      [QUARANTINE_HEADERS.timestamp, text(record.timestamp)],
      ...record.headers,
    ],
  };
}
