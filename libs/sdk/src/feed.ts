import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEvent } from './event.records.js';
import { openPublisher, type PublisherOptions } from './publisher.js';
import { openResumePoint, type ResumePoint } from './resume.point.js';

export interface FeedOptions extends PublisherOptions {
  /** Folder that outlives the process: where the feed stopped is kept in `<event>.json`. */
  stateDir: string;
  /** Events a second. What a standstill held back is not made up for. */
  rate: number;
  /** The event of a row, counted from 0; the same row always gives the same key. */
  eventOf(row: number): OutgoingEvent | Promise<OutgoingEvent>;
  /** Told the last event of each batch, about ten times a second. */
  onPublished?: (event: OutgoingEvent, stream: string) => void;
  signal: AbortSignal;
}

/**
 * Publishes row after row, from where the feed stopped, until the signal; then closes everything and resolves. A feed that
 * was killed goes on without a gap or a repetition, as long as it is its stream's only writer: see `openResumePoint`.
 * Rejects with what waiting does not cure, also of `eventOf`.
 */
export async function runFeed(options: FeedOptions): Promise<void> {
  const { stream, stateDir, signal } = options;
  const publisher = openPublisher(options);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= publisher.close());
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const file = join(stateDir, `${stream.slice(stream.indexOf('.') + 1)}.json`);
    await publishRows(await openResumePoint({ file, publisher }), options);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await close();
  }
}

const BATCHES_PER_SECOND = 10;

/** Never resolves: rejects when the signal is given, or with what `resume` or `eventOf` throw. */
export async function publishRows(
  resume: ResumePoint,
  options: Pick<FeedOptions, 'eventOf' | 'onPublished' | 'rate' | 'signal' | 'stream'>,
): Promise<never> {
  const { eventOf, onPublished, rate, signal, stream } = options;
  const size = Math.max(1, Math.round(rate / BATCHES_PER_SECOND));
  for (let due = performance.now(); ; due = Math.max(due + (size / rate) * 1000, performance.now())) {
    await sleep(Math.max(0, due - performance.now()), undefined, { signal });
    const events: OutgoingEvent[] = [];
    while (events.length < size) events.push(await eventOf(resume.row + events.length));
    await resume.publish(events);
    onPublished?.(events.at(-1)!, stream);
  }
}
