/** A consumer that knows nothing of us: topic, credentials, read_committed. */
import { type IncomingRecord, KafkaFailure, type KafkaSettings, openPartitionReader } from '@citystreams/kafka';
import { waitUntil } from '@citystreams/testing';

const QUIET_MS = 1500;

/**
 * Everything in a topic, by partition and offset: waits until `atLeast` records are there, then until nothing more comes
 * for a while, so that one too many is seen as well as one too few. Where somebody goes on publishing it never gets quiet.
 */
export async function readCommitted(
  kafka: KafkaSettings,
  topic: string,
  atLeast: number,
  timeoutMs = 20_000,
  { untilQuiet = true }: { untilQuiet?: boolean } = {},
): Promise<IncomingRecord[]> {
  const reader = openPartitionReader(kafka, { topic });
  const records: IncomingRecord[] = [];
  try {
    const positions = await reader.offsetsAt('earliest');
    let lastCame = Date.now();
    await waitUntil(
      `${atLeast} records in ${topic}`,
      async () => {
        for (const part of await reader.fetch(positions, { maxWaitMs: 200 })) {
          positions.set(part.partition, part.next);
          if (part.records.length > 0) lastCame = Date.now();
          records.push(...part.records);
        }
        return records.length >= atLeast && (!untilQuiet || Date.now() - lastCame > QUIET_MS);
      },
      { timeoutMs },
    );
  } finally {
    await reader.close();
  }
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}

/** The code with which Kafka refuses to let this principal see anything of a topic; `null` when it does not refuse. */
export async function refusalOf(kafka: KafkaSettings, topic: string): Promise<string | null> {
  const reader = openPartitionReader(kafka, { topic });
  try {
    const positions = await reader.offsetsAt('earliest');
    await reader.fetch(positions, { maxWaitMs: 100 });
    return null;
  } catch (error) {
    return error instanceof KafkaFailure ? error.code : String(error);
  } finally {
    await reader.close();
  }
}

/** How many records a topic holds by its end offsets. */
export async function endOf(kafka: KafkaSettings, topic: string): Promise<bigint> {
  const reader = openPartitionReader(kafka, { topic });
  try {
    return [...(await reader.offsetsAt('latest')).values()].reduce((sum, offset) => sum + offset, 0n);
  } finally {
    await reader.close();
  }
}
