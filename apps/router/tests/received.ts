/** What a view topic holds, as a consumer sees it. */
import { compileCodec, type AvroRecord, readFrame, projectSchema } from '@citystreams/avro';
import type { ViewMessage } from '@citystreams/contracts';
import { type IncomingRecord, openPartitionReader } from '@citystreams/kafka';
import { stack, waitUntil } from '@citystreams/testing';

export interface ReceivedEvent {
  record: IncomingRecord;
  n: number;
}

/** Every committed record of a topic that is there now, in the order of each partition. */
export async function committedRecords(topic: string): Promise<IncomingRecord[]> {
  const reader = openPartitionReader(stack().internalKafka, { topic });
  try {
    const positions = await reader.offsetsAt('earliest');
    const ends = await reader.offsetsAt('latest');
    const records: IncomingRecord[] = [];
    while ([...ends].some(([partition, end]) => (positions.get(partition) ?? 0n) < end)) {
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

/** The numbers of the events of a view, by partition; waits until there are so many. */
export async function numbersIn(view: ViewMessage, source: AvroRecord, count: number): Promise<Map<number, number[]>> {
  let records: IncomingRecord[] = [];
  await waitUntil(
    `${view.topic} holds ${count} records`,
    async () => {
      records = await committedRecords(view.topic);
      return records.length >= count;
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
  const codec = compileCodec(projectSchema(source, view.definition.fields, view.definition.masks) ?? 'null');
  const numbers = new Map<number, number[]>();
  for (const { partition, value } of records) {
    const event = codec.decode(readFrame(value ?? Buffer.alloc(0))?.body ?? Buffer.alloc(0)) as { n: number };
    numbers.set(partition, [...(numbers.get(partition) ?? []), event.n]);
  }
  return numbers;
}
