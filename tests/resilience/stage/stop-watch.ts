/** How long a view's partitions stand still, as a read_committed consumer past the proxy sees it. */
import { openPartitionReader, type KafkaSettings } from '@citystreams/kafka';

export interface StopWatch {
  /**
   * The longest time without a record in any partition, of those that ended after `from` or have not ended yet
   * (performance.now()). Milliseconds; only as long as something is published into every partition all the time.
   */
  longest(from: number): number;
  close(): Promise<void>;
}

const WAIT_MS = 100;

export async function watchStops(kafka: KafkaSettings, topic: string): Promise<StopWatch> {
  const reader = openPartitionReader(kafka, { topic });
  const positions = await reader.offsetsAt('latest');
  const began = performance.now();
  const arrivals = new Map([...positions.keys()].map((partition) => [partition, [began]]));
  let isClosed = false;
  const running = (async () => {
    while (!isClosed) {
      for (const { partition, records, next } of await reader.fetch(positions, { maxWaitMs: WAIT_MS })) {
        positions.set(partition, next);
        if (records.length > 0) arrivals.get(partition)?.push(performance.now());
      }
    }
  })();
  running.catch(() => undefined);
  return {
    longest(from) {
      const stops = [...arrivals.values()].flatMap((times) =>
        [...times, performance.now()].map((time, n, all) => (time > from ? time - (all[n - 1] ?? time) : 0)),
      );
      return Math.max(0, ...stops);
    },
    async close() {
      isClosed = true;
      try {
        await running;
      } finally {
        await reader.close();
      }
    },
  };
}
