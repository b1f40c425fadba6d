import type { StreamName, StreamTraffic } from '@citystreams/contracts';
import { type KafkaSettings, openPartitionReader } from '@citystreams/kafka';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { KAFKA_SETTINGS } from '../kafka/kafka.module.js';

const OVER_MS = 300_000;
const GOOD_FOR_MS = 5_000;
const ANSWER_WITHIN_MS = 3_000;
const MOST_KEPT = 1_000;

/** How fresh and how busy source topics are, asked of Kafka when somebody looks. Needs DESCRIBE on them only. */
@Injectable()
export class TrafficReader {
  private readonly logger = new Logger('traffic');
  private readonly asked = new Map<StreamName, { at: number; answer: Promise<StreamTraffic | null> }>();

  constructor(@Inject(KAFKA_SETTINGS) private readonly kafka: KafkaSettings) {}

  /** Up to some seconds old. Null while the topic is not there yet, or Kafka does not answer in time. */
  of(stream: StreamName): Promise<StreamTraffic | null> {
    const known = this.asked.get(stream);
    const now = Date.now();
    if (known !== undefined && now - known.at < GOOD_FOR_MS) return known.answer;
    const answer = this.ask(stream)
      .catch((error: unknown) => {
        this.logger.debug(`${stream} cannot be looked at now: ${String(error)}`);
        return null;
      })
      .then((traffic) => {
        // A topic that is not there yet is asked for again at once: somebody waits for it.
        if (traffic === null) this.asked.delete(stream);
        return traffic;
      });
    if (this.asked.size >= MOST_KEPT) this.asked.clear();
    this.asked.set(stream, { at: now, answer });
    return answer;
  }

  private async ask(stream: StreamName): Promise<StreamTraffic | null> {
    const reader = openPartitionReader(this.kafka, { topic: stream });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
    });
    try {
      return await Promise.race([this.look(reader), late]);
    } finally {
      clearTimeout(timer);
      await reader.close();
    }
  }

  private async look(reader: ReturnType<typeof openPartitionReader>): Promise<StreamTraffic> {
    const since = { timestamp: BigInt(Date.now() - OVER_MS) };
    const [earliest, latest, before, newest] = await Promise.all([
      reader.offsetsAt('earliest'),
      reader.offsetsAt('latest'),
      reader.offsetsAt(since),
      reader.newestAt(),
    ]);
    return {
      newestAt: newest === null ? null : new Date(Number(newest)).toISOString(),
      records: String(difference(latest, earliest)),
      recordsPerSecond: Number(difference(latest, before)) / (OVER_MS / 1000),
    };
  }
}

function difference(to: ReadonlyMap<number, bigint>, from: ReadonlyMap<number, bigint>): bigint {
  let sum = 0n;
  for (const [partition, end] of to) sum += end - (from.get(partition) ?? end);
  return sum < 0n ? 0n : sum;
}
