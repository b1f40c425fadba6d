/** The events that every candidate reads, and what came out. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Stand } from '../stand/stand.js';
import { type BenchView, STREAM } from '../workload/workload.js';
import { CODECS, type Codec } from './candidate.js';
import { runJava } from './java.js';

export interface Output {
  /** Over key, value, timestamp and headers of every committed record, per partition in order. */
  readonly hash: string;
  readonly records: number;
  readonly valueBytes: number;
  /** One hash for each view. */
  readonly views: readonly string[];
}

/** Batches as a busy publisher makes them: about 100 records, or about 1,000 where they are compressed. */
const BATCH_BYTES: Record<Codec, number> = { none: 64 << 10, lz4: 256 << 10 };

/** Writes events `first .. first + count - 1`; event number n is the same in every run. */
export async function fillSource(
  stand: Stand,
  o: { source?: string; first: number; count: number; codec: Codec },
): Promise<{ meanValueBytes: number }> {
  return runJava(stand, `generate-${o.source ?? STREAM}-${o.first}`, 'generate', {
    source: o.source ?? STREAM,
    group: 'bench.generate',
    commitMs: 0,
    views: [],
    tuning: {
      'producer.batch.size': BATCH_BYTES[o.codec],
      'producer.linger.ms': 50,
      'producer.buffer.memory': 128 << 20,
      'producer.compression.type': o.codec,
    },
    role: { first: o.first, count: o.count },
  });
}

export function dump(
  stand: Stand,
  name: string,
  views: readonly { view: BenchView; topic: string }[],
): Promise<Output> {
  return runJava(stand, `dump-${name}`, 'dump', {
    source: STREAM,
    group: 'bench.dump',
    commitMs: 0,
    views,
    tuning: { 'consumer.max.partition.fetch.bytes': 4 << 20, 'consumer.fetch.max.bytes': 32 << 20 },
    role: {},
  });
}

const ATTRIBUTES = 21;
const CODEC_BITS = 7;
const CODEC_NUMBERS: Record<Codec, number> = { none: 0, lz4: 3 };

/** The codec of the first batch of a topic, from the broker's own files: what was asked for may not have been done. */
export function codecOf(stand: Stand, topic: string): Codec | null {
  const folder = join(stand.logDirectory, `${topic}-0`);
  const segment = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .toSorted()[0];
  if (segment === undefined) return null;
  const file = openSync(join(folder, segment), 'r');
  try {
    const attributes = Buffer.alloc(2);
    if (readSync(file, attributes, 0, 2, ATTRIBUTES) < 2) return null;
    return CODECS.find((codec) => CODEC_NUMBERS[codec] === (attributes.readInt16BE() & CODEC_BITS)) ?? null;
  } finally {
    closeSync(file);
  }
}
