import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { OutgoingEvent } from './event.records.js';
import type { Publisher } from './publisher.js';
import { advance, appendedSince, type Checkpoint, missingRows } from './resume.js';

/**
 * A feed of numbered rows that may be killed at any moment and goes on without a gap or a repetition.
 *
 * It holds for a stream that this feed alone publishes to, row by row in order, and whose rows give the same event
 * (the key above all) each time: what the topic got after the last checkpoint is then known by counting.
 */
export interface ResumePoint {
  /** The next row to hand to `publish`. */
  readonly row: number;
  /**
   * Publishes the events of the rows from `row` on, leaving out those that are in the topic already, and moves `row`
   * behind them once all are acknowledged. Returns how many were sent now. Calls must not overlap.
   */
  publish(events: readonly OutgoingEvent[]): Promise<number>;
}

/** The state file is damaged or belongs to another topic. Nothing was changed. */
export class ResumePointUnusable extends Error {
  readonly code = 'RESUME_POINT_UNUSABLE';

  constructor(
    readonly file: string,
    reason: string,
    options: { cause?: unknown } = {},
  ) {
    super(`${file}: ${reason}. Remove the file to publish from the first row again`, options);
    this.name = 'ResumePointUnusable';
  }
}

const State = z.object({
  format: z.literal(1),
  stream: z.string(),
  topicId: z.string(),
  row: z.number().int().nonnegative(),
  ends: z.record(z.string().regex(/^\d+$/), z.string().regex(/^\d+$/)),
});
type State = z.infer<typeof State>;

/**
 * Reads the file, or begins at row 0 and at the topic's present end if there is none; its folder is made then. Waits for
 * the topic. Throws `ResumePointUnusable`.
 */
export async function openResumePoint(options: { file: string; publisher: Publisher }): Promise<ResumePoint> {
  const { file, publisher } = options;
  const stored = await readState(file);
  const { topicId, ends } = await publisher.topicEnds();
  if (stored === undefined) {
    const state = new FileState(file, publisher.stream, topicId);
    const checkpoint = { row: 0, ends };
    await mkdir(dirname(file), { recursive: true });
    // Before the first event: what comes after it must not pass for something that was always there.
    await state.write(checkpoint);
    return new Feed(publisher, state, checkpoint, new Map());
  }
  if (stored.stream !== publisher.stream) {
    throw new ResumePointUnusable(file, `it belongs to ${stored.stream}, not to ${publisher.stream}`);
  }
  if (stored.topicId !== topicId) {
    throw new ResumePointUnusable(file, `${publisher.stream} was deleted and created anew since it was written`);
  }
  const checkpoint = {
    row: stored.row,
    ends: new Map(Object.entries(stored.ends).map(([partition, end]) => [Number(partition), BigInt(end)])),
  };
  let appended: Map<number, number>;
  try {
    appended = appendedSince(checkpoint, ends);
  } catch (cause) {
    throw new ResumePointUnusable(file, `${publisher.stream} holds less than when it was written`, { cause });
  }
  return new Feed(publisher, new FileState(file, publisher.stream, topicId), checkpoint, appended);
}

class Feed implements ResumePoint {
  #busy = false;
  /** A failed call may have written a part of its rows: what is there has to be counted again. */
  #uncertain = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly state: FileState,
    private checkpoint: Checkpoint,
    private appended: Map<number, number>,
  ) {}

  get row(): number {
    return this.checkpoint.row;
  }

  async publish(events: readonly OutgoingEvent[]): Promise<number> {
    if (this.#busy) throw new Error('A feed publishes one batch of rows after the other');
    this.#busy = true;
    try {
      if (this.#uncertain) this.appended = appendedSince(this.checkpoint, (await this.publisher.topicEnds()).ends);
      this.#uncertain = true;
      const partitions = await Promise.all(events.map((event) => this.publisher.partitionOf(event)));
      const rows = events.map((row, index) => ({ row, partition: partitions[index] ?? 0 }));
      const missing = missingRows(rows, this.appended);
      await this.publisher.publish(missing.map(({ row }) => row));
      this.checkpoint = advance(this.checkpoint, partitions);
      await this.state.write(this.checkpoint);
      this.#uncertain = false;
      return missing.length;
    } finally {
      this.#busy = false;
    }
  }
}

async function readState(file: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ResumePointUnusable(file, 'it cannot be read', { cause });
  }
  try {
    return State.parse(JSON.parse(text));
  } catch (cause) {
    throw new ResumePointUnusable(file, 'it is damaged', { cause });
  }
}

class FileState {
  constructor(
    private readonly file: string,
    private readonly stream: string,
    private readonly topicId: string,
  ) {}

  /** Whole or not at all: written beside, then renamed over the old one. */
  async write({ row, ends }: Checkpoint): Promise<void> {
    const state: State = {
      format: 1,
      stream: this.stream,
      topicId: this.topicId,
      row,
      ends: Object.fromEntries([...ends].map(([partition, end]) => [String(partition), String(end)])),
    };
    const beside = `${this.file}.new`;
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(state)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(beside, this.file);
  }
}
