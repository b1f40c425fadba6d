/** A stand with the stream on it, a few events in it, and candidates that have taken it up. */
import type { Candidate, Codec, Task } from '../candidates/candidate.js';
import { fillSource } from '../candidates/source.js';
import { openStand, type StandOptions } from '../stand/stand.js';
import { makeStream, type TopicSize } from '../stand/topics.js';
import { benchViews, STREAM } from '../workload/workload.js';

export interface Preparation extends TopicSize {
  readonly views: number;
  readonly commitMs: number;
  readonly codec: Codec;
}

/** Few events that are there before the rest, so that every position exists before a candidate is prepared. */
export const SEED_EVENTS = 400;

/** Opens, prepares, hands over, and closes, however the work ends. */
export async function onPreparedStand<T>(
  candidates: readonly Candidate[],
  how: Preparation,
  options: StandOptions,
  work: (task: Task) => Promise<T>,
): Promise<T> {
  const stand = await openStand(options);
  try {
    const { commitMs, codec } = how;
    const task: Task = { stand, source: STREAM, views: benchViews(how.views), commitMs, codec, size: how };
    await makeStream(stand, STREAM, how);
    await fillSource(stand, { first: 0, count: SEED_EVENTS, codec });
    for (const candidate of candidates) await candidate.prepare(task);
    return await work(task);
  } finally {
    await stand.close();
  }
}
