/** What a view topic holds, as a consumer sees it. */
import { type AvroRecord, compileCodec, projectSchema, readFrame } from '@citystreams/avro';
import type { ViewMessage } from '@citystreams/contracts';
import { type IncomingRecord, openPartitionReader } from '@citystreams/kafka';
import { patience, stack } from '@citystreams/testing';

/** Every committed record of a topic that is there now, in the order of each partition. */
export const committedRecords = (topic: string): Promise<IncomingRecord[]> => read(topic, 0);

/** Waits until a topic holds so many records. */
export const recordsIn = (topic: string, count: number): Promise<IncomingRecord[]> => read(topic, count);

/** What is there, and then what comes until there are so many. */
async function read(topic: string, count: number): Promise<IncomingRecord[]> {
  const reader = openPartitionReader(stack().internalKafka, { topic });
  const records: IncomingRecord[] = [];
  try {
    const positions = await reader.offsetsAt('earliest');
    const ends = await reader.offsetsAt('latest');
    const isBehind = (): boolean => [...ends].some(([partition, end]) => (positions.get(partition) ?? 0n) < end);
    const until = Date.now() + patience(30_000);
    while (isBehind() || records.length < count) {
      if (Date.now() > until) throw new Error(`${topic} holds ${records.length} records, not ${count}`);
      for (const part of await reader.fetch(positions, { maxWaitMs: 100 })) {
        records.push(...part.records);
        positions.set(part.partition, part.next);
      }
    }
    return records;
  } finally {
    await reader.close();
  }
}

/** The events of records that a view wrote under one definition, with only their fields. */
export function eventsOf(view: ViewMessage, source: AvroRecord, records: readonly IncomingRecord[]) {
  const { fields, masks } = view.definition;
  const codec = compileCodec(projectSchema(source, fields, masks) ?? 'null');
  return records.map(({ partition, value }) => ({
    partition,
    event: codec.decode(readFrame(value ?? Buffer.alloc(0))?.body ?? Buffer.alloc(0)) as Record<string, unknown>,
  }));
}

/** The numbers of the events of a view, by partition; waits until there are so many. */
export async function numbersIn(view: ViewMessage, source: AvroRecord, count: number): Promise<number[][]> {
  const records = await recordsIn(view.topic, count);
  const numbers: number[][] = Array.from({ length: view.partitions }, () => []);
  for (const { partition, event } of eventsOf(view, source, records)) numbers[partition]?.push(event['n'] as number);
  return numbers;
}
