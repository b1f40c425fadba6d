import type { OutgoingEvent } from './event.records.js';
import type { IncomingEvent } from './subscriber.js';

type ReceivedSample = Pick<IncomingEvent, 'id' | 'topic' | 'partition' | 'offset' | 'data'>;

/**
 * One line of JSON each for whoever watches this process. Lines of events are samples, at most two a second of each stream
 * or topic. A received one holds the event's fields: print it only where whoever reads the log may see those.
 */
export interface JsonLines {
  /** That something was published, never what: a log is read by more people than the stream. */
  published(event: Pick<OutgoingEvent, 'id'>, stream: string): void;
  /** `principal`: the service account that received it. */
  received(event: ReceivedSample, from: { stream: string; principal: string }): void;
  /** A line of level `warn`. */
  problem(problem: { code: string; message: string }): void;
  print(line: Record<string, unknown>): void;
}

const SAMPLE_EVERY_MS = 500;

/** On standard output, unless `write` takes the lines elsewhere. */
export function jsonLines(write: (line: string) => unknown = (line) => process.stdout.write(line)): JsonLines {
  const lastOf = new Map<string, number>();
  const isDue = (what: string): boolean => {
    const now = performance.now();
    if (now - (lastOf.get(what) ?? -Infinity) < SAMPLE_EVERY_MS) return false;
    lastOf.set(what, now);
    return true;
  };
  const print = (line: Record<string, unknown>): void => void write(`${JSON.stringify(line, plain)}\n`);
  return {
    print,
    problem: ({ code, message }) => print({ level: 'warn', code, message }),
    published({ id }, stream) {
      if (isDue(stream)) print({ live: 'published', stream, id });
    },
    received({ id, topic, partition, offset, data }, { stream, principal }) {
      if (!isDue(topic)) return;
      print({ live: 'received', stream, topic, principal, id: id ?? `${partition}/${offset}`, fields: data });
    },
  };
}

/** JSON has no bigint, which a long of an event may be. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
